package skin

import (
	"math"

	"dermtrace/internal/geom"
	"dermtrace/internal/skin/hair"
	"dermtrace/internal/skin/texture"
)

// Objects are the single things of one visit that a later one is matched with, one by one,
// with where they lie. They outlive the photo; nil fields: none can be seen.
type Objects struct {
	Pores *texture.PoreMap
	Hairs *hair.Map
}

// Objects lists what the sheet shows; ref holds where hair begins, and frameFromRGB takes
// pixels of the region's RGB to millimetres in the common frame.
func (s *Sheet) Objects(frameFromRGB geom.Transform, ref Reference) (Objects, error) {
	s.readRelief()
	var o Objects
	var err error
	if s.relief != nil && s.relief.CountsPores() {
		middle := (float64(s.fine) - 1) / 2
		rgbFromRelief := geom.Translation(float64(s.X0)+middle, float64(s.Y0)+middle).Mul(geom.Scaling(float64(s.fine)))
		if o.Pores, err = s.relief.PoreMap(frameFromRGB.Mul(rgbFromRelief)); err != nil {
			return Objects{}, err
		}
	}
	if s.hair != nil && ref.HairKnown {
		o.Hairs, err = s.hair.Find(ref.Hair).Map(frameFromRGB)
	}
	return o, err
}

// leastExcessMM2 is the variance of blur below which photos are taken as equally sharp: it
// takes 2 % of roughness (a Gaussian of 0.02 mm on the band of 0.06 to 0.24 mm), which is
// as little as the estimate can tell from noise (project default).
const leastExcessMM2 = 4e-4

// Excess is what the relief of this photo has beyond a reference photo's of the same
// untreated skin: blur, and the contrast that its lamp and file give ([texture.ExcessBlur],
// [texture.ExcessContrast]). ok is false where neither can be told.
func (s *Sheet) Excess(reference *Sheet) (m texture.Match, ok bool) {
	s.readRelief()
	reference.readRelief()
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
// too little is withheld with a warning; nothing but texture changes. A scar's surround is
// matched with it. Call it once, before [Measure].
func (s *Sheet) MatchRelief(m texture.Match) {
	s.readRelief()
	if s.relief != nil {
		s.relief, s.noRelief = s.relief.Matched(m)
	}
	if m.Contrast > 0 {
		s.lamp = math.Log(m.Contrast)
	}
	if s.surround != nil {
		s.surround.MatchRelief(m)
	}
}
