package trend

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"dermtrace/internal/outcome"
	"dermtrace/internal/stats"
)

// Analysis is one answer with what it rests on.
type Analysis struct {
	Name        string            `json:"name"`
	Effect      string            `json:"effect"` // what the estimate is
	Method      string            `json:"method"`
	Assumptions string            `json:"assumptions"`
	N           int               `json:"n"` // subjects
	Estimate    outcome.Number    `json:"estimate"`
	CI95        [2]outcome.Number `json:"ci95"`
	P           outcome.Number    `json:"p"` // two-sided
	DF          outcome.Number    `json:"df"`
	Refused     string            `json:"refused"` // why there is no answer; "": there is one
	Warnings    []string          `json:"warnings"`
}

// bootstrapSeed is fixed, so that the same data give the same interval.
const bootstrapSeed = 1

func newAnalysis(name, effect, method, assumptions string) Analysis {
	nan := outcome.NaN()
	return Analysis{Name: name, Effect: effect, Method: method, Assumptions: assumptions, Estimate: nan,
		CI95: [2]outcome.Number{nan, nan}, P: nan, DF: nan, Warnings: []string{}}
}

// with fills in an answer, or why there is none.
func (a Analysis) with(n int, estimate float64, ci stats.Interval, p float64, err error) Analysis {
	if a.N = n; err != nil {
		a.Refused = err.Error()
		return a
	}
	a.Estimate, a.CI95, a.P = outcome.Number(estimate), interval(ci), outcome.Number(p)
	return a
}

var noInterval = stats.Interval{Low: math.NaN(), High: math.NaN()}

// analyse runs the tests that the design calls for.
func (f *Findings) analyse() {
	if len(f.Arms) > 2 {
		f.Warnings = append(f.Warnings, "more than two arms: no comparison was made; take two at a time")
		return
	}
	units := slices.Clone(f.Units)
	for i := range units { // the roles that the comparisons know
		switch {
		case len(f.Arms) == 2 && units[i].Arm == f.Arms[1]:
			units[i].Arm = armComparator
		default:
			units[i].Arm = armTreated
		}
	}
	switch f.Design {
	case SplitDesign:
		f.split(units)
	case ParallelDesign:
		f.parallel()
	default:
		f.single()
	}
	f.courses(units)
}

// Assumptions, as printed.
const (
	independent = "Subjects are independent."
	normal      = "Subjects are independent and differences near normal."
	symmetric   = "Subjects are independent and differences symmetric about their middle."
	resampled   = "Subjects are independent and like the ones to whom the result is to apply."
	mixed       = "Residuals are normal with one variance, and missing visits are missing at random."
)

func (f *Findings) split(units []Unit) {
	effect := f.Arms[0] + " − " + f.Arms[1] + ", change from baseline"
	s, err := CompareArms(units, f.Visit, bootstrapSeed)
	adjusted := newAnalysis("split-face, adjusted for baseline", f.Arms[0]+" − "+f.Arms[1]+" at the visit, at no difference at baseline",
		"difference of sides at the visit, regressed on that at baseline (least squares)", "Subjects are independent; residuals near normal with one variance; a straight line.")
	adjusted = adjusted.with(s.N, s.Adjusted.Intercept.Value, s.Adjusted.Intercept.CI, s.Adjusted.InterceptP, err)
	if err == nil && s.Adjusted.N == 0 {
		adjusted = adjusted.with(s.N, 0, noInterval, 0, errors.New("the baseline difference does not vary"))
	}
	adjusted.DF = df(s.Adjusted.DF)
	paired := newAnalysis("paired t", effect, "Student's t of within-subject differences", normal).with(s.N, s.Change.Mean, s.Change.CI, s.Change.P, err)
	paired.DF = df(s.Change.DF)
	signed := newAnalysis("signed rank", effect, exactly("Wilcoxon signed rank", s.Signed.Exact), symmetric).with(s.N, math.NaN(), noInterval, s.Signed.P, err)
	boot := newAnalysis("bootstrap", effect, "BCa interval of the mean, 10,000 resamples of subjects", resampled).with(s.N, s.BCa.Estimate, s.BCa.CI, math.NaN(), err)
	boot.Warnings = append(boot.Warnings, s.BCa.Warnings...)
	adjusted.Warnings = append(adjusted.Warnings, s.Warnings...)
	f.Analyses = append(f.Analyses, adjusted, paired, signed, boot)
}

func df(v float64) outcome.Number {
	if v == 0 {
		return outcome.NaN()
	}
	return outcome.Number(v)
}

func exactly(name string, exact bool) string {
	if exact {
		return name + ", exact with its ties"
	}
	return name + ", normal approximation"
}

// SubjectChange is the change of one subject's arm from baseline to the planned visit.
type SubjectChange struct {
	Subject string
	Value   float64
}

// Changes lists those of an arm, by subject.
func (f *Findings) Changes(arm string) []SubjectChange { return changes(f.Units, arm, f.Visit) }

func changes(units []Unit, arm string, planned Window) []SubjectChange {
	var list []SubjectChange
	for _, one := range bySubject(units) {
		if d := atVisit(one, arm, planned, false) - atVisit(one, arm, planned, true); !math.IsNaN(d) {
			list = append(list, SubjectChange{one[0].Subject, d})
		}
	}
	return list
}

func (f *Findings) changes(arm string) []float64 {
	var list []float64
	for _, c := range f.Changes(arm) {
		list = append(list, c.Value)
	}
	return list
}

func tooFew(n int, what string) error {
	if n >= leastPairs {
		return nil
	}
	return fmt.Errorf("%w: %d %s, at least %d are needed", ErrTooFewSubjects, n, what, leastPairs)
}

func (f *Findings) parallel() {
	a, b := f.changes(f.Arms[0]), f.changes(f.Arms[1])
	n, effect := len(a)+len(b), f.Arms[0]+" − "+f.Arms[1]+", change from baseline"
	few := tooFew(min(len(a), len(b)), "in the smaller arm")
	var t stats.TTest
	var u stats.RankSum
	var boot stats.Bootstrap
	errT, errBoot := few, few
	if few == nil {
		t, errT = stats.WelchT(a, b)
		u, _ = stats.MannWhitney(a, b) // neither arm is empty
		boot, errBoot = stats.BCa(n, differenceOfArms(a, b), stats.BootstrapOptions{Seed: bootstrapSeed})
	}
	welch := newAnalysis("unpaired t", effect, "Welch's t of changes", normal).with(n, t.Mean, t.CI, t.P, errT)
	welch.DF = df(t.DF)
	ranks := newAnalysis("rank sum", effect+", Hodges-Lehmann", exactly("Mann-Whitney", u.Exact), independent).with(n, u.Shift, noInterval, u.P, few)
	bca := newAnalysis("bootstrap", effect, "BCa interval of the difference of means, 10,000 resamples of subjects", resampled).with(n, boot.Estimate, boot.CI, math.NaN(), errBoot)
	bca.Warnings = append(bca.Warnings, boot.Warnings...)
	f.Analyses = append(f.Analyses, welch, ranks, bca)
}

// meanOf is the mean of a resample of values.
func meanOf(values []float64) func(index []int) float64 {
	return func(index []int) float64 {
		var sum float64
		for _, i := range index {
			sum += values[i]
		}
		return sum / float64(len(index))
	}
}

// differenceOfArms is the statistic of a resample of subjects of both arms; a resample
// without one of the arms says nothing and counts as the estimate itself.
func differenceOfArms(a, b []float64) func(index []int) float64 {
	all := stats.Mean(a) - stats.Mean(b)
	return func(index []int) float64 {
		var sum [2]float64
		var n [2]float64
		for _, i := range index {
			if i < len(a) {
				sum[0], n[0] = sum[0]+a[i], n[0]+1
			} else {
				sum[1], n[1] = sum[1]+b[i-len(a)], n[1]+1
			}
		}
		if n[0] == 0 || n[1] == 0 {
			return all
		}
		return sum[0]/n[0] - sum[1]/n[1]
	}
}

func (f *Findings) single() {
	var d []float64
	if len(f.Arms) == 1 {
		d = f.changes(f.Arms[0])
	}
	few := tooFew(len(d), "with baseline and planned visit")
	var t stats.TTest
	var w stats.SignedRank
	var boot stats.Bootstrap
	errT, errW, errBoot := few, few, few
	if few == nil {
		t, errT = stats.OneSampleT(d, 0)
		w, errW = stats.WilcoxonSignedRank(d, stats.DropZeros)
		boot, errBoot = stats.BCa(len(d), meanOf(d), stats.BootstrapOptions{Seed: bootstrapSeed})
	}
	const effect = "change from baseline"
	paired := newAnalysis("paired t", effect, "Student's t of changes", normal).with(len(d), t.Mean, t.CI, t.P, errT)
	paired.DF = df(t.DF)
	paired.Warnings = append(paired.Warnings, "one arm: a change has no comparison, and time alone may have made it")
	signed := newAnalysis("signed rank", effect, exactly("Wilcoxon signed rank", w.Exact), symmetric).with(len(d), math.NaN(), noInterval, w.P, errW)
	bca := newAnalysis("bootstrap", effect, "BCa interval of the mean, 10,000 resamples of subjects", resampled).with(len(d), boot.Estimate, boot.CI, math.NaN(), errBoot)
	bca.Warnings = append(bca.Warnings, boot.Warnings...)
	f.Analyses = append(f.Analyses, paired, signed, bca)
}

// courses adds every fixed effect after the baseline of the mixed model over all visits,
// and the share of variance that lies between subjects.
func (f *Findings) courses(units []Unit) {
	treated := ""
	if len(f.Arms) > 0 {
		treated = f.Arms[0]
	}
	c, err := CompareCourses(units, treated)
	a := newAnalysis("mixed model", "visit × arm", "linear mixed model by REML: visit × arm, random intercepts of subject and, within subjects that have both, of side, Satterthwaite degrees of freedom", mixed)
	if err != nil {
		f.Analyses = append(f.Analyses, a.with(c.N, 0, noInterval, 0, err))
		return
	}
	for i, e := range c.Model.Fixed[1:] {
		a.Effect = c.Names[i+1]
		one := a.with(c.N, e.Value, e.CI, e.P, nil)
		one.DF, one.Warnings = outcome.Number(e.DF), append([]string{}, c.Warnings...)
		f.Analyses = append(f.Analyses, one)
	}
	var within float64
	for _, sd := range c.Model.SD[1:] {
		within += sd[0] * sd[0]
	}
	between, residual := c.Model.SD[0][0]*c.Model.SD[0][0], c.Model.Sigma*c.Model.Sigma
	icc := newAnalysis("ICC", "share of variance between subjects", "variance of subjects over that of subjects, sides and residual, from the mixed model", mixed)
	f.Analyses = append(f.Analyses, icc.with(c.N, between/(between+within+residual), noInterval, math.NaN(), nil))
}
