package roi

import (
	"math"
	"slices"

	"dermtrace/internal/geom"
)

// Rasterize returns the pixels of a w×h photo that lie inside at least one outline and
// inside no hole.
//
// The edge rule: the pixel (x, y) is inside an outline if and only if an odd number of
// its sides have their lower end at or above row y and their other end strictly below
// (y₁ ≤ y < y₂), and cross the row at or left of x (even-odd, half-open). A point on a
// left or top side is in, one on a right or bottom side is out, so neighbours that
// share a side divide the pixels on it without overlap or gap. Sides are evaluated
// from their upper end, which makes a shared side the same number for both.
//
// Coordinates must be finite; others are a mistake of the caller and panic.
func Rasterize(outlines, holes []geom.Polygon, w, h int) *Mask {
	x0, y0, x1, y1 := w, h, 0, 0
	for _, g := range outlines {
		gx0, gy0, gx1, gy1 := pixelBox(g, w, h)
		x0, y0, x1, y1 = min(x0, gx0), min(y0, gy0), max(x1, gx1), max(y1, gy1)
	}
	out := newMask(x0, y0, x1, y1)
	for _, g := range outlines {
		paint(out, g, true)
	}
	for _, g := range holes {
		paint(out, g, false)
	}
	return out
}

// Fill is [Rasterize] for one outline without holes.
func Fill(g geom.Polygon, w, h int) *Mask { return Rasterize([]geom.Polygon{g}, nil, w, h) }

// pixelBox is the box of pixels of a w×h photo that an outline can reach.
func pixelBox(g geom.Polygon, w, h int) (x0, y0, x1, y1 int) {
	if len(g) == 0 {
		return w, h, 0, 0
	}
	for _, p := range g {
		if math.IsNaN(p.X) || math.IsNaN(p.Y) || math.IsInf(p.X, 0) || math.IsInf(p.Y, 0) {
			panic("roi: outline with a coordinate that is not finite")
		}
	}
	lo, hi := g.Bounds()
	return ceilWithin(lo.X, w), ceilWithin(lo.Y, h), ceilWithin(hi.X, w), ceilWithin(hi.Y, h)
}

// ceilWithin is the first whole number at or after v, held within [0, n].
func ceilWithin(v float64, n int) int { return int(math.Ceil(min(max(v, 0), float64(n)))) }

// paint sets the pixels of m inside g to value. Each side flips, on each row that it
// crosses, everything from its crossing to the right; what has been flipped an odd
// number of times is inside.
func paint(m *Mask, g geom.Polygon, value bool) {
	if len(m.In) == 0 {
		return
	}
	flips := make([][]int, m.H)
	for i, a := range g {
		flipSide(m, flips, a, g[(i+1)%len(g)])
	}
	for y, at := range flips {
		slices.Sort(at)
		row := m.In[y*m.W : (y+1)*m.W]
		for i := 0; i < len(at); i += 2 {
			end := m.W
			if i+1 < len(at) {
				end = at[i+1]
			}
			set(row[at[i]:end], value)
		}
	}
}

// set fills a stretch of a row, whole blocks of memory at a time.
func set(row []bool, value bool) {
	if !value {
		clear(row)
		return
	}
	if len(row) > 0 {
		row[0] = true
	}
	for n := 1; n < len(row); n *= 2 {
		copy(row[n:], row[:n])
	}
}

// flipSide notes, for each row y₁ ≤ y < y₂ of the side, the first pixel at or right of
// the crossing x = x₁ + (y − y₁)(x₂ − x₁)/(y₂ − y₁).
func flipSide(m *Mask, flips [][]int, a, b geom.Point) {
	if a.Y > b.Y {
		a, b = b, a
	}
	top, bottom := float64(m.Y0), float64(m.Y0+m.H)
	y0, y1 := int(math.Ceil(min(max(a.Y, top), bottom))), int(math.Ceil(min(max(b.Y, top), bottom)))
	for y := y0; y < y1; y++ {
		x := a.X + float64((float64(y)-a.Y)*(b.X-a.X))/(b.Y-a.Y)
		if i := int(math.Ceil(min(max(x-float64(m.X0), 0), float64(m.W)))); i < m.W {
			flips[y-m.Y0] = append(flips[y-m.Y0], i)
		}
	}
}
