package pigment

import (
	"cmp"
	"math"
	"slices"

	"dermtrace/internal/chromo"
	"dermtrace/internal/geom"
	"dermtrace/internal/outcome"
)

// Bounds between the fates of outcome.Spot, as ratios of burden (project defaults). Each
// fate is the mirror of another or of itself, so that swapping the visits swaps them and
// chance alone fades as many spots as it darkens.
const (
	fadedBelow = 0.8  // and darkened above its inverse
	goneBelow  = 0.25 // and new above its inverse
)

// largeMM is the diameter from which a mark needs eyes whatever it does (the D of the
// ABCDE rule, Abbasi 2004, JAMA 292:2771).
const largeMM = 6.0

// Visit is the melanin of one region at one visit, with where its map lies.
type Visit struct {
	Melanin      chromo.Field
	MMPerPx      float64        // of the map
	FrameFromMap geom.Transform // map pixels to millimetres in the common frame
	Threshold    Threshold      // the same for both visits
}

// Matched is one spot seen at either visit and measured at both.
type Matched struct {
	At            geom.Point // millimetres in the common frame
	RadiusMM      float64
	Before, After float64 // burden at both visits over the same disc, % melanin · mm²
	Error         float64 // standard error of their difference, by what plain skin around spots did; NaN: unknown
	Fate          string  // a fate of outcome.Spot
	NeedsEyes     bool    // new, darkening or large: for a person to look at, never "improved"
}

// site is a disc on the skin, in millimetres of the common frame.
type site struct {
	at     geom.Point
	radius float64
}

// Match finds the spots of both visits with the same threshold, joins them one to one
// and measures the union at both visits over the same discs. Choosing at one visit
// alone would see the chosen fade by chance (regression to the mean). Spots that either
// visit does not show whole are left out. The error is [geom.ErrSingular].
func Match(before, after Visit) ([]Matched, error) {
	mapBefore, err := before.FrameFromMap.Inverse()
	if err != nil {
		return nil, err
	}
	mapAfter, err := after.FrameFromMap.Inverse()
	if err != nil {
		return nil, err
	}
	union := join(before.sites(), after.sites())
	var shown []site
	var changes []change
	for _, s := range union {
		a, seenBefore := before.burden(s, union, mapBefore)
		b, seenAfter := after.burden(s, union, mapAfter)
		if seenBefore && seenAfter {
			shown, changes = append(shown, s), append(changes, change{a, b})
		}
	}
	list, noise := make([]Matched, len(shown)), noiseOf(changes)
	for i, c := range changes {
		list[i] = judged(shown[i], c.from.burden, c.to.burden, noise*(c.from.areaMM2+c.to.areaMM2)/2)
	}
	return list, nil
}

// sites are the spots of one visit as discs of equal area in the frame.
func (v Visit) sites() []site {
	var list []site
	for _, s := range Find(v.Melanin, v.MMPerPx, v.Threshold) {
		list = append(list, site{v.FrameFromMap.Apply(geom.Point{X: s.X, Y: s.Y}), math.Sqrt(s.AreaMM2 / math.Pi)})
	}
	return list
}

// joinMM is what outlines of one spot may lie apart beyond half their radii: the error
// of alignment and of a ragged rim.
const joinMM = 0.3

// join unites the sites of two visits: pairs from the closest on, then what is left
// of either and is no fragment of a pair.
func join(a, b []site) []site {
	type pair struct {
		i, j     int
		distance float64
	}
	var pairs []pair
	for i, s := range a {
		for j, t := range b {
			if d := s.at.Sub(t.at).Norm(); d < (s.radius+t.radius)/2+joinMM {
				pairs = append(pairs, pair{i, j, d})
			}
		}
	}
	slices.SortFunc(pairs, func(p, q pair) int {
		return cmp.Or(cmp.Compare(p.distance, q.distance), cmp.Compare(p.i, q.i), cmp.Compare(p.j, q.j))
	})
	usedA, usedB := make([]bool, len(a)), make([]bool, len(b))
	var union []site
	for _, p := range pairs {
		if !usedA[p.i] && !usedB[p.j] {
			usedA[p.i], usedB[p.j] = true, true
			s, t := a[p.i], b[p.j]
			middle := geom.Point{X: (s.at.X + t.at.X) / 2, Y: (s.at.Y + t.at.Y) / 2}
			union = append(union, site{middle, max(s.radius, t.radius)})
		}
	}
	paired := union
	for _, side := range []struct {
		sites []site
		used  []bool
	}{{a, usedA}, {b, usedB}} {
		for i, s := range side.sites {
			inside := func(t site) bool { return s.at.Sub(t.at).Norm() < t.radius+joinMM }
			if !side.used[i] && !slices.ContainsFunc(paired, inside) {
				union = append(union, s)
			}
		}
	}
	return union
}

// Discs and rings that a spot is weighed with (project defaults).
const (
	rimMM   = 0.3 // beyond the outline: the soft rim that light spreads in skin
	gapMM   = 0.2 // between the disc and its ring
	ringMM  = 1.5 // width of the ring
	leastIn = 0.9 // of the disc must be shown
	ringIn  = 0.3 // of the ring must be plain skin
)

func (s site) reach() float64 { return 1.2*s.radius + rimMM }

// ringSectors is how many directions the ring is split into, to see what plain skin does
// between two photos: each is about as large as the disc.
const ringSectors = 6

// weighed is a spot at one visit.
type weighed struct {
	burden  float64              // % melanin · mm²
	areaMM2 float64              // of its disc
	plain   [ringSectors]float64 // melanin of plain skin around by direction; NaN where none is seen
}

// burden is the melanin of the disc in excess of the median of the plain skin in a ring
// around it, times area. A disc, unlike an outline, is the same at both visits, and its
// sum does not care how sharp the photo is.
func (v Visit) burden(s site, union []site, mapFromFrame geom.Transform) (w weighed, ok bool) {
	centre := mapFromFrame.Apply(s.at)
	outer := s.reach() + gapMM + ringMM
	near := slices.DeleteFunc(slices.Clone(union), func(t site) bool {
		return t == s || t.at.Sub(s.at).Norm() > outer+t.reach()
	})
	var disc []float32
	var ring [ringSectors][]float32
	var area, ringArea float64
	v.around(centre, outer, func(at geom.Point, i int, counts bool) {
		d := at.Sub(s.at)
		switch r := d.Norm(); {
		case r <= s.reach():
			area++
			if counts {
				disc = append(disc, v.Melanin.Value.Pix[i])
			}
		case r > s.reach()+gapMM && r <= outer:
			ringArea++
			spot := slices.ContainsFunc(near, func(t site) bool { return t.at.Sub(at).Norm() < t.reach() })
			if counts && !spot {
				k := min(int((math.Atan2(d.Y, d.X)/math.Pi+1)/2*ringSectors), ringSectors-1)
				ring[k] = append(ring[k], v.Melanin.Value.Pix[i])
			}
		}
	})
	plain := slices.Concat(ring[:]...)
	if area == 0 || float64(len(disc)) < leastIn*area || float64(len(plain)) < ringIn*ringArea {
		return weighed{}, false
	}
	level, sum := middle(plain), 0.0
	for _, m := range disc {
		sum += float64(m) - level
	}
	w.areaMM2 = area * v.MMPerPx * v.MMPerPx
	w.burden = sum / float64(len(disc)) * w.areaMM2
	for k, pixels := range ring {
		w.plain[k] = math.NaN()
		if float64(len(pixels)) >= ringIn*ringArea/ringSectors {
			w.plain[k] = middle(pixels)
		}
	}
	return w, true
}

// middle is the median; it sorts.
func middle(values []float32) float64 {
	slices.Sort(values)
	return float64(values[len(values)/2])
}

// change is a spot at both visits.
type change struct{ from, to weighed }

// noiseOf is the standard error of the change of melanin of a disc less its ring, percent:
// plain skin around a spot changes in no direction otherwise than in the others but by
// noise. All spots of a region share it, as 1.4826 times the median absolute deviation:
// a direction in which a spot too faint to be found fades has no say. NaN where no ring
// shows half of its directions.
func noiseOf(changes []change) float64 {
	var apart []float32
	for _, c := range changes {
		var d []float32
		for k := range c.from.plain {
			if v := c.to.plain[k] - c.from.plain[k]; !math.IsNaN(v) {
				d = append(d, float32(v))
			}
		}
		if len(d) < ringSectors/2 {
			continue
		}
		var mean float32
		for _, v := range d {
			mean += v / float32(len(d))
		}
		free := float32(math.Sqrt(float64(len(d)) / float64(len(d)-1)))
		for _, v := range d {
			apart = append(apart, free*max(v-mean, mean-v))
		}
	}
	if len(apart) == 0 {
		return math.NaN()
	}
	return 1.4826 * middle(apart) * math.Sqrt(1+1.0/ringSectors)
}

// around visits the map's pixels within reachMM of a pixel of the map, beyond its edges
// too, with their place in the frame; counts is false where the region has no pixel.
func (v Visit) around(centre geom.Point, reachMM float64, fn func(at geom.Point, i int, counts bool)) {
	r := int(reachMM/v.MMPerPx) + 2
	w, h := v.Melanin.Value.W, v.Melanin.Value.H
	x0, y0 := int(math.Round(centre.X)), int(math.Round(centre.Y))
	for y := y0 - r; y <= y0+r; y++ {
		for x := x0 - r; x <= x0+r; x++ {
			i := y*w + x
			counts := x >= 0 && y >= 0 && x < w && y < h && v.Melanin.Inside(i)
			fn(v.FrameFromMap.Apply(geom.Point{X: float64(x), Y: float64(y)}), i, counts)
		}
	}
}

// surelyChanged is how many standard errors a burden must have changed by to be no
// persisting one: nine in ten that do not change stay within (project default).
const surelyChanged = 1.64

// judged names the fate of a spot. A burden that chance has made negative counts as 0, and
// one whose change may be chance persists.
func judged(s site, before, after, err float64) Matched {
	m := Matched{At: s.at, RadiusMM: s.radius, Before: before, After: after, Error: err, Fate: outcome.SpotPersisted}
	a, b := max(0, before), max(0, after)
	switch {
	case math.Abs(after-before) < surelyChanged*err:
	case b < goneBelow*a:
		m.Fate = outcome.SpotGone
	case a < goneBelow*b:
		m.Fate = outcome.SpotNew
	case b < fadedBelow*a:
		m.Fate = outcome.SpotFaded
	case a < fadedBelow*b:
		m.Fate = outcome.SpotDarkened
	}
	m.NeedsEyes = m.Fate == outcome.SpotNew || m.Fate == outcome.SpotDarkened || 2*s.radius > largeMM
	return m
}

// TotalChange is the summed burden after over before, less 1: −0.2 is a fifth less
// pigment in spots. NaN without spots.
func TotalChange(spots []Matched) float64 {
	var before, after float64
	for _, s := range spots {
		before, after = before+s.Before, after+s.After
	}
	if before <= 0 {
		return math.NaN()
	}
	return after/before - 1
}
