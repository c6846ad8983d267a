package render

import (
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

// phases is how finely positions between pixels are told apart: what half a phase of a
// thousandth of a pixel moves, no picture of 8 bits shows.
const phases = 512

// cubicTable holds the weights of the four neighbours for each phase past the second.
var cubicTable = sync.OnceValue(func() *[phases + 1][4]float32 {
	var table [phases + 1][4]float32
	for i := range table {
		table[i] = catmullRom(float32(i) / phases)
	}
	return &table
})

// catmullRom are the weights of the four neighbours of a position t past the second.
func catmullRom(t float32) [4]float32 {
	t2 := float32(t * t)
	t3 := float32(t2 * t)
	return [4]float32{
		float32(-0.5*t3) + t2 - float32(0.5*t),
		float32(1.5*t3) - float32(2.5*t2) + 1,
		float32(-1.5*t3) + float32(2*t2) + float32(0.5*t),
		float32(0.5*t3) - float32(0.5*t2),
	}
}

// tap is where one output pixel reads: between the source's pixels (i, j) and (i+1, j+1),
// at a phase of either direction.
type tap struct {
	from int32 // index of the pixel (i−1, j−1), or atEdge, where there is none, or nowhere
	i, j int32
	x, y int16
}

const (
	atEdge  = -1
	nowhere = -2
)

// cubicWarp reads three planes of one size between pixels with the cubic of Catmull
// and Rom (1974), which keeps photos crisper than a bilinear one.
func cubicWarp(p [3]*raster.Plane, srcFromOut geom.Transform, w, h int) *raster.RGB {
	out, table := raster.NewRGB(w, h), cubicTable()
	raster.Bands(h, func(y0, y1 int) {
		taps := make([]tap, w)
		for y := y0; y < y1; y++ {
			l := lineOf(srcFromOut, y)
			l.taps(taps, p[0].W, p[0].H)
			for k, plane := range out.Planes() {
				cubicRow(plane.Row(y), p[k], taps, table)
			}
		}
	})
	return out
}

// taps are those of a row, in a source of w×h pixels.
func (l *line) taps(dst []tap, w, h int) {
	right, bottom := float64(w)-0.5, float64(h)-0.5
	for x := range dst {
		u, v := l.at(float64(x))
		if !(u >= -0.5 && v >= -0.5 && u <= right && v <= bottom) {
			dst[x].from = nowhere
			continue
		}
		i, j := int(u+1)-1, int(v+1)-1
		t := tap{from: atEdge, x: int16((u-float64(i))*phases + 0.5), y: int16((v-float64(j))*phases + 0.5), i: int32(i), j: int32(j)}
		if i >= 1 && j >= 1 && i+3 <= w && j+3 <= h {
			t.from = int32((j-1)*w + i - 1)
		}
		dst[x] = t
	}
}

func cubicRow(dst []float32, p *raster.Plane, taps []tap, table *[phases + 1][4]float32) {
	w := p.W
	for x := range dst {
		t := &taps[x]
		if t.from == nowhere {
			dst[x] = float32(math.NaN())
			continue
		}
		wx, wy := &table[t.x], &table[t.y]
		if t.from == atEdge {
			dst[x] = cubicAtEdge(p, [2]int{int(t.i), int(t.j)}, wx, wy)
			continue
		}
		q := p.Pix[t.from:]
		a, b, c, d := q[:4:4], q[w:w+4:w+4], q[2*w:2*w+4:2*w+4], q[3*w:3*w+4:3*w+4]
		dst[x] = float32(wy[0]*dot4(wx, a)) + float32(wy[1]*dot4(wx, b)) + float32(wy[2]*dot4(wx, c)) + float32(wy[3]*dot4(wx, d))
	}
}

func dot4(w *[4]float32, q []float32) float32 {
	_ = q[3]
	return float32(w[0]*q[0]) + float32(w[1]*q[1]) + float32(w[2]*q[2]) + float32(w[3]*q[3])
}

// cubicAtEdge holds the edge pixels beyond the edge.
func cubicAtEdge(p *raster.Plane, at [2]int, wx, wy *[4]float32) (v float32) {
	for n, wn := range wy {
		row := p.Row(max(0, min(at[1]-1+n, p.H-1)))
		var line float32
		for m, wm := range wx {
			line += float32(wm * row[max(0, min(at[0]-1+m, p.W-1))])
		}
		v += float32(wn * line)
	}
	return v
}

// linearWarp is the w×h picture of value/weight, each read bilinearly; NaN where less
// than half is known.
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
		if !(u >= -0.5 && v >= -0.5 && u <= float64(w)-0.5 && v <= float64(h)-0.5) {
			continue
		}
		u, v = max(0, min(u, float64(w-1))), max(0, min(v, float64(h-1)))
		i, j := int(u), int(v)
		fx, fy := float32(u-float64(i)), float32(v-float64(j))
		at := [4]int{j*w + i, j*w + min(i+1, w-1), min(j+1, h-1)*w + i, min(j+1, h-1)*w + min(i+1, w-1)}
		if share := linear(weight.Pix, &at, fx, fy); share >= 0.5 {
			dst[x] = linear(value.Pix, &at, fx, fy) / share
		}
	}
}

func linear(pix []float32, at *[4]int, fx, fy float32) float32 {
	top := pix[at[0]] + float32(fx*(pix[at[1]]-pix[at[0]]))
	low := pix[at[2]] + float32(fx*(pix[at[3]]-pix[at[2]]))
	return top + float32(fy*(low-top))
}
