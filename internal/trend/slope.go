package trend

import (
	"dermtrace/internal/outcome"
	"dermtrace/internal/stats"
)

// leastForSlope is the number of visits from which a course has a slope.
const leastForSlope = 5

// Slope is how one measure of one region went over the visits that count: the
// Theil-Sen slope, the first visit beyond noise, and what each number of treatments
// brought.
type Slope struct {
	ROI       string            `json:"roi"`
	Measure   string            `json:"measure"`
	Unit      string            `json:"unit"`
	Contrast  string            `json:"contrast"`
	N         int               `json:"n"`       // visits that count
	PerDay    outcome.Number    `json:"per_day"` // in Unit
	CI95      [2]outcome.Number `json:"ci95"`
	Level     outcome.Number    `json:"level"`     // that the interval truly has: ranks are few
	P         outcome.Number    `json:"p"`         // of no trend, Mann-Kendall
	Confirmed string            `json:"confirmed"` // first visit beyond noise that the next confirmed; "": none
	After     []AfterTreatments `json:"after_treatments"`
	Warnings  []string          `json:"warnings"`
}

// AfterTreatments is the change from baseline at the last visit that counts after so many
// treatments of the region.
type AfterTreatments struct {
	Treatments int            `json:"treatments"`
	Visit      string         `json:"visit"`
	Change     outcome.Number `json:"change"`
	MDC95      outcome.Number `json:"mdc95"` // null: no source of noise
}

// Slopes gives the Theil-Sen slope over eligible visits in the contrast that verdicts
// rest on, from five on, and the first visit beyond noise that was confirmed. The
// visits of one course follow each other in time, which the interval ignores.
func Slopes(rec *outcome.Record, noise Noise) []Slope {
	c := newCourse(rec, noise)
	list := []Slope{}
	for k := range c.tracks {
		if t := &c.tracks[k]; t.trusted {
			list = append(list, c.slope(t))
		}
	}
	return list
}

func (c *course) slope(t *track) Slope {
	nan := outcome.NaN()
	s := Slope{ROI: t.name, Measure: t.measure, Unit: t.def.Unit, Contrast: t.contrast, Confirmed: c.firstConfirmed(t),
		PerDay: nan, CI95: [2]outcome.Number{nan, nan}, Level: nan, P: nan, After: c.afterTreatments(t), Warnings: []string{}}
	var days, values []float64
	for v := c.baseline + 1; v < len(c.rec.Visits); v++ {
		if c.counts(t, v) && t.usable(v) {
			days, values = append(days, float64(c.rec.Visits[v].Day)), append(values, t.points[v].value)
		}
	}
	s.N = len(days)
	fit, err := stats.TheilSen(days, values, 0.95)
	if s.N < leastForSlope || err != nil {
		s.Warnings = append(s.Warnings, "fewer than 5 eligible visits: no slope")
		return s
	}
	s.PerDay, s.CI95, s.Level, s.P = outcome.Number(fit.Slope), interval(fit.CI), outcome.Number(fit.Level), outcome.Number(fit.P)
	s.Warnings = append(s.Warnings, fit.Warnings...)
	return s
}

// afterTreatments takes, for each number of treatments of the region, the last visit that
// counts before the next.
func (c *course) afterTreatments(t *track) []AfterTreatments {
	list := []AfterTreatments{}
	treatments := c.inOrder(t.name)
	for v := c.baseline + 1; v < len(c.rec.Visits); v++ {
		if !c.counts(t, v) || !t.usable(v) {
			continue
		}
		one := AfterTreatments{Visit: c.rec.Visits[v].Visit, Change: outcome.Number(t.points[v].value - t.points[c.baseline].value), MDC95: outcome.NaN()}
		for _, treatment := range treatments {
			if _, _, past := after(c.rec.Visits[v], treatment); past {
				one.Treatments++
			}
		}
		if m, ok := c.margin(t, upTo(c.baseline, v)); ok {
			one.MDC95 = outcome.Number(m.half)
		}
		if n := len(list); n > 0 && list[n-1].Treatments == one.Treatments {
			list = list[:n-1]
		}
		list = append(list, one)
	}
	return list
}

// counts reports whether the visit is late enough for the measure to be an outcome.
func (c *course) counts(t *track, v int) bool {
	clock := c.rec.Visits[v].Clock[t.def.Clock]
	return clock == outcome.Eligible || clock == outcome.Mature
}

// firstConfirmed is the first visit that counts, is beyond noise, and is followed by
// one that counts, could be compared and says the same.
func (c *course) firstConfirmed(t *track) string {
	candidate, direction := "", 0
	for v := c.baseline + 1; v < len(c.rec.Visits); v++ {
		if !c.counts(t, v) || !t.usable(v) {
			continue
		}
		m, ok := c.margin(t, span{c.baseline, v, len(c.rec.Visits) - 1})
		if !ok {
			continue
		}
		now := 0
		switch change := t.points[v].value - t.points[c.baseline].value; {
		case change > m.half:
			now = 1
		case change < -m.half:
			now = -1
		}
		if now != 0 && now == direction {
			return candidate
		}
		candidate, direction = c.rec.Visits[v].Visit, now
	}
	return ""
}
