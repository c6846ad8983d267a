package skin

import (
	"math"

	"dermtrace/internal/geom"
	"dermtrace/internal/skin/hair"
	"dermtrace/internal/skin/texture"
)

// HairVisit is the sheet's hair as one of two visits that are matched hair by hair
// ([hair.Match]). frameFromRGB takes pixels of the region's RGB to millimetres in the
// common frame; ok is false where there is none to match.
func (s *Sheet) HairVisit(frameFromRGB geom.Transform, ref Reference) (v hair.Visit, ok bool) {
	if s.hair == nil || !ref.HairKnown {
		return hair.Visit{}, false
	}
	return hair.Visit{Found: s.hair.Find(ref.Hair), FrameFromRGB: frameFromRGB}, true
}

// PoreVisit is the sheet's relief as one of two visits whose pores are matched one by
// one ([texture.MatchPores]). frameFromRGB takes pixels of the region's RGB to
// millimetres in the common frame; ok is false where no pores can be seen.
func (s *Sheet) PoreVisit(frameFromRGB geom.Transform) (v texture.PoreVisit, ok bool) {
	step := float64(s.fine)
	middle := (step - 1) / 2
	rgbFromRelief := geom.Translation(float64(s.X0)+middle, float64(s.Y0)+middle).Mul(geom.Scaling(step))
	return texture.PoreVisit{Relief: s.relief, FrameFromRelief: frameFromRGB.Mul(rgbFromRelief)}, s.relief != nil && s.relief.CountsPores()
}

// leastExcessMM2 is the variance of blur below which photos are taken as equally sharp: it
// takes 2 % of roughness (a Gaussian of 0.02 mm on the band of 0.06 to 0.24 mm), which is
// as little as the estimate can tell from noise (project default).
const leastExcessMM2 = 4e-4

// Excess is what the relief of this photo has beyond a reference photo's of the same
// untreated skin: blur, and the contrast that its lamp and file give ([texture.ExcessBlur],
// [texture.ExcessContrast]). ok is false where neither can be told.
func (s *Sheet) Excess(reference *Sheet) (m texture.Match, ok bool) {
	if s.relief == nil || reference.relief == nil {
		return m, false
	}
	if mm2, ok := texture.ExcessBlur(reference.relief, s.relief); ok && math.Abs(mm2) >= leastExcessMM2 {
		m.ExcessMM2 = mm2
	}
	sharp, warning := s.relief.Matched(m)
	if warning != "" {
		return m, true
	}
	k, ok := texture.ExcessContrast(reference.relief, sharp)
	if ok {
		m.Contrast = k
	}
	return m, ok
}

// MatchRelief makes texture be measured as the reference photo shows it. What resolves
// too little is withheld with a warning; nothing but texture changes. Call it once,
// before [Measure].
func (s *Sheet) MatchRelief(m texture.Match) {
	if s.relief != nil {
		s.relief, s.noRelief = s.relief.Matched(m)
	}
}
