package pigment

import (
	"cmp"
	"slices"

	"dermtrace/internal/filter"
	"dermtrace/internal/geom"
	"dermtrace/internal/raster"
)

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

func (b *blob) radius() float64 { return radiiMM[b.size] }

func (b blob) samePlace(other blob) bool { return b.at == other.at && b.size == other.size }

// searches is how often a visit is searched, at most: spots that were found are no part of what the
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
		half.giveBack()
		again := unite(list)
		if slices.EqualFunc(again, found, blob.samePlace) { // there is nothing else to leave out
			return again
		}
		found = again
		plain = g.without(g.field.Weight, found)
	}
	return found
}

// leastNoise keeps finite how clear spots are in a picture that has no noise, percent of melanin.
const leastNoise = 1e-6

// search finds the peaks of one size against plain skin.
func (g *ground) search(size int, plain *raster.Plane, around surround) []blob {
	l := g.level(size)
	contrast := g.contrast(size, l.centre, around)
	rise := splined(contrast)
	defer filter.GiveBack(contrast, rise)
	for i, w := range l.weight.Pix {
		if w < 0.5 || l.cover.Pix[i] <= shown {
			rise.Pix[i] = 0
		}
	}
	still := g.still(l, rise, plain)
	if len(still) == 0 {
		return nil
	}
	return peaks(size, rise, max(lowerSD(still), leastNoise), standsOut, func(x, y float64) geom.Point { return g.place(l, x, y) })
}

// mostValues tell a spread: every so-manieth of more.
const mostValues = 1 << 14

// still are the rises of plain skin, no more of them than tell their spread.
func (g *ground) still(l *level, rise, plain *raster.Plane) []float64 {
	every := 1 + len(rise.Pix)/mostValues
	list := make([]float64, 0, mostValues)
	for i := every / 2; i < len(rise.Pix); i += every {
		if rise.Pix[i] != 0 && l.under(plain, i%rise.W, i/rise.W) >= 0.5 {
			list = append(list, float64(rise.Pix[i]))
		}
	}
	return list
}

// besidePeak is what a peak keeps, at least, at the pixel next to it, as coarse as levels are.
const besidePeak = 0.75

// peaks are the local maxima of a plane that rise to at least so many of its standard
// deviations, where place says.
func peaks(size int, rise *raster.Plane, sd, least float64, place func(x, y float64) geom.Point) []blob {
	var list []blob
	lowest := float32(besidePeak * least * sd)
	for y := 1; y < rise.H-1; y++ {
		for x, v := range rise.Row(y)[:rise.W-1] {
			if v < lowest || x == 0 || !highest(rise, x, y) {
				continue
			}
			if dx, dy, top := summit(rise, x, y); top >= least*sd {
				list = append(list, blob{at: place(float64(x)+dx, float64(y)+dy), size: size, clear: top / sd, rise: top})
			}
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

// summit is where between the pixels a peak lies, as parabolas through its pixel and those
// beside it have it, and how high it is.
func summit(p *raster.Plane, x, y int) (dx, dy, top float64) {
	v := float64(p.At(x, y))
	dx, overX := vertex(float64(p.At(x-1, y)), v, float64(p.At(x+1, y)))
	dy, overY := vertex(float64(p.At(x, y-1)), v, float64(p.At(x, y+1)))
	return dx, dy, v + overX + overY
}

// vertex is where a parabola through three values, the middle one no lower than the others, is
// highest and by how much.
func vertex(before, v, after float64) (at, over float64) {
	bend := before - 2*v + after
	if bend == 0 {
		return 0, 0
	}
	at = (before - after) / (2 * bend)
	return at, -bend * at * at / 2
}

// partlyAsHigh is how high a larger disc must rise, of the next smaller at its place, to be
// what the spot is: the net and the follicles within a spot peak as clearly as the whole. An
// even disc of radius r rises to 0.78 at r of what it does at the size below, to 0.61 beyond.
const partlyAsHigh = 0.75

// besideMM is what peaks of one spot may lie apart beyond the larger radius.
const besideMM = 0.2

func (b *blob) meets(other *blob) bool {
	reach := max(b.radius(), other.radius()) + besideMM
	return squared(b.at.X-other.at.X)+squared(b.at.Y-other.at.Y) < reach*reach
}

// meeting is the first of a list that meets a blob, -1: none.
func meeting(list []blob, b *blob) int {
	for i := range list {
		if list[i].meets(b) {
			return i
		}
	}
	return -1
}

// unite makes one blob of all that meet, the clearest first: it lies where the largest of
// them lies that is nearly as clear.
func unite(list []blob) []blob {
	slices.SortFunc(list, func(a, b blob) int {
		return cmp.Or(cmp.Compare(b.clear, a.clear), cmp.Compare(b.size, a.size), cmp.Compare(a.at.Y, b.at.Y), cmp.Compare(a.at.X, b.at.X))
	})
	var kept []blob
	for _, b := range list {
		i := meeting(kept, &b)
		switch {
		case i < 0:
			kept = append(kept, b)
		case b.size > kept[i].size && b.rise >= partlyAsHigh*kept[i].rise:
			kept[i].size, kept[i].at, kept[i].rise = b.size, b.at, b.rise
		}
	}
	var apart []blob
	for _, b := range kept { // those that have grown may meet
		if meeting(apart, &b) < 0 {
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
		if b.meets(&to) && (best == nil || b.at.Sub(to.at).Norm() < best.at.Sub(to.at).Norm()) {
			best = b
		}
	}
	return best
}
