package report

import "math"

// rect is from x0, y0 to x1, y1.
type rect struct{ x0, y0, x1, y1 float64 }

// shared is the area that both cover.
func (a rect) shared(b rect) float64 {
	w, h := min(a.x1, b.x1)-max(a.x0, b.x0), min(a.y1, b.y1)-max(a.y0, b.y0)
	return max(0, w) * max(0, h)
}

func (a rect) area() float64 { return (a.x1 - a.x0) * (a.y1 - a.y0) }

// A digit is so many font sizes wide, and high.
const digitWidth, digitHeight = 0.62, 0.75

// corners are where a label may stand beside its sign, the one to be preferred first.
var corners = [][2]float64{{1, -1}, {-1, -1}, {1, 1}, {-1, 1}}

// placeLabels puts each number beside its sign, where it covers no other sign and no number
// before it, within the window; else where it covers the least.
func placeLabels(marks []spotMark, font float64, window rect) {
	taken := make([]rect, 0, 2*len(marks))
	for _, m := range marks {
		taken = append(taken, rect{m.RingX - m.reach, m.RingY - m.reach, m.RingX + m.reach, m.RingY + m.reach})
	}
	for i := range marks {
		m := &marks[i]
		least, place := math.Inf(1), rect{}
		for _, c := range corners {
			at := m.labelAt(c, font)
			covered := 2 * (at.area() - at.shared(window)) // cut off is worse than covered
			for j, other := range taken {
				if j != i {
					covered += at.shared(other)
				}
			}
			if covered < least {
				least, place = covered, at
			}
		}
		m.X, m.Y = tenth(place.x0), tenth(place.y1)
		taken = append(taken, place)
	}
}

// labelAt is the box of the label at a corner of its sign, which it touches.
func (m *spotMark) labelAt(corner [2]float64, font float64) rect {
	w, h := digitWidth*font*float64(len(m.Label)), digitHeight*font
	x, y := m.RingX+m.reach, m.RingY+0.7*corner[1]*m.reach
	if corner[0] < 0 {
		x = m.RingX - m.reach - w
	}
	if corner[1] > 0 {
		y += h
	}
	return rect{x, y - h, x + w, y}
}
