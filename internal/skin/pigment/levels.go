package pigment

import (
	"cmp"
	"math"
	"slices"

	"dermtrace/internal/chromo"
	"dermtrace/internal/filter"
	"dermtrace/internal/geom"
	"dermtrace/internal/raster"
)

// radiiMM are the sizes at which spots are looked for, each half as large again as the one
// before: from a freckle of 0.9 mm across to beyond [largeMM].
var radiiMM = [...]float64{0.45, 0.67, 1, 1.5, 2.25, 3.4}

// A spot of radius r is weighed by a Gaussian of centreSigma·r, which of all Gaussians has
// nearly the best signal of a disc in noise (0.63·r) and does not ask where its rim is,
// less the plain skin within a Gaussian of surroundSigma·r, at least leastSurroundMM
// (project defaults).
const (
	centreSigma     = 0.6
	surroundSigma   = 1.6
	leastSurroundMM = 0.8

	discShare = 0.751 // of that Gaussian lies within the disc: 1 − exp(−1/(2·centreSigma²))
)

// marginMM is empty skin around a map: farther than a centre's Gaussian sees from inside.
const marginMM = 1.5

// ground is a visit's melanin with a margin that weighs nothing.
type ground struct {
	field     chromo.Field
	darkening float64
	luma      *raster.Plane

	weighted, weightedLuma *raster.Plane // times weights
	mmPerPx                float64
	fromFrame              geom.Transform // millimetres of the frame to pixels of field
	toFrame                geom.Transform
	bend                   func(geom.Point) geom.Point
	median                 float64 // melanin
	levels                 [len(radiiMM)]*level
}

// level is a ground at one size of spots. Its pixels are as coarse as that size allows.
type level struct {
	step   int           // pixels of the ground along a side of one of the level
	centre *raster.Plane // melanin weighed by the spot's Gaussian
	luma   *raster.Plane // the same of luma
	cover  *raster.Plane // share of that Gaussian that the region holds
	weight *raster.Plane
}

// lay puts a visit's map on a ground. The error is [geom.ErrSingular].
func (v Visit) lay() (*ground, error) {
	fromFrame, err := v.FrameFromMap.Inverse()
	if err != nil {
		return nil, err
	}
	k := int(math.Ceil(marginMM / v.MMPerPx))
	m := v.Melanin
	w, h := m.Value.W, m.Value.H
	f := chromo.Field{Value: raster.New(w+2*k, h+2*k), Weight: raster.New(w+2*k, h+2*k)}
	luma, weighted, weightedLuma := raster.New(w+2*k, h+2*k), raster.New(w+2*k, h+2*k), raster.New(w+2*k, h+2*k)
	for y := range h {
		values, weights := f.Value.Row(y + k)[k:], f.Weight.Row(y + k)[k:]
		for x := range w {
			if wt := m.WeightAt(y*w + x); wt > 0 {
				values[x], weights[x] = m.Value.Pix[y*w+x], wt
				at := (y+k)*luma.W + x + k
				luma.Pix[at] = v.Luma.Pix[y*w+x]
				weighted.Pix[at], weightedLuma.Pix[at] = wt*values[x], wt*luma.Pix[at]
			}
		}
	}
	shift := float64(k)
	return &ground{
		field: f, luma: luma, weighted: weighted, weightedLuma: weightedLuma, darkening: v.Darkening, mmPerPx: v.MMPerPx, median: m.Quantile(0.5), bend: v.Bend,
		fromFrame: geom.Translation(shift, shift).Mul(fromFrame),
		toFrame:   v.FrameFromMap.Mul(geom.Translation(-shift, -shift)),
	}, nil
}

// coarsest is how many pixels σ of a Gaussian keeps on a level.
const coarsest = 1.8

// level is the ground at the i-th size, made once.
func (g *ground) level(i int) *level {
	if g.levels[i] == nil {
		sigma := centreSigma * radiiMM[i] / g.mmPerPx
		step := max(1, int(sigma/coarsest))
		sigma /= float64(step)
		l := &level{step: step, weight: filter.Shrink(g.field.Weight, step)}
		l.cover = filter.Gaussian(l.weight, sigma)
		l.centre = filter.Gaussian(filter.Shrink(g.weighted, step), sigma)
		l.luma = filter.Gaussian(filter.Shrink(g.weightedLuma, step), sigma)
		divide(l.centre, l.cover)
		divide(l.luma, l.cover)
		g.levels[i] = l
	}
	return g.levels[i]
}

// leastWeight is the weight below which a ratio of sums is rounding noise.
const leastWeight = 1e-6

// divide replaces sums by means, 0 where nothing weighs.
func divide(sum, weight *raster.Plane) {
	for i, w := range weight.Pix {
		if w > leastWeight {
			sum.Pix[i] /= w
		} else {
			sum.Pix[i] = 0
		}
	}
}

// halved is a plane of the ground on pixels twice as coarse: all that surrounds need.
func halved(value, weight *raster.Plane) chromo.Field {
	return chromo.Field{Value: value, Weight: weight}.Shrink(2)
}

// surround is what skin around is at the i-th size, on pixels twice as coarse as the
// level's, which its wider Gaussian does not miss.
func (g *ground) surround(i int, half chromo.Field) *raster.Plane {
	step := g.level(i).step
	sigma := max(surroundSigma*radiiMM[i], leastSurroundMM) / g.mmPerPx
	return half.Shrink(step).Smooth(sigma / float64(2*step))
}

// around reads a surround at a place of its level.
func around(surround *raster.Plane, at geom.Point) float64 {
	return bilinear(surround, geom.Point{X: at.X/2 - 0.25, Y: at.Y/2 - 0.25})
}

// widen reads a surround at a row of its level: a pixel lies a quarter from the middle of
// its own block towards the next.
func widen(surround *raster.Plane, y int, out, buffer []float32) {
	own, next := y/2, min(max(y/2-1+y%2*2, 0), surround.H-1)
	a, b := surround.Row(own), surround.Row(next)
	for i, v := range a {
		buffer[i] = v + float32(0.25*(b[i]-v))
	}
	for x := range out {
		v := buffer[x/2]
		out[x] = v + float32(0.25*(buffer[min(max(x/2-1+x%2*2, 0), len(a)-1)]-v))
	}
}

// pixel is where the ground shows a place of the frame.
func (g *ground) pixel(at geom.Point) geom.Point {
	if g.bend != nil {
		at = g.bend(at)
	}
	return g.fromFrame.Apply(at)
}

// point is where a level shows a place of the frame, place what one of its pixels shows.
func (g *ground) point(l *level, at geom.Point) geom.Point {
	p, middle, k := g.pixel(at), float64(l.step-1)/2, float64(l.step)
	return geom.Point{X: (p.X - middle) / k, Y: (p.Y - middle) / k}
}

func (g *ground) place(l *level, x, y int) geom.Point {
	middle, k := float64(l.step-1)/2, float64(l.step)
	return g.unbent(float64(x)*k+middle, float64(y)*k+middle)
}

// unbendings bring the error of unbent far below a pixel: skin stretches by some percent.
const unbendings = 4

// unbent is what of the frame the ground shows at (x, y).
func (g *ground) unbent(x, y float64) geom.Point {
	flat := g.toFrame.Apply(geom.Point{X: x, Y: y})
	at := flat
	if g.bend != nil {
		for range unbendings {
			at = at.Sub(g.bend(at).Sub(flat))
		}
	}
	return at
}

// bilinear reads a plane between its pixels, 0 outside.
func bilinear(p *raster.Plane, at geom.Point) float64 {
	x, y := int(math.Floor(at.X)), int(math.Floor(at.Y))
	if x < 0 || y < 0 || x >= p.W-1 || y >= p.H-1 {
		return 0
	}
	u, v := at.X-float64(x), at.Y-float64(y)
	above, below := p.Row(y)[x:x+2], p.Row(y + 1)[x:x+2]
	top := float64(above[0]) + float64(u*float64(above[1]-above[0]))
	bottom := float64(below[0]) + float64(u*float64(below[1]-below[0]))
	return top + float64(v*(bottom-top))
}

// shown is the share of a spot that a region must hold for it to be measured.
const shown = 0.8

// standsOut is how many robust standard deviations of a level a peak must rise to be
// looked at: noise and mottle alone reach it once in some thousand places (project
// default). What of it is a spot is decided when both visits have been measured.
const standsOut = 3.5

// blob is a place that may be a spot.
type blob struct {
	at    geom.Point // millimetres in the frame
	size  int        // of radiiMM
	clear float64    // the highest peak that it stands for, in standard deviations of its level
	rise  float64    // contrast of its own peak, percent of melanin
}

func (b blob) radius() float64 { return radiiMM[b.size] }

// searches is how often a visit is searched: spots that were found are no part of what the
// next search takes for plain skin, which many or large ones make look uneven.
const searches = 3

// blobs finds the peaks of every size (scale space; Lindeberg 1998, Int J Comput Vis
// 30:79): the centre less the surround over its robust spread, so that each size has to
// stand out from the mottle and noise of its own scale.
func (g *ground) blobs() []blob {
	plain := g.field.Weight
	var found []blob
	for range searches {
		var list []blob
		half := halved(g.field.Value, plain)
		for i := range radiiMM {
			list = append(list, g.search(i, plain, half)...)
		}
		found = unite(list)
		plain = g.without(g.field.Weight, found)
	}
	return found
}

// search finds the peaks of one size against plain skin.
func (g *ground) search(size int, plain *raster.Plane, half chromo.Field) []blob {
	l := g.level(size)
	surround := g.surround(size, half)
	rise, buffer := raster.New(l.centre.W, l.centre.H), make([]float32, surround.W)
	still := make([]float64, 0, len(rise.Pix))
	for y := range rise.H {
		row := rise.Row(y)
		widen(surround, y, row, buffer)
		for x, v := range row {
			k := y*rise.W + x
			if l.cover.Pix[k] <= shown || l.weight.Pix[k] < 0.5 {
				row[x] = 0
				continue
			}
			row[x] = l.centre.Pix[k] - v
			if plain.At(min(x*l.step+l.step/2, plain.W-1), min(y*l.step+l.step/2, plain.H-1)) >= 0.5 {
				still = append(still, float64(row[x]))
			}
		}
	}
	if len(still) == 0 {
		return nil
	}
	return peaks(size, rise, lowerSD(still), standsOut, func(x, y int) geom.Point { return g.place(l, x, y) })
}

// peaks are the local maxima of a plane that rise to at least so many of its standard
// deviations, where place says.
func peaks(size int, rise *raster.Plane, sd, least float64, place func(x, y int) geom.Point) []blob {
	var list []blob
	for y := 1; y < rise.H-1; y++ {
		for x := 1; x < rise.W-1; x++ {
			v := rise.At(x, y)
			if float64(v) < least*sd || !highest(rise, x, y) {
				continue
			}
			list = append(list, blob{at: place(x, y), size: size, clear: float64(v) / sd, rise: float64(v)})
		}
	}
	return list
}

// highest reports whether no pixel beside is higher.
func highest(p *raster.Plane, x, y int) bool {
	v := p.At(x, y)
	for dy := -1; dy <= 1; dy++ {
		for _, beside := range p.Row(y + dy)[x-1 : x+2] {
			if beside > v {
				return false
			}
		}
	}
	return true
}

// partlyAsHigh is how high a larger disc must rise, of the next smaller at its place, to be
// what the spot is: the net and the follicles within a spot peak as clearly as the whole. An
// even disc of radius r rises to 0.78 at r of what it does at the size below, to 0.61 beyond.
const partlyAsHigh = 0.75

// besideMM is what peaks of one spot may lie apart beyond the larger radius.
const besideMM = 0.2

func (b blob) meets(other blob) bool {
	return b.at.Sub(other.at).Norm() < max(b.radius(), other.radius())+besideMM
}

// unite makes one blob of all that meet, the clearest first: it lies where the largest of
// them lies that is nearly as clear.
func unite(list []blob) []blob {
	slices.SortFunc(list, func(a, b blob) int {
		return cmp.Or(cmp.Compare(b.clear, a.clear), cmp.Compare(b.size, a.size), cmp.Compare(a.at.Y, b.at.Y), cmp.Compare(a.at.X, b.at.X))
	})
	var kept []blob
	for _, b := range list {
		i := slices.IndexFunc(kept, b.meets)
		switch {
		case i < 0:
			kept = append(kept, b)
		case b.size > kept[i].size && b.rise >= partlyAsHigh*kept[i].rise:
			kept[i].size, kept[i].at, kept[i].rise = b.size, b.at, b.rise
		}
	}
	var apart []blob
	for _, b := range kept { // those that have grown may meet
		if !slices.ContainsFunc(apart, b.meets) {
			apart = append(apart, b)
		}
	}
	return apart
}

// join unites the blobs of two visits. What both show lies between where they show it, each
// by its clearness: the place of the higher peak alone would make the other visit's lower
// by chance.
func join(before, after []blob) []blob {
	all := unite(slices.Concat(before, after))
	joined := slices.Clone(all)
	for i, b := range all {
		p, q := closest(before, b), closest(after, b)
		if p == nil || q == nil {
			continue
		}
		share := q.clear / (p.clear + q.clear)
		joined[i].at = geom.Point{X: p.at.X + share*(q.at.X-p.at.X), Y: p.at.Y + share*(q.at.Y-p.at.Y)}
	}
	return joined
}

// closest is the blob of a list that lies closest to one, of those that meet it; nil: none.
func closest(list []blob, to blob) *blob {
	var best *blob
	for i := range list {
		b := &list[i]
		if b.meets(to) && (best == nil || b.at.Sub(to.at).Norm() < best.at.Sub(to.at).Norm()) {
			best = b
		}
	}
	return best
}
