package align

import (
	"math"

	"dermtrace/internal/geom"
)

// Steps that a result is rounded to. Each moves a corner of 12 megapixels by at most
// 0.004 px, a tenth of the error that is promised; what is finer differs from processor to
// processor, for some of them add and multiply in one rounding, and masks, counts and
// numbers that follow would differ with it.
const (
	linearStep      = 1. / (1 << 20)
	shiftStepPx     = 1. / (1 << 9)
	perspectiveStep = 1. / (1 << 33)
)

// rounded is the warp in the digits that it has.
func (w warp) rounded() warp {
	t := w.plane.Normalized()
	for i, step := range [9]float64{linearStep, linearStep, shiftStepPx, linearStep, linearStep, shiftStepPx, perspectiveStep, perspectiveStep, 1} {
		t[i] = math.Round(t[i]/step) * step
	}
	out := warp{t, w.field}
	if w.field != nil {
		f := *w.field
		f.u = make([]geom.Point, len(w.field.u))
		for i, u := range w.field.u {
			f.u[i] = geom.Point{X: math.Round(u.X/shiftStepPx) * shiftStepPx, Y: math.Round(u.Y/shiftStepPx) * shiftStepPx}
		}
		out.field = &f
	}
	return out
}
