package align

import (
	"math"

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
	// minGradient is the least RMS gradient, as a share of the light per pixel, along a block's
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
	center geom.Point
	// corner is true where the structure runs both ways.
	corner bool
}

// blocks returns up to most of the level's blocks that hold structure in both directions.
func blocks(l *level, most int) []block {
	stride := blockStride(l, most)
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
			if b, ok := newBlock(l, x, y); ok {
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

// blockStride is the distance of neighbouring blocks, of which there are at most so many: half a block
// where there are few.
func blockStride(l *level, most int) int {
	stride := blockPx / 2
	for (l.plane.W/stride)*(l.plane.H/stride) > most {
		stride += 2
	}
	return stride
}

// newBlock sums the normal equations of P = gain·F + shift·∇F + offset + slope·x.
func newBlock(l *level, x0, y0 int) (block, bool) {
	b := block{x: x0, y: y0, center: geom.Point{X: float64(x0) + (blockPx-1)/2.0, Y: float64(y0) + (blockPx-1)/2.0}}
	n := normals(l.plane, x0, y0)
	least := minGradient
	if l.ln != nil {
		least *= float64(l.plane.At(x0+blockPx/2, y0+blockPx/2)) + n[3][2]/windowSum + darkLight
	}
	if !invert(&n) {
		return b, false
	}
	b.inv = n
	det := n[0][0]*n[1][1] - n[0][1]*n[0][1]
	b.info = [3]float64{n[1][1] / det, -n[0][1] / det, n[0][0] / det}
	half, diff := (b.info[0]+b.info[2])/2, (b.info[0]-b.info[2])/2
	weakest := half - math.Hypot(diff, b.info[1])
	b.corner = weakest >= minCorner*(2*half-weakest)
	return b, weakest/windowSum > least*least
}

// normals returns Σ w v vᵀ of the regressors v = (∂F/∂x, ∂F/∂y, F, 1, place x, place y), row by row.
func normals(f *raster.Plane, x0, y0 int) (n [unknowns][unknowns]float64) {
	mean := f.At(x0+blockPx/2, y0+blockPx/2)
	for i := range blockPx {
		r := normalRow(newTemplate(f, x0, y0+i), mean)
		w, y := window[i], place(i)
		n[0][0] += w * float64(r[0])
		n[1][0] += w * float64(r[1])
		n[1][1] += w * float64(r[2])
		n[2][0] += w * float64(r[3])
		n[2][1] += w * float64(r[4])
		n[2][2] += w * float64(r[5])
		for k := range 3 {
			n[3][k] += w * float64(r[6+k])
			n[4][k] += w * float64(r[9+k])
			n[5][k] += w * y * float64(r[6+k])
		}
	}
	n[3][3], n[4][4], n[5][5] = windowSum, placeSum, placeSum
	for r := range unknowns {
		for c := range r {
			n[c][r] = n[r][c]
		}
	}
	return n
}

// A template is one row of a block in the frame: the row with a pixel more at either end, and the
// rows above and below.
type template struct {
	mid      *[blockPx + 2]float32
	up, down *[blockPx]float32
}

func newTemplate(f *raster.Plane, x, y int) template {
	p := y*f.W + x
	return template{
		(*[blockPx + 2]float32)(f.Pix[p-1:]), (*[blockPx]float32)(f.Pix[p-f.W:]), (*[blockPx]float32)(f.Pix[p+f.W:]),
	}
}

// normalRow returns the sums over one row of g g, g h, h h, g v, h v, v v, then g, h, v, and those
// times the place, with g and h the gradients along and across and v the value less the mean.
func normalRow(t template, mean float32) (s [12]float32) {
	for j := range blockPx {
		g, h, v := (t.mid[j+2]-t.mid[j])/2, (t.down[j]-t.up[j])/2, t.mid[j+1]-mean
		w := window32[j]
		wg, wh, wv, x := float32(w*g), float32(w*h), float32(w*v), place32[j]
		s[0] += float32(wg * g)
		s[1] += float32(wg * h)
		s[2] += float32(wh * h)
		s[3] += float32(wg * v)
		s[4] += float32(wh * v)
		s[5] += float32(wv * v)
		s[6] += wg
		s[7] += wh
		s[8] += wv
		s[9] += float32(wg * x)
		s[10] += float32(wh * x)
		s[11] += float32(wv * x)
	}
	return s
}

// invert replaces a symmetric positive definite matrix by its inverse (Gauss-Jordan; pivots of
// such a matrix are positive in any order) and reports whether it is one.
func invert(a *[unknowns][unknowns]float64) bool {
	for k := range unknowns {
		scale := a[k][k]
		if !(scale > 1e-12*windowSum*minGradient*minGradient) {
			return false
		}
		a[k][k] = 1
		for c := range unknowns {
			a[k][c] /= scale
		}
		for r := range unknowns {
			if r == k {
				continue
			}
			m := a[r][k]
			a[r][k] = 0
			for c := range unknowns {
				a[r][c] -= m * a[k][c]
			}
		}
	}
	return true
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

// windowArea is how many pixels of even weight would tell as much as a block's.
var windowArea = func() float64 {
	var sum, squares float64
	for _, w := range window {
		sum, squares = sum+w, squares+w*w
	}
	return sum * sum / squares * sum * sum / squares
}()

// placeSum is the window's sum of place².
var placeSum = func() (s float64) {
	for i, a := range window {
		for _, b := range window {
			s += a * b * place(i) * place(i)
		}
	}
	return s
}()

// window32 and place32 are window and place for the loops over pixels.
var window32, place32 = func() (w, p [blockPx]float32) {
	for i := range w {
		w[i], p[i] = float32(window[i]), float32(place(i))
	}
	return w, p
}()

// place runs from −1 to 1 across a block.
func place(j int) float64 { return (2*float64(j) - (blockPx - 1)) / blockPx }

// A fix is where a photo shows a block.
type fix struct {
	// d is the shift, in pixels of the frame's level: the photo's transform takes
	// center − d to where it shows the block's center.
	d geom.Point
	// corr is the correlation of block and photo after the light is taken out, at d.
	corr float64
	// noise is the variance of what is left, per unit of window.
	noise float64
	// rests is true where the first step was the last: a block keeps a hundredth of how far aside it was sought.
	rests bool
}

// locate refines the block's place in the photo from shift d; photoFromFrame is between
// pixels of the two levels. It fails where the photo does not show the block, or shows
// something else.
func (b *block) locate(frame, photo *level, photoFromFrame geom.Transform, d geom.Point, steps int) (fix, bool) {
	var f fix
	for k := range steps {
		t := photoFromFrame.Mul(geom.Translation(-d.X, -d.Y))
		if !b.shown(photo, t) {
			return fix{}, false
		}
		delta, corr, noise, ok := b.step(frame.plane, photo.plane, t)
		if !ok {
			return fix{}, false
		}
		n := delta.Norm()
		f = fix{corr: corr, noise: noise, rests: k == 0 && n < settledPx}
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

// settledPx ends the steps, each of which leaves about the square of the one before; maxStepPx bounds one: the linear
// model of a block holds within about a pixel.
const settledPx, maxStepPx = 0.03, 1.5

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
	mean := frame.At(b.x+blockPx/2, b.y+blockPx/2)
	c := t.Apply(b.center)
	offset := photo.At(int(c.X), int(c.Y))
	var v [blockPx]float32
	for i := range blockPx {
		if !sampleRow(&v, photo, t, float64(b.x), float64(b.y+i)) {
			return delta, 0, 0, false
		}
		row, rr := stepRow(&v, newTemplate(frame, b.x, b.y+i), mean, offset)
		w := window[i]
		s[0] += w * float64(row[0]) / 2
		s[1] += w * float64(row[1]) / 2
		s[2] += w * float64(row[2])
		s[3] += w * float64(row[3])
		s[4] += w * float64(row[4])
		s[5] += w * float64(row[3]) * place(i)
		ss += w * float64(rr)
	}
	return b.solve(&s, ss)
}

// stepRow returns the windowed products of one row of the photo, less offset, with the regressors of
// the frame's row, and with itself; the gradients are twice as large as they should be.
func stepRow(photo *[blockPx]float32, t template, mean, offset float32) (s [5]float32, rr float32) {
	var g, h, f, one, x float32
	for j := range blockPx {
		v := photo[j] - offset
		wv := float32(window32[j] * v)
		g += float32(wv * (t.mid[j+2] - t.mid[j]))
		h += float32(wv * (t.down[j] - t.up[j]))
		f += float32(wv * (t.mid[j+1] - mean))
		one += wv
		x += float32(wv * place32[j])
		rr += float32(wv * v)
	}
	return [5]float32{g, h, f, one, x}, rr
}

// fixed is one pixel in the fixed-point numbers of sampleRow.
const fixed = 1 << 32

// sampleRow reads the photo at the places of blockPx pixels in a row of the frame, from (x, y) on,
// bilinearly. The places lie on the parabola through the exact ones of both ends and the middle, which
// leaves less than 1e-4 px of any view that is not refused. It reports whether all lie in the photo.
func sampleRow(out *[blockPx]float32, p *raster.Plane, t geom.Transform, x, y float64) bool {
	a, m, e := t.Apply(geom.Point{X: x, Y: y}), t.Apply(geom.Point{X: x + blockPx/2, Y: y}), t.Apply(geom.Point{X: x + blockPx, Y: y})
	if math.IsNaN(a.X) || math.IsNaN(m.X) || math.IsNaN(e.X) {
		return false
	}
	u, du, ddu := differences(a.X, m.X, e.X)
	v, dv, ddv := differences(a.Y, m.Y, e.Y)
	for k := 0; k < blockPx; {
		j := int(v >> 32)
		if j < 0 || j >= p.H-1 {
			return false
		}
		top := p.Pix[j*p.W:][:p.W]
		low := p.Pix[(j+1)*p.W:][:len(top)]
		for ; k < blockPx && int(v>>32) == j; k++ { // as long as they lie between the same two rows
			i := int(u >> 32)
			if i < 0 || i >= len(top)-1 {
				return false
			}
			fx, fy := fraction(u), fraction(v)
			b := top[i] + float32(fx*(top[i+1]-top[i]))
			c := low[i] + float32(fx*(low[i+1]-low[i]))
			out[k] = b + float32(fy*(c-b))
			u, v = u+du, v+dv
			du, dv = du+ddu, dv+ddv
		}
	}
	return true
}

// fraction is what a fixed-point number has behind the point: the bits of a float between 1 and 2, less 1.
func fraction(v int64) float32 { return math.Float32frombits(0x3F800000|uint32(v)>>9) - 1 }

// differences returns the start and the first and second forward differences, in fixed point, of the
// parabola through a at 0, m at blockPx/2 and e at blockPx.
func differences(a, m, e float64) (start, first, second int64) {
	curve := 2 * (a - 2*m + e) / (blockPx * blockPx)
	slope := (e-a)/blockPx - curve*blockPx
	return int64(a * fixed), int64((slope + curve) * fixed), int64(2 * curve * fixed)
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
	// The window makes the regressors 1, x and y alone independent of each other.
	total := ss - s[3]*s[3]/windowSum - (s[4]*s[4]+s[5]*s[5])/placeSum
	rest := max(ss-explained, 0)
	if !(u[2] > 0 && total > 0) {
		return delta, 0, 0, false
	}
	delta = geom.Point{X: u[0] / u[2], Y: u[1] / u[2]}
	return delta, math.Sqrt(max(1-rest/total, 0)), rest / windowSum / (u[2] * u[2]), true
}
