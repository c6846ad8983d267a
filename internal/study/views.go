package study

import (
	"maps"
	"slices"

	"dermtrace/internal/outcome"
	"dermtrace/internal/study/table"
	"dermtrace/internal/study/trial"
)

// photographed is what there are series of, by subject.
type photographed map[string]*ofSubject

// ofSubject is what there are series of, of one subject.
type ofSubject struct {
	views []trial.View
	left  *float64 // day on which the subject left; nil: did not
}

// note keeps what a series is of.
func (all photographed) note(rec *outcome.Record) {
	s := rec.Series
	if s.Subject == "" {
		return // a nameless series is nobody's
	}
	p := all[s.Subject]
	if p == nil {
		p = &ofSubject{}
		all[s.Subject] = p
	}
	p.views = append(p.views, trial.View{Site: s.Site, Side: s.Side, View: s.View})
	if day, gone := withdrawn(rec); gone && p.left == nil {
		p.left = &day
	}
}

// lacks lists the visits of the planned views of which a subject has no series.
func (all photographed) lacks(plan *trial.Plan) []table.Planned {
	if plan == nil {
		return nil
	}
	var list []table.Planned
	for _, subject := range slices.Sorted(maps.Keys(all)) {
		p := all[subject]
		for _, v := range plan.Views {
			if slices.ContainsFunc(p.views, v.Is) {
				continue
			}
			for _, row := range wholly("", plan, table.VisitMissing, "no series of this view") {
				row.Subject, row.Site, row.Side, row.View = subject, v.Site, v.Side, v.View
				if p.left != nil && *p.left <= float64(row.Day) {
					row.Status, row.Reason = table.VisitWithdrawn, "withdrawn before"
				}
				list = append(list, row)
			}
		}
	}
	return list
}
