package trend

import (
	"dermtrace/internal/outcome"
	"dermtrace/internal/stats"
)

// leastForSlope is the number of visits from which a course has a slope.
const leastForSlope = 5

// Slope is how one measure of one region went over the visits that count.
type Slope struct {
	ROI       string
	Measure   string
	Unit      string // per day
	Contrast  string
	N         int // visits that count
	PerDay    stats.RobustSlope
	Confirmed string // first visit beyond noise that the next confirmed; "": none
	Warnings  []string
}

// Slopes gives the Theil-Sen slope over eligible visits in the contrast that verdicts
// rest on, from five on, and the first visit beyond noise that was confirmed. The
// visits of one course follow each other in time, which the interval ignores.
func Slopes(rec *outcome.Record, noise Noise) []Slope {
	c := newCourse(rec, noise)
	var list []Slope
	for k := range c.tracks {
		t := &c.tracks[k]
		if !t.trusted {
			continue
		}
		s := Slope{ROI: t.name, Measure: t.measure, Unit: t.def.Unit, Contrast: t.contrast, Confirmed: c.firstConfirmed(t)}
		var days, values []float64
		for v := c.baseline + 1; v < len(rec.Visits); v++ {
			if c.counts(t, v) && t.usable(v) {
				days, values = append(days, float64(rec.Visits[v].Day)), append(values, t.points[v].value)
			}
		}
		s.N = len(days)
		fit, err := stats.TheilSen(days, values, 0.95)
		if s.N < leastForSlope || err != nil {
			s.Warnings = append(s.Warnings, "fewer than 5 eligible visits: no slope")
		} else {
			s.PerDay = fit
		}
		list = append(list, s)
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
