package trend

import (
	"math"

	"dermtrace/internal/outcome"
)

// heldFrom is the skin, in mm², from which the built-in figure of a measure holds. The
// figures are of regions of several square centimetres; those of scars are of scars of 6 to 50
// mm² and those of hair of scalps of 0.5 to 5 cm², brought to that area by the same rule. Less skin
// holds fewer pores, furrows, bumps and hairs, and which of them are seen differs from visit to
// visit, so that below it the variance grows as the skin shrinks. It is where squares of 1 to 9 mm,
// scars and scalps of simulated unchanged skin differ as much as the figure says, rounded up; what
// is not listed holds for all that is judged. Project default.
var heldFrom = map[string]float64{
	"line_width":       150,
	"pore_size":        150,
	"hair_count":       100,
	"hair_density":     100,
	"hair_thickness":   100,
	"pore_density":     100,
	"relief_ratio":     25,
	"scar_relief":      25,
	"mmasi_like":       20,
	"line_density":     10,
	"red_area":         10,
	"glcm_contrast":    5,
	"glcm_correlation": 5,
	"glcm_entropy":     5,
	"glcm_homogeneity": 5,
	"texture_coarse":   5,
	"line_depth":       1,
	"roughness":        1,
	"texture_fine":     1,
	"texture_variance": 1,
}

// scarcity is the factor by which the variance of a figure grows in the skin of a point: a
// clinic's own is of regions like those that it measures.
func (t *track) scarcity(source string, p *point) float64 {
	if source != SourceBuiltIn {
		return 1
	}
	return max(1, heldFrom[t.measure]/p.mm2)
}

// areaOf is the skin of a region in a photo, in mm²; infinite where that is unknown.
func areaOf(photo *outcome.Photo, r outcome.ROI) float64 {
	pxPerMM := float64(photo.Quality.Figures["px_per_mm"])
	if !(pxPerMM > 0) || r.Pixels == 0 {
		return math.Inf(1)
	}
	return float64(r.Pixels) / (pxPerMM * pxPerMM)
}
