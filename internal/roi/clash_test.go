package roi

import (
	"math"
	"testing"

	"dermtrace/internal/outcome"
)

func TestClashes(t *testing.T) {
	treated := Drawn{"t", outcome.Treated, box(0, 0, 50, 50)}
	for _, c := range []struct {
		other Drawn
		share float64 // 0: no clash
	}{
		{Drawn{"c", outcome.Control, box(50, 0, 90, 50)}, 0},      // neighbours
		{Drawn{"c", outcome.Control, box(49.7, 0, 90, 50)}, 0},    // less than a pixel
		{Drawn{"c", outcome.Control, box(40, 0, 90, 50)}, 0.2},    // 10 of 50 columns
		{Drawn{"c", outcome.Comparator, box(40, 0, 60, 50)}, 0.5}, // of the smaller
		{Drawn{"s", outcome.Scar, box(10, 10, 20, 20)}, 0},        // scars are treated
		{Drawn{"e", outcome.Exclude, box(10, 10, 20, 20)}, 0},     // cut out
		{Drawn{"g", outcome.Grey, box(40, 40, 60, 60)}, 0.25},     // no skin
		{Drawn{"t2", outcome.Treated, box(0, 0, 50, 50)}, 0},      // drawn twice
		{Drawn{"c", outcome.Control, box(200, 200, 300, 300)}, 0}, // elsewhere
		{Drawn{"c", outcome.Control, box(-20, -20, 0.5, 0.5)}, 1}, // its only pixel
		{Drawn{"c", outcome.Control, box(0, 0, 0.2, 0.2)}, 1},
	} {
		got := Clashes([]Drawn{treated, c.other}, 100, 100)
		switch {
		case c.share == 0 && len(got) != 0:
			t.Errorf("%+v: %+v", c.other, got)
		case c.share > 0 && (len(got) != 1 || !(math.Abs(got[0].Share-c.share) < 1e-9) || got[0].A != "t" || got[0].B != c.other.Name):
			t.Errorf("%+v: %+v, want %v", c.other, got, c.share)
		}
	}
}
