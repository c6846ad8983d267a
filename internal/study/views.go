package study

import (
	"maps"
	"slices"

	"dermtrace/internal/outcome"
	"dermtrace/internal/study/table"
	"dermtrace/internal/study/trial"
)

// photographed is what there are series of, of one subject.
type photographed struct {
	views []trial.View
	left  *float64 // day on which the subject left; nil: did not
}

// note keeps what a series is of.
func (m *merger) note(rec *outcome.Record) {
	s := rec.Series
	if s.Subject == "" {
		return // a nameless series is nobody's
	}
	p := m.photographed[s.Subject]
	if p == nil {
		p = &photographed{}
		m.photographed[s.Subject] = p
	}
	p.views = append(p.views, trial.View{Site: s.Site, Side: s.Side, View: s.View})
	if day, gone := withdrawn(rec); gone && p.left == nil {
		p.left = &day
	}
}

// unphotographed writes the planned views of which a subject has no series. While series
// wait to be run nobody knows what is missing.
func (m *merger) unphotographed() error {
	if m.plan == nil || m.study.Counts.Pending > 0 {
		return nil
	}
	for _, subject := range slices.Sorted(maps.Keys(m.photographed)) {
		p := m.photographed[subject]
		for _, v := range m.plan.Views {
			if slices.ContainsFunc(p.views, v.Is) {
				continue
			}
			for _, row := range wholly("", m.plan, table.VisitMissing, "no series of this view") {
				row.Subject, row.Site, row.Side, row.View = subject, v.Site, v.Side, v.View
				if p.left != nil && *p.left <= float64(row.Day) {
					row.Status, row.Reason = table.VisitWithdrawn, "withdrawn before"
				}
				if err := m.tables.planned.Write(&row); err != nil {
					return err
				}
			}
		}
	}
	return nil
}
