package trend

import (
	"math"
	"testing"

	"dermtrace/internal/outcome"
)

// The error of the light of a visit's photos widens raw colour rows, falls with the
// number of replicates, and cancels against control skin.
func TestErrorOfTheLightWidensRawIntervals(t *testing.T) {
	half := func(se outcome.Number, replicates int) map[string]float64 {
		rec := constructed([]int{0, 30, 100}, replicates, func(_, _ string, _, _ int) outcome.Number { return 10 })
		for i := range rec.Photos {
			for _, roi := range rec.Photos[i].ROIs {
				if m := roi.Measures["hemoglobin"]; rec.Photos[i].Visit != rec.Series.Baseline {
					m.LightSE = &se
					roi.Measures["hemoglobin"] = m
				}
			}
		}
		Assess(rec, Noise{})
		out := map[string]float64{}
		for _, c := range rec.Changes {
			if c.Measure == "hemoglobin" && c.ROI == "t" && c.Against == outcome.AgainstBaseline {
				out[c.Contrast] = float64(c.MDC95)
			}
		}
		return out
	}
	const se, tQuantile = 0.7, 2.364624 // t(0.975; 7), the published figures' degrees of freedom
	plain := half(0, 1)
	for _, replicates := range []int{1, 4} {
		with := half(se, replicates)
		want := math.Sqrt(math.Pow(plain[outcome.Raw]/tQuantile, 2)+se*se/float64(replicates)) * tQuantile
		if !(math.Abs(with[outcome.Raw]-want) <= 1e-4) {
			t.Errorf("%d photos: MDC95 %.5f, want %.5f", replicates, with[outcome.Raw], want)
		}
		if with[outcome.VsControl] != plain[outcome.VsControl] {
			t.Errorf("%d photos: against control skin %.5f, without the light's error %.5f", replicates, with[outcome.VsControl], plain[outcome.VsControl])
		}
	}
}
