package pigment

import (
	"math"
	"slices"

	"dermtrace/internal/filter"
	"dermtrace/internal/geom"
	"dermtrace/internal/raster"
	"dermtrace/internal/stats"
)

// pair is two visits being compared.
type pair struct {
	before, after           *ground
	there                   *places // of the one in the other
	union                   []blob
	plainBefore, plainAfter *raster.Plane
	halfBefore, halfAfter   surround      // melanin of plain skin
	halfLuma                [2]surround   // the same of luma, made where it is asked for
	perhaps                 *raster.Plane // plainBefore, and what may be mottle or spots
	area                    float64       // of skin that both show, in square millimetres
	rises                   [len(radiiMM)]*rises
	lumas                   [len(radiiMM)]*lumaRises
}

// gather makes the union of the spots of both visits and of the places that changed: what
// the mottle of either visit hides shows in their difference, where mottle cancels.
func gather(before, after *Marks) *pair {
	p := &pair{before: before.ground, after: after.ground, union: join(before.blobs, after.blobs)}
	p.there = p.before.in(p.after)
	sharedBefore, sharedAfter := p.before.shared(p.after, p.there), p.after.shared(p.before, p.after.in(p.before))
	p.area = p.before.area(sharedBefore)
	p.perhaps = p.before.without(sharedBefore, clearOf(p.union))
	p.take(p.before.without(sharedBefore, p.union), p.after.without(sharedAfter, p.union))
	changed := slices.DeleteFunc(p.changed(), func(b blob) bool { return meeting(p.union, &b) >= 0 })
	if len(changed) > 0 {
		p.union = append(p.union, changed...)
		p.take(p.before.without(p.plainBefore, changed), p.after.without(p.plainAfter, changed))
	}
	return p
}

// take makes these weights those of plain skin.
func (p *pair) take(before, after *raster.Plane) {
	p.forget()
	p.plainBefore, p.plainAfter = before, after
	p.halfBefore, p.halfAfter = halved(p.before.field.Value, before), halved(p.after.field.Value, after)
}

// forget gives back what is known by other weights.
func (p *pair) forget() {
	for i, r := range p.rises {
		if r != nil {
			filter.GiveBack(r.before, r.after)
		}
		if l := p.lumas[i]; l != nil {
			filter.GiveBack(l.before, l.after)
		}
	}
	p.rises, p.lumas = [len(radiiMM)]*rises{}, [len(radiiMM)]*lumaRises{}
	for _, s := range []*surround{&p.halfBefore, &p.halfAfter, &p.halfLuma[0], &p.halfLuma[1]} {
		s.giveBack()
	}
}

// clearOf leaves out blobs that may be mottle.
func clearOf(list []blob) []blob {
	return slices.DeleteFunc(slices.Clone(list), func(b blob) bool { return b.clear < clearly })
}

// changed are the places that changed by more than plain skin does, for more or for less.
func (p *pair) changed() []blob {
	var list []blob
	noise := math.NaN()
	for size := range radiiMM {
		r := p.contrasts(size)
		here, there := p.seen(size, r.before, r.after, 1)
		if plain := p.plainChange(size, here, there, p.apart(size)); len(plain) >= leastPlaces {
			noise = robustSD(plain) // else that of the next smaller size
		}
		if noise > 0 { // of one photo twice every place is a peak
			list = append(list, p.changes(size, noise, here, there)...)
		}
		filter.GiveBack(here, there)
	}
	return unite(list)
}

// changes are the peaks, up and down, of what the contrast changed by at one size from here to
// there, which it overwrites.
func (p *pair) changes(size int, noise float64, here, there *raster.Plane) []blob {
	l := p.before.level(size)
	place := func(x, y float64) geom.Point { return p.before.place(l, x, y) }
	for i, before := range here.Pix {
		change := there.Pix[i] - before
		if change != change { // unseen
			change = 0
		}
		here.Pix[i], there.Pix[i] = change, -change
	}
	return slices.Concat(peaks(size, here, noise, sureOfChange, place), peaks(size, there, noise, sureOfChange, place))
}

// seen are contrasts of one size as both visits show them at every so-manieth pixel of the
// earlier's level, on borrowed planes: NaN where either does not show a place whole.
func (p *pair) seen(size int, before, after *raster.Plane, every int) (here, there *raster.Plane) {
	b, a := p.before.level(size), p.after.level(size)
	here = filter.Borrow((before.W-1)/every+1, (before.H-1)/every+1)
	there = filter.Borrow(here.W, here.H)
	unseen := float32(math.NaN())
	raster.Bands(here.H, func(y0, y1 int) {
		places, own, line := make([]geom.Point, here.W), make([]float32, before.W), make([]float32, before.W)
		for y := y0; y < y1; y++ {
			rowB, rowA, cover := here.Row(y), there.Row(y), b.cover.Row(y*every)
			splinedRow(own, line, before, y*every)
			p.there.along(places, b.up(0, float64(y*every)), float64(every*b.step))
			for x, at := range places {
				rowB[x], rowA[x] = unseen, unseen
				if cover[x*every] < shown {
					continue
				}
				if v, ok := a.read(after, a.down(at)); ok {
					rowB[x], rowA[x] = own[x*every], float32(v)
				}
			}
		}
	})
	return here, there
}

// rises are both visits at one size, and what plain skin does there, once that is told.
type rises struct {
	before, after *raster.Plane // contrasts
	told          bool
	plain         float64 // robust standard deviation of the contrast of plain skin
	mottle        float64 // the same with places that may be spots or mottle
	noise         float64 // standard error of the change of a contrast
	mild          float64 // plain, by its paler half, in which no spot is
}

// lumaRises are the same of luma.
type lumaRises struct {
	before, after *raster.Plane // contrasts
	noise         float64       // standard error of the change of a contrast
}

// latticeMM is the least distance between places at which plain skin is asked.
const latticeMM = 0.5

// mostPlaces of plain skin are asked: they tell a spread to 1 % (project default).
const mostPlaces = 5000

// leastPlaces of plain skin tell its mottle and noise (project default).
const leastPlaces = 20

// apart is how many pixels of a level lie between places that are asked at one size: an odd number,
// for an even one may keep step with the blocks of a JPEG.
func (p *pair) apart(size int) int {
	field, step := p.before.field.Value, p.before.level(size).step
	most := math.Sqrt(float64(field.W) * float64(field.H) / mostPlaces) // pixels of the ground
	return int(max(latticeMM/p.before.mmPerPx, radiiMM[size]/p.before.mmPerPx, most)/float64(step)-1) | 1
}

// asked are the contrasts of one size of skin that may be plain, of every so-manieth place here and
// there; plain where it is no spot.
func (p *pair) asked(size int, here, there *raster.Plane, every int, fn func(before, after float64, plain bool)) {
	l, apart := p.before.level(size), p.apart(size)
	for y := 0; y < here.H; y += every {
		for x := 0; x < here.W; x += every {
			b, u, v := here.At(x, y), x/every*apart, y/every*apart
			if b == b && l.under(p.perhaps, u, v) >= 0.5 {
				fn(float64(b), float64(there.At(x, y)), l.under(p.plainBefore, u, v) >= 0.5)
			}
		}
	}
}

// at is what is known at one size, made once.
func (p *pair) at(size int) *rises {
	r := p.contrasts(size)
	if !r.told {
		here, there := p.seen(size, r.before, r.after, p.apart(size))
		p.tell(size, r, here, there)
		filter.GiveBack(here, there)
	}
	return r
}

// contrasts are those of one size in both visits, made once.
func (p *pair) contrasts(size int) *rises {
	if p.rises[size] == nil {
		b, a := p.before.level(size), p.after.level(size)
		p.rises[size] = &rises{before: p.before.contrast(size, b.centre, p.halfBefore), after: p.after.contrast(size, a.centre, p.halfAfter)}
	}
	return p.rises[size]
}

// tell makes known what plain skin does at one size, here and there.
func (p *pair) tell(size int, r *rises, here, there *raster.Plane) {
	most := len(here.Pix)
	level, perhaps, change := make([]float64, 0, most), make([]float64, 0, most), make([]float64, 0, most)
	p.asked(size, here, there, 1, func(before, after float64, plain bool) {
		perhaps = append(perhaps, (before+after)/2)
		if plain {
			level, change = append(level, (before+after)/2), append(change, after-before)
		}
	})
	r.told, r.plain, r.mottle, r.noise = true, math.NaN(), math.NaN(), math.NaN()
	switch {
	case len(change) < leastPlaces && size > 0: // too few so wide: what the next smaller size does
		s := p.at(size - 1)
		r.plain, r.mottle, r.noise, r.mild = s.plain, s.mottle, s.noise, s.mild
	case len(change) >= leastPlaces:
		r.mild = lowerSD(level)
		r.plain, r.mottle = robustSD(level), robustSD(perhaps)
		r.noise = robustSD(change)
	}
}

// plainChange is what the contrast of plain skin changed by from here to there, at every
// so-manieth place.
func (p *pair) plainChange(size int, here, there *raster.Plane, every int) []float64 {
	change := make([]float64, 0, (here.W/every+1)*(here.H/every+1))
	p.asked(size, here, there, every, func(before, after float64, plain bool) {
		if plain {
			change = append(change, after-before)
		}
	})
	return change
}

// lumaAt is the same of luma, which few sizes are asked for.
func (p *pair) lumaAt(size int) *lumaRises {
	if p.lumas[size] != nil {
		return p.lumas[size]
	}
	if p.halfLuma[0].weight == nil {
		before, _ := p.before.luma()
		after, _ := p.after.luma()
		p.halfLuma = [2]surround{halved(before, p.plainBefore), halved(after, p.plainAfter)}
	}
	b, a := p.before.level(size), p.after.level(size)
	r := &lumaRises{
		before: p.before.contrast(size, b.luma(), p.halfLuma[0]),
		after:  p.after.contrast(size, a.luma(), p.halfLuma[1]), noise: math.NaN(),
	}
	here, there := p.seen(size, r.before, r.after, p.apart(size))
	change := p.plainChange(size, here, there, 1)
	filter.GiveBack(here, there)
	switch {
	case len(change) < leastPlaces && size > 0:
		r.noise = p.lumaAt(size - 1).noise
	case len(change) >= leastPlaces:
		r.noise = robustSD(change)
	}
	p.lumas[size] = r
	return r
}

// weighed are the contrasts of one size at a place of the frame; not ok where either visit
// does not show it whole.
func (p *pair) weighed(size int, before, after *raster.Plane, at geom.Point) (b, a float64, ok bool) {
	l, m := p.before.level(size), p.after.level(size)
	if b, ok = l.read(before, p.before.point(l, at)); !ok {
		return 0, 0, false
	}
	a, ok = m.read(after, p.after.point(m, at))
	return b, a, ok
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
	middle := (m.Before + m.After) / 2
	there := p.level() + middle
	darkening := (p.before.darkening(there) + p.after.darkening(there)) / 2
	lightBefore, lightAfter, _ := p.weighed(b.size, r.before, r.after, b.at)
	seen := (lightBefore - lightAfter) / darkening
	if math.Abs(change*darkening)/2 < lumaTells*r.noise || !(seen/change < 0.5) {
		return m
	}
	m.Before, m.After = middle-seen/2, middle+seen/2
	m.Error = max(m.Error, math.Abs(change-seen))
	return m
}

// level is the melanin of the skin at both visits.
func (p *pair) level() float64 { return (p.before.median + p.after.median) / 2 }

// beneath is the mottle under a place that was taken for a spot, on average and in proportion to the
// melanin of each visit; none where what is drawn as skin has none.
func (p *pair) beneath(r *rises) (before, after float64) {
	level := p.level()
	if !(level > 0) {
		return 0, 0
	}
	share := chosen * r.mild / level
	return share * p.before.median, share * p.after.median
}

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
	if m.Before, m.After, ok = p.weighed(b.size, r.before, r.after, b.at); !ok || math.IsNaN(r.noise) {
		return m, false
	}
	slant := 0.0
	for _, d := range []geom.Point{{X: misplacedMM}, {Y: misplacedMM}} {
		a1, b1, ok1 := p.weighed(b.size, r.before, r.after, b.at.Sub(d))
		a2, b2, ok2 := p.weighed(b.size, r.before, r.after, geom.Point{X: b.at.X + d.X, Y: b.at.Y + d.Y})
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
// leave more large deviations than their middle tells of. It changes them.
func robustSD(values []float64) float64 {
	middle := quantile(values, 0.5)
	for i, v := range values {
		values[i] = math.Abs(v - middle)
	}
	spread, half := quantile(values, 0.5), len(values)/2
	return max(1.4826*spread, stats.Nth(values[half:], int(tailShare*float64(len(values)))-half)/tailSigmas)
}

// lowerSD is 1.4826 times the median absolute deviation of the values below the median, which
// no spot is among. It reorders them.
func lowerSD(values []float64) float64 {
	middle := quantile(values, 0.5)
	lower := values[:len(values)/2+1]
	return 1.4826 * (middle - stats.Nth(lower, len(values)/4))
}

// quantile reorders the values.
func quantile(values []float64, q float64) float64 {
	return stats.Nth(values, int(q*float64(len(values))))
}
