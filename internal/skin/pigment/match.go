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
	Error         float64 // standard error of their difference, by what plain skin around did; NaN: unknown
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
	var list []Matched
	for _, s := range union {
		a, seenBefore := before.burden(s, union, mapBefore)
		b, seenAfter := after.burden(s, union, mapAfter)
		if seenBefore && seenAfter {
			list = append(list, judged(s, a.burden, b.burden, a.errorOfChange(b)))
		}
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

// errorOfChange is the standard error of the change of burden from a to b: plain skin around
// changes in no direction otherwise than in another but by noise, and the disc's mean
// less the ring's is as uncertain. NaN where fewer than three directions are seen.
func (a weighed) errorOfChange(b weighed) float64 {
	var d []float64
	sum := 0.0
	for k := range a.plain {
		if change := b.plain[k] - a.plain[k]; !math.IsNaN(change) {
			d = append(d, change)
			sum += change
		}
	}
	n := float64(len(d))
	if n < 3 {
		return math.NaN()
	}
	d2 := 0.0
	for _, v := range d {
		d2 += (v - sum/n) * (v - sum/n)
	}
	return math.Sqrt(d2/(n-1)*(1+1/n)) * (a.areaMM2 + b.areaMM2) / 2
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
// persisting one (project default).
const surelyChanged = 2.0

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
