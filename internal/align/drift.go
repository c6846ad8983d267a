package align

import (
	"math"

	"dermtrace/internal/geom"
	"dermtrace/internal/raster"
)

// A lamp that moved displaces relief, all of it alike, but not all sizes of it by as much: a lit slope is
// the derivative of the height, so what is seen is the height moved aside, by the less the finer
// and steeper it is. So the levels of red light disagree on where the photo lies; by that a moved
// lamp shows, and which way it moved.

// A drift is where the blocks of a coarser level say that the frame's points lie, less where those of a
// finer one do, in frame pixels, with the errors of the two and the least that is surely one.
type drift struct {
	d            geom.Point
	coarse, fine covariance
	least        float64
	// reach is how many drifts the finer level lies off the place of one twice as fine, were all of its
	// picture lit anew: 1 where the photo is as sharp as the frame, more where it is blurred.
	reach float64
}

// sure reports whether the drift is more than chance, and than sampling makes of two levels.
func (d drift) sure() bool { return d.d.Norm() > max(driftZ*d.fine.plus(d.coarse).se(), d.least) }

// carried is how much of the drift is to be taken off the finer level. With x the true place, the finer level
// says x + φδ, the coarser x + φδ + δ, φ the lamp's share times reach and δ the drift it makes; with
// covariances V and W of the two levels and t of δ along either axis, the best weight of the coarser
// level is (V − φt)(V + W + t)⁻¹: negative where the lamp moved, positive where the finer level
// is but noise. How far the lamp moves drifts is not known: all t from far below to far above what sampling
// leaves are weighed by how well they explain the drift.
func (d drift) carried(share float64) (off geom.Point) {
	const octaves = 3
	noise, sum := d.fine.plus(d.coarse), 0.0
	for k := -octaves; k <= octaves; k++ {
		sd := d.least * math.Exp2(float64(k))
		t := sd * sd
		all, ok := noise.plus(covariance{t, 0, t}).inverse()
		if !ok {
			return geom.Point{}
		}
		u := all.times(d.d)
		v := d.fine.times(u)
		w := math.Sqrt(all.det()) * math.Exp(-along(u, d.d)/2)
		sum += w
		k := share * d.reach * t
		off = geom.Point{X: off.X + w*(k*u.X-v.X), Y: off.Y + w*(k*u.Y-v.Y)}
	}
	if !(sum > 0) {
		return geom.Point{}
	}
	return geom.Point{X: off.X / sum, Y: off.Y / sum}
}

const (
	// driftZ is how many standard errors make a drift sure, and minDrift, in pixels of the finer level, the
	// least: floorPx of two levels.
	driftZ, minDrift = 3, 1.5 * floorPx
	// minDriftBlocks is the least number of blocks that tell one, biasBlocks how many tell what a
	// level reads wrong.
	minDriftBlocks, biasBlocks = 30, 100
	// maxReach bounds the reach: beyond, the levels hardly differ in what the photo still shows of them.
	maxReach = 2.5
)

// coarser returns the votes of the level below the solution's about a warp, by those about another, if any; nil
// where too few answer.
func (s *solution) coarser(photo []*level, w warp, known hearing) []vote {
	f, i := s.stack, s.level+1
	if i >= len(f.levels) {
		return nil
	}
	var votes []vote
	if known.votes == nil {
		votes = f.votes(i, photo, w)
	} else {
		votes = f.again(i, photo, w, f.rebased(i, known.votes, known.warp.plane, w.plane))
	}
	found := 0
	for i := range votes {
		if votes[i].found {
			found++
		}
	}
	if found < minDriftBlocks {
		return nil
	}
	return votes
}

// mean is where the blocks of level i say that the frame's points lie, less where the warp puts them, in frame
// pixels, with its error.
func (f *stack) mean(i int, w warp, votes []vote) (geom.Point, covariance) {
	moves := f.shifts(i, votes)
	for k := range moves {
		moves[k].d = moves[k].d.Sub(w.field.at(moves[k].p))
	}
	d, c := meanShift(moves)
	n := f.independence(i)
	return d, covariance{c.xx / n, c.xy / n, c.yy / n}
}

// A covariance is that of the errors of a point's coordinates.
type covariance struct{ xx, xy, yy float64 }

func (c covariance) plus(o covariance) covariance {
	return covariance{c.xx + o.xx, c.xy + o.xy, c.yy + o.yy}
}

func (c covariance) scaled(f float64) covariance { return covariance{f * c.xx, f * c.xy, f * c.yy} }

// believed is the best guess at what was measured as m with that error, and its own error, where such things are
// of size sd.
func (c covariance) believed(m geom.Point, sd float64) (geom.Point, covariance) {
	v := sd * sd
	all, ok := c.plus(covariance{v, 0, v}).inverse()
	if !ok {
		return geom.Point{}, covariance{v, 0, v}
	}
	u := all.times(m)
	return geom.Point{X: v * u.X, Y: v * u.Y}, covariance{v - v*v*all.xx, -v * v * all.xy, v - v*v*all.yy}
}

// times is the covariance, as a matrix, times the point.
func (c covariance) times(p geom.Point) geom.Point {
	return geom.Point{X: c.xx*p.X + c.xy*p.Y, Y: c.xy*p.X + c.yy*p.Y}
}

// between is the matrix of u and v, as rows, times this, times the same as columns.
func (c covariance) between(u, v geom.Point) covariance {
	return covariance{along(u, c.times(u)), along(u, c.times(v)), along(v, c.times(v))}
}

func along(u, v geom.Point) float64 { return u.X*v.X + u.Y*v.Y }

func (c covariance) det() float64 { return c.xx*c.yy - c.xy*c.xy }

// inverse is that of the matrix; not ok where there is none.
func (c covariance) inverse() (i covariance, ok bool) {
	det := c.det()
	return covariance{c.yy / det, -c.xy / det, c.xx / det}, det > 0 && !math.IsInf(det, 1)
}

// se is the standard error of the length.
func (c covariance) se() float64 { return math.Sqrt(c.xx + c.yy) }

// drift compares what the blocks of the solution's level and of the one below say. It is zero where
// too few answer.
func (s *solution) drift(photo []*level) drift {
	if s.below == nil {
		return drift{}
	}
	own, ownErr, ownSeen := s.stack.misread(s.level, photo, s.warp, s.votes)
	off, offErr, seen := s.stack.misread(s.level+1, photo, s.warp, s.below)
	if ownSeen.blocks < minDriftBlocks || seen.blocks < minDriftBlocks {
		return drift{}
	}
	// What a blurred photo shows lies off like a coarser level's; it grows with about the square of the size.
	r := reach(ownSeen.photo.size(), 2*seen.photo.size()) / reach(ownSeen.frame.size(), 2*seen.frame.size())
	at, fine := s.stack.mean(s.level, s.warp, s.votes)
	d, coarse := s.stack.mean(s.level+1, s.warp, s.below)
	return drift{
		d: d.Sub(at).Sub(own.Sub(off)), coarse: coarse.plus(offErr).plus(ownErr), fine: fine, least: minDrift * s.stack.levels[s.level].scale,
		reach: min(max(r*r, 1), maxReach),
	}
}

// reach is the finer of two sizes of structure over their difference, at most what any level shows.
func reach(fine, coarse float64) float64 {
	const most = 4
	if !(coarse > 0 && fine < coarse*most/(most+1)) {
		return most
	}
	return fine / (coarse - fine)
}

// meanShift is the mean of shifts by their information with Tukey's weights, and its error by what they scatter.
func meanShift(shifts []shift) (m geom.Point, cov covariance) {
	xs, ys, r := make([]float64, len(shifts)), make([]float64, len(shifts)), make([]float64, len(shifts))
	for i, s := range shifts {
		xs[i], ys[i] = s.d.X, s.d.Y
	}
	m = geom.Point{X: median(xs), Y: median(ys)}
	const rounds = 5
	for range rounds {
		for i, s := range shifts {
			e := s.d.Sub(m)
			r[i] = math.Sqrt(e.X*e.X*s.xx + 2*e.X*e.Y*s.xy + e.Y*e.Y*s.yy)
		}
		scale := median(r) / medianChi2
		var xx, xy, yy, x, y float64
		for i, s := range shifts {
			if u := r[i] / (tukey * scale); u < 1 {
				w := (1 - u*u) * (1 - u*u)
				xx, xy, yy = xx+w*s.xx, xy+w*s.xy, yy+w*s.yy
				x, y = x+w*(s.xx*s.d.X+s.xy*s.d.Y), y+w*(s.xy*s.d.X+s.yy*s.d.Y)
			}
		}
		inv, ok := covariance{xx, xy, yy}.inverse()
		if !ok {
			return m, covariance{math.Inf(1), 0, math.Inf(1)}
		}
		m, cov = inv.times(geom.Point{X: x, Y: y}), covariance{scale * scale * inv.xx, scale * scale * inv.xy, scale * scale * inv.yy}
	}
	return m, cov
}

// misread is how far in frame pixels level i moves when the photo is read between its pixels by cubics, with its
// error, and what its blocks look like. Blocks are read by straight lines; where the pixels of the two photos lie
// alike everywhere, that moves all of them alike, by up to 0.03 pixels. Some of them tell by how much, as well as
// grain lets them: what is less than their error is mostly that.
func (f *stack) misread(i int, photo []*level, w warp, votes []vote) (geom.Point, covariance, looks) {
	every := max((len(votes)+biasBlocks-1)/biasBlocks, 1)
	l := f.levels[i]
	probes := make([]*probe, (len(votes)+every-1)/every)
	raster.Parallel(len(probes), func(k int) {
		if v := &votes[k*every]; v.found {
			probes[k] = v.block.probe(l, photo, w)
		}
	})
	var some []vote
	var sum looks
	for k, p := range probes {
		if p == nil {
			continue
		}
		v := votes[k*every]
		u := w.field.at(l.photoFromLevel().Apply(v.block.center))
		v.d = geom.Point{X: -p.d.X/l.scale - v.d.X - u.X/l.scale, Y: -p.d.Y/l.scale - v.d.Y - u.Y/l.scale}
		some = append(some, v)
		sum.blocks++
		sum.frame.add(p.frame)
		sum.photo.add(p.photo)
	}
	d, cov := meanShift(f.shifts(i, some))
	d, cov = cov.believed(d, floorPx*l.scale)
	return d, cov, sum
}

// A probe is what one block reads by cubics: how far in frame pixels it moves from where the warp puts it,
// and what frame and photo look like there.
type probe struct {
	d            geom.Point
	frame, photo structure
}

// probeRim is what cubics and gradients read beyond a block, probeSide the side of what a probe reads.
const probeRim, probeSide = 2, blockPx + 2*probeRim

// probe places the block in what cubics read of the photo; nil where it is not found.
func (b *block) probe(l *level, photo []*level, w warp) *probe {
	patch := b.patch(l, photo, w)
	if patch == nil {
		return nil
	}
	at := geom.Translation(float64(probeRim-b.x), float64(probeRim-b.y))
	fix, ok := b.locate(l, &level{plane: patch, void: &voidMap{}, scale: l.scale, step: l.step}, at, geom.Point{}, 4)
	if !ok || fix.corr < voteCorr {
		return nil
	}
	return &probe{
		geom.Point{X: -fix.d.X * l.scale, Y: -fix.d.Y * l.scale},
		structureAt(l.plane, b.x, b.y), structureAt(patch, probeRim, probeRim),
	}
}

// patch brings the photo onto the block's pixels, and a rim about them, by cubics; nil where the photo does not show them.
func (b *block) patch(l *level, photo []*level, w warp) *raster.Plane {
	to := l.photoFromLevel()
	p := matching(photo, l, w.plane, to.Apply(b.center))
	if p == nil {
		return nil
	}
	from, patch := p.levelFromPhoto(), raster.New(probeSide, probeSide)
	for y := range probeSide {
		place := func(x int) geom.Point {
			return from.Apply(w.apply(to.Apply(geom.Point{X: float64(b.x + x - probeRim), Y: float64(b.y + y - probeRim)})))
		}
		if !p.cubicRow(patch.Row(y), [3]geom.Point{place(0), place(probeSide / 2), place(probeSide)}) {
			return nil
		}
	}
	return patch
}

// cubicRow reads the level along the parabola through the places of the row's start, middle and end.
func (l *level) cubicRow(row []float32, at [3]geom.Point) bool {
	h := 2 / float64(len(row))
	for x := range row {
		t := float64(x) * h
		a, b, c := (1-t)*(2-t)/2, t*(2-t), t*(t-1)/2
		v, ok := l.cubic(geom.Point{X: a*at[0].X + b*at[1].X + c*at[2].X, Y: a*at[0].Y + b*at[1].Y + c*at[2].Y})
		if !ok {
			return false
		}
		row[x] = v
	}
	return !l.empty(at[0], at[0]) && !l.empty(at[1], at[1]) && !l.empty(at[2], at[2])
}

// cubic reads the level between pixels by the cubics through four of them each way (Lagrange). It is not
// ok near the edge and outside.
func (l *level) cubic(q geom.Point) (s float32, ok bool) {
	if !(q.X >= 1 && q.Y >= 1 && q.X < float64(l.plane.W-2) && q.Y < float64(l.plane.H-2)) {
		return 0, false
	}
	i, j := int(q.X), int(q.Y)
	u, v := lagrange(float32(q.X-float64(i))), lagrange(float32(q.Y-float64(j)))
	at := (j-1)*l.plane.W + i - 1
	for k, b := range v {
		r := (*[4]float32)(l.plane.Pix[at+k*l.plane.W:])
		s += float32(b * (float32(u[0]*r[0]) + float32(u[1]*r[1]) + float32(u[2]*r[2]) + float32(u[3]*r[3])))
	}
	return s, true
}

// lagrange are the weights of the pixels at −1, 0, 1 and 2 for a place f between 0 and 1.
func lagrange(f float32) [4]float32 {
	a, b, c := f+1, f-1, f-2
	return [4]float32{-f * b * c / 6, a * b * c / 2, -a * f * c / 2, a * f * b / 6}
}

// looks is what some blocks of the frame look like, and the photo there.
type looks struct {
	blocks       int
	frame, photo structure
}

// A structure holds the squares of values, less the light's slope, and of their gradients, over the window.
type structure struct{ values, gradients float64 }

// size is that of the structure in pixels: the inverse of its mean wave number.
func (s structure) size() float64 { return math.Sqrt(max(s.values, 0) / max(s.gradients, 1e-12)) }

func (s *structure) add(o structure) {
	s.values += o.values
	s.gradients += o.gradients
}

// structureAt is that of the block of the plane with its corner at (x, y).
func structureAt(p *raster.Plane, x, y int) (s structure) {
	mean := p.At(x+blockPx/2, y+blockPx/2)
	var f [3]float64 // sums of the values, and of those times the place along and across
	for i := range blockPx {
		r := structureRow(newTemplate(p, x, y+i), mean)
		w, v := window[i], place(i)
		s.values, s.gradients = s.values+w*float64(r[0]), s.gradients+w*float64(r[1])/4
		f[0], f[1], f[2] = f[0]+w*float64(r[2]), f[1]+w*float64(r[3]), f[2]+w*v*float64(r[2])
	}
	s.values -= f[0]*f[0]/windowSum + (f[1]*f[1]+f[2]*f[2])/placeSum
	return s
}

// structureRow returns the windowed sums over one row of f f, g g + h h, f, and f times the place, with f the
// values less the mean, and g and h twice the gradients.
func structureRow(t template, mean float32) (s [4]float32) {
	for j := range blockPx {
		f, w := t.mid[j+1]-mean, window32[j]
		g, h := t.mid[j+2]-t.mid[j], t.down[j]-t.up[j]
		wf := float32(w * f)
		s[0] += float32(wf * f)
		s[1] += float32(w * (float32(g*g) + float32(h*h)))
		s[2] += wf
		s[3] += float32(wf * place32[j])
	}
	return s
}
