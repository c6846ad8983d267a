package report

import (
	"fmt"
	"math"

	"gonum.org/v1/plot/plotter"

	"dermtrace/internal/outcome"
)

// recoveryFigures show how the measure settled after each treatment that the record
// follows: the change from baseline over the days since it.
func (x *index) recoveryFigures(t *texts, measure string) ([]figure, error) {
	var list []figure
	for _, r := range x.rec.Recovery {
		if r.Measure != measure {
			continue
		}
		c := chart{places: x.places(measure), fromZero: true, xLabel: t.AfterAxis, yLabel: headed(t.ChangeAxis, r.Unit), curves: []curve{{style: 1, name: r.ROI, label: r.ROI}}}
		rows := x.afterTreatment(r)
		for _, row := range rows {
			c.curves[0].points = append(c.curves[0].points, row.point)
		}
		if len(rows) < 2 {
			continue
		}
		c.band = bandOf(rows)
		c.fit, c.fitLabel = fitted(r, c.curves[0].points), fmt.Sprintf(t.Fitted, significant(r.HalfLifeDays, 2))
		f, err := newFigure(c, false)
		if err != nil {
			return nil, err
		}
		f.Title = fmt.Sprintf("%s: %s, %s", t.Recovery, named(t.measures, measure), date(r.Treatment))
		f.Label = f.Title + ", " + c.xLabel
		f.Key = c.key(t)
		unit := x.rec.Definitions[measure].Unit
		f.TableTitle, f.Rows = t.Table, x.recoveryRows(t, rows)
		f.Columns = []string{t.ColVisit, capital(t.AfterAxis), headed(t.changeIn(x.contrast(r.ROI, measure)), unit), headed(t.ColInterval, unit)}
		list = append(list, f)
	}
	return list, nil
}

// fitSteps are the points of a drawn recovery.
const fitSteps = 48

// fitted is the recovery that the record's half-life describes: from the observed peak
// towards what the treatment found, half of the rest gone in each half-life. Empty where
// the data could not carry a half-life.
func fitted(r outcome.Recovery, points []point) plotter.XYs {
	if !r.HalfLifeDays.Known() || !(r.HalfLifeDays > 0) || !r.Peak.Known() || !r.PeakHours.Known() {
		return nil
	}
	peakDay, last := float64(r.PeakHours)/24, 0.0
	at := -1
	for i, p := range points {
		last = max(last, p.day)
		if p.known && (at < 0 || math.Abs(p.day-peakDay) < math.Abs(points[at].day-peakDay)) {
			at = i
		}
	}
	if at < 0 || !(last > peakDay) || !canDraw(peakDay, last) {
		return nil
	}
	var list plotter.XYs
	plateau := points[at].value - float64(r.Peak)
	for i := range fitSteps + 1 {
		d := peakDay + (last-peakDay)*float64(i)/fitSteps
		v := plateau + float64(r.Peak)*math.Exp2(-(d-peakDay)/float64(r.HalfLifeDays))
		if !canDraw(v) {
			return nil
		}
		list = append(list, plotter.XY{X: d, Y: v})
	}
	return list
}

// settled is one visit of a recovery.
type settled struct {
	point
	change *outcome.Change
}

// bandOf is no change ± the largest detectable one of the visits.
func bandOf(list []settled) *[2]float64 {
	mdc := outcome.NaN()
	for _, s := range list {
		mdc = larger(mdc, s.change.MDC95)
	}
	if !mdc.Known() {
		return nil
	}
	return &[2]float64{-float64(mdc), float64(mdc)}
}

func (x *index) recoveryRows(t *texts, list []settled) [][]string {
	var rows [][]string
	for _, s := range list {
		cells := x.changeCells(t, s.change)
		rows = append(rows, []string{x.visitLabel(t, s.change.Visit), number(outcome.Number(s.day), 1), cells[0], cells[1]})
	}
	return rows
}

// afterTreatment are the changes from baseline of a region, in the contrast that verdicts
// rest on, at the visits between a treatment and the next one, as long as redness is
// recovery.
func (x *index) afterTreatment(r outcome.Recovery) []settled {
	var list []settled
	at, _, ok := parseTime(r.Treatment)
	if !ok {
		return nil
	}
	contrast := x.contrast(r.ROI, r.Measure)
	for _, v := range x.rec.Visits {
		when, _, ok := parseTime(v.At)
		days := when.Sub(at).Hours() / 24
		c := x.change(v.Visit, r.ROI, r.Measure, contrast)
		if !ok || c == nil || days < 0 || v.DaysSinceTreatment == nil || days > float64(x.rec.Settings.AcuteDays) || days > float64(*v.DaysSinceTreatment)+1 {
			continue
		}
		p := point{day: days, value: float64(c.Change), known: c.Change.Known(), counts: true}
		if c.CI95[0].Known() && c.CI95[1].Known() {
			p.bars, p.low, p.high = true, float64(c.CI95[0]), float64(c.CI95[1])
		}
		list = append(list, settled{p, c})
	}
	return list
}

// gradeFigures show clinicians' grades, one figure a scale.
func gradeFigures(t *texts, x *index) ([]figure, error) {
	var scales []string
	for _, s := range x.rec.Scores {
		scales = appendNew(scales, s.Scale)
	}
	var list []figure
	for _, scale := range scales {
		f, err := x.gradeFigure(t, scale)
		if err != nil {
			return nil, err
		}
		list = append(list, f)
	}
	return list, nil
}

func (x *index) gradeFigure(t *texts, scale string) (figure, error) {
	c := chart{places: -1, yLabel: named(nil, scale), xLabel: t.DayAxis, treatments: x.treatmentDays()}
	var rows [][]string
	cv := curve{style: 1}
	for _, s := range x.rec.Scores {
		if s.Scale != scale {
			continue
		}
		blind := ""
		if s.Blinded {
			blind = t.Yes
		}
		rows = append(rows, []string{dateTime(s.At), s.Value.String(), s.Rater, blind})
		if d, ok := x.dayOf(s.At); ok && s.Value.Known() {
			cv.points = append(cv.points, point{day: float64(d), value: float64(s.Value), known: true, counts: true})
		}
	}
	c.curves = []curve{cv}
	f := figure{}
	var err error
	if len(cv.points) > 1 {
		f, err = newFigure(c, false)
	}
	f.TableTitle = t.Table
	f.Title, f.Label = capital(named(nil, scale)), t.Grades+": "+scale
	f.Columns, f.Rows = []string{t.ColDate, t.ColGrade, t.ColRater, t.ColBlinded}, rows
	return f, err
}

// dayOf counts days as Visit.Day does: since the first treatment, else the first visit.
func (x *index) dayOf(at string) (int, bool) {
	switch {
	case len(x.rec.Treatments) > 0:
		return daysBetween(x.rec.Treatments[0].At, at)
	case len(x.rec.Visits) > 0:
		return daysBetween(x.rec.Visits[0].At, at)
	}
	return 0, false
}
