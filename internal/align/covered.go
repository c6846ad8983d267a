package align

import (
	"cmp"
	"slices"

	"dermtrace/internal/geom"
)

// Where a plaster, a finger or anything else lies on the skin no block finds itself, and nearly all
// others do. Needle points, crusts and flaking lose blocks as well, but here and there: where they
// are so many that neighbours are lost with each other, more than a tenth of the rest is lost too, and
// nothing is told (project defaults).
const (
	// coverBlocks are asked for each block, the nearest, itself among them: half-overlapping they
	// see as much as four beside each other.
	coverBlocks = 12
	// coverFound of them may be found below a cover, by chance or at its rim.
	coverFound = 1
	// bareFound is the share of all blocks beside covers that must be found for these to be told.
	bareFound = 0.9
)

// covered are squares of the frame, in its pixels, where the photo shows something else.
func (s *solution) covered() []geom.Polygon {
	var shown, lost []*vote
	for i := range s.votes {
		if v := &s.votes[i]; v.shown {
			shown = append(shown, v)
			if !v.sure() {
				lost = append(lost, v)
			}
		}
	}
	if 2*len(lost) > len(shown) {
		return nil
	}
	below := map[*vote]bool{}
	for _, v := range lost {
		for _, n := range v.below(shown) {
			below[n] = true
		}
	}
	if beside := len(shown) - len(below); float64(len(shown)-len(lost)) < bareFound*float64(beside) {
		return nil
	}
	var squares []geom.Polygon
	l := s.stack.levels[s.level]
	half := float64(blockPx+blockStride(l, maxBlocks)) / 2 // up to the blocks beside
	for _, v := range lost {
		if below[v] {
			squares = append(squares, square(v.block.center, half, l.photoFromLevel()))
		}
	}
	return squares
}

// below are the lost blocks nearest to a lost one, if nearly all around it are.
func (v *vote) below(shown []*vote) []*vote {
	near := v.nearest(shown)
	lost := slices.DeleteFunc(near, func(o *vote) bool { return o.sure() })
	if len(lost) < coverBlocks-coverFound {
		return nil
	}
	return lost
}

// nearest are the coverBlocks of a list that lie nearest to a vote's block.
func (v *vote) nearest(list []*vote) []*vote {
	type apart struct {
		by float64
		*vote
	}
	all := make([]apart, len(list))
	for i, o := range list {
		all[i] = apart{o.block.center.Sub(v.block.center).Norm(), o}
	}
	slices.SortStableFunc(all, func(a, b apart) int { return cmp.Compare(a.by, b.by) })
	near := make([]*vote, min(coverBlocks, len(all)))
	for i := range near {
		near[i] = all[i].vote
	}
	return near
}

// square has its middle at c and sides twice half.
func square(c geom.Point, half float64, toFrame geom.Transform) geom.Polygon {
	var g geom.Polygon
	for _, k := range [4][2]float64{{-1, -1}, {1, -1}, {1, 1}, {-1, 1}} {
		g = append(g, toFrame.Apply(geom.Point{X: c.X + half*k[0], Y: c.Y + half*k[1]}))
	}
	return g
}
