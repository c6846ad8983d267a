// Package hair answers how many hairs a region shows, how long they are and, where the
// scale allows, how thick, and which of them a later visit still shows.
//
// It works on the natural log of the photo's own luminance, averaged to no fewer than
// 24 pixels per millimetre where it has more. A hair is a long, narrow ridge, darker or lighter than the
// skin beside it: points whose curvature across is a crest and which stay a crest along
// a line of 0.5 mm ([Prepare], [Sheet.Find]), linked into centre lines. Thresholds are
// contrasts of log light; they and the sign, dark hair or light, are taken once at the
// baseline ([Freeze]) and kept. Positions are pixels of the region's RGB, lengths
// millimetres, thickness micrometres. [Match] compares two visits hair by hair.
//
// Refused: fewer than 20 pixels per millimetre, and thickness below 50. Below 50 the
// count carries the warning that vellus hair is not seen: a hair of 30 µm covers less
// than one and a half pixels there and melts into the skin. Stubble shorter than 0.8 mm
// and hairs that lie on one another count as what can be told apart: beyond 1 mm of hair on a mm²
// that is warned of, and so is hair that hardly stands out from the skin.
package hair

import (
	"math"

	"dermtrace/internal/chromo"
	"dermtrace/internal/outcome"
	"dermtrace/internal/raster"
	"dermtrace/internal/roi"
)

// LeastPxPerMM is the resolution below which no hair is counted: a terminal hair, 60 to
// 80 µm thick, has just over one pixel there.
const LeastPxPerMM = 20

// ThicknessLeastPxPerMM is what a thickness needs: a terminal hair has 3 to 4 pixels.
const ThicknessLeastPxPerMM = 50

// scalesMM are the σ of the ridge filters. A bar of width w answers most at σ = w/2, so
// they answer to hair of 30 to 130 µm under the blur of a photo. Wider ones would see two
// hairs side by side as one.
var scalesMM = [2]float64{0.04, 0.065}

// workPxPerMM is the resolution that is kept when photo pixels are averaged.
const workPxPerMM = 24

// leastSigmaPx bounds the filters from below: second differences of pixels mean nothing
// under a finer Gaussian.
const leastSigmaPx = 0.9

// Region is where hair is looked for.
type Region struct {
	RGB     *raster.RGB // linear light, the photo's own pixels; NaN does not count
	Mask    *roi.Mask   // in the pixels of RGB
	PxPerMM float64     // of the photo at the region; 0 where unknown
}

// Sheet is a region made ready: log light at each scale.
type Sheet struct {
	region  Region
	x0, y0  int // pixel of RGB that the planes begin at
	step    int // pixels of RGB along a side of a pixel of the planes
	pxPerMM float64
	weight  *raster.Plane
	scales  []scale
}

// scale is log light under one Gaussian.
type scale struct {
	plane *raster.Plane
	sigma float64 // pixels of the plane
}

// Refusal is the warning of a region in which no hair can be counted, else "".
func Refusal(pxPerMM float64, empty bool) string {
	switch {
	case empty:
		return outcome.RegionLost
	case !(pxPerMM > 0):
		return outcome.ScaleUnknown
	case pxPerMM < LeastPxPerMM:
		return outcome.ScaleTooCoarse
	}
	return ""
}

// Prepare makes a region ready. Where no hair can be counted it returns nil and the
// warning that says why.
func Prepare(r Region) (s *Sheet, warning string) {
	x0, y0, x1, y1 := r.Mask.Bounds()
	x0, y0, x1, y1 = max(x0, 0), max(y0, 0), min(x1, r.RGB.W()), min(y1, r.RGB.H())
	if warning := Refusal(r.PxPerMM, x0 >= x1 || y0 >= y1); warning != "" {
		return nil, warning
	}
	s = &Sheet{region: r, x0: x0, y0: y0, step: max(1, int(r.PxPerMM/workPxPerMM))}
	s.pxPerMM = r.PxPerMM / float64(s.step)
	light := s.average(x1, y1)
	if light.Empty() {
		return nil, outcome.RegionLost
	}
	s.weight = light.Weights()
	for _, mm := range scalesMM {
		sigma := max(mm*s.pxPerMM, leastSigmaPx)
		s.scales = append(s.scales, scale{light.Smooth(sigma), sigma})
	}
	return s, ""
}

// luminance weighs linear red, green and blue (IEC 61966-2-1).
var luminance = [3]float32{0.2126, 0.7152, 0.0722}

// average is the log of the mean luminance of blocks of step×step pixels that count.
func (s *Sheet) average(x1, y1 int) chromo.Field {
	w, h := (x1-s.x0+s.step-1)/s.step, (y1-s.y0+s.step-1)/s.step
	value, weight := raster.New(w, h), raster.New(w, h)
	raster.Bands(h, func(top, bottom int) {
		for j := top; j < bottom; j++ {
			sum, n := value.Row(j), weight.Row(j)
			for y := s.y0 + j*s.step; y < min(s.y0+(j+1)*s.step, y1); y++ {
				s.region.Mask.Runs(y, func(from, to int) { s.addRow(sum, n, y, max(from, s.x0), min(to, x1)) })
			}
			for i, k := range n {
				if k > 0 {
					sum[i] = float32(math.Log(max(float64(sum[i]/k), chromo.Floor)))
					n[i] = k / float32(s.step*s.step)
				}
			}
		}
	})
	return chromo.NewField(value, weight)
}

func (s *Sheet) addRow(sum, n []float32, y, from, to int) {
	r, g, b := s.region.RGB.R.Row(y), s.region.RGB.G.Row(y), s.region.RGB.B.Row(y)
	for x := from; x < to; x++ {
		v := luminance[0]*r[x] + luminance[1]*g[x] + luminance[2]*b[x]
		if v == v {
			i := (x - s.x0) / s.step
			sum[i] += v
			n[i]++
		}
	}
}

// inside reports whether the pixel and all around it count whole.
func (s *Sheet) inside(x, y int) bool {
	if x < 1 || y < 1 || x >= s.weight.W-1 || y >= s.weight.H-1 {
		return false
	}
	for v := y - 1; v <= y+1; v++ {
		row := s.weight.Row(v)
		if row[x-1] < 0.5 || row[x] < 0.5 || row[x+1] < 0.5 {
			return false
		}
	}
	return true
}

// AreaCM2 is the area that was searched.
func (s *Sheet) AreaCM2() float64 {
	var n float64
	for _, w := range s.weight.Pix {
		n += float64(w)
	}
	return n / (s.pxPerMM * s.pxPerMM * 100)
}
