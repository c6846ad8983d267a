package skin

import (
	"math"
	"slices"

	"dermtrace/internal/chromo"
	"dermtrace/internal/cie"
	"dermtrace/internal/filter"
	"dermtrace/internal/outcome"
	"dermtrace/internal/raster"
	"dermtrace/internal/skin/erythema"
	"dermtrace/internal/skin/hair"
	"dermtrace/internal/skin/pigment"
	"dermtrace/internal/skin/texture"
)

// Reference is what a region's follow-ups are held against: thresholds taken once, at
// the baseline, and frozen.
type Reference struct {
	Red     float64           // blood fraction above which skin is red, percent
	Blood   float64           // mean blood fraction of the baseline, percent
	Melanin float64           // mean melanin of the baseline, percent
	Pigment pigment.Threshold // melanin above which skin is pigmented
	rest    *chromo.Link      // of melanin with blood; nil: cannot be told
	marked  float64           // how uneven a scar's melanin is where relief is coarse, percent

	Hair      hair.Threshold // contrast from which a line is a hair
	HairKnown bool           // the baseline showed where hair begins
}

// Freeze takes the reference of a region from its baseline photos, which are averaged.
// Without any the thresholds are NaN and what needs them is not measured.
func Freeze(baseline ...*Sheet) Reference {
	if len(baseline) == 0 {
		nan := math.NaN()
		return Reference{Red: nan, Blood: nan, Pigment: pigment.Threshold{Level: nan, Contrast: nan}}
	}
	var r Reference
	n := float64(len(baseline))
	for _, s := range baseline {
		p := pigment.Freeze(s.melanin)
		r.Red += erythema.Threshold(s.blood) / n
		r.Blood += s.ofBlood.Mean / n
		r.Melanin += s.ofMelanin.Mean / n
		r.Pigment.Level += p.Level / n
		r.Pigment.Contrast += p.Contrast / n
		if s.surround != nil {
			r.marked += s.marked() / n
		}
	}
	r.freezeLink(baseline)
	r.Hair, r.HairKnown = freezeHair(baseline)
	return r
}

// work is a sheet being measured: what several indices share is made once.
type work struct {
	*Sheet
	ref                 Reference
	melanin             chromo.Field       // of the sheet, without what a flush leaks into it
	ofMelanin           chromo.Summary     // of that
	crossTalk           *outcome.CrossTalk // of that melanin; nil: the photo does not tell
	lStar, aStar, bStar outcome.Measurement
	redArea, redBurden  outcome.Measurement
	pigmented           outcome.Measurement // share of the region
	mmasiLike           outcome.Measurement
	spots               SpotSums
	roughness, coarse   outcome.Measurement
	ofMottle            float64 // share of roughness that mottle of melanin may be at most
	lines               texture.Lines
	pores, poreSize     outcome.Measurement
	grain               texture.Grain
	hairs               hairs
}

func newWork(s *Sheet, ref Reference) *work {
	w := &work{Sheet: s, ref: ref}
	w.takeLab()
	w.takeLeak()
	w.redArea, w.redBurden = erythema.Red(w.blood, ref.Red)
	w.pigmented, w.mmasiLike = pigment.Area(w.melanin, ref.Pigment)
	s.readRelief()
	w.takeSpots()
	if s.hairWanted {
		w.hairs = s.measureHair(ref)
	}
	w.takeTexture()
	return w
}

// takeTexture sets what the relief shows, or why there is none.
func (w *work) takeTexture() {
	if r := w.relief; r != nil {
		w.roughness, w.coarse, w.grain = r.Roughness(), r.Coarse(), r.Grain()
		w.lines, w.ofMottle = r.Lines(), r.MostOfMottle()
		w.pores, w.poreSize = r.Pores()
		return
	}
	why := w.noRelief
	w.roughness, w.coarse = outcome.Unmeasured(texture.UnitRelief, why), outcome.Unmeasured(texture.UnitRelief, why)
	w.lines, w.grain = texture.UnmeasuredLines(why), texture.UnmeasuredGrain(why)
	w.pores, w.poreSize = outcome.Unmeasured(texture.UnitPerArea, why), outcome.Unmeasured(texture.UnitSize, why)
}

// takeLab sets L*, a* and b* under D65.
func (w *work) takeLab() {
	rgb, table := w.camera.rgb, cie.NewLabTable()
	var lab [3]chromo.Field
	for i := range lab {
		lab[i] = w.camera.field(filter.Borrow(rgb.W(), rgb.H()))
		defer filter.GiveBack(lab[i].Value)
	}
	raster.Bands(rgb.H(), func(y0, y1 int) {
		for y := y0; y < y1; y++ {
			table.Row([3][]float32{lab[0].Value.Row(y), lab[1].Value.Row(y), lab[2].Value.Row(y)},
				[3][]float32{rgb.R.Row(y), rgb.G.Row(y), rgb.B.Row(y)})
		}
	})
	w.lStar, w.aStar = pigment.LStar(lab[0]), erythema.AStar(lab[1])
	w.bStar = lab[2].RobustMeasurement(pigment.UnitLab)
}

// Measure evaluates the whole table of [Indices] on one region; those that need a
// surround where it has one ([Sheet.Beside]), hair where it was asked for.
func Measure(s *Sheet, ref Reference) map[string]outcome.Measurement {
	w := newWork(s, ref)
	doubts := w.doubts()
	all := make(map[string]outcome.Measurement)
	for _, index := range Indices() {
		if index.Needs.Surround && s.surround == nil || index.Needs.Hair && !s.hairWanted {
			continue
		}
		m := w.reddened(index.measure(w), index.PerRootBlood)
		if m.Value.Known() {
			m.Warnings = append(slices.Clone(m.Warnings), doubts[index.Family]...)
		}
		all[index.Name] = m
	}
	return all
}

// Definitions are the definitions of all indices by name.
func Definitions() map[string]outcome.Definition {
	all := make(map[string]outcome.Definition)
	for _, index := range Indices() {
		all[index.Name] = index.Definition
	}
	return all
}

// Shares of a region's pixels from which its numbers are doubted (project defaults; the
// first as in the gates of a photo).
const (
	doubtfulShare = 0.005 // clipped, or too dark
	foreignShare  = 0.05  // unlike any modelled skin
	glareShare    = 0.02  // covered by glare
	tinyPixels    = 400   // a square of 20 by 20
)

// doubts lists the warnings that a region's pixels call for, by family of measures.
func (w *work) doubts() map[string][]string {
	var all, colour []string
	s := w.Sheet
	if s.Pixels < tinyPixels {
		all = append(all, outcome.RegionTiny)
	}
	if s.Trust.Clipped > doubtfulShare {
		all = append(all, outcome.Clipped)
	}
	if s.Trust.Floor > doubtfulShare {
		colour = append(colour, outcome.NoiseFloor)
	}
	if s.Trust.Beyond > foreignShare {
		colour = append(colour, outcome.OutsideModel)
	}
	if s.glare > glareShare {
		colour = append(colour, outcome.Glare)
	}
	if !s.cameraKnown {
		colour = append(colour, outcome.UnknownCamera)
	}
	both, texture := append(slices.Clone(all), colour...), all
	if w.hairy() {
		texture = append(slices.Clone(all), outcome.HairCovers)
	}
	return map[string][]string{outcome.Redness: both, outcome.Pigment: both, outcome.Texture: texture, outcome.Hair: all}
}
