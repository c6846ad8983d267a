package trend

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"dermtrace/internal/outcome"
)

// spotted is a course of unchanged measures whose photos at the given visits hold tallies
// of treated (4 cm²) and control skin (2 cm²).
func spotted(days []int, replicates int, tally func(visit, photo int) (treated, control, receded int)) *outcome.Record {
	rec := constructed(days, replicates, steady)
	seen := map[string]int{}
	for i := range rec.Photos {
		p := &rec.Photos[i]
		v := slices.IndexFunc(rec.Visits, func(one outcome.Visit) bool { return one.Visit == p.Visit })
		t, c, gone := tally(v, seen[p.Visit])
		seen[p.Visit]++
		for k := range p.ROIs {
			r := &p.ROIs[k]
			switch {
			case v == 0:
			case r.Kind == outcome.Control:
				r.SpotTally = &outcome.SpotTally{Appeared: c, Receded: gone, AreaCM2: 2}
			case r.Name == "t":
				r.SpotTally = &outcome.SpotTally{Appeared: t, AreaCM2: 4}
			}
		}
	}
	return rec
}

func raisedSpots(rec *outcome.Record) bool {
	Assess(rec, Noise{})
	return slices.ContainsFunc(rec.Flags, func(f outcome.Flag) bool { return f.Code == FlagSpots && f.ROI == "t" })
}

func TestNewDarkSpots(t *testing.T) {
	always := func(t, c int) func(int, int) (int, int, int) {
		return func(int, int) (int, int, int) { return t, c, 0 }
	}
	for _, tt := range []struct {
		name       string
		days       []int
		replicates int
		tally      func(int, int) (int, int, int)
		want       bool
	}{
		{"none", []int{0, 20}, 1, always(0, 0), false},
		{"one", []int{0, 20}, 1, always(1, 0), false},
		{"twelve", []int{0, 20}, 1, always(12, 0), true},
		{"twelve on day 10", []int{0, 10}, 1, always(12, 0), false},
		{"as many on control skin", []int{0, 20}, 1, always(12, 6), false},
		{"as many go on control skin", []int{0, 20}, 1, func(int, int) (int, int, int) { return 6, 0, 6 }, false},
		{"one of two photos shows them", []int{0, 20}, 2, func(_, photo int) (int, int, int) { return 12 * photo, 0, 0 }, false},
		{"both photos show them", []int{0, 20}, 2, always(12, 0), true},
		{"gone at the next visit", []int{0, 20, 60}, 1, func(v, _ int) (int, int, int) { return 12 * (2 - v), 0, 0 }, false},
	} {
		if got := raisedSpots(spotted(tt.days, tt.replicates, tt.tally)); got != tt.want {
			t.Errorf("%s: flagged %v", tt.name, got)
		}
	}
}

// While redness has not settled new spots are watched, not reviewed.
func TestNewDarkSpotsWaitForRedness(t *testing.T) {
	for want, blood := range map[string]outcome.Number{levelReview: 10, levelWatch: 30} {
		rec := spotted([]int{0, 20}, 1, func(int, int) (int, int, int) { return 12, 0, 0 })
		for i := range rec.Photos {
			for _, r := range rec.Photos[i].ROIs {
				if r.Name == "t" && i == len(rec.Photos)-1 {
					m := r.Measures["hemoglobin"]
					m.Value = blood
					r.Measures["hemoglobin"] = m
				}
			}
		}
		Assess(rec, Noise{})
		i := slices.IndexFunc(rec.Flags, func(f outcome.Flag) bool { return f.Code == FlagSpots })
		if i < 0 || rec.Flags[i].Level != want {
			t.Errorf("blood of %v: %+v, want %s", blood, rec.Flags, want)
		}
	}
}

// A flag says what it counted; without control skin, or without spots that could be
// compared, nothing is said to be clear.
func TestNewDarkSpotsSayWhatTheyRestOn(t *testing.T) {
	rec := spotted([]int{0, 20}, 1, func(int, int) (int, int, int) { return 12, 1, 0 })
	if !raisedSpots(rec) {
		t.Fatal("no flag")
	}
	for _, f := range rec.Flags {
		if f.Code == FlagSpots && !(strings.Contains(f.Text, "12 in 4.0 cm²") && strings.Contains(f.Text, "control skin has 1 in 2.0 cm²")) {
			t.Errorf("the text is %q", f.Text)
		}
	}
	for i := range rec.Photos {
		p := &rec.Photos[i]
		p.ROIs = slices.DeleteFunc(p.ROIs, func(r outcome.ROI) bool { return r.Kind == outcome.Control })
	}
	if raisedSpots(rec) || !strings.Contains(missing(rec, "Flag: new dark spots (t)"), "No control skin") {
		t.Errorf("without control skin: %v, %v", rec.Flags, rec.NotAssessed)
	}
	bare := constructed([]int{0, 20}, 1, steady)
	if raisedSpots(bare) || !strings.Contains(missing(bare, "Flag: new dark spots (t)"), "5 pixels per millimetre") {
		t.Errorf("without spots: %v, %v", bare.Flags, bare.NotAssessed)
	}
}

// Where photos bring spots at a rate of their own, alike on treated and control skin, the
// flag is raised in at most 5 % of courses; twelve more on treated skin are seen where
// noise brings few.
func TestRatesOfNewDarkSpots(t *testing.T) {
	const courses = 20000
	for _, perCM2 := range []float64{0, 0.03, 0.1, 0.3, 0.6, 1, 3} {
		rng := rand.New(rand.NewPCG(7, uint64(100*perCM2)))
		falseOnes, missed := 0, 0
		for range courses {
			noise := func(cm2 float64) int { return poisson(rng, perCM2*cm2) }
			n, receded := came{here: noise(4), control: noise(2), area: 4, calm: 2}, noise(2)
			if n.byChance(receded) <= spotLevel {
				falseOnes++
			}
			if n.here += 12; n.byChance(receded) > spotLevel {
				missed++
			}
		}
		t.Logf("%.2f per cm² by noise: false in %.1f %% of courses, 12 more missed in %.1f %%", perCM2, 100*share(falseOnes, courses), 100*share(missed, courses))
		if !(share(falseOnes, courses) <= 0.05) || perCM2 <= 0.1 && !(share(missed, courses) <= 0.05) {
			t.Errorf("%.2f per cm²: %d false, %d missed of %d", perCM2, falseOnes, missed, courses)
		}
	}
}

func poisson(rng *rand.Rand, mean float64) int {
	n, at := 0, rng.ExpFloat64()
	for ; at < mean; at += rng.ExpFloat64() {
		n++
	}
	return n
}
