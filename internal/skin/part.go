package skin

import (
	"math"

	"dermtrace/internal/chromo"
	"dermtrace/internal/geom"
	"dermtrace/internal/outcome"
	"dermtrace/internal/raster"
)

// Kept is the sheet as it is now, to be measured in parts later on: what is done to the sheet
// itself does not change it, and what was worked out for its whole region alone is let go of.
// Hairs and a scar's surround are not in it, nor the sums of spots, which are told place by
// place from what both photos show ([MatchSpots]).
func (s *Sheet) Kept() *Sheet {
	s.readRelief()
	k := *s
	k.hair, k.hairWanted, k.surround, k.blotches = nil, false, nil, nil
	k.Follow(NoSpots(outcome.NotMeasured))
	if k.relief != nil {
		k.relief = k.relief.Within(nil, 1)
	}
	return &k
}

// Within is the part of the sheet's region where seen holds for pixels of its RGB, as
// [Sheet.Kept], and the share of the region that it is. What relief is read by stays that of
// the whole region.
func (s *Sheet) Within(seen func(geom.Point) bool) (part *Sheet, share float64) {
	part = s.Kept()
	part.Weight = raster.New(s.Weight.W, s.Weight.H)
	middle := float64(s.Step-1) / 2
	raster.Bands(part.Weight.H, func(y0, y1 int) {
		for y := y0; y < y1; y++ {
			row, whole := part.Weight.Row(y), s.Weight.Row(y)
			for x, w := range whole {
				at := geom.Point{X: float64(s.X0+x*s.Step) + middle, Y: float64(s.Y0+y*s.Step) + middle}
				if w > 0 && seen(at) {
					row[x] = w
				}
			}
		}
	})
	part.counts = chromo.NewField(part.Weight, part.Weight).Weight
	part.melanin, part.blood = part.field(s.Maps.Melanin), part.field(s.Maps.Hemoglobin)
	part.ofMelanin, part.ofBlood = part.melanin.Summary(), part.blood.Summary()
	part.takeColour()
	if s.relief != nil {
		part.relief = s.relief.Within(part.Weight, s.Step/s.fine)
	}
	return part, sum(part.Weight) / max(sum(s.Weight), 1)
}

// Shows reports whether a place in the pixels of the sheet's RGB counts in its maps.
func (s *Sheet) Shows(p geom.Point) bool {
	x := int(math.Floor((p.X + 0.5 - float64(s.X0)) / float64(s.Step)))
	y := int(math.Floor((p.Y + 0.5 - float64(s.Y0)) / float64(s.Step)))
	return x >= 0 && y >= 0 && x < s.Weight.W && y < s.Weight.H && s.Weight.At(x, y) > 0
}

func sum(p *raster.Plane) (total float64) {
	for _, v := range p.Pix {
		total += float64(v)
	}
	return total
}

// Over is the reference for part of its region, of which the baseline shows part and whole:
// thresholds stay, but only what blood that part has gained is a change.
func (r Reference) Over(part, whole *Sheet) Reference {
	r.Blood += part.ofBlood.Mean - whole.ofBlood.Mean
	r.Melanin += part.ofMelanin.Mean - whole.ofMelanin.Mean
	return r
}

// AsWhole is what a value over part of a region says of all of it: what the reference photo has
// over the whole, and what has changed since over the part. What cannot be less than nothing
// changes in proportion where the part had more of it than the whole: a part may lose more than
// the whole has.
func AsWhole(scale string, now, before, whole float64) float64 {
	if scale != outcome.Interval && before > max(whole, 0) {
		return whole * now / before
	}
	return whole + now - before
}
