package report

import (
	"fmt"
	"strings"

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
		c := chart{places: x.places(measure), fromZero: true, xLabel: t.AfterAxis, yLabel: strings.TrimSpace(t.ChangeAxis + " " + withUnit("", r.Unit))}
		c.curves = []curve{{style: 1, points: x.afterTreatment(r)}}
		if len(c.curves[0].points) < 2 {
			continue
		}
		if b := x.band(measure); b != nil && r.ROI == x.regions[0].name {
			half := (b[1] - b[0]) / 2
			c.band = &[2]float64{-half, half}
		}
		f, err := newFigure(c, false)
		if err != nil {
			return nil, err
		}
		f.Title = fmt.Sprintf("%s: %s, %s", t.Recovery, named(t.measures, measure), date(r.Treatment))
		f.Label = f.Title + ", " + c.xLabel
		f.Key = []keyItem{{"line-1", r.ROI}}
		if c.band != nil {
			f.Key = append(f.Key, keyItem{"band", fmt.Sprintf(t.Band, r.ROI)})
		}
		list = append(list, f)
	}
	return list, nil
}

// afterTreatment are the changes from baseline of a region at the visits between a
// treatment and the next one, as long as redness is recovery.
func (x *index) afterTreatment(r outcome.Recovery) []point {
	var list []point
	at, _, ok := parseTime(r.Treatment)
	if !ok {
		return nil
	}
	for _, v := range x.rec.Visits {
		when, _, ok := parseTime(v.At)
		days := when.Sub(at).Hours() / 24
		c := x.change(v.Visit, r.ROI, r.Measure, outcome.Raw)
		if !ok || c == nil || days < 0 || v.DaysSinceTreatment == nil || days > float64(x.rec.Settings.AcuteDays) || days > float64(*v.DaysSinceTreatment)+1 {
			continue
		}
		p := point{day: days, value: float64(c.Change), known: c.Change.Known(), counts: true}
		if c.CI95[0].Known() && c.CI95[1].Known() {
			p.bars, p.low, p.high = true, float64(c.CI95[0]), float64(c.CI95[1])
		}
		list = append(list, p)
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
