package pigment

import (
	"math"
	"slices"

	"dermtrace/internal/geom"
	"dermtrace/internal/raster"
)

// pair is two visits being compared.
type pair struct {
	before, after           *ground
	union                   []blob
	plainBefore, plainAfter *raster.Plane
	rises                   [len(radiiMM)]*rises
}

// rises are both visits at one size, and what plain skin does there.
type rises struct {
	before, after *raster.Plane // surrounds
	mottle        float64       // robust standard deviation of the contrast of plain skin
	noise         float64       // standard error of the change of a contrast

	lumaBefore, lumaAfter *raster.Plane // surrounds of luma
	lumaNoise             float64       // standard error of the change of its contrast
}

// spotReach is how far skin is no plain skin around a spot, in radii and beyond.
const spotReach, spotReachMM = 1.3, 0.2

// spotTrace keeps the level where all is spot.
const spotTrace = 1e-4

// plain weighs the skin that holds no spot and that the other visit shows too: what lies
// around a spot must be the same skin at both.
func (g *ground) plain(spots []blob, other *ground) *raster.Plane {
	p := g.field.Weight.Clone()
	raster.Bands(p.H, func(y0, y1 int) {
		for y := y0; y < y1; y++ {
			row := p.Row(y)
			for x, w := range row {
				if w > 0 && bilinear(other.field.Weight, other.pixel(g.unbent(float64(x), float64(y)))) < 0.5 {
					row[x] = 0
				}
			}
		}
	})
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
	f := p.before.field.Value
	lo, hi := geom.Point{X: math.Inf(1), Y: math.Inf(1)}, geom.Point{X: math.Inf(-1), Y: math.Inf(-1)}
	for _, corner := range [][2]int{{0, 0}, {f.W, 0}, {0, f.H}, {f.W, f.H}} {
		q := p.before.toFrame.Apply(geom.Point{X: float64(corner[0]), Y: float64(corner[1])})
		lo, hi = geom.Point{X: min(lo.X, q.X), Y: min(lo.Y, q.Y)}, geom.Point{X: max(hi.X, q.X), Y: max(hi.Y, q.Y)}
	}
	for y := math.Ceil(lo.Y / step); y*step <= hi.Y; y++ {
		for x := math.Ceil(lo.X / step); x*step <= hi.X; x++ {
			fn(geom.Point{X: x * step, Y: y * step})
		}
	}
}

// latticeMM is the least distance between places at which plain skin is asked.
const latticeMM = 0.5

// leastPlaces of plain skin tell its mottle and noise (project default).
const leastPlaces = 20

// at is what is known at one size, made once.
func (p *pair) at(size int) *rises {
	if p.rises[size] != nil {
		return p.rises[size]
	}
	r := &rises{before: p.before.surround(size, p.plainBefore), after: p.after.surround(size, p.plainAfter)}
	r.lumaBefore, r.lumaAfter = p.before.surroundOf(p.before.luma, size, p.plainBefore), p.after.surroundOf(p.after.luma, size, p.plainAfter)
	var level, change, luma []float64
	p.lattice(max(latticeMM, radiiMM[size]), func(at geom.Point) {
		if bilinear(p.plainBefore, p.before.pixel(at)) < 0.5 {
			return
		}
		if a, b, ok := p.contrasts(size, r, at); ok {
			level, change = append(level, (a+b)/2), append(change, b-a)
			luma = append(luma, p.darker(size, r, at))
		}
	})
	r.mottle, r.noise, r.lumaNoise = math.NaN(), math.NaN(), math.NaN()
	if len(level) >= leastPlaces {
		r.mottle, r.noise = max(robustSD(level), tailSD(level)), max(robustSD(change), tailSD(change))
		r.lumaNoise = max(robustSD(luma), tailSD(luma))
	}
	p.rises[size] = r
	return r
}

// contrasts are the centre less the surround at both visits; not ok where one does not
// show the place whole.
func (p *pair) contrasts(size int, r *rises, at geom.Point) (before, after float64, ok bool) {
	b, a := p.before.level(size), p.after.level(size)
	atB, atA := p.before.point(b, at), p.after.point(a, at)
	if bilinear(b.cover, atB) < shown || bilinear(a.cover, atA) < shown {
		return 0, 0, false
	}
	return bilinear(b.centre, atB) - bilinear(r.before, atB), bilinear(a.centre, atA) - bilinear(r.after, atA), true
}

// darker is how much the luma of a place, against its surround, fell between the visits.
func (p *pair) darker(size int, r *rises, at geom.Point) float64 {
	b, a := p.before.level(size), p.after.level(size)
	atB, atA := p.before.point(b, at), p.after.point(a, at)
	return bilinear(b.luma, atB) - bilinear(r.lumaBefore, atB) - (bilinear(a.luma, atA) - bilinear(r.lumaAfter, atA))
}

// lumaTells is how many standard errors of luma half the darkening has to be for luma to
// deny it.
const lumaTells = 1.64

// denied reports whether the luma of a place says that its melanin did not change. Pigment
// darkens; the steps in which a JPEG rounds colour off do not, though they look like spots of
// up to a third of a percent of melanin on light skin. Where luma could be either it denies
// nothing.
func (p *pair) denied(b blob, change float64) bool {
	r := p.at(b.size)
	due := change * (p.before.darkening + p.after.darkening) / 2
	return math.Abs(due)/2 >= lumaTells*r.lumaNoise && p.darker(b.size, r, b.at)/due < 0.5
}

// misplacedMM is what alignment may leave between two photos of one spot (project
// default: some pixels of a phone's photo of a cheek).
const misplacedMM = 0.1

// measure weighs one spot at both visits; not ok where that cannot be done, NaN where plain
// skin does not tell how well. The error is that of plain skin, in proportion to how much
// melanin there is, for noise is relative to the light, and what a place missed by
// misplacedMM adds.
func (p *pair) measure(b blob) (m Matched, mottle float64, ok bool) {
	r := p.at(b.size)
	m = Matched{At: b.at, RadiusMM: b.radius()}
	if m.Before, m.After, ok = p.contrasts(b.size, r, b.at); !ok || math.IsNaN(r.noise) {
		return m, 0, false
	}
	level := (p.before.median + p.after.median) / 2
	slant := 0.0
	for _, d := range []geom.Point{{X: misplacedMM}, {Y: misplacedMM}} {
		a1, b1, ok1 := p.contrasts(b.size, r, b.at.Sub(d))
		a2, b2, ok2 := p.contrasts(b.size, r, geom.Point{X: b.at.X + d.X, Y: b.at.Y + d.Y})
		if ok1 && ok2 {
			slant += max((a2-a1)*(a2-a1), (b2-b1)*(b2-b1)) / 4
		}
	}
	m.Error = math.Hypot(r.noise*(1+max(0, m.Before, m.After)/level), math.Sqrt(slant))
	return m, r.mottle, true
}

// burdenReach and burdenReachMM bound what is summed, in radii and beyond: it holds a spot
// of the next size and the soft rim that light spreads in skin.
const burdenReach, burdenReachMM = 1.5, 0.3

// burdens are the sums of melanin above the surround over what both visits show of a
// disc, times area: unlike the contrast they do not care how sharp a photo is or how large
// the spot was taken to be, but they hold more noise.
func (p *pair) burdens(b blob) (before, after float64) {
	r := p.at(b.size)
	levelB := bilinear(r.before, p.before.point(p.before.level(b.size), b.at))
	levelA := bilinear(r.after, p.after.point(p.after.level(b.size), b.at))
	reach, step := burdenReach*b.radius()+burdenReachMM, min(p.before.mmPerPx, p.after.mmPerPx)
	for y := -reach; y <= reach; y += step {
		for x := -reach; x <= reach; x += step {
			if math.Hypot(x, y) > reach {
				continue
			}
			at := geom.Point{X: b.at.X + x, Y: b.at.Y + y}
			atB, atA := p.before.pixel(at), p.after.pixel(at)
			wB, wA := bilinear(p.before.field.Weight, atB), bilinear(p.after.field.Weight, atA)
			if wB >= 0.5 && wA >= 0.5 {
				before += bilinear(p.before.weighted, atB)/wB - levelB
				after += bilinear(p.after.weighted, atA)/wA - levelA
			}
		}
	}
	return before * step * step, after * step * step
}

// robustSD is 1.4826 times the median absolute deviation.
func robustSD(values []float64) float64 {
	return 1.4826 * quantile(deviations(values), 0.5)
}

// tailShare of the deviations of a normal distribution lie within 1.96 standard ones.
const tailShare, tailSigmas = 0.95, 1.96

// tailSD is the standard deviation of a normal distribution whose tail is that of the values:
// the blocks of a JPEG leave more large deviations than their middle tells of.
func tailSD(values []float64) float64 { return quantile(deviations(values), tailShare) / tailSigmas }

// mostValues of a sample are sorted: every so-manieth of more.
const mostValues = 1 << 14

func deviations(values []float64) []float64 {
	var sorted []float64
	for i := 0; i < len(values); i += 1 + len(values)/mostValues {
		sorted = append(sorted, values[i])
	}
	slices.Sort(sorted)
	middle := sorted[len(sorted)/2]
	for i, v := range sorted {
		sorted[i] = math.Abs(v - middle)
	}
	slices.Sort(sorted)
	return sorted
}

func quantile(sorted []float64, q float64) float64 { return sorted[int(q*float64(len(sorted)))] }
