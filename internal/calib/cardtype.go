package calib

import "math"

// paintMM are the sides of a patch's paint by type of card, in mm: what PlantCV's colour
// card detection (plantcv.transform, documentation of color_chip_size, 4.x) gives for
// them, read there, not measured here. The gap between patches is published nowhere; it
// is read off the photo, where the paint's share of the pitch is fitted with the card's
// place. The nano card's patches are no squares (4 × 3 mm) and its pitch is not known.
var paintMM = []struct {
	card string
	side float64
}{{"classic", 40}, {"passport", 12}, {"mini", 12}}

// PaintMM is the side of a patch's paint in mm on a type of card, 0 where unknown.
func PaintMM(card string) float64 {
	for _, p := range paintMM {
		if p.card == card {
			return p.side
		}
	}
	return 0
}

// pitch is the distance of neighbouring patches in mm: as said, else from the paint's
// side and its share of the pitch; 0: unknown.
func (o CardOptions) pitch(half sizes) float64 {
	if o.PitchMM > 0 || o.PaintMM <= 0 {
		return o.PitchMM
	}
	return o.PaintMM / (2 * math.Sqrt(half[0]*half[1]))
}
