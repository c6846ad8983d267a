package pigment

import (
	"math"
	"slices"

	"dermtrace/internal/chromo"
	"dermtrace/internal/geom"
	"dermtrace/internal/raster"
	"dermtrace/internal/stats"
)

// pair is two visits being compared.
type pair struct {
	before, after           *ground
	union                   []blob
	plainBefore, plainAfter *raster.Plane
	halfBefore, halfAfter   chromo.Field  // melanin of plain skin, halved
	perhaps                 *raster.Plane // plainBefore, and what may be mottle or spots
	rises                   [len(radiiMM)]*rises
	lumas                   [len(radiiMM)]*lumaRises
}

// gather makes the union of the spots of both visits and of the places that changed: what
// the mottle of either visit hides shows in their difference, where mottle cancels.
func gather(before, after *Marks) *pair {
	p := &pair{before: before.ground, after: after.ground, union: join(before.blobs, after.blobs)}
	sharedBefore, sharedAfter := p.before.shared(p.after), p.after.shared(p.before)
	p.perhaps = p.before.without(sharedBefore, clearOf(p.union))
	p.take(p.before.without(sharedBefore, p.union), p.after.without(sharedAfter, p.union))
	changed := slices.DeleteFunc(p.changed(), func(b blob) bool { return slices.ContainsFunc(p.union, b.meets) })
	p.union = append(p.union, changed...)
	p.take(p.before.without(p.plainBefore, changed), p.after.without(p.plainAfter, changed))
	return p
}

// take makes these weights those of plain skin.
func (p *pair) take(before, after *raster.Plane) {
	p.plainBefore, p.plainAfter = before, after
	p.halfBefore, p.halfAfter = halved(p.before.field.Value, before), halved(p.after.field.Value, after)
	p.rises = [len(radiiMM)]*rises{}
}

// clearOf leaves out blobs that may be mottle.
func clearOf(list []blob) []blob {
	return slices.DeleteFunc(slices.Clone(list), func(b blob) bool { return b.clear < clearly })
}

// changed are the places that changed by more than plain skin does, for more or for less.
func (p *pair) changed() []blob {
	var list []blob
	for size := range radiiMM {
		if r := p.at(size); r.noise > 0 { // of one photo twice every place is a peak
			list = append(list, p.changes(size, r)...)
		}
	}
	return unite(list)
}

// changes are the peaks, up and down, of what the contrast changed by at one size, on a
// lattice of the frame.
func (p *pair) changes(size int, r *rises) []blob {
	step := centreSigma * radiiMM[size] / coarsest
	lo, hi := p.before.bounds()
	x0, y0 := math.Ceil(lo.X/step), math.Ceil(lo.Y/step)
	place := func(x, y int) geom.Point { return geom.Point{X: (x0 + float64(x)) * step, Y: (y0 + float64(y)) * step} }
	rise := raster.New(max(0, int(hi.X/step-x0))+1, max(0, int(hi.Y/step-y0))+1)
	fall := raster.New(rise.W, rise.H)
	raster.Bands(rise.H, func(from, to int) {
		for y := from; y < to; y++ {
			for x := range rise.W {
				if b, a, ok := p.contrasts(size, r, place(x, y)); ok {
					rise.Set(x, y, float32(a-b))
					fall.Set(x, y, float32(b-a))
				}
			}
		}
	})
	return slices.Concat(peaks(size, rise, r.noise, sureOfChange, place), peaks(size, fall, r.noise, sureOfChange, place))
}

// rises are both visits at one size, and what plain skin does there.
type rises struct {
	before, after *raster.Plane // surrounds
	plain         float64       // robust standard deviation of the contrast of plain skin
	mottle        float64       // the same with places that may be spots or mottle
	noise         float64       // standard error of the change of a contrast
}

// lumaRises are the same of luma.
type lumaRises struct {
	before, after *raster.Plane // surrounds
	noise         float64       // standard error of the change of a contrast
}

// spotReach is how far skin is no plain skin around a spot, in radii and beyond.
const spotReach, spotReachMM = 1.3, 0.2

// spotTrace keeps the level where all is spot.
const spotTrace = 1e-4

// bendPx is how many pixels of a row are placed evenly between two in another visit: a warp
// bends them by about a hundredth of a pixel.
const bendPx = 8

// shared weighs the skin that the other visit shows too: what lies around a spot must be
// the same skin at both.
func (g *ground) shared(other *ground) *raster.Plane {
	p := g.field.Weight.Clone()
	raster.Bands(p.H, func(y0, y1 int) {
		for y := y0; y < y1; y++ {
			row := p.Row(y)
			there := func(x int) geom.Point { return other.pixel(g.unbent(float64(x), float64(y))) }
			next := there(0)
			for x0 := 0; x0 < p.W; x0 += bendPx {
				from := next
				next = there(x0 + bendPx)
				other.shows(row[x0:min(x0+bendPx, p.W)], from, next.Sub(from))
			}
		}
	})
	return p
}

// shows leaves of weights, in a row from one place on the way to that of bendPx weights on,
// those of places that the ground shows.
func (g *ground) shows(weights []float32, from, way geom.Point) {
	for i, w := range weights {
		t := float64(i) / bendPx
		if w > 0 && bilinear(g.field.Weight, geom.Point{X: from.X + t*way.X, Y: from.Y + t*way.Y}) < 0.5 {
			weights[i] = 0
		}
	}
}

// without takes spots out of weights: what is left is plain skin.
func (g *ground) without(weights *raster.Plane, spots []blob) *raster.Plane {
	p := weights.Clone()
	for _, b := range spots {
		c, reach := g.pixel(b.at), (spotReach*b.radius()+spotReachMM)/g.mmPerPx
		for y := max(0, int(c.Y-reach)); y <= min(int(c.Y+reach)+1, p.H-1); y++ {
			row := p.Row(y)
			for x := max(0, int(c.X-reach)); x <= min(int(c.X+reach)+1, p.W-1); x++ {
				if math.Hypot(float64(x)-c.X, float64(y)-c.Y) <= reach {
					row[x] = min(row[x], spotTrace)
				}
			}
		}
	}
	return p
}

// area is what both visits show, in square millimetres of the frame.
func (p *pair) area() float64 {
	const step = 0.5
	n := 0
	p.lattice(step, func(at geom.Point) {
		if bilinear(p.before.field.Weight, p.before.pixel(at)) >= 0.5 && bilinear(p.after.field.Weight, p.after.pixel(at)) >= 0.5 {
			n++
		}
	})
	return float64(n) * step * step
}

// lattice visits the multiples of step in the frame that the earlier visit may show.
func (p *pair) lattice(step float64, fn func(at geom.Point)) {
	lo, hi := p.before.bounds()
	for y := math.Ceil(lo.Y / step); y*step <= hi.Y; y++ {
		for x := math.Ceil(lo.X / step); x*step <= hi.X; x++ {
			fn(geom.Point{X: x * step, Y: y * step})
		}
	}
}

// bounds are those of the ground in the frame.
func (g *ground) bounds() (lo, hi geom.Point) {
	f := g.field.Value
	lo, hi = geom.Point{X: math.Inf(1), Y: math.Inf(1)}, geom.Point{X: math.Inf(-1), Y: math.Inf(-1)}
	for _, corner := range [][2]int{{0, 0}, {f.W, 0}, {0, f.H}, {f.W, f.H}} {
		q := g.toFrame.Apply(geom.Point{X: float64(corner[0]), Y: float64(corner[1])})
		lo, hi = geom.Point{X: min(lo.X, q.X), Y: min(lo.Y, q.Y)}, geom.Point{X: max(hi.X, q.X), Y: max(hi.Y, q.Y)}
	}
	return lo, hi
}

// latticeMM is the least distance between places at which plain skin is asked.
const latticeMM = 0.5

// mostPlaces of plain skin are asked (project default).
const mostPlaces = 10000

// latticeStep is the step at which the earlier visit's bounds hold that many.
func (p *pair) latticeStep() float64 {
	lo, hi := p.before.bounds()
	return math.Sqrt((hi.X - lo.X) * (hi.Y - lo.Y) / mostPlaces)
}

// leastPlaces of plain skin tell its mottle and noise (project default).
const leastPlaces = 20

// places visits the skin that may be plain at one size; plain where it is no spot.
func (p *pair) places(size int, fn func(at geom.Point, plain bool)) {
	p.lattice(max(latticeMM, radiiMM[size], p.latticeStep()), func(at geom.Point) {
		if q := p.before.pixel(at); bilinear(p.perhaps, q) >= 0.5 {
			fn(at, bilinear(p.plainBefore, q) >= 0.5)
		}
	})
}

// at is what is known at one size, made once.
func (p *pair) at(size int) *rises {
	if p.rises[size] != nil {
		return p.rises[size]
	}
	r := &rises{before: p.before.surround(size, p.halfBefore), after: p.after.surround(size, p.halfAfter)}
	var level, perhaps, change []float64
	p.places(size, func(at geom.Point, plain bool) {
		a, b, ok := p.contrasts(size, r, at)
		if !ok {
			return
		}
		perhaps = append(perhaps, (a+b)/2)
		if plain {
			level, change = append(level, (a+b)/2), append(change, b-a)
		}
	})
	r.plain, r.mottle, r.noise = math.NaN(), math.NaN(), math.NaN()
	switch {
	case len(change) < leastPlaces && size > 0: // too few so wide: what the next smaller size does
		s := p.at(size - 1)
		r.plain, r.mottle, r.noise = s.plain, s.mottle, s.noise
	case len(change) >= leastPlaces:
		r.plain, r.mottle = robustSD(level), robustSD(perhaps)
		r.noise = robustSD(change)
	}
	p.rises[size] = r
	return r
}

// lumaAt is the same of luma, which few sizes are asked for.
func (p *pair) lumaAt(size int) *lumaRises {
	if p.lumas[size] != nil {
		return p.lumas[size]
	}
	r := &lumaRises{
		before: p.before.surround(size, halved(p.before.luma, p.plainBefore)),
		after:  p.after.surround(size, halved(p.after.luma, p.plainAfter)), noise: math.NaN(),
	}
	var change []float64
	p.places(size, func(at geom.Point, plain bool) {
		if plain && p.whole(size, at) {
			change = append(change, p.darker(size, r, at))
		}
	})
	switch {
	case len(change) < leastPlaces && size > 0:
		r.noise = p.lumaAt(size - 1).noise
	case len(change) >= leastPlaces:
		r.noise = robustSD(change)
	}
	p.lumas[size] = r
	return r
}

// whole reports whether both visits show a place whole.
func (p *pair) whole(size int, at geom.Point) bool {
	b, a := p.before.level(size), p.after.level(size)
	return bilinear(b.cover, p.before.point(b, at)) >= shown && bilinear(a.cover, p.after.point(a, at)) >= shown
}

// contrasts are the centre less the surround at both visits; not ok where one does not
// show the place whole.
func (p *pair) contrasts(size int, r *rises, at geom.Point) (before, after float64, ok bool) {
	b, a := p.before.level(size), p.after.level(size)
	atB := p.before.point(b, at)
	if bilinear(b.cover, atB) < shown {
		return 0, 0, false
	}
	atA := p.after.point(a, at)
	if bilinear(a.cover, atA) < shown {
		return 0, 0, false
	}
	return bilinear(b.centre, atB) - around(r.before, atB), bilinear(a.centre, atA) - around(r.after, atA), true
}

// darker is how much the luma of a place, against its surround, fell between the visits.
func (p *pair) darker(size int, r *lumaRises, at geom.Point) float64 {
	b, a := p.before.level(size), p.after.level(size)
	atB, atA := p.before.point(b, at), p.after.point(a, at)
	return bilinear(b.luma, atB) - around(r.before, atB) - (bilinear(a.luma, atA) - around(r.after, atA))
}

// lumaTells is how many standard errors of luma half of what is due has to be for luma to
// correct a change.
const lumaTells = 1.64

// checked holds a change of melanin against luma. Pigment darkens; the steps in which a JPEG
// rounds colour off do not, though they look like spots of up to a third of a percent of
// melanin on light skin. Where luma says that the skin darkened by less than half of what is
// due, its change counts, and what the two differ by is an error. Where luma could be either
// the change stands.
func (p *pair) checked(b blob, m Matched) Matched {
	change := m.After - m.Before
	if math.Abs(change) < beyondChance*m.Error {
		return m
	}
	r := p.lumaAt(b.size)
	darkening := (p.before.darkening + p.after.darkening) / 2
	seen := p.darker(b.size, r, b.at) / darkening
	if math.Abs(change*darkening)/2 < lumaTells*r.noise || !(seen/change < 0.5) {
		return m
	}
	middle := (m.Before + m.After) / 2
	m.Before, m.After = middle-seen/2, middle+seen/2
	m.Error = max(m.Error, math.Abs(change-seen))
	return m
}

// level is the melanin of the skin at both visits.
func (p *pair) level() float64 { return (p.before.median + p.after.median) / 2 }

// misplacedMM is what alignment may leave between two photos of one spot (project
// default: some pixels of a phone's photo of a cheek).
const misplacedMM = 0.1

// measure weighs one spot at both visits; not ok where that cannot be done, NaN where plain
// skin does not tell how well. The error is that of plain skin, in proportion to how much
// melanin there is, for noise is relative to the light, and what a place missed by
// misplacedMM adds.
func (p *pair) measure(b blob) (m Matched, ok bool) {
	r := p.at(b.size)
	m = Matched{At: b.at, RadiusMM: b.radius()}
	if m.Before, m.After, ok = p.contrasts(b.size, r, b.at); !ok || math.IsNaN(r.noise) {
		return m, false
	}
	slant := 0.0
	for _, d := range []geom.Point{{X: misplacedMM}, {Y: misplacedMM}} {
		a1, b1, ok1 := p.contrasts(b.size, r, b.at.Sub(d))
		a2, b2, ok2 := p.contrasts(b.size, r, geom.Point{X: b.at.X + d.X, Y: b.at.Y + d.Y})
		if ok1 && ok2 {
			slant += max((a2-a1)*(a2-a1), (b2-b1)*(b2-b1)) / 4
		}
	}
	m.Error = math.Hypot(r.noise*(1+max(0, m.Before, m.After)/p.level()), math.Sqrt(slant))
	return m, true
}

// tailShare of the deviations of a normal distribution lie within 1.96 standard ones.
const tailShare, tailSigmas = 0.95, 1.96

// robustSD is 1.4826 times the median absolute deviation or, if that is more, the standard
// deviation of a normal distribution whose tail is that of the values: the blocks of a JPEG
// leave more large deviations than their middle tells of.
func robustSD(values []float64) float64 {
	values = sample(values)
	middle := quantile(values, 0.5)
	for i, v := range values {
		values[i] = math.Abs(v - middle)
	}
	return max(1.4826*quantile(values, 0.5), quantile(values, tailShare)/tailSigmas)
}

// lowerSD is 1.4826 times the median absolute deviation of the values below the median, which
// no spot is among.
func lowerSD(values []float64) float64 {
	values = sample(values)
	middle := quantile(values, 0.5)
	return 1.4826 * (middle - quantile(values, 0.25))
}

// mostValues tell a spread: every so-manieth of more.
const mostValues = 1 << 14

// sample are the values that tell it, in an array of their own.
func sample(values []float64) []float64 {
	every := 1 + len(values)/mostValues
	taken := make([]float64, 0, len(values)/every+1)
	for i := 0; i < len(values); i += every {
		taken = append(taken, values[i])
	}
	return taken
}

// quantile reorders the values.
func quantile(values []float64, q float64) float64 {
	return stats.Nth(values, int(q*float64(len(values))))
}
