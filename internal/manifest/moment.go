package manifest

import (
	"errors"
	"fmt"
	"path"
	"regexp"
	"strconv"
	"time"
)

// Moment is a time as precisely as it was said: a date, or a date and a time of day,
// with or without the zone. The zero value is unknown.
type Moment struct {
	Civil   time.Time     // the wall clock as written, held in UTC whatever the zone
	HasTime bool          // a time of day was said
	HasZone bool          // and its distance from UTC
	Offset  time.Duration // east of UTC, when HasZone
}

// Years outside these bounds are slips of the pen: photography is younger than the
// first, and no planned course reaches the second. Project default.
const (
	firstYear = 1900
	lastYear  = 2199
)

var (
	errDateForm  = errors.New("is not a date")
	errDateValue = errors.New("is a day or time that does not exist")

	momentForm = regexp.MustCompile(
		`^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?)?$`)
	// In file names : is rare, so - . h and _ may stand for it; the basic form has
	// none. A counter (2026-01-10_0417) is not taken for a time of day.
	nameDate = regexp.MustCompile(`^(\d{4})(-?)(\d{2})(-?)(\d{2})(.*)$`)
	nameTime = regexp.MustCompile(
		`^(?:T(\d{2})[:.h_-]?(\d{2})(?:[:.m_-]?(\d{2}))?|[ _-](\d{2})[:.h_-](\d{2})(?:[:.m_-](\d{2}))?|[ _-](\d{2})(\d{2})(\d{2}))(?:\D|$)`)
)

// ParseMoment reads 2026-01-10, 2026-01-10T16:30, 2026-01-10T16:30:05 and both with
// Z or +02:00 appended; a blank may stand for the T.
func ParseMoment(s string) (Moment, error) {
	f := momentForm.FindStringSubmatch(s)
	if f == nil {
		return Moment{}, errDateForm
	}
	m, ok := civil(f[1:4], f[4:7])
	if !ok {
		return Moment{}, errDateValue
	}
	if z := f[7]; z != "" {
		var inRange bool
		m.HasZone = true
		if m.Offset, inRange = zone(z); !inRange {
			return Moment{}, errDateValue
		}
	}
	return m, nil
}

// momentOfName reads the ISO date, and the time if there is one, that a file name
// begins with.
func momentOfName(file string) (Moment, bool) {
	f := nameDate.FindStringSubmatch(path.Base(file))
	if f == nil || f[2] != f[4] {
		return Moment{}, false
	}
	rest := f[6]
	if rest != "" && rest[0] >= '0' && rest[0] <= '9' {
		return Moment{}, false
	}
	date := []string{f[1], f[3], f[5]}
	if t := nameTime.FindStringSubmatch(rest); t != nil {
		for _, clock := range [][]string{t[1:4], t[4:7], t[7:10]} {
			if m, ok := civil(date, clock); ok && clock[0] != "" {
				return m, true
			}
		}
	}
	return civil(date, []string{"", "", ""})
}

// momentOfHeader is the capture time that a photo's headers give.
func momentOfHeader(f File) (Moment, bool) {
	if f.Taken.IsZero() {
		return Moment{}, false
	}
	t := f.Taken
	m := Moment{HasTime: true, HasZone: f.HasZone}
	m.Civil = time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), 0, time.UTC)
	if f.HasZone {
		_, s := t.Zone()
		m.Offset = time.Duration(s) * time.Second
	}
	return m, true
}

// civil makes a moment of digits; an empty hour means a date alone. It refuses days
// that the calendar does not have.
func civil(date, clock []string) (Moment, bool) {
	var v [6]int
	for i, d := range append(append([]string{}, date...), clock...) {
		v[i], _ = strconv.Atoi(d)
	}
	t := time.Date(v[0], time.Month(v[1]), v[2], v[3], v[4], v[5], 0, time.UTC)
	same := t.Year() == v[0] && int(t.Month()) == v[1] && t.Day() == v[2] &&
		t.Hour() == v[3] && t.Minute() == v[4] && t.Second() == v[5]
	if !same || v[0] < firstYear || v[0] > lastYear {
		return Moment{}, false
	}
	return Moment{Civil: t, HasTime: clock[0] != ""}, true
}

// zone reads Z, +02:00 or -0530. Zones in use lie within 14 hours of UTC.
func zone(s string) (time.Duration, bool) {
	if s == "Z" {
		return 0, true
	}
	h, _ := strconv.Atoi(s[1:3])
	m, _ := strconv.Atoi(s[len(s)-2:])
	d := time.Duration(h)*time.Hour + time.Duration(m)*time.Minute
	if s[0] == '-' {
		d = -d
	}
	return d, m < 60 && d.Abs() <= 14*time.Hour
}

// IsZero reports whether the moment is unknown.
func (m Moment) IsZero() bool { return m.Civil.IsZero() }

// Date is the ISO date on the wall where it was said.
func (m Moment) Date() string { return m.Civil.Format(time.DateOnly) }

// String is the moment in ISO 8601, as precisely as it was said; "" when unknown.
func (m Moment) String() string {
	switch {
	case m.IsZero():
		return ""
	case !m.HasTime:
		return m.Date()
	}
	form := "2006-01-02T15:04"
	if m.Civil.Second() != 0 {
		form = "2006-01-02T15:04:05"
	}
	s := m.Civil.Format(form)
	if !m.HasZone {
		return s
	}
	min := int(m.Offset / time.Minute)
	if min < 0 {
		return s + fmt.Sprintf("-%02d:%02d", -min/60, -min%60)
	}
	return s + fmt.Sprintf("+%02d:%02d", min/60, min%60)
}

// DaysSince counts midnights from n to m on the wall calendar, negative when m comes
// first.
func (m Moment) DaysSince(n Moment) int {
	day := func(t time.Time) int64 {
		return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC).Unix() / 86400
	}
	return int(day(m.Civil) - day(n.Civil))
}

// HoursSince is the time from n to m in hours; known only where both were said with a
// time of day. Where either zone is unknown both are taken to be the same.
func (m Moment) HoursSince(n Moment) (hours float64, known bool) {
	if !m.HasTime || !n.HasTime {
		return 0, false
	}
	d := m.Civil.Sub(n.Civil)
	if m.HasZone && n.HasZone {
		d += n.Offset - m.Offset
	}
	return d.Hours(), true
}
