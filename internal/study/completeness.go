package study

import (
	"math"
	"slices"
	"strings"
	"time"

	"dermtrace/internal/outcome"
	"dermtrace/internal/study/table"
	"dermtrace/internal/study/trial"
)

// withdrawnEvent is the event under scores: of series.yaml that ends a subject's part.
const withdrawnEvent = "event_withdrawn"

// completeness says of each planned visit whether it took place and could be used. Without
// planned visits it says so of those that took place.
func completeness(rec *outcome.Record, id string, plan *trial.Plan) []table.Planned {
	var list []table.Planned
	if plan == nil || len(plan.Visits) == 0 {
		for i := range rec.Visits {
			v := &rec.Visits[i]
			list = append(list, plannedRow(rec, id, v.Visit, float64(v.Day), v))
		}
		return list
	}
	took := make([]*outcome.Visit, len(plan.Visits))
	for i := range rec.Visits {
		v := &rec.Visits[i]
		if k := meant(plan, v.Day); k >= 0 && (took[k] == nil || usedPhotos(rec, took[k].Visit) == 0) {
			took[k] = v
		}
	}
	for k, p := range plan.Visits {
		list = append(list, plannedRow(rec, id, nameOf(p), float64(p.Day), took[k]))
	}
	return list
}

// meant is the planned visit that one on that day counts for: of those whose days hold it,
// the nearest, so that no visit counts twice; -1 for none.
func meant(plan *trial.Plan, day int) int {
	best, bestOff := -1, 0
	for k, p := range plan.Visits {
		off := max(day-p.Day, p.Day-day)
		if off <= p.Within && (best < 0 || off < bestOff) {
			best, bestOff = k, off
		}
	}
	return best
}

// nameOf is what a planned visit is called.
func nameOf(p trial.Visit) string {
	if p.Name == "" {
		return "day " + outcome.Number(p.Day).String()
	}
	return p.Name
}

// wholly says the same of each planned visit of a series of which nothing is known.
func wholly(id string, plan *trial.Plan, status, reason string) []table.Planned {
	row := table.Planned{Series: id, Day: outcome.Number(math.NaN()), Status: status, Reason: reason}
	if plan == nil || len(plan.Visits) == 0 {
		return []table.Planned{row}
	}
	var list []table.Planned
	for _, p := range plan.Visits {
		row.Planned, row.Day = nameOf(p), outcome.Number(p.Day)
		list = append(list, row)
	}
	return list
}

// excludedRows says so of each planned visit of a series whose subject the plan leaves out.
func excludedRows(id string, plan *trial.Plan, why string, of outcome.Series) []table.Planned {
	rows := wholly(id, plan, table.VisitExcluded, why)
	for i := range rows {
		rows[i].Subject, rows[i].Site, rows[i].Side, rows[i].View = of.Subject, of.Site, of.Side, of.View
	}
	return rows
}

func plannedRow(rec *outcome.Record, id, name string, day float64, v *outcome.Visit) table.Planned {
	s := rec.Series
	row := table.Planned{Series: id, Subject: s.Subject, Site: s.Site, Side: s.Side, View: s.View, Planned: name, Day: outcome.Number(day)}
	if v == nil {
		row.Status, row.Reason = table.VisitMissing, "no photo of these days"
		if at, gone := withdrawn(rec); gone && at <= day {
			row.Status, row.Reason = table.VisitWithdrawn, "withdrawn before"
		}
		return row
	}
	row.Visit, row.At, row.Status = v.Visit, v.At, table.VisitUsed
	var reasons []string
	for _, p := range rec.Photos {
		if p.Visit != v.Visit {
			continue
		}
		row.Photos++
		if p.Used() {
			row.Used++
			continue
		}
		if code := p.WhyUnused().Code; !slices.Contains(reasons, code) {
			reasons = append(reasons, code)
		}
	}
	if row.Used == 0 {
		row.Status, row.Reason = table.VisitRefused, strings.Join(reasons, " ")
	}
	return row
}

func usedPhotos(rec *outcome.Record, visit string) int {
	n := 0
	for _, p := range rec.Photos {
		if p.Visit == visit && p.Used() {
			n++
		}
	}
	return n
}

// withdrawn is the day on which the subject left, counted as the visits are.
func withdrawn(rec *outcome.Record) (day float64, gone bool) {
	if len(rec.Visits) == 0 {
		return 0, false
	}
	for _, s := range rec.Scores {
		if s.Scale != withdrawnEvent {
			continue
		}
		at, err1 := time.Parse(time.DateOnly, s.At[:min(len(s.At), len(time.DateOnly))])
		v := rec.Visits[0]
		first, err2 := time.Parse(time.DateOnly, v.At[:min(len(v.At), len(time.DateOnly))])
		if err1 == nil && err2 == nil {
			return float64(v.Day) + at.Sub(first).Hours()/24, true
		}
	}
	return 0, false
}
