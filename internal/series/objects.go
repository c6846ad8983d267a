package series

import (
	"dermtrace/internal/geom"
	"dermtrace/internal/outcome"
	"dermtrace/internal/skin"
	"dermtrace/internal/skin/hair"
	"dermtrace/internal/skin/texture"
)

// markObjects lists the pores and hairs of each region in the first photo of the baseline
// that shows it.
func (a *analysis) markObjects() {
	a.objects = map[string]skin.Objects{}
	for _, r := range a.baselineRegions() {
		if _, seen := a.objects[r.region.name]; !seen {
			a.objects[r.region.name] = a.objectsIn(r.shot, r.region)
		}
	}
}

// compareObjects holds the pores and hairs of a follow-up photo against those of the
// baseline.
func (a *analysis) compareObjects(s *shot) {
	if s.visit.ID == a.baseline.visit.ID {
		return
	}
	for i := range s.regions {
		before := a.objects[s.regions[i].name]
		if before == (skin.Objects{}) || s.regions[i].mask.Empty() {
			continue
		}
		after, roi := a.objectsIn(s, &s.regions[i]), &s.record.ROIs[i]
		if before.Pores != nil && after.Pores != nil {
			t := texture.MatchPores(before.Pores, after.Pores)
			roi.PoreTally = &t
		}
		if before.Hairs != nil && after.Hairs != nil {
			t := hair.Match(before.Hairs, after.Hairs)
			roi.HairTally = &t
		}
	}
}

// objectsIn lists the pores and hairs of a region in one photo, in millimetres of the
// frame; nothing where the place, the scale or the skin's state does not allow that.
func (a *analysis) objectsIn(s *shot, c *carried) skin.Objects {
	frameFromPhoto, err := s.place.PhotoFromFrame.Inverse()
	if err != nil || !(a.frame.mmPerPx > 0) || s.barred(outcome.Texture) {
		return skin.Objects{}
	}
	x0, y0 := corner(c.mask)
	mmFromRGB := geom.Scaling(a.frame.mmPerPx).Mul(frameFromPhoto).Mul(geom.Translation(float64(x0), float64(y0)))
	found, err := s.sheet(c, a.chromo).Objects(mmFromRGB, a.baseline.reference[c.name])
	if err != nil {
		return skin.Objects{}
	}
	return found
}
