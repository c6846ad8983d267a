package align

import (
	"math"
	"slices"

	"dermtrace/internal/geom"
	"dermtrace/internal/raster"
	"dermtrace/internal/stats"
)

const (
	// minCorr is the correlation above which a block has found something like itself, and counts
	// as evidence; sure of that, noisy blocks help to place the plane from voteCorr on.
	minCorr, voteCorr = 0.5, 0.3
	// tukey is the cut of Tukey's biweight for 95 % efficiency (Holland & Welsch 1977).
	tukey = 4.685
	// floorPx is added to a block's own uncertainty, in pixels of its level: what the sampling
	// of two pictures leaves when both are clean.
	floorPx = 0.02
)

// A vote is what one block says at one level.
type vote struct {
	block *block
	fix
	// found is false where the block lies outside the photo, or nothing like it was there.
	shown, found bool
}

// sure reports whether the vote counts as evidence.
func (v *vote) sure() bool { return v.found && v.corr >= minCorr }

// coarse refines t from the coarsest level to that of evidence.
func (f *stack) coarse(photo []*level, t geom.Transform) (geom.Transform, bool) {
	ok := false
	for i := len(f.levels) - 1; i >= f.evidenceLevel(); i-- {
		if next, _, good := f.refineLevel(i, photo, t, nearPx); good {
			t, ok = next, true
		}
	}
	return t, ok
}

// fine refines t from the level of evidence to the finest that still pays: where blocks find
// themselves at least half as often as one level before. Where the plane does not hold, it
// bends the frame.
func (f *stack) fine(photo []*level, t geom.Transform) (at, below hearing) {
	at.level = f.evidenceLevel()
	at.warp, at.votes = f.bendLevel(at.level, photo, warp{plane: t}, f.votes(at.level, photo, warp{plane: t}))
	if i := f.within(at.level, at.votes); at.warp.field == nil && i < at.level-1 {
		if next, ok := f.refineWarp(i, photo, at.warp, enough(i)); ok && foundShare(next.votes) >= leapShare*foundShare(at.votes) {
			at = next
		}
	}
	for i := at.level - 1; i >= 0; i-- {
		next, ok := f.refineWarp(i, photo, at.warp, enough(i))
		if !ok || foundShare(next.votes) < foundShare(at.votes)/2 {
			break
		}
		at, below = next, at
	}
	if at.level > 0 && at.warp.field == nil {
		if t, v, ok := f.refineLevel(at.level, photo, at.warp.plane, nearestPx); ok {
			at.warp.plane, at.votes = t, v
		}
	}
	return at, below
}

// A hearing is what the blocks of a level say about a warp.
type hearing struct {
	warp  warp
	votes []vote
	level int
}

const (
	// leapPx is how far, in pixels of a level, blocks may lie aside of the plane for the levels before it
	// to be left out: half of what one step of a block moves. The plane is nearer than they are.
	leapPx = maxStepPx / 2
	// leapShare is the least success of such a level's blocks over that of the level leapt from; below,
	// the levels between are taken as well.
	leapShare = 0.8
)

// within returns the finest level at which the blocks of level i lie within leapPx of the plane.
func (f *stack) within(i int, votes []vote) int {
	var aside []float64
	for _, v := range votes {
		if v.found {
			aside = append(aside, v.d.Norm())
		}
	}
	reach := leapPx / median(aside) // in pixels of level i per pixel of the level sought
	to := i
	for to > 0 && f.levels[i].scale <= reach*f.levels[to-1].scale {
		to--
	}
	return to
}

// refineWarp refines the plane as long as there is no field, and the field from then on.
func (f *stack) refineWarp(i int, photo []*level, w warp, near float64) (h hearing, ok bool) {
	var votes []vote
	if w.field != nil {
		votes = f.votes(i, photo, w)
	} else if w.plane, votes, ok = f.refineLevel(i, photo, w.plane, near); !ok {
		return hearing{}, false
	}
	w, votes = f.bendLevel(i, photo, w, votes)
	return hearing{w, votes, i}, true
}

// bendLevel fits a field to the votes if they demand one, and lets the blocks vote again, as
// long as that brings in more of them: a field grows from where it is known.
func (f *stack) bendLevel(i int, photo []*level, w warp, votes []vote) (warp, []vote) {
	const rounds, growth = 6, 1.02
	last := foundShare(votes)
	for range rounds {
		g := f.bend(i, f.shifts(i, votes))
		if g == nil {
			return w, votes
		}
		w.field = g
		votes = f.again(i, photo, w, votes)
		now := foundShare(votes)
		if now < growth*last {
			break
		}
		last = now
	}
	return w, votes
}

// sureShare is the share of the blocks shown that are surely found.
func sureShare(votes []vote) float64 {
	shown, sure := 0, 0
	for i := range votes {
		if votes[i].shown {
			shown++
		}
		if votes[i].sure() {
			sure++
		}
	}
	return share(sure, shown)
}

func foundShare(votes []vote) float64 {
	shown, found := 0, 0
	for _, v := range votes {
		if v.shown {
			shown++
		}
		if v.found {
			found++
		}
	}
	return share(found, shown)
}

// nearPx and nearestPx, in pixels of the level, are how near the plane has to be to where the blocks say
// before they are placed for the last time. On the way down the next level mends the rest; at the last, a
// block that starts aside keeps a hundredth of it.
const nearPx, nearestPx = 0.25, 0.01

// enough is how near the plane has to be at a level on the way to the finest, 0.
func enough(level int) float64 {
	if level == 0 {
		return nearestPx
	}
	return nearPx
}

// refineLevel alternates between placing the blocks and fitting the plane to them.
func (f *stack) refineLevel(i int, photo []*level, t geom.Transform, near float64) (geom.Transform, []vote, bool) {
	const rounds = 3
	votes := f.votes(i, photo, warp{plane: t})
	for round := range rounds {
		if round > 0 {
			votes = f.again(i, photo, warp{plane: t}, votes)
		}
		pairs := f.pairs(i, t, votes)
		if len(pairs) < 12 {
			return t, votes, false
		}
		next, _, ok := robustFit(homography, pairs, t)
		if !ok {
			return t, votes, false
		}
		moved := f.distance(next, t)
		votes = f.rebased(i, votes, t, next)
		t = next
		if moved < near*f.levels[i].scale {
			break
		}
	}
	return t, votes, true
}

// votes places every block of a level in the photo.
func (f *stack) votes(i int, photo []*level, w warp) []vote {
	return f.votesOf(f.blocks[i](), i, photo, func(int) warp { return w })
}

// again is what blocks say about a warp, by their votes about another near by with the same plane: one that was sought
// where it lies, lies there still. Others are sought anew, from where they were found, unless a field, which
// neighbours agree on, lies elsewhere.
func (f *stack) again(i int, photo []*level, w warp, votes []vote) []vote {
	out := make([]vote, len(votes))
	raster.Parallel(len(votes), func(k int) {
		v := votes[k]
		aside := v.d.Sub(f.shiftOf(i, w, v.block))
		if !v.found || w.field != nil && aside.Norm() > leapPx {
			v = f.vote(v.block, i, photo, w, geom.Point{})
		} else if !v.rests {
			v = f.vote(v.block, i, photo, w, aside)
		}
		out[k] = v
	})
	return out
}

// rebased are votes about one plane as votes about another near by.
func (f *stack) rebased(i int, votes []vote, from, to geom.Transform) []vote {
	inv, err := to.Inverse()
	if err != nil || len(votes) == 0 {
		return votes
	}
	l := f.levels[i]
	m := l.levelFromPhoto().Mul(inv).Mul(from).Mul(l.photoFromLevel())
	out := slices.Clone(votes)
	for k := range out {
		if v := &out[k]; v.found {
			v.d = v.block.center.Sub(m.Apply(v.block.center.Sub(v.d)))
		}
	}
	return out
}

// votesOf places blocks of level i in the photo, each by its own warp.
func (f *stack) votesOf(bs []block, i int, photo []*level, warpOf func(k int) warp) []vote {
	out := make([]vote, len(bs))
	raster.Parallel(len(bs), func(k int) { out[k] = f.vote(&bs[k], i, photo, warpOf(k), geom.Point{}) })
	return out
}

// vote places a block of level i in the photo by a warp, sought from a shift beside it on.
func (f *stack) vote(b *block, i int, photo []*level, w warp, from geom.Point) vote {
	v, l := vote{block: b}, f.levels[i]
	toFrame := l.photoFromLevel()
	p := matching(photo, l, w.plane, toFrame.Apply(b.center))
	if p == nil {
		return v
	}
	m := p.levelFromPhoto().Mul(w.plane).Mul(toFrame)
	start := f.shiftOf(i, w, b)
	v.shown = b.shown(p, m.Mul(geom.Translation(-start.X, -start.Y)))
	if !v.shown {
		return v
	}
	v.fix, v.found = b.locate(l, p, m, geom.Point{X: start.X + from.X, Y: start.Y + from.Y}, 4)
	v.found = v.found && v.corr >= voteCorr && v.d.Sub(start).Norm() <= maxShiftPx
	return v
}

// shiftOf is where a warp's field puts a block of level i.
func (f *stack) shiftOf(i int, w warp, b *block) geom.Point {
	l := f.levels[i]
	u := w.field.at(l.photoFromLevel().Apply(b.center))
	return geom.Point{X: -u.X / l.scale, Y: -u.Y / l.scale}
}

// maxShiftPx is how far, in pixels of the level, a block may stray from the plane: two
// steps; farther, it has slid to something else.
const maxShiftPx = 3

// matching returns the photo's level whose pixels are nearest in size to those of the
// frame's level l as t shows them at the frame's point p, as a logarithm where that is one; nil where t leaves the
// picture.
func matching(photo []*level, l *level, t geom.Transform, p geom.Point) *level {
	want := math.Log2(l.scale * t.LocalScale(p) / photo[0].scale)
	if math.IsNaN(want) {
		return nil
	}
	near := photo[min(max(int(math.Round(want)), 0), len(photo)-1)]
	if l.ln == nil && near.ln != nil {
		return near.ln()
	}
	return near
}

// pairs turns the votes into correspondences in photo pixels.
func (f *stack) pairs(i int, t geom.Transform, votes []vote) []pair {
	l := f.levels[i]
	toFrame := l.photoFromLevel()
	var ps []pair
	for _, v := range votes {
		if !v.found {
			continue
		}
		c := v.block.center
		p := toFrame.Apply(c)
		q := t.Apply(toFrame.Apply(c.Sub(v.d)))
		xx, xy, yx, yy := t.Jacobian(p)
		s := l.scale
		ps = append(ps, carry(v, [4]float64{xx * s, xy * s, yx * s, yy * s}, p, q))
	}
	return ps
}

// carry brings the information of a vote from level to photo pixels: (J C Jᵀ)⁻¹.
func carry(v vote, j [4]float64, p, q geom.Point) pair {
	n := max(v.noise, 1e-12)
	a, b, c := v.block.info[0]/n, v.block.info[1]/n, v.block.info[2]/n
	det := a*c - b*b
	cxx, cxy, cyy := c/det+floorPx*floorPx, -b/det, a/det+floorPx*floorPx
	pxx := j[0]*j[0]*cxx + 2*j[0]*j[1]*cxy + j[1]*j[1]*cyy
	pxy := j[0]*j[2]*cxx + (j[0]*j[3]+j[1]*j[2])*cxy + j[1]*j[3]*cyy
	pyy := j[2]*j[2]*cxx + 2*j[2]*j[3]*cxy + j[3]*j[3]*cyy
	d := pxx*pyy - pxy*pxy
	return pair{p: p, q: q, xx: pyy / d, xy: -pxy / d, yy: pxx / d}
}

// robustFit fits the model with Tukey's weights on the residual, whose scale is its own
// median (MAD): blocks that changed, moved or lie on another plane lose their vote.
func robustFit(m model, pairs []pair, start geom.Transform) (geom.Transform, []float64, bool) {
	t := start
	w := make([]float64, len(pairs))
	r := make([]float64, len(pairs))
	for range 8 {
		for i := range pairs {
			r[i] = normalized(&pairs[i], t)
		}
		s := max(median(r)/medianChi2, 1)
		for i := range pairs {
			u := r[i] / (tukey * s)
			w[i] = 0
			if u < 1 {
				w[i] = (1 - u*u) * (1 - u*u)
			}
		}
		next, ok := m.fit(pairs, w, t)
		if !ok {
			return t, nil, false
		}
		t = next
	}
	return t, w, true
}

// medianChi2 is the median of the length of a standard normal pair, √(2 ln 2).
const medianChi2 = 1.17741

// normalized is the residual of a pair in units of its own standard deviation.
func normalized(p *pair, t geom.Transform) float64 {
	e := p.q.Sub(t.Apply(p.p))
	v := e.X*e.X*p.xx + 2*e.X*e.Y*p.xy + e.Y*e.Y*p.yy
	if !(v >= 0) {
		return math.Inf(1)
	}
	return math.Sqrt(v)
}

func median(v []float64) float64 {
	if len(v) == 0 {
		return math.NaN()
	}
	return stats.Nth(slices.Clone(v), len(v)/2)
}

// distance is the largest distance between two transforms at the frame's corners that
// either shows.
func (f *stack) distance(a, b geom.Transform) float64 {
	w, h := float64(f.w-1), float64(f.h-1)
	d := 0.0
	for _, c := range [4]geom.Point{{X: 0, Y: 0}, {X: w, Y: 0}, {X: 0, Y: h}, {X: w, Y: h}} {
		if v := a.Apply(c).Sub(b.Apply(c)).Norm(); !math.IsNaN(v) {
			d = max(d, v)
		}
	}
	return d
}
