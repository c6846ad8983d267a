package trend

import (
	"math"
	"math/rand/v2"
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

// scarred are courses of unchanged scars of so much skin, whose relief differs between visits by
// a factor more than that of scars from which the figure holds.
func scarred(mm2 float64) []*outcome.Record {
	more := math.Sqrt(max(1, heldFrom["relief_ratio"]/mm2))
	rng := rand.New(rand.NewPCG(5, 17))
	var records []*outcome.Record
	for range 60 {
		rec := over(mm2)
		rec.Definitions["relief_ratio"] = outcome.Definition{Unit: "1", Family: outcome.Texture, Scale: outcome.Ratio, Clock: outcome.Texture}
		for i := range rec.Photos {
			p := &rec.Photos[i]
			for j := range p.ROIs {
				if p.ROIs[j].Kind == outcome.Treated {
					p.ROIs[j].Kind = outcome.Scar
					p.ROIs[j].Measures["relief_ratio"] = outcome.Measurement{Value: outcome.Number(1.5 * (1 + 0.02*more*rng.NormFloat64())), Unit: "1"}
				}
			}
		}
		records = append(records, rec)
	}
	return records
}

// Small scars and large ones give the same built-in figure, that of the skin from which it holds;
// a clinic's study says how much its own scars differ.
func TestScarsOfAnySizeGiveOneFigure(t *testing.T) {
	for _, mm2 := range []float64{6, heldFrom["relief_ratio"], 200} {
		built, err := repeat(scarred(mm2), SourceBuiltIn)
		if err != nil {
			t.Fatal(err)
		}
		own, err := Repeat(scarred(mm2))
		if err != nil {
			t.Fatal(err)
		}
		as := func(list []Repeatability) float64 {
			i := slices.IndexFunc(list, func(r Repeatability) bool {
				return r.Figure.Measure == "relief_ratio" && r.Figure.Contrast == outcome.Raw
			})
			if i < 0 {
				t.Fatalf("%g mm²: no figure of scars", mm2)
			}
			return list[i].Figure.CV
		}
		// 60 degrees of freedom: a standard deviation is known to 9 %, thrice that.
		if cv := as(built); !(math.Abs(cv/0.02-1) < 0.27) {
			t.Errorf("%g mm²: built in %.4f, want 0.02", mm2, cv)
		}
		if cv, want := as(own), 0.02*math.Sqrt(max(1, heldFrom["relief_ratio"]/mm2)); !(math.Abs(cv/want-1) < 0.27) {
			t.Errorf("%g mm²: a clinic's own %.4f, want %.4f", mm2, cv, want)
		}
	}
}
