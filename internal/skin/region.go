// Package skin measures a region of a photo: redness, pigment and texture, each by the
// plain table of [Indices].
//
// A [Region] is linear light, corrected for the visit's illumination, in the photo's own
// pixels, with a mask and a scale. [Prepare] works it up once: colour on pixels of at
// least 10 per millimetre, averaged in linear light, texture on pixels of at least 15,
// so that neither costs more than its scale needs. [Freeze] takes the thresholds of one
// baseline, [Measure] evaluates the table against them.
//
// Only pixels of the mask count, and the region is cropped to them first: masking all
// but a region equals cropping to it. Where nothing can be measured the value is
// missing and says why; it is never 0.
package skin

import (
	"math"

	"dermtrace/internal/chromo"
	"dermtrace/internal/cie"
	"dermtrace/internal/raster"
	"dermtrace/internal/roi"
	"dermtrace/internal/skin/texture"
)

// Region is what is known of one region in one photo.
type Region struct {
	RGB     *raster.RGB   // linear light after correction, the photo's own pixels; NaN does not count
	Mask    *roi.Mask     // in the pixels of RGB
	PxPerMM float64       // of the photo at the region; 0 where unknown
	Gain    [3]float64    // factors that calibration applied to the channels; zero value: none
	Model   *chromo.Model // one per series
}

// Sheet is a region worked up for measuring.
type Sheet struct {
	X0, Y0 int // top-left pixel of RGB that the planes begin at
	Step   int // pixels of RGB along a side of a pixel of the maps
	Maps   *chromo.Maps
	Weight *raster.Plane // share of the pixels that count, on the maps' pixels
	Trust  chromo.Trust
	Pixels int // of the photo, that count

	mmPerPx     float64 // of the maps' pixels; 0 where unknown
	light       *raster.RGB
	lab         [3]chromo.Field
	melanin     chromo.Field
	blood       chromo.Field
	meanMelanin float64
	meanBlood   float64
	relief      *texture.Relief
	noRelief    string // the warning that says why there is none
}

// Resolutions in pixels per millimetre, and the size where the scale is unknown.
const (
	colourPxPerMM = 10     // spots and evenness need no more
	unscaledPx    = 250000 // pixels of a map without a scale (project default)
)

// Prepare works a region up. It never fails: an empty region gives a sheet of which
// nothing can be measured.
func Prepare(r Region) *Sheet {
	weight, x0, y0 := weightOf(r.RGB, r.Mask)
	s := &Sheet{X0: x0, Y0: y0}
	crop := r.RGB.Crop(x0, y0, x0+weight.W, y0+weight.H)
	s.Pixels = chromo.NewField(weight, weight).Summary().N
	s.noRelief = texture.Refusal(r.PxPerMM, s.Pixels == 0)
	fine := texture.Step(r.PxPerMM)
	light, weight := shrink(crop, weight, fine)
	s.prepareColour(r, light, weight, fine)
	if s.noRelief == "" {
		s.prepareRelief(r, light, weight, fine)
	}
	return s
}

// weightOf crops the mask to its pixels that carry light, 1 each.
func weightOf(rgb *raster.RGB, mask *roi.Mask) (w *raster.Plane, x0, y0 int) {
	x0, y0, x1, y1 := tightBox(rgb, mask)
	if x1 <= x0 {
		return raster.New(0, 0), 0, 0
	}
	w = raster.New(x1-x0, y1-y0)
	raster.Bands(w.H, func(a, b int) {
		for y := a; y < b; y++ {
			red, green, blue, row := rgb.R.Row(y+y0), rgb.G.Row(y+y0), rgb.B.Row(y+y0), w.Row(y)
			mask.Runs(y+y0, func(from, to int) {
				for x := max(from, x0); x < min(to, x1); x++ {
					if v := red[x] + green[x] + blue[x]; v == v {
						row[x-x0] = 1
					}
				}
			})
		}
	})
	return w, x0, y0
}

// tightBox is the smallest box around the mask's pixels inside the picture.
func tightBox(rgb *raster.RGB, mask *roi.Mask) (x0, y0, x1, y1 int) {
	x0, y0 = rgb.W(), rgb.H()
	for y := range rgb.H() {
		mask.Runs(y, func(from, to int) {
			from, to = max(from, 0), min(to, rgb.W())
			if from < to {
				x0, x1 = min(x0, from), max(x1, to)
				y0, y1 = min(y0, y), y+1
			}
		})
	}
	return x0, y0, x1, y1
}

// shrink averages light and weight over k×k pixels.
func shrink(rgb *raster.RGB, weight *raster.Plane, k int) (*raster.RGB, *raster.Plane) {
	if k == 1 {
		return rgb, weight
	}
	var planes [3]*raster.Plane
	var out chromo.Field
	for c, p := range rgb.Planes() {
		out = chromo.NewField(p, weight).Shrink(k)
		planes[c] = out.Value
	}
	return &raster.RGB{R: planes[0], G: planes[1], B: planes[2]}, out.Weights()
}

// prepareColour makes the maps and CIELAB from light whose pixels are fine photo
// pixels wide.
func (s *Sheet) prepareColour(r Region, light *raster.RGB, weight *raster.Plane, fine int) {
	k := 1
	switch {
	case r.PxPerMM > 0:
		k = max(1, int(r.PxPerMM/float64(fine)/colourPxPerMM))
		s.mmPerPx = float64(fine*k) / r.PxPerMM
	case len(weight.Pix) > unscaledPx:
		k = int(math.Sqrt(float64(len(weight.Pix))/unscaledPx)) + 1
	}
	s.light, s.Weight = shrink(light, weight, k)
	s.Step = fine * k
	s.Maps = r.Model.Separate(s.light)
	s.Trust = r.Model.TrustOf(s.light, s.Weight, gainOf(r))
	s.melanin, s.blood = s.field(s.Maps.Melanin), s.field(s.Maps.Hemoglobin)
	s.meanMelanin, s.meanBlood = s.melanin.Summary().Mean, s.blood.Summary().Mean
	l, a, b := cie.LabPlanes(s.light)
	s.lab = [3]chromo.Field{s.field(l), s.field(a), s.field(b)}
}

func (s *Sheet) field(p *raster.Plane) chromo.Field { return chromo.NewField(p, s.Weight) }

func gainOf(r Region) [3]float64 {
	if r.Gain == ([3]float64{}) {
		return [3]float64{1, 1, 1}
	}
	return r.Gain
}

// prepareRelief makes the relief from light whose pixels are fine photo pixels wide.
func (s *Sheet) prepareRelief(r Region, light *raster.RGB, weight *raster.Plane, fine int) {
	grid := texture.Grid{PxPerMM: r.PxPerMM, Step: fine}
	row := r.Model.ShadingRow(s.meanMelanin, s.meanBlood)
	noise := texture.EstimateNoise(light, weight, row, grid)
	s.relief, s.noRelief = texture.NewRelief(chromo.NewField(r.Model.Shading(light), weight), grid, noise)
}
