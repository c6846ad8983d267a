package skin

import (
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

// ExcessBlur is the variance of blur, in mm² on the skin, that this photo has beyond a
// reference photo of the same untreated skin ([texture.ExcessBlur]); ok is false where
// it cannot be told.
func (s *Sheet) ExcessBlur(reference *Sheet) (mm2 float64, ok bool) {
	if s.relief == nil || reference.relief == nil {
		return 0, false
	}
	return texture.ExcessBlur(reference.relief, s.relief)
}

// MatchBlur makes texture be measured as sharply as the reference photo shows it. What
// resolves too little is withheld with a warning; nothing but texture changes. Call it
// once, before [Measure].
func (s *Sheet) MatchBlur(excessMM2 float64) {
	if s.relief != nil {
		s.relief, s.noRelief = s.relief.Matched(texture.Match{ExcessMM2: excessMM2})
	}
}
