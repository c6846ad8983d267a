package series

import (
	"cmp"
	"context"
	"slices"
	"sync"

	"dermtrace/internal/geom"
	"dermtrace/internal/outcome"
	"dermtrace/internal/skin"
)

// spotMaps keeps, of photos that are closed, what spots are matched by: per file and
// region. Photos are measured side by side.
type spotMaps struct {
	mu   sync.Mutex
	kept map[string]map[string]*skin.SpotMap
}

// keepSpots keeps the spot maps of the regions that hope for an outcome.
func (a *analysis) keepSpots(s *shot) {
	frameFromPhoto, err := s.place.PhotoFromFrame.Inverse()
	if err != nil || !s.record.Used() {
		return
	}
	maps := map[string]*skin.SpotMap{}
	for i := range s.regions {
		c := &s.regions[i]
		ref, frozen := a.baseline.reference[c.name]
		if !frozen || c.mask.Empty() || c.kind == outcome.Control {
			continue
		}
		x0, y0, _, _ := c.mask.Bounds()
		frameFromCrop := frameFromPhoto.Mul(geom.Translation(float64(x0), float64(y0)))
		maps[c.name] = s.sheet(c, a.chromo).SpotMap(frameFromCrop, a.frame.mmPerPx, ref)
	}
	a.spots.mu.Lock()
	defer a.spots.mu.Unlock()
	if a.spots.kept == nil {
		a.spots.kept = map[string]map[string]*skin.SpotMap{}
	}
	a.spots.kept[s.ref.File] = maps
}

// matchSpots follows the baseline's spots to the last visit that counts as an outcome for
// pigment, one by one.
func (a *analysis) matchSpots(context.Context) error {
	last := ""
	for _, v := range a.record.Visits {
		c := v.Clock[outcome.Pigment]
		if v.Visit != a.baseline.visit.ID && (c == outcome.Eligible || c == outcome.Mature) {
			last = v.Visit
		}
	}
	for _, g := range a.frame.regions {
		before, after := a.spotMap(a.baseline.visit.ID, g.name), a.spotMap(last, g.name)
		if before == nil || after == nil {
			continue
		}
		spots, _, err := skin.MatchSpots(before, after)
		if err != nil {
			continue // a pose without inverse shows no spot twice
		}
		for _, s := range spots {
			s.ROI, s.Visit = g.name, last
			a.record.Spots = append(a.record.Spots, s)
		}
	}
	slices.SortStableFunc(a.record.Spots, func(p, q outcome.Spot) int {
		return cmp.Or(cmp.Compare(p.ROI, q.ROI), cmp.Compare(p.Y, q.Y), cmp.Compare(p.X, q.X))
	})
	return nil
}

// spotMap is a region's map in the first photo of a visit that has one, nil: none.
func (a *analysis) spotMap(visit, region string) *skin.SpotMap {
	for _, p := range a.record.Photos {
		if m := a.spots.kept[p.File][region]; p.Visit == visit && m != nil {
			return m
		}
	}
	return nil
}
