package report

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"dermtrace/internal/outcome"
)

const nbsp = "\u00a0"

// decimals is the number of places that an uncertainty u entitles to: its first
// digit, and a second one when the first is 1 or 2 (the usual rule for reporting
// measurements). −1 where u says nothing.
func decimals(u float64) int {
	if !(u > 0) || math.IsInf(u, 0) {
		return -1
	}
	e := int(math.Floor(math.Log10(u)))
	d := -e
	if u/math.Pow10(e) < 3 {
		d++
	}
	return max(0, min(d, 9))
}

// number prints v with the given places, or with three significant digits where
// places is negative. A minus is a minus sign; nothing is printed as −0.
func number(v outcome.Number, places int) string {
	if places < 0 {
		return significant(v, 3)
	}
	if !v.Known() {
		return "–"
	}
	s := strconv.FormatFloat(float64(v), 'f', places, 64)
	if strings.Trim(s, "-0.") == "" {
		s = strings.TrimPrefix(s, "-")
	}
	return strings.Replace(s, "-", "−", 1)
}

// significant prints v with this many significant digits, but no fewer than its
// whole ones.
func significant(v outcome.Number, digits int) string {
	if !v.Known() || v == 0 {
		return number(v, 0)
	}
	return number(v, max(0, min(digits-1-int(math.Floor(math.Log10(math.Abs(float64(v))))), 9)))
}

// signed is number with a plus on what is not negative.
func signed(v outcome.Number, places int) string {
	s := number(v, places)
	if v > 0 && v.Known() && strings.Trim(s, "0.") != "" {
		return "+" + s
	}
	return s
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
