package texture

import (
	"dermtrace/internal/chromo"
	"dermtrace/internal/filter"
	"dermtrace/internal/raster"
)

// Within is the relief where seen is above 0, of which a pixel stands for k×k of the relief's;
// all of it where seen is nil. The relief and its planes stay as they are.
func (r *Relief) Within(seen *raster.Plane, k int) *Relief {
	part := &Relief{flat: r.flat, broad: r.broad, gloss: r.gloss, mottle: r.mottle, lined: r.lined}
	if seen == nil {
		return part
	}
	weight := raster.New(r.field.Value.W, r.field.Value.H)
	raster.Bands(weight.H, func(y0, y1 int) {
		for y := y0; y < y1; y++ {
			row, from := weight.Row(y), seen.Row(y/k)
			for x := range row {
				if from[x/k] > 0 {
					row[x] = r.field.WeightAt(y*weight.W + x)
				}
			}
		}
	})
	part.field = chromo.NewField(r.field.Value, weight)
	if r.lined != nil {
		lined := *r.lined
		lined.field = chromo.NewField(r.lined.field.Value, weight)
		part.lined = &lined
	}
	part.broad.field = chromo.NewField(r.broad.field.Value, filter.Shrink(weight, r.broad.grid.Step/r.grid.Step))
	return part
}
