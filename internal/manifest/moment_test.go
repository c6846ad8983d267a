package manifest

import (
	"testing"
	"time"
)

func TestParseMoment(t *testing.T) {
	for text, want := range map[string]string{
		"2026-01-10":                "2026-01-10",
		"2026-01-10T16:30":          "2026-01-10T16:30",
		"2026-01-10 16:30":          "2026-01-10T16:30",
		"2026-01-10T16:30:05":       "2026-01-10T16:30:05",
		"2026-01-10T16:30:05.123Z":  "2026-01-10T16:30:05+00:00",
		"2026-01-10T16:30+02:00":    "2026-01-10T16:30+02:00",
		"2026-01-10T16:30-0330":     "2026-01-10T16:30-03:30",
		"2024-02-29":                "2024-02-29",
		"2026-02-29":                "",
		"2026-13-01":                "",
		"2026-1-10":                 "",
		"10.01.2026":                "",
		"2026-01-10T24:00":          "",
		"2026-01-10T16:60":          "",
		"2026-01-10T16:30+15:00":    "",
		"0202-01-10":                "",
		"2026-01-10T":               "",
		"2026-01-10+02:00":          "",
		"20260110":                  "",
		"2026-01-10T16:30:05+02:60": "",
	} {
		m, err := ParseMoment(text)
		if m.String() != want && err == nil || (err == nil) != (want != "") {
			t.Errorf("%s: %s, %v; want %s", text, m, err, want)
		}
	}
}

func TestDatesInFileNames(t *testing.T) {
	for name, want := range map[string]string{
		"2026-01-10.jpg":                "2026-01-10",
		"visit/2026-01-10 left.jpg":     "2026-01-10",
		"2026-01-10T16-30.jpg":          "2026-01-10T16:30",
		"2026-01-10T1630.jpg":           "2026-01-10T16:30",
		"2026-01-10T163005_x.jpg":       "2026-01-10T16:30:05",
		"2026-01-10_16-30-05.jpg":       "2026-01-10T16:30:05",
		"2026-01-10 16.30.jpg":          "2026-01-10T16:30",
		"2026-01-10 16h30.jpg":          "2026-01-10T16:30",
		"20260110_163005.jpg":           "2026-01-10T16:30:05",
		"20260110.jpg":                  "2026-01-10",
		"2026-01-10_0417.jpg":           "2026-01-10", // a counter
		"2026-01-10_99-99.jpg":          "2026-01-10",
		"2026-01-10-2.jpg":              "2026-01-10",
		"2026-01-101.jpg":               "",
		"2026-0110.jpg":                 "",
		"2026-02-30.jpg":                "",
		"IMG_20260110.jpg":              "",
		"12345678.jpg":                  "",
		"2026-01-10/IMG_1.jpg":          "",
		"20260110163005.jpg":            "",
		"2026-01-10T16-30 2026-01.jpeg": "2026-01-10T16:30",
	} {
		m, ok := momentOfName(name)
		if m.String() != want || ok != (want != "") {
			t.Errorf("%s: %s, %v; want %s", name, m, ok, want)
		}
	}
}

func TestDaysAndHours(t *testing.T) {
	at := func(s string) Moment {
		m, err := ParseMoment(s)
		if err != nil {
			t.Fatal(err)
		}
		return m
	}
	for _, c := range []struct {
		from, to string
		days     int
		hours    float64
		known    bool
	}{
		{"2026-01-10", "2026-01-10", 0, 0, false},
		{"2026-01-10T23:50", "2026-01-11T00:10", 1, 1. / 3, true},
		{"2026-01-10", "2026-04-04", 84, 0, false},
		{"2026-04-04", "2026-01-10", -84, 0, false},
		{"2024-02-28", "2024-03-01", 2, 0, false},
		{"2026-03-28T12:00+01:00", "2026-03-29T12:00+02:00", 1, 23, true}, // clocks go forward
		{"2026-01-10T12:00Z", "2026-01-10T12:00-05:00", 0, 5, true},
		{"2026-01-10T12:00Z", "2026-01-10T13:00", 0, 1, true},
	} {
		h, known := at(c.to).HoursSince(at(c.from))
		if d := at(c.to).DaysSince(at(c.from)); d != c.days || known != c.known || known && !(h-c.hours < 1e-9 && c.hours-h < 1e-9) {
			t.Errorf("from %s to %s: %d days, %v hours (%v)", c.from, c.to, d, h, known)
		}
	}
}

// The camera's wall clock is taken as it stands, in whatever zone the program runs.
func TestMomentOfHeaderKeepsTheWallClock(t *testing.T) {
	zone := time.FixedZone("", -5*3600)
	for hasZone, want := range map[bool]string{true: "2026-01-10T23:30-05:00", false: "2026-01-10T23:30"} {
		m, ok := momentOfHeader(File{Taken: time.Date(2026, 1, 10, 23, 30, 0, 0, zone), HasZone: hasZone})
		if !ok || m.String() != want {
			t.Errorf("%s, want %s", m, want)
		}
	}
	if _, ok := momentOfHeader(File{}); ok {
		t.Error("no header gave a time")
	}
}
