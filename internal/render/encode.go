package render

import (
	"image"
	"math"
	"sync"

	"dermtrace/internal/raster"
)

// Codes of the hatch that stands where a photo shows nothing.
const (
	hatchLight, hatchDark = 150, 138
	hatchPeriodPx         = 16
)

// lutSize is fine enough that one step is a twentieth of an sRGB code in the darks.
const lutSize = 1 << 16

// encodingTable maps linear light, in steps of 1/(lutSize−1), to an sRGB code by
// IEC 61966-2-1: 12.92 C up to 0.0031308, else 1.055 C^(1/2.4) − 0.055.
var encodingTable = sync.OnceValue(func() []uint8 {
	lut := make([]uint8, lutSize)
	for i := range lut {
		c := float64(i) / (lutSize - 1)
		e := 12.92 * c
		if c > 0.0031308 {
			e = 1.055*math.Pow(c, 1/2.4) - 0.055
		}
		lut[i] = uint8(math.Round(255 * e))
	}
	return lut
})

// encoded is linear light times gain as sRGB codes; colours outside sRGB are cut to
// it, and pixels that are NaN are hatched.
func encoded(c *raster.RGB, gain [3]float64) *image.NRGBA {
	lut := encodingTable()
	img := image.NewNRGBA(image.Rect(0, 0, c.W(), c.H()))
	g := [3]float32{float32(gain[0]), float32(gain[1]), float32(gain[2])}
	raster.Bands(c.H(), func(y0, y1 int) {
		for y := y0; y < y1; y++ {
			encodeRow(img.Pix[y*img.Stride:(y+1)*img.Stride], c, y, encoder{lut, g})
		}
	})
	return img
}

type encoder struct {
	lut  []uint8
	gain [3]float32
}

func encodeRow(dst []uint8, c *raster.RGB, y int, e encoder) {
	r, g, b := c.R.Row(y), c.G.Row(y), c.B.Row(y)
	for x := range r {
		px := dst[4*x : 4*x+4 : 4*x+4]
		px[3] = 255
		if r[x] != r[x] || g[x] != g[x] || b[x] != b[x] {
			px[0], px[1], px[2] = hatch(x, y), hatch(x, y), hatch(x, y)
			continue
		}
		px[0], px[1], px[2] = e.code(r[x], 0), e.code(g[x], 1), e.code(b[x], 2)
	}
}

func (e encoder) code(v float32, channel int) uint8 {
	v = max(0, min(float32(v*e.gain[channel]), 1))
	return e.lut[int(float32(v*(lutSize-1))+0.5)]
}

func hatch(x, y int) uint8 {
	if (x+y)%hatchPeriodPx < hatchPeriodPx/2 {
		return hatchLight
	}
	return hatchDark
}
