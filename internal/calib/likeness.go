package calib

import (
	"errors"
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"

	"dermtrace/internal/cie"
	"dermtrace/internal/outcome"
)

// Two photos of one card. Each card's own correction is off by what its tables, its
// fading and the camera's metamerism do, which both photos share, and by which patches
// could be used, which they need not. A change between the two is therefore told patch
// by patch, against the reference's own patches, and only then corrected as there.
//
// What is left is rounding: of vivid patches JPEG is read in whole codes of chroma, the same
// all over an even patch, and a code is a tenth of the light of a dark one. Patches count by that and by
// how far they scatter beyond it, and of the models the simplest that foretells patches
// left out as well as any decides.

// Gains is a model of what a camera makes of one light and of another: one factor a channel.
const Gains = "gains"

// likenessModels are tried in this order; a later one must foretell better.
var likenessModels = []struct {
	name  string
	terms int
}{{Gains, 1}, {Linear, 3}, {RootPolynomial, 6}}

// sighting is one patch in two photos.
type sighting struct {
	from, to [3]float64 // linear light in this photo, and in the reference
	rounding [3]float64 // standard deviation of ln of their ratio by rounding to codes
	sd       [3]float64 // the same with the scatter that is beyond rounding
	w        float64    // by how the other patches agree with it
}

// LightLike returns the light that makes this card look as the reference's does, followed
// by the reference's own correction. It is the light of [Card.Light] where too few
// patches could be used in both.
func (c Card) LightLike(reference Card) (Light, error) {
	l, err := c.Light()
	if err != nil {
		return l, err
	}
	like, err := fitLikeness(c.seenIn(reference))
	if err != nil {
		return l, nil
	}
	l.Tiles, l.LogGainCov = len(like.seen), like.cov()
	l.corrections = []*Correction{&like.Correction, &reference.Correction}
	l.Gain = l.gainOfGrey()
	if like.MeanDE00 > MaxCardChange {
		l.Warnings = append(l.Warnings, outcome.CardChanged)
	}
	return l, nil
}

// MaxCardChange bounds the mean ΔE00 (D65) of a card's patches, corrected, against those of
// the same card in the reference: METHODS 1.5.
const MaxCardChange = 1.0

// seenIn pairs the patches that could be used in both photos.
func (c Card) seenIn(reference Card) []sighting {
	var seen []sighting
	for n, p := range c.Patches {
		r := reference.Patches[n]
		if !p.Used || !r.Used {
			continue
		}
		s := sighting{from: p.RGB, to: r.RGB, w: 1}
		for k := range s.sd {
			s.rounding[k] = math.Hypot(codeStep(p.RGB[k]), codeStep(r.RGB[k])) / math.Sqrt(12)
		}
		s.sd = s.rounding
		seen = append(seen, s)
	}
	return seen
}

// likeness is a correction from one photo of a card to another.
type likeness struct {
	Correction
	unknowns int // of a channel
	seen     []sighting
}

// fitLikeness fits the models and returns the one that foretells best.
func fitLikeness(seen []sighting) (best *likeness, err error) {
	if len(seen) < minUsedPatches {
		return nil, ErrTooFewPatches
	}
	for _, m := range likenessModels {
		l := &likeness{Correction: Correction{Model: m.name, terms: max(m.terms, 3)}, unknowns: m.terms, seen: slices.Clone(seen)}
		if err := l.settle(); err != nil {
			return nil, err
		}
		if best == nil || l.LeaveOut < best.LeaveOut {
			best = l
		}
	}
	return best, nil
}

// likenessRounds is more than weights need to settle.
const likenessRounds = 10

// settle fits the model and the weights of the patches in turn, then leaves each out.
func (l *likeness) settle() error {
	for range likenessRounds {
		if err := l.fit(-1); err != nil {
			return err
		}
		l.weigh()
	}
	for i, s := range l.seen {
		if err := l.fit(i); err != nil {
			return err
		}
		l.LeaveOut += s.differs(&l.Correction) / float64(len(l.seen))
	}
	err := l.fit(-1)
	for _, s := range l.seen {
		l.MeanDE00 += s.differs(&l.Correction) / float64(len(l.seen))
	}
	return err
}

// fit sets the rows from all patches but one.
func (l *likeness) fit(without int) error {
	l.rows = [3][6]float64{}
	for k := range 3 {
		if l.unknowns == 1 {
			l.rows[k][k] = l.gain(k, without)
			continue
		}
		x, y := mat.NewDense(len(l.seen), l.unknowns, nil), mat.NewVecDense(len(l.seen), nil)
		for i, s := range l.seen {
			if i == without {
				continue // a row of zeros has no say
			}
			w := math.Sqrt(s.w) / (s.to[k] * s.sd[k])
			t := termsOf(s.from)
			for j := range l.unknowns {
				x.Set(i, j, w*t[j])
			}
			y.SetVec(i, w*s.to[k])
		}
		var row mat.VecDense
		if err := row.SolveVec(x, y); err != nil {
			return errors.New("calib: the patches do not determine a change of light")
		}
		copy(l.rows[k][:], row.RawVector().Data)
	}
	return nil
}

// gain is the weighted geometric mean of a channel's ratios over all patches but one.
func (l *likeness) gain(k, without int) float64 {
	var sum, total float64
	for i, s := range l.seen {
		if i != without {
			sum += s.weight(k) * math.Log(s.to[k]/s.from[k])
			total += s.weight(k)
		}
	}
	return math.Exp(sum / total)
}

func (s sighting) weight(k int) float64 { return s.w / (s.sd[k] * s.sd[k]) }

// off is ln of what a correction makes of a patch over what the reference shows.
func (s sighting) off(c *Correction) (d [3]float64) {
	at := c.At(s.from)
	for k := range d {
		d[k] = math.Log(max(at[k], logFloor*s.to[k]) / s.to[k])
	}
	return d
}

// differs is the same as ΔE00 (D65).
func (s sighting) differs(c *Correction) float64 {
	at := c.At(s.from)
	return cie.DeltaE00(cie.LabD65(at[0], at[1], at[2]), cie.LabD65(s.to[0], s.to[1], s.to[2]))
}

// cauchyPatch is the distance in standard deviations at which a patch has half its say:
// 2.385 (95 % efficiency on normal scatter in one channel, Holland & Welsch 1977) times
// what distances in three are longer. No patch is ever without a say, since one that
// strays may be the one that is like skin.
const cauchyPatch = 3.7

// weigh finds the scatter that is beyond rounding, alike for all patches, and gives a
// patch that strays from it all the same, by glare or a finger's shadow, less say.
func (l *likeness) weigh() {
	off := make([][3]float64, len(l.seen))
	for i, s := range l.seen {
		off[i] = s.off(&l.Correction)
	}
	beyond := l.scatter(off)
	for i := range l.seen {
		s := &l.seen[i]
		u := s.apart(off[i], beyond) / cauchyPatch
		s.w = 1 / (1 + u*u)
		for k := range 3 {
			s.sd[k] = math.Hypot(s.rounding[k], beyond)
		}
	}
}

// apart is the length of a patch's distance in standard deviations, of ln light.
func (s sighting) apart(off [3]float64, beyond float64) float64 {
	var sum float64
	for k := range 3 {
		sum += off[k] * off[k] / (s.rounding[k]*s.rounding[k] + beyond*beyond)
	}
	return math.Sqrt(sum)
}

// mostScatter is beyond what any card shows that is not refused, ln.
const mostScatter = 1.0

// scatter is the standard deviation of ln light, in addition to rounding, that makes the
// median length of the distances what it is for normal ones.
func (l *likeness) scatter(off [][3]float64) float64 {
	lo, hi := 0.0, mostScatter
	for range 30 {
		mid := (lo + hi) / 2
		lengths := make([]float64, len(off))
		for i, s := range l.seen {
			lengths[i] = s.apart(off[i], mid)
		}
		if median(lengths) > chi3Median {
			lo = mid
		} else {
			hi = mid
		}
	}
	return hi
}

// cov is the covariance of the ln gains: that of a weighted mean of the patches'
// distances from the fit, with the factor for its unknowns.
func (l *likeness) cov() (c [3][3]float64) {
	var total [3]float64
	for _, s := range l.seen {
		d := s.off(&l.Correction)
		for i := range 3 {
			total[i] += s.weight(i)
			for j := range 3 {
				c[i][j] += s.weight(i) * s.weight(j) * d[i] * d[j]
			}
		}
	}
	n := float64(len(l.seen))
	for i := range 3 {
		for j := range 3 {
			c[i][j] *= n / (n - float64(l.unknowns)) / (total[i] * total[j])
		}
	}
	return c
}
