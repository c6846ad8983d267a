package texture

import (
	"dermtrace/internal/outcome"
	"dermtrace/internal/raster"
)

// Pores are dark dots of the fine band: minima of the difference of Gaussians of 0.06 and
// 0.24 mm, which answers most to discs of 0.1 to 0.25 mm radius, the size of visible
// pores, round rather than long (project defaults).
const (
	poreDepth     = 0.06 // of light, that a minimum must fall short of its surroundings
	poreRoundness = 0.4  // smaller over larger curvature, at least
)

// PoresLeastPxPerMM is the resolution below which pores are not counted: there the
// smallest has three pixels across.
const PoresLeastPxPerMM = 20

// Pores returns the number of pores per square centimetre, with their number as count.
func (r *Relief) Pores() outcome.Measurement {
	if r.grid.PxPerMM < PoresLeastPxPerMM {
		return outcome.Unmeasured(UnitPerArea, outcome.ScaleTooCoarse)
	}
	p := r.detail
	n := int(raster.Sum(p.H, func(y0, y1 int) float64 {
		found := 0
		for y := max(y0, 1); y < min(y1, p.H-1); y++ {
			for x, v := range p.Row(y) {
				if v < -poreDepth && x > 0 && x < p.W-1 && r.field.Inside(y*p.W+x) && lowest(p, x, y) && round(hessianAt(p, x, y)) {
					found++
				}
			}
		}
		return float64(found)
	}))
	px := r.grid.mmPerPx()
	cm2 := r.field.Area() * px * px / 100
	return outcome.Measurement{Value: outcome.Number(float64(n) / cm2), Unit: UnitPerArea, SD: outcome.NaN(), N: n}
}

// lowest reports whether (x, y) is below its eight neighbours; of equals the first is.
func lowest(p *raster.Plane, x, y int) bool {
	v := p.At(x, y)
	a, b, c := p.Row(y - 1)[x-1:x+2], p.Row(y)[x-1:x+2], p.Row(y + 1)[x-1:x+2]
	return v < a[0] && v < a[1] && v < a[2] && v < b[0] && v <= b[2] && v <= c[0] && v <= c[1] && v <= c[2]
}

func round(h hessian) bool {
	large, small, _, _ := h.eigen()
	return small >= poreRoundness*large
}
