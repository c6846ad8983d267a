package report

import (
	"fmt"
	"html/template"
	"slices"
	"strings"

	"gonum.org/v1/plot/plotter"

	"dermtrace/internal/outcome"
)

// familySection is one family of measures: its primary curve, how it settled, and
// the rest folded.
type familySection struct {
	Name      string
	ID        string
	Primary   []figure
	Recovery  []figure
	Classical []figure
}

// figure is a plot with everything that a reader needs beside it.
type figure struct {
	Title, Meaning, Label string
	TableTitle            string
	Wide, Narrow          template.HTML // the same plot for a wide and a narrow page
	Key                   []keyItem
	Notes                 []string
	Columns               []string
	Rows                  [][]string
	Footnotes             []string // that the last column of Rows counts from 1
}

type keyItem struct {
	Mark  string // class of the mark: line-1, line-2, control, band, hollow, refused, treatment, bars, fit
	Label string
}

// chart is what a plot draws.
type chart struct {
	yLabel, xLabel string
	curves         []curve
	band           *[2]float64
	treatments     []float64
	refused        []float64
	fit            plotter.XYs // a fitted course, drawn thin
	fitLabel       string
	fromZero       bool // the axis of days begins at 0
	places         int
}

type curve struct {
	style       int // 0: control, 1, 2, …: treated
	name, label string
	points      []point
}

// point is one visit on a curve. known is false for a visit without a value: a gap.
type point struct {
	day, value, low, high float64
	known, bars, counts   bool
}

func familySections(t *texts, x *index) ([]familySection, error) {
	var list []familySection
	for _, name := range x.families() {
		s := familySection{Name: capital(named(t.families, name)), ID: "family-" + slug(name)}
		for _, measure := range x.definitions(name) {
			if !x.measured(measure) {
				continue
			}
			primary := x.rec.Definitions[measure].Primary
			f, err := x.courseFigure(t, measure, primary)
			if err != nil {
				return nil, err
			}
			if !primary {
				s.Classical = append(s.Classical, f)
				continue
			}
			s.Primary = append(s.Primary, f)
			more, err := x.recoveryFigures(t, measure)
			if err != nil {
				return nil, err
			}
			s.Recovery = append(s.Recovery, more...)
		}
		if len(s.Primary)+len(s.Classical) > 0 {
			list = append(list, s)
		}
	}
	return list, nil
}

func slug(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			return r
		}
		return '-'
	}, strings.ToLower(s))
}

// measured reports whether any photo has a value of the measure.
func (x *index) measured(measure string) bool {
	for _, p := range x.rec.Photos {
		for _, r := range p.ROIs {
			if r.Measures[measure].Value.Known() {
				return true
			}
		}
	}
	return false
}

// courseFigure is a measure over the days of the course.
func (x *index) courseFigure(t *texts, measure string, primary bool) (figure, error) {
	def := x.rec.Definitions[measure]
	c := chart{places: x.places(measure), yLabel: axisLabel(t, measure, def.Unit), xLabel: t.DayAxis}
	if len(x.rec.Treatments) == 0 {
		c.xLabel = t.DayAxisVisits
	}
	style := 0
	for _, r := range x.regions {
		k := 0
		if r.kind != outcome.Control {
			style++
			k = style
		}
		c.curves = append(c.curves, curve{k, r.name, r.label(t), x.points(measure, r)})
	}
	c.band = x.band(measure)
	c.treatments, c.refused = x.treatmentDays(), x.refusedDays()
	f, err := newFigure(c, primary)
	if err != nil {
		return f, err
	}
	f.TableTitle = t.Table
	f.Title, f.Meaning = capital(named(t.measures, measure)), def.Meaning
	f.Label = fmt.Sprintf("%s, %s", f.Title, c.xLabel)
	f.Key, f.Notes = c.key(t), x.refusals(t)
	f.tabulate(t, x, measure)
	return f, nil
}

// axisLabel is the unit, or the measure's name where the unit is 1: the title of the
// figure has the rest.
func axisLabel(t *texts, measure, unit string) string {
	if unit == "" || unit == "1" {
		return named(t.measures, measure)
	}
	return unit
}

// points are a region's values over the visits.
func (x *index) points(measure string, r region) []point {
	var list []point
	clock := x.rec.Definitions[measure].Clock
	for _, v := range x.rec.Visits {
		value := x.reading(v.Visit, r.name, measure).value
		p := point{day: float64(v.Day), value: float64(value), known: value.Known()}
		p.counts = v.Visit == x.rec.Series.Baseline || v.DaysSinceTreatment == nil || v.Clock[clock] != outcome.Outside
		if c := x.change(v.Visit, r.name, measure, outcome.Raw); c != nil && c.CI95[0].Known() && c.CI95[1].Known() && c.Change.Known() {
			p.bars = true
			p.low, p.high = x.notBelowZero(measure, p.value, value-c.Change+c.CI95[0]), float64(value-c.Change+c.CI95[1])
		}
		list = append(list, p)
	}
	return list
}

// band is baseline ± the largest detectable change of the first region that was treated.
func (x *index) band(measure string) *[2]float64 {
	if len(x.regions) == 0 || x.regions[0].kind == outcome.Control {
		return nil
	}
	name, mdc := x.regions[0].name, outcome.NaN()
	for _, v := range x.rec.Visits {
		if c := x.change(v.Visit, name, measure, outcome.Raw); c != nil {
			mdc = larger(mdc, c.MDC95)
		}
	}
	base := x.reading(x.rec.Series.Baseline, name, measure).value
	if !mdc.Known() || !base.Known() {
		return nil
	}
	return &[2]float64{x.notBelowZero(measure, float64(base), base-mdc), float64(base + mdc)}
}

// notBelowZero is the lower end of an interval about a value, cut at zero where the
// measure's scale ends there.
func (x *index) notBelowZero(measure string, value float64, low outcome.Number) float64 {
	if x.rec.Definitions[measure].Scale == outcome.Interval {
		return float64(low)
	}
	return max(float64(low), min(value, 0))
}

// treatmentDays are the treatments on the axis of Visit.Day.
func (x *index) treatmentDays() []float64 {
	var list []float64
	for _, tr := range x.rec.Treatments {
		if d, ok := daysBetween(x.rec.Treatments[0].At, tr.At); ok {
			list = append(list, float64(d))
		}
	}
	return list
}

func (x *index) refusedDays() []float64 {
	var list []float64
	for _, v := range x.rec.Visits {
		if len(x.photos[v.Visit]) > 0 && !x.used(v.Visit) {
			list = append(list, float64(v.Day))
		}
	}
	return list
}

// refusals says why visits are gaps, one line a reason.
func (x *index) refusals(t *texts) []string {
	var g grouped
	for _, v := range x.rec.Visits {
		if len(x.photos[v.Visit]) > 0 && !x.used(v.Visit) {
			g.add(refusal(t, x.rec.Photos[x.photos[v.Visit][0]]), x.visitLabel(t, v.Visit))
		}
	}
	return g.lines(func(why, visits string) string { return t.NotUsed + ": " + visits + ". " + why })
}

// grouped gathers what shares a reason, in the order in which reasons came up.
type grouped struct {
	reasons []string
	members map[string][]string
}

func (g *grouped) add(reason, member string) {
	if g.members == nil {
		g.members = map[string][]string{}
	}
	g.reasons = appendNew(g.reasons, reason)
	g.members[reason] = appendNew(g.members[reason], member)
}

func (g *grouped) lines(say func(reason, members string) string) []string {
	var list []string
	for _, r := range g.reasons {
		list = append(list, strings.TrimSpace(say(r, strings.Join(g.members[r], "; "))))
	}
	return list
}

// refusal is the reason why a photo is not used. That it has no place goes without saying where
// nobody looked for one.
func refusal(t *texts, p outcome.Photo) string {
	var why []string
	if p.Quality.Verdict == outcome.Unusable {
		for _, r := range p.Quality.Reasons {
			if r.Forbids() {
				why = append(why, capital(strings.TrimSuffix(r.Text, "."))+".")
			}
		}
	}
	if p.Alignment.Status == outcome.AlignFailed && (p.Alignment.Reason != "" || len(why) == 0) {
		s := capital(named(t.verdicts, outcome.AlignFailed))
		if p.Alignment.Reason != "" {
			s += ": " + strings.TrimSuffix(p.Alignment.Reason, ".")
		}
		why = append(why, s+".")
	}
	return strings.Join(why, " ")
}

// key explains the marks of a chart.
func (c chart) key(t *texts) []keyItem {
	var list []keyItem
	add := func(shown bool, mark, label string) {
		if shown {
			list = append(list, keyItem{mark, label})
		}
	}
	some := func(is func(p point) bool) bool {
		return slices.ContainsFunc(c.curves, func(cv curve) bool { return slices.ContainsFunc(cv.points, is) })
	}
	for _, cv := range c.curves {
		add(true, styleName(cv.style), cv.label)
	}
	if c.band != nil {
		add(true, "band", fmt.Sprintf(t.Band, c.curves[0].name))
	}
	add(len(c.treatments) > 0, "treatment", t.TreatmentLine)
	add(some(func(p point) bool { return p.known && !p.counts }), "hollow", t.Hollow)
	add(some(func(p point) bool { return p.known && p.bars }), "bars", t.Bars)
	add(len(c.refused) > 0, "refused", t.Refused)
	add(len(c.fit) > 0, "fit", c.fitLabel)
	return list
}

func styleName(style int) string {
	if style == 0 {
		return "control"
	}
	return fmt.Sprintf("line-%d", (style-1)%lineStyles+1)
}

// tabulate sets the data behind a figure: a row per visit and region.
func (f *figure) tabulate(t *texts, x *index, measure string) {
	unit := x.rec.Definitions[measure].Unit
	f.Columns = []string{t.ColVisit, t.ColRegion, headed(t.ColValue, unit), headed(t.ColSpread, unit), headed(t.changeIn(x.tableContrast(measure)), unit),
		headed(t.ColInterval, unit), headed(t.ColMDC, unit), t.ColResult, t.ColNotes}
	places := x.places(measure)
	for _, v := range x.rec.Visits {
		for _, r := range x.regions {
			m := x.reading(v.Visit, r.name, measure)
			row := []string{x.visitLabel(t, v.Visit), r.name, number(m.value, places), number(m.sd, places), "–", "–", "–", "–", ""}
			notes, bound := m.warnings, ""
			if c := x.change(v.Visit, r.name, measure, x.contrast(r.name, measure)); c != nil {
				copy(row[4:], x.changeCells(t, c))
				notes, bound = appendNew(slices.Clone(notes), c.Warnings...), t.source(c)
			}
			texts := warningList(notes)
			if bound != "" {
				texts = append(texts, t.ColMDC+": "+strings.TrimSpace(bound)+".")
			}
			row[8] = f.footnoted(texts)
			if m.photos == 0 {
				row[8] = strings.TrimSpace(t.NotUsed + " " + row[8])
			}
			f.Rows = append(f.Rows, row)
		}
	}
}

// footnoted adds texts to the footnotes of the table and returns their numbers.
func (f *figure) footnoted(texts []string) string {
	var at []int
	for _, text := range texts {
		f.Footnotes = appendNew(f.Footnotes, text)
		at = append(at, slices.Index(f.Footnotes, text)+1)
	}
	slices.Sort(at)
	return strings.Trim(fmt.Sprint(at), "[]")
}

// tableContrast is the contrast of the changes in a measure's table.
func (x *index) tableContrast(measure string) string {
	if len(x.regions) == 0 {
		return outcome.Raw
	}
	return x.contrast(x.regions[0].name, measure)
}

// headed is a column's heading with the unit of its cells.
func headed(column, unit string) string {
	if unit == "" || unit == "1" {
		return column
	}
	return column + ", " + strings.Replace(unit, " ", nbsp, 1)
}

// changeCells are a change, its interval, its detectable change and its result, without
// the unit.
func (x *index) changeCells(t *texts, c *outcome.Change) []string {
	s := inUnit(x, c)
	interval := "–"
	if s.low.Known() && s.high.Known() {
		interval = t.dash(signed(s.low, s.places), signed(s.high, s.places))
	}
	change := signed(s.change, s.places)
	if k, _, ok := x.percentFactor(c); ok {
		p := inPercent(c, k)
		change += " (" + withUnit(signed(p.change, p.places), p.unit) + ")"
	}
	result := named(t.statuses, c.Status)
	if c.Goal != nil {
		result += ", " + named(t.statuses, *c.Goal)
	}
	if c.PHolm.Known() {
		result += " (" + fmt.Sprintf(t.Holm, t.pValue(c.PHolm)) + ")"
	}
	return []string{change, interval, number(s.mdc, s.places), result}
}
