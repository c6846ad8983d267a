package texture

import (
	"math"

	"dermtrace/internal/chromo"
	"dermtrace/internal/raster"
)

// localMM is the side of the blocks of a map of roughness: several waves of the band,
// finer than a scar (project default).
const localMM = 1.0

// localShare is the share of a block that must lie in the region.
const localShare = 0.5

// Local is apparent roughness block by block, noise subtracted, for looking: NaN where
// less than half of a block counts. Its pixel (x, y) covers step×step pixels of the
// relief's own plane from (x·step, y·step) on.
func (r *Relief) Local() (p *raster.Plane, step int) {
	step = max(1, int(math.Round(localMM/r.grid.mmPerPx())))
	noise := r.noise.in(r.grid.px(fineMM), r.grid.px(middleMM))
	_, blocks := powerOf(chromo.Field{Value: r.band().detail, Weight: r.field.Weight}, step)
	for i, v := range blocks.Value.Pix {
		blocks.Value.Pix[i] = float32(math.Sqrt(max(0, float64(v)-noise)))
		if blocks.WeightAt(i) < localShare {
			blocks.Value.Pix[i] = float32(math.NaN())
		}
	}
	return blocks.Value, step
}
