package trend

import (
	"math"
	"slices"
	"testing"

	"dermtrace/internal/outcome"
)

// over is a steady course whose treated region shows so much skin; 0: nobody knows.
func over(mm2 float64) *outcome.Record {
	const pxPerMM = 30
	rec := constructed([]int{0, 100}, 1, steady)
	for i := range rec.Photos {
		p := &rec.Photos[i]
		if mm2 > 0 {
			p.Quality.Figures = map[string]outcome.Number{"px_per_mm": pxPerMM}
		}
		for j := range p.ROIs {
			p.ROIs[j].Pixels = 1e6
			if p.ROIs[j].Kind == outcome.Treated {
				p.ROIs[j].Pixels = int(mm2 * pxPerMM * pxPerMM)
			}
		}
	}
	return rec
}

// A built-in figure is of large regions: in a quarter of the skin from which it holds, the
// detectable change is twice as large. A clinic's own figure is of its own regions, and
// colour is a mean that little skin tells as well.
func TestLittleSkinWidensBuiltInNoise(t *testing.T) {
	own := Noise{Repeatability: []Figure{
		{Measure: "roughness", Unit: definitions()["roughness"].Unit, Contrast: outcome.Raw, CV: 0.1, DF: 9, N: 10},
	}}
	for _, tt := range []struct {
		measure string
		noise   Noise
		mm2     float64
		factor  float64
	}{
		{"roughness", Noise{}, heldFrom["roughness"], 1},
		{"roughness", Noise{}, heldFrom["roughness"] / 4, 2},
		{"roughness", Noise{}, 0, 1},
		{"roughness", own, heldFrom["roughness"] / 4, 1},
		{"hemoglobin", Noise{}, 1, 1},
	} {
		want, got := over(1e4), over(tt.mm2)
		Assess(want, tt.noise)
		Assess(got, tt.noise)
		for i, c := range got.Changes {
			if c.Measure != tt.measure || c.ROI != "t" || c.Contrast != outcome.Raw {
				continue
			}
			ratio := float64(c.MDC95 / want.Changes[i].MDC95)
			if !(math.Abs(ratio-tt.factor) <= 1e-12) || slices.Contains(c.Warnings, outcome.RegionSmall) != (tt.factor > 1) {
				t.Errorf("%g mm²: detectable from %g times as much, want %g: %s", tt.mm2, ratio, tt.factor, text(t, c))
			}
		}
	}
}
