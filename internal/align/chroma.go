package align

import (
	"math"

	"gonum.org/v1/gonum/mat"

	"dermtrace/internal/filter"
	"dermtrace/internal/geom"
	"dermtrace/internal/raster"
)

// Red light shows the relief of the skin, sharp but lit from one side: under a lamp that moved, or in
// a photo that is turned with its flash, every furrow seems to lie a little to the side, all of them
// alike, and nothing within red betrays it. What melanin and blood colour stays where it is. Which
// mixture of ln red, green and blue shows colour and not relief depends on the skin, the light and the
// camera, so the pair itself is asked: it is the mixture that both photos agree on best, for relief
// lit from two sides does not agree with itself (canonical correlation, Hotelling 1936).

// colours are the logarithms of a photo's colours at half the finest size.
type colours struct {
	ln   *raster.RGB
	void *voidMap
	// scale is photo pixels per pixel.
	scale float64
}

// A mixture holds the weights of ln red, green and blue.
type mixture [3]float64

const (
	// colourLight is darkLight for colours; less, for blue in dark skin is near it.
	colourLight = 0.002
	// colourLevels is the number of levels on which a mixture is aligned: from the plane that red
	// light found, that is enough.
	colourLevels = 2
	// colourLag, in pixels of half the finest size, is the distance of the differences that are
	// compared: wide enough for spots, and light changes little over it.
	colourLag = 8
	// At blockProbes² places per block differences are compared: closer than half of colourLag they would
	// say the same again.
	blockProbes = 3
	// colourRounds bounds the turns of finding the mixture and aligning by it.
	colourRounds = 3
)

// levels returns the mixture's pyramid.
func (c *colours) levels(m mixture) []*level {
	plane := raster.New(c.ln.W(), c.ln.H())
	a, b, d := float32(m[0]), float32(m[1]), float32(m[2])
	raster.Bands(plane.H, func(y0, y1 int) {
		for y := y0; y < y1; y++ {
			r, g, bl, dst := c.ln.R.Row(y), c.ln.G.Row(y), c.ln.B.Row(y), plane.Row(y)
			for x := range dst {
				dst[x] = float32(a*r[x]) + float32(b*g[x]) + float32(d*bl[x])
			}
		}
	})
	ls := pyramid(plane, c.void, int(c.scale), 2)
	return ls[:min(len(ls), colourLevels)]
}

// lightOf returns the three colours of light at half the finest size; red is there already.
func lightOf(rgb *raster.RGB, red *raster.Plane, finest *level) *raster.RGB {
	k := 2 * int(finest.scale)
	return &raster.RGB{R: red, G: shrink(rgb.G, k), B: shrink(rgb.B, k)}
}

func newColours(light *raster.RGB, finest *level) *colours {
	return &colours{logarithms(light), finest.void, 2 * finest.scale}
}

// logarithms takes ln(light + colourLight) of the three planes, cut to their common size.
func logarithms(c *raster.RGB) *raster.RGB {
	w, h := min(c.R.W, c.G.W), min(c.R.H, c.G.H)
	out := raster.NewRGB(w, h)
	dst := out.Planes()
	for k, src := range c.Planes() {
		raster.Bands(h, func(y0, y1 int) {
			for y := y0; y < y1; y++ {
				row := dst[k].Row(y)
				for x, v := range src.Row(y)[:w] {
					row[x] = ln(max(v, 0) + colourLight)
				}
			}
		})
	}
	return out
}

// at reads the three logarithms at a place of the photo; ok is false outside.
func (c *colours) at(q geom.Point) (v [3]float64, ok bool) {
	o := (c.scale - 1) / 2
	u := geom.Point{X: (q.X - o) / c.scale, Y: (q.Y - o) / c.scale}
	if !(u.X >= 0 && u.Y >= 0 && u.X <= float64(c.ln.W()-1) && u.Y <= float64(c.ln.H()-1)) {
		return v, false
	}
	for k, p := range c.ln.Planes() {
		v[k] = float64(filter.Bilinear(p, u))
	}
	return v, true
}

// A comparison holds the second moments of the differences of three colours in two photos: of the
// frame, of the photo, and across.
type comparison struct{ aa, bb, ab [3][3]float64 }

// compare takes the differences of both photos over colourLag, along and across, in the blocks found.
func (f *Frame) compare(p *photo, red *solution, w warp) *comparison {
	c := &comparison{}
	l := f.red.levels[red.level]
	step := blockPx * l.scale / blockProbes
	a, b := f.colours(), p.colours()
	lag := colourLag * a.scale
	for _, v := range red.votes {
		if !v.sure() {
			continue
		}
		middle := l.photoFromLevel().Apply(v.block.center)
		for k := range blockProbes * blockProbes {
			at := geom.Point{
				X: middle.X + step*(float64(k%blockProbes)-(blockProbes-1)/2.0),
				Y: middle.Y + step*(float64(k/blockProbes)-(blockProbes-1)/2.0),
			}
			here := look(a, b, w, at)
			c.add(here, look(a, b, w, geom.Point{X: at.X + lag, Y: at.Y}))
			c.add(here, look(a, b, w, geom.Point{X: at.X, Y: at.Y + lag}))
		}
	}
	return c
}

// A sight is what the frame and the photo show of one place.
type sight struct {
	frame, photo [3]float64
	ok           bool
}

func look(frame, photo *colours, w warp, at geom.Point) (s sight) {
	if s.frame, s.ok = frame.at(at); s.ok {
		s.photo, s.ok = photo.at(w.apply(at))
	}
	return s
}

// add counts the difference between two places of the frame.
func (c *comparison) add(here, there sight) {
	if !here.ok || !there.ok {
		return
	}
	var u, v [3]float64
	for i := range 3 {
		u[i], v[i] = there.frame[i]-here.frame[i], there.photo[i]-here.photo[i]
	}
	for i := range 3 {
		for j := range 3 {
			c.aa[i][j] += u[i] * u[j]
			c.bb[i][j] += v[i] * v[j]
			c.ab[i][j] += u[i] * v[j]
		}
	}
}

// red is the correlation of red light.
func (c *comparison) red() float64 { return c.ab[0][0] / math.Sqrt(c.aa[0][0]*c.bb[0][0]) }

// mixtures returns the three mixtures w that make w·ab·w over w·(aa + bb)·w/2 stationary, and that value
// of each, the largest first.
func (c *comparison) mixtures() (ms [3]mixture, corr [3]float64, ok bool) {
	own, cross := mat.NewSymDense(3, nil), mat.NewSymDense(3, nil)
	for i := range 3 {
		for j := range i + 1 {
			own.SetSym(i, j, (c.aa[i][j]+c.bb[i][j])/2)
			cross.SetSym(i, j, (c.ab[i][j]+c.ab[j][i])/2)
		}
	}
	var ch mat.Cholesky
	if !ch.Factorize(own) {
		return ms, corr, false
	}
	var l, inv mat.TriDense
	ch.LTo(&l)
	if inv.InverseTri(&l) != nil {
		return ms, corr, false
	}
	var d mat.Dense
	d.Product(&inv, cross, inv.T())
	white := mat.NewSymDense(3, nil)
	for i := range 3 {
		for j := range i + 1 {
			white.SetSym(i, j, (d.At(i, j)+d.At(j, i))/2)
		}
	}
	var eigen mat.EigenSym
	if !eigen.Factorize(white, true) {
		return ms, corr, false
	}
	var vectors mat.Dense
	eigen.VectorsTo(&vectors)
	values := eigen.Values(nil)
	for k := range ms {
		var w mat.VecDense
		w.MulVec(inv.T(), vectors.ColView(2-k))
		n := mat.Norm(&w, 2)
		ms[k], corr[k] = mixture{w.AtVec(0) / n, w.AtVec(1) / n, w.AtVec(2) / n}, values[2-k]
	}
	return ms, corr, true
}

// A lead is where the search for a mixture has come to: the mixture, its levels, the warp, and how well
// the two photos agree on the best mixture there.
type lead struct {
	mix          mixture
	frame, photo []*level
	warp         warp
	corr         float64
}

// byColour aligns the pair by the mixture that agrees best. Relief moved aside agrees with itself as
// well, so the search starts from either of the two best mixtures and takes what agrees more in
// the end. corr is that agreement.
func (f *Frame) byColour(p *photo, red *solution) (*solution, float64) {
	var best lead
	for start := range 2 {
		if l, ok := f.leadColour(p, red, start, colourRounds); ok && l.corr > best.corr {
			best = l
		}
	}
	return f.settleColour(best)
}

// followColour aligns the pair by one mixture, after some rounds of looking for a better one.
func (f *Frame) followColour(p *photo, red *solution, start, rounds int) (*solution, float64) {
	l, ok := f.leadColour(p, red, start, rounds)
	if !ok {
		return nil, 0
	}
	return f.settleColour(l)
}

// leadColour alternates between finding the mixture and moving the plane by a few of its blocks, from one
// mixture on.
func (f *Frame) leadColour(p *photo, red *solution, start, rounds int) (l lead, ok bool) {
	l.warp = red.warp
	ms, corr, ok := f.compare(p, red, l.warp).mixtures()
	for range rounds {
		if !ok {
			return l, false
		}
		l.mix = ms[start]
		l.frame, l.photo = f.colours().levels(l.mix), p.colours().levels(l.mix)
		next, ok1 := f.nudge(l)
		if !ok1 {
			return l, false
		}
		moved := between(next, l.warp, red.pairs)
		l.warp, start = next, 0
		ms, corr, ok = f.compare(p, red, l.warp).mixtures()
		if moved < settledPx*f.colours().scale {
			break
		}
	}
	l.corr = corr[0]
	return l, ok
}

const (
	// leadBlocks is the number of blocks that move the plane while the mixture is sought, and
	// minLeadBlocks the least of them that must be found.
	leadBlocks, minLeadBlocks = 250, 30
)

// nudge moves the plane of a lead to where its blocks find themselves; a field stays what it is.
func (f *Frame) nudge(l lead) (warp, bool) {
	s := newStack(f.w, f.h, f.nodeStep, l.frame)
	for i, v := range l.frame {
		pairs := s.pairs(i, l.warp.plane, s.votesOf(blocks(v, leadBlocks), i, l.photo, func(int) warp { return l.warp }))
		if len(pairs) < minLeadBlocks {
			continue
		}
		for k, q := range pairs {
			d := l.warp.field.at(q.p)
			pairs[k].p = geom.Point{X: q.p.X + d.X, Y: q.p.Y + d.Y}
		}
		t, _, ok := robustFit(homography, pairs, l.warp.plane)
		return warp{t, l.warp.field}, ok
	}
	return l.warp, false
}

// settleColour aligns by the mixture of a lead.
func (f *Frame) settleColour(l lead) (*solution, float64) {
	if l.frame == nil {
		return nil, 0
	}
	s, ok := newStack(f.w, f.h, f.nodeStep, l.frame).settleNear(l.photo, l.warp)
	if !ok || len(s.pairs) < minColourBlocks {
		return nil, 0
	}
	s.mix = l.mix
	return s, l.corr
}

// between is the length of the median displacement between two warps at the pairs.
func between(a, b warp, pairs []pair) float64 { return displacement(a, b, pairs).Norm() }

// displacement is the median of a less b at the pairs.
func displacement(a, b warp, pairs []pair) geom.Point {
	xs, ys := make([]float64, len(pairs)), make([]float64, len(pairs))
	for i, q := range pairs {
		d := a.apply(q.p).Sub(b.apply(q.p))
		xs[i], ys[i] = d.X, d.Y
	}
	return geom.Point{X: median(xs), Y: median(ys)}
}

const (
	// minColourBlocks is the least number of blocks from which colour can doubt red.
	minColourBlocks = 60
	// colourZ is how many standard errors colour must differ from red to doubt it.
	colourZ = 3
	// colourGain is the largest share of what red leaves unexplained, 1 − correlation, that colour may
	// leave to be followed. Where it found the truth on phantoms that share was 0.3 to 0.6; where
	// it only found relief again, 0.8 to 0.95.
	colourGain = 0.7
	// minLight is the least shift in pixels of half the finest size that is laid to the light:
	// what sampling leaves of two mixtures of one picture.
	minLight = 0.05
	// Colour, followed, still carries some relief: its error is scaleError times what its two levels
	// differ by (1.1 to 3 in nine of ten phantoms, 5 in one), and at least reliefLeft of the shift.
	scaleError, reliefLeft = 2, 0.03
	// reliefMissed is the true shift over that of a mixture that relief still pulls at: 1.3 to 1.8.
	reliefMissed = 1.5
)

// differs reports whether two solutions differ by more than they can err, and records by how much.
func (f *Frame) differs(s, red *solution, fig *Figures) bool {
	fig.ColourShiftPx, fig.ColourErrorPx = between(s.warp, red.warp, red.pairs), math.Hypot(s.split, red.split)/2
	return fig.ColourShiftPx > max(colourZ*fig.ColourErrorPx, minLight*f.colours().scale)
}

// scaleShift is how far the coarser level of a solution disagrees with the finer: relief is finer than
// pigment, and moves the two by different amounts.
func (f *Frame) scaleShift(p *photo, s *solution) float64 {
	if s.level != 0 || len(s.stack.levels) < 2 {
		return 0
	}
	photo := p.colours().levels(s.mix)
	pairs := s.stack.pairs(1, s.warp.plane, s.stack.votes(1, photo, s.warp))
	t, _, ok := robustFit(s.model, pairs, s.warp.plane)
	if !ok {
		return 0
	}
	return between(warp{t, s.warp.field}, s.warp, s.pairs)
}
