package study

import (
	"context"
	"io/fs"

	"dermtrace/internal/manifest"
	"dermtrace/internal/outcome"
	"dermtrace/internal/photo"
)

// unmeasured is what the manifest of a series says that could not be measured: enough to
// count its planned visits.
type unmeasured struct {
	Site   string            `json:"site"`
	Side   string            `json:"side"`
	View   string            `json:"view"`
	Visits []outcome.Visit   `json:"visits"`
	Photos map[string]string `json:"photos"` // to their visits
	Left   []outcome.Score   `json:"withdrawn,omitempty"`
}

// say reads the manifest of a series that failed. Where that is what failed, nothing is
// known.
func (e *entry) say(ctx context.Context, fsys fs.FS, lim photo.Limits) {
	_, m, err := load(ctx, fsys, lim)
	if err != nil {
		return
	}
	e.Subject, e.Consent, e.Minor, e.Guardian = m.Subject, m.Consent, m.Minor, m.Guardian != ""
	e.Order, e.Said = []string{}, saidBy(m)
	for _, v := range m.Visits {
		e.Order = append(e.Order, v.ID)
	}
}

// saidBy is what a manifest says of its visits.
func saidBy(m *manifest.Series) *unmeasured {
	u := &unmeasured{Site: m.Site, Side: m.Side, View: m.View, Visits: []outcome.Visit{}, Photos: map[string]string{}}
	for _, v := range m.Visits {
		u.Visits = append(u.Visits, outcome.Visit{Visit: v.ID, At: v.At.String(), Phase: v.Phase, Day: v.Day})
		for _, p := range v.Photos {
			u.Photos[p.File] = v.ID
		}
	}
	for _, s := range m.Scores {
		if s.Scale == withdrawnEvent {
			u.Left = append(u.Left, outcome.Score{At: s.At.String(), Scale: s.Scale, Value: outcome.NaN()})
		}
	}
	return u
}

// record is what was said as a record in which no photo could be used.
func (u *unmeasured) record(subject string) *outcome.Record {
	rec := &outcome.Record{Visits: u.Visits, Scores: u.Left}
	rec.Series.Subject, rec.Series.Site, rec.Series.Side, rec.Series.View = subject, u.Site, u.Side, u.View
	refused := outcome.Quality{Verdict: outcome.Unusable, Reasons: []outcome.Reason{{Code: seriesFailed}}}
	for _, v := range u.Visits {
		for file, visit := range u.Photos {
			if visit == v.Visit {
				rec.Photos = append(rec.Photos, outcome.Photo{File: file, Visit: visit, Quality: refused})
			}
		}
	}
	return rec
}
