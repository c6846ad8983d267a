package trend

import (
	"slices"
	"strings"

	"dermtrace/internal/outcome"
)

// changes lists the rows visit by visit, so that a later visit's follow all earlier
// ones: each visit after the baseline that has a photo, in each track, against the
// baseline and against the latest visit before it with a used photo.
func (c *course) changes() []outcome.Change {
	rows := []outcome.Change{}
	if c.baseline < 0 {
		return rows
	}
	for v := c.baseline + 1; v < len(c.rec.Visits); v++ {
		if c.listed[v] == 0 {
			continue
		}
		first := len(rows)
		for k := range c.tracks {
			rows = append(rows, c.row(&c.tracks[k], outcome.AgainstBaseline, c.baseline, v))
			rows = append(rows, c.row(&c.tracks[k], outcome.AgainstPrevious, c.usedBefore(v), v))
		}
		c.adjust(rows[first:])
	}
	return rows
}

// row compares visit v with visit from in one track.
func (c *course) row(t *track, against string, from, v int) outcome.Change {
	a, b := t.points[from], t.points[v]
	visit := c.rec.Visits[v]
	r := outcome.Change{
		ROI: t.name, Measure: t.measure, Unit: t.def.Unit, Visit: visit.Visit, Against: against, Contrast: t.contrast,
		From: number(a), To: number(b), Change: outcome.NaN(), Percent: outcome.NaN(),
		CI95: [2]outcome.Number{outcome.NaN(), outcome.NaN()}, MDC95: outcome.NaN(), MDCDF: outcome.NaN(), PHolm: outcome.NaN(),
		Primary: t.def.Primary && t.trusted && against == outcome.AgainstBaseline && c.named(t.region),
		Status:  outcome.NotComparable, Clock: visit.Clock[t.def.Clock],
	}
	if t.contrast == outcome.VsControl && t.weight < 1 {
		r.Weight = &t.weight
	}
	if r.Clock == "" {
		r.Clock = outcome.Outside
	}
	w := point{warnings: slices.Concat(a.warnings, b.warnings)}
	if a.known && b.known {
		change := b.value - a.value
		r.Change = outcome.Number(change)
		if t.def.Scale == outcome.Ratio && t.contrast == outcome.Raw && a.value > 0 {
			r.Percent = outcome.Number(100 * change / a.value)
		}
		if !a.barred && !b.barred {
			c.judge(&r, &w, t, from, v)
		}
	}
	if !r.Primary {
		w.warn(outcome.Exploratory)
	}
	if isOutcome(&r) && !c.confirmed(t, &r, v) {
		w.warn(outcome.Unconfirmed)
	}
	r.Warnings = tidy(w.warnings)
	return r
}

// named reports whether a region's primary measures count as outcomes: those of treated skin, and of
// scars where no treated skin is drawn, for each scar more would make all else harder to find
// ([course.adjust]).
func (c *course) named(r region) bool {
	treated := slices.ContainsFunc(c.regions, func(o region) bool { return o.kind == outcome.Treated })
	return r.kind == outcome.Treated || r.kind == outcome.Scar && !treated
}

// judge holds a known change against its noise. Interval and status rest on the same
// half width, so a change has a direction just when its interval leaves out zero.
func (c *course) judge(r *outcome.Change, w *point, t *track, from, v int) {
	m, ok := c.margin(t, upTo(from, v))
	if !ok {
		w.warn(outcome.NoNoiseSource)
		return
	}
	if m.provisional {
		w.warn(outcome.ProvisionalNoise)
	}
	if m.small {
		w.warn(outcome.RegionSmall)
	}
	half := outcome.Number(m.half)
	r.CI95 = [2]outcome.Number{r.Change - half, r.Change + half}
	if t.contrast == outcome.Raw && t.def.Scale != outcome.Interval {
		r.CI95[0] = max(r.CI95[0], min(r.Change, -max(0, r.From))) // nothing is left of it
	}
	r.MDC95, r.MDCSource, r.MDCDF = half, m.source, outcome.Number(m.df)
	r.MDCN = m.n
	switch {
	case r.Change > half:
		r.Status = outcome.Increased
	case r.Change < -half:
		r.Status = outcome.Decreased
	default:
		r.Status = outcome.NoChange
	}
	acute := Acute(c.rec.Visits[v], c.rec.Settings) || Acute(c.rec.Visits[from], c.rec.Settings)
	if t.def.Family != outcome.Redness || !acute {
		r.Goal = c.goal(t.def, r.Status)
	}
}

// goal is improved or worsened where the goals of the series agree on which direction
// of the measure is better.
func (c *course) goal(def outcome.Definition, status string) *string {
	better := ""
	for _, g := range c.rec.Series.Goals {
		d := def.GoalDirection[g]
		if d != "" && better != "" && d != better {
			return nil
		}
		if d != "" {
			better = d
		}
	}
	if better == "" || status != outcome.Increased && status != outcome.Decreased {
		return nil
	}
	word := outcome.Worsened
	if (better == "up") == (status == outcome.Increased) {
		word = outcome.Improved
	}
	return &word
}

// warnOfBaseline notes for each region which measures the baseline could not give
// though a later visit did: they have no rows.
func (c *course) warnOfBaseline() {
	for _, r := range c.regions {
		if c.baseline < 0 || r.kind == outcome.Grey || r.kind == outcome.Exclude {
			continue
		}
		var refused []string
		for _, m := range c.measures {
			q := reading{region: r, measure: m, family: c.rec.Definitions[m].Family}
			known := slices.ContainsFunc(c.follow(q), func(p point) bool { return p.known })
			if known && !c.at(c.baseline, q).known {
				refused = append(refused, m)
			}
		}
		n := outcome.Notice{Code: outcome.BaselineRefused, ROI: r.name,
			Text: outcome.WarningText(outcome.BaselineRefused) + " (" + strings.Join(refused, ", ") + ")"}
		if len(refused) > 0 && !slices.Contains(c.rec.Warnings, n) {
			c.rec.Warnings = append(c.rec.Warnings, n)
		}
	}
}

func number(p point) outcome.Number {
	if !p.known {
		return outcome.NaN()
	}
	return outcome.Number(p.value)
}

// tidy sorts and removes repeats; a list without warnings is empty, not null.
func tidy(codes []string) []string {
	out := append([]string{}, codes...)
	slices.Sort(out)
	return slices.Compact(out)
}
