package render

import (
	"image"
	"math"
	"slices"
	"sync"

	"dermtrace/internal/cie"
	"dermtrace/internal/geom"
	"dermtrace/internal/raster"
)

// Codes of the hatch that stands where a photo shows nothing.
const (
	hatchLight, hatchDark = 150, 138
	hatchPeriodPx         = 16
)

// The encoding table is read by the leading bits of a float32: its sign, its exponent and
// fractionBits of its fraction. A step is at most a quarter of a code, and what of the table
// a photo reads stays in the nearest cache. Below 2^leastExponent is code 0, from 1 on 255.
const (
	fractionBits  = 9
	leastExponent = -13
	shift         = 23 - fractionBits
	tableLength   = 1 << (32 - shift)
	firstLight    = (127 + leastExponent) << fractionBits
	firstWhite    = 127 << fractionBits
	firstNegative = tableLength / 2
)

// encodingTable maps linear light to an sRGB code.
var encodingTable = sync.OnceValue(func() *[tableLength]uint8 {
	var table [tableLength]uint8
	for i := firstLight; i < firstNegative; i++ {
		table[i] = 255
		if i < firstWhite {
			middle := uint32(i<<shift | 1<<(shift-1))
			table[i] = uint8(math.Round(255 * cie.Encode(float64(math.Float32frombits(middle)))))
		}
	}
	return &table
})

// code is the sRGB code of linear light; light outside of 0 to 1 is cut to it.
func code(table *[tableLength]uint8, v float32) uint64 {
	return uint64(table[math.Float32bits(v)>>shift])
}

// coded is a picture in sRGB codes, each pixel one number of three lanes, red in the
// lowest: one product with a weight is that of all three.
type coded struct {
	w, h int
	pix  []uint64
}

// laneBits is what a lane needs for the sums of cubicRow.
const laneBits = 21

// light is linear light and what it is multiplied by.
type light struct {
	planes [3]*raster.Plane
	gain   [3]float64
}

// seen is the part of light that a tile of a picture is read from, at least a pixel of it.
func (s light) seen(tile image.Rectangle, srcFromOut geom.Transform) raster.Box {
	const beside = 3 // a cubic's neighbours, and rounding
	w, h := s.planes[0].W, s.planes[0].H
	x0, y0, x1, y1 := math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)
	for _, y := range [2]int{tile.Min.Y, tile.Max.Y - 1} {
		l := lineOf(srcFromOut, y)
		for _, x := range [2]int{tile.Min.X, tile.Max.X - 1} {
			u, v := l.at(float64(x))
			if u != u { // beyond the horizon
				return raster.Box{X1: w, Y1: h}
			}
			x0, y0, x1, y1 = min(x0, u), min(y0, v), max(x1, u), max(y1, v)
		}
	}
	within := func(v float64, n int) int { return int(max(0, min(v, float64(n)))) }
	left, top := within(x0-beside, w-1), within(y0-beside, h-1)
	return raster.Box{X0: left, Y0: top, X1: max(left+1, within(x1+beside+1, w)), Y1: max(top+1, within(y1+beside+1, h))}
}

// take makes c the codes of a part of light.
func (c *coded) take(s light, b raster.Box) {
	c.w, c.h = b.X1-b.X0, b.Y1-b.Y0
	c.pix = slices.Grow(c.pix[:0], c.w*c.h)[:c.w*c.h]
	g := [3]float32{float32(s.gain[0]), float32(s.gain[1]), float32(s.gain[2])}
	for y := range c.h {
		var rows [3][]float32
		for k, p := range s.planes {
			rows[k] = p.Row(b.Y0 + y)[b.X0:b.X1]
		}
		encodeRow(c.pix[y*c.w:(y+1)*c.w], rows, g)
	}
}

func encodeRow(dst []uint64, rows [3][]float32, gain [3]float32) {
	table := encodingTable()
	r, g, b := rows[0][:len(dst)], rows[1][:len(dst)], rows[2][:len(dst)]
	for i := range dst {
		dst[i] = code(table, r[i]*gain[0]) | code(table, g[i]*gain[1])<<laneBits | code(table, b[i]*gain[2])<<(2*laneBits)
	}
}

func hatch(x, y int) uint8 {
	if (x+y)%hatchPeriodPx < hatchPeriodPx/2 {
		return hatchLight
	}
	return hatchDark
}
