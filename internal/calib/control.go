package calib

import (
	"errors"
	"math"

	"dermtrace/internal/cie"
	"dermtrace/internal/outcome"
)

var (
	// ErrTooFewTiles is returned when less than half of the reference's tiles can be
	// read in a photo: the rest would stand for skin that is not seen.
	ErrTooFewTiles = errors.New("calib: too little control skin can be read in this photo")
	// ErrInconsistent is returned when the tiles do not agree on one light.
	ErrInconsistent = errors.New("calib: the control skin does not agree on one light")
)

// Bounds on control skin.
const (
	// MaxGradient is the ln range of a fall-off over the tiles that the reference has
	// not, beyond which it is warned of: 5 % (METHODS 8, for a grey chart).
	MaxGradient = 0.05
	// minTileShare is the least share of the reference's tiles that must be readable.
	// Project default.
	minTileShare = 0.5
	// maxScatter is the largest robust standard deviation of a tile's ln gain from the
	// common one, in each channel: at 0.15 two tiles disagree by a fifth, which no skin
	// does and only shadow or other skin explains. Project default.
	maxScatter = 0.15
	// biweightC is the distance in robust standard deviations at which a tile has no
	// weight. Project default: a little above the 4.685 of one channel (95 % efficiency
	// on normal scatter, Beaton & Tukey 1974), since distances in three are longer.
	biweightC = 5
	// minTilesForScatter is the least number of tiles whose median distance from their
	// common gain says anything.
	minTilesForScatter = 3
	// chi3Median is √ of the median of χ² with three degrees of freedom: the median
	// length of a standard normal vector.
	chi3Median = 1.5381722544550522
	// biweightRounds is more than weights need to settle to 1e-6.
	biweightRounds = 30
)

// pair is one tile seen in both photos.
type pair struct {
	ref, now TileLight
	d        [3]float64 // ln gain that takes now to ref
	w        float64
}

// FromControl returns the gains that make control skin look as in the reference:
// the common ln gain of the tiles that both photos show, a Tukey biweight of location
// whose weights are shared by the channels, so that a tile in shadow or a fresh
// pimple has no say. The tiles must be those that set the light and no others.
//
// Where the light falls off across the tiles otherwise than in the reference, and the
// tiles lie around all skin that will be measured, or that skin shows the same fall-off by
// itself, the plane of that fall-off is taken out too; else it is warned of. The measured
// skin has no say in how steep it is.
//
// ResidualDE00 is the mean ΔE00 (D65) between corrected photo and reference over all
// common tiles, those without weight included.
func FromControl(reference, photo []TileLight, measured ...Skin) (Light, error) {
	pairs, known := common(reference, photo)
	if len(pairs) == 0 || float64(len(pairs)) < minTileShare*float64(known) {
		return Light{}, ErrTooFewTiles
	}
	mu, scale := biweight(pairs)
	if len(pairs) >= minTilesForScatter && !(scale <= maxScatter) {
		return Light{}, ErrInconsistent
	}
	l := Light{Method: MethodControl, Tiles: len(pairs)}
	for k := range 3 {
		l.Gain[k] = math.Exp(mu[k])
	}
	l.level(pairs, measured)
	l.LogGainCov = locationCov(pairs, mu, l.slope)
	l.ResidualDE00 = l.residual(pairs)
	return l, nil
}

// level looks for a fall-off and takes it out where the tiles allow.
func (l *Light) level(pairs []pair, measured []Skin) {
	s := fitSlope(pairs, pair.lnGain)
	l.Gradient = s.rangeOver(pairs)
	around := len(measured) > 0 && l.Gradient > 0
	for _, skin := range measured {
		around = around && (s.surrounds(pairs, skin.Outline) || s.goesOn(skin))
	}
	switch {
	case around:
		l.slope, l.Levelled = s, true
	case l.Gradient > MaxGradient:
		l.Warnings = append(l.Warnings, outcome.LightGradient)
	}
}

// residual is the mean ΔE00 (D65) between the corrected tiles and their reference.
func (l Light) residual(pairs []pair) float64 {
	var sum float64
	for _, p := range pairs {
		now, s := p.now.Log, l.slope.lnAt(p.now.At)
		for k := range now {
			now[k] += math.Log(l.Gain[k]) + s
		}
		sum += cie.DeltaE00(labOfLog(now), labOfLog(p.ref.Log))
	}
	return sum / float64(len(pairs))
}

// common pairs the valid tiles of both photos and counts those of the reference.
func common(reference, photo []TileLight) (pairs []pair, known int) {
	byID := map[int]TileLight{}
	for _, t := range photo {
		if t.Valid {
			byID[t.ID] = t
		}
	}
	for _, ref := range reference {
		if !ref.Valid {
			continue
		}
		known++
		if now, ok := byID[ref.ID]; ok {
			p := pair{ref: ref, now: now, w: 1}
			for k := range 3 {
				p.d[k] = ref.Log[k] - now.Log[k]
			}
			pairs = append(pairs, p)
		}
	}
	return pairs, known
}

// biweight sets the weights of the pairs and returns their common ln gain and their
// scatter per channel. It starts from the median of each channel.
func biweight(pairs []pair) (mu [3]float64, scale float64) {
	v := make([]float64, len(pairs))
	for k := range 3 {
		for i, p := range pairs {
			v[i] = p.d[k]
		}
		mu[k] = median(v)
	}
	for i, p := range pairs {
		v[i] = distance(p.d, mu)
	}
	scale = median(v) / chi3Median
	if scale == 0 {
		return mu, 0 // more than half agree exactly
	}
	for range biweightRounds {
		var sum [3]float64
		var total float64
		for i := range pairs {
			p := &pairs[i]
			u := distance(p.d, mu) / (biweightC * scale)
			p.w = 0
			if u < 1 {
				p.w = (1 - u*u) * (1 - u*u)
			}
			total += p.w
			for k := range 3 {
				sum[k] += p.w * p.d[k]
			}
		}
		for k := range 3 {
			mu[k] = sum[k] / total
		}
	}
	return mu, scale
}

func distance(a, b [3]float64) float64 {
	return math.Sqrt((a[0]-b[0])*(a[0]-b[0]) + (a[1]-b[1])*(a[1]-b[1]) + (a[2]-b[2])*(a[2]-b[2]))
}

// locationCov is the covariance of the weighted mean, Σ w² r rᵀ / (Σ w)², with the
// factor n/(n−1) for the mean taken from the same tiles; NaN for a single tile. A slope
// that is taken out is no scatter.
func locationCov(pairs []pair, mu [3]float64, s slope) [3][3]float64 {
	var c [3][3]float64
	var total float64
	for _, p := range pairs {
		total += p.w
	}
	n := float64(len(pairs))
	f := n / (n - 1) / (total * total)
	if n < 2 {
		f = math.NaN()
	}
	for i := range 3 {
		for j := range 3 {
			for _, p := range pairs {
				fall := s.lnAt(p.now.At)
				c[i][j] += p.w * p.w * (p.d[i] - mu[i] - fall) * (p.d[j] - mu[j] - fall)
			}
			c[i][j] *= f
		}
	}
	return c
}

// labOfLog is the colour (D65) of ln RGB.
func labOfLog(log [3]float64) cie.Lab {
	return cie.LabD65(math.Exp(log[0]), math.Exp(log[1]), math.Exp(log[2]))
}
