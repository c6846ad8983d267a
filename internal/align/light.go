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
// finer one do, in frame pixels, with its standard error and the least that counts.
type drift struct {
	d         geom.Point
	se, least float64
}

// sure reports whether the drift is more than chance, and than sampling makes of two levels.
func (d drift) sure() bool { return d.d.Norm() > max(driftZ*d.se, d.least) }

const (
	// driftZ is how many standard errors make a drift, and minDrift, in pixels of the finer level, the
	// least: floorPx of two levels.
	driftZ, minDrift = 3, 1.5 * floorPx
	// minDriftBlocks is the least number of blocks that tell one, biasBlocks how many tell what the finer
	// level reads wrong.
	minDriftBlocks, biasBlocks = 30, 100
	// askColour, in pixels of the finest level, is the drift from which on colour is asked: below, what
	// the lamp can have displaced is less than colour errs by.
	askColour = 0.1
	// lowCorr is the correlation of the finest blocks below which colour is asked whatever red says: a
	// lamp that moved by 60 degrees or more leaves less, for relief lit anew is another picture.
	lowCorr = 0.75
	// lowCoarse is the correlation of the next level's blocks from which on that is grain: 0.76 to 0.83
	// under lamps that moved by 90 degrees or more.
	lowCoarse = 0.87
	// What does not agree in the finest blocks, (1−c²)/c² with c their correlation, was lit anew. Times
	// reliefAnew it is how many drifts the lamp has displaced the finest level by: as many as 1 are
	// carried off. Times reliefRest, it is what is left then; the more was lit anew, the less of the
	// displacement do the levels tell. Phantoms of all tones, lamps from 5 to 180 degrees: 5 to 12, 2 to 8.
	reliefAnew, reliefRest = 6, 3
	// minSameSide is the least cosine between the drift and the shift to colour: both show where the
	// lamp went.
	minSameSide = 0.7
)

// drift compares what the blocks of the solution's level and of the one below say. It is zero where too few
// answer. The solution's own blocks were read between the photo's pixels by straight lines; where the
// pixels of the two photos lie alike everywhere, that moves all of them alike, by up to 0.03 pixels.
// Some of them tell by how much.
func (s *solution) drift(photo []*level) drift {
	f, i := s.stack, s.level+1
	if i >= len(f.levels) {
		return drift{}
	}
	coarse := f.probe(i, photo, s.warp, 1)
	every := (len(s.votes) + biasBlocks - 1) / biasBlocks
	var bias []geom.Point
	for k, d := range f.probe(s.level, photo, s.warp, every) {
		if v := &s.votes[k*every]; v.found && d != nil {
			l := f.levels[s.level]
			u := s.warp.field.at(l.photoFromLevel().Apply(v.block.center))
			bias = append(bias, geom.Point{X: d.X + v.d.X*l.scale + u.X, Y: d.Y + v.d.Y*l.scale + u.Y})
		}
	}
	var moved []geom.Point
	for _, d := range coarse {
		if d != nil {
			moved = append(moved, *d)
		}
	}
	if len(moved) < minDriftBlocks || len(bias) < minDriftBlocks {
		return drift{}
	}
	d, se := middle(moved)
	own, _ := middle(bias)
	return drift{d.Sub(own), se / math.Sqrt(f.independence(i)), minDrift * f.levels[s.level].scale}
}

// probe asks every so-manyth block of level i how far in frame pixels it moves from where the warp puts it;
// nil where it is not found.
func (f *stack) probe(i int, photo []*level, w warp, every int) []*geom.Point {
	bs := f.blocks[i]()
	moved := make([]*geom.Point, (len(bs)+every-1)/max(every, 1))
	raster.Parallel(len(moved), func(k int) {
		if d, ok := bs[k*every].probe(f.levels[i], photo, w); ok {
			moved[k] = &d
		}
	})
	return moved
}

// probeRim is what cubics and gradients read beyond a block, probeSide the side of what a probe reads.
const probeRim, probeSide = 2, blockPx + 2*probeRim

// probe brings the photo onto the block's pixels by cubics and places the block in that.
func (b *block) probe(l *level, photo []*level, w warp) (geom.Point, bool) {
	to := l.photoFromLevel()
	p := matching(photo, l, w.plane, to.Apply(b.center))
	if p == nil {
		return geom.Point{}, false
	}
	from, patch := p.levelFromPhoto(), raster.New(probeSide, probeSide)
	for y := range probeSide {
		place := func(x int) geom.Point {
			return from.Apply(w.apply(to.Apply(geom.Point{X: float64(b.x + x - probeRim), Y: float64(b.y + y - probeRim)})))
		}
		if !p.cubicRow(patch.Row(y), [3]geom.Point{place(0), place(probeSide / 2), place(probeSide)}) {
			return geom.Point{}, false
		}
	}
	at := geom.Translation(float64(probeRim-b.x), float64(probeRim-b.y))
	fix, ok := b.locate(l, &level{patch, &voidMap{}, l.scale, l.step}, at, geom.Point{}, 4)
	return geom.Point{X: -fix.d.X * l.scale, Y: -fix.d.Y * l.scale}, ok && fix.corr >= voteCorr
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
	for k, b := range v {
		r := (*[4]float32)(l.plane.Row(j - 1 + k)[i-1:])
		s += float32(b * (float32(u[0]*r[0]) + float32(u[1]*r[1]) + float32(u[2]*r[2]) + float32(u[3]*r[3])))
	}
	return s, true
}

// lagrange are the weights of the pixels at −1, 0, 1 and 2 for a place f between 0 and 1.
func lagrange(f float32) [4]float32 {
	a, b, c := f+1, f-1, f-2
	return [4]float32{-f * b * c / 6, a * b * c / 2, -a * f * c / 2, a * f * b / 6}
}

// middle is the median of points, each coordinate for itself, and its standard error.
func middle(v []geom.Point) (m geom.Point, se float64) {
	xs, ys := make([]float64, len(v)), make([]float64, len(v))
	for i, p := range v {
		xs[i], ys[i] = p.X, p.Y
	}
	m = geom.Point{X: median(xs), Y: median(ys)}
	return m, math.Hypot(standardError(xs, m.X), standardError(ys, m.Y))
}

// standardError is that of the median m of a sample: 1.2533 σ/√n of a normal one, whose σ is 1.4826 MAD.
func standardError(v []float64, m float64) float64 {
	e := make([]float64, len(v))
	for i, x := range v {
		e[i] = math.Abs(x - m)
	}
	return 1.2533 * 1.4826 * median(e) / math.Sqrt(float64(len(v)))
}

// light takes out of a solution on red light what a lamp from another side has done to it, and says what
// is left of it in fig. The solution is carried on from the coarser level through the finest to
// where one twice as fine would lie; where much is displaced, colour knows better.
func (f *Frame) light(p *photo, red *solution, fig *Figures) *solution {
	lag, c := red.drift(p.red), medianCorr(red.votes)
	far := c < lowCorr && f.litAnew(p, red)
	if lag.sure() {
		d := lag.d.Norm()
		far = far || d >= askColour*f.red.levels[0].scale
		anew := (1 - c*c) / (c * c)
		off := min(1, reliefAnew*anew)
		fig.LightPx = reliefRest * anew * d * red.warp.plane.LocalScale(f.middle())
		red.warp.plane = red.warp.plane.Mul(geom.Translation(-off*lag.d.X, -off*lag.d.Y))
	}
	if !far {
		return red
	}
	s, corr := f.byColour(p, red)
	if s != nil && 1-corr <= colourGain*(1-f.compare(p, red, red.warp).red()) {
		if f.differs(s, red, fig) && f.agrees(s, red, lag) {
			fig.LightPx = max(reliefLeft*fig.ColourShiftPx, scaleError*f.scaleShift(p, s))
			return s
		}
		return red
	}
	// The best mixture is relief itself; the next best, which has nothing in common with it, can
	// still tell that relief has moved.
	if s, _ = f.followColour(p, red, 1, 1); s != nil && f.differs(s, red, fig) && f.agrees(s, red, lag) {
		fig.LightPx = max(fig.LightPx, reliefMissed*fig.ColourShiftPx)
	}
	return red
}

// litAnew reports whether the finest blocks agree so little for more than their grain.
func (f *Frame) litAnew(p *photo, red *solution) bool {
	i := red.level + 1
	return i >= len(f.red.levels) || !(medianCorr(f.red.votes(i, p.red, red.warp)) >= lowCoarse)
}

// agrees reports whether colour lies to the side that the drift of red light points away from, if there
// is any.
func (f *Frame) agrees(s, red *solution, lag drift) bool {
	if !lag.sure() {
		return true
	}
	d := displacement(s.warp, red.warp, red.pairs)
	xx, xy, yx, yy := red.warp.plane.Jacobian(f.middle())
	v := geom.Point{X: xx*lag.d.X + xy*lag.d.Y, Y: yx*lag.d.X + yy*lag.d.Y}
	return -d.X*v.X-d.Y*v.Y >= minSameSide*d.Norm()*v.Norm()
}

func (f *Frame) middle() geom.Point { return geom.Point{X: float64(f.w-1) / 2, Y: float64(f.h-1) / 2} }

// medianCorr is the median correlation of the blocks found.
func medianCorr(votes []vote) float64 {
	var c []float64
	for _, v := range votes {
		if v.found {
			c = append(c, v.corr)
		}
	}
	return median(c)
}
