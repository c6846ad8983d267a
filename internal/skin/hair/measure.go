package hair

import (
	"math"

	"dermtrace/internal/geom"
	"dermtrace/internal/outcome"
)

// Units of the measures.
const (
	UnitCount     = "1"
	UnitDensity   = "1/cm²"
	UnitLength    = "mm"
	UnitThickness = "µm"
)

// Count is the number of hairs: half the number of their ends that lie in the region.
// Every hair has two ends, so hairs that the border cuts bias it neither way, whatever
// the region's shape (the unbiased frame of Gundersen 1977, J Microsc 111:219, for lines).
func (f *Found) Count() outcome.Measurement {
	ends, n := 0, 0
	for _, h := range f.Hairs {
		if h.Sure {
			ends, n = ends+h.Ends, n+1
		}
	}
	return outcome.Measurement{Value: outcome.Number(float64(ends) / 2), Unit: UnitCount, SD: outcome.NaN(), N: n, Warnings: f.doubts()}
}

// Density is that count per square centimetre.
func (f *Found) Density() outcome.Measurement {
	m := f.Count()
	m.Value, m.Unit = outcome.Number(float64(m.Value)/f.AreaCM2), UnitDensity
	return m
}

// Length is the mean length that is seen of the hairs that lie whole in the region.
func (f *Found) Length() outcome.Measurement {
	var list []float64
	for _, h := range f.Hairs {
		if h.Sure && h.Ends == 2 {
			list = append(list, h.LengthMM)
		}
	}
	m := summary(list, UnitLength)
	m.Warnings = append(m.Warnings, f.unclear()...)
	return m
}

// Thickness is the median thickness of the shafts: the full width at half depth of each
// hair's mean profile, less the blur of the photo. Refused below 50 px/mm.
func (f *Found) Thickness() outcome.Measurement {
	if f.PxPerMM < ThicknessLeastPxPerMM {
		return outcome.Unmeasured(UnitThickness, outcome.ScaleTooCoarse)
	}
	var list []float64
	for _, h := range f.Hairs {
		if h.Sure {
			if w := f.sheet.width(h, f.Threshold.Light); w > 0 {
				list = append(list, 1000*w/f.PxPerMM)
			}
		}
	}
	m := summary(list, UnitThickness)
	if m.Value.Known() {
		m.Value = outcome.Number(median(list))
	}
	return m
}

func (f *Found) doubts() []string {
	doubts := f.unclear()
	if f.PxPerMM < ThicknessLeastPxPerMM {
		doubts = append(doubts, outcome.VellusUnseen)
	}
	return doubts
}

// mostPerMM is the length of hair in mm on a mm² up to which hairs are told apart: from there on
// those that touch are a quarter and more (project default; of 100 hairs of 1.5 mm on a cm² of
// simulated scalp 67 to 78 are counted, of 200 56 to 64, of 50 86 and more).
const mostPerMM = 1.0

// mostFaint is the share of the length of all lines that are perhaps hair up to which those that
// are surely hair are counted alike from photo to photo (project default; on simulated scalp 0.00
// to 0.11, and 0.22 to 0.98 where the number changed by a quarter to tenfold).
const mostFaint = 0.2

// lengths are those in mm of all lines that are perhaps hair, and of those that surely are, summed.
func (f *Found) lengths() (all, sure float64) {
	for _, h := range f.Hairs {
		all += h.LengthMM
		if h.Sure {
			sure += h.LengthMM
		}
	}
	return all, sure
}

// PerMM is the length of hair in mm on a mm² of the region.
func (f *Found) PerMM() float64 {
	_, sure := f.lengths()
	return sure / (100 * f.AreaCM2)
}

// unclear warns of hair that lies too dense, and of hair that hardly stands out from skin.
func (f *Found) unclear() (doubts []string) {
	if f.PerMM() > mostPerMM {
		doubts = append(doubts, outcome.HairDense)
	}
	if all, sure := f.lengths(); all-sure > mostFaint*all {
		doubts = append(doubts, outcome.HairFaint)
	}
	return doubts
}

func summary(list []float64, unit string) outcome.Measurement {
	if len(list) == 0 {
		return outcome.Unmeasured(unit, outcome.NothingFound)
	}
	var mean, square float64
	for _, v := range list {
		mean += v / float64(len(list))
	}
	for _, v := range list {
		square += (v - mean) * (v - mean) / float64(len(list))
	}
	return outcome.Measurement{Value: outcome.Number(mean), Unit: unit, SD: outcome.Number(math.Sqrt(square)), N: len(list)}
}

// Profiles across a hair, in the photo's own pixels.
const (
	profilePx  = 8.0  // to each side
	profileBin = 0.25 // pixels
	// blurPx is the full width at half depth of what a sharp photo makes of a line without
	// width: pixel and lens, σ about 0.5 px (project default). It is taken away in squares.
	blurPx = 1.2
)

// width is the hair's thickness in pixels of the photo, 0 where its profile has none.
func (s *Sheet) width(h Hair, light bool) float64 {
	var sum, n [2*int(profilePx/profileBin) + 1]float64
	for i := 2; i < len(h.Line)-2; i++ {
		a, b := h.Line[i-2], h.Line[i+2]
		d := b.Sub(a)
		l := d.Norm()
		middle := h.Line[i]
		for k := range sum {
			t := (float64(k) - float64(len(sum)/2)) * profileBin
			if v, ok := s.lightAt(geom.Point{X: middle.X - t*d.Y/l, Y: middle.Y + t*d.X/l}); ok {
				sum[k], n[k] = sum[k]+v, n[k]+1
			}
		}
	}
	depth := make([]float64, len(sum))
	for k := range sum {
		if n[k] == 0 {
			return 0
		}
		depth[k] = -sum[k] / n[k]
		if light {
			depth[k] = -depth[k]
		}
	}
	w := halfWidth(depth) * profileBin
	return math.Sqrt(max(0, w*w-blurPx*blurPx))
}

// halfWidth is the full width at half depth of a profile, in bins, above the mean of its
// outer quarters; 0 where it does not come down on both sides.
func halfWidth(depth []float64) float64 {
	n, quarter := len(depth), len(depth)/8
	var floor float64
	for i := range quarter {
		floor += (depth[i] + depth[n-1-i]) / float64(2*quarter)
	}
	top := n / 2
	for k := n/2 - 8; k <= n/2+8; k++ {
		if depth[k] > depth[top] {
			top = k
		}
	}
	half := (depth[top] + floor) / 2
	left, right := top, top
	for left > 0 && depth[left] > half {
		left--
	}
	for right < n-1 && depth[right] > half {
		right++
	}
	if left == 0 || right == n-1 {
		return 0
	}
	at := func(i, j int) float64 { return (depth[i] - half) / (depth[i] - depth[j]) }
	return float64(right-1) + at(right-1, right) - (float64(left+1) - at(left+1, left))
}

// lightAt is the luminance between pixels of the photo; linear light, in which blur is
// a plain average.
func (s *Sheet) lightAt(p geom.Point) (float64, bool) {
	x, y := int(math.Floor(p.X)), int(math.Floor(p.Y))
	rgb := s.region.RGB
	if x < 0 || y < 0 || x+1 >= rgb.W() || y+1 >= rgb.H() {
		return 0, false
	}
	fx, fy := p.X-float64(x), p.Y-float64(y)
	var v float64
	for c, plane := range rgb.Planes() {
		a, b := plane.Row(y), plane.Row(y+1)
		top := float64(a[x])*(1-fx) + float64(a[x+1])*fx
		bottom := float64(b[x])*(1-fx) + float64(b[x+1])*fx
		v += float64(luminance[c]) * (top*(1-fy) + bottom*fy)
	}
	return v, v == v
}
