package report

import (
	"math"
	"strings"
	"testing"

	"dermtrace/internal/outcome"
)

// After one half-life half of the peak is left above what the treatment found.
func TestTheFittedRecoveryHalves(t *testing.T) {
	points := []point{{day: 1, value: 4.5, known: true}, {day: 3, value: 2.6, known: true}, {day: 5, value: 1.4, known: true}}
	r := outcome.Recovery{Peak: 4, PeakHours: 24, HalfLifeDays: 2}
	list := fitted(r, points)
	first, last, middle := list[0], list[len(list)-1], list[len(list)/2]
	for _, c := range [][4]float64{{first.X, first.Y, 1, 4.5}, {middle.X, middle.Y, 3, 2.5}, {last.X, last.Y, 5, 1.5}} {
		if !(math.Abs(c[0]-c[2]) <= 1e-9 && math.Abs(c[1]-c[3]) <= 1e-9) {
			t.Errorf("day %v has %v, want day %v, %v", c[0], c[1], c[2], c[3])
		}
	}
	for name, bad := range map[string]outcome.Recovery{
		"no half-life": {Peak: 4, PeakHours: 24, HalfLifeDays: outcome.NaN()}, "no peak": {Peak: outcome.NaN(), PeakHours: 24, HalfLifeDays: 2},
		"no time": {Peak: 4, PeakHours: outcome.NaN(), HalfLifeDays: 2}, "after the last visit": {Peak: 4, PeakHours: 240, HalfLifeDays: 2},
		"negative": {Peak: 4, PeakHours: 24, HalfLifeDays: -1}, "immense": {Peak: 1e300, PeakHours: 24, HalfLifeDays: 2},
	} {
		if fitted(bad, points) != nil {
			t.Errorf("%s: drawn", name)
		}
	}
}

func TestRecoveryFigureHasCurveKeyAndTable(t *testing.T) {
	rec := record()
	rec.Recovery[0].HalfLifeDays, rec.Recovery[0].Reason = 1.4, ""
	figures, err := newIndex(rec).recoveryFigures(english(), "hemoglobin")
	if err != nil || len(figures) != 1 {
		t.Fatal(figures, err)
	}
	f := figures[0]
	if len(f.Rows) != 2 || f.Rows[0][1] != "1.0" || !strings.Contains(f.Rows[0][2], "+3.7") || f.Columns[2] != "Change from baseline, against control skin, %" {
		t.Errorf("%v %v", f.Columns, f.Rows)
	}
	if k := f.Key[len(f.Key)-1]; k.Mark != "fit" || k.Label != "half gone in each 1.4 days, from the observed peak" {
		t.Errorf("%+v", f.Key)
	}
}

// What a user overruled, set by hand or lit by a grey card is said wherever the photo is.
func TestWhatAUserDecidedIsSaid(t *testing.T) {
	rec := record()
	rec.Photos[4].Quality.Reasons[0].Overruled = "the blur is outside the region"
	rec.Photos[5].Alignment.Assisted = true
	rec.Photos[2].Calibration.Method = "grey"
	page := strings.ReplaceAll(render(t, rec, Options{}), nbsp, " ")
	for _, want := range []string{
		"1 photo used although a finding speaks against it (overruled), 1 photo placed with landmarks set by hand", "light set from a grey reference in 1",
		"Overruled by the user: the blur is outside the region", "Placed with the help of landmarks that the user set", "gate overruled", "placed by hand", "grey reference, ΔE00 0.84",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	if strings.Contains(page, "Tap to focus") {
		t.Error("a mend stands where the finding was overruled")
	}
}
