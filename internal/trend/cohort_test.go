package trend

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"dermtrace/internal/outcome"
)

// trial is a split-face study: subjects differ, sides differ a little, the treated side
// moves by effect from the first visit on.
func trial(rng *rand.Rand, subjects int, effect float64) []*outcome.Record {
	var list []*outcome.Record
	for i := range subjects {
		subject, sides := 2*rng.NormFloat64(), map[string]float64{"t": 0.5 * rng.NormFloat64(), "arm": 0.5 * rng.NormFloat64()}
		rec := constructed([]int{0, 42, 90}, 2, func(_, r string, v, _ int) outcome.Number {
			x := 20 + subject + sides[r] + 0.3*rng.NormFloat64()
			if r == "t" && v > 0 {
				x += effect
			}
			return outcome.Number(x)
		})
		rec.Series.Subject = fmt.Sprintf("P%03d", i)
		Assess(rec, Noise{})
		list = append(list, rec)
	}
	return list
}

func TestUnitsAreSubjectArmVisit(t *testing.T) {
	units := Units(trial(rand.New(rand.NewPCG(1, 1)), 4, 0), "roughness", outcome.Raw)
	if len(units) != 4*2*3 {
		t.Fatalf("%d units, want subjects × arms × visits = 24", len(units))
	}
	if u := units[0]; u.Subject != "P000" || u.Arm != outcome.Comparator || !u.Baseline || u.Day != 0 {
		t.Errorf("%+v", u)
	}
}

func TestSplitFaceFindsTheEffect(t *testing.T) {
	units := Units(trial(rand.New(rand.NewPCG(5, 7)), 20, -1), "roughness", outcome.Raw)
	s, err := CompareArms(units, Window{Day: 84, Within: 14}, 1)
	if err != nil {
		t.Fatal(err)
	}
	for name, ci := range map[string][2]float64{"t": {s.Change.CI.Low, s.Change.CI.High}, "adjusted": {s.Adjusted.Intercept.CI.Low, s.Adjusted.Intercept.CI.High},
		"BCa": {s.BCa.CI.Low, s.BCa.CI.High}} {
		if !(ci[0] <= -1 && -1 <= ci[1] && ci[1] < 0) {
			t.Errorf("%s: %v does not hold −1 or holds 0", name, ci)
		}
	}
	if s.N != 20 || !(s.Signed.P < 0.01) {
		t.Errorf("%+v", s)
	}
	m, err := CompareCourses(units, "deep")
	if err != nil {
		t.Fatal(err)
	}
	if m.N != 20 || len(m.Names) != 6 || m.Names[1] != "visit 2 (day 42)" || m.Names[5] != "visit 3 (day 90) × deep" {
		t.Fatalf("%v of %d", m.Names, m.N)
	}
	// By balance the interaction is the mean difference of differences.
	if e := m.Model.Fixed[5]; !(math.Abs(e.Value-s.Change.Mean) < 1e-6) || !(math.Abs(e.DF-76) < 0.5) || !(e.P < 0.001) {
		t.Errorf("interaction %+v, by hand %v", e, s.Change.Mean)
	}
}

// Under no effect each test rejects in about 5 % of trials: 300 trials, three standard
// errors of 1.3 %.
func TestSplitFaceKeepsItsLevel(t *testing.T) {
	rng := rand.New(rand.NewPCG(43, 47))
	const trials = 300
	var tests, signed, adjusted int
	for range trials {
		var units []Unit
		for i := range 8 {
			subject := rng.NormFloat64()
			for _, arm := range []string{armTreated, armComparator} {
				side := rng.NormFloat64()
				for v, day := range []int{0, 90} {
					units = append(units, Unit{Subject: fmt.Sprint(i), Arm: arm, Day: day, Visit: fmt.Sprint(day), Baseline: v == 0,
						Value: subject + side + 0.3*rng.NormFloat64()})
				}
			}
		}
		s, err := CompareArms(units, Window{Day: 90}, 1)
		if err != nil {
			t.Fatal(err)
		}
		tests += below(s.Change.P)
		signed += below(s.Signed.P)
		adjusted += below(s.Adjusted.InterceptP)
	}
	t.Logf("rejected: t %.1f %%, signed rank %.1f %%, adjusted %.1f %%", 100*share(tests, trials), 100*share(signed, trials), 100*share(adjusted, trials))
	for _, n := range []int{tests, signed, adjusted} {
		if !(share(n, trials) <= 0.05+3*0.013) {
			t.Errorf("a test rejects %d of %d", n, trials)
		}
	}
}

func below(p float64) int {
	if p <= 0.05 {
		return 1
	}
	return 0
}

func TestCohortRefusesFew(t *testing.T) {
	units := Units(trial(rand.New(rand.NewPCG(1, 2)), 4, 0), "roughness", outcome.Raw)
	if _, err := CompareArms(units, Window{Day: 90}, 1); !errors.Is(err, ErrTooFewSubjects) {
		t.Errorf("four pairs: %v", err)
	}
	if _, err := CompareCourses(units, "deep"); !errors.Is(err, ErrTooFewSubjects) {
		t.Errorf("four subjects in a mixed model: %v", err)
	}
	if s, err := CompareArms(units, Window{Day: 300, Within: 5}, 1); !errors.Is(err, ErrTooFewSubjects) || len(s.Warnings) != 1 {
		t.Errorf("no planned visit: %v, %v", s.Warnings, err)
	}
}
