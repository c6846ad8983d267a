package report

import (
	"testing"

	"dermtrace/internal/outcome"
)

func TestNumbersAreTypeset(t *testing.T) {
	for got, want := range map[string]string{
		number(-0.00293, 3): "−0.003", signed(-3.1, 1): "−3.1", signed(3.1, 1): "+3.1", significant(-0.0412345, 3): "−0.0412",
		number(outcome.NaN(), 1): "–", signed(outcome.NaN(), 1): "–",
	} {
		if got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestDatesCannotBeMisread(t *testing.T) {
	for in, want := range map[string]string{
		"2026-01-10": "10 Jan 2026", "2026-01-10T16:30": "10 Jan 2026", "2026-01-10T16:30:05+02:00": "10 Jan 2026", "soon": "soon", "": "",
	} {
		if got := date(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
	if got := dateTime("2026-01-10T16:30:00+02:00"); got != "10 Jan 2026, 16:30" {
		t.Errorf("with a clock: %q", got)
	}
	if d, ok := daysBetween("2026-01-10T23:00", "2026-01-12T01:00"); !ok || d != 2 {
		t.Errorf("midnights between: %d %v", d, ok)
	}
}

func TestStyleSheetStringsHoldAnything(t *testing.T) {
	if got, want := cssString("a\"}\\ é<"), `"a\000022 \00007d \00005c  \0000e9 \00003c "`; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

func TestTicksAreRoundAndDaysHaveRoom(t *testing.T) {
	for _, r := range [][2]float64{{0, 1}, {2.21, 2.63}, {-40, 12}, {0.028, 0.046}, {1e-7, 3e-7}, {0, 9e6}} {
		ticks := evenTicks(r[0], r[1])
		if len(ticks) < 2 || len(ticks) > 6 {
			t.Errorf("%v: %d ticks", r, len(ticks))
		}
		for i, a := range ticks[:len(ticks)-1] {
			if a.Label == ticks[i+1].Label {
				t.Errorf("%v: two ticks say %s", r, a.Label)
			}
		}
	}
	d := dayTicks{days: []float64{0, 1, 4, 42, 119, 119, 4}, width: 372}
	var named []string
	for _, tick := range d.Ticks(0, 119) {
		if tick.Label != "" {
			named = append(named, tick.Label)
		}
	}
	if len(named) != 3 || named[0] != "0" || named[2] != "119" {
		t.Errorf("named days %v", named)
	}
}
