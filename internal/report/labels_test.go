package report

import (
	"strconv"
	"testing"
)

// Numbers of spots that touch, or that lie at the rim, can be read: no number covers another
// or another's sign, and none is cut off.
func TestNumbersOfSpotsDoNotCoverEachOther(t *testing.T) {
	const font = 20
	window := rect{0, 0, 400, 300}
	marks := make([]spotMark, 0, 7)
	for i, at := range [][2]float64{{100, 100}, {122, 92}, {104, 124}, {395, 150}, {200, 4}, {396, 4}, {390, 296}} {
		marks = append(marks, spotMark{RingX: at[0], RingY: at[1], Label: strconv.Itoa(i + 1), reach: 12})
	}
	placeLabels(marks, font, window)
	for i, m := range marks {
		box := rect{m.X, m.Y - digitHeight*font, m.X + digitWidth*font, m.Y}
		if cut := box.area() - box.shared(window); cut > 1 {
			t.Errorf("number %s: %.0f of %.0f px² cut off", m.Label, cut, box.area())
		}
		for j, o := range marks {
			if j == i {
				continue
			}
			sign := rect{o.RingX - o.reach, o.RingY - o.reach, o.RingX + o.reach, o.RingY + o.reach}
			other := rect{o.X, o.Y - digitHeight*font, o.X + digitWidth*font, o.Y}
			if over := box.shared(sign) + box.shared(other); over > 1 {
				t.Errorf("number %s covers %.0f px² of %s", m.Label, over, o.Label)
			}
		}
	}
}

// A number by itself stands above and to the right.
func TestNumberOfASpotByItself(t *testing.T) {
	marks := []spotMark{{RingX: 100, RingY: 100, Label: "1", reach: 10}}
	placeLabels(marks, 20, rect{0, 0, 400, 300})
	if m := marks[0]; m.X != 110 || m.Y != 93 {
		t.Errorf("at %v, %v", m.X, m.Y)
	}
}
