package trend

import (
	"math"

	"dermtrace/internal/outcome"
)

// Sources of the built-in figures.
const (
	// Week-to-week differences of 8 people in a head rig (Henseler): red areas 2-4 %,
	// pores 2-4 %, brown spots below 2 %, spots and wrinkles about 6 %. The upper end is
	// taken; texture_variance, a square, has twice the relative error.
	rig = "Henseler, 8 people one week apart in a head rig, upper end"
	// Without a rig: standard deviation 3.4 % of absolute wrinkle scores of 19 people.
	noRig = "Henseler 2023, 19 people, wrinkles 3.4 %"
	// Repeated capture of RGB: 95 % within ±2.8, ±2.6, ±2.1 levels of 255, a standard
	// deviation of 1.43, 1.33, 1.07, carried by the sRGB exponent 2.2 to 100·log10 at
	// the red and green of light (200, 150), medium (160, 110) and dark (100, 65) skin.
	capture = "repeated RGB capture ±2.8, ±2.6, ±2.1 levels, at the levels of the skin"
	// L* by phone and card: standard error of measurement above 1 unit (PMC10247498);
	// a* moves by 1-3 with warmth, posture, meals (Fullerton 1996).
	lab = "card photos by phone, L* above 1 unit; a* 1-3 units by day"
	// Colour of the model's maps without a rig: the error of capture over the change of
	// ln(R/G) with blood, of ln R with melanin.
	model = "error of capture carried to the model's maps"
)

// builtInDF is the degrees of freedom of the provisional figures: those of the eight
// people whose repeats are the only ones published for whole-region measures.
const builtInDF = 7

// builtInRow is one measure: one standard deviation between two visits of unchanged
// skin, one photo each, for light, medium and dark skin.
type builtInRow struct {
	measure, unit string
	sd, cv        [3]float64
	versus        float64 // the same in a difference of two regions, as a multiple
	n             int
	source        string
}

// builtInRows are provisional: published figures of other instruments, to be replaced
// by those that this tool's own accuracy battery measures. In a difference of two
// regions local error counts twice and shared light cancels: √2 for what light does
// not reach, 1 for camera indices, 0.6 for the model's maps, whose raw error is mostly
// light.
func builtInRows() []builtInRow {
	all := func(v float64) [3]float64 { return [3]float64{v, v, v} }
	local := math.Sqrt2
	return []builtInRow{
		{"hemoglobin", "% blood", all(0.1), [3]float64{0.10, 0.12, 0.20}, 0.6, 4, model},
		{"erythema_index", "100·log10", [3]float64{1.09, 1.43, 2.38}, all(0), 1, 4, capture},
		{"a_star", "CIELAB", all(1), all(0), 1, 0, lab},
		{"red_area", "1", all(0.02), all(0.04), local, 8, rig},
		{"red_burden", "% blood", all(0.1), all(0.04), local, 8, rig},
		{"melanin", "% melanin", all(0.05), [3]float64{0.05, 0.05, 0.08}, 0.6, 4, model},
		{"melanin_index", "100·log10", [3]float64{0.68, 0.85, 1.37}, all(0), 1, 4, capture},
		{"ita", "°", [3]float64{2.7, 3.4, 3.6}, all(0), 1, 0, lab},
		{"l_star", "CIELAB", all(1), all(0), 1, 0, lab},
		{"pigmented_area", "1", all(0.02), all(0.06), local, 8, rig},
		{"spot_count", "1/cm²", all(0.5), all(0.06), local, 8, rig},
		{"spot_burden", "% melanin · mm²/cm²", all(0.5), all(0.06), local, 8, rig},
		{"evenness", "% melanin", all(0.05), all(0.06), local, 8, rig},
		{"evenness_coarse", "% melanin", all(0.05), all(0.06), local, 8, rig},
		{"roughness", "1", all(0), all(0.034), local, 19, noRig},
		{"texture_variance", "1", all(0), all(0.068), local, 19, noRig},
		{"texture_fine", "1", all(0), all(0.034), local, 19, noRig},
		{"texture_coarse", "1", all(0), all(0.034), local, 19, noRig},
		{"line_density", "mm/cm²", all(0), all(0.06), local, 8, rig},
		{"line_depth", "1", all(0), all(0.06), local, 8, rig},
		{"pore_density", "1/cm²", all(0.5), all(0.04), local, 8, rig},
	}
}

// BuiltIn returns the built-in figures. All are provisional, and every change that
// rests on one says so.
func BuiltIn() []Figure {
	var list []Figure
	for _, r := range builtInRows() {
		for i, band := range []string{BandLight, BandMedium, BandDark} {
			f := Figure{Measure: r.measure, Unit: r.unit, Contrast: outcome.Raw, Band: band,
				SD: r.sd[i], CV: r.cv[i], DF: builtInDF, N: r.n, Source: r.source, Provisional: true}
			list = append(list, f)
			f.Contrast, f.SD, f.CV = outcome.VsControl, f.SD*r.versus, f.CV*r.versus
			list = append(list, f)
		}
	}
	return list
}
