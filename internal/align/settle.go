package align

import (
	"math"

	"dermtrace/internal/geom"
)

// A solution is what one signal makes of a pair at its finest level that pays.
type solution struct {
	model model
	warp  warp
	pairs []pair
	votes []vote
	level int
	stack *stack
	// mix is the mixture of colours that was aligned; zero for red light.
	mix mixture
	// structure is the median residual that neighbouring blocks share, split the median
	// distance of the fits on two interleaved halves of the blocks; both in photo pixels.
	structure, split, lostPx float64
}

// errorPx estimates the median error from what the blocks know: where they agree with each other
// but not with the warp, and how far halves of them disagree. The mean of two halves is half
// as far off as they are apart.
func (s *solution) errorPx() float64 { return math.Hypot(s.structure, s.split/2) }

// settle refines t to the finest level, chooses the model and fits the field anew.
func (f *stack) settle(photo []*level, t geom.Transform) (*solution, bool) {
	w, votes, level := f.fine(photo, t)
	return f.conclude(photo, w, votes, level)
}

// settleNear does so from a warp that another signal found, on the finest level that pays.
func (f *stack) settleNear(photo []*level, w warp) (*solution, bool) {
	level, votes := 0, f.votes(0, photo, w)
	if share := foundShare(votes); len(f.levels) > 1 && share < 0.5 { // else no level finds twice as many
		if coarse := f.votes(1, photo, w); share < foundShare(coarse)/2 {
			level, votes = 1, coarse
		}
	}
	if w.field == nil {
		var ok bool
		if w, votes, ok = f.refineWarp(level, photo, w, nearestPx); !ok {
			return nil, false
		}
	}
	return f.conclude(photo, w, votes, level)
}

// conclude chooses the model by the votes of a level and fits the field anew.
func (f *stack) conclude(photo []*level, w warp, votes []vote, level int) (*solution, bool) {
	s := &solution{pairs: f.pairs(level, w.plane, votes), level: level, stack: f}
	s.model, s.warp.plane = f.choose(s.pairs, w.plane, level)
	if s.model == 0 {
		return nil, false
	}
	if w.field != nil {
		s.warp.field = f.bend(level, f.residuals(s.pairs, s.warp.plane))
	}
	if s.votes = f.rebased(level, votes, w.plane, s.warp.plane); s.warp.field != nil || w.field != nil {
		s.votes = f.votes(level, photo, s.warp)
	}
	s.structure = f.structure(s.pairs, s.warp)
	s.split = f.splitHalf(s.model, s.pairs, s.warp, level)
	s.lostPx = f.lost(photo, s)
	s.structure = max(s.structure, s.lostPx)
	return s, true
}

// lost is what the coarse blocks say is left, in photo pixels, where few of the fine ones are found:
// the skin has bent away from the plane there, and those that are left agree with it because
// the others are gone. Otherwise it is 0.
func (f *stack) lost(photo []*level, s *solution) float64 {
	i, sure := f.evidenceLevel(evidencePx), sureShare(s.votes)
	if i == s.level || sure >= lostShare {
		return 0
	}
	votes := f.votes(i, photo, s.warp)
	if sure >= lostShare*sureShare(votes) {
		return 0
	}
	return f.structure(f.pairs(i, s.warp.plane, votes), s.warp)
}

// lostShare is the share of the coarse blocks' success below which fine blocks count as lost.
const lostShare = 0.7

// residuals returns what a plane leaves of the pairs, as shifts of the frame's points.
func (f *stack) residuals(pairs []pair, t geom.Transform) []shift {
	inv, err := t.Inverse()
	if err != nil {
		return nil
	}
	shifts := make([]shift, len(pairs))
	for i, p := range pairs {
		// Information moves from the photo to the frame by Jᵀ I J.
		a, b, c, d := t.Jacobian(p.p)
		shifts[i] = shift{
			p: p.p, d: inv.Apply(p.q).Sub(p.p),
			xx: a*a*p.xx + 2*a*c*p.xy + c*c*p.yy,
			xy: a*b*p.xx + (a*d+b*c)*p.xy + c*d*p.yy,
			yy: b*b*p.xx + 2*b*d*p.xy + d*d*p.yy,
		}
	}
	return shifts
}
