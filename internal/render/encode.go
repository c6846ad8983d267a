package render

import (
	"math"
	"sync"

	"dermtrace/internal/cie"
	"dermtrace/internal/raster"
)

// Codes of the hatch that stands where a photo shows nothing.
const (
	hatchLight, hatchDark = 150, 138
	hatchPeriodPx         = 16
)

// The encoding table is read by the leading bits of a float32, its exponent and
// fractionBits of its fraction: a step is at most a quarter of a code, and the table stays
// in the nearest cache. It runs from 2^leastExponent, which is code 0, to 1.
const (
	fractionBits  = 9
	leastExponent = -13
	shift         = 23 - fractionBits
	tableStart    = (127 + leastExponent) << fractionBits
	tableLength   = -leastExponent<<fractionBits + 1
)

// encodingTable maps linear light to an sRGB code.
var encodingTable = sync.OnceValue(func() *[tableLength]uint8 {
	var table [tableLength]uint8
	for i := range table {
		middle := uint32((i+tableStart)<<shift | 1<<(shift-1))
		table[i] = uint8(math.Round(255 * min(cie.Encode(float64(math.Float32frombits(middle))), 1)))
	}
	return &table
})

// code is the sRGB code of linear light; light outside of 0 to 1 is cut to it.
func code(table *[tableLength]uint8, light float32) uint64 {
	i := int(int32(math.Float32bits(light))>>shift) - tableStart
	return uint64(table[max(0, min(i, tableLength-1))])
}

// coded is a picture in sRGB codes, each pixel one number of three lanes, red in the
// lowest: one product with a weight is that of all three.
type coded struct {
	w, h int
	pix  []uint64
}

// laneBits is what a lane needs for the sums of cubicRow.
const laneBits = 21

// encoded is linear light times gain as sRGB codes.
func encoded(p [3]*raster.Plane, gain [3]float64) *coded {
	c := &coded{p[0].W, p[0].H, make([]uint64, p[0].W*p[0].H)}
	g := [3]float32{float32(gain[0]), float32(gain[1]), float32(gain[2])}
	raster.Bands(c.h, func(y0, y1 int) {
		a, z := y0*c.w, y1*c.w
		encodeRow(c.pix[a:z], [3][]float32{p[0].Pix[a:z], p[1].Pix[a:z], p[2].Pix[a:z]}, g)
	})
	return c
}

func encodeRow(dst []uint64, light [3][]float32, gain [3]float32) {
	table := encodingTable()
	r, g, b := light[0][:len(dst)], light[1][:len(dst)], light[2][:len(dst)]
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
