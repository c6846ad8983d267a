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
	luma, darkening := s.luma()
	v := pigment.Visit{Melanin: s.melanin, Blood: s.ofBlood.Mean, Luma: luma, Darkening: darkening, MMPerPx: s.mmPerPx, FrameFromMap: geom.Scaling(p.MMPerPx).Mul(p.FrameFromRGB).Mul(rgbFromMap)}
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
var lumaWeights = [3]float32{0.299, 0.587, 0.114}

// luma is the natural logarithm of the light whose root is the luma of roots of light (the
// root stands for the transfer curve), and how much of it 1 % of melanin more takes away from skin
// of so much.
func (s *Sheet) luma() (plane *raster.Plane, darkening func(melanin float64) float64) {
	plane = raster.New(s.melanin.Value.W, s.melanin.Value.H)
	planes, logs := s.light.Planes(), chromo.NewLogTable()
	raster.Bands(plane.H, func(y0, y1 int) {
		for i := y0 * plane.W; i < y1*plane.W; i++ {
			sum := float32(chromo.Floor)
			for c, p := range planes {
				sum += float32(lumaWeights[c] * float32(math.Sqrt(float64(max(p.Pix[i], 0)))))
			}
			plane.Pix[i] = 2 * logs.Ln(sum)
		}
	})
	colour := s.Colour()
	return plane, func(melanin float64) float64 {
		basis := s.model.Basis(melanin, s.ofBlood.Mean)
		var taken, sum float64
		for c, w := range lumaWeights {
			root := float64(w) * math.Sqrt(colour[c])
			taken, sum = taken+root*basis[c][0], sum+root
		}
		return taken / sum
	}
}

// PrepareSpots works up no more of a region than its [Sheet.SpotMap] needs.
func PrepareSpots(r Region) *Sheet {
	box, pixels := tightBox(r.RGB, r.Mask)
	s := &Sheet{X0: box.X0, Y0: box.Y0, Pixels: pixels}
	fine := texture.Step(r.PxPerMM)
	coarser := colourStep(r.PxPerMM/float64(fine), s.Pixels)
	s.Step = fine * coarser
	light, coarse := average(r.RGB, r.Mask, box, fine, coarser)
	light.giveBack()
	s.prepareColour(r, coarse)
	return s
}

// SpotSums are how many spots a photo shows and how much pigment they hold.
type SpotSums struct{ Count, Burden outcome.Measurement }

// NoSpots says why there are no sums.
func NoSpots(why string) SpotSums {
	return SpotSums{outcome.Unmeasured(pigment.UnitPerArea, why), outcome.Unmeasured(pigment.UnitBurden, why)}
}

// Alone are the sums of a photo by itself.
func (m *SpotMap) Alone(ref Reference) SpotSums {
	var nothing SpotSums
	c := m.marks.Alone()
	return nothing.and(m.marks.Count(ref.Pigment), c.BurdenBefore, c)
}

// and are the sums of a photo that shows so many more spots, which hold so much more, in
// percent · mm², on the skin that was compared.
func (s SpotSums) and(spots int, held float64, c pigment.Comparison) SpotSums {
	if c.AreaMM2 == 0 {
		return NoSpots(outcome.RegionLost)
	}
	sum := func(of outcome.Measurement, more float64, unit string, n int) outcome.Measurement {
		return outcome.Measurement{Value: max(0, of.Value+outcome.Number(100*more/c.AreaMM2)), Unit: unit, SD: outcome.NaN(), N: n}
	}
	return SpotSums{
		Count:  sum(s.Count, float64(spots), pigment.UnitPerArea, max(0, s.Count.N+spots)),
		Burden: sum(s.Burden, held, pigment.UnitBurden, c.Summed),
	}
}

// Follow makes these the sums of the sheet's spots: as they were told from the baseline's
// ([MatchSpots]).
func (s *Sheet) Follow(sums SpotSums) { s.followed = &sums }

// takeSpots sets the sums of spots.
func (w *work) takeSpots() {
	why := pigment.Refusal(w.melanin, w.mmPerPx, w.ref.Pigment)
	switch {
	case why != "":
		w.spots = NoSpots(why)
	case w.followed != nil:
		w.spots = *w.followed
	default:
		alone := Placing{FrameFromRGB: geom.Translation(-float64(w.X0), -float64(w.Y0)), MMPerPx: w.mmPerPx / float64(w.Step)}
		w.spots = w.SpotMap(alone).Alone(w.ref)
	}
}

// Followed is what became of the spots of a region.
type Followed struct {
	Spots []outcome.Spot // ROI and Visit are left to the caller
	Tally outcome.SpotTally
	Sums  SpotSums
}

// MatchSpots follows the spots of one region from the baseline, which has these sums, to
// another photo. Both are searched alike and the union is measured in both, so that nothing
// fades because it was chosen. The sums are the baseline's with what those places hold more or
// less of, and with what is surely new less what is surely gone: of photos that are searched
// each by itself they would differ by what passes a threshold here and not there.
func MatchSpots(before, after *SpotMap, base SpotSums) Followed {
	c := pigment.Compare(before.marks, after.marks)
	f := Followed{
		Sums:  base.and(c.Gained(), c.BurdenAfter-c.BurdenBefore, c),
		Tally: outcome.SpotTally{Appeared: c.Appeared, Receded: c.Receded, AreaCM2: outcome.Number(c.AreaMM2 / 100), Change: outcome.Number(c.Change())},
	}
	for _, m := range c.Spots {
		f.Spots = append(f.Spots, outcome.Spot{
			X: outcome.Number(m.At.X / before.frameMMPerPx), Y: outcome.Number(m.At.Y / before.frameMMPerPx),
			DiameterMM: outcome.Number(2 * m.RadiusMM),
			From:       outcome.Number(m.Before), To: outcome.Number(m.After),
			Fate: m.Fate, NeedsEyes: m.NeedsEyes,
		})
	}
	return f
}
