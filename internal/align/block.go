package align

import (
	"math"

	"gonum.org/v1/gonum/mat"

	"dermtrace/internal/geom"
	"dermtrace/internal/raster"
)

const (
	// blockPx is the side of a block in pixels of its level: a few features of skin across.
	blockPx = 32
	// maxBlocks bounds the blocks per level; beyond, they are spaced out.
	maxBlocks = 700
	// unknowns of a block: shift x, y, then gain, offset and light gradient x, y.
	unknowns = 6
	// minGradient is the least RMS gradient, in ln of light per pixel, along a block's
	// weakest direction: below, noise of one 8-bit step would steer it.
	minGradient = 0.0008
	// minCorner is the least ratio of the information along a block's two axes for it to
	// count as evidence: gradients 1 to 2.6. An outline alone has a fiftieth.
	minCorner = 0.15
)

// window weights the rows and columns of a block, sin² falling to its rim, so that what
// slides in at the rim does not jump.
var window = func() (w [blockPx]float64) {
	for i := range w {
		s := math.Sin(math.Pi * (float64(i) + 0.5) / blockPx)
		w[i] = s * s
	}
	return w
}()

// A block is a square of the frame at one level, prepared so that its place in a photo can be
// refined by least squares (inverse compositional, Baker & Matthews 2004) with the light's
// gain, offset and gradient as nuisances: they are solved for, not assumed.
type block struct {
	x, y   int
	inv    [unknowns][unknowns]float64
	info   [3]float64
	flat   [3][3]float64
	center geom.Point
	// corner is true where the structure runs both ways.
	corner bool
}

// blocks returns the level's blocks that hold structure in both directions.
func blocks(l *level) []block {
	stride := blockStride(l)
	nx, ny := (l.plane.W-blockPx-2)/stride+1, (l.plane.H-blockPx-2)/stride+1
	if l.plane.W < blockPx+2 || l.plane.H < blockPx+2 {
		return nil
	}
	rows := make([][]block, ny)
	raster.Parallel(ny, func(j int) {
		for i := range nx {
			x, y := 1+i*stride, 1+j*stride
			if l.empty(geom.Point{X: float64(x - 1), Y: float64(y - 1)}, geom.Point{X: float64(x + blockPx), Y: float64(y + blockPx)}) {
				continue
			}
			if b, ok := newBlock(l.plane, x, y); ok {
				rows[j] = append(rows[j], b)
			}
		}
	})
	var out []block
	for _, r := range rows {
		out = append(out, r...)
	}
	return out
}

// blockStride is the distance of neighbouring blocks: half a block where there are few.
func blockStride(l *level) int {
	stride := blockPx / 2
	for (l.plane.W/stride)*(l.plane.H/stride) > maxBlocks {
		stride += 2
	}
	return stride
}

// newBlock sums the normal equations of P = gain·F + shift·∇F + offset + slope·x.
func newBlock(f *raster.Plane, x0, y0 int) (block, bool) {
	b := block{x: x0, y: y0, center: geom.Point{X: float64(x0) + (blockPx-1)/2.0, Y: float64(y0) + (blockPx-1)/2.0}}
	var n [unknowns][unknowns]float64
	mean := float64(f.At(x0+blockPx/2, y0+blockPx/2))
	for i := range blockPx {
		for j := range blockPx {
			w := window[i] * window[j]
			v := basis(f, x0+j, y0+i, mean, j, i)
			for r := range unknowns {
				for c := range r + 1 {
					n[r][c] += w * v[r] * v[c]
				}
			}
		}
	}
	s := mat.NewSymDense(unknowns, nil)
	for r := range unknowns {
		for c := range r + 1 {
			s.SetSym(r, c, n[r][c])
		}
	}
	var ch mat.Cholesky
	if !ch.Factorize(s) {
		return b, false
	}
	inv := mat.NewSymDense(unknowns, nil)
	if ch.InverseTo(inv) != nil {
		return b, false
	}
	for r := range unknowns {
		for c := range unknowns {
			b.inv[r][c] = inv.At(r, c)
		}
	}
	det := b.inv[0][0]*b.inv[1][1] - b.inv[0][1]*b.inv[0][1]
	b.info = [3]float64{b.inv[1][1] / det, -b.inv[0][1] / det, b.inv[0][0] / det}
	half, diff := (b.info[0]+b.info[2])/2, (b.info[0]-b.info[2])/2
	weakest := half - math.Hypot(diff, b.info[1])
	b.corner = weakest >= minCorner*(2*half-weakest)
	b.flat = flatInverse()
	return b, weakest/windowSum > minGradient*minGradient
}

// windowSum is the sum of the window's weights over a block.
var windowSum = func() (s float64) {
	for _, a := range window {
		for _, b := range window {
			s += a * b
		}
	}
	return s
}()

// basis returns the six regressors at pixel (x, y): ∂F/∂x, ∂F/∂y, F, 1, and the place.
func basis(f *raster.Plane, x, y int, mean float64, j, i int) [unknowns]float64 {
	p := y*f.W + x
	return [unknowns]float64{
		float64(f.Pix[p+1]-f.Pix[p-1]) / 2, float64(f.Pix[p+f.W]-f.Pix[p-f.W]) / 2,
		float64(f.Pix[p]) - mean, 1, place(j), place(i),
	}
}

// place runs from −1 to 1 across a block.
func place(j int) float64 { return (2*float64(j) - (blockPx - 1)) / blockPx }

// flatInverse is the inverse of the normal matrix of the regressors 1, x, y alone, which
// the window makes diagonal.
func flatInverse() (m [3][3]float64) {
	var sxx float64
	for i := range blockPx {
		for j := range blockPx {
			sxx += window[i] * window[j] * place(j) * place(j)
		}
	}
	m[0][0], m[1][1], m[2][2] = 1/windowSum, 1/sxx, 1/sxx
	return m
}

// A fix is where a photo shows a block.
type fix struct {
	// d is the shift, in pixels of the frame's level: the photo's transform takes
	// center − d to where it shows the block's center.
	d geom.Point
	// corr is the correlation of block and photo after the light is taken out, at d.
	corr float64
	// noise is the variance of what is left, per unit of window.
	noise float64
}

// locate refines the block's place in the photo from shift d; photoFromFrame is between
// pixels of the two levels. It fails where the photo does not show the block, or shows
// something else.
func (b *block) locate(frame, photo *level, photoFromFrame geom.Transform, d geom.Point, steps int) (fix, bool) {
	var f fix
	for range steps {
		t := photoFromFrame.Mul(geom.Translation(-d.X, -d.Y))
		if !b.shown(photo, t) {
			return fix{}, false
		}
		delta, corr, noise, ok := b.step(frame.plane, photo.plane, t)
		if !ok {
			return fix{}, false
		}
		f = fix{corr: corr, noise: noise}
		n := delta.Norm()
		if n > maxStepPx {
			delta = geom.Point{X: delta.X * maxStepPx / n, Y: delta.Y * maxStepPx / n}
		}
		d = geom.Point{X: d.X + delta.X, Y: d.Y + delta.Y}
		if n < settledPx {
			break
		}
	}
	f.d = d
	return f, true
}

// settledPx ends the steps: each leaves about the square of the one before.
const settledPx = 0.03

// maxStepPx bounds one step: the linear model of a block holds within about a pixel.
const maxStepPx = 1.5

// shown reports whether all of the block lies on picture in the photo.
func (b *block) shown(photo *level, t geom.Transform) bool {
	lo, hi := geom.Point{X: math.Inf(1), Y: math.Inf(1)}, geom.Point{X: math.Inf(-1), Y: math.Inf(-1)}
	for _, c := range [4][2]int{{0, 0}, {blockPx - 1, 0}, {0, blockPx - 1}, {blockPx - 1, blockPx - 1}} {
		q := t.Apply(geom.Point{X: float64(b.x + c[0]), Y: float64(b.y + c[1])})
		if math.IsNaN(q.X) {
			return false
		}
		lo.X, lo.Y, hi.X, hi.Y = min(lo.X, q.X), min(lo.Y, q.Y), max(hi.X, q.X), max(hi.Y, q.Y)
	}
	if !(lo.X >= 0 && lo.Y >= 0 && hi.X < float64(photo.plane.W-1) && hi.Y < float64(photo.plane.H-1)) {
		return false
	}
	return !photo.empty(lo, hi)
}

// step solves the block's least squares once.
func (b *block) step(frame, photo *raster.Plane, t geom.Transform) (delta geom.Point, corr, noise float64, ok bool) {
	var s [unknowns]float64
	var ss float64
	mean := float64(frame.At(b.x+blockPx/2, b.y+blockPx/2))
	c := t.Apply(b.center)
	offset := float64(photo.At(int(c.X), int(c.Y)))
	for i := range blockPx {
		var row [unknowns]float64
		var rr float64
		y := float64(b.y + i)
		nx, ny, nw := t[1]*y+t[2], t[4]*y+t[5], t[7]*y+t[8]
		p := (b.y+i)*frame.W + b.x
		for j := range blockPx {
			x := float64(b.x + j)
			iw := 1 / (t[6]*x + nw)
			v := bilinear(photo, (t[0]*x+nx)*iw, (t[3]*x+ny)*iw) - offset
			wv := window[j] * v
			q := p + j
			row[0] += wv * float64(frame.Pix[q+1]-frame.Pix[q-1])
			row[1] += wv * float64(frame.Pix[q+frame.W]-frame.Pix[q-frame.W])
			row[2] += wv * (float64(frame.Pix[q]) - mean)
			row[3] += wv
			row[4] += wv * place(j)
			rr += wv * v
		}
		w := window[i]
		s[0] += w * row[0] / 2
		s[1] += w * row[1] / 2
		s[2] += w * row[2]
		s[3] += w * row[3]
		s[4] += w * row[4]
		s[5] += w * row[3] * place(i)
		ss += w * rr
	}
	return b.solve(&s, ss)
}

func (b *block) solve(s *[unknowns]float64, ss float64) (delta geom.Point, corr, noise float64, ok bool) {
	var u [unknowns]float64
	explained := 0.0
	for r := range unknowns {
		for c := range unknowns {
			u[r] += b.inv[r][c] * s[c]
		}
		explained += u[r] * s[r]
	}
	total := ss - s[3]*s[3]*b.flat[0][0] - s[4]*s[4]*b.flat[1][1] - s[5]*s[5]*b.flat[2][2]
	rest := max(ss-explained, 0)
	if !(u[2] > 0 && total > 0) {
		return delta, 0, 0, false
	}
	delta = geom.Point{X: u[0] / u[2], Y: u[1] / u[2]}
	return delta, math.Sqrt(max(1-rest/total, 0)), rest / windowSum / (u[2] * u[2]), true
}

// bilinear reads p between pixels; the place must lie in [0, W−1) × [0, H−1).
func bilinear(p *raster.Plane, x, y float64) float64 {
	i, j := int(x), int(y)
	fx, fy := float32(x-float64(i)), float32(y-float64(j))
	q := j*p.W + i
	a, c := p.Pix[q:q+2], p.Pix[q+p.W:q+p.W+2]
	top := a[0] + float32(fx*(a[1]-a[0]))
	bottom := c[0] + float32(fx*(c[1]-c[0]))
	return float64(top + float32(fy*(bottom-top)))
}
