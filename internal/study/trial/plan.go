// Package trial keeps a study honest: what was planned before anything was measured, who
// got what, and what raters saw without knowing which picture was which.
//
// It answers: what does plan.yaml say, which arm does allocation.csv give a subject, which
// coded pairs of pictures may raters see, and how well do raters agree? Ratings have the
// units of the rating sheet. It refuses unknown keys, guesses, keys that were changed, and
// sheets that do not fit their key.
package trial

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Plan is plan.yaml: what the study set out to test, written before it was measured.
type Plan struct {
	Primary    Primary     `yaml:"primary"`
	Alpha      float64     `yaml:"alpha"` // default 0.05
	Sides      int         `yaml:"sides"` // of the test: 1 or 2; default 2
	Visits     []Visit     `yaml:"visits"`
	Views      []View      `yaml:"views"` // that every subject is photographed in
	Exclusions []Exclusion `yaml:"exclusions"`
	Notes      string      `yaml:"notes"`
}

// Primary is the one comparison that the study is about; all others are exploratory.
type Primary struct {
	Measure  string `yaml:"measure"`
	Contrast string `yaml:"contrast"` // raw | vs_control | vs_comparator
	Day      int    `yaml:"day"`      // of the visit, from the first treatment
	Within   int    `yaml:"within"`   // days before and after that still count
}

// Visit is a planned visit.
type Visit struct {
	Name   string `yaml:"name"`
	Day    int    `yaml:"day"`
	Within int    `yaml:"within"`
}

// View is a planned view of every subject. What it does not say, any series has.
type View struct {
	Site string `yaml:"site"`
	Side string `yaml:"side"`
	View string `yaml:"view"`
}

// Is reports whether a series of that site, side and view is the planned one.
func (v View) Is(s View) bool {
	return (v.Site == "" || v.Site == s.Site) && (v.Side == "" || v.Side == s.Side) && (v.View == "" || v.View == s.View)
}

// Exclusion takes a subject out, with its reason.
type Exclusion struct {
	Subject string `yaml:"subject"`
	Reason  string `yaml:"reason"`
}

var planContrasts = []string{"raw", "vs_control", "vs_comparator"}

// ErrPlan is what every refusal of a plan is.
var ErrPlan = errors.New("plan.yaml")

// ParsePlan reads the text of plan.yaml.
func ParsePlan(text []byte) (*Plan, error) {
	p := &Plan{Alpha: 0.05, Sides: 2}
	dec := yaml.NewDecoder(bytes.NewReader(text))
	dec.KnownFields(true)
	if err := dec.Decode(p); err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("%w: %w", ErrPlan, plainly(err))
	}
	if err := cmp.Or(p.check(), p.checkDays(), p.checkViews()); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrPlan, err)
	}
	return p, nil
}

// What the YAML library says of a key or a value that does not fit a type of ours.
var (
	unknownKey = regexp.MustCompile(`field (\S+) not found in type \S+`)
	wrongValue = regexp.MustCompile("cannot unmarshal !!\\S+ (?:`([^`]*)` )?into \\S+")
)

// plainly says what is wrong with a plan without the types of this program.
func plainly(err error) error {
	var wrong *yaml.TypeError
	if !errors.As(err, &wrong) {
		return err
	}
	lines := make([]string, len(wrong.Errors))
	for i, e := range wrong.Errors {
		e = unknownKey.ReplaceAllString(e, `there is no key "$1" here`)
		lines[i] = wrongValue.ReplaceAllString(e, `the value "$1" is not of the right kind`)
	}
	return errors.New(strings.Join(lines, "; "))
}

func (p *Plan) check() error {
	switch {
	case !(p.Alpha > 0 && p.Alpha < 1):
		return fmt.Errorf("alpha %v is not between 0 and 1", p.Alpha)
	case p.Sides != 1 && p.Sides != 2:
		return fmt.Errorf("a test has 1 or 2 sides, not %d", p.Sides)
	case p.Primary.Measure == "":
		return errors.New("primary names no measure")
	case !slices.Contains(planContrasts, p.Primary.Contrast):
		return fmt.Errorf("primary: the contrast %q is none of raw, vs_control, vs_comparator", p.Primary.Contrast)
	}
	for _, e := range p.Exclusions {
		if e.Subject == "" || e.Reason == "" {
			return errors.New("an exclusion needs subject and reason")
		}
	}
	return nil
}

// Limits of a plan (project defaults: a century of days, ten times the visits of the
// longest courses).
const (
	maxDay     = 36_525
	maxPlanned = 1_000
)

// checkDays refuses days that no study has.
func (p *Plan) checkDays() error {
	if len(p.Visits) > maxPlanned {
		return fmt.Errorf("%d visits are planned; at most %d can be", len(p.Visits), maxPlanned)
	}
	for _, v := range append([]Visit{{"the primary visit", p.Primary.Day, p.Primary.Within}}, p.Visits...) {
		switch {
		case v.Day < -maxDay || v.Day > maxDay:
			return fmt.Errorf("%s: day %d is more than a century away", v.Name, v.Day)
		case v.Within < 0 || v.Within > maxDay:
			return fmt.Errorf("%s: within %d is no number of days", v.Name, v.Within)
		}
	}
	for i, v := range p.Visits {
		if v.Name != "" && slices.ContainsFunc(p.Visits[:i], func(o Visit) bool { return o.Name == v.Name }) {
			return fmt.Errorf("two visits are called %q", v.Name)
		}
	}
	return nil
}

// checkViews refuses views that say nothing, and those that are planned twice.
func (p *Plan) checkViews() error {
	if len(p.Views) > maxPlanned {
		return fmt.Errorf("%d views are planned; at most %d can be", len(p.Views), maxPlanned)
	}
	for i, v := range p.Views {
		switch {
		case v == View{}:
			return errors.New("a planned view needs site, side or view")
		case slices.Contains(p.Views[:i], v):
			return fmt.Errorf("the view %s is planned twice", strings.TrimSpace(v.Site+" "+v.Side+" "+v.View))
		}
	}
	return nil
}

// Excluded is why the plan leaves a subject out, "" where it does not.
func (p *Plan) Excluded(subject string) string {
	if p == nil {
		return ""
	}
	for _, e := range p.Exclusions {
		if e.Subject == subject {
			return e.Reason
		}
	}
	return ""
}
