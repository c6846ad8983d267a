package series

import (
	"slices"

	"dermtrace/internal/outcome"
	"dermtrace/internal/roi"
	"dermtrace/internal/skin"
)

// matchRelief makes texture be measured as sharply and as deeply as the baseline shows the
// same untreated skin: a lamp that stands one degree lower deepens all relief by 2 to
// 4 %, a camera's noise filter and a file's compression flatten it. It is taken from the
// half of control skin that sets the light, so that the other half still witnesses.
// Without control skin nothing is matched: treatment would pass for light.
func (a *analysis) matchRelief(s *shot) {
	i := slices.IndexFunc(s.regions, func(c carried) bool { return c.kind == outcome.Control && !c.mask.Empty() })
	if a.baseline.relief == nil || s == a.baseline.reliefOf || i < 0 {
		return
	}
	setter := a.reliefSetter(s, &s.regions[i])
	if setter == nil {
		return
	}
	excess, ok := setter.Excess(a.baseline.relief)
	if !ok {
		return
	}
	for i := range s.regions {
		if c := &s.regions[i]; !c.mask.Empty() {
			s.sheet(c, a.chromo).MatchRelief(excess)
		}
	}
}

// reliefSetter is the half of control skin that sets the light in a photo, nil where the
// photo does not show it.
func (a *analysis) reliefSetter(s *shot, c *carried) *skin.Sheet {
	if len(c.witness) == 0 {
		return s.sheet(c, a.chromo) // too small to be halved
	}
	tiles, err := carryAll(polygons(c.light), s.place)
	if err != nil {
		return nil
	}
	gaps, err := carryAll(a.frame.holes, s.place)
	if err != nil {
		return nil
	}
	mask := roi.Rasterize(tiles, gaps, s.meta.Width, s.meta.Height)
	if mask.Empty() {
		return nil
	}
	return s.part(mask, c.pxPerMM, a.chromo)
}
