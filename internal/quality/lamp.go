package quality

import (
	"fmt"
	"math"
)

// evenSlope is the fall-off of ln luminance below which no side counts as the lamp's:
// 5 %, which METHODS 8 allows over a grey chart.
const evenSlope = 0.05

// minRelief is the least coherence of relief that has a direction: gradients 1.5:1 in
// energy. Project default.
const minRelief = 0.2

// lampMoved says what a person at the chair can see of two photos' lamps, in the axes of
// the second: which side was and is the brighter one, else along which line the relief
// is lit; "" where neither is told.
func (c *comparison) lampMoved() string {
	was, is := sideOf(c.turned(c.ref.Slope)), sideOf(c.now.Slope)
	if c.slopeChange() > MaxSlopeChange {
		return fmt.Sprintf(" (%s then, %s now)", was, is)
	}
	a, b, ok := c.commonDetail()
	if !ok {
		return ""
	}
	ax, ay := c.turnedRelief(a)
	bx, by := b.relief()
	if min(math.Hypot(ax, ay), math.Hypot(bx, by)) < minRelief || lineOf(ax, ay) == lineOf(bx, by) {
		return ""
	}
	return fmt.Sprintf(" (relief is lit along the %s then, the %s now)", lineOf(ax, ay), lineOf(bx, by))
}

// sideOf names the brighter side of a fall-off, x to the right and y down.
func sideOf(slope [2]float64) string {
	size := math.Hypot(slope[0], slope[1])
	if size < evenSlope {
		return "even"
	}
	sides := [...]string{"right", "lower right", "bottom", "lower left", "left", "upper left", "top", "upper right"}
	octant := int(math.Round(math.Atan2(slope[1], slope[0])/(math.Pi/4))) & 7
	return fmt.Sprintf("brighter at the %s by %.0f %%", sides[octant], 100*math.Expm1(size))
}

// lineOf names the direction of a relief vector (c cos 2θ, c sin 2θ).
func lineOf(x, y float64) string {
	lines := [...]string{"horizontal", "falling diagonal", "vertical", "rising diagonal"}
	return lines[int(math.Round(math.Atan2(y, x)/(math.Pi/2)))&3]
}
