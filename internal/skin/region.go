// Package skin measures a region of a photo: redness, pigment and texture, each by the
// plain table of [Indices].
//
// A [Region] is linear light, corrected for the visit's illumination, in the photo's own
// pixels, with a mask and a scale. [Prepare] works it up once: colour on pixels of at
// least 6 per millimetre, averaged in linear light, and the coarse band of texture with it,
// camera indices on blocks of these up to 0.3 mm wide, fine texture on pixels of at least 12
// per millimetre, so that none costs more than its scale needs. [Freeze] takes the thresholds of
// one baseline, [Measure] evaluates the table against them.
//
// Only pixels of the mask count, and the region is cropped to them first: masking all
// but a region equals cropping to it. Where nothing can be measured the value is
// missing and says why; it is never 0.
//
// # Tried for speed and dropped
//
//   - camera indices on blocks nearest to 0.3 mm instead of up to it: they change by half between
//     visits more often, and the erythema index of control skin scatters by a fifth more
//   - Gaussians that pass over where all they reach is the same, as weights mostly are: masked
//     skin 1 % faster, whole regions 2 % slower
//   - leaks on pixels of 0.45 mm; wide Gaussians at 2.5 pixels per σ; bounds of outliers from 4,096
//     pixels; two searches for spots instead of three
//   - pairs of pixels that count wholly at once where a map is averaged: slower than one by one
package skin

import (
	"math"

	"dermtrace/internal/chromo"
	"dermtrace/internal/filter"
	"dermtrace/internal/raster"
	"dermtrace/internal/roi"
	"dermtrace/internal/skin/hair"
	"dermtrace/internal/skin/texture"
)

// Region is what is known of one region in one photo.
type Region struct {
	RGB     raster.Picture // linear light after correction, the photo's own pixels; NaN does not count
	Mask    *roi.Mask      // in the pixels of RGB
	PxPerMM float64        // of the photo at the region; 0 where unknown
	Gain    [3]float64     // factors that calibration applied to the channels; zero value: none
	Model   *chromo.Model  // one per series
	Hair    *roi.Mask      // where hair is looked for, in the pixels of RGB; nil: nowhere
	Lossy   bool           // the file keeps colour less well than luminance, as JPEG does
	CbStep  float64        // of the file ([photo.Meta])

	Uneven *texture.Unevenness // of the series' baseline ([Unevenness]); nil: the region's own
}

// Sheet is a region worked up for measuring.
type Sheet struct {
	X0, Y0 int // top-left pixel of RGB that the planes begin at
	Step   int // pixels of RGB along a side of a pixel of the maps
	Maps   *chromo.Maps
	Weight *raster.Plane // share of the pixels that count, on the maps' pixels
	Trust  chromo.Trust
	Pixels int     // of the photo, that count
	Masked float64 // share of them that glare, crusts and terminal hair cover: left out of colour and texture

	mmPerPx     float64 // of the maps' pixels; 0 where unknown
	light       *raster.RGB
	camera      averaged      // light as camera indices need it
	colour      [3]float64    // its mean
	counts      *raster.Plane // Weight, nil where all pixels count wholly
	melanin     chromo.Field
	blood       chromo.Field
	ofMelanin   chromo.Summary
	ofBlood     chromo.Summary
	file        chromo.File
	blotches    *chromo.Mottle  // nil: not made yet, or never without a scale
	pending     *texture.Region // what relief is to be read from; nil: it has been
	relief      *texture.Relief
	fine        int     // pixels of RGB along a side of a pixel of the relief
	noRelief    string  // the warning that says why there is none
	lamp        float64 // by how much deeper this photo's lamp shows relief than the reference's, as natural log
	glare       float64
	cameraKnown bool
	model       *chromo.Model // that separated the maps
	followed    *SpotSums     // as told from the baseline ([Sheet.Follow]); nil: of this photo by itself
	surround    *Sheet        // of a scar; nil: not one
	hair        *hair.Sheet
	hairWanted  bool
	noHair      string // the warning that says why there is none
}

// Resolutions in pixels per millimetre, and the size where the scale is unknown.
const (
	colourPxPerMM = 6      // the smallest spot that counts, 0.5 mm wide, is 3 pixels
	unscaledPx    = 250000 // pixels of a map without a scale (project default)
	cameraMM      = 0.3    // width up to which light is averaged for camera indices, which are means of regions
)

// Prepare works a region up. It never fails: an empty region gives a sheet of which
// nothing can be measured.
func Prepare(r Region) *Sheet {
	if !(r.PxPerMM > 0) {
		r.PxPerMM = 0
	}
	box, pixels := tightBox(r.RGB, r.Mask)
	s := &Sheet{X0: box.X0, Y0: box.Y0, Pixels: pixels}
	s.noRelief = texture.Refusal(r.PxPerMM, s.Pixels == 0)
	fine := texture.Step(r.PxPerMM)
	coarser := colourStep(r.PxPerMM/float64(fine), s.Pixels)
	s.Step = fine * coarser
	light, coarse := average(r.RGB, r.Mask, box, fine, coarser)
	if s.noRelief == "" {
		red := chromo.Field{Value: coarse.rgb.R, Weight: coarse.weight}.Summary().Mean
		if s.Masked = light.leaveStrandsOut(red, r.PxPerMM/float64(fine)); s.Masked > 0 {
			coarse = light.coarser(coarser)
		}
	}
	foreign := s.prepareColour(r, coarse)
	if s.noRelief == "" {
		light.leaveOut(foreign, s.Weight.W, coarser)
		s.prepareRelief(r, light, fine)
	} else {
		light.giveBack()
	}
	if s.hairWanted = r.Hair != nil; s.hairWanted {
		s.prepareHair(r)
	}
	return s
}

// tightBox is the smallest box [x0, x1) × [y0, y1) from even pixels on around the mask's pixels
// inside the picture, empty where there is none, and how many they are.
func tightBox(rgb raster.Picture, mask *roi.Mask) (box raster.Box, pixels int) {
	box = raster.Box{X0: rgb.W(), Y0: rgb.H()}
	for y := range rgb.H() {
		mask.Runs(y, func(from, to int) {
			from, to = max(from, 0), min(to, rgb.W())
			if from < to {
				box.X0, box.X1 = min(box.X0, from), max(box.X1, to)
				box.Y0, box.Y1 = min(box.Y0, y), y+1
				pixels += to - from
			}
		})
	}
	if box.X1 == 0 {
		return raster.Box{}, 0
	}
	box.X0, box.Y0 = box.X0&^1, box.Y0&^1
	return box, pixels
}

// colourStep is how many pixels of this resolution become one of the maps.
func colourStep(pxPerMM float64, pixels int) int {
	if pxPerMM > 0 {
		return max(1, int(pxPerMM/colourPxPerMM))
	}
	return max(1, int(math.Sqrt(float64(pixels)/unscaledPx)))
}

// cameraStep is how many pixels of a map become one that camera indices are read from, of a region
// of so many: as many as leave it more than tiny.
func cameraStep(mmPerPx float64, pixels int) int {
	if mmPerPx == 0 {
		return 1
	}
	return max(1, min(int(cameraMM/mmPerPx), int(math.Sqrt(float64(pixels)/tinyPixels))))
}

// prepareColour makes the maps. It returns their pixels where what is not skin lies.
func (s *Sheet) prepareColour(r Region, a averaged) (foreign []int) {
	if r.PxPerMM > 0 {
		s.mmPerPx = float64(s.Step) / r.PxPerMM
	}
	foreign, glare, crust := a.foreign()
	s.glare, s.Masked = glare, 1-(1-s.Masked)*(1-glare-crust)
	s.light, s.Weight = a.rgb, a.weight
	s.counts = chromo.NewField(a.weight, a.weight).Weight
	s.Maps = r.Model.Separate(s.light)
	s.cameraKnown, s.model = r.Model.CameraKnown(), r.Model
	s.file = chromo.File{CbStep: r.CbStep, Gain: gainOf(r)}
	s.Trust = chromo.TrustOf(s.light, s.Maps, s.Weight, gainOf(r))
	s.melanin, s.blood = s.field(s.Maps.Melanin), s.field(s.Maps.Hemoglobin)
	s.ofMelanin, s.ofBlood = s.melanin.Summary(), s.blood.Summary()
	s.takeColour()
	return foreign
}

func (s *Sheet) field(p *raster.Plane) chromo.Field { return chromo.Field{Value: p, Weight: s.counts} }

func gainOf(r Region) [3]float64 {
	if r.Gain == ([3]float64{}) {
		return [3]float64{1, 1, 1}
	}
	return r.Gain
}

// prepareRelief makes the relief from light whose pixels are fine photo pixels wide, once it
// is known what else makes skin uneven.
func (s *Sheet) prepareRelief(r Region, a averaged, fine int) {
	skin := texture.Skin{
		Basis: r.Model.Basis(s.ofMelanin.Mean, s.ofBlood.Mean), Melanin: s.ofMelanin.Mean, Blood: s.ofBlood.Mean,
		Light: s.Colour(), Strength: math.Exp(s.field(s.Maps.Shading).Summary().Mean),
	}
	for c, k := range gainOf(r) {
		skin.File[c] = skin.Light[c] / k
	}
	s.fine = fine
	weight := a.weight
	if a.whole(s.Weight, s.Step/fine) {
		filter.GiveBack(a.weight)
		weight = nil
	}
	s.pending = &texture.Region{RGB: a.rgb, Weight: weight,
		Grid: texture.Grid{PxPerMM: r.PxPerMM, Step: fine}, Coarse: texture.Coarse{RGB: s.light, Weight: s.counts, Step: s.Step}, Skin: skin, Lossy: r.Lossy, CbStep: r.CbStep}
	if r.Uneven != nil {
		s.ReadRelief(*r.Uneven)
	}
}

// Colour is the region's mean linear light, in the baseline's light; NaN without pixels.
func (s *Sheet) Colour() [3]float64 { return s.colour }

// takeColour averages light as camera indices need it, and over the region.
func (s *Sheet) takeColour() {
	s.camera = averaged{rgb: s.light, weight: s.Weight}
	if k := cameraStep(s.mmPerPx, s.ofMelanin.N); k > 1 {
		s.camera = s.camera.coarser(k)
	}
	for c, p := range s.camera.rgb.Planes() {
		s.colour[c] = s.camera.field(p).Summary().Mean
	}
}

// Settle is the series' model as its baseline wants it ([chromo.Model.Settle]); the same
// model for most skin. Where it is another, the sheets must be prepared anew with it.
// lightKnown says that later photos are brought to the baseline's light.
func Settle(m *chromo.Model, lightKnown bool, baseline ...*Sheet) *chromo.Model {
	b := chromo.Baseline{LightKnown: lightKnown}
	n := 0.0
	for _, s := range baseline {
		if s.Pixels == 0 {
			continue
		}
		n++
		b.Tint.Add(chromo.TintOf(s.light, s.counts, s.mmPerPx))
		for c, v := range s.Colour() {
			b.Colour[c] += v
		}
	}
	if n == 0 {
		return m
	}
	for c := range b.Colour {
		b.Colour[c] /= n
	}
	return m.Settle(b)
}
