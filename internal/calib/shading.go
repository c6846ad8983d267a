package calib

import (
	"math"

	"dermtrace/internal/geom"
	"dermtrace/internal/outcome"
)

// Light that falls off over the card, or a shadow on it, changes the patches as
// another reflectance would. Inside a patch nothing but light changes, so the fall-off
// is read there, whatever the patch's colour and the photo's tone curve.

// unevenLight is the ln range of light over the card beyond which it is called uneven,
// 16 %. Project default.
const unevenLight = 0.15

// level takes the common fall-off out of the patches' colours, leaving those of the
// card's centre as they are, and warns of uneven light.
func (c *Card) level(parts []patchParts) {
	var slopes [gridCells]geom.Point // of ln G, per cell
	var xs, ys []float64
	for n := range parts {
		if c.bright(n) {
			slopes[n] = parts[n].slope(c.floor)
			xs, ys = append(xs, slopes[n].X), append(ys, slopes[n].Y)
		}
	}
	if len(xs) < minUsedPatches/2 {
		return
	}
	if c.lightRange(slopes) > unevenLight {
		c.Warnings = append(c.Warnings, outcome.CardShadow)
	}
	x, y := median(xs), median(ys)
	for n := range c.Patches {
		at := cellAt(n)
		f := math.Exp(-x*(at.X-2.5) - y*(at.Y-1.5))
		for k := range 3 {
			c.Patches[n].RGB[k] *= f
		}
	}
}

// lightRange adds the mean slopes of the columns from left to right, and of the rows
// from top to bottom, and returns the larger range that the sums run through: the whole
// of a fall-off, most of a shadow's edge.
func (c *Card) lightRange(slopes [gridCells]geom.Point) float64 {
	along := func(count int, cells func(n int) int, slope func(geom.Point) float64) float64 {
		sum, n := make([]float64, count), make([]float64, count)
		for i, s := range slopes {
			if c.bright(i) {
				sum[cells(i)] += slope(s)
				n[cells(i)]++
			}
		}
		var at, lo, hi float64
		for i := range sum {
			at += sum[i] / max(n[i], 1)
			lo, hi = min(lo, at), max(hi, at)
		}
		return hi - lo
	}
	x := along(gridCols, func(n int) int { return n % gridCols }, func(p geom.Point) float64 { return p.X })
	y := along(gridRows, func(n int) int { return n / gridCols }, func(p geom.Point) float64 { return p.Y })
	return max(x, y)
}

// bright reports whether a patch has light enough to show a slope.
func (c *Card) bright(n int) bool {
	return c.Patches[n].Used && c.Patches[n].RGB[1] > brightPatch*c.floor
}

// brightPatch is the least green of a patch whose slope is read, in floors: twice black's.
const brightPatch = 6

// at is the centre of part i, in cells from the patch's centre.
func (parts *patchParts) at(i int) (x, y float64) {
	u := (2*float64(i%parts.across)+1)/float64(parts.across) - 1
	v := (2*float64(i/parts.across)+1)/float64(parts.across) - 1
	return parts.half[0] * u, parts.half[1] * v
}

// slope is that of ln G over the parts.
func (parts *patchParts) slope(floor float64) geom.Point {
	var xx, yy, xv, yv float64
	for i, p := range parts.rgb {
		u, v := parts.at(i)
		l := math.Log(max(p[1], floor))
		xx, yy, xv, yv = xx+u*u, yy+v*v, xv+u*l, yv+v*l
	}
	return geom.Point{X: xv / xx, Y: yv / yy}
}
