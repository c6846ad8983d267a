package trend

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"

	"dermtrace/internal/outcome"
	"dermtrace/internal/stats"
)

// Arms of a trial: the kind of the region.
const (
	armTreated    = outcome.Treated
	armComparator = outcome.Comparator
)

// ErrTooFewSubjects is returned when a comparison of arms would mean nothing.
var ErrTooFewSubjects = errors.New("too few subjects")

// leastPairs is the number of subjects below which no comparison is made: with five, no
// exact signed-rank test can reach p 0.05.
const leastPairs = 6

// Unit is the unit of analysis of a study: one side of one subject at one visit, its
// photos averaged and, where a side has several regions of an arm, those too.
type Unit struct {
	Subject  string  `json:"subject"`
	Side     string  `json:"side"`
	Arm      string  `json:"arm"`
	Visit    string  `json:"visit"`
	Day      int     `json:"day"`
	Baseline bool    `json:"baseline"`
	Value    float64 `json:"value"`
}

// Units lists the usable visits of records, one or more per subject, in a measure and
// contrast (raw or vs_control). Sides of a subject may stand in records of their own or
// as two regions of one.
func Units(records []*outcome.Record, measure, contrast string) []Unit {
	sums := map[Unit][]float64{}
	for _, rec := range records {
		addUnits(sums, newCourse(rec, Noise{BuiltIn: []Figure{}}), measure, contrast)
	}
	return averaged(sums)
}

// addUnits adds the values of one record, the arm being the kind of the region.
func addUnits(sums map[Unit][]float64, c *course, measure, contrast string) {
	for k := range c.tracks {
		t := &c.tracks[k]
		if t.measure != measure || t.contrast != contrast || t.kind != armTreated && t.kind != armComparator {
			continue
		}
		for v, visit := range c.rec.Visits {
			if t.usable(v) {
				key := Unit{c.rec.Series.Subject, c.rec.Series.Side, t.kind, visit.Visit, visit.Day, v == c.baseline, 0}
				sums[key] = append(sums[key], t.points[v].value)
			}
		}
	}
}

func averaged(sums map[Unit][]float64) []Unit {
	list := []Unit{}
	for u, values := range sums {
		u.Value = mean(values)
		list = append(list, u)
	}
	slices.SortFunc(list, func(a, b Unit) int {
		return cmp.Or(cmp.Compare(a.Subject, b.Subject), cmp.Compare(a.Day, b.Day), cmp.Compare(a.Visit, b.Visit),
			cmp.Compare(a.Arm, b.Arm), cmp.Compare(a.Side, b.Side))
	})
	return list
}

// SplitFace compares two arms within subjects at one planned visit.
type SplitFace struct {
	N        int
	Subjects []string
	Change   stats.TTest      // difference of the arms' changes from baseline
	Signed   stats.SignedRank // of the same
	BCa      stats.Bootstrap  // of their mean, over subjects
	Adjusted stats.Line       // of the arms' difference then on that at baseline; its intercept is the effect
	Warnings []string
}

// Window is which visit is the planned one: the nearest to Day that is at most Within
// days off; or, where nothing was planned, the last.
type Window struct {
	Day    int  `json:"day"`
	Within int  `json:"within"`
	Last   bool `json:"last"`
}

// CompareArms is the analysis of a split-face design. Each subject is one pair: the
// difference treated − comparator at the planned visit, adjusted for the same
// difference at baseline. Subjects that lack one of the four values are left out and
// counted in the warnings.
func CompareArms(units []Unit, planned Window, seed uint64) (SplitFace, error) {
	var s SplitFace
	var base, then, change []float64
	left := 0
	for _, one := range bySubject(units) {
		b, t := difference(one, planned, true), difference(one, planned, false)
		if math.IsNaN(b) || math.IsNaN(t) {
			left++
			continue
		}
		s.Subjects = append(s.Subjects, one[0].Subject)
		base, then, change = append(base, b), append(then, t), append(change, t-b)
	}
	s.N = len(change)
	if left > 0 {
		s.Warnings = append(s.Warnings, fmt.Sprintf("%d subjects lack an arm, the baseline or the planned visit", left))
	}
	if s.N < leastPairs {
		return s, fmt.Errorf("%w: %d with both arms at both visits, at least %d are needed", ErrTooFewSubjects, s.N, leastPairs)
	}
	var err, errLine error
	if s.Change, err = stats.OneSampleT(change, 0); err != nil {
		return s, err
	}
	if s.Adjusted, errLine = stats.FitLine(base, then); errLine != nil {
		s.Warnings = append(s.Warnings, "the baseline difference does not vary: no adjustment")
	}
	if s.Signed, err = stats.WilcoxonSignedRank(change, stats.DropZeros); err != nil {
		return s, err
	}
	s.BCa, err = stats.BCa(s.N, meanOf(change), stats.BootstrapOptions{Seed: seed})
	return s, err
}

func bySubject(units []Unit) [][]Unit {
	var list [][]Unit
	for _, u := range units {
		if n := len(list); n > 0 && list[n-1][0].Subject == u.Subject {
			list[n-1] = append(list[n-1], u)
		} else {
			list = append(list, []Unit{u})
		}
	}
	return list
}

// difference of the arms of one subject, at baseline or at the planned visit; NaN where
// an arm is missing.
func difference(units []Unit, planned Window, baseline bool) float64 {
	return atVisit(units, armTreated, planned, baseline) - atVisit(units, armComparator, planned, baseline)
}

// atVisit is an arm's value at baseline or at the planned visit; NaN where it has none.
func atVisit(units []Unit, arm string, planned Window, baseline bool) float64 {
	if u, ok := planned.of(units, arm, baseline); ok {
		return u.Value
	}
	return math.NaN()
}

// of finds the unit of an arm at baseline or at the planned visit, the earlier of two
// equally near. Units of one subject stand in the order of their days.
func (w Window) of(units []Unit, arm string, baseline bool) (found Unit, ok bool) {
	best := w.Within + 1
	for _, u := range units {
		off := max(u.Day-w.Day, w.Day-u.Day)
		switch {
		case u.Arm != arm || u.Baseline != baseline:
		case baseline:
			return u, true
		case w.Last:
			found, ok = u, true
		case off < best:
			best, found, ok = off, u, true
		}
	}
	return found, ok
}

// ArmCourse is visit × arm over all visits by a mixed model.
type ArmCourse struct {
	Model    stats.Mixed
	Names    []string // of the fixed effects, in order
	N        int      // subjects
	Warnings []string
}

// CompareCourses fits value ~ visit × arm with random intercepts of subject and, where
// subjects have two sides, of side within subject, by REML with Satterthwaite's degrees
// of freedom. Visits are named by number in each subject's order, the baseline first, and
// by the days on which they were; at least five subjects. With one arm it is value ~ visit. The treated arm is called treated.
func CompareCourses(units []Unit, treated string) (ArmCourse, error) {
	var a ArmCourse
	cells := a.cells(units)
	if cells.visits < 2 {
		return a, fmt.Errorf("%w: no visit after the baseline", ErrTooFewSubjects)
	}
	m, err := stats.LinearMixed(a.design(units, cells, treated))
	if errors.Is(err, stats.ErrTooFew) {
		return a, fmt.Errorf("%w: %d, at least 5 are needed for a mixed model", ErrTooFewSubjects, a.N)
	}
	a.Model = m
	a.Warnings = append(a.Warnings, m.Warnings...)
	return a, err
}

// cells says of each unit which visit, subject and side it is.
type cells struct {
	visits               int
	order, subject, side []int
	twoArms, twoSides    bool
}

func (a *ArmCourse) cells(units []Unit) cells {
	var c cells
	uneven := false
	for i, one := range bySubject(units) {
		numbers, arms := map[string]int{}, map[string]int{}
		for _, u := range one {
			if _, seen := numbers[u.Visit]; !seen {
				numbers[u.Visit] = len(numbers)
			}
			if _, seen := arms[u.Arm]; !seen {
				arms[u.Arm] = len(arms)
			}
			side := 2 * i
			if u.Arm == armTreated {
				side++
			}
			c.order, c.subject, c.side = append(c.order, numbers[u.Visit]), append(c.subject, i), append(c.side, side)
			c.twoArms = c.twoArms || u.Arm != units[0].Arm
		}
		c.twoSides = c.twoSides || len(arms) > 1
		uneven = uneven || a.N > 0 && len(numbers) != c.visits
		c.visits = max(c.visits, len(numbers))
		a.N++
	}
	if uneven {
		a.Warnings = append(a.Warnings, "subjects differ in their number of visits: a visit that one missed shifts the numbers of its later ones")
	}
	return c
}

// names of the visits by number: "visit 2 (day 28)", or the days from first to last where
// subjects differ.
func (c *cells) names(units []Unit) []string {
	first, last := make([]int, c.visits), make([]int, c.visits)
	for v := range first {
		first[v], last[v] = math.MaxInt, math.MinInt
	}
	for i, u := range units {
		v := c.order[i]
		first[v], last[v] = min(first[v], u.Day), max(last[v], u.Day)
	}
	list := make([]string, c.visits)
	for v := range list {
		list[v] = fmt.Sprintf("visit %d (day %d)", v+1, first[v])
		if first[v] < last[v] {
			list[v] = fmt.Sprintf("visit %d (days %d to %d)", v+1, first[v], last[v])
		}
	}
	return list
}

// design builds the columns: 1, visit 2…, and with two arms: arm, visit 2… × arm.
func (a *ArmCourse) design(units []Unit, c cells, arm string) stats.MixedData {
	var d stats.MixedData
	column := func(name string, value func(i int) bool) {
		x := make([]float64, len(units))
		for i := range x {
			if value(i) {
				x[i] = 1
			}
		}
		d.X, a.Names = append(d.X, x), append(a.Names, name)
	}
	column("intercept", func(int) bool { return true })
	names := c.names(units)
	for v := 1; v < c.visits; v++ {
		column(names[v], func(i int) bool { return c.order[i] == v })
	}
	if treated := func(i int) bool { return units[i].Arm == armTreated }; c.twoArms {
		column(arm, treated)
		for v := 1; v < c.visits; v++ {
			column(names[v]+" × "+arm, func(i int) bool { return c.order[i] == v && treated(i) })
		}
	}
	for _, u := range units {
		d.Y = append(d.Y, u.Value)
	}
	one := [][]float64{d.X[0]}
	d.Random = []stats.Random{{Group: c.subject, Z: one}}
	if c.twoSides {
		d.Random = append(d.Random, stats.Random{Group: c.side, Z: one})
	}
	return d
}
