package series

import (
	"cmp"
	"context"
	"slices"
	"sync"

	"dermtrace/internal/geom"
	"dermtrace/internal/outcome"
	"dermtrace/internal/roi"
	"dermtrace/internal/skin"
)

// spotMaps keeps the spots of the baseline and, of photos that are closed, what became of
// them: by file and region. Photos are measured side by side.
type spotMaps struct {
	before map[string]baselineSpots
	mu     sync.Mutex
	found  map[string]map[string][]outcome.Spot
}

// baselineSpots are those of a region in the first photo of the baseline that shows it.
type baselineSpots struct {
	*skin.SpotMap
	file string
	sums skin.SpotSums
}

// markSpots looks for the spots of each region in the baseline.
func (a *analysis) markSpots() {
	a.spots = spotMaps{before: map[string]baselineSpots{}, found: map[string]map[string][]outcome.Spot{}}
	for _, r := range a.baselineRegions() {
		if a.spots.before[r.region.name].SpotMap != nil || r.shot.barred(outcome.Pigment) {
			continue
		}
		if m := a.spotMap(r.shot, r.region); m != nil {
			a.spots.before[r.region.name] = baselineSpots{m, r.shot.ref.File, m.Alone(a.baseline.reference[r.region.name])}
		}
	}
}

// compareSpots holds the spots of a photo against those of the baseline. What became of them
// is told of follow-ups only. Where the skin's state bars pigment nothing is looked for.
func (a *analysis) compareSpots(s *shot) {
	if s.barred(outcome.Pigment) {
		for i := range s.regions {
			s.sheet(&s.regions[i], a.chromo).Follow(skin.NoSpots(outcome.SkinState))
		}
		return
	}
	found := map[string][]outcome.Spot{}
	for i := range s.regions {
		c := &s.regions[i]
		f, ok := a.follow(s, c)
		s.sheet(c, a.chromo).Follow(f.Sums)
		if ok && s.visit.ID != a.baseline.visit.ID {
			found[c.name], c.tally = f.Spots, &f.Tally
		}
	}
	a.spots.mu.Lock()
	defer a.spots.mu.Unlock()
	a.spots.found[s.ref.File] = found
}

// follow says what became of the spots of a region since the baseline, if both show it; of
// the photo of the baseline that others are held against, only their sums.
func (a *analysis) follow(s *shot, c *carried) (f skin.Followed, ok bool) {
	before := a.spots.before[c.name]
	f.Sums = skin.NoSpots(outcome.BaselineRefused) // it shows none to follow
	switch {
	case before.SpotMap == nil || c.mask.Empty():
		return f, false
	case before.file == s.ref.File:
		f.Sums = before.sums
		return f, false
	}
	if after := a.spotMap(s, c); after != nil {
		return skin.MatchSpots(before.SpotMap, after, before.sums), true
	}
	return f, false
}

// spotMap looks for the spots of a region in one photo; nil where that cannot be done.
func (a *analysis) spotMap(s *shot, c *carried) *skin.SpotMap {
	frameFromPhoto, err := s.place.PhotoFromFrame.Inverse()
	if err != nil {
		return nil
	}
	sheet, mask := a.spotSheet(s, c)
	x0, y0 := corner(mask)
	p := skin.Placing{FrameFromRGB: frameFromPhoto.Mul(geom.Translation(float64(x0), float64(y0))), MMPerPx: a.frame.mmPerPx}
	if s.place.Model == outcome.ModelElastic {
		p.Bend = s.place.Bend
	}
	return sheet.SpotMap(p)
}

// spotSheet is the whole of a region: both halves of control skin, as neither shows a spot
// whole, and the light moves all of a spot's surround with it.
func (a *analysis) spotSheet(s *shot, c *carried) (*skin.Sheet, *roi.Mask) {
	if len(c.witness) == 0 {
		return s.sheet(c, a.chromo), c.mask
	}
	crop, inCrop := s.crop(c.whole)
	return skin.PrepareSpots(skin.Region{RGB: crop, Mask: inCrop, PxPerMM: c.pxPerMM, Gain: s.gain(), Model: a.chromo}), c.whole
}

// followSpots lists the fates of the baseline's spots in the first photo of the last visit
// that counts as an outcome for pigment.
func (a *analysis) followSpots(context.Context) error {
	last := ""
	for _, v := range a.record.Visits {
		c := v.Clock[outcome.Pigment]
		if v.Visit != a.baseline.visit.ID && (c == outcome.Eligible || c == outcome.Mature) {
			last = v.Visit
		}
	}
	for _, g := range a.frame.regions {
		if g.kind == outcome.Control {
			continue
		}
		for _, s := range a.spotsAt(last, g.name) {
			s.ROI, s.Visit = g.name, last
			a.record.Spots = append(a.record.Spots, s)
		}
	}
	slices.SortStableFunc(a.record.Spots, func(p, q outcome.Spot) int {
		return cmp.Or(cmp.Compare(p.ROI, q.ROI), cmp.Compare(p.Y, q.Y), cmp.Compare(p.X, q.X))
	})
	return nil
}

// spotsAt are a region's spots in the first photo of a visit that could be compared.
func (a *analysis) spotsAt(visit, region string) []outcome.Spot {
	for _, p := range a.record.Photos {
		if spots, ok := a.spots.found[p.File][region]; p.Visit == visit && ok {
			return spots
		}
	}
	return nil
}
