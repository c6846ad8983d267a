// Package quality answers: is this photo fit to measure, and fit to be compared with
// the reference?
//
// It works on native pixels of linear light (sRGB primaries, 1 at the encoding's
// white) inside the regions that will be measured, or the whole picture. [Measure]
// reads a spread sample of small blocks, so that judging a photo costs a fraction of
// opening it; [Facts.Quality] holds the figures against the gates of this package, and
// [OfPair] holds two photos' figures against each other. Every finding says what it
// spoils (redness, pigment, texture, geometry) and how to mend it.
//
// Gates bound figures; they do not score. A picture too small to sample is unusable,
// and what cannot be told (sharpness of skin without detail, say) is a figure that is
// null, never a pass in disguise.
package quality

import (
	"fmt"
	"slices"

	"dermtrace/internal/outcome"
	"dermtrace/internal/photo"
	"dermtrace/internal/raster"
	"dermtrace/internal/roi"
)

// What a finding spoils.
const (
	Redness  = outcome.Redness
	Pigment  = outcome.Pigment
	Texture  = outcome.Texture
	Geometry = "geometry"
)

// Gates of one photo. "METHODS 8" is the project's dossier of methods, section 8, whose
// thresholds are proposals without authority.
const (
	MaxClipped       = 0.005 // share with a channel at code 250 or more, and at code 5 or less: METHODS 8
	UnusableClipped  = 0.5   // half the pixels say nothing. Project default
	MaxGlare         = 0.02  // share of pixels: METHODS 8
	MinMedianY       = 0.03  // below, one 8-bit code step is 4 % of the light; METHODS 8 has 0.15, which very dark skin (L* 27: 0.05) never reaches
	UnusableMedianY  = 0.005 // below, that step is 8 %, more than skin's relief: at 0.004 a fall of roughness by 28 % read as 12 %. Project default, for 8 bits
	MaxMedianY       = 0.7   // METHODS 8 has 0.6; very light skin (L* 80) is 0.57
	MaxNoise         = 0.10  // of the light, per pixel: a 1 mm² mean at 15 px/mm is then sure to 0.7 %. Project default
	MinBlurPx        = 2.0   // no verdict on a softer look below: cameras interpolate colour. Project default
	MaxBlurShare     = 0.001 // of the longer side: 500 line pairs resolved across it. Project default
	MaxColourless    = 0.9   // share of skin without colour: skin is red in any light that shows it. Project default
	MinIsotropy      = 0.25  // of fine to coarse gradients, least over most blurred direction. Project default
	MinJPEGQuality   = 90    // METHODS 4.5: below, compression flattens texture
	MinJPEGColour    = 50    // chroma steps reach 10 codes, the size of a faint flush. Project default
	MinShortSide     = 480   // pixels; VGA. Project default
	MinColourPxPerMM = 5     // METHODS 8
	MinDetailPxPerMM = 15    // apparent roughness is null below
)

// OfPhoto judges a photo by itself, inside the regions or, without any, as a whole.
func OfPhoto(pic raster.Picture, meta photo.Meta, regions ...*roi.Mask) outcome.Quality {
	return Measure(pic, meta, regions...).Quality()
}

// Quality holds the figures against the gates. MMPerPx and SkinState count if they
// were set.
func (f Facts) Quality() outcome.Quality {
	v := verdict{Verdict: outcome.OK}
	if f.Pixels == 0 {
		v.add(outcome.Unusable, outcome.RegionTiny, []string{Redness, Pigment, Texture, Geometry},
			"Nothing could be sampled: the region or the picture is too small.", "Draw a larger region or take a larger photo.")
	} else {
		f.judgeExposure(&v)
		f.judgeColour(&v)
		f.judgeDetail(&v)
	}
	f.judgeFile(&v)
	for _, r := range SkinStateReasons(f.SkinState) {
		v.add(outcome.Doubtful, r.Code, r.Spoils, r.Text, r.Mend)
	}
	return outcome.Quality{Verdict: v.Verdict, Reasons: v.Reasons, Figures: f.figures()}
}

func (f Facts) judgeExposure(v *verdict) {
	if f.ClippedHigh > MaxClipped || f.ClippedLow > MaxClipped {
		level := outcome.Doubtful
		if f.ClippedHigh > UnusableClipped || f.ClippedLow > UnusableClipped {
			level = outcome.Unusable
		}
		v.add(level, outcome.Clipped, []string{Redness, Pigment, Texture},
			fmt.Sprintf("%.1f %% of the pixels are overexposed and %.1f %% underexposed (limit %.1f %%).", 100*f.ClippedHigh, 100*f.ClippedLow, 100*MaxClipped),
			"Retake: set the exposure on the skin, without flash glare.")
	}
	if f.MedianY < MinMedianY || f.MedianY > MaxMedianY {
		level, spoils := outcome.Doubtful, []string{Redness, Pigment}
		if f.MedianY < MinMedianY {
			spoils = append(spoils, Texture) // relief is rounded away first
		}
		if f.MedianY < UnusableMedianY && f.Meta.BitDepth <= 8 {
			level = outcome.Unusable
		}
		v.add(level, outcome.Exposure, spoils,
			fmt.Sprintf("The typical light is %.2g of white (limits %g to %g).", f.MedianY, MinMedianY, MaxMedianY),
			"Retake: set the exposure on the skin.")
	}
	if f.Glare > MaxGlare {
		v.add(outcome.Doubtful, outcome.Glare, []string{Redness, Pigment, Texture},
			fmt.Sprintf("Glare covers %.1f %% of the area (limit %.0f %%).", 100*f.Glare, 100*MaxGlare),
			"Retake: dry the skin, move the lamp aside or cross-polarise.")
	}
}

// judgeColour refuses a picture without colour: it shows neither redness nor pigment, and
// its relief cannot be told from pigment.
func (f Facts) judgeColour(v *verdict) {
	if f.Colourless > MaxColourless {
		v.add(outcome.Unusable, outcome.NoColour, []string{Redness, Pigment, Texture},
			"The picture is black and white: redness and pigment cannot be seen in it, nor relief be told from them.",
			"Use the original file in colour.")
	}
}

func (f Facts) judgeDetail(v *verdict) {
	if f.Noise > MaxNoise {
		v.add(outcome.Doubtful, outcome.Noisy, []string{Texture},
			fmt.Sprintf("Noise is %.0f %% of the light in each pixel (limit %.0f %%).", 100*f.Noise, 100*MaxNoise),
			"Retake: more light, or a lower ISO.")
	}
	if f.BlurPx > max(MinBlurPx, MaxBlurShare*float64(f.LongSide)) {
		v.add(outcome.Doubtful, outcome.Blurred, []string{Texture, Geometry},
			fmt.Sprintf("The finest detail is blurred over %.1f pixels.", f.BlurPx),
			"Retake: focus on the skin, hold the camera still.")
	}
	if f.Isotropy < MinIsotropy {
		v.add(outcome.Doubtful, outcome.MotionBlur, []string{Texture, Geometry},
			fmt.Sprintf("Fine detail is missing along one direction (%.2f of the other; limit %.2f), as when the camera moves.", f.Isotropy, MinIsotropy),
			"Retake: rest the camera, use more light.")
	}
}

func (f Facts) judgeFile(v *verdict) {
	m := f.Meta
	if m.JPEGQuality > 0 && m.JPEGQuality < MinJPEGQuality {
		spoils := []string{Texture}
		if m.JPEGQuality < MinJPEGColour {
			spoils = []string{Redness, Pigment, Texture}
		}
		v.add(outcome.Doubtful, outcome.JPEGLoss, spoils,
			fmt.Sprintf("The JPEG quality is %d (limit %d): compression removes fine detail.", m.JPEGQuality, MinJPEGQuality),
			"Use the original file, not one sent through a messenger; set the camera to finest.")
	}
	if min(f.ShortSide, f.LongSide) < MinShortSide {
		v.add(outcome.Doubtful, outcome.SmallPicture, []string{Texture, Geometry},
			fmt.Sprintf("The picture is only %d pixels wide on its short side (limit %d).", f.ShortSide, MinShortSide),
			"Use the original file at full size.")
	}
	if slices.Contains(m.Warnings, photo.ProfileUnsupported) || slices.Contains(m.Warnings, photo.HighDynamicRange) {
		v.add(outcome.Doubtful, outcome.ProfileUnsupported, []string{Redness, Pigment},
			outcome.WarningText(outcome.ProfileUnsupported), "Export as sRGB.")
	}
	f.judgeScale(v)
}

func (f Facts) judgeScale(v *verdict) {
	if f.MMPerPx <= 0 {
		return
	}
	pxPerMM := 1 / f.MMPerPx
	switch {
	case pxPerMM < MinColourPxPerMM:
		v.add(outcome.Doubtful, outcome.ScaleTooCoarse, []string{Pigment, Texture},
			fmt.Sprintf("The photo has %.1f pixels per millimetre (limit %d for spots, %d for texture).", pxPerMM, MinColourPxPerMM, MinDetailPxPerMM),
			"Retake: come closer or use more pixels.")
	case pxPerMM < MinDetailPxPerMM:
		v.add(outcome.Doubtful, outcome.ScaleTooCoarse, []string{Texture},
			fmt.Sprintf("The photo has %.1f pixels per millimetre (limit %d for texture).", pxPerMM, MinDetailPxPerMM),
			"Retake: come closer or use more pixels.")
	}
}

// verdict gathers reasons; the worst level wins.
type verdict struct {
	Verdict string
	Reasons []outcome.Reason
}

func (v *verdict) add(level, code string, spoils []string, text, mend string) {
	if v.Verdict != outcome.Unusable {
		v.Verdict = level
	}
	v.Reasons = append(v.Reasons, outcome.Reason{Code: code, Spoils: spoils, Text: text, Mend: mend, Level: level})
}

// figures are the record's numbers.
func (f Facts) figures() map[string]outcome.Number {
	return map[string]outcome.Number{
		"pixels_sampled": outcome.Number(f.Pixels),
		"clipped_high":   outcome.Number(f.ClippedHigh), "clipped_low": outcome.Number(f.ClippedLow),
		"median_y": outcome.Number(f.MedianY), "glare": outcome.Number(f.Glare),
		"noise": outcome.Number(f.Noise), "blur_px": outcome.Number(f.BlurPx), "isotropy": outcome.Number(f.Isotropy),
		"short_side_px": outcome.Number(f.ShortSide), "jpeg_quality": known(f.Meta.JPEGQuality > 0, float64(f.Meta.JPEGQuality)),
		"px_per_mm": known(f.MMPerPx > 0, 1/f.MMPerPx),
	}
}

func known(ok bool, v float64) outcome.Number {
	if !ok {
		return outcome.NaN()
	}
	return outcome.Number(v)
}
