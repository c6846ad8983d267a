package align

import (
	"math"

	"gonum.org/v1/gonum/mat"

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
	return pyramid(&level{plane: plane, void: c.void, scale: c.scale, step: 2}, colourLevels)
}

// halfOf returns light at half the finest size.
func halfOf(light *raster.RGB, finest *level) *raster.RGB {
	w, h := finest.plane.W/2, finest.plane.H/2
	half := light.Shrink(2)
	return &raster.RGB{R: whole(half.R, w, h), G: whole(half.G, w, h), B: whole(half.B, w, h)}
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
	w := c.ln.W()
	i, j := int(u.X), int(u.Y)
	fx, fy := float32(u.X-float64(i)), float32(u.Y-float64(j))
	here, right, below := j*w+i, min(i+1, w-1)-i, (min(j+1, c.ln.H()-1)-j)*w
	for k, p := range c.ln.Planes() {
		row, next := p.Pix[here:], p.Pix[here+below:]
		top := row[0] + float32(fx*(row[right]-row[0]))
		bottom := next[0] + float32(fx*(next[right]-next[0]))
		v[k] = float64(top + float32(fy*(bottom-top)))
	}
	return v, true
}

// A comparison holds the second moments of the differences of three colours in two photos: of the
// frame, of the photo, and across.
type comparison struct{ aa, bb, ab [3][3]float64 }

// A quest is the search for the mixture of one pair, from what red light found on.
type quest struct {
	frame    *Frame
	photo    *photo
	red      *solution
	stations [][3]station
	// first compares the two photos where red light put them.
	first *comparison
	// other is where the next best mixture there led to, after one round.
	other lead
}

// A station is a point of the frame, displaced by the field, and the colours that the frame shows there.
type station struct {
	at     geom.Point
	colour [3]float64
	ok     bool
}

func (f *Frame) newQuest(p *photo, red *solution) *quest {
	q := &quest{frame: f, photo: p, red: red, stations: f.stations(red)}
	q.first = q.compare(red.warp)
	return q
}

// stations returns the points that are compared in the blocks found, each with one colourLag to the right
// and one below.
func (f *Frame) stations(red *solution) (out [][3]station) {
	l, c := f.red.levels[red.level], f.colours()
	step, lag := blockPx*l.scale/blockProbes, colourLag*c.scale
	for _, v := range red.votes {
		if !v.sure() {
			continue
		}
		middle := l.photoFromLevel().Apply(v.block.center)
		for k := range blockProbes * blockProbes {
			x := middle.X + step*(float64(k%blockProbes)-(blockProbes-1)/2.0)
			y := middle.Y + step*(float64(k/blockProbes)-(blockProbes-1)/2.0)
			var p [3]station
			for i, at := range [3]geom.Point{{X: x, Y: y}, {X: x + lag, Y: y}, {X: x, Y: y + lag}} {
				d := red.warp.field.at(at)
				p[i].at = geom.Point{X: at.X + d.X, Y: at.Y + d.Y}
				p[i].colour, p[i].ok = c.at(at)
			}
			out = append(out, p)
		}
	}
	return out
}

// compare takes the differences of both photos over colourLag, along and across, where a warp with red
// light's field puts them.
func (q *quest) compare(w warp) *comparison {
	c, colours := &comparison{}, q.photo.colours()
	for i := range q.stations {
		p := &q.stations[i]
		here := p[0].look(colours, w)
		c.add(here, p[1].look(colours, w))
		c.add(here, p[2].look(colours, w))
	}
	return c
}

// A sight is what the frame and the photo show of one place.
type sight struct {
	frame, photo [3]float64
	ok           bool
}

func (p *station) look(photo *colours, w warp) (s sight) {
	if s.frame, s.ok = p.colour, p.ok; s.ok {
		s.photo, s.ok = photo.at(w.plane.Apply(p.at))
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

// best returns the lead that agrees most. Relief moved aside agrees with itself as well, so the search
// starts from either of the two best mixtures.
func (q *quest) best() lead {
	var best lead
	for start := range 2 {
		if l, ok := q.lead(start); ok && l.corr > best.corr {
			best = l
		}
	}
	return best
}

// lead alternates between finding the mixture and moving the plane by a few of its blocks, from one
// mixture on.
func (q *quest) lead(start int) (l lead, ok bool) {
	l.warp = q.red.warp
	ms, _, ok := q.first.mixtures()
	for round := range colourRounds {
		if !ok {
			return l, false
		}
		l.mix = ms[start]
		l.frame, l.photo = q.frame.colours().levels(l.mix), q.photo.colours().levels(l.mix)
		next, ok1 := q.frame.nudge(l)
		if !ok1 {
			return l, false
		}
		moved := between(next, l.warp, q.red.pairs)
		l.warp = next
		var corr [3]float64
		ms, corr, ok = q.compare(l.warp).mixtures()
		l.corr = corr[0]
		if round == 0 && start == 1 && ok {
			q.other = l
		}
		if start = 0; moved < settledPx*q.frame.colours().scale {
			break
		}
	}
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

// settleColour aligns by the mixture of a lead; nil where that fails.
func (f *Frame) settleColour(l lead) *solution {
	s, ok := newStack(f.w, f.h, f.nodeStep, l.frame).settleNear(l.photo, l.warp)
	if !ok || len(s.pairs) < minColourBlocks {
		return nil
	}
	s.mix = l.mix
	return s
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
