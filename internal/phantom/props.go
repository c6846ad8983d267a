package phantom

import (
	"math"

	"dermtrace/internal/geom"
	"dermtrace/internal/optics"
	"dermtrace/internal/raster"
)

// The card: 6 by 4 patches, each patchShare of the pitch wide, on dark plastic that
// reaches rimShare of the pitch beyond the patches' cells.
const (
	patchShare  = 0.82
	rimShare    = 0.25
	plasticGrey = 0.045
)

// cardCorners are the corners of the 6×4 equal cells that are centred on the patches,
// in frame pixels: at patch 1, 6, 24, 19.
func (s Script) cardCorners() [4]geom.Point {
	c := s.Card
	var q [4]geom.Point
	for i, k := range [4][2]float64{{-3, -2}, {3, -2}, {3, 2}, {-3, 2}} {
		q[i] = turned(c.At, c.AngleDeg, k[0]*c.PitchMM, k[1]*c.PitchMM, s.MMPerPx)
	}
	return q
}

// turned is the frame pixel at (u, v) mm from a place, along axes turned by deg.
func turned(at [2]float64, deg, u, v, mmPerPx float64) geom.Point {
	s, c := math.Sincos(deg * math.Pi / 180)
	return geom.Point{X: (at[0] + u*c - v*s) / mmPerPx, Y: (at[1] + u*s + v*c) / mmPerPx}
}

// layer is something flat on the skin: its colour and how much of a pixel it covers at
// (u, v) mm from its place, where a pixel is px mm wide.
type layer struct {
	at    [2]float64
	deg   float64
	reach float64 // mm around at
	paint func(u, v, px float64) (rgb [3]float32, cover float32)
}

// lay puts card and ruler into the picture. They are flat and face the camera as the
// frame's plane does, so their light is that of level skin, without shine.
func (p *Phantom) lay(out *raster.RGB, sh shot) {
	for _, l := range p.layers() {
		p.layOne(out, sh.geometry, l)
	}
}

func (p *Phantom) layers() []layer {
	s := p.script
	var list []layer
	if c := s.Card; c != nil {
		list = append(list, layer{c.At, c.AngleDeg, 4 * c.PitchMM, cardPaint(c.PitchMM, s.sensor())})
	}
	if r := s.Ruler; r != nil {
		list = append(list, layer{r.At, r.AngleDeg, r.LengthMM + 2*rulerMM, rulerPaint(r.LengthMM)})
	}
	return list
}

func (p *Phantom) layOne(out *raster.RGB, g Geometry, l layer) {
	mm := p.script.MMPerPx
	middle := geom.Point{X: l.at[0] / mm, Y: l.at[1] / mm}
	px := mm / g.H.LocalScale(middle)
	s, c := math.Sincos(l.deg * math.Pi / 180)
	lo, hi := geom.Polygon(reachOf(g, middle, l.reach/mm)).Bounds()
	x0, x1 := max(0, int(lo.X)), min(out.W()-1, int(hi.X)+1)
	raster.Bands(out.H(), func(y0, y1 int) {
		for y := max(y0, int(lo.Y)); y < min(y1, int(hi.Y)+1); y++ {
			r, gr, b := out.R.Row(y), out.G.Row(y), out.B.Row(y)
			for x := x0; x <= x1; x++ {
				f := g.RigidFrame(geom.Point{X: float64(x), Y: float64(y)})
				dx, dy := f.X*mm-l.at[0], f.Y*mm-l.at[1]
				rgb, a := l.paint(dx*c+dy*s, dy*c-dx*s, px)
				r[x] += a * (rgb[0] - r[x])
				gr[x] += a * (rgb[1] - gr[x])
				b[x] += a * (rgb[2] - b[x])
			}
		}
	})
}

func reachOf(g Geometry, m geom.Point, r float64) []geom.Point {
	var q []geom.Point
	for _, k := range [4][2]float64{{-1, -1}, {1, -1}, {1, 1}, {-1, 1}} {
		q = append(q, g.Rigid(geom.Point{X: m.X + k[0]*r, Y: m.Y + k[1]*r}))
	}
	return q
}

// box covers a pixel px mm wide by how far its middle lies inside a rectangle.
func box(u, v, halfU, halfV, px float64) float32 {
	return float32(clamp(0.5+(halfU-math.Abs(u))/px, 0, 1) * clamp(0.5+(halfV-math.Abs(v))/px, 0, 1))
}

func cardPaint(pitch float64, c optics.Camera) func(u, v, px float64) ([3]float32, float32) {
	var patch [24][3]float32
	for i := range patch {
		patch[i] = rgb32(c.RGB(optics.Patch(i)))
	}
	plastic := rgb32(c.RGB(optics.Grey(plasticGrey)))
	return func(u, v, px float64) ([3]float32, float32) {
		cover := box(u, v, (3+rimShare)*pitch, (2+rimShare)*pitch, px)
		i, j := int(clamp(math.Floor(u/pitch)+3, 0, 5)), int(clamp(math.Floor(v/pitch)+2, 0, 3))
		a := box(u-(float64(i)-2.5)*pitch, v-(float64(j)-1.5)*pitch, patchShare*pitch/2, patchShare*pitch/2, px)
		return mixed(plastic, patch[6*j+i], a), cover
	}
}

func rgb32(c [3]float64) [3]float32 {
	return [3]float32{float32(c[0]), float32(c[1]), float32(c[2])}
}

func mixed(p, q [3]float32, a float32) [3]float32 {
	for k := range p {
		p[k] += a * (q[k] - p[k])
	}
	return p
}

// rulerMM is the ruler's width; its marks hang from the upper edge, every 1, 5 and
// 10 mm, and every 10 mm has its number in segments.
const rulerMM = 8

func rulerPaint(length float64) func(u, v, px float64) ([3]float32, float32) {
	paper, ink := [3]float32{0.82, 0.82, 0.8}, [3]float32{0.03, 0.03, 0.035}
	return func(u, v, px float64) ([3]float32, float32) {
		cover := box(u-length/2, v, length/2+2, rulerMM/2, px)
		if cover == 0 {
			return paper, 0
		}
		n := int(math.Round(u))
		mark := float32(0)
		if n >= 0 && float64(n) <= length {
			long := 1.6
			if n%10 == 0 {
				long = 3.2
			} else if n%5 == 0 {
				long = 2.4
			}
			mark = box(u-float64(n), v+rulerMM/2-long/2, 0.07, long/2, px)
		}
		if tens := int(math.Round(u/10)) * 10; tens >= 0 && float64(tens) <= length {
			mark = max(mark, number(tens/10, u-float64(tens), v-1.4, px))
		}
		return mixed(paper, ink, mark), cover
	}
}

// segments of the digits 0 to 9 as bits: top, upper right, lower right, bottom, lower
// left, upper left, middle.
var segments = [10]uint8{0x3f, 0x06, 0x5b, 0x4f, 0x66, 0x6d, 0x7d, 0x07, 0x7f, 0x6f}

// number draws n cm in segments 2 mm high, its middle at the origin.
func number(n int, u, v, px float64) float32 {
	if n >= 10 {
		return max(number(n/10, u+0.8, v, px), number(n%10, u-0.8, v, px))
	}
	const w, h, thick = 0.5, 1.0, 0.13
	bars := [7][4]float64{{0, -h, w, thick}, {w, -h / 2, thick, h / 2}, {w, h / 2, thick, h / 2}, {0, h, w, thick},
		{-w, h / 2, thick, h / 2}, {-w, -h / 2, thick, h / 2}, {0, 0, w, thick}}
	var ink float32
	for i, b := range bars {
		if segments[n]>>i&1 == 1 {
			ink = max(ink, box(u-b[0], v-b[1], b[2], b[3], px))
		}
	}
	return ink
}
