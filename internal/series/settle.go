package series

import (
	"dermtrace/internal/calib"
	"dermtrace/internal/chromo"
	"dermtrace/internal/optics"
	"dermtrace/internal/outcome"
	"dermtrace/internal/skin"
)

// settleModel chooses the model of skin that separates every photo of the series: that
// of the camera that the user named, as the baseline's skin wants it, and frozen then.
func (a *analysis) settleModel() {
	regions := a.baselineRegions()
	opt := chromo.Options{Matched: litBy(regions, func(method string) bool { return method == calib.MethodCard })}
	if camera, ok := optics.Named(a.manifest.Camera); ok {
		opt.Camera = &camera
	}
	if opt.Matched {
		if camera, ok := a.frame.card.Camera(opt.Camera); ok {
			opt.Camera = &camera
		}
	}
	if opt != (chromo.Options{}) {
		a.chromo = chromo.NewModel(opt)
	}
	var sheets []*skin.Sheet
	for _, r := range regions {
		sheets = append(sheets, r.shot.sheet(r.region, a.chromo))
	}
	lightKnown := litBy(regions, func(method string) bool { return method != unlit })
	if m := skin.Settle(a.chromo, lightKnown, sheets...); m != a.chromo {
		a.chromo = m
		if m.RawFound() {
			a.notices = append(a.notices, outcome.Notice{Code: outcome.CameraRaw, Text: outcome.WarningText(outcome.CameraRaw)})
		}
		for _, r := range regions {
			r.region.sheet = nil // worked up with another model
		}
	}
}

// unlit is the method of a photo whose light is not known.
const unlit = "none"

// litBy reports whether the light of every region's photo was found by such a method.
func litBy(regions []shownRegion, method func(string) bool) bool {
	for _, r := range regions {
		if !method(r.shot.record.Calibration.Method) {
			return false
		}
	}
	return len(regions) > 0
}

// shownRegion is a region in a photo that shows it.
type shownRegion struct {
	shot   *shot
	region *carried
}

// baselineRegions are the regions that the usable photos of the baseline show.
func (a *analysis) baselineRegions() []shownRegion {
	var list []shownRegion
	for _, ref := range a.baseline.visit.Photos {
		s := a.baseline.shot[ref.File]
		if s == nil || !s.record.Used() {
			continue
		}
		for i := range s.regions {
			if !s.regions[i].mask.Empty() {
				list = append(list, shownRegion{s, &s.regions[i]})
			}
		}
	}
	return list
}
