package texture

import (
	"math"

	"dermtrace/internal/filter"
	"dermtrace/internal/outcome"
	"dermtrace/internal/raster"
)

// Lines are dark ridges of relief at a scale of σ = 0.24 mm: furrows and wrinkles 0.3 to
// 0.8 mm wide. A ridge point has a bright-to-dark curvature across it, σ²λ, above a
// frozen constant (a constant taken from each photo's own strongest ridge, as in Frangi
// 1998, cannot be compared between photos), little curvature along it, and its crest,
// where the slope across it is zero, within a pixel (Steger 1998, IEEE PAMI 20:113).
const (
	lineStrength = 0.012 // σ²λ of a line that is 3 % darker: 0.385 × 0.03 (project default)
	alongAcross  = 0.5   // curvature along a line over that across it, at most
	// barResponse is σ²λ of a Gaussian line of unit depth at its best scale, 2/3^1.5.
	barResponse = 0.3849
)

// narrowMM is the second scale that lines are seen at, for their width: finer, so that
// neighbours in a net of furrows do not run into each other.
const narrowMM = 0.14

// mostWide is the largest variance of a line's profile over that of the filter: at it a line
// is 2.1 mm wide, which the filter does not answer to (project default).
const mostWide = 10

// Units of lines and pores.
const (
	UnitLineDensity = "mm/cm²"
	UnitPerArea     = "1/cm²"
)

// Lines are the length of lines per area, their mean depth, by which the light on them
// falls short of their surroundings', and their mean width. The count is that of the
// crest's pixels.
type Lines struct{ Density, Depth, Width outcome.Measurement }

// UnmeasuredLines has no value, with the warning that says why.
func UnmeasuredLines(warning string) Lines {
	return Lines{outcome.Unmeasured(UnitLineDensity, warning), outcome.Unmeasured(UnitRelief, warning), outcome.Unmeasured(UnitSize, warning)}
}

// Lines measures the lines of the region.
func (r *Relief) Lines() Lines {
	if r.lined != nil {
		return r.lined.lines(r.lined.smooth(middleMM))
	}
	return r.lines(r.band().wide)
}

func (f *flat) lines(wide smoothed) Lines {
	c, nodes := f.crest(wide), f.nodes(wide)
	px := f.grid.mmPerPx() * float64(wide.k)
	cm2 := wide.field.Area() * px * px / 100
	lines := UnmeasuredLines(outcome.NothingFound)
	lines.Density = outcome.Measurement{Value: outcome.Number(c.length * px / cm2), Unit: UnitLineDensity, SD: outcome.NaN(), N: c.n}
	if c.n == 0 {
		return lines
	}
	mean := c.depth / c.weight
	spread := math.Sqrt(max(0, c.depth2/c.weight-mean*mean))
	lines.Depth = outcome.Measurement{Value: outcome.Number(mean), Unit: UnitRelief, SD: outcome.Number(spread), N: c.n}
	if width, ok := wide.width(c, nodes(narrowMM), nodes(middleMM)); ok {
		lines.Width = outcome.Measurement{Value: outcome.Number(px * width), Unit: UnitSize, SD: outcome.NaN(), N: c.n}
	}
	return lines
}

// crest sums the crests of the region's lines.
func (f *flat) crest(wide smoothed) (all crest) {
	p := wide.small
	narrow := wide.field.Smooth(math.Sqrt(max(0, f.nodes(wide)(narrowMM)-wide.boxed())))
	defer filter.GiveBack(narrow)
	sigmaPx := f.grid.px(middleMM) / float64(wide.k)
	// A line's two curvatures sum to at least this: most of the skin is passed over.
	least := float32((1 - alongAcross) * lineStrength / (sigmaPx * sigmaPx))
	bands := make([]crest, (p.H+raster.BandRows-1)/raster.BandRows)
	raster.Bands(p.H, func(y0, y1 int) {
		c := &bands[y0/raster.BandRows]
		for y := max(y0, 1); y < min(y1, p.H-1); y++ {
			above, row, below := p.Row(y-1), p.Row(y), p.Row(y+1)
			above, below, right := above[:len(row)], below[:len(row)], row[1:]
			for x := 1; x < len(right); x++ {
				if row[x-1]+right[x]+above[x]+below[x]-4*row[x] >= least {
					if h := hessianAt(p, x, y); h.line(sigmaPx) && wide.whole(x, y) {
						if by := h.passing(sigmaPx); by.weight > 0 {
							c.add(by, hessianAt(narrow, x, y), sigmaPx)
						}
					}
				}
			}
		}
	})
	for _, b := range bands {
		all.merge(b)
	}
	return all
}

// nodes tells the variance of a Gaussian on the skin in pixels of the wide plane.
func (f *flat) nodes(wide smoothed) func(mm float64) float64 {
	return func(mm float64) float64 {
		s := f.grid.px(mm) / float64(wide.k)
		return s * s
	}
}

// boxed is the variance that averaging blocks has, in blocks.
func (s smoothed) boxed() float64 { return (1 - 1/float64(s.k*s.k)) / 12 }

// width is the mean width of lines, in blocks. A line of Gaussian profile and variance v
// under a Gaussian of variance n has, between pixels, the second difference
//
//	2 (v + n)^−1/2 (1 − exp(−1/2(v + n)))
//
// up to a factor, so the ratio at two scales tells v, here by bisection. A bar of width
// w answers most to σ = w/2, a Gaussian line to σ = √2v: the width is that of the bar of
// the same best scale, 2√2v (Lindeberg 1998, IJCV 30:117). ok is false
// where the ratio is none of a line's, as that of a few pixels of crest can be.
func (s smoothed) width(c crest, narrow, wide float64) (blocks float64, ok bool) {
	if s.k > 1 {
		wide -= 1.0 / 6 // kept free for reading between blocks
	}
	answer := func(variance float64) float64 { return (1 - math.Exp(-1/(2*variance))) / math.Sqrt(variance) }
	ratio := func(v float64) float64 { return answer(v+wide) / answer(v+narrow) }
	low, high, seen := 0.0, mostWide*wide, c.across/c.narrow
	if !(ratio(low) < seen && seen < ratio(high)) {
		return 0, false
	}
	for range 50 {
		v := (low + high) / 2
		if ratio(v) < seen {
			low = v
		} else {
			high = v
		}
	}
	return 2 * math.Sqrt(2*low), true
}

// whole reports whether the block (x, y) and its neighbours lie inside the region.
func (s smoothed) whole(x, y int) bool {
	for v := y - 1; v <= y+1; v++ {
		for u := x - 1; u <= x+1; u++ {
			if !s.field.Inside(v*s.small.W + u) {
				return false
			}
		}
	}
	return true
}

// crest sums what is found of lines.
type crest struct {
	length, weight float64 // pixels
	depth, depth2  float64 // weighted
	across, narrow float64 // curvature at both scales, weighted
	n              int
}

func (c *crest) merge(o crest) {
	c.length, c.weight, c.n = c.length+o.length, c.weight+o.weight, c.n+o.n
	c.depth, c.depth2 = c.depth+o.depth, c.depth2+o.depth2
	c.across, c.narrow = c.across+o.across, c.narrow+o.narrow
}

// line reports whether a pixel is as curved as a line's, across it and not along.
func (h hessian) line(sigmaPx float64) bool {
	mean, half := (h.xx+h.yy)/2, (h.xx-h.yy)/2
	// The curvatures are the mean, which is above 0 across a dark line, and a root more or less,
	// of which the squares will do here.
	m2, r2, lacks := mean*mean, half*half+h.xy*h.xy, lineStrength/(sigmaPx*sigmaPx)-mean
	const less, more = (1 - alongAcross) * (1 - alongAcross), (1 + alongAcross) * (1 + alongAcross)
	return mean > 0 && less*m2 <= more*r2 && less*r2 <= more*m2 && (lacks <= 0 || lacks*lacks <= r2)
}

// passing is how a line's crest passes a pixel: with m the larger of |nx| and |ny|, the weights
// m·(1 − m·distance) of the pixels along a straight line sum to its length, wherever it lies
// between them.
type passing struct {
	across, nx, ny float64 // curvature and its direction
	m, weight      float64 // 1 − m·distance
}

// passing is that of the crest of a line.
func (h hessian) passing(sigmaPx float64) passing {
	across, _, nx, ny := h.eigen()
	m := max(math.Abs(nx), math.Abs(ny))
	// Slope over curvature is the distance t to the crest of a parabola; a Gaussian
	// profile, here as wide as the filter, is steeper: t = d/(1 − d²/2σ²).
	t := math.Abs(h.gx*nx+h.gy*ny) / across
	distance := t / (1 + t*t/(2*sigmaPx*sigmaPx))
	return passing{across, nx, ny, m, 1 - m*distance}
}

// add takes a pixel that a line's crest passes into account.
func (c *crest) add(p passing, narrow hessian, sigmaPx float64) {
	depth := sigmaPx * sigmaPx * p.across / barResponse
	c.length += p.m * p.weight
	c.weight += p.weight
	c.depth += p.weight * depth
	c.depth2 += p.weight * depth * depth
	c.across += p.weight * p.across
	c.narrow += p.weight * max(0, narrow.along(p.nx, p.ny))
	c.n++
}

// hessian holds the derivatives of a plane at a pixel.
type hessian struct{ gx, gy, xx, xy, yy float64 }

// hessianAt takes central differences over the 3×3 neighbourhood.
func hessianAt(p *raster.Plane, x, y int) hessian {
	a, b, c := p.Row(y - 1)[x-1:x+2], p.Row(y)[x-1:x+2], p.Row(y + 1)[x-1:x+2]
	return hessian{
		gx: float64(b[2]-b[0]) / 2, gy: float64(c[1]-a[1]) / 2,
		xx: float64(b[2] - 2*b[1] + b[0]), yy: float64(c[1] - 2*b[1] + a[1]),
		xy: float64(c[2]-c[0]-a[2]+a[0]) / 4,
	}
}

// along is the second derivative in the direction (nx, ny).
func (h hessian) along(nx, ny float64) float64 {
	return h.xx*nx*nx + 2*h.xy*nx*ny + h.yy*ny*ny
}

// curvatures are the larger second derivative and the other.
func (h hessian) curvatures() (large, small float64) {
	mean, half := (h.xx+h.yy)/2, (h.xx-h.yy)/2
	root := math.Sqrt(half*half + h.xy*h.xy)
	return mean + root, mean - root
}

// eigen are the curvatures and the direction of the larger. A dark line has it across and
// positive.
func (h hessian) eigen() (large, small, nx, ny float64) {
	large, small = h.curvatures()
	half := (h.xx - h.yy) / 2
	root := math.Sqrt(half*half + h.xy*h.xy)
	if root == 0 {
		return large, small, 1, 0
	}
	// Half of the angle whose cosine is half/root and whose sine is xy/root.
	if half >= 0 {
		nx = math.Sqrt((root + half) / (2 * root))
		ny = h.xy / (2 * root * nx)
	} else {
		ny = math.Copysign(math.Sqrt((root-half)/(2*root)), h.xy)
		nx = h.xy / (2 * root * ny)
	}
	return large, small, nx, ny
}
