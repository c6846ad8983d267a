// Package pigment answers how much melanin a region of skin holds, how evenly it is
// spread, and where the dark spots are.
//
// The model's answer is the melanin map: the melanosome volume fraction of the
// modelled epidermis in percent, from which blood and light are separated ([Melanin],
// [Area], [Spots], [Evenness]). The classical camera indices stand beside it: the
// melanin index 100·log10(1/R) ([Index]), L* ([LStar]) and ITA ([ITA]), all of linear
// light, D65, 2° observer, and all dependent on exposure.
//
// Refused: ITA on red skin (blood lowers L* and so ITA: 0.2 to 2 % blood at 2.55 %
// melanin drop it from 52° to 25°) and where b* is below 3; spots without a scale in
// millimetres. This package finds and measures spots; it never says what they are.
//
// # Limits
//
// The fate of a spot is told where it stands out from the mottle of plain skin at its size so
// clearly that what mottle lies beneath it cannot have decided ([Compare]); the rest are
// counted and summed only. On simulated skin whose mottle is 4 or 5 % of melanin at every size
// from 0.2 to 22 mm and which has thirty spots on 6 cm², that is told of three in four that lie
// by themselves on light skin, two in three on medium and half on dark, where they are a third
// darker than the skin and not once as dark again. 99 of 100 are told right; of those that
// overlap others nine in ten, for what is seen there is both. On another phantom, of little
// mottle, 349 of 360, all right. Of those that are listed as persisting on dark skin one in ten
// is mottle, and where there are scars one in three the shade of one.
//
// Mottle withholds the rest: of 100 on dark skin 20 are no peak, or the region's edge cuts them,
// 21 are a peak that mottle could be, of 7 the mottle beneath could decide, and 2 are lost in
// noise; on medium skin 8, 11, 5 and 2, on light skin 1, 4, 3 and 6.
//
// The summed change ([Comparison.Change]) of one region of 6 cm² with thirty spots is within 5
// of 100 of its truth (contrast times area, after over before) in 13 of 16 on light and medium
// skin, which all together read up to 3 too much as left; on dark skin 5, for there the melanin
// map bends and half a spot reads as more than half. On the other phantom it is within 1.5. A
// sum over true places, sizes and overlaps is no nearer: mottle under spots limits it, not the
// search. Wide, soft and faint spots on dark skin are missed.
//
// Of unchanged skin that sum differs by 1 to 2 of 100 between two photos, on any skin. What
// each photo by itself shows above a threshold differs by 3 on light skin and 15 on dark, by
// 30 where there are few spots: those near the threshold pass it in one photo and not in the
// next, and outlines at half height join and part; a flush makes six of one. So the burden of
// a photo is the baseline's and what the same places differ by, its count the baseline's with
// what is surely new less what is surely gone.
//
// The steps in which a JPEG rounds colour off are a third of a percent of melanin on light
// skin, a spot's contrast; luma tells them from pigment, and how much of a change is. Tried and dropped: the noise that
// melanin shares with the shading and blood of the same place taken out (a tenth less), a gain
// of contrast fitted to control skin (it differs from that of treated skin), an error in
// proportion to the contrast (spots that fade by a third are then called persisting), sums
// over discs that own their pixels (no nearer), a joint fit of templates drawn from both
// visits (on unchanged skin it loses 3 to 9 of 100 of whichever photo is less sharp),
// choosing sizes by clearness (wide spots fall into pieces), and luma read beside the map by
// the inverse of their variances (it finds a third more on dark skin whose map bends much; but
// everywhere it takes scars for spots and their healing for fading).
package pigment

import (
	"math"

	"dermtrace/internal/chromo"
	"dermtrace/internal/cie"
	"dermtrace/internal/filter"
	"dermtrace/internal/outcome"
	"dermtrace/internal/raster"
)

// Units of the measures of this package.
const (
	UnitMelanin  = "% melanin"
	UnitIndex    = "100·log10"
	UnitLab      = "CIELAB"
	UnitDegrees  = "°"
	UnitFraction = "1"
	UnitPerArea  = "1/cm²"
	UnitBurden   = "% melanin · mm²/cm²"
	UnitScore    = "0-24"
)

// Melanin is the mean of the melanin map in percent, 1.3 to 43 in skin.
// Model-equivalent: differences and ratios mean something, the absolute value is no
// laboratory result.
func Melanin(melanin chromo.Summary) outcome.Measurement {
	return melanin.Measurement(UnitMelanin)
}

// Index is the melanin index 100·log10(1/R) of red linear light, robust mean over
// the region (the 655 nm form of the DermaSpectrometer; Shriver & Parra 2000, Am J Phys
// Anthropol 112:17 with 650 nm). A tenth less exposure raises it by 4.6.
func Index(red chromo.Field) outcome.Measurement {
	mi, logs := filter.Borrow(red.Value.W, red.Value.H), chromo.NewLogTable()
	raster.Bands(mi.H, func(y0, y1 int) {
		for i := y0 * mi.W; i < y1*mi.W; i++ {
			mi.Pix[i] = -100 / math.Ln10 * logs.Ln(red.Value.Pix[i])
		}
	})
	defer filter.GiveBack(mi)
	return chromo.Field{Value: mi, Weight: red.Weight}.RobustMeasurement(UnitIndex)
}

// LStar is the robust mean of L*.
func LStar(l chromo.Field) outcome.Measurement { return l.RobustMeasurement(UnitLab) }

// redSkinRise is the blood fraction in percent above the baseline's at which ITA is no
// longer read: 0.5 points lower ITA by about 8° at light skin, more than half a class
// (project default).
const redSkinRise = 0.5

// redSkin is the blood fraction in percent at which skin is red whatever it was before:
// more than twice that of skin at rest (project default).
const redSkin = 3.0

// ITA is the individual typology angle of L* and b* ([LStar]; robust means), in degrees. blood and
// baselineBlood are the region's mean blood fractions in percent now and at the
// baseline; where the skin is or has become red the angle is withheld.
func ITA(l, b outcome.Measurement, blood, baselineBlood float64) outcome.Measurement {
	colour := cie.Lab{L: float64(l.Value), B: float64(b.Value)}
	if math.IsNaN(colour.L) {
		return outcome.Unmeasured(UnitDegrees, outcome.RegionLost)
	}
	if blood-baselineBlood > redSkinRise || blood > redSkin {
		return outcome.Unmeasured(UnitDegrees, outcome.RedSkin)
	}
	deg, ok := cie.ITA(colour)
	if !ok {
		return outcome.Unmeasured(UnitDegrees, outcome.PaleBlueAxis)
	}
	return outcome.Measurement{Value: outcome.Number(deg), Unit: UnitDegrees, SD: spreadOfITA(l, b), N: l.N}
}

// spreadOfITA carries the spreads of L* and b* to first order into degrees.
func spreadOfITA(l, b outcome.Measurement) outcome.Number {
	x, y := float64(l.Value)-50, float64(b.Value)
	return outcome.Number(math.Hypot(y*float64(l.SD), x*float64(b.SD)) / (x*x + y*y) * 180 / math.Pi)
}

// areaSigmas places the threshold of pigmented skin above the baseline's median: two
// robust standard deviations, or leastContrast where the skin is very even.
const areaSigmas = 2

// leastContrast is the melanin contrast, relative to the median of the skin, below
// which nothing counts as pigmented (project default: half a freckle's, and about 3
// units of melanin index in medium skin).
const leastContrast = 0.15

// Threshold is the melanin contrast in percent above which a pixel counts as
// pigmented, and the level that it is counted from. It is taken once per series at the
// baseline and frozen.
type Threshold struct {
	Level    float64 // median melanin of the baseline skin, percent
	Contrast float64 // above Level (area) or above the local background (spots), percent
}

// Freeze takes the threshold from baseline skin. Both are NaN where it is empty.
func Freeze(baseline chromo.Field) Threshold {
	median, sigma := baseline.MedianMAD()
	return Threshold{Level: median, Contrast: max(areaSigmas*sigma, leastContrast*median)}
}

// Area is the share of the region whose melanin is above the frozen level by more
// than the frozen contrast.
func Area(melanin chromo.Field, t Threshold) outcome.Measurement {
	area, _ := pigmented(melanin, t)
	return area
}

// pigmented is Area, and the mean over the region of what that skin has above the level.
func pigmented(melanin chromo.Field, t Threshold) (area outcome.Measurement, excess float64) {
	if math.IsNaN(t.Level) {
		return outcome.Unmeasured(UnitFraction, outcome.BaselineRefused), 0
	}
	share, excess := melanin.Above(t.Level+t.Contrast, t.Level)
	return chromo.Summary{Mean: share, SD: math.NaN(), N: melanin.Count()}.Measurement(UnitFraction), excess
}

// darkest is the melanin excess, relative to the level of the skin, that scores the full
// darkness of 4: twice the pigment (project default).
const darkest = 1.0

// MMASILike is a computed score in the form of the modified MASI of one zone (Pandya
// 2011, J Am Acad Dermatol 64:78): area 0 to 6 times darkness 0 to 4, both continuous, of
// skin above the frozen level by more than the frozen contrast. It is no clinician's grade.
func MMASILike(melanin chromo.Field, t Threshold) outcome.Measurement {
	area, excess := pigmented(melanin, t)
	area.Unit = UnitScore
	if !area.Value.Known() || area.Value == 0 {
		return area
	}
	darkness := min(1, excess/float64(area.Value)/(darkest*t.Level))
	area.Value *= outcome.Number(6 * 4 * darkness)
	return area
}

// Bands of evenness in millimetres (Gaussian σ): mottling and spots, then patches.
var (
	FineBand   = [2]float64{0.5, 4}
	CoarseBand = [2]float64{4, 20}
)

// Evenness is the standard deviation of the melanin map between two Gaussians of the
// given σ in millimetres, in percent melanin: 0 is perfectly even. mmPerPx is the size
// of the map's pixels, 0 where unknown.
func Evenness(melanin chromo.Field, mmPerPx float64, bandMM [2]float64) outcome.Measurement {
	switch {
	case mmPerPx <= 0:
		return outcome.Unmeasured(UnitMelanin, outcome.ScaleUnknown)
	case melanin.Empty():
		return outcome.Unmeasured(UnitMelanin, outcome.RegionLost)
	}
	// Neither Gaussian needs pixels finer than 5/8 of the smaller σ.
	k := max(1, int(bandMM[0]/1.6/mmPerPx))
	small := melanin.Shrink(k)
	px := mmPerPx * float64(k)
	fine, coarse := small.Smooth(bandMM[0]/px), small.Smooth(bandMM[1]/px)
	for i := range fine.Pix {
		fine.Pix[i] -= coarse.Pix[i]
	}
	s := chromo.Field{Value: fine, Weight: small.Weight}.Summary()
	s.Mean, s.SD = s.SD, math.NaN()
	return s.Measurement(UnitMelanin)
}
