package trend

import (
	"math/rand/v2"
	"slices"
	"testing"

	"dermtrace/internal/outcome"
)

// Of what courses show and what is published the larger error is built in, or both where
// either is larger at some level; what no course measures stays published.
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
		list := append(BuildIn(records), BuildInScalps(nil)...)
		for i, f := range list {
			if err := f.check(); err != nil || !f.Provisional || f.Source == "" {
				t.Errorf("%+v: %v", f, err)
			}
			if slices.ContainsFunc(list[:i], func(g Figure) bool { return g.rivals(f) && (g.holds(f) || f.holds(g)) }) {
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

// Of two built-in figures of one band the larger at the level of the region counts: one
// that is always there where there is little, one that grows where there is much.
func TestTheLargerErrorAtTheLevelCounts(t *testing.T) {
	two := []Figure{
		{Measure: "hemoglobin", Unit: "% blood", Contrast: outcome.Raw, Band: BandMedium, CV: 0.3, DF: 50, N: 10, Source: "a"},
		{Measure: "hemoglobin", Unit: "% blood", Contrast: outcome.Raw, Band: BandMedium, SD: 1.5, CV: 0.1, DF: 7, N: 4, Source: "b"},
	}
	for level, n := range map[outcome.Number]int{1: 4, 10: 10} {
		for range 2 {
			two[0], two[1] = two[1], two[0]
			rec := constructed([]int{0, 40}, 1, func(string, string, int, int) outcome.Number { return level })
			Assess(rec, Noise{BuiltIn: two})
			row := find(t, rec, outcome.Change{ROI: "t", Measure: "hemoglobin", Contrast: outcome.Raw, Against: outcome.AgainstBaseline, Visit: rec.Visits[1].Visit})
			if row.MDCN != n {
				t.Errorf("at %v: by %d subjects, want %d", level, row.MDCN, n)
			}
		}
	}
}

// Where no untreated skin holds texture against the baseline's, that counts for more noise than
// where one does; what is matched, and what a clinic's own figures say, stays.
func TestUnmatchedTextureHasItsOwnNoise(t *testing.T) {
	matched := Figure{Measure: "roughness", Unit: definitions()["roughness"].Unit, Contrast: outcome.Raw, CV: 0.05, DF: 50, N: 10, Source: "a"}
	unmatched := matched
	unmatched.CV, unmatched.N, unmatched.Unmatched = 0.1, 4, true
	for _, tt := range []struct {
		noise Noise
		n     [2]int // at the visit that is matched, and at that which is not
	}{
		{Noise{BuiltIn: []Figure{unmatched, matched}}, [2]int{10, 4}},
		{Noise{Repeatability: []Figure{matched}, BuiltIn: []Figure{unmatched}}, [2]int{10, 10}},
	} {
		rec := constructed([]int{0, 40, 80}, 1, steady)
		for _, roi := range rec.Photos[2].ROIs {
			m := roi.Measures["roughness"]
			m.Warnings = []string{outcome.ReliefUnmatched}
			roi.Measures["roughness"] = m
		}
		Assess(rec, tt.noise)
		for i, n := range tt.n {
			row := find(t, rec, outcome.Change{ROI: "t", Measure: "roughness", Contrast: outcome.Raw, Against: outcome.AgainstBaseline, Visit: rec.Visits[i+1].Visit})
			if row.MDCN != n {
				t.Errorf("visit %d: by %d subjects, want %d", i+1, row.MDCN, n)
			}
		}
	}
}
