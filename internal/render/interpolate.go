package render

import (
	"image"
	"math"
	"sync"

	"dermtrace/internal/geom"
	"dermtrace/internal/raster"
)

// line is where the pixels of one output row lie in the source: the pixel x at
// (u0 + du x, v0 + dv x)/(w0 + dw x).
type line struct{ u0, du, v0, dv, w0, dw float64 }

func lineOf(srcFromOut geom.Transform, y int) line {
	t, v := srcFromOut, float64(y)
	return line{float64(t[1]*v) + t[2], t[0], float64(t[4]*v) + t[5], t[3], float64(t[7]*v) + t[8], t[6]}
}

// at is the place of pixel x; beyond the horizon it is nowhere, which is NaN.
func (l *line) at(x float64) (u, v float64) {
	w := l.w0 + float64(l.dw*x)
	if !(w > 0) {
		return math.NaN(), math.NaN()
	}
	return (l.u0 + float64(l.du*x)) / w, (l.v0 + float64(l.dv*x)) / w
}

// phases is how finely positions between pixels are told apart, weightUnit is what weights
// add up to: neither shows in a picture of 8 bits.
const (
	phaseBits, phases      = 8, 1 << phaseBits
	weightBits, weightUnit = 6, 1 << weightBits
)

// cubicTable holds the weights of the four neighbours for each phase past the second.
var cubicTable = sync.OnceValue(func() *[phases][4]int64 {
	var table [phases][4]int64
	for i := range table {
		left := int64(weightUnit)
		for k, w := range catmullRom(float64(i) / phases) {
			table[i][k] = int64(math.Round(w * weightUnit))
			left -= table[i][k]
		}
		table[i][1+i/(phases/2)] += left // the largest hides it
	}
	return &table
})

// catmullRom are the weights of the four neighbours of a position t past the second
// (Catmull and Rom 1974), which keep photos crisper than bilinear ones.
func catmullRom(t float64) [4]float64 {
	return [4]float64{
		-0.5*t*t*t + t*t - 0.5*t,
		1.5*t*t*t - 2.5*t*t + 1,
		-1.5*t*t*t + 2*t*t + 0.5*t,
		0.5*t*t*t - 0.5*t*t,
	}
}

// cubicWarp reads a picture between its pixels; where there are none it is hatched.
func cubicWarp(src *coded, srcFromOut geom.Transform, w, h int) *image.NRGBA {
	out := image.NewNRGBA(image.Rect(0, 0, w, h))
	raster.Bands(h, func(y0, y1 int) {
		for y := y0; y < y1; y++ {
			cubicRow(out.Pix[y*out.Stride:(y+1)*out.Stride], src, lineOf(srcFromOut, y), y)
		}
	})
	return out
}

// A lane of a sum holds codes times weightUnit², of which the weights in one direction carry
// up to an eighth of the range beyond it on either side, those in both two times that and
// more. With the offset all are positive, below 2^21, and rounded.
const (
	sumBits   = 2 * weightBits
	sumOffset = 80 << sumBits
	offset    = (sumOffset + 1<<(sumBits-1)) * (1 | 1<<laneBits | 1<<(2*laneBits))
)

func cubicRow(dst []uint8, src *coded, l line, y int) {
	table := cubicTable()
	inW, inH := uint(max(0, src.w-3)), uint(max(0, src.h-3)) // places with all neighbours, from 1 on
	for x := range len(dst) / 4 {
		px := dst[4*x : 4*x+4 : 4*x+4]
		px[3] = 255
		u, v := l.at(float64(x))
		i, j := int((u+1)*phases+0.5)-phases, int((v+1)*phases+0.5)-phases
		wx, wy := &table[i&(phases-1)], &table[j&(phases-1)]
		i, j = i>>phaseBits, j>>phaseBits
		sum := uint64(offset)
		switch {
		case uint(i-1) < inW && uint(j-1) < inH:
			q, w := src.pix[(j-1)*src.w+i-1:], src.w
			sum += uint64(wy[0])*alongRow(wx, q[:4:4]) + uint64(wy[1])*alongRow(wx, q[w:w+4:w+4]) +
				uint64(wy[2])*alongRow(wx, q[2*w:2*w+4:2*w+4]) + uint64(wy[3])*alongRow(wx, q[3*w:3*w+4:3*w+4])
		case within(u, v, src.w, src.h):
			sum += src.atEdge(i, j, wx, wy)
		default:
			px[0], px[1], px[2] = hatch(x, y), hatch(x, y), hatch(x, y)
			continue
		}
		px[0], px[1], px[2] = codeOf(sum), codeOf(sum>>laneBits), codeOf(sum>>(2*laneBits))
	}
}

// within reports that a position lies on a pixel of a picture.
func within(u, v float64, w, h int) bool {
	return u >= -0.5 && v >= -0.5 && u <= float64(w)-0.5 && v <= float64(h)-0.5
}

// atEdge is the sum at a position past the pixel (i, j), the edge pixels held beyond the edge.
func (c *coded) atEdge(i, j int, wx, wy *[4]int64) (sum uint64) {
	for n := range wy {
		row := c.pix[max(0, min(j-1+n, c.h-1))*c.w:][:c.w]
		var q [4]uint64
		for m := range q {
			q[m] = row[max(0, min(i-1+m, c.w-1))]
		}
		sum += uint64(wy[n]) * alongRow(wx, q[:])
	}
	return sum
}

// alongRow is the sum over four pixels of a row. Negative weights are what they are modulo
// 2^64, which the offset makes good.
func alongRow(w *[4]int64, q []uint64) uint64 {
	_ = q[3]
	return uint64(w[0])*q[0] + uint64(w[1])*q[1] + uint64(w[2])*q[2] + uint64(w[3])*q[3]
}

// codeOf is the code in the lowest lane of a sum.
func codeOf(sum uint64) uint8 {
	v := (int32(sum&(1<<laneBits-1)) - sumOffset) >> sumBits
	if v&^255 != 0 { // beyond the range
		return uint8(^v >> 31)
	}
	return uint8(v)
}

// linearWarp is the w×h picture of value/weight, each read bilinearly; NaN where less
// than half is known. Without weights all is.
func linearWarp(value, weight *raster.Plane, srcFromOut geom.Transform, size [2]int) *raster.Plane {
	out := raster.New(size[0], size[1])
	raster.Bands(out.H, func(y0, y1 int) {
		for y := y0; y < y1; y++ {
			l := lineOf(srcFromOut, y)
			linearRow(out.Row(y), value, weight, &l)
		}
	})
	return out
}

func linearRow(dst []float32, value, weight *raster.Plane, l *line) {
	w, h := value.W, value.H
	for x := range dst {
		u, v := l.at(float64(x))
		dst[x] = float32(math.NaN())
		if !within(u, v, w, h) {
			continue
		}
		u, v = max(0, min(u, float64(w-1))), max(0, min(v, float64(h-1)))
		i, j := int(u), int(v)
		fx, fy := float32(u-float64(i)), float32(v-float64(j))
		at := [4]int{j*w + i, j*w + min(i+1, w-1), min(j+1, h-1)*w + i, min(j+1, h-1)*w + min(i+1, w-1)}
		if weight == nil {
			dst[x] = linear(value.Pix, &at, fx, fy)
		} else if share := linear(weight.Pix, &at, fx, fy); share >= 0.5 {
			dst[x] = linear(value.Pix, &at, fx, fy) / share
		}
	}
}

func linear(pix []float32, at *[4]int, fx, fy float32) float32 {
	top := pix[at[0]] + float32(fx*(pix[at[1]]-pix[at[0]]))
	low := pix[at[2]] + float32(fx*(pix[at[3]]-pix[at[2]]))
	return top + float32(fy*(low-top))
}
