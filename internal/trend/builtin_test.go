package trend

import (
	"math/rand/v2"
	"slices"
	"testing"

	"dermtrace/internal/outcome"
)

// A figure that courses show is built in where it is the larger one at their level, the
// published one elsewhere; what no course measures stays published.
func TestBuildInTakesTheLargerError(t *testing.T) {
	for _, tt := range []struct {
		cv     float64
		source func(Figure) bool
	}{
		{0.001, func(f Figure) bool { return f.Source != simulatedSource }},
		{0.5, func(f Figure) bool { return f.Source == simulatedSource }},
	} {
		rng := rand.New(rand.NewPCG(3, 13))
		var records []*outcome.Record
		for range 12 {
			rec := (simulated{cv: tt.cv, replicates: 1, days: longDays}).course(rng)
			rec.Definitions["ita"] = outcome.Definition{Unit: "°", Family: outcome.Pigment, Scale: outcome.Interval, Clock: outcome.Pigment}
			for i := range rec.Photos {
				for _, roi := range rec.Photos[i].ROIs {
					roi.Measures["ita"] = outcome.Measurement{Value: 20, Unit: "°"}
				}
			}
			records = append(records, rec)
		}
		list := BuildIn(records)
		for i, f := range list {
			if err := f.check(); err != nil || !f.Provisional || f.Source == "" {
				t.Errorf("%+v: %v", f, err)
			}
			if slices.ContainsFunc(list[:i], f.rivals) {
				t.Errorf("%s %s %s is there twice", f.Measure, f.Contrast, f.Band)
			}
			if f.Measure == "roughness" && f.Band == BandMedium && !tt.source(f) {
				t.Errorf("with a spread of %g between visits: roughness, %s: %+v", tt.cv, f.Contrast, f)
			}
		}
		for _, f := range Published() {
			if !slices.ContainsFunc(list, f.rivals) {
				t.Errorf("published %s %s %s is lost", f.Measure, f.Contrast, f.Band)
			}
		}
	}
}
