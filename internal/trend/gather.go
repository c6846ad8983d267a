package trend

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"dermtrace/internal/outcome"
)

// CohortOptions are what a study set out to compare. The zero value explores: each
// family's primary measure, against control skin where there is any, at the last visit.
type CohortOptions struct {
	Measure  string // the planned one; "": none was planned
	Contrast string // raw | vs_control | vs_comparator; the last compares raw values of arms within subjects
	Visit    Window
	Alpha    float64 // 0: 0.05

	Arm      func(subject, side string) string // by allocation, "": not allocated; nil: treated and comparator regions are the arms
	Excluded func(subject string) string       // why a subject is left out; nil: none is
}

// Cohort gathers records one at a time and compares their arms.
type Cohort struct {
	opt         CohortOptions
	units       map[[2]string]map[Unit][]float64 // by measure and contrast
	definitions map[string]outcome.Definition
	subjects    map[string]string // to why they were left out
	statuses    map[statusKey]string
	grades      map[gradeKey][]grade
	series      int
}

type statusKey struct{ measure, contrast, subject, side, kind, roi, visit string }

type gradeKey struct{ scale, subject, side string }

type grade struct {
	at    moment
	rater string
	value float64
}

// NewCohort starts with no records.
func NewCohort(opt CohortOptions) *Cohort {
	if opt.Alpha == 0 {
		opt.Alpha = outcome.Level
	}
	return &Cohort{opt: opt, units: map[[2]string]map[Unit][]float64{}, definitions: map[string]outcome.Definition{},
		subjects: map[string]string{}, statuses: map[statusKey]string{}, grades: map[gradeKey][]grade{}}
}

// Add takes what the cohort needs from an assessed record. A record without a subject
// counts as a subject of its own, named by what stands for it.
func (h *Cohort) Add(rec *outcome.Record, name string) {
	h.series++
	own := *rec
	if own.Series.Subject == "" {
		own.Series.Subject = name
	}
	subject := own.Series.Subject
	if _, known := h.subjects[subject]; !known {
		h.subjects[subject] = ""
		if h.opt.Excluded != nil {
			h.subjects[subject] = h.opt.Excluded(subject)
		}
	}
	if h.subjects[subject] != "" {
		return
	}
	c := newCourse(&own, Noise{BuiltIn: []Figure{}})
	for measure, def := range own.Definitions {
		if def.Primary || measure == h.opt.Measure {
			h.definitions[measure] = def
			h.addMeasure(c, measure)
		}
	}
	h.addStatuses(c)
	h.addGrades(&own)
}

func (h *Cohort) addMeasure(c *course, measure string) {
	for _, contrast := range []string{outcome.Raw, outcome.VsControl} {
		key := [2]string{measure, contrast}
		if h.units[key] == nil {
			h.units[key] = map[Unit][]float64{}
		}
		addUnits(h.units[key], c, measure, contrast)
	}
}

func (h *Cohort) addStatuses(c *course) {
	kinds := map[string]string{}
	for _, r := range c.regions {
		kinds[r.name] = r.kind
	}
	of := c.rec.Series
	for _, r := range c.rec.Changes {
		if _, wanted := h.definitions[r.Measure]; wanted && r.Against == outcome.AgainstBaseline {
			h.statuses[statusKey{r.Measure, r.Contrast, of.Subject, of.Side, kinds[r.ROI], r.ROI, r.Visit}] = r.Status
		}
	}
}

// addGrades keeps each grade once: records of one side in several views repeat them.
func (h *Cohort) addGrades(rec *outcome.Record) {
	for _, s := range rec.Scores {
		at, ok := parse(s.At)
		if !ok || !s.Value.Known() {
			continue
		}
		key, g := gradeKey{s.Scale, rec.Series.Subject, rec.Series.Side}, grade{at, s.Rater, float64(s.Value)}
		if !slices.Contains(h.grades[key], g) {
			h.grades[key] = append(h.grades[key], g)
		}
	}
}

// Left is a subject that was left out, and why.
type Left struct {
	Subject string `json:"subject"`
	Reason  string `json:"reason"`
}

// Flow is how many got how far, in the manner of CONSORT (Schulz et al. 2010, BMJ
// 340:c332), for one measure.
type Flow struct {
	Series   int       `json:"series"`
	Subjects int       `json:"subjects"`
	Excluded []Left    `json:"excluded"`
	Arms     []ArmFlow `json:"arms"`
}

// ArmFlow is one arm of a Flow, in subjects.
type ArmFlow struct {
	Arm      string `json:"arm"`
	Measured int    `json:"measured"` // at any visit
	Baseline int    `json:"with_baseline"`
	Analysed int    `json:"analysed"` // with baseline and planned visit
	Left     []Left `json:"left"`
}

// Findings are the analyses of one measure.
type Findings struct {
	Title     string     `json:"title"` // planned or exploratory
	Planned   bool       `json:"planned"`
	Measure   string     `json:"measure"`
	Contrast  string     `json:"contrast"`
	Unit      string     `json:"unit"`
	Visit     Window     `json:"visit"`
	Alpha     float64    `json:"alpha"`
	Design    string     `json:"design"` // split-face | parallel | one arm
	Arms      []string   `json:"arms"`   // where two: the first less the second is the effect
	Flow      Flow       `json:"flow"`
	Analyses  []Analysis `json:"analyses"`
	Changed   []Changed  `json:"changed_beyond_measurement_error"`
	Grades    []Graded   `json:"agreement_with_grades"`
	Units     []Unit     `json:"units"`
	Warnings  []string   `json:"warnings"`
	reference string
}

// Designs of Findings.
const (
	SplitDesign    = "split-face"
	ParallelDesign = "parallel"
	OneArm         = "one arm"
)

// Findings analyses the planned measure first, then the primary measure of each other
// family, by name, which is exploratory.
func (h *Cohort) Findings() []Findings {
	list := []Findings{}
	if h.opt.Measure != "" {
		contrast := h.opt.Contrast
		if contrast == outcome.VsComparator {
			contrast = outcome.Raw
		}
		list = append(list, h.find(h.opt.Measure, contrast, true))
	}
	for _, m := range slices.Sorted(maps.Keys(h.definitions)) {
		if m == h.opt.Measure {
			continue
		}
		contrast := outcome.VsControl
		if len(h.units[[2]string{m, contrast}]) == 0 {
			contrast = outcome.Raw
		}
		list = append(list, h.find(m, contrast, false))
	}
	return list
}

func (h *Cohort) find(measure, contrast string, planned bool) Findings {
	f := Findings{Title: "Exploratory analysis", Planned: planned, Measure: measure, Contrast: contrast, Unit: h.definitions[measure].Unit,
		Visit: h.opt.Visit, Alpha: h.opt.Alpha, Analyses: []Analysis{}, Changed: []Changed{}, Grades: []Graded{}, Warnings: []string{}}
	if planned {
		f.Title = "Planned analysis"
	}
	f.Units = averaged(h.units[[2]string{measure, contrast}])
	f.Arms, f.Flow.Excluded = []string{}, []Left{}
	h.allocate(&f)
	f.design()
	h.flow(&f)
	f.analyse()
	h.changed(&f)
	h.agree(&f)
	return f
}

// allocate names the arm of each unit by the allocation; units that it does not know
// are left out.
func (h *Cohort) allocate(f *Findings) {
	if h.opt.Arm == nil {
		return
	}
	missing := map[string]bool{}
	for i, u := range f.Units {
		if f.Units[i].Arm = h.arm(u.Arm, u.Subject, u.Side); f.Units[i].Arm == "" {
			missing[u.Subject] = true
		}
	}
	f.Units = slices.DeleteFunc(f.Units, func(u Unit) bool { return u.Arm == "" })
	if len(missing) > 0 {
		f.Warnings = append(f.Warnings, fmt.Sprintf("%d subjects have a side that the allocation does not name", len(missing)))
	}
}

// arm of a region: a comparator is one by being drawn, treated skin by the allocation.
func (h *Cohort) arm(kind, subject, side string) string {
	if h.opt.Arm == nil || kind != armTreated {
		return kind
	}
	return h.opt.Arm(subject, side)
}

// references are words in the name of an arm that others are compared with.
var references = []string{armComparator, "control", "sham", "placebo", "untreated", "vehicle", "reference"}

// design says what is compared with what: the arm that sounds like a reference, else
// the one first by name, is the second.
func (f *Findings) design() {
	arms := map[string]bool{}
	f.Design = ParallelDesign
	for _, one := range bySubject(f.Units) {
		for _, u := range one {
			arms[u.Arm] = true
			if u.Arm != one[0].Arm {
				f.Design = SplitDesign
			}
		}
	}
	f.Arms = slices.Sorted(maps.Keys(arms))
	if len(f.Arms) < 2 {
		f.Design = OneArm
		return
	}
	at := slices.IndexFunc(f.Arms, func(arm string) bool {
		return slices.ContainsFunc(references, func(word string) bool { return strings.Contains(strings.ToLower(arm), word) })
	})
	f.reference = f.Arms[max(at, 0)]
	f.Arms = append(slices.DeleteFunc(f.Arms, func(arm string) bool { return arm == f.reference }), f.reference)
}

func (h *Cohort) flow(f *Findings) {
	f.Flow.Series, f.Flow.Subjects, f.Flow.Arms = h.series, len(h.subjects), []ArmFlow{}
	for _, s := range slices.Sorted(maps.Keys(h.subjects)) {
		if why := h.subjects[s]; why != "" {
			f.Flow.Excluded = append(f.Flow.Excluded, Left{s, why})
		}
	}
	for _, arm := range f.Arms {
		a := ArmFlow{Arm: arm, Left: []Left{}}
		for _, one := range bySubject(f.Units) {
			if !slices.ContainsFunc(one, func(u Unit) bool { return u.Arm == arm }) {
				continue
			}
			a.Measured++
			_, base := f.Visit.of(one, arm, true)
			_, then := f.Visit.of(one, arm, false)
			switch {
			case !base:
				a.Left = append(a.Left, Left{one[0].Subject, "no baseline could be measured"})
				continue
			case !then:
				a.Left = append(a.Left, Left{one[0].Subject, "no visit in the planned window could be measured"})
			default:
				a.Analysed++
			}
			a.Baseline++
		}
		f.Flow.Arms = append(f.Flow.Arms, a)
	}
}
