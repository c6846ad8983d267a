package texture

import (
	"bytes"

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
	levels, n := r.levels()
	features, ok := Averaged(levels, 1)
	if !ok {
		return UnmeasuredGrain(outcome.RegionTiny)
	}
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

// levels is the relief, smoothed to the finest band, on pixels of 0.1 mm, n of which are
// inside.
func (r *Relief) levels() (l Levels, n int) {
	step := glcmStepMM / r.grid.mmPerPx()
	l = Levels{W: 1 + int(float64(r.field.Value.W-1)/step), H: 1 + int(float64(r.field.Value.H-1)/step), N: glcmBins}
	l.Pix = make([]uint8, l.W*l.H)
	narrow, bins := r.band().narrow, newBins(glcmLow, glcmHigh, glcmBins)
	xs, ys := narrow.tapsEvery(step, l.W, narrow.small.W), narrow.tapsEvery(step, l.H, narrow.small.H)
	raster.Bands(l.H, func(y0, y1 int) {
		line := make([]float32, narrow.small.W)
		for y := y0; y < y1; y++ {
			mix(line, narrow.small.Row(ys[y].i), narrow.small.Row(ys[y].j), ys[y].t)
			row, levels := int(float64(y)*step+0.5)*r.field.Value.W, l.Pix[y*l.W:]
			for x, c := range xs {
				if r.field.Inside(row + int(float64(x)*step+0.5)) {
					levels[x] = bins.level(line[c.i] + float32(c.t*(line[c.j]-line[c.i])))
				}
			}
		}
	})
	return l, len(l.Pix) - bytes.Count(l.Pix, []byte{0})
}
