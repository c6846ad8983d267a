package align

import (
	"cmp"
	"math"
	"slices"

	"dermtrace/internal/geom"
)

// A solution is what one signal makes of a pair at its finest level that pays.
type solution struct {
	model model
	warp  warp
	pairs []pair
	// votes are those of the level, below those of the next coarser one, if any, both about the warp seen: that
	// of the solution once it is judged.
	votes, below []vote
	seen         warp
	level        int
	stack        *stack
	// mix is the mixture of colours that was aligned; zero for red light.
	mix mixture
	// structure is the median residual that neighbouring blocks share, split the median
	// distance of the fits on two interleaved halves of the blocks; both in photo pixels.
	structure, split, lostPx float64
}

// errorPx estimates the median error from what the blocks know: where they agree with each other
// but not with the warp, and how far halves of them disagree. The mean of two halves is half
// as far off as they are apart. Where blocks are too few for either to tell, those found are within reach.
func (s *solution) errorPx() float64 {
	e := math.Hypot(s.structure, s.split/2)
	if math.IsNaN(e) || math.IsInf(e, 0) {
		return s.reachPx()
	}
	return e
}

// settle refines t to the finest level, chooses the model and fits the field anew.
func (f *stack) settle(photo []*level, t geom.Transform) (*solution, bool) {
	at, below := f.fine(photo, t)
	s, ok := f.conclude(photo, at, below)
	if ok {
		s.judge(photo)
	}
	return s, ok
}

// settleNear does so from a warp that another signal found, on the finest level that pays, but does not judge.
func (f *stack) settleNear(photo []*level, w warp) (*solution, bool) {
	at := hearing{w, f.votes(0, photo, w), 0}
	if share := foundShare(at.votes); len(f.levels) > 1 && share < 0.5 { // else no level finds twice as many
		if coarse := f.votes(1, photo, w); share < foundShare(coarse)/2 {
			at.votes, at.level = coarse, 1
		}
	}
	if w.field == nil {
		var ok bool
		if at, ok = f.refineWarp(at.level, photo, w, nearestPx); !ok {
			return nil, false
		}
	}
	return f.conclude(photo, at, hearing{})
}

// conclude chooses the model by what the blocks of a level say and those of the one below, if that is known, and
// fits the field anew.
func (f *stack) conclude(photo []*level, at, below hearing) (*solution, bool) {
	w := at.warp
	s := &solution{votes: at.votes, level: at.level, stack: f, seen: w}
	s.below = s.coarser(photo, w, below)
	s.pairs = f.both(s, w)
	s.model, s.warp.plane = f.choose(s.pairs, w.plane, s.level)
	if s.model == 0 {
		return nil, false
	}
	if w.field != nil {
		s.warp.field = f.bend(s.widest(), f.residuals(s.pairs, s.warp.plane))
	}
	s.split = f.splitHalf(s)
	return s, true
}

// judge lets the blocks vote about the warp of the solution and says what they know of its error.
func (s *solution) judge(photo []*level) {
	f := s.stack
	s.votes = f.rebased(s.level, s.votes, s.seen.plane, s.warp.plane)
	if s.seen.field == nil {
		s.below = f.rebased(s.level+1, s.below, s.seen.plane, s.warp.plane)
	} else {
		s.votes = f.again(s.level, photo, s.warp, s.votes)
		s.below = s.coarser(photo, s.warp, hearing{s.seen, s.below, s.level + 1})
	}
	s.seen = s.warp
	s.lostPx = f.lost(photo, s)
	s.structure = max(f.structure(s.pairs, s.warp), s.lostPx)
}

// both returns what the blocks of two levels say. Those of the finest level are spaced out where a photo is
// large: the coarser ones see what lies between them. Each level's information is what its own
// blocks scatter by. By how much the two differ on the whole is the light's (see drift), and is taken out;
// it is not quite the same everywhere, and where that is more than the coarser blocks know, they count less.
func (f *stack) both(s *solution, w warp) []pair {
	fine := f.weighed(s.level, w, s.votes, 1)
	between := 1 - f.covered(s.level)
	if len(s.below) == 0 || between == 0 {
		return fine
	}
	a, ca := f.mean(s.level, w, s.votes)
	b, cb := f.mean(s.level+1, w, s.below)
	lag, scale := b.Sub(a), f.levels[s.level+1].scale
	votes := slices.Clone(s.below)
	for k := range votes {
		v := &votes[k]
		v.d = geom.Point{X: v.d.X + lag.X/scale, Y: v.d.Y + lag.Y/scale}
	}
	known := cb.xx + cb.yy
	uneven := driftSpread * driftSpread * max(lag.X*lag.X+lag.Y*lag.Y-known-ca.xx-ca.yy, 0)
	all := append(fine, f.weighed(s.level+1, w, votes, between*known/(known+uneven))...)
	slices.SortStableFunc(all, func(a, b pair) int { return cmp.Compare(a.p.Y, b.p.Y) })
	return all
}

// covered is the share of a level's picture that its blocks see, each as much as its window lets through.
func (f *stack) covered(i int) float64 {
	stride := float64(blockStride(f.levels[i], maxBlocks))
	return min(windowArea/(stride*stride), 1)
}

// driftSpread is the part of a drift by which it differs between places of a photo (project default).
const driftSpread = 0.25

// weighed are the pairs of a level's votes, their information by what they scatter about the warp, and so
// many times that.
func (f *stack) weighed(i int, w warp, votes []vote, times float64) []pair {
	pairs := f.pairs(i, w.plane, votes)
	r := make([]float64, len(pairs))
	for k, p := range pairs {
		e := p.q.Sub(w.apply(p.p))
		r[k] = math.Sqrt(e.X*e.X*p.xx + 2*e.X*e.Y*p.xy + e.Y*e.Y*p.yy)
	}
	s := max(median(r)/medianChi2, 1)
	times /= s * s
	for k := range pairs {
		p := &pairs[k]
		p.xx, p.xy, p.yy = times*p.xx, times*p.xy, times*p.yy
	}
	return pairs
}

// widest is the coarsest level whose blocks are among the pairs.
func (s *solution) widest() int {
	if len(s.below) > 0 {
		return s.level + 1
	}
	return s.level
}

// lost is what the coarse blocks say is left, in photo pixels, where few of the fine ones are found:
// the skin has bent away from the plane there, and those that are left agree with it because
// the others are gone. Otherwise it is 0.
func (f *stack) lost(photo []*level, s *solution) float64 {
	i, sure := f.evidenceLevel(), sureShare(s.votes)
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
