package trend

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"slices"
	"testing"
	"time"

	"dermtrace/internal/outcome"
)

// definitions are three primaries, one per family, and one exploratory measure of each
// other scale.
func definitions() map[string]outcome.Definition {
	return map[string]outcome.Definition{
		"hemoglobin":     {Unit: "% blood", Family: outcome.Redness, Scale: outcome.Ratio, Clock: outcome.Redness, Primary: true, GoalDirection: map[string]string{"reduce redness": "down"}},
		"melanin":        {Unit: "% melanin", Family: outcome.Pigment, Scale: outcome.Ratio, Clock: outcome.Pigment, Primary: true},
		"roughness":      {Unit: "1", Family: outcome.Texture, Scale: outcome.Ratio, Clock: outcome.Texture, Primary: true, GoalDirection: map[string]string{"smooth texture": "down"}},
		"erythema_index": {Unit: "100·log10", Family: outcome.Redness, Scale: outcome.Interval, Clock: outcome.Redness},
		"spot_count":     {Unit: "1/cm²", Family: outcome.Pigment, Scale: outcome.Count, Clock: outcome.Pigment},
		"unheard_of":     {Unit: "1", Family: outcome.Texture, Scale: outcome.Proportion, Clock: outcome.Texture},
	}
}

// truth gives the value of a measure in a region at a visit and replicate.
type truth func(measure, region string, visit, replicate int) outcome.Number

// constructed is a course with a first treatment on day 0, just after the first visit.
func constructed(days []int, replicates int, value truth) *outcome.Record {
	rec := &outcome.Record{
		Settings: outcome.DefaultSettings(), Definitions: definitions(),
		Series:     outcome.Series{Goals: []string{"reduce redness", "smooth texture"}},
		Treatments: []outcome.Treatment{{At: "2026-01-10"}},
	}
	start := time.Date(2026, 1, 10, 0, 0, 0, 0, time.UTC)
	for v, d := range days {
		date := start.AddDate(0, 0, d).Format(time.DateOnly)
		visit := outcome.Visit{Visit: fmt.Sprintf("%s-%02d", date, v), At: date, Day: d}
		if v > 0 {
			visit.DaysSinceTreatment = &d
		}
		rec.Visits = append(rec.Visits, visit)
		for k := range replicates {
			rec.Photos = append(rec.Photos, photoOf(visit.Visit, v, k, value))
		}
	}
	rec.Series.Baseline = rec.Visits[0].Visit
	return rec
}

func photoOf(id string, v, k int, value truth) outcome.Photo {
	p := outcome.Photo{
		File: fmt.Sprintf("%s-%d.jpg", id, k), Visit: id,
		Quality:     outcome.Quality{Verdict: outcome.OK},
		Calibration: outcome.Calibration{Method: "control", WitnessTiles: 8},
		Alignment:   outcome.Alignment{Status: outcome.AlignOK},
	}
	for _, r := range []region{{"arm", outcome.Comparator}, {"c", outcome.Control}, {"t", outcome.Treated}} {
		roi := outcome.ROI{Name: r.name, Kind: r.kind, Measures: map[string]outcome.Measurement{}}
		defs := definitions()
		for _, m := range slices.Sorted(maps.Keys(defs)) {
			roi.Measures[m] = outcome.Measurement{Value: value(m, r.name, v, k), Unit: defs[m].Unit}
		}
		p.ROIs = append(p.ROIs, roi)
	}
	return p
}

// steady is 10 everywhere.
func steady(string, string, int, int) outcome.Number { return 10 }

func find(t *testing.T, rec *outcome.Record, want outcome.Change) outcome.Change {
	t.Helper()
	for _, c := range rec.Changes {
		if c.ROI == want.ROI && c.Measure == want.Measure && c.Contrast == want.Contrast && c.Against == want.Against && c.Visit == want.Visit {
			return c
		}
	}
	t.Fatalf("no row %+v", want)
	return outcome.Change{}
}

func text(t *testing.T, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestClocks(t *testing.T) {
	s, day := outcome.DefaultSettings(), func(d int) *int { return &d }
	treated := []outcome.Treatment{{At: "2026-01-10"}}
	for _, tt := range []struct {
		since *int
		day   int
		want  string
		acute bool
	}{
		{nil, 0, outcome.Outside, false}, {nil, -30, outcome.Outside, false}, {day(0), 0, outcome.Outside, true}, {day(14), 14, outcome.Outside, true},
		{day(15), 15, outcome.Outside, false}, {day(27), 120, outcome.Outside, false}, {day(28), 28, outcome.Eligible, false},
		{day(28), 83, outcome.Eligible, false}, {day(28), 84, outcome.Mature, false}, {day(27), 84, outcome.Outside, false},
	} {
		v := outcome.Visit{Day: tt.day, DaysSinceTreatment: tt.since}
		for family, got := range Clocks(v, treated, s) {
			if got != tt.want {
				t.Errorf("day %d, %s: %s, want %s", tt.day, family, got, tt.want)
			}
		}
		if got := Acute(v, s); got != tt.acute {
			t.Errorf("day %d: acute %v", tt.day, got)
		}
	}
	if got := Clocks(outcome.Visit{}, nil, s)[outcome.Texture]; got != outcome.Eligible {
		t.Errorf("a series without treatments is %s", got)
	}
}

// The change, its margin and p by hand: σ_b 0.2 in both visits, known with 30 degrees
// of freedom: MDC95 = t(0.975; 30)·√2·0.2 = 2.042272·0.282843 = 0.577642.
func TestARowByHand(t *testing.T) {
	rec := constructed([]int{0, 100}, 1, func(m, r string, v, _ int) outcome.Number {
		if m == "erythema_index" && r == "t" && v == 1 {
			return 11.25
		}
		if m == "erythema_index" && r == "c" && v == 1 {
			return 10.25
		}
		return 10
	})
	figures := []Figure{
		{Measure: "erythema_index", Unit: "100·log10", Contrast: outcome.Raw, SD: 0.2, DF: 30},
		{Measure: "erythema_index", Unit: "100·log10", Contrast: outcome.VsControl, SD: 0.4, DF: 30},
	}
	Assess(rec, Noise{Repeatability: figures})
	row := func(contrast string) outcome.Change {
		return find(t, rec, outcome.Change{ROI: "t", Measure: "erythema_index", Contrast: contrast, Against: outcome.AgainstBaseline, Visit: rec.Visits[1].Visit})
	}
	for _, tt := range []struct {
		contrast         string
		from, to, change float64
		mdc              float64
		status           string
	}{
		{outcome.Raw, 10, 11.25, 1.25, 0.577642, outcome.Increased},
		{outcome.VsControl, 0, 1, 1, 1.155284, outcome.NoChange},
		{outcome.VsComparator, 0, 1.25, 1.25, 1.155284, outcome.Increased},
	} {
		c := row(tt.contrast)
		if float64(c.From) != tt.from || float64(c.To) != tt.to || float64(c.Change) != tt.change || c.Status != tt.status {
			t.Errorf("%s: from %v to %v, %v, %s", tt.contrast, c.From, c.To, c.Change, c.Status)
		}
		if d := float64(c.MDC95) - tt.mdc; !(math.Abs(d) < 1e-6) || c.MDCDF != 30 || c.MDCSource != SourceRepeatability {
			t.Errorf("%s: MDC95 %v (%s, df %v), want %v", tt.contrast, c.MDC95, c.MDCSource, c.MDCDF, tt.mdc)
		}
		if c.Percent.Known() {
			t.Errorf("%s: an interval scale has %v percent", tt.contrast, c.Percent)
		}
	}
}

// Half of 20 spots gone beside 40 of which a tenth comes, by hand: control skin counts half,
// so 0 becomes 10 − ½·44 = −12. σ_b is 6 % of the root mean square of both: of 20 and 20 at
// baseline, then of 10 and 22. MDC95 = t(0.975; 30)·0.06·√(20² + (10² + 22²)/2) = 3.2234.
// Of skin that has less than the region all is taken off, and of a measure that is no amount.
func TestControlSkinIsTakenOffInProportion(t *testing.T) {
	amounts := map[string][2]float64{"t": {20, 10}, "c": {40, 44}, "arm": {10, 10}}
	course := func(amount bool, control string) outcome.Change {
		rec := constructed([]int{0, 100}, 1, func(_, r string, v, _ int) outcome.Number {
			if r == "c" {
				r = control
			}
			return outcome.Number(amounts[r][v])
		})
		d := rec.Definitions["roughness"]
		d.Amount = amount
		rec.Definitions["roughness"] = d
		Assess(rec, Noise{Repeatability: []Figure{{Measure: "roughness", Unit: "1", Contrast: outcome.VsControl, CV: 0.06, DF: 30}}})
		return find(t, rec, outcome.Change{ROI: "t", Measure: "roughness", Contrast: outcome.VsControl, Against: outcome.AgainstBaseline, Visit: rec.Visits[1].Visit})
	}
	c := course(true, "c")
	if d := float64(c.MDC95) - 3.2234; c.From != 0 || c.To != -12 || c.Change != -12 || !(math.Abs(d) < 1e-4) || c.Weight == nil || *c.Weight != 0.5 {
		t.Errorf("from %v to %v, %v, MDC95 %v, weight %v", c.From, c.To, c.Change, c.MDC95, c.Weight)
	}
	if c := course(true, "arm"); c.From != 10 || c.To != 0 || c.Weight != nil {
		t.Errorf("against less: from %v to %v, weight %v", c.From, c.To, c.Weight)
	}
	if c := course(false, "c"); c.From != -20 || c.To != -34 || c.Weight != nil {
		t.Errorf("no amount: from %v to %v, weight %v", c.From, c.To, c.Weight)
	}
}

func TestPercentIsOfRatiosInTheirOwnContrast(t *testing.T) {
	rec := constructed([]int{0, 100}, 1, func(_, r string, v, _ int) outcome.Number {
		if r == "t" && v == 1 {
			return 12
		}
		return 10
	})
	Assess(rec, Noise{})
	for _, c := range rec.Changes {
		ratio := rec.Definitions[c.Measure].Scale == outcome.Ratio && c.Contrast == outcome.Raw
		if c.Percent.Known() != ratio {
			t.Errorf("%s %s: percent %v", c.Measure, c.Contrast, c.Percent)
		}
		if ratio && c.ROI == "t" && c.Percent != 20 {
			t.Errorf("%s: %v percent, want 20", c.Measure, c.Percent)
		}
	}
}

func TestNoNoiseSourceNoVerdict(t *testing.T) {
	rec := constructed([]int{0, 100}, 1, func(_, _ string, v, _ int) outcome.Number { return outcome.Number(10 + 90*v) })
	Assess(rec, Noise{BuiltIn: []Figure{}})
	for _, c := range rec.Changes {
		if c.Status != outcome.NotComparable || c.MDC95.Known() || c.CI95[0].Known() || c.Goal != nil || !slices.Contains(c.Warnings, outcome.NoNoiseSource) {
			t.Errorf("a verdict without noise: %s", text(t, c))
		}
	}
}

func TestUnknownLightAndSkinStateBarVerdicts(t *testing.T) {
	value := func(_, _ string, v, _ int) outcome.Number { return outcome.Number(10 + 90*v) }
	light := constructed([]int{0, 100}, 1, value)
	light.Photos[1].Calibration = outcome.Calibration{Method: "none"}
	Assess(light, Noise{})
	for _, c := range light.Changes {
		barred := light.Definitions[c.Measure].Family != outcome.Texture
		if barred && (c.Status != outcome.NotComparable || !slices.Contains(c.Warnings, outcome.Uncalibrated) || !c.Change.Known()) {
			t.Errorf("unknown light gave a verdict: %s", text(t, c))
		}
		if c.Measure == "roughness" && c.Contrast == outcome.Raw && c.Status != outcome.Increased {
			t.Errorf("texture needs no light: %s", text(t, c))
		}
	}
	state := constructed([]int{0, 100}, 1, value)
	state.Photos[1].Quality.Reasons = []outcome.Reason{{Code: outcome.SkinState, Spoils: []string{outcome.Texture}}}
	Assess(state, Noise{})
	for _, c := range state.Changes {
		if c.Measure == "roughness" && c.Status != outcome.NotComparable {
			t.Errorf("gloss left texture a verdict: %s", text(t, c))
		}
		if c.Measure == "hemoglobin" && c.Contrast == outcome.Raw && c.Status != outcome.Increased {
			t.Errorf("gloss barred redness: %s", text(t, c))
		}
	}
}

// A number whose file dropped what the baseline's kept is no witness of a change.
func TestALossyFileBesideALosslessOneBarsItsNumbers(t *testing.T) {
	rec := constructed([]int{0, 100}, 1, func(_, _ string, v, _ int) outcome.Number { return outcome.Number(10 + 90*v) })
	for _, r := range rec.Photos[1].ROIs {
		m := r.Measures["roughness"]
		m.Warnings = append(m.Warnings, outcome.LossyFile)
		r.Measures["roughness"] = m
	}
	Assess(rec, Noise{})
	for _, c := range rec.Changes {
		barred := c.Status == outcome.NotComparable && slices.Contains(c.Warnings, outcome.LossyFile) && c.Change.Known()
		if c.Contrast == outcome.Raw && barred != (c.Measure == "roughness") {
			t.Errorf("barred %v: %s", barred, text(t, c))
		}
	}
}

func TestATinyRegionCarriesNoVerdict(t *testing.T) {
	rec := constructed([]int{0, 100}, 1, func(_, _ string, v, _ int) outcome.Number { return outcome.Number(10 + 90*v) })
	for i := range rec.Photos {
		for name, m := range rec.Photos[i].ROIs[0].Measures {
			m.Warnings = append(m.Warnings, outcome.RegionTiny)
			rec.Photos[i].ROIs[0].Measures[name] = m
		}
	}
	tiny := rec.Photos[0].ROIs[0].Name
	Assess(rec, Noise{})
	for _, c := range rec.Changes {
		if c.ROI == tiny && (c.Status != outcome.NotComparable || !c.Change.Known()) {
			t.Errorf("a verdict on very few pixels: %s", text(t, c))
		}
	}
}

// Control skin that set the light and kept no witness cannot be compared with.
func TestCircularControlIsNoControl(t *testing.T) {
	rec := constructed([]int{0, 100}, 1, steady)
	for i := range rec.Photos {
		rec.Photos[i].Calibration.WitnessTiles = 0
	}
	Assess(rec, Noise{})
	for _, c := range rec.Changes {
		if c.Contrast == outcome.VsControl && rec.Definitions[c.Measure].Family != outcome.Texture {
			t.Fatalf("circular control was used: %s", text(t, c))
		}
	}
}

func TestGoalsAndTheAcuteWindow(t *testing.T) {
	up := func(_, r string, v, _ int) outcome.Number {
		if r == "t" && v > 0 {
			return 40
		}
		return 10
	}
	for _, tt := range []struct {
		day  int
		want map[string]string
	}{
		{3, map[string]string{"hemoglobin": "", "roughness": outcome.Worsened, "melanin": ""}},
		{100, map[string]string{"hemoglobin": outcome.Worsened, "roughness": outcome.Worsened, "melanin": ""}},
	} {
		rec := constructed([]int{0, tt.day}, 1, up)
		Assess(rec, Noise{})
		for measure, want := range tt.want {
			c := find(t, rec, outcome.Change{ROI: "t", Measure: measure, Contrast: outcome.VsControl, Against: outcome.AgainstBaseline, Visit: rec.Visits[1].Visit})
			got := ""
			if c.Goal != nil {
				got = *c.Goal
			}
			if c.Status != outcome.Increased || got != want {
				t.Errorf("day %d %s: %s %q, want %q", tt.day, measure, c.Status, got, want)
			}
		}
	}
}

func TestInterimChangesNeedTheNextVisit(t *testing.T) {
	rec := constructed([]int{0, 30, 60, 100}, 1, func(_, r string, v, _ int) outcome.Number {
		if r == "t" && v > 0 {
			return 40
		}
		return 10
	})
	Assess(rec, Noise{})
	for v, want := range map[int]bool{1: true, 2: false, 3: false} {
		c := find(t, rec, outcome.Change{ROI: "t", Measure: "roughness", Contrast: outcome.VsControl, Against: outcome.AgainstBaseline, Visit: rec.Visits[v].Visit})
		if got := slices.Contains(c.Warnings, outcome.Unconfirmed); got != want {
			t.Errorf("visit %d: unconfirmed %v, want %v", v, got, want)
		}
	}
}

// Scars count as outcomes where nothing treated is drawn beside them.
func TestPrimaryRows(t *testing.T) {
	for _, kinds := range []map[string]string{
		{"t": outcome.Treated, "arm": outcome.Comparator}, {"t": outcome.Treated, "arm": outcome.Scar}, {"t": outcome.Scar, "arm": outcome.Comparator},
	} {
		rec := constructed([]int{0, 10, 100}, 1, steady)
		for _, p := range rec.Photos {
			for i := range p.ROIs {
				p.ROIs[i].Kind = cmp.Or(kinds[p.ROIs[i].Name], p.ROIs[i].Kind)
			}
		}
		Assess(rec, Noise{})
		for _, c := range rec.Changes {
			want := c.ROI == "t" && rec.Definitions[c.Measure].Primary && c.Against == outcome.AgainstBaseline && c.Contrast == outcome.VsControl
			if c.Primary != want || slices.Contains(c.Warnings, outcome.Exploratory) == want {
				t.Errorf("%v: primary %v: %s", kinds, c.Primary, text(t, c))
			}
			if c.PHolm.Known() != (want && c.Clock == outcome.Mature) {
				t.Errorf("%v: p %v: %s", kinds, c.PHolm, text(t, c))
			}
		}
	}
}

func TestBaselineThatRefusesMakesAWarningAndNoRow(t *testing.T) {
	rec := constructed([]int{0, 100}, 1, func(m, _ string, v, _ int) outcome.Number {
		if m == "roughness" && v == 0 {
			return outcome.NaN()
		}
		return 10
	})
	Assess(rec, Noise{})
	Assess(rec, Noise{})
	for _, c := range rec.Changes {
		if c.Measure == "roughness" {
			t.Fatalf("a row without a baseline: %s", text(t, c))
		}
	}
	if n := len(rec.Warnings); n != 3 || rec.Warnings[0].Code != outcome.BaselineRefused {
		t.Errorf("%d warnings, want one per region: %v", n, rec.Warnings)
	}
}

// Control skin that hardly moves says that light was set well, not that a region
// farther off moves as little; control skin that moves more than expected is believed.
func TestWitnessMayRaiseButNotLowerTheBuiltInError(t *testing.T) {
	for _, tt := range []struct {
		wobble float64 // relative spread of control skin
		source string
	}{{0.001, SourceBuiltIn}, {0.2, SourceWitness}} {
		rec := constructed([]int{0, 30, 60, 90, 120, 150, 180, 210}, 1, func(_, r string, v, _ int) outcome.Number {
			if r == "c" {
				return outcome.Number(10 * (1 + tt.wobble*float64(v%2)))
			}
			return 10
		})
		Assess(rec, Noise{})
		c := find(t, rec, outcome.Change{ROI: "t", Measure: "roughness", Contrast: outcome.VsControl, Against: outcome.AgainstBaseline, Visit: rec.Visits[7].Visit})
		if c.MDCSource != tt.source {
			t.Errorf("control skin moves by %g: source %q, want %q", tt.wobble, c.MDCSource, tt.source)
		}
	}
}
