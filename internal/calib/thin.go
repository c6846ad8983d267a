package calib

import (
	"math"

	"dermtrace/internal/filter"
	"dermtrace/internal/raster"
)

// Thin is the photo shrunken by f for searching: the mean of two rows of each block of
// f×f pixels, which is as good to find patches in and costs a fraction of all rows.
// Pixel x is centred on f·x + (f−1)/2, as of [raster.Shrink]. Up to f = 2 it is that.
func Thin(c raster.Picture, f int) *raster.RGB {
	if f <= 2 || c.H() < f {
		return raster.Shrink(c, f)
	}
	out := raster.NewRGB(c.W()/f, c.H()/f)
	raster.Bands(out.H(), func(y0, y1 int) {
		a, b := raster.NewRGB(c.W(), 1), raster.NewRGB(c.W(), 1)
		for y := y0; y < y1; y++ {
			c.Read(a, 0, y*f+f/4)
			c.Read(b, 0, y*f+f-1-f/4)
			for k, p := range out.Planes() {
				thinRow(p.Row(y), a.Planes()[k].Pix, b.Planes()[k].Pix, f)
			}
		}
	})
	return out
}

func thinRow(dst, a, b []float32, f int) {
	k := 1 / float32(2*f)
	for x := range dst {
		p, q := a[:f:f], b[:f:f]
		var s float32
		for i, v := range p {
			s += v + q[i]
		}
		dst[x] = s * k
		a, b = a[f:], b[f:]
	}
}

// lnTable holds ln of float32 by their exponent and ten bits of mantissa, from
// logRange to 8: within 0.0005, and ten times as fast as the function.
type lnTable struct {
	first uint32
	ln    []float32
}

const lnShift = 13 // bits of mantissa dropped

func newLnTable() lnTable {
	t := lnTable{first: math.Float32bits(logRange) >> lnShift}
	for i := t.first; i <= math.Float32bits(8)>>lnShift; i++ {
		middle := math.Float32frombits(i<<lnShift | 1<<(lnShift-1))
		t.ln = append(t.ln, float32(math.Log(float64(middle))))
	}
	return t
}

// at is ln v, v held between logRange and 8; no number is logRange.
func (t *lnTable) at(v float32) float32 {
	if !(v > logRange) {
		return t.ln[0]
	}
	return t.ln[math.Float32bits(min(v, 8))>>lnShift-t.first]
}

// logPlanes are ln of the light, at least ln logRange.
func logPlanes(c *raster.RGB) (out [3]*raster.Plane) {
	table := newLnTable()
	for k, p := range c.Planes() {
		q := raster.New(p.W, p.H)
		raster.Bands(p.H, func(y0, y1 int) {
			for i := y0 * p.W; i < y1*p.W; i++ {
				q.Pix[i] = table.at(p.Pix[i])
			}
		})
		out[k] = q
	}
	return out
}

// smoothed is a photo too small to be shrunken, with the noise of a pixel halved.
func smoothed(c *raster.RGB) *raster.RGB {
	const sigmaPx = 0.7 // noise × 1/(2σ√π) = 0.4, edges hardly wider than most cameras leave them
	return &raster.RGB{R: filter.Gaussian(c.R, sigmaPx), G: filter.Gaussian(c.G, sigmaPx), B: filter.Gaussian(c.B, sigmaPx)}
}
