package report

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"dermtrace/internal/outcome"
)

// answer is what one goal came to, in one measure and region.
type answer struct {
	Goal     string
	Status   string // the word
	Class    string // better | worse | moved | still | none
	Clock    string // interim or final, with its day
	Number   string // the change, large
	Unit     string
	What     string // of what
	Sentence string
	Plain    string // the sentence of a patient
	Gauge    *gauge
	Caveats  []string
}

// gauge draws a change with its interval beside the noise, in hundredths of its width.
type gauge struct {
	NoiseX, NoiseW, IntervalX, IntervalW, At float64
	HasNoise, HasInterval                    bool
}

// answers gives one answer per goal, measure that tells it and treated region; without goals,
// one per primary measure, for which no direction counts as better.
func answers(t *texts, x *index) []answer {
	var list []answer
	if len(x.rec.Series.Goals) == 0 {
		return x.undirected(t)
	}
	for _, goal := range x.rec.Series.Goals {
		measures := x.measuresOf(goal)
		if len(measures) == 0 {
			list = append(list, answer{Goal: goal, Class: "none", Status: t.NotMeasured, Sentence: t.noMeasure(), Plain: t.plain(capital(goal), "", false)})
		}
		for _, measure := range measures {
			for _, r := range x.asked(measure) {
				list = append(list, x.answer(t, goal, measure, r))
			}
		}
	}
	return list
}

// asked are the regions but control skin that a measure is for, all of them where no photo has it.
func (x *index) asked(measure string) []region {
	var all, with []region
	for _, r := range x.regions {
		if r.kind == outcome.Control {
			continue
		}
		all = append(all, r)
		if x.has(measure, r.name) {
			with = append(with, r)
		}
	}
	if len(with) == 0 {
		return all
	}
	return with
}

// has reports whether any photo tells of a measure of a region, be it why there is no value.
func (x *index) has(measure, region string) bool {
	for _, p := range x.rec.Photos {
		for _, r := range p.ROIs {
			if _, ok := r.Measures[measure]; ok && r.Name == region {
				return true
			}
		}
	}
	return false
}

func (x *index) undirected(t *texts) []answer {
	var list []answer
	for _, f := range x.families() {
		for _, measure := range x.definitions(f) {
			for _, r := range x.regions {
				if x.rec.Definitions[measure].Primary && x.measured(measure) && r.kind != outcome.Control {
					list = append(list, x.answer(t, named(t.measures, measure), measure, r))
				}
			}
		}
	}
	return list
}

// shareCaveats takes the caveats that several answers have out of them, to be said once.
func shareCaveats(list []answer) (shared []string) {
	count := map[string]int{}
	for _, a := range list {
		for _, c := range a.Caveats {
			count[c]++
		}
	}
	for i, a := range list {
		list[i].Caveats = nil
		for _, c := range a.Caveats {
			if count[c] > 1 {
				shared = appendNew(shared, c)
			} else {
				list[i].Caveats = append(list[i].Caveats, c)
			}
		}
	}
	return shared
}

// measuresOf are the measures that a goal is judged by: the primary one of those that give the
// goal a direction, else of each family the first by name.
func (x *index) measuresOf(goal string) []string {
	var list []string
	for _, family := range x.families() {
		for _, name := range slices.Sorted(maps.Keys(x.rec.Definitions)) {
			switch def := x.rec.Definitions[name]; {
			case def.GoalDirection[goal] == "":
			case def.Primary:
				return []string{name}
			case def.Family == family && !slices.ContainsFunc(list, func(n string) bool { return x.rec.Definitions[n].Family == family }):
				list = append(list, name)
			}
		}
	}
	return list
}

func (x *index) answer(t *texts, goal, measure string, r region) answer {
	a := answer{Goal: goal, Class: "none", Status: named(t.statuses, "")}
	what := capital(t.inRegion(named(t.measures, measure), r.name))
	a.What = what
	c := x.verdict(measure, r.name)
	if c == nil {
		a.Sentence = x.whyNot(t, what, measure, r.name)
		a.Plain = t.plain(capital(goal), "", false)
		return a
	}
	a.Status, a.Class = named(t.statuses, c.Status), "none"
	a.Plain = t.plain(capital(goal), c.Status, c.Change > 0)
	if c.Status == outcome.NotComparable {
		a.Sentence, a.Caveats = t.notComparable(what, x.visitInText(t, c.Visit)), warningList(c.Warnings)
		return a
	}
	switch {
	case c.Moved() && !c.Found():
		a.Status = fmt.Sprintf(t.Unproven, a.Status)
		a.Plain = t.plain(capital(goal), unproven, c.Change > 0)
	case c.Goal != nil:
		a.Status = named(t.statuses, *c.Goal)
		a.Plain = t.plain(capital(goal), *c.Goal, c.Change > 0)
	}
	a.Class, a.Clock = class(c), x.clockWords(t, c)
	a.say(t, x, c)
	a.Caveats = warningList(besides(c.Warnings, outcome.Unconfirmed, outcome.Exploratory))
	return a
}

// unproven is the status, for a patient's sentence, of a change beyond noise that may
// not be stated as found.
const unproven = "unproven"

// besides are the codes without those that a sentence has said.
func besides(codes []string, said ...string) []string {
	return slices.DeleteFunc(slices.Clone(codes), func(c string) bool { return slices.Contains(said, c) })
}

// doubt says why a change beyond noise may not be stated as found.
func doubt(t *texts, c *outcome.Change) string {
	switch {
	case !c.Primary:
		return outcome.WarningText(outcome.Exploratory)
	case slices.Contains(c.Warnings, outcome.Unconfirmed):
		return outcome.WarningText(outcome.Unconfirmed)
	}
	return t.byChance(t.pValue(c.PHolm))
}

// pValue prints a probability to two digits, and none below a thousandth.
func (t *texts) pValue(p outcome.Number) string {
	if p.Known() && p < 0.001 {
		return fmt.Sprintf(t.Under, "0.001")
	}
	return significant(p, 2)
}

// verdict is the change that a goal's answer rests on: the last visit inside the
// measure's time window that could be compared, else the last inside it.
func (x *index) verdict(measure, roi string) *outcome.Change {
	contrast := x.contrast(roi, measure)
	var best *outcome.Change
	for _, v := range x.rec.Visits {
		c := x.change(v.Visit, roi, measure, contrast)
		if c == nil || c.Clock != outcome.Eligible && c.Clock != outcome.Mature {
			continue
		}
		if best == nil || c.Status != outcome.NotComparable || best.Status == outcome.NotComparable {
			best = c
		}
	}
	return best
}

// whyNot says why a measure has no verdict: no treatment, too early, or nothing to
// compare.
func (x *index) whyNot(t *texts, what, measure, roi string) string {
	if len(x.rec.Treatments) == 0 {
		return t.noTreatment(what)
	}
	for _, c := range x.rec.Changes {
		if c.ROI == roi && c.Measure == measure && c.Clock == outcome.Outside {
			return t.tooEarly(what, x.rec.Settings.EligibleDays)
		}
	}
	return t.noVisit(what)
}

func class(c *outcome.Change) string {
	switch {
	case c.Moved() && !c.Found():
		return "moved"
	case c.Goal != nil && *c.Goal == outcome.Improved:
		return "better"
	case c.Goal != nil && *c.Goal == outcome.Worsened:
		return "worse"
	case c.Status == outcome.NoChange:
		return "still"
	case c.Status == outcome.NotComparable:
		return "none"
	}
	return "moved"
}

func (x *index) clockWords(t *texts, c *outcome.Change) string {
	if c.Clock == outcome.Eligible && x.rec.Settings.MatureDays > 0 {
		return fmt.Sprintf(t.Coarse, x.rec.Settings.MatureDays)
	}
	return named(t.clocks, c.Clock)
}

// say writes the number, the gauge and the sentence of a comparable change: in percent
// where the record gives one, else in the measure's unit.
func (a *answer) say(t *texts, x *index, c *outcome.Change) {
	s, share := inUnit(x, c), ""
	if k, ofBaseline, ok := x.percentFactor(c); ok {
		s = inPercent(c, k)
		if ofBaseline {
			share = t.OfBaseline
		}
	}
	a.Gauge = newGauge(s)
	a.Number, a.Unit = signed(s.change, s.places), strings.TrimPrefix(withUnit("", s.unit), nbsp)
	if s.unit == "%" {
		a.Number, a.Unit = withUnit(a.Number, s.unit), ""
	}
	bounds := t.bounds(s.interval(t, c.Status), s.mdcText(t.source(c)))
	by := withUnit(number(magnitude(s.change), s.places), s.unit) + share
	where := bounds + t.between(x.visitInText(t, x.rec.Series.Baseline), x.visitInText(t, c.Visit), c)
	switch {
	case !c.Moved():
		a.Sentence = t.still(a.What, withUnit(signed(s.change, s.places), s.unit)+share) + where
	case c.Found():
		a.Sentence = t.moved(a.What, by, s.change > 0) + where
	default:
		a.Sentence = t.seen(a.What, by, s.change > 0) + where + " " + doubt(t, c)
	}
}

// shown is a change with its bounds in the unit that is printed.
type shown struct {
	change, low, high, mdc outcome.Number
	unit                   string
	places                 int
}

func inUnit(x *index, c *outcome.Change) shown {
	s := shown{change: c.Change, low: c.CI95[0], high: c.CI95[1], mdc: c.MDC95, unit: c.Unit}
	s.places = outcome.Places(s.mdc)
	if s.places < 0 {
		s.places = x.places(c.Measure)
	}
	return s
}

// percentFactor is what turns a change and its bounds into percent: the factor
// between the record's own change and percent; where a contrast has none, percent of
// the region's own value at baseline (ofBaseline), which its raw row holds. Only
// ratio scales have percent.
func (x *index) percentFactor(c *outcome.Change) (k float64, ofBaseline, ok bool) {
	if c.Percent.Known() && c.Change != 0 {
		return math.Abs(float64(c.Percent / c.Change)), false, true
	}
	raw := x.change(c.Visit, c.ROI, c.Measure, outcome.Raw)
	if x.rec.Definitions[c.Measure].Scale != outcome.Ratio || raw == nil || !(raw.From > 0) || !raw.From.Known() {
		return 0, false, false
	}
	return 100 / float64(raw.From), true, true
}

// inPercent is a change in percent. An interval is cut at −100 %, where nothing is left,
// unless the change itself lies beyond, as it can against control skin that rose.
func inPercent(c *outcome.Change, k float64) shown {
	f := outcome.Number(k)
	s := shown{change: f * c.Change, low: f * c.CI95[0], high: f * c.CI95[1], mdc: f * c.MDC95, unit: "%"}
	if s.low.Known() {
		s.low = max(s.low, min(s.change, -100))
	}
	s.places = max(0, outcome.Places(s.mdc))
	return s
}

// interval prints the bounds. Where both lie on the side of the change they read as
// sizes ("24 to 34 %"), else with their signs.
func (s shown) interval(t *texts, status string) string {
	if !s.low.Known() || !s.high.Known() {
		return ""
	}
	low, high := s.low, s.high
	if status != outcome.NoChange && low*high > 0 && low*s.change > 0 {
		low, high = magnitude(low), magnitude(high)
		return withUnit(t.dash(number(min(low, high), s.places), number(max(low, high), s.places)), s.unit)
	}
	return withUnit(t.dash(signed(low, s.places), signed(high, s.places)), s.unit)
}

// mdcText is the detectable change, with what it rests on beside it.
func (s shown) mdcText(source string) string {
	if !s.mdc.Known() {
		return ""
	}
	return withUnit(number(s.mdc, s.places), s.unit) + source
}

func magnitude(v outcome.Number) outcome.Number { return outcome.Number(math.Abs(float64(v))) }

// newGauge scales the change, its interval and ± the detectable change onto a bar
// with 0 in the middle.
func newGauge(s shown) *gauge {
	reach := 0.0
	for _, v := range []outcome.Number{s.change, s.low, s.high, s.mdc} {
		if v.Known() {
			reach = max(reach, math.Abs(float64(v)))
		}
	}
	if reach == 0 || !s.change.Known() {
		return nil
	}
	at := func(v outcome.Number) float64 { return math.Round(1000*(50+46*(float64(v)/reach))) / 1000 }
	g := &gauge{At: at(s.change)}
	if s.mdc.Known() {
		g.HasNoise, g.NoiseX = true, at(-s.mdc)
		g.NoiseW = at(s.mdc) - g.NoiseX
	}
	if s.low.Known() && s.high.Known() {
		g.HasInterval, g.IntervalX = true, at(s.low)
		g.IntervalW = at(s.high) - g.IntervalX
	}
	return g
}

// warningList is what a person reads for warning codes.
func warningList(codes []string) []string {
	var list []string
	for _, code := range codes {
		text := outcome.WarningText(code)
		if text == "" {
			text = code
		}
		list = appendNew(list, text)
	}
	return list
}

func warningSentences(codes []string) string { return strings.Join(warningList(codes), " ") }

// recoveries tells how the primary measures settled after each treatment; treatments
// after which one settled alike share a sentence.
func recoveries(t *texts, x *index, seenOnly bool) []string {
	type course struct{ what, how string }
	var courses []course
	after := map[course][]string{}
	for _, r := range x.rec.Recovery {
		if !x.rec.Definitions[r.Measure].Primary || seenOnly && !r.Peak.Known() {
			continue
		}
		c := course{capital(t.inRegion(named(t.measures, r.Measure), r.ROI)), t.settled(r)}
		if after[c] == nil {
			courses = append(courses, c)
		}
		after[c] = append(after[c], date(r.Treatment))
	}
	var list []string
	for _, c := range courses {
		list = append(list, t.afterTreatments(c.what, after[c], c.how))
	}
	return list
}

func known(v outcome.Number) string {
	if !v.Known() {
		return ""
	}
	return v.String()
}
