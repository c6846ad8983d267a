package trend

import (
	"maps"
	"math"
	"slices"

	"dermtrace/internal/outcome"
	"dermtrace/internal/stats"
)

// Changed is how many units of an arm changed beyond measurement error at the planned
// visit, by the status of their own rows.
type Changed struct {
	Arm           string            `json:"arm"`
	N             int               `json:"n"` // that could be compared
	Increased     int               `json:"increased"`
	Decreased     int               `json:"decreased"`
	NotComparable int               `json:"not_comparable"`
	Share         outcome.Number    `json:"share"` // of those compared
	ShareCI95     [2]outcome.Number `json:"share_ci95"`
}

// changed counts records' statuses; a unit of several regions counts each.
func (h *Cohort) changed(f *Findings) {
	for _, arm := range f.Arms {
		c := Changed{Arm: arm, Share: outcome.NaN(), ShareCI95: [2]outcome.Number{outcome.NaN(), outcome.NaN()}}
		at := map[[3]string]bool{}
		for _, one := range bySubject(f.Units) {
			if u, ok := f.Visit.of(one, arm, false); ok {
				at[[3]string{u.Subject, u.Side, u.Visit}] = true
			}
		}
		for key, status := range h.statuses {
			mine := key.measure == f.Measure && key.contrast == f.Contrast && at[[3]string{key.subject, key.side, key.visit}]
			if !mine || h.arm(key.kind, key.subject, key.side) != arm {
				continue
			}
			switch status {
			case outcome.Increased:
				c.Increased++
			case outcome.Decreased:
				c.Decreased++
			case outcome.NotComparable:
				c.NotComparable++
				continue
			}
			c.N++
		}
		if c.N > 0 {
			c.Share = outcome.Number(float64(c.Increased+c.Decreased) / float64(c.N))
			c.ShareCI95 = interval(stats.Wilson(c.Increased+c.Decreased, c.N))
		}
		f.Changed = append(f.Changed, c)
	}
}

// Graded is how a measured change goes with clinicians' grades.
type Graded struct {
	Scale    string            `json:"scale"`
	Of       string            `json:"of"` // what of the grade: its change, or its value at the visit
	Method   string            `json:"method"`
	N        int               `json:"n"`
	Rho      outcome.Number    `json:"rho"`
	CI95     [2]outcome.Number `json:"ci95"`
	Refused  string            `json:"refused"`
	Warnings []string          `json:"warnings"`
}

// gradeDays is how far a grade may be from the visit that it is taken to belong to.
// Project default.
const gradeDays = 14

// agree holds the change of the first arm against each scale's grades.
func (h *Cohort) agree(f *Findings) {
	scales := map[string]bool{}
	for key := range h.grades {
		scales[key.scale] = true
	}
	for _, scale := range slices.Sorted(maps.Keys(scales)) {
		if len(f.Arms) > 0 {
			f.Grades = append(f.Grades, h.agreement(f, scale))
		}
	}
}

func (h *Cohort) agreement(f *Findings, scale string) Graded {
	var changes, then, both, difference []float64
	for _, one := range bySubject(f.Units) {
		base, okBase := f.Visit.of(one, f.Arms[0], true)
		unit, okThen := f.Visit.of(one, f.Arms[0], false)
		if !okBase || !okThen {
			continue
		}
		list := h.grades[gradeKey{scale, unit.Subject, unit.Side}]
		after, ok := nearest(list, unit.Visit)
		if !ok {
			continue
		}
		changes, then = append(changes, unit.Value-base.Value), append(then, after)
		if before, ok := nearest(list, base.Visit); ok {
			both, difference = append(both, unit.Value-base.Value), append(difference, after-before)
		}
	}
	if len(both) >= leastPairs {
		return correlated(Graded{Scale: scale, Of: "change of the grade"}, both, difference)
	}
	return correlated(Graded{Scale: scale, Of: "grade at the visit"}, changes, then)
}

// nearest is the mean of the raters' grades on the day nearest to a visit.
func nearest(list []grade, visit string) (float64, bool) {
	at, ok := parse(visit[:min(len(visit), len("2006-01-02"))])
	if !ok {
		return 0, false
	}
	best := gradeDays + 1
	var values []float64
	for _, g := range list {
		off := g.at.daysSince(at)
		off = max(off, -off)
		if off < best {
			best, values = off, nil
		}
		if off == best && off <= gradeDays {
			values = append(values, g.value)
		}
	}
	return mean(values), len(values) > 0
}

func correlated(g Graded, x, y []float64) Graded {
	g.Method, g.N, g.Warnings = "Spearman's rank correlation over subjects, BCa interval", len(x), []string{}
	g.Rho, g.CI95 = outcome.NaN(), interval(noInterval)
	if err := tooFew(len(x), "with grade and both visits"); err != nil {
		g.Refused = err.Error()
		return g
	}
	rho := func(index []int) float64 {
		var a, b []float64
		for _, i := range index {
			a, b = append(a, x[i]), append(b, y[i])
		}
		if r := stats.Spearman(a, b); !math.IsNaN(r) {
			return r
		}
		return 0 // a resample without variation shows no relation
	}
	if r := stats.Spearman(x, y); math.IsNaN(r) {
		g.Refused = "all grades, or all changes, are the same"
		return g
	}
	b, err := stats.BCa(len(x), rho, stats.BootstrapOptions{Seed: bootstrapSeed})
	g.Rho = outcome.Number(b.Estimate)
	if err != nil {
		g.Warnings = append(g.Warnings, "no interval: "+err.Error())
		return g
	}
	g.CI95, g.Warnings = interval(b.CI), append(g.Warnings, b.Warnings...)
	return g
}
