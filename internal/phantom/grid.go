package phantom

import (
	"math"

	"dermtrace/internal/raster"
)

// grid places texels on the skin: texel (i, j) is centred on (x0 + i·texel,
// y0 + j·texel) mm.
type grid struct {
	x0, y0, texel float64
	w, h          int
}

func newGrid(v rect, texel float64) grid {
	// Whole texels from the frame's origin, so that a wider view keeps the same texels.
	i0, j0 := math.Floor(v.x0/texel), math.Floor(v.y0/texel)
	return grid{
		x0: i0 * texel, y0: j0 * texel, texel: texel,
		w: int(math.Ceil(v.x1/texel)-i0) + 1, h: int(math.Ceil(v.y1/texel)-j0) + 1,
	}
}

func (g grid) x(i int) float64 { return g.x0 + float64(i)*g.texel }
func (g grid) y(j int) float64 { return g.y0 + float64(j)*g.texel }

// span is the range of texels [a, b) within r mm of (x, y).
func (g grid) span(x, y, r float64) (i0, j0, i1, j1 int) {
	i0 = max(0, int(math.Ceil((x-r-g.x0)/g.texel)))
	j0 = max(0, int(math.Ceil((y-r-g.y0)/g.texel)))
	i1 = min(g.w, int(math.Floor((x+r-g.x0)/g.texel))+1)
	j1 = min(g.h, int(math.Floor((y+r-g.y0)/g.texel))+1)
	return i0, j0, i1, j1
}

// around calls fn for every texel within r mm of (x, y) with its index and offset.
func (g grid) around(x, y, r float64, fn func(k int, dx, dy float64)) {
	i0, j0, i1, j1 := g.span(x, y, r)
	for j := j0; j < j1; j++ {
		for i := i0; i < i1; i++ {
			fn(j*g.w+i, g.x(i)-x, g.y(j)-y)
		}
	}
}

// each calls fn for every texel, in parallel over rows.
func (g grid) each(fn func(k int, x, y float64)) {
	raster.Bands(g.h, func(j0, j1 int) {
		for j := j0; j < j1; j++ {
			y := g.y(j)
			for i := range g.w {
				fn(j*g.w+i, g.x(i), y)
			}
		}
	})
}

// taps are the weights of a quadratic B-spline over three texels from i on, which blurs
// every sample alike (σ 0.5 texels) wherever it falls, so that no pose is sharper than
// another. u is in texels; at the rim the kernel is held inside.
func taps(u float64, n int) (i int, w [3]float32) {
	i = max(1, min(int(u+0.5), n-2))
	t := float32(u - float64(i))
	t = max(-0.5, min(t, 0.5))
	a, b := 0.5-t, 0.5+t
	return i - 1, [3]float32{a * a / 2, 0.75 - t*t, b * b / 2}
}

// point is a position on the skin in mm.
type point struct{ x, y float64 }

// curve is a line of points, narrow steps apart.
type curve []point

// near calls fn once for every texel within r mm of the curve, with its distance and
// how far along the curve it lies, 0 to 1.
func (c curve) near(g grid, r float64, fn func(k int, d, along float64)) {
	lo, hi := c[0], c[0]
	for _, p := range c {
		lo.x, lo.y, hi.x, hi.y = min(lo.x, p.x), min(lo.y, p.y), max(hi.x, p.x), max(hi.y, p.y)
	}
	i0, j0, _, _ := g.span(lo.x, lo.y, r)
	_, _, i1, j1 := g.span(hi.x, hi.y, r)
	if i0 >= i1 || j0 >= j1 {
		return
	}
	w := i1 - i0
	best := make([]float32, w*(j1-j0))
	at := make([]float32, len(best))
	for k := range best {
		best[k] = float32(r)
	}
	for n := 1; n < len(c); n++ {
		a, b := c[n-1], c[n]
		p0, q0, p1, q1 := g.span((a.x+b.x)/2, (a.y+b.y)/2, r+math.Hypot(b.x-a.x, b.y-a.y)/2)
		for j := max(q0, j0); j < min(q1, j1); j++ {
			for i := max(p0, i0); i < min(p1, i1); i++ {
				d, t := toSegment(point{g.x(i), g.y(j)}, a, b)
				if k := (j-j0)*w + i - i0; float32(d) < best[k] {
					best[k], at[k] = float32(d), float32((float64(n-1)+t)/float64(len(c)-1))
				}
			}
		}
	}
	for k, d := range best {
		if d < float32(r) {
			fn((j0+k/w)*g.w+i0+k%w, float64(d), float64(at[k]))
		}
	}
}

// toSegment is the distance of p from the segment ab, and where its foot lies.
func toSegment(p, a, b point) (d, t float64) {
	x, y := b.x-a.x, b.y-a.y
	t = clamp(((p.x-a.x)*x+(p.y-a.y)*y)/max(x*x+y*y, 1e-12), 0, 1)
	return math.Hypot(p.x-a.x-t*x, p.y-a.y-t*y), t
}

// parallelRows calls fn for every row.
func parallelRows(n int, fn func(j int)) {
	raster.Bands(n, func(j0, j1 int) {
		for j := j0; j < j1; j++ {
			fn(j)
		}
	})
}
