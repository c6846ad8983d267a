package skin

import (
	"math"

	"dermtrace/internal/geom"
	"dermtrace/internal/outcome"
	"dermtrace/internal/skin/pigment"
)

// SpotMap is what the spots of a region are matched by after its photo is closed: the
// melanin map and where it lies in the frame.
type SpotMap struct {
	visit        pigment.Visit
	frameMMPerPx float64
}

// SpotMap keeps the sheet's melanin for [MatchSpots]. frameFromRGB takes pixels of the
// region's RGB to pixels of the frame, which measure frameMMPerPx. It is nil where spots
// cannot be looked for: without a scale, below 5 pixels per millimetre, on an empty
// region or against a baseline that could not be measured.
func (s *Sheet) SpotMap(frameFromRGB geom.Transform, frameMMPerPx float64, ref Reference) *SpotMap {
	if !(frameMMPerPx > 0) || s.mmPerPx <= 0 || s.mmPerPx > 1/pigment.LeastPxPerMM || s.melanin.Empty() || math.IsNaN(ref.Pigment.Level) {
		return nil
	}
	step := float64(s.Step)
	middle := (step - 1) / 2
	rgbFromMap := geom.Translation(float64(s.X0)+middle, float64(s.Y0)+middle).Mul(geom.Scaling(step))
	return &SpotMap{frameMMPerPx: frameMMPerPx, visit: pigment.Visit{
		Melanin: s.melanin, MMPerPx: s.mmPerPx, Threshold: ref.Pigment,
		FrameFromMap: geom.Scaling(frameMMPerPx).Mul(frameFromRGB).Mul(rgbFromMap),
	}}
}

// MatchSpots follows the spots of one region from the baseline to a later visit. Both
// visits are searched with one threshold and the union is measured in both over the same
// discs, so that nothing fades because it was chosen. ROI and Visit are left to the
// caller. change is the summed melanin after over before, less 1; NaN without spots.
func MatchSpots(before, after *SpotMap) (spots []outcome.Spot, change float64, err error) {
	matched, err := pigment.Match(before.visit, after.visit)
	if err != nil {
		return nil, math.NaN(), err
	}
	for _, m := range matched {
		area := math.Pi * m.RadiusMM * m.RadiusMM
		spots = append(spots, outcome.Spot{
			X: outcome.Number(m.At.X / before.frameMMPerPx), Y: outcome.Number(m.At.Y / before.frameMMPerPx),
			DiameterMM: outcome.Number(2 * m.RadiusMM),
			From:       outcome.Number(m.Before / area), To: outcome.Number(m.After / area),
			Fate: m.Fate, NeedsEyes: m.NeedsEyes,
		})
	}
	return spots, pigment.TotalChange(matched), nil
}
