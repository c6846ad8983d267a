package align

import (
	"cmp"
	"math"
	"slices"

	"dermtrace/internal/geom"
	"dermtrace/internal/raster"
)

const (
	// looseShare and tightShare of the photo's diagonal are the distances within which a
	// match supports a hypothesis at first (perspective and curved skin leave the similarity)
	// and at last.
	looseShare, tightShare = 0.05, 0.006
	// A match supports a similarity only if its own size and direction agree within these.
	maxSizeFactor, maxTurn = 1.7, 0.5
	// maxSeeds is the number of matches, the most distinct first, that propose one each.
	maxSeeds = 300
	// maxHypotheses are refined on the matches and handed to the dense stage.
	maxHypotheses = 5
	// minSupport is the least number of matches of a hypothesis worth looking at.
	minSupport = 4
)

// A hypothesis is a transform that some of the matches support.
type hypothesis struct {
	photoFromFrame geom.Transform
	inliers        int
	score          float64
}

// hypotheses returns the transforms that the matches support best, best first. Each match
// alone gives a similarity, so the most distinct are all tried (no sampling, hence no chance), and the
// best are optimised locally on growing models and shrinking distances (LO-RANSAC, Chum,
// Matas & Kittler 2003). diag is the photo's diagonal.
func hypotheses(ms []match, diag float64) []hypothesis {
	support := make([]float64, min(len(ms), maxSeeds))
	views := viewsOf(ms)
	raster.Parallel(len(support), func(i int) { support[i] = looseSupport(views, i, looseShare*diag) })
	order := make([]int, len(support))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(support[b], support[a]) })
	var out []hypothesis
	taken := make([]bool, len(ms))
	for _, i := range order {
		if len(out) == maxHypotheses || support[i] < minSupport/2.0 {
			break
		}
		if taken[i] {
			continue
		}
		h, in, ok := optimize(ms, ms[i].similarity(), diag)
		taken[i] = true
		if !ok {
			continue
		}
		for _, k := range in {
			taken[k] = true
		}
		out = append(out, h)
	}
	slices.SortStableFunc(out, func(a, b hypothesis) int { return cmp.Compare(b.score, a.score) })
	return out
}

// A localView is what one match says of the whole: where a is in the photo, how large and how turned.
type localView struct {
	a, b geom.Point
	// size is the photo's over the frame's, turn in [−π, π], and dx, dy is the frame's x axis in the photo.
	size, turn, dx, dy float64
}

func viewsOf(ms []match) []localView {
	vs := make([]localView, len(ms))
	for i := range ms {
		m := &ms[i]
		size, turn := m.b.sigma/m.a.sigma, math.Remainder(m.b.angle-m.a.angle, 2*math.Pi)
		vs[i] = localView{m.a.at, m.b.at, size, turn, size * math.Cos(turn), size * math.Sin(turn)}
	}
	return vs
}

// looseSupport sums 1 − (r/r₀)² over the matches that agree with the similarity of match i.
func looseSupport(vs []localView, i int, limit float64) float64 {
	v := &vs[i]
	sum := 0.0
	for k := range vs {
		o := &vs[k]
		x, y := o.a.X-v.a.X, o.a.Y-v.a.Y
		ex, ey := v.b.X+v.dx*x-v.dy*y-o.b.X, v.b.Y+v.dy*x+v.dx*y-o.b.Y
		r2 := (ex*ex + ey*ey) / (limit * limit)
		if r2 < 1 && v.agrees(o) {
			sum += 1 - r2
		}
	}
	return sum
}

// agrees reports whether two matches tell of the same size and turn.
func (v *localView) agrees(o *localView) bool {
	if o.size > maxSizeFactor*v.size || v.size > maxSizeFactor*o.size {
		return false
	}
	d := math.Abs(o.turn - v.turn)
	return min(d, 2*math.Pi-d) <= maxTurn
}

// optimize fits the supporting matches again and again, the model growing from similarity
// to homography while the distance shrinks from loose to tight.
func optimize(ms []match, t geom.Transform, diag float64) (hypothesis, []int, bool) {
	steps := []struct {
		m     model
		share float64
	}{
		{similarity, looseShare}, {affine, 0.035}, {affine, 0.025}, {homography, 0.02}, {homography, 0.015},
		{homography, 0.01}, {homography, tightShare}, {homography, tightShare},
	}
	for _, s := range steps {
		in := inliers(ms, t, s.share*diag)
		if len(in) < minSupport {
			return hypothesis{}, nil, false
		}
		next, ok := fitMatches(ms, in, smaller(s.m, len(in)), t)
		if !ok {
			return hypothesis{}, nil, false
		}
		t = next
	}
	in := inliers(ms, t, tightShare*diag)
	if len(in) < minSupport || !plausible(t, ms[in[0]].a.at) {
		return hypothesis{}, nil, false
	}
	h := hypothesis{photoFromFrame: t, inliers: len(in)}
	for _, i := range in {
		r := t.Apply(ms[i].a.at).Sub(ms[i].b.at).Norm() / (tightShare * diag)
		h.score += 1 - r*r
	}
	return h, in, true
}

// smaller keeps a model from having more parameters than a third of the equations.
func smaller(m model, n int) model {
	switch {
	case n < 7:
		return similarity
	case n < 12:
		return min(m, affine)
	}
	return m
}

func inliers(ms []match, t geom.Transform, limit float64) []int {
	var in []int
	for i := range ms {
		scale := ms[i].b.sigma / ms[i].a.sigma
		local := t.LocalScale(ms[i].a.at)
		if ms[i].b.at.Sub(t.Apply(ms[i].a.at)).Norm() < limit && scale < 2*local && local < 2*scale {
			in = append(in, i)
		}
	}
	return in
}

// fitMatches weights a match by its place accuracy, which is a share of its size.
func fitMatches(ms []match, in []int, m model, start geom.Transform) (geom.Transform, bool) {
	pairs := make([]pair, len(in))
	for i, k := range in {
		w := 1 / (ms[k].b.sigma * ms[k].b.sigma)
		pairs[i] = pair{p: ms[k].a.at, q: ms[k].b.at, xx: w, yy: w}
	}
	return m.fit(pairs, nil, start)
}

// plausible refuses what no camera does to skin: mirrored, or scaled beyond 1:4.
func plausible(t geom.Transform, at geom.Point) bool {
	s := t.LocalScale(at)
	return s > 0.25 && s < 4 && !t.Mirrors()
}
