package trend

import (
	"math"
	"slices"
	"time"

	"dermtrace/internal/outcome"
)

// moment is a time as the record writes it: a date, perhaps a time of day, perhaps an
// offset from UTC.
type moment struct {
	civil  time.Time // on the wall, as if in UTC
	timed  bool
	offset time.Duration
	zoned  bool
}

// parse reads a time of the record; false for anything else.
func parse(s string) (moment, bool) {
	if t, err := time.Parse(time.DateOnly, s); err == nil {
		return moment{civil: t}, true
	}
	for _, form := range []string{"2006-01-02T15:04", "2006-01-02T15:04:05"} {
		if t, err := time.Parse(form, s); err == nil {
			return moment{civil: t, timed: true}, true
		}
		if t, err := time.Parse(form+"Z07:00", s); err == nil {
			_, seconds := t.Zone()
			offset := time.Duration(seconds) * time.Second
			return moment{civil: t.UTC().Add(offset), timed: true, offset: offset, zoned: true}, true
		}
	}
	return moment{}, false
}

// daysSince counts midnights on the wall calendar.
func (m moment) daysSince(n moment) int {
	const day = 24 * time.Hour
	return int(m.civil.Truncate(day).Sub(n.civil.Truncate(day)) / day)
}

// hoursSince is known where both have a time of day.
func (m moment) hoursSince(n moment) (hours float64, known bool) {
	d := m.civil.Sub(n.civil)
	if m.zoned && n.zoned {
		d += n.offset - m.offset
	}
	return d.Hours(), m.timed && n.timed
}

// after says how long after a treatment a visit was: in days, from the times of day
// where both are known, else in whole days; exact tells which. A visit on the date of
// the treatment follows it when its phase or the times of day say so; a visit that says
// neither is taken to precede it, and visits that precede it are not ok.
func after(v outcome.Visit, t outcome.Treatment) (days float64, exact, ok bool) {
	a, okA := parse(v.At)
	b, okB := parse(t.At)
	if !okA || !okB {
		return 0, false, false
	}
	whole := a.daysSince(b)
	hours, timed := a.hoursSince(b)
	switch {
	case whole < 0, whole == 0 && v.Phase == "before":
		return 0, false, false
	case whole == 0 && v.Phase == "" && !(timed && hours >= 0):
		return 0, false, false
	case timed && hours >= 0:
		return hours / 24, true, true
	}
	return float64(whole), false, true
}

// inOrder are the treatments of a region in order of time; one that names no region
// treated all.
func (c *course) inOrder(roi string) []outcome.Treatment {
	var list []outcome.Treatment
	for _, t := range c.rec.Treatments {
		if len(t.ROIs) == 0 || slices.Contains(t.ROIs, roi) {
			list = append(list, t)
		}
	}
	slices.SortStableFunc(list, func(a, b outcome.Treatment) int {
		x, _ := parse(a.At)
		y, _ := parse(b.At)
		return x.civil.Compare(y.civil)
	})
	return list
}

// gapDays is from one treatment to the next.
func gapDays(a, b outcome.Treatment) int {
	x, okX := parse(a.At)
	y, okY := parse(b.At)
	if !okX || !okY {
		return math.MaxInt
	}
	return y.daysSince(x)
}
