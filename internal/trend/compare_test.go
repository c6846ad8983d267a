package trend

import (
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"dermtrace/internal/outcome"
)

func TestCompareGivesTheSameNumbersAsAssess(t *testing.T) {
	rec := constructed([]int{0, 30, 60, 100}, 1, func(_, r string, v, _ int) outcome.Number { return outcome.Number(10 + len(r) + 3*v*v) })
	Assess(rec, Noise{})
	before := text(t, rec)
	rows, err := Compare(rec, Noise{}, rec.Series.Baseline, rec.Visits[3].Visit)
	if err != nil {
		t.Fatal(err)
	}
	if text(t, rec) != before {
		t.Error("the record was changed")
	}
	for _, got := range rows {
		want := find(t, rec, outcome.Change{ROI: got.ROI, Measure: got.Measure, Contrast: got.Contrast, Against: outcome.AgainstBaseline, Visit: got.Visit})
		if got.Change != want.Change || got.MDC95.String() != want.MDC95.String() || got.Status != want.Status {
			t.Errorf("%s\n%s", text(t, got), text(t, want))
		}
		if got.Primary || got.PHolm.Known() || !slices.Contains(got.Warnings, outcome.Exploratory) || got.Against != rec.Series.Baseline {
			t.Errorf("not exploratory: %s", text(t, got))
		}
	}
	back, err := Compare(rec, Noise{}, rec.Visits[3].Visit, rec.Visits[1].Visit)
	if err != nil || back[0].Change >= 0 {
		t.Errorf("backwards: %v, %v", back, err)
	}
	if _, err := Compare(rec, Noise{}, "2020-01-01", rec.Series.Baseline); err == nil {
		t.Error("a visit that is not there was compared")
	}
}

// Twelve people on two days: the figure is the error that was put in, and serves as the
// noise of a course.
func TestRepeatFindsTheNoiseThatIsThere(t *testing.T) {
	rng := rand.New(rand.NewPCG(37, 41))
	s := simulated{cv: 0.04, light: 0.03, within: 0.01, replicates: 2, days: []int{0, 1}}
	var records []*outcome.Record
	for range 200 {
		records = append(records, s.course(rng))
	}
	all, err := Repeat(records)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range all {
		if r.Figure.Measure != "hemoglobin" {
			continue
		}
		between, within := math.Hypot(s.cv, s.light), s.within
		if r.Figure.Contrast == outcome.VsControl {
			between, within = math.Sqrt2*s.cv, math.Sqrt2*s.within
		}
		// 200 degrees of freedom: a standard deviation is known to 5 %, thrice that.
		if !(math.Abs(r.Figure.CV/between-1) < 0.15) || !(math.Abs(r.Figure.WithinCV/within-1) < 0.15) {
			t.Errorf("%s: CV %.4f, within %.4f, want %.4f and %.4f", r.Figure.Contrast, r.Figure.CV, r.Figure.WithinCV, between, within)
		}
		// Unchanged simulated people do not differ from each other: ICC is about 0.
		if r.Figure.DF != 200 || r.ICC == nil || r.Limits == nil || !(math.Abs(float64(r.ICC.Value)) < 0.3) {
			t.Errorf("%s: %+v", r.Figure.Contrast, r)
		}
	}
}

func TestRepeatOfOnePersonHasNoReliability(t *testing.T) {
	s := simulated{cv: 0.04, replicates: 1, days: []int{0, 1, 2, 3, 4, 5, 6}}
	one, err := Repeat([]*outcome.Record{s.course(rand.New(rand.NewPCG(1, 2)))})
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range one {
		if r.ICC != nil || r.Limits != nil || r.Figure.DF != 6 || len(r.Warnings) == 0 || !(r.MDC95 > 2*r.SEM) {
			t.Errorf("%+v", r)
		}
	}
	if _, err := Repeat([]*outcome.Record{constructed([]int{0}, 1, steady)}); !errors.Is(err, ErrNoRepeats) {
		t.Errorf("one photo: %v", err)
	}
	photos, err := Repeat([]*outcome.Record{constructed([]int{0}, 3, func(_, _ string, _, k int) outcome.Number { return outcome.Number(9 + k) })})
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range photos {
		if r.Figure.Contrast == outcome.Raw && !(math.Abs(float64(r.WithinSD)-1) < 1e-9) || r.SEM.Known() || r.Figure.DF != 0 || len(Figures(photos)) != 0 {
			t.Errorf("replicates of one visit: %+v", r)
		}
	}
	if _, err := Repeat(nil); !errors.Is(err, ErrNoRepeats) {
		t.Errorf("nothing: %v", err)
	}
}

func TestSlopes(t *testing.T) {
	rec := constructed([]int{0, 28, 56, 84, 112, 140}, 1, func(m, r string, v, _ int) outcome.Number {
		if m == "roughness" && r == "t" {
			return outcome.Number(10 - v)
		}
		return 10
	})
	rec.Treatments = append(rec.Treatments, outcome.Treatment{At: "2026-03-11"})
	Assess(rec, Noise{})
	found := false
	noise := Noise{BuiltIn: []Figure{}}
	for _, contrast := range []string{outcome.Raw, outcome.VsControl} {
		noise.BuiltIn = append(noise.BuiltIn, Figure{Measure: "roughness", Unit: "1", Contrast: contrast, CV: 0.034 * math.Sqrt2, DF: 7})
	}
	for _, s := range Slopes(rec, noise) {
		if s.Measure != "roughness" || s.ROI != "t" {
			continue
		}
		found = true
		// The figure is 3.4 % of 10 in each region: MDC95 t(0.975; 7)·√2·√2·0.34 = 1.6, so
		// day 28 (1) is within, day 56 (2) beyond and day 84 confirms.
		if s.N != 5 || !(math.Abs(float64(s.PerDay)+1.0/28) < 1e-12) || s.Confirmed != rec.Visits[2].Visit {
			t.Errorf("%+v", s)
		}
		// Treated on day 0 and, below, on day 60: the last visits after one and two are those
		// of days 56 and 140.
		if len(s.After) != 2 || s.After[0].Treatments != 1 || s.After[0].Change != -2 || s.After[1].Visit != rec.Visits[5].Visit || s.After[1].Change != -5 || !s.After[1].MDC95.Known() {
			t.Errorf("after treatments: %+v", s.After)
		}
	}
	if !found {
		t.Fatal("no slope of roughness")
	}
	short := constructed([]int{0, 28, 56}, 1, steady)
	Assess(short, Noise{})
	for _, s := range Slopes(short, Noise{}) {
		if len(s.Warnings) != 1 || s.PerDay.Known() || s.Confirmed != "" {
			t.Errorf("two eligible visits: %+v", s)
		}
	}
}
