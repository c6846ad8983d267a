package trend

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"dermtrace/internal/outcome"
)

// raised lists code, region, visit and level of the flags.
func raised(rec *outcome.Record) []string {
	list := []string{}
	for _, f := range rec.Flags {
		list = append(list, strings.Join([]string{f.Code, f.ROI, f.Visit[len(f.Visit)-2:], f.Level}, " "))
	}
	return list
}

// higher is 10 everywhere, and up in one measure of the treated region at some visits.
func higher(measure string, up outcome.Number, visits ...int) truth {
	return func(m, r string, v, _ int) outcome.Number {
		if m == measure && r == "t" && slices.Contains(visits, v) {
			return up
		}
		return 10
	}
}

func TestFlags(t *testing.T) {
	for _, tt := range []struct {
		name  string
		days  []int
		value truth
		want  []string
	}{
		{"nothing", []int{0, 3, 10, 20, 40}, higher("", 0), []string{}},
		{"acute redness is no flag", []int{0, 1, 3}, higher("hemoglobin", 30, 1, 2), []string{}},
		{"redness on day 9", []int{0, 1, 9}, higher("hemoglobin", 30, 1, 2), []string{"redness_not_settling t 02 watch"}},
		{"redness on day 14", []int{0, 1, 14}, higher("hemoglobin", 30, 1, 2), []string{"redness_not_settling t 02 review"}},
		{"redness settled since", []int{0, 9, 14}, higher("hemoglobin", 30, 1), []string{}},
		{"pigment on day 6", []int{0, 6}, higher("melanin", 30, 1), []string{}},
		{"pigment on day 7", []int{0, 7}, higher("melanin", 30, 1), []string{"pigment_rising t 01 watch"}},
		{"pigment on day 14", []int{0, 14}, higher("melanin", 30, 1), []string{"pigment_rising t 01 review"}},
		{"pigment before the next treatment", []int{0, 28}, higher("melanin", 30, 1), []string{"pigment_rising t 01 review"}},
		{"pigment gone", []int{0, 14, 40}, higher("melanin", 30, 1), []string{}},
		{"texture on day 20", []int{0, 20}, higher("roughness", 30, 1), []string{}},
		{"texture on day 28", []int{0, 28}, higher("roughness", 30, 1), []string{"texture_worsening t 01 review"}},
		{"texture better", []int{0, 28}, higher("roughness", 3, 1), []string{}},
	} {
		rec := constructed(tt.days, 1, tt.value)
		Assess(rec, Noise{})
		if got := raised(rec); !slices.Equal(got, tt.want) {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
}

// Tram tracks are seen by the relief of their rims or by the length of new lines, and are
// not assessed where the baseline knows neither.
func TestTramTracks(t *testing.T) {
	for _, tt := range []struct {
		up   string
		day  int
		want []string
	}{
		{"texture_coarse", 28, []string{"tram_tracks t 01 review"}},
		{"line_density", 28, []string{"tram_tracks t 01 review"}},
		{"line_density", 20, []string{}},
		{"", 28, []string{}},
	} {
		rec := constructed([]int{0, tt.day}, 1, higher("", 0))
		units := map[string]string{"texture_coarse": "1", "line_density": "mm/cm²"}
		for m, unit := range units {
			rec.Definitions[m] = outcome.Definition{Unit: unit, Family: outcome.Texture, Scale: outcome.Ratio, Clock: outcome.Texture}
			for v, p := range rec.Photos {
				for _, r := range p.ROIs {
					r.Measures[m] = outcome.Measurement{Value: higher(tt.up, 30, 1)(m, r.Name, v, 0), Unit: unit}
				}
			}
		}
		Assess(rec, Noise{})
		if got := raised(rec); !slices.Equal(got, tt.want) {
			t.Errorf("%q on day %d: %v, want %v", tt.up, tt.day, got, tt.want)
		}
		if len(rec.Flags) > 0 && !strings.Contains(rec.Flags[0].Text, strings.ReplaceAll(tt.up, "_", " ")) {
			t.Errorf("the text does not say what rose: %s", rec.Flags[0].Text)
		}
		missing := slices.ContainsFunc(rec.NotAssessed, func(n outcome.NotAssessed) bool { return n.What == "Flag: tram tracks (t)" })
		if missing != (tt.day < 28) {
			t.Errorf("on day %d not assessed: %v", tt.day, missing)
		}
	}
}

// While redness has not settled a rise of pigment is watched, not reviewed.
func TestPigmentWaitsForRedness(t *testing.T) {
	rec := constructed([]int{0, 14}, 1, func(m, r string, v, _ int) outcome.Number {
		if r == "t" && v == 1 && (m == "melanin" || m == "hemoglobin") {
			return 30
		}
		return 10
	})
	Assess(rec, Noise{})
	if got, want := raised(rec), []string{"redness_not_settling t 01 review", "pigment_rising t 01 watch"}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	if text := rec.Flags[0].Text; !strings.Contains(text, "7 days is assumed") || !strings.Contains(text, "% blood") {
		t.Errorf("the text hides its assumption: %s", text)
	}
}

// How long redness is given to settle is the user's to say, and printed.
func TestExpectedRecoveryIsASetting(t *testing.T) {
	for days, want := range map[int][]string{3: {"redness_not_settling t 01 review"}, 7: {"redness_not_settling t 01 watch"}, 10: {}} {
		rec := constructed([]int{0, 9}, 1, higher("hemoglobin", 30, 1))
		rec.Settings.RecoveryDays = days
		Assess(rec, Noise{})
		if got := raised(rec); !slices.Equal(got, want) {
			t.Errorf("%d days: %v, want %v", days, got, want)
		}
		for _, f := range rec.Flags {
			if want := fmt.Sprintf("within %d days is assumed", days); !strings.Contains(f.Text, want) {
				t.Errorf("%q does not say %q", f.Text, want)
			}
		}
	}
}

func rename(rec *outcome.Record, from, to string) {
	for i := range rec.Photos {
		for k := range rec.Photos[i].ROIs {
			if r := &rec.Photos[i].ROIs[k]; r.Name == from {
				r.Name = to
			}
		}
	}
}

func TestPatchTest(t *testing.T) {
	for day, want := range map[int]string{1: "patch_test_reaction Patch 01 watch", 2: "patch_test_reaction Patch 01 review"} {
		rec := constructed([]int{0, day}, 1, higher("hemoglobin", 30, 1))
		rename(rec, "t", "Patch")
		Assess(rec, Noise{})
		if got := raised(rec); !slices.Equal(got, []string{want}) {
			t.Errorf("day %d: %v, want %s", day, got, want)
		}
	}
}

func missing(rec *outcome.Record, what string) string {
	for _, n := range rec.NotAssessed {
		if n.What == what {
			return n.Why
		}
	}
	return ""
}

func TestNotAssessedIsAlwaysListed(t *testing.T) {
	bare := constructed([]int{0, 14, 40}, 1, steady)
	for i := range bare.Photos {
		p := &bare.Photos[i]
		p.Calibration = outcome.Calibration{Method: "none"}
		p.ROIs = slices.DeleteFunc(p.ROIs, func(r outcome.ROI) bool { return r.Kind == outcome.Control })
	}
	Assess(bare, Noise{})
	for _, what := range []string{"Flag: pigment rising (t)", "Flag: redness not settling (t)", "Flag: tram tracks (t)", "Flag: patch-test reaction", "Redness", "Pigment"} {
		if missing(bare, what) == "" {
			t.Errorf("%s is not listed: %v", what, bare.NotAssessed)
		}
	}
	if why := missing(bare, "Flag: texture worsening (t)"); why != "" {
		t.Errorf("texture needs no light: %s", why)
	}
	untreated := constructed([]int{0, 14, 40}, 1, steady)
	untreated.Treatments = nil
	Assess(untreated, Noise{})
	if missing(untreated, "Flags") == "" || len(untreated.NotAssessed) != 1 {
		t.Errorf("no treatment: %v", untreated.NotAssessed)
	}
	alone := constructed([]int{0}, 1, steady)
	Assess(alone, Noise{})
	if missing(alone, "Any change") == "" || len(alone.NotAssessed) != 1 || len(alone.Changes) != 0 {
		t.Errorf("one visit: %v", alone.NotAssessed)
	}
	lost := constructed([]int{0, 40}, 1, steady)
	lost.Series.Baseline = ""
	Assess(lost, Noise{})
	if missing(lost, "Any change") == "" || len(lost.Changes) != 0 {
		t.Errorf("no baseline: %v", lost.NotAssessed)
	}
}

// What the baseline could not measure is told with its own reason, without what other
// values of the region live with as well.
func TestNotAssessedSaysWhy(t *testing.T) {
	rec := constructed([]int{0, 40}, 1, steady)
	for _, r := range rec.Photos[0].ROIs {
		for name, m := range r.Measures {
			m.Warnings = []string{outcome.ProfileAssumed}
			if name == "roughness" || name == "texture_coarse" {
				m.Value, m.Warnings = outcome.NaN(), append(m.Warnings, outcome.ScaleUnknown)
			}
			r.Measures[name] = m
		}
	}
	Assess(rec, Noise{})
	want := "The baseline has no value of roughness in this region. " + outcome.WarningText(outcome.ScaleUnknown)
	for _, what := range []string{"Texture (t)", "Flag: texture worsening (t)"} {
		if got := missing(rec, what); got != want {
			t.Errorf("%s: %q, want %q", what, got, want)
		}
	}
}

// A card that set the light of both photos is enough without control skin.
func TestCardStandsForControl(t *testing.T) {
	rec := constructed([]int{0, 14}, 1, higher("melanin", 30, 1))
	for i := range rec.Photos {
		p := &rec.Photos[i]
		p.Calibration = outcome.Calibration{Method: "card"}
		p.ROIs = slices.DeleteFunc(p.ROIs, func(r outcome.ROI) bool { return r.Kind == outcome.Control })
	}
	Assess(rec, Noise{})
	if got := raised(rec); !slices.Equal(got, []string{"pigment_rising t 01 review"}) {
		t.Errorf("%v", got)
	}
}

// False flags per unchanged course, each, and misses of a rise of twice and of three
// times the MDC95. A check is one-sided at 2.5 %; the bounds leave three standard
// errors of 200 courses.
func TestFlagRates(t *testing.T) {
	notShort(t)
	const courses = 200
	noise := simulated{cv: 0.03, light: 0.02, replicates: 1, days: []int{0, 2, 9, 20, 40}}
	count := func(shift float64, measure string) map[string]int {
		rng := rand.New(rand.NewPCG(29, 31))
		n := map[string]int{}
		s := noise
		s.shift, s.shifted = shift, measure
		for range courses {
			rec := s.course(rng)
			Assess(rec, Noise{Repeatability: s.known()})
			for _, f := range rec.Flags {
				n[f.Code]++
			}
		}
		return n
	}
	unchanged := count(0, "")
	for _, code := range []string{FlagRedness, FlagPigment, FlagTexture} {
		t.Logf("%s: false in %.1f %% of unchanged courses", code, 100*share(unchanged[code], courses))
		if f := share(unchanged[code], courses); !(f <= 0.025+3*0.011) {
			t.Errorf("%s: false in %.3f of courses", code, f)
		}
	}
	mdc := 1.972 * 2 * noise.cv // t(0.975; 200)·√2·√2·cv: relative to the level
	for code, measure := range map[string]string{FlagRedness: "hemoglobin", FlagPigment: "melanin", FlagTexture: "roughness"} {
		two, three := courses-count(2*mdc, measure)[code], courses-count(3*mdc, measure)[code]
		t.Logf("%s: misses %.1f %% of rises of 2 MDC95, %.1f %% of 3", code, 100*share(two, courses), 100*share(three, courses))
		if !(share(two, courses) <= 0.10) || !(share(three, courses) <= 0.02) {
			t.Errorf("%s: misses %d and %d of %d", code, two, three, courses)
		}
	}
}
