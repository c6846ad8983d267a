package skin

import (
	"math"

	"dermtrace/internal/chromo"
	"dermtrace/internal/geom"
	"dermtrace/internal/outcome"
	"dermtrace/internal/raster"
	"dermtrace/internal/skin/pigment"
	"dermtrace/internal/skin/texture"
)

// SpotMap is the melanin of a region in one photo as its spots are found in it, and where
// it lies in the frame.
type SpotMap struct {
	marks        *pigment.Marks
	frameMMPerPx float64
}

// Placing says where a region of a photo lies in the frame.
type Placing struct {
	FrameFromRGB geom.Transform // pixels of the region's RGB to pixels of the frame
	MMPerPx      float64        // of the frame
	Model        *chromo.Model  // that separated the maps
	// Bend moves a place of the frame to where FrameFromRGB alone would see it; nil: nowhere.
	Bend func(geom.Point) geom.Point
}

// SpotMap looks for the spots of a region, for [MatchSpots]. It is nil where that is no use:
// without a scale, below 5 pixels per millimetre, on an empty region or with a pose that
// has no inverse.
func (s *Sheet) SpotMap(p Placing) *SpotMap {
	if !(p.MMPerPx > 0) || s.mmPerPx <= 0 || s.mmPerPx > 1/pigment.LeastPxPerMM || s.melanin.Empty() {
		return nil
	}
	step := float64(s.Step)
	middle := (step - 1) / 2
	rgbFromMap := geom.Translation(float64(s.X0)+middle, float64(s.Y0)+middle).Mul(geom.Scaling(step))
	luma, darkening := s.luma(p.Model)
	v := pigment.Visit{Melanin: s.melanin, Luma: luma, Darkening: darkening, MMPerPx: s.mmPerPx, FrameFromMap: geom.Scaling(p.MMPerPx).Mul(p.FrameFromRGB).Mul(rgbFromMap)}
	if p.Bend != nil {
		v.Bend = func(mm geom.Point) geom.Point {
			px := p.Bend(geom.Point{X: mm.X / p.MMPerPx, Y: mm.Y / p.MMPerPx})
			return geom.Point{X: px.X * p.MMPerPx, Y: px.Y * p.MMPerPx}
		}
	}
	marks, err := v.Mark()
	if err != nil {
		return nil
	}
	return &SpotMap{marks: marks, frameMMPerPx: p.MMPerPx}
}

// lumaWeights are those of red, green and blue in JPEG's luma (JFIF 1.02; ITU-R BT.601).
var lumaWeights = [3]float64{0.299, 0.587, 0.114}

// luma is the natural logarithm of the light whose root is the luma of roots of light (the
// root stands for the transfer curve), and how much of it 1 % of melanin takes away.
func (s *Sheet) luma(m *chromo.Model) (plane *raster.Plane, darkening float64) {
	plane = raster.New(s.melanin.Value.W, s.melanin.Value.H)
	planes := s.light.Planes()
	raster.Bands(plane.H, func(y0, y1 int) {
		for i := y0 * plane.W; i < y1*plane.W; i++ {
			sum := chromo.Floor
			for c, p := range planes {
				sum += lumaWeights[c] * math.Sqrt(max(0, float64(p.Pix[i])))
			}
			plane.Pix[i] = float32(2 * math.Log(sum))
		}
	})
	basis, colour := m.Basis(s.ofMelanin.Mean, s.ofBlood.Mean), s.Colour()
	sum := 0.0
	for c, w := range lumaWeights {
		root := w * math.Sqrt(colour[c])
		sum += root
		darkening += root * basis[c][0]
	}
	return plane, darkening / sum
}

// PrepareSpots works up no more of a region than its [Sheet.SpotMap] needs.
func PrepareSpots(r Region) *Sheet {
	box, pixels := tightBox(r.RGB, r.Mask)
	s := &Sheet{X0: box.X0, Y0: box.Y0, Pixels: pixels}
	fine := texture.Step(r.PxPerMM)
	coarser := colourStep(r.PxPerMM/float64(fine), s.Pixels)
	s.Step = fine * coarser
	s.prepareColour(r, average(r.RGB, r.Mask, box, fine).coarser(coarser))
	return s
}

// MatchSpots follows the spots of one region from the baseline to a later photo. Both are
// searched alike and the union is measured in both, so that nothing fades because it was
// chosen. ROI and Visit of the spots are left to the caller.
func MatchSpots(before, after *SpotMap) ([]outcome.Spot, outcome.SpotTally) {
	c := pigment.Compare(before.marks, after.marks)
	var spots []outcome.Spot
	for _, m := range c.Spots {
		spots = append(spots, outcome.Spot{
			X: outcome.Number(m.At.X / before.frameMMPerPx), Y: outcome.Number(m.At.Y / before.frameMMPerPx),
			DiameterMM: outcome.Number(2 * m.RadiusMM),
			From:       outcome.Number(m.Before), To: outcome.Number(m.After),
			Fate: m.Fate, NeedsEyes: m.NeedsEyes,
		})
	}
	return spots, outcome.SpotTally{Appeared: c.Appeared, Receded: c.Receded, AreaCM2: outcome.Number(c.AreaMM2 / 100),
		Change: outcome.Number(c.Change())}
}
