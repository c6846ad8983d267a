package report

import (
	"fmt"
	"math"
	"strings"
	"time"

	"dermtrace/internal/outcome"
)

const nbsp = "\u00a0"

// number prints v with the given places, or with three significant digits where places
// is negative, as a page prints numbers.
func number(v outcome.Number, places int) string { return typeset(v.Fixed(places)) }

// significant prints v with this many significant digits, but no fewer than its
// whole ones.
func significant(v outcome.Number, digits int) string { return typeset(v.Significant(digits)) }

// signed is number with a plus on what is above zero.
func signed(v outcome.Number, places int) string { return typeset(v.Signed(places)) }

// typeset gives a number a minus sign for its hyphen, and a dash for what was not measured.
func typeset(s string) string {
	if s == "" {
		return "–"
	}
	return strings.Replace(s, "-", "−", 1)
}

// withUnit appends a unit; the unit 1 and none are silent.
func withUnit(s, unit string) string {
	if unit == "" || unit == "1" || s == "–" {
		return s
	}
	return s + nbsp + unit
}

// timeLayouts are the forms of time that a record may hold.
var timeLayouts = [...]string{
	time.RFC3339Nano, "2006-01-02T15:04:05", "2006-01-02T15:04", "2006-01-02T15:04Z07:00", "2006-01-02 15:04:05", "2006-01-02 15:04", "2006-01-02",
}

// courseStart stands for the first treatment where a record has days for dates.
var courseStart = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)

// parseTime reads a time of the record as it stands on its clock; ok is false for
// anything else. clock tells whether it holds a time of day.
func parseTime(s string) (at time.Time, clock, ok bool) {
	if n, hour, ok := dayOfCourse(s); ok {
		at := courseStart.AddDate(0, 0, n)
		t, err := time.Parse("15:04", hour)
		if err != nil {
			return at, false, hour == ""
		}
		return at.Add(time.Duration(t.Hour())*time.Hour + time.Duration(t.Minute())*time.Minute), true, true
	}
	for _, layout := range timeLayouts {
		if t, err := time.Parse(layout, s); err == nil {
			return t, layout != "2006-01-02", true
		}
	}
	return time.Time{}, false, false
}

// date prints 10 Jan 2026, or the text itself where it is no date.
func date(s string) string {
	if n, _, ok := dayOfCourse(s); ok {
		return fmt.Sprintf(dayFormat, n)
	}
	at, _, ok := parseTime(s)
	if !ok {
		return s
	}
	return at.Format(dateFormat)
}

// dateTime prints 10 Jan 2026, 16:30 where a time of day is known.
func dateTime(s string) string {
	at, clock, ok := parseTime(s)
	if ok && clock {
		return date(s) + ", " + at.Format(timeFormat)
	}
	return date(s)
}

// daysBetween is the number of midnights between two times; ok is false where one
// is no date.
func daysBetween(a, b string) (days int, ok bool) {
	x, _, okA := parseTime(a)
	y, _, okB := parseTime(b)
	midnight := func(t time.Time) time.Time {
		return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC)
	}
	return int(math.Round(midnight(y).Sub(midnight(x)).Hours() / 24)), okA && okB
}

// capital raises the first letter.
func capital(s string) string {
	for i, r := range s {
		return strings.ToUpper(string(r)) + s[i+len(string(r)):]
	}
	return s
}

// named looks a word up, or makes a name readable.
func named(words map[string]string, key string) string {
	if w, ok := words[key]; ok {
		return w
	}
	return strings.ReplaceAll(key, "_", " ")
}
