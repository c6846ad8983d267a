package trend

import (
	"math"

	"dermtrace/internal/outcome"
	"dermtrace/internal/stats"
)

// isOutcome reports whether the row is a change against baseline at a visit that counts.
func isOutcome(r *outcome.Change) bool {
	return r.Moved() && r.Against == outcome.AgainstBaseline && r.Clock != outcome.Outside
}

// confirmed reports whether the eligible visit before v that could be compared says the
// same. Where there is none a mature visit stands for itself and an eligible one waits.
// It looks back only, with what is known of noise at v: the row of a first change stays
// unconfirmed, the next visit's row is the confirmed one. Two visits share their baseline and its error, so this cannot
// replace the bound of one row; it brings false headlines from one in 20 courses to
// about one in 100, and costs few true ones.
func (c *course) confirmed(t *track, r *outcome.Change, v int) bool {
	for u := v - 1; u > c.baseline; u-- {
		if !c.counts(t, u) || !t.usable(u) {
			continue
		}
		if m, ok := c.margin(t, span{c.baseline, u, v}); ok {
			change := t.points[u].value - t.points[c.baseline].value
			return math.Abs(change) > m.half && (change > 0) == (r.Change > 0)
		}
	}
	return r.Clock == outcome.Mature
}

// Headline lists the changes that a summary may state as found: of the primary
// measures, at the last visit that counts for each and could be compared, beyond noise,
// confirmed, and with p at most 0.05 after Holm over that visit's primaries.
func Headline(rec *outcome.Record) []outcome.Change {
	last := map[[2]string]outcome.Change{}
	var order [][2]string
	for _, c := range rec.Changes {
		if !c.Primary || !c.PHolm.Known() {
			continue
		}
		key := [2]string{c.ROI, c.Measure}
		if _, seen := last[key]; !seen {
			order = append(order, key)
		}
		last[key] = c
	}
	var list []outcome.Change
	for _, key := range order {
		if c := last[key]; c.Found() {
			list = append(list, c)
		}
	}
	return list
}

// adjust fills in the p values of one visit's primary rows that count as outcomes,
// after Holm over them all: one per family where the course has one treated region.
func (c *course) adjust(rows []outcome.Change) {
	var at []int
	var p []float64
	for i, r := range rows {
		if r.Primary && r.MDC95.Known() && r.Clock != outcome.Outside {
			df := float64(r.MDCDF)
			se := float64(r.MDC95) / c.quantile(df)
			at, p = append(at, i), append(p, stats.TTwoSided(float64(r.Change)/se, df))
		}
	}
	for k, q := range stats.Holm(p) {
		rows[at[k]].PHolm = outcome.Number(q)
	}
}
