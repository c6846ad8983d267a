package calib

import (
	"dermtrace/internal/geom"
	"dermtrace/internal/raster"
)

// A plot or a page shows a picture on a margin of one exact colour, inside a rectangle
// that follows the rows and columns of pixels. No camera makes that: a photo's border
// varies by noise, and where it is all clipped its content has no such rectangle.

const (
	// pageShare is the least share of a row of the picture that the rectangle covers:
	// labels beside it stay below. contentShare is the least share of its own first and
	// last row and column that are not the margin's colour.
	pageShare, contentShare = 0.4, 0.95
	// pageOverCard is the least ratio of the rectangle to the card: a dark card lying
	// straight on clipped white is itself a rectangle on a margin.
	pageOverCard = 2
)

// isPage reports whether the picture has such a margin around such a rectangle, much
// larger than the card.
func isPage(c *raster.RGB, quad [4]geom.Point) bool {
	margin, ok := borderColour(c)
	if !ok {
		return false
	}
	content := func(x, y int) bool {
		return c.R.At(x, y) != margin[0] || c.G.At(x, y) != margin[1] || c.B.At(x, y) != margin[2]
	}
	column := func(x, y0, y1 int) float64 { return share(y0, y1, func(y int) bool { return content(x, y) }) }
	row := func(y, x0, x1 int) float64 { return share(x0, x1, func(x int) bool { return content(x, y) }) }
	x0, x1 := span(c.W(), func(x int) bool { return column(x, 0, c.H()) >= pageShare })
	y0, y1 := span(c.H(), func(y int) bool { return row(y, 0, c.W()) >= pageShare })
	if x1-x0 < 2 || y1-y0 < 2 || float64((x1-x0)*(y1-y0)) < pageOverCard*geom.Polygon(quad[:]).Area() {
		return false
	}
	return min(column(x0, y0, y1), column(x1-1, y0, y1), row(y0, x0, x1), row(y1-1, x0, x1)) >= contentShare
}

// span is the first and the end of those of 0 … n−1 that are in, as [a, b).
func span(n int, in func(int) bool) (a, b int) {
	for b = n; b > 0 && !in(b-1); b-- {
	}
	for a < b && !in(a) {
		a++
	}
	return a, b
}

// share is how many of a … b−1 are in, as a share of all.
func share(a, b int, in func(int) bool) float64 {
	n := 0
	for i := a; i < b; i++ {
		if in(i) {
			n++
		}
	}
	return float64(n) / float64(b-a)
}

// borderColour is the colour that every pixel of the border has.
func borderColour(c *raster.RGB) (m [3]float32, same bool) {
	for k, p := range c.Planes() {
		m[k] = p.At(0, 0)
		for x := range p.W {
			if p.At(x, 0) != m[k] || p.At(x, p.H-1) != m[k] {
				return m, false
			}
		}
		for y := range p.H {
			if p.At(0, y) != m[k] || p.At(p.W-1, y) != m[k] {
				return m, false
			}
		}
	}
	return m, true
}
