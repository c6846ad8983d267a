package skin

import (
	"math"
	"slices"

	"dermtrace/internal/chromo"
	"dermtrace/internal/outcome"
)

// sameBlood is how much √% of blood differs between photos of unchanged skin: a tenth of its blood
// (project default).
const sameBlood = 0.05

// reddened adds to a measure what blood that is not as at the baseline may make of it. It goes either
// way, with the skin's oxygenation, shine and scattering and with how coarsely the file keeps colour,
// so nothing is taken off. What is given per √% is the root mean square of 120 flushes, with needle
// points and without, of simulated skin of any optics, 8 to 40 px/mm, JPEG quality 78 to 95.
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
