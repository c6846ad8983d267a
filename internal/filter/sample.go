package filter

import (
	"math"

	"dermtrace/internal/geom"
	"dermtrace/internal/raster"
)

// Bilinear reads p between pixels. A position more than half a pixel outside the
// picture (or NaN) gives NaN; within that rim the edge pixel holds.
func Bilinear(p *raster.Plane, at geom.Point) float32 {
	if !(at.X >= -0.5 && at.Y >= -0.5 && at.X <= float64(p.W)-0.5 && at.Y <= float64(p.H)-0.5) {
		return float32(math.NaN())
	}
	x := max(0, min(at.X, float64(p.W-1)))
	y := max(0, min(at.Y, float64(p.H-1)))
	i, j := int(x), int(y)
	fx, fy := float32(x-float64(i)), float32(y-float64(j))
	i1, j1 := min(i+1, p.W-1), min(j+1, p.H-1)
	top := p.At(i, j) + float32(fx*(p.At(i1, j)-p.At(i, j)))
	bottom := p.At(i, j1) + float32(fx*(p.At(i1, j1)-p.At(i, j1)))
	return top + float32(fy*(bottom-top))
}
