package series

import (
	"slices"

	"dermtrace/internal/calib"
	"dermtrace/internal/chromo"
	"dermtrace/internal/outcome"
	"dermtrace/internal/raster"
	"dermtrace/internal/roi"
	"dermtrace/internal/skin"
)

// part works up the pixels of a mask in the frame's light.
func (s *shot) part(mask *roi.Mask, pxPerMM float64, model *chromo.Model) *skin.Sheet {
	crop, inCrop := s.crop(mask)
	return skin.Prepare(skin.Region{RGB: crop, Mask: inCrop, PxPerMM: pxPerMM, Gain: s.gain(), Model: model, Hair: s.hair, Lossy: lossy(s.meta), CbStep: s.meta.CbStep, Uneven: s.uneven})
}

// corner is the pixel that the crop of a mask begins at. It is even: files that halve the
// resolution of colour then have it whole in blocks of two.
func corner(mask *roi.Mask) (x, y int) { return mask.X0 &^ 1, mask.Y0 &^ 1 }

// crop is the box of a mask in the frame's light, and the mask there.
func (s *shot) crop(mask *roi.Mask) (raster.Picture, *roi.Mask) {
	_, _, x1, y1 := mask.Bounds()
	x0, y0 := corner(mask)
	inCrop := *mask
	inCrop.X0, inCrop.Y0 = mask.X0-x0, mask.Y0-y0
	crop := raster.Window(s.pixels, raster.Box{X0: x0, Y0: y0, X1: x1, Y1: y1})
	if s.light != nil {
		crop = s.light.Over(crop, calib.Part{X: float64(x0), Y: float64(y0)})
	}
	return crop, &inCrop
}

// surround works up the skin around a scar, which is what a scar is held against; other
// scars and what the user excluded are no part of it. It is nil for other regions and
// where the scale is unknown.
func (a *analysis) surround(s *shot, c *carried) *skin.Sheet {
	if c.kind != outcome.Scar {
		return nil
	}
	gaps, err := carryAll(a.frame.holes, s.place)
	if err != nil {
		return nil
	}
	w, h := s.meta.Width, s.meta.Height
	avoid := []*roi.Mask{roi.Rasterize(gaps, nil, w, h)}
	for _, other := range s.regions {
		if other.kind == outcome.Scar {
			avoid = append(avoid, other.mask)
		}
	}
	ring := skin.Surround(c.mask, c.pxPerMM, w, h, func(x, y int) bool {
		return slices.ContainsFunc(avoid, func(m *roi.Mask) bool { return m.Contains(x, y) })
	})
	if ring.Empty() {
		return nil
	}
	return s.part(ring, c.pxPerMM, a.chromo)
}
