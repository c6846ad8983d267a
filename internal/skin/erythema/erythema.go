// Package erythema answers how red a region of skin is, and how much of it.
//
// The model's answer is haemoglobin: the blood volume fraction in percent, from which
// melanin and light are separated ([Hemoglobin], [Red]). The classical
// camera indices stand beside it: the erythema index 100·log10(R/G) of linear light
// ([Index]) and a* under D65 ([AStar]). Both rise with melanin as well, about as much
// from light to dark skin as from a strong flush, so they are for one person against
// himself only.
//
// Whole-region values are means of the model's maps and robust means of the camera indices.
// Logarithms are taken of linear light that was averaged first, up to 0.3 mm for camera indices,
// never of single noisy pixels. Nothing is measured where no pixel counts.
//
// Shine takes 5 of the erythema index' 47 units on very dark skin, and a lamp that stands 3° elsewhere
// lays it otherwise: unchanged treated skin beside control skin then moves by 0.2 units in the root mean
// square, at worst 0.4, in a cast or without; by 0.08 with the lamp where it was, by 0.04 without shine.
package erythema

import (
	"math"

	"dermtrace/internal/chromo"
	"dermtrace/internal/filter"
	"dermtrace/internal/outcome"
	"dermtrace/internal/raster"
)

// Units of the measures of this package.
const (
	UnitBlood    = "% blood"
	UnitIndex    = "100·log10"
	UnitLab      = "CIELAB"
	UnitFraction = "1"
)

// Hemoglobin is the mean of the haemoglobin map: the blood volume fraction of the
// modelled dermis in percent, 0.2 to 7 in skin. Model-equivalent: differences mean
// something, the absolute value is no laboratory result.
func Hemoglobin(blood chromo.Summary) outcome.Measurement {
	return blood.Measurement(UnitBlood)
}

// Index is the erythema index 100·log10(R/G), robust mean over the region (Diffey, Oliver,
// Farr 1984, Br J Dermatol 111:663; for cameras Yamamoto 2008, Skin Res Technol
// 14:26). It does not change with exposure; a gain of 5 % on red alone moves it by 2.1.
func Index(red, green chromo.Field) outcome.Measurement {
	ei, logs := filter.Borrow(red.Value.W, red.Value.H), chromo.NewLogTable()
	raster.Bands(ei.H, func(y0, y1 int) {
		for i := y0 * ei.W; i < y1*ei.W; i++ {
			ei.Pix[i] = 100 / math.Ln10 * (logs.Ln(red.Value.Pix[i]) - logs.Ln(green.Value.Pix[i]))
		}
	})
	defer filter.GiveBack(ei)
	return chromo.Field{Value: ei, Weight: red.Weight}.RobustMeasurement(UnitIndex)
}

// AStar is the robust mean of a* (CIELAB, D65, 2° observer).
func AStar(a chromo.Field) outcome.Measurement { return a.RobustMeasurement(UnitLab) }

// redSigmas places the threshold of redness above the baseline's median: 2.5 robust
// standard deviations, beyond which 0.6 % of unchanged skin lies (project default).
const redSigmas = 2.5

// leastRise is the least rise of the threshold over the median, relative to it, where
// the skin is very even: below it maps differ by noise (project default).
const leastRise = 0.15

// Threshold is the blood fraction above which skin counts as red: the median of the
// given (untreated, baseline) skin plus 2.5 robust standard deviations or 15 %,
// whichever is more. It is taken once per series and frozen. NaN where the region is empty.
func Threshold(baseline chromo.Field) float64 {
	median, sigma := baseline.MedianMAD()
	return median + max(redSigmas*sigma, leastRise*median)
}

// Red is the share of the region whose blood fraction is above the frozen threshold, and extent
// times intensity: the mean over the region of the blood fraction in excess of it, in percent.
func Red(blood chromo.Field, threshold float64) (area, burden outcome.Measurement) {
	if math.IsNaN(threshold) {
		return outcome.Unmeasured(UnitFraction, outcome.BaselineRefused), outcome.Unmeasured(UnitBlood, outcome.BaselineRefused)
	}
	share, excess := blood.Above(threshold, threshold)
	s := chromo.Summary{Mean: share, SD: math.NaN(), N: blood.Count()}
	area = s.Measurement(UnitFraction)
	s.Mean = excess
	return area, s.Measurement(UnitBlood)
}
