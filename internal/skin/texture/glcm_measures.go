package texture

import (
	"dermtrace/internal/chromo"
	"dermtrace/internal/outcome"
	"dermtrace/internal/raster"
)

// The co-occurrence matrix is taken of relief, whose scale is fixed by its definition
// (1 where flat), on pixels of a fixed size on the skin, so that neither light, colour
// nor distance moves it (project defaults).
const (
	glcmStepMM = 0.1  // pixel, and distance of a pair
	glcmLow    = 0.76 // relief at the lower edge of the first bin
	glcmHigh   = 1.24 // and at the upper edge of the last: skin's own furrows reach both
	glcmBins   = 32   // of 1.5 % of light each
)

// Grain holds the four co-occurrence measures that are reported.
type Grain struct {
	Contrast, Homogeneity, Entropy, Correlation outcome.Measurement
}

// Units of [Grain]. Levels are bins of 1.5 % of light.
const (
	UnitLevels = "levels²"
	UnitBits   = "bit"
)

// Grain measures the co-occurrence matrix of relief: contrast Σ(i−j)²p, homogeneity
// Σp/(1+(i−j)²), joint entropy in bits, correlation; IBSI definitions, mean over the
// four directions at 0.1 mm.
func (r *Relief) Grain() Grain {
	f := r.resampled()
	features, ok := Averaged(Quantise(f.Value, f.Weight, glcmLow, glcmHigh, glcmBins), 1)
	if !ok {
		return UnmeasuredGrain(outcome.RegionTiny)
	}
	n := f.Summary().N
	value := func(name Feature, unit string) outcome.Measurement {
		return outcome.Measurement{Value: outcome.Number(features[name]), Unit: unit, SD: outcome.NaN(), N: n}
	}
	return Grain{
		Contrast: value(Contrast, UnitLevels), Homogeneity: value(InverseDifferenceMoment, UnitRelief),
		Entropy: value(JointEntropy, UnitBits), Correlation: value(Correlation, UnitRelief),
	}
}

// UnmeasuredGrain is the grain that could not be measured, and why.
func UnmeasuredGrain(warning string) Grain {
	return Grain{
		Contrast: outcome.Unmeasured(UnitLevels, warning), Homogeneity: outcome.Unmeasured(UnitRelief, warning),
		Entropy: outcome.Unmeasured(UnitBits, warning), Correlation: outcome.Unmeasured(UnitRelief, warning),
	}
}

// resampled is the relief, smoothed to the finest band, on pixels of 0.1 mm.
func (r *Relief) resampled() chromo.Field {
	step := glcmStepMM / r.grid.mmPerPx()
	w, h := 1+int(float64(r.field.Value.W-1)/step), 1+int(float64(r.field.Value.H-1)/step)
	f := chromo.Field{Value: raster.New(w, h), Weight: raster.New(w, h)}
	narrow := r.band().narrow
	xs, ys := narrow.tapsEvery(step, w, narrow.small.W), narrow.tapsEvery(step, h, narrow.small.H)
	raster.Bands(h, func(y0, y1 int) {
		line := make([]float32, narrow.small.W)
		for y := y0; y < y1; y++ {
			mix(line, narrow.small.Row(ys[y].i), narrow.small.Row(ys[y].j), ys[y].t)
			values, weights := f.Value.Row(y), f.Weight.Row(y)
			row := int(float64(y)*step+0.5) * r.field.Value.W
			for x, c := range xs {
				values[x] = line[c.i] + float32(c.t*(line[c.j]-line[c.i]))
				if r.field.Inside(row + int(float64(x)*step+0.5)) {
					weights[x] = 1
				}
			}
		}
	})
	return f
}
