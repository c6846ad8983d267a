package trend

import (
	"cmp"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"dermtrace/internal/outcome"
	"dermtrace/internal/stats"
)

// simulated is how unchanged skin looks from visit to visit: each region's values
// drift apart by cv per visit, all regions of a photo share light, replicates scatter.
type simulated struct {
	cv, light, within float64
	shift             float64 // added to the treated region of all follow-ups, relative
	shifted           string  // the measure that it is added to; "": roughness
	replicates        int
	days              []int
}

func (s simulated) course(rng *rand.Rand) *outcome.Record {
	drift := map[[2]any]float64{}
	draw := func(key [2]any, sd float64) float64 {
		if _, ok := drift[key]; !ok {
			drift[key] = sd * rng.NormFloat64()
		}
		return drift[key]
	}
	shifted := cmp.Or(s.shifted, "roughness")
	return constructed(s.days, s.replicates, func(m, r string, v, k int) outcome.Number {
		e := draw([2]any{m + r, v}, s.cv) + draw([2]any{m, v}, s.light) + s.within*rng.NormFloat64()
		if r == "t" && v > 0 && m == shifted {
			e += s.shift
		}
		return outcome.Number(10 * (1 + e))
	})
}

// known are figures that state the simulation's own error.
func (s simulated) known() []Figure {
	var list []Figure
	for m, d := range definitions() {
		one := math.Hypot(s.cv, s.light)
		list = append(list,
			Figure{Measure: m, Unit: d.Unit, Contrast: outcome.Raw, CV: one, WithinCV: s.within, DF: 200},
			Figure{Measure: m, Unit: d.Unit, Contrast: outcome.VsControl, CV: math.Sqrt2 * s.cv, WithinCV: math.Sqrt2 * s.within, DF: 200})
	}
	return list
}

// tally counts over courses, given the true change of each row.
type tally struct {
	headlined, courses    int
	beyond, covered, rows int
}

func (a *tally) run(sim simulated, noise Noise, seed uint64) {
	rng := rand.New(rand.NewPCG(seed, 13))
	for range 200 {
		rec := sim.course(rng)
		Assess(rec, noise)
		a.courses++
		if slices.ContainsFunc(Headline(rec), func(c outcome.Change) bool { return sim.shift == 0 || c.Measure == "roughness" && c.Change > 0 }) {
			a.headlined++
		}
		for _, c := range rec.Changes {
			if !c.MDC95.Known() {
				continue
			}
			a.rows++
			if c.Status != outcome.NoChange {
				a.beyond++
			}
			if v := sim.truth(c); c.CI95[0] <= v && v <= c.CI95[1] {
				a.covered++
			}
		}
	}
}

// truth is the true change of a row: only roughness of the treated region shifts, and
// only after the baseline.
func (s simulated) truth(c outcome.Change) outcome.Number {
	first := c.Against == outcome.AgainstBaseline || c.Visit[len(c.Visit)-2:] == "01"
	if c.ROI == "t" && c.Measure == "roughness" && first {
		return outcome.Number(10 * s.shift)
	}
	return 0
}

func share(a, b int) float64 { return float64(a) / float64(b) }

// courses of a clinic: monthly treatments, replicates twice, long enough for a witness.
var longDays = []int{0, 28, 56, 84, 112, 140, 168, 196, 224}

func TestUnchangedCourses(t *testing.T) {
	notShort(t)
	for _, tt := range noiseCases() {
		var all tally
		all.run(tt.sim, tt.noise(), 11)
		all.log(t, tt.name)
		if f := share(all.headlined, all.courses); !(f <= 0.05) {
			t.Errorf("%s: %.3f of courses carry a false headline", tt.name, f)
		}
		if f := share(all.beyond, all.rows); !(f <= 0.07) {
			t.Errorf("%s: %.3f of rows are beyond noise", tt.name, f)
		}
	}
}

// A true change of twice the MDC95 that the tool prints, median over unchanged courses.
func TestTrueChanges(t *testing.T) {
	notShort(t)
	for _, tt := range noiseCases() {
		s := tt.sim
		s.shift = 2 * printedMDC(s, tt.noise()) / 10
		var all tally
		all.run(s, tt.noise(), 17)
		all.log(t, tt.name)
		if f := share(all.headlined, all.courses); !(f >= 0.80) {
			t.Errorf("%s: %.3f of true changes are headlined", tt.name, f)
		}
	}
}

// printedMDC is that of roughness at the last visit in the contrast of verdicts.
func printedMDC(sim simulated, noise Noise) float64 {
	rng := rand.New(rand.NewPCG(19, 13))
	var list []float64
	for range 100 {
		rec := sim.course(rng)
		Assess(rec, noise)
		for _, c := range rec.Changes {
			if c.Primary && c.Measure == "roughness" && c.Visit == rec.Visits[len(rec.Visits)-1].Visit {
				list = append(list, float64(c.MDC95))
			}
		}
	}
	return stats.Median(list)
}

type noiseCase struct {
	name  string
	sim   simulated
	known bool
}

func (c noiseCase) noise() Noise {
	if c.known {
		return Noise{Repeatability: c.sim.known()}
	}
	return Noise{BuiltIn: []Figure{}}
}

// noiseCases: light that all regions share, drift that each has for itself, replicates.
func noiseCases() []noiseCase {
	return []noiseCase{
		{"known noise", simulated{cv: 0.03, light: 0.02, within: 0.01, replicates: 2, days: longDays}, true},
		{"known noise, one photo", simulated{cv: 0.03, light: 0.03, within: 0.01, replicates: 1, days: []int{0, 30, 100}}, true},
		{"witness", simulated{cv: 0.03, light: 0.01, within: 0.01, replicates: 2, days: longDays}, false},
		{"witness, one photo", simulated{cv: 0.03, light: 0, within: 0.01, replicates: 1, days: longDays}, false},
	}
}

func (a tally) log(t *testing.T, name string) {
	t.Helper()
	covered := share(a.covered, a.rows)
	t.Logf("%s: headlined %.1f %% of %d courses, beyond noise %.1f %%, covered %.1f %% of %d rows", name,
		100*share(a.headlined, a.courses), a.courses, 100*share(a.beyond, a.rows), 100*covered, a.rows)
	if !(covered >= 0.92 && covered <= 0.98) {
		t.Errorf("%s: %.3f of intervals cover", name, covered)
	}
}

// notShort leaves simulations of hundreds of courses to full runs.
func notShort(t *testing.T) {
	t.Helper()
	if testing.Short() {
		t.Skip("SKIPPED: a simulation of hundreds of courses; run without -short")
	}
}
