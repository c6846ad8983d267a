package report

import (
	"fmt"
	"math"
	"strings"

	"dermtrace/internal/outcome"
)

// head says who, where, when and what was done.
type head struct {
	Subject, Place string
	Lead           []string // who, which view, which visits
	Title, Running string
	Goals          []string
	Treatments     []treatment
}

type treatment struct{ When, What, Notes string }

func newHead(t *texts, x *index) head {
	s := x.rec.Series
	place := strings.Trim(capital(s.Site)+", "+s.Side, ", ")
	h := head{Subject: s.Subject, Place: place, Goals: s.Goals}
	h.Title = fmt.Sprintf(t.Title, strings.TrimSpace(s.Subject+" "+place))
	h.Running = strings.Trim(s.Subject+" · "+strings.Trim(place+", "+s.View, ", "), " ·")
	if s.Subject != "" && place != "" {
		h.Lead = append(h.Lead, s.Subject)
	}
	if s.View != "" {
		h.Lead = append(h.Lead, s.View)
	}
	if n := len(x.rec.Visits); n > 0 {
		first, last := x.rec.Visits[0], x.rec.Visits[n-1]
		days, _ := daysBetween(first.At, last.At)
		h.Lead = append(h.Lead, t.visits(n)+", "+t.span(date(first.At), date(last.At), days))
	}
	for _, tr := range x.rec.Treatments {
		h.Treatments = append(h.Treatments, newTreatment(t, tr))
	}
	return h
}

func newTreatment(t *texts, tr outcome.Treatment) treatment {
	var what []string
	if tr.Device != "" {
		what = append(what, tr.Device)
	}
	if tr.NeedleMM.Known() {
		what = append(what, withUnit(tr.NeedleMM.String(), "mm"))
	}
	if len(tr.ROIs) > 0 {
		what = append(what, fmt.Sprintf(t.OnRegions, strings.Join(tr.ROIs, ", ")))
	}
	return treatment{When: dateTime(tr.At), What: strings.Join(what, " "), Notes: tr.Notes}
}

// trustLine says in one line whether the photos can be trusted.
func trustLine(t *texts, x *index) []clause {
	photos := x.rec.Photos
	var by lights
	used, found, copied := 0, len(photos)+x.rec.Undated(), 0
	px, mm := outcome.NaN(), outcome.NaN()
	for _, p := range photos {
		if !p.Used() {
			continue
		}
		used++
		if p.SameFileAs != "" {
			copied++
		}
		by.add(p.Calibration.Method)
		if p.Alignment.Status != outcome.AlignFrame { // which was not placed
			px, mm = larger(px, p.Alignment.ErrorPx), larger(mm, p.Alignment.ErrorMM)
		}
	}
	line := []clause{{t.photosUsed(used, found), used == found && used > 0}}
	if copied > 0 {
		line = append(line, clause{capital(t.copies(copied)), false})
	}
	if n := x.unlikeFiles(); n > 0 {
		line = append(line, clause{capital(t.unlikeFiles(n)), false})
	}
	if s := t.lightSet(by); s != "" {
		line = append(line, clause{capital(s), by.none == 0})
	}
	if px.Known() {
		within := ""
		if mm.Known() {
			within = t.atMost(mm, 3, "mm")
		}
		line = append(line, clause{capital(t.placed(t.atMost(px, 2, "px"), within)), true})
	}
	if overruled, assisted := x.overruled(); overruled+assisted > 0 {
		line = append(line, clause{capital(t.byHand(overruled, assisted)), false})
	}
	if !x.rec.Series.MMPerPx.Known() {
		line = append(line, clause{capital(t.noScale()), false})
	}
	return line
}

// lights counts what set the light of the photos.
type lights struct{ card, control, grey, none int }

func (l *lights) add(method string) {
	switch method {
	case "card":
		l.card++
	case "control":
		l.control++
	case "grey":
		l.grey++
	case "none", "":
		l.none++
	}
}

// atMost prints an error with the given places; one too small for them is said to be.
func (t *texts) atMost(v outcome.Number, places int, unit string) string {
	if least := outcome.Number(math.Pow10(-places)); v < least {
		return fmt.Sprintf(t.Under, withUnit(number(least, places), unit))
	}
	return withUnit(number(v, places), unit)
}

func larger(a, b outcome.Number) outcome.Number {
	if !a.Known() || b.Known() && b > a {
		return b
	}
	return a
}

// flags lists what asks for a look, what is pressing first.
func flags(t *texts, x *index) []flag {
	var review, watch []flag
	for _, f := range x.rec.Flags {
		one := flag{Level: f.Level, Where: x.where(t, f.ROI, f.Visit), Text: strings.TrimSpace(f.Text + " " + t.flagRates(f))}
		if f.Level == "review" {
			review = append(review, one)
		} else {
			watch = append(watch, one)
		}
	}
	return append(review, watch...)
}

func (x *index) where(t *texts, roi, visit string) string {
	parts := []string{}
	if roi != "" {
		parts = append(parts, roi)
	}
	if visit != "" {
		parts = append(parts, x.visitLabel(t, visit))
	}
	return strings.Join(parts, ", ")
}

// visitInText is the label within a sentence: "4 Apr 2026 (day 84)".
func (x *index) visitInText(t *texts, id string) string {
	label, day := x.visitWords(t, id)
	if day == "" {
		return label
	}
	return label + " (" + day + ")"
}

// visitLabel is "4 Apr 2026, day 84", with the time or phase where one date has
// several visits.
func (x *index) visitLabel(t *texts, id string) string {
	label, day := x.visitWords(t, id)
	if day == "" {
		return label
	}
	return label + ", " + day
}

func (x *index) visitWords(t *texts, id string) (label, day string) {
	i, ok := x.visits[id]
	if !ok {
		return date(id), ""
	}
	v := x.rec.Visits[i]
	label = date(v.At)
	for j, other := range x.rec.Visits {
		if j != i && date(other.At) == label {
			label = x.precise(t, v)
			break
		}
	}
	if _, _, coded := dayOfCourse(v.At); coded {
		return label, ""
	}
	return label, t.day(v.Day)
}

func (x *index) precise(t *texts, v outcome.Visit) string {
	label := dateTime(v.At)
	if v.Phase != "" {
		label += " " + named(t.phases, v.Phase)
	}
	return label
}
