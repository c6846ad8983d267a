package quality

import (
	"testing"

	"dermtrace/internal/geom"
	"dermtrace/internal/roi"
)

// Blocks of several regions are those of their union: one that lies across two that meet
// counts, one across a gap does not, and an empty region adds nothing.
func TestBlocksOfRegionsAreThoseOfTheirUnion(t *testing.T) {
	const w, h = 400, 300
	box := func(x0, y0, x1, y1 float64) *roi.Mask {
		return roi.Fill(geom.Polygon{{X: x0, Y: y0}, {X: x1, Y: y0}, {X: x1, Y: y1}, {X: x0, Y: y1}}, w, h)
	}
	regions := []*roi.Mask{{}, box(20, 10, 150, 250), box(150, 30, 260, 200), box(300, 5, 390, 290)}
	all := regions[1].Or(regions[2]).Or(regions[3])
	want := blocks(w, h, []*roi.Mask{all})
	got := blocks(w, h, regions)
	if len(got) != len(want) || len(got) == 0 {
		t.Fatalf("%d blocks, want %d", len(got), len(want))
	}
	across := false
	for i, at := range got {
		if at != want[i] {
			t.Fatalf("block %d at %v, want %v", i, at, want[i])
		}
		across = across || at.x < 150 && at.x+blockPx > 151
	}
	if !across {
		t.Error("no block lies across the two regions that meet")
	}
}
