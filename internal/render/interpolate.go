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

// tileWidth is how many pixels of a band are drawn at once: what they are made of stays in
// the cache of a core.
const tileWidth = 256

// parts are the memory of tiles.
var parts = sync.Pool{New: func() any { return new(coded) }}

// cubicWarp reads light between its pixels; where there are none it is hatched.
func cubicWarp(src light, srcFromOut geom.Transform, w, h int) *image.NRGBA {
	out := image.NewNRGBA(image.Rect(0, 0, w, h))
	raster.Bands(h, func(y0, y1 int) {
		part := parts.Get().(*coded)
		defer parts.Put(part)
		for x0 := 0; x0 < w; x0 += tileWidth {
			tile := image.Rect(x0, y0, min(x0+tileWidth, w), y1)
			box := src.seen(tile, srcFromOut)
			part.take(src, box)
			partFromTile := geom.Translation(-float64(box.X0), -float64(box.Y0)).Mul(srcFromOut).Mul(geom.Translation(float64(x0), 0))
			for y := y0; y < y1; y++ {
				cubicRow(out.Pix[out.PixOffset(x0, y):out.PixOffset(tile.Max.X, y)], part, lineOf(partFromTile, y), x0+y)
			}
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

// A stretch of a row is so many pixels that they lie evenly between the places of its first
// and of the next one's: a tilt bends them by less than a phase.
const stretchBits, stretch = 3, 1 << stretchBits

// cubicRow reads a row whose first pixel lies on a diagonal of the hatch.
func cubicRow(dst []uint8, src *coded, l line, diagonal int) {
	n := len(dst) / 4
	next := src.spot(l.at(0))
	for x := 0; x < n; x += stretch {
		first, end := next, min(x+stretch, n)
		if next = src.spot(l.at(float64(x + stretch))); first.inner && next.inner {
			src.cubicStretch(dst[4*x:4*end], first, next)
			continue
		}
		for k := x; k < end; k++ {
			u, v := l.at(float64(k))
			src.cubicPixel((*[4]uint8)(dst[4*k:]), u, v, hatch(k, diagonal))
		}
	}
}

// spot is a place of a picture in parts of a pixel, half a phase on, so that what is cut
// off rounds it; inner: all its neighbours are there, else it is not filled in.
type spot struct {
	u, v  int64
	inner bool
}

const spotBits = 32

func (c *coded) spot(u, v float64) spot {
	const half = 0.5 / phases
	u, v = u+half, v+half
	if !(u >= 1 && v >= 1 && u < float64(c.w-2) && v < float64(c.h-2)) {
		return spot{}
	}
	return spot{int64(u * (1 << spotBits)), int64(v * (1 << spotBits)), true}
}

// weightsAt are the weights of a spot's coordinate.
func weightsAt(table *[phases][4]int64, part int64) *[4]int64 {
	return &table[part>>(spotBits-phaseBits)&(phases-1)]
}

// cubicStretch reads a stretch or its beginning, from one spot on towards the next one's.
func (c *coded) cubicStretch(dst []uint8, from, to spot) {
	table, w := cubicTable(), c.w
	du, dv := (to.u-from.u)>>stretchBits, (to.v-from.v)>>stretchBits
	u, v := from.u, from.v
	for ; len(dst) >= 4; dst = dst[4:] {
		wx, wy := weightsAt(table, u), weightsAt(table, v)
		q := c.pix[(int(v>>spotBits)-1)*w+int(u>>spotBits)-1:]
		sum := offset + uint64(wy[0])*alongRow(wx, q[:4:4]) + uint64(wy[1])*alongRow(wx, q[w:w+4:w+4]) +
			uint64(wy[2])*alongRow(wx, q[2*w:2*w+4:2*w+4]) + uint64(wy[3])*alongRow(wx, q[3*w:3*w+4:3*w+4])
		putCodes((*[4]uint8)(dst), sum)
		u, v = u+du, v+dv
	}
}

// cubicPixel reads one pixel, at an edge or nowhere.
func (c *coded) cubicPixel(px *[4]uint8, u, v float64, nowhere uint8) {
	if !within(u, v, c.w, c.h) {
		*px = [4]uint8{nowhere, nowhere, nowhere, 255}
		return
	}
	table := cubicTable()
	i, j := int((u+1)*phases+0.5)-phases, int((v+1)*phases+0.5)-phases
	putCodes(px, offset+c.atEdge(i>>phaseBits, j>>phaseBits, &table[i&(phases-1)], &table[j&(phases-1)]))
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

// putCodes puts the codes of the lanes of a sum into an opaque pixel.
func putCodes(px *[4]uint8, sum uint64) {
	const lane = 1<<laneBits - 1
	r, g, b := int32(sum&lane)-sumOffset, int32(sum>>laneBits&lane)-sumOffset, int32(sum>>(2*laneBits))-sumOffset
	if (r|g|b)>>sumBits&^255 != 0 { // some are beyond the range
		const most = 255 << sumBits
		r, g, b = max(0, min(r, most)), max(0, min(g, most)), max(0, min(b, most))
	}
	*px = [4]uint8{uint8(r >> sumBits), uint8(g >> sumBits), uint8(b >> sumBits), 255}
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
		inner := u >= 0 && v >= 0 && u < float64(w-1) && v < float64(h-1)
		if !inner {
			if !within(u, v, w, h) {
				continue
			}
			u, v = max(0, min(u, float64(w-1))), max(0, min(v, float64(h-1)))
		}
		i, j := int(u), int(v)
		fx, fy := float32(u-float64(i)), float32(v-float64(j))
		right, below := 1, w
		if !inner { // the edge pixels are held beyond the edge
			right, below = min(1, w-1-i), min(1, h-1-j)*w
		}
		first := j*w + i
		at := [4]int{first, first + right, first + below, first + below + right}
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
