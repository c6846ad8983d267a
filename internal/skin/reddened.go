package skin

import (
	"math"
	"slices"

	"dermtrace/internal/chromo"
	"dermtrace/internal/outcome"
	"dermtrace/internal/skin/pigment"
)

// perRootBlood is the standard deviation of what a measure of contrast is misread by, relative to
// it, for each √% that blood differs from the baseline's; 0: by nothing that is told here. It goes
// either way, with the skin's oxygenation, shine and scattering and with how coarsely the file
// keeps colour, so nothing is taken off. Root mean squares of 120 flushes, with needle points and
// without, of simulated skin of any optics, 8 to 40 px/mm, JPEG quality 78 to 95.
func perRootBlood(measure string) float64 {
	switch measure {
	case "pigmented_area", "mmasi_like":
		return 1
	case "evenness_coarse":
		return 0.45
	case "spot_burden":
		return pigment.PerRootBlood
	case "evenness", "pore_density":
		return 0.25
	case "texture_coarse", "relief_ratio", "texture_variance", "line_width", "line_depth", "glcm_contrast":
		return 0.2
	case "line_density":
		return 0.15
	case "roughness", "texture_fine", "pore_size":
		return 0.1
	case "glcm_correlation", "glcm_entropy", "glcm_homogeneity":
		return 0.06
	}
	return 0
}

// sameBlood is how much √% of blood differs between photos of unchanged skin: a tenth of its blood
// (project default).
const sameBlood = 0.05

// reddened adds to a measure what blood that is not as at the baseline may make of it.
func (w *work) reddened(m outcome.Measurement, perRoot float64) outcome.Measurement {
	if perRoot == 0 || !m.Value.Known() {
		return m
	}
	m = w.redder(m)
	points := math.Abs(w.ofBlood.Mean - w.ref.Blood)
	change := math.Abs(float64(chromo.Root(float32(w.ofBlood.Mean)) - chromo.Root(float32(w.ref.Blood))))
	if !(change > sameBlood) {
		return m
	}
	se := perRoot * change * math.Abs(float64(m.Value))
	talk := outcome.CrossTalk{Of: "hemoglobin", SE: outcome.Number(se / points), ValueSE: outcome.Number(se)}
	if other := m.CrossTalk; other != nil { // both add, the larger is named
		if other.ValueSE > talk.ValueSE {
			talk = *other
		}
		talk.ValueSE = outcome.Number(math.Hypot(se, float64(other.ValueSE)))
	}
	m.CrossTalk = &talk
	return m
}

// redPoints is the rise of blood in percent over the baseline's from which what it may pass for is
// warned of: that from which ITA is withheld.
const redPoints = 0.5

// redder warns where the skin is redder than at the baseline.
func (w *work) redder(m outcome.Measurement) outcome.Measurement {
	if w.ofBlood.Mean-w.ref.Blood > redPoints && !slices.Contains(m.Warnings, outcome.RedderSkin) {
		m.Warnings = append(slices.Clone(m.Warnings), outcome.RedderSkin)
	}
	return m
}
