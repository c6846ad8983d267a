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

// darkest is the melanin excess, relative to the level of the skin, that scores the full
// darkness of 4: twice the pigment (project default).
const darkest = 1.0

// Area is the share of the region whose melanin is above the frozen level by more
// than the frozen contrast, and a computed score in the form of the modified MASI of one zone
// (Pandya 2011, J Am Acad Dermatol 64:78): area 0 to 6 times darkness 0 to 4, both continuous,
// of that skin. It is no clinician's grade; where the level is no skin's it has no darkness.
func Area(melanin chromo.Field, t Threshold) (area, mmasiLike outcome.Measurement) {
	if math.IsNaN(t.Level) {
		return outcome.Unmeasured(UnitFraction, outcome.BaselineRefused), outcome.Unmeasured(UnitScore, outcome.BaselineRefused)
	}
	share, excess := melanin.Above(t.Level+t.Contrast, t.Level)
	s := chromo.Summary{Mean: share, SD: math.NaN(), N: melanin.Count()}
	area = s.Measurement(UnitFraction)
	if !(t.Level > 0) {
		return area, outcome.Unmeasured(UnitScore, outcome.OutsideModel)
	}
	if share > 0 {
		darkness := min(1, excess/share/(darkest*t.Level))
		s.Mean = 6 * 4 * share * darkness
	}
	return area, s.Measurement(UnitScore)
}

// Bands of evenness in millimetres (Gaussian σ): mottling and spots, then patches.
var (
	FineBand   = [2]float64{0.5, 4}
	CoarseBand = [2]float64{4, 20}
)

// leastSpan is the side of the skin, over the smaller σ of a band, that shows the band at
// all: half a wave of those that pass by half (2.7 σ). In less everything seems even.
const leastSpan = 2.5

// Evenness is the standard deviation of the melanin map between two Gaussians of the
// given σ in millimetres, in percent melanin: 0 is perfectly even. mmPerPx is the size
// of the map's pixels, 0 where unknown.
func Evenness(melanin chromo.Field, mmPerPx float64, bandMM [2]float64) outcome.Measurement {
	switch {
	case mmPerPx <= 0:
		return outcome.Unmeasured(UnitMelanin, outcome.ScaleUnknown)
	case melanin.Empty():
		return outcome.Unmeasured(UnitMelanin, outcome.RegionLost)
	case math.Sqrt(melanin.Area())*mmPerPx < leastSpan*bandMM[0]:
		return outcome.Unmeasured(UnitMelanin, outcome.RegionSmall)
	}
	// Neither Gaussian needs pixels finer than 5/8 of the smaller σ.
	k := max(1, int(bandMM[0]/1.6/mmPerPx))
	small := melanin.Shrink(k)
	px := mmPerPx * float64(k)
	fine, coarse := small.Smooth(bandMM[0]/px), small.Smooth(bandMM[1]/px)
	defer filter.GiveBack(fine, coarse)
	for i := range fine.Pix {
		fine.Pix[i] -= coarse.Pix[i]
	}
	s := chromo.Field{Value: fine, Weight: small.Weight}.Summary()
	s.Mean, s.SD = s.SD, math.NaN()
	return s.Measurement(UnitMelanin)
}
