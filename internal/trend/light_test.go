package trend

import (
	"math"
	"testing"

	"dermtrace/internal/outcome"
)

// The error of the light of a visit's photos widens raw colour rows, falls with the
// number of replicates, and cancels against control skin.
func TestErrorOfTheLightWidensRawIntervals(t *testing.T) {
	const se = outcome.Number(0.7)
	plain := mdcWith(1, "t", func(*outcome.Measurement) {})
	for _, replicates := range []int{1, 4} {
		with := mdcWith(replicates, "t", func(m *outcome.Measurement) { own := se; m.LightSE = &own })
		if want := widened(plain[outcome.Raw], float64(se), replicates); !(math.Abs(with[outcome.Raw]-want) <= 1e-4) {
			t.Errorf("%d photos: MDC95 %.5f, want %.5f", replicates, with[outcome.Raw], want)
		}
		if with[outcome.VsControl] != plain[outcome.VsControl] {
			t.Errorf("%d photos: against control skin %.5f, without the light's error %.5f", replicates, with[outcome.VsControl], plain[outcome.VsControl])
		}
	}
}

// What a photo cannot tell of its cross-talk widens every row of its region: no other skin
// shares it.
func TestErrorOfCrossTalkWidensAllIntervals(t *testing.T) {
	const se = 0.7
	plain := mdcWith(1, "t", func(*outcome.Measurement) {})
	for _, replicates := range []int{1, 4} {
		with := mdcWith(replicates, "t", func(m *outcome.Measurement) { m.CrossTalk = &outcome.CrossTalk{ValueSE: se} })
		for _, contrast := range []string{outcome.Raw, outcome.VsControl} {
			if want := widened(plain[contrast], se, replicates); !(math.Abs(with[contrast]-want) <= 1e-4) {
				t.Errorf("%s, %d photos: MDC95 %.5f, want %.5f", contrast, replicates, with[contrast], want)
			}
		}
	}
}

// mdcWith is the MDC95 of each contrast where a region's follow-ups have been changed.
func mdcWith(replicates int, region string, change func(*outcome.Measurement)) map[string]float64 {
	rec := constructed([]int{0, 30, 100}, replicates, func(_, _ string, _, _ int) outcome.Number { return 10 })
	for i := range rec.Photos {
		for _, roi := range rec.Photos[i].ROIs {
			if m := roi.Measures["hemoglobin"]; roi.Name == region && rec.Photos[i].Visit != rec.Series.Baseline {
				change(&m)
				roi.Measures["hemoglobin"] = m
			}
		}
	}
	Assess(rec, Noise{})
	out := map[string]float64{}
	for _, c := range rec.Changes {
		if c.Measure == "hemoglobin" && c.ROI == region && c.Against == outcome.AgainstBaseline {
			out[c.Contrast] = float64(c.MDC95)
		}
	}
	return out
}

// widened is an MDC95 with a standard error added.
func widened(mdc, se float64, replicates int) float64 {
	const tQuantile = 2.364624 // t(0.975; 7), the published figures' degrees of freedom
	return math.Hypot(mdc/tQuantile, se/math.Sqrt(float64(replicates))) * tQuantile
}
