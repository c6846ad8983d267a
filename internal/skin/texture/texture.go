// Package texture answers how rough the skin looks, whatever its colour and shine.
//
// It works on light of which shine and, to first order, melanin and blood are taken away
// ([MixFor]), so that neither a spot nor a flush nor gloss is texture. Relief is
// that light over its mean within 2 mm, x = M / (M smoothed by 2 mm): 1 where the skin
// is flat. Its detail is measured between Gaussians of fixed size on the skin, in the
// photo's own pixels: a warped photo is a blurred photo.
//
// Values are photometric: they compare photos of one skin in one light, and are no
// heights. A lamp that is tilted by one degree more shows 2 to 4 % more relief; untreated
// skin in the photo tells by how much ([Relief.Matched]). Refused: photos with fewer
// than 15 pixels per millimetre, in which the finest band cannot be seen, and regions
// without a scale. Skin so dark that the mottle of its pigment looks like relief is warned
// of: understated by as much as its pigment is uneven, which colour does not tell.
//
// Limits. JPEG keeps fine brightness and drops the fine colour that would tell glints, mottle
// and relief apart. Lossy files are therefore read by a mix that relief outlives whether its
// colour was kept or not, as far as the baseline's glints and mottle allow ([Unevenness]), and
// what these leave in it, as the baseline had them, is taken off. On simulated light and
// medium skin with hair, moles, glints and another pose relief ×0.70 then reads as up to ×0.73
// in JPEGs of quality 93, on brown skin as ×0.78 and on very dark skin as ×0.85, both with a
// warning: mottle of melanin moves all channels of dark skin alike, as relief does. Of the
// power read on very dark skin a quarter is shading; a third is glints, of which 0.75 stays
// where 0.49 of shading does; the rest is mottle and spots, of which all stays. Unchanged
// skin stays within 2.6 % (a flush of tan skin 4.2), on brown and dark skin within 6.5 %; from
// 0.7 to 1.4 times the distance within 3.4 %, on very dark skin 5.3 %; under a cast that calibration
// takes off within 2 %, on very dark skin 3.2. Where melanin of very dark skin changes by half,
// roughness moves by up to a quarter on another hand's phantom. Where there are no glints
// unchanged skin stays within 3 %, and within 9 % where relief is shallower than mottle. Shine that
// grows by 40 % reads as up to 11 % in a JPEG: the baseline does not foresee it. Spots that
// fade take their rims along: 120 of them, a fifth of the region, 5 %. Dark terminal hair is left
// out where it stands out of the furrows (skin's strands): 60 that lie elsewhere in each photo
// still move it by 4 %. JPEG of quality 98 and more is read as lossless:
// of very dark skin, with a warning, ×0.70 then reads as ×0.9 and a flush as 11 %. Of a
// lossless file red and blue that are less sharp than green let a flush of light skin take 7 %.
//
// Tried without gain: relief held exactly the same with and without colour, which leaves
// nothing to cancel glints with (a flush adds 15 %); the mix of a photo by its own
// unevenness (glints and mottle of brown skin change places: 15 %); relief's own
// variance instead of a mix's, fitted or as the unbiased quadratic estimate (a flush adds 6
// to 8 %); luminance times the share that is relief at broader detail, where colour is
// kept (the same on light skin, on dark skin 15 % and more); what no share of luminance
// explains taken off as noise (as much at ×0.70, but distance moves it by 5 to 9 %); places of spots left out
// (one visit's are not another's: as much is lost as won); weights frozen at the
// baseline (a flush adds 8 %), red less blue alone; the product of two shine-free
// mixes of which errors of Cb and Cr are independent (a flush adds 20 %); noise as the baseline
// shows it in place of the usual one (a file hides it: a flush moves very smooth light
// skin by 5 % instead of 9, but ×0.70 reads as ×0.80 instead of ×0.75); how much more detail
// runs across the light than along it, which mottle leaves alone (glints do not: very dark
// skin ×0.80 to ×0.88); what the mix takes of relief whose colour is lost, made good (a flush
// adds 3 %); the share of colour that the file lost, fitted with the rest (found, but ×0.70 gains
// 1 % on light and tan skin, and dark skin at rest loses 1.5); ordinary glints in proportion to
// relief (very smooth skin 7 % instead of 9, dark skin at rest 5 instead of 4) or none at all
// (tan to dark skin at rest 9 to 16 %); a flush's blood taken as uneven half way between even
// and in proportion (brown skin at rest 3.7 % instead of 5, very light skin 4 instead of 2);
// what glints and pigment leave taken off in the whole band, not in its finer half alone (brown
// skin ×0.73 instead of ×0.77, at rest 6 % instead of 5); lossless files read by the
// baseline's unevenness (a flush of very dark skin 6 % instead of 20 at quality 100, but clean
// files then show shine that grows as 5 %). The surface's even share taken from the light
// gives no contrast back: relief shades the surface as it does the skin beneath.
//
// A facet that leans towards the lamp sends back more light from within and from its surface: relief
// and its shine are one direction, 1 + κ shine with κ about 0.1 on two hands' phantoms, not two
// that are independent as [Unevenness] has them. Fitted so, up to brown skin blood comes out
// within an eighth and mottle of melanin within a third, where the fit of independent ones finds
// hardly any melanin. Tried with that: all of its mottle and half of the shine taken off, whether
// their colour was kept or not (the battery's relief is followed within 2.5 % on all tones, the other
// hand's smooth light skin within 5 instead of 7; but little more than half is left of very dark
// skin, which unchanged then moves by 11 %, with distance by 13, by shine that grows by 15); the same up to a sixth of the power, or as far as the mix tells pigment from relief
// (light skin as before, flushes of tan skin 3 %); the blood of that fit alone (very dark
// skin at rest 4.8 % instead of 6.4, with distance 5.6 instead of 6.5, but relief ×0.70 reads as
// ×0.86 and other light skin at rest moves by 2.8 instead of 2.2); κ of each photo (a flush of tan
// skin 5 %); the lamp's contrast taken nearer to 1 by as much as blocks of control skin leave
// it unsure, which is 1 %: two regions of one photo differ by more; blur
// beyond the baseline's matched by as much as it exceeds its error, not wholly or not at all
// (no figure moves by more than 0.1 %); colour's blocks averaged before anything is read, which
// at 18 px/mm leaves too few pixels for the finest Gaussian (6 % without control skin); each
// region's own glints and mottle (dark skin at rest 5.4 % instead of 6.4 and with distance 5.0
// instead of 5.3, but medium skin at rest 2.7 instead of 2.5, light skin with distance still 3.2);
// with that, more of them left the farther the photo, as rounding of coarser steps would lose
// their colour (beside control skin, which takes most of the error off, light skin moves by 2.5 %
// with distance; by itself by 8, where one share for all distances keeps within 2.2); the steps of
// the mix's luma by calibrated light, not by the file's (everyday casts move dark skin by 5.5 % instead
// of 6.4, but a strong one light skin by 7 instead of 0.3); the lamp's contrast from luminance, or from its
// mean with the mix's (light skin at rest 1.8 % instead of 2.2, but blurred medium skin 2.3 instead of 1.2).
//
// What unchanged dark skin moves by is shine of its relief, which weighs more beside darker skin: without
// shine a flush makes it read smoother, not rougher. What relief ×0.70 misses by is mostly mottle: without
// it 6 % are left of 15, by shine. Tried: roughness over √(1 + 2κ shine) of the mix, relative to the
// baseline's, 0.7 of the shine being as luma has it. With κ of 0.1 melanin ×1.5 moves dark skin by 1.8 %
// instead of 5.5 and a flush another hand's very dark skin by 5 instead of 10; but of another phantom's
// skin without shine a flush then takes 5 %, and 1.5 where κ is half of [Unevenness]'s shine over relief,
// where it takes none now. The baseline must first tell whether relief shines, as κ fitted with relief
// as one direction seems to: up to 0.04 without shine, from 0.075 on with it.
//
// κ fitted so at the baseline is 0.06 to 0.25 on another hand's skin with shine, at most 0.02 without. What luma
// shows of such shine, divided out relative to the baseline's: a flush moves that skin, where dark, by 5 %
// instead of 10, unchanged dark skin of the battery by 2.1 % RMS instead of 2.5 (one photo under a cast 7.1
// instead of 6.4), medium by 2.4 at most instead of 2.5, but of other medium skin 2.9 instead of 2.0. With
// what the mix leaves of it where colour is kept: dark skin 1.7 % RMS, light skin's flush 5.0 instead of 4.3.
//
// Beside control skin, light and medium skin at rest moves by 1 % RMS, as much as the two halves of that
// control skin differ by, and none of these finds less: the same places of both photos; what they share
// (a flush lowers it by 4 %); medians and trimmed means of blocks; pixels of most detail left out; the half
// that sets the light filtered with all of control skin around it (light skin with distance 3.0 % instead
// of 3.3, dark at rest 5.8 instead of 6.4, but medium 3.1 instead of 2.5).
//
// Not built: that; and what two registered photos share, which
// tells relief from mottle where relief has changed: ×0.70 within 0.1 asks that a file's noise
// is known within a hundredth of the power.
package texture

import (
	"math"
	"sync"

	"dermtrace/internal/chromo"
	"dermtrace/internal/outcome"
	"dermtrace/internal/raster"
)

// Scales of relief in millimetres of Gaussian σ.
const (
	fineMM    = 0.06 // pores, fine lines and the skin's own furrows lie
	middleMM  = 0.24 // between these two
	coarseMM  = 1.0  // wrinkles, the rims of scars
	levelMM   = 2.0  // what is broader is form and light, not texture
	tileMM    = 4.0  // side of the tiles whose spread is stated
	levelFrom = 4.0  // pixels per σ that the broadest smoothing is done with
	bandFrom  = 1.6  // and the others
)

// LeastPxPerMM is the resolution of a photo below which nothing here is measured.
const LeastPxPerMM = 15

// workPxPerMM is the resolution that is kept when photo pixels are averaged: at its
// Nyquist frequency, 6 cycles/mm, the finest Gaussian passes 8 % of the amplitude.
const workPxPerMM = 12

// Step is the whole number of photo pixels that may be averaged to one, along each
// side, before texture is measured.
func Step(pxPerMM float64) int { return max(1, int(pxPerMM/workPxPerMM)) }

// Relief is light made ready to measure: relative to the neighbourhood's.
type Relief struct {
	field  chromo.Field // 1 where flat
	grid   Grid
	noise  white
	doubts []string // warnings of what is measured

	filtered sync.Once
	fine     band
}

// band holds the planes of the fine band.
type band struct {
	narrow smoothed      // to 0.06 mm
	wide   smoothed      // to 0.24 mm
	detail *raster.Plane // narrow less wide
}

// Grid says how the pixels of a plane lie on the skin.
type Grid struct {
	PxPerMM float64 // of the photo's own pixels; 0 where unknown
	Step    int     // photo pixels averaged to one, along each side
	Block   int     // of these, in which the file has colour; 0: one

	ExcessMM2 float64 // variance of blur beyond the reference's, mm² ([ExcessBlur])
}

// mmPerPx is the size of the plane's pixels.
func (g Grid) mmPerPx() float64 { return float64(g.Step) / g.PxPerMM }

// px is the σ in the plane's pixels of a Gaussian of the given σ on the skin, less the
// blur of averaging and the excess of the photo's own: a box of k pixels has a variance
// of (k²−1)/12.
func (g Grid) px(mm float64) float64 { return math.Sqrt(max(0, g.rest(mm))) }

func (g Grid) rest(mm float64) float64 {
	k2 := float64(g.Step * g.Step)
	return (mm*mm-g.ExcessMM2)/(g.mmPerPx()*g.mmPerPx()) - (1-1/k2)/12
}

// leastRest is the variance in pixels that the finest Gaussian must keep: under σ 0.35 a
// sampled Gaussian is hardly one (project default).
const leastRest = 0.35 * 0.35

// resolves reports whether the photo shows detail as fine as the finest Gaussian leaves.
func (g Grid) resolves() bool { return g.rest(fineMM) >= leastRest }

// Refusal is the warning of a region in which no texture can be measured, else "".
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

// NewRelief prepares the light that relief is read from, whose mean is about 1 and whose
// pixels have the given noise variance, NaN where that is unknown; doubts travel with
// what is measured in it. The relief takes the place of the light. Where nothing can be measured it returns nil and the warning that
// says why.
func NewRelief(light chromo.Field, grid Grid, noise float64, doubts ...string) (r *Relief, warning string) {
	if warning := Refusal(grid.PxPerMM, light.Empty()); warning != "" {
		return nil, warning
	}
	level := smooth(light, levelMM/grid.mmPerPx(), levelFrom)
	level.rows(func(y int, around []float32) {
		row := light.Value.Row(y)
		for i, l := range around {
			by := l
			if by < mostDark {
				by = mostDark
			}
			row[i] = 1 + (row[i]-l)/by
		}
	})
	r = &Relief{field: light, grid: grid, noise: white(noise), doubts: doubts}
	if math.IsNaN(noise) {
		r.noise, r.doubts = 0, append(r.doubts, outcome.NoiseUnknown)
	}
	return r, ""
}

// band makes the planes of the fine band when they are first asked for: a relief that is
// matched to another's never needs its own.
func (r *Relief) band() *band {
	r.filtered.Do(func() {
		narrow, wide := r.smooth(fineMM), r.smooth(middleMM)
		r.fine = band{narrow: narrow, wide: wide, detail: between(narrow, wide)}
	})
	return &r.fine
}

// smooth applies a Gaussian of the given σ on the skin, on whole blocks of colour.
func (r *Relief) smooth(mm float64) smoothed {
	return smoothWhole(r.field, r.grid.px(mm), bandFrom, r.grid.Block)
}

// Roughness is the apparent roughness: the RMS of relief between Gaussians of σ 0.06
// and 0.24 mm, noise subtracted. 0 is perfectly smooth; skin has 0.01 to 0.1.
func (r *Relief) Roughness() outcome.Measurement {
	noise := r.noise.in(r.grid.px(fineMM), r.grid.px(middleMM))
	return r.rms(chromo.Field{Value: r.band().detail, Weight: r.field.Weight}, noise, r.grid)
}

// Coarse is the same between 0.24 and 1 mm: lines and rims rather than grain.
func (r *Relief) Coarse() outcome.Measurement {
	grid, wide := r.grid, r.band().wide
	grid.Step *= wide.k
	field := wide.field
	detail := between(smooth(field, grid.px(middleMM), bandFrom), smooth(field, grid.px(coarseMM), bandFrom))
	return r.rms(chromo.Field{Value: detail, Weight: field.Weight}, r.noise.in(r.grid.px(middleMM), r.grid.px(coarseMM)), grid)
}

// Variance is the square of a roughness, spread carried to first order.
func Variance(roughness outcome.Measurement) outcome.Measurement {
	v := roughness
	v.Value *= roughness.Value
	v.SD *= 2 * roughness.Value
	return v
}

// UnitRelief is the unit of relief: light relative to light.
const UnitRelief = "1"

// rms is the root of the mean power of detail over the region, less the noise. Its spread
// is that of the same RMS over tiles of the region.
func (r *Relief) rms(detail chromo.Field, noise float64, grid Grid) outcome.Measurement {
	mean, tiles := powerOf(detail, max(1, int(tileMM/grid.mmPerPx())))
	for i, v := range tiles.Value.Pix {
		tiles.Value.Pix[i] = float32(math.Sqrt(max(0, float64(v)-noise)))
	}
	s := chromo.Summary{Mean: math.Sqrt(max(0, mean-noise)), SD: tiles.Summary().SD, N: detail.Count()}
	m := s.Measurement(UnitRelief)
	m.Warnings = append(m.Warnings, r.doubts...)
	return m
}

// between is the difference of two Gaussians of one field.
func between(narrow, wide smoothed) *raster.Plane {
	d, near := raster.New(wide.w, wide.h), narrow.large()
	wide.rows(func(y int, around []float32) {
		row, from := d.Row(y), near.Row(y)
		for i, v := range around {
			row[i] = from[i] - v
		}
	})
	return d
}
