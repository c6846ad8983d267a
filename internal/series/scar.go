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
	return skin.Prepare(s.region(mask, pxPerMM, model))
}

// region is what is known of the pixels of a mask.
func (s *shot) region(mask *roi.Mask, pxPerMM float64, model *chromo.Model) skin.Region {
	crop, inCrop := s.crop(mask)
	return skin.Region{RGB: crop, Mask: inCrop, PxPerMM: pxPerMM, Gain: s.gain(), Model: model, Lossy: lossy(s.meta), CbStep: s.meta.CbStep, Uneven: s.uneven}
}

// corner is the pixel that the crop of a mask begins at. It is even: files that halve the
// resolution of colour then have it whole in blocks of two.
func corner(mask *roi.Mask) (x, y int) { return mask.X0 &^ 1, mask.Y0 &^ 1 }

// crop is the box of a mask in the frame's light, and the mask there.
func (s *shot) crop(mask *roi.Mask) (raster.Picture, *roi.Mask) {
	_, _, x1, y1 := mask.Bounds()
	x0, y0 := corner(mask)
	crop := raster.Window(s.pixels, raster.Box{X0: x0, Y0: y0, X1: x1, Y1: y1})
	if s.light != nil {
		crop = s.light.Over(crop, calib.Part{X: float64(x0), Y: float64(y0)})
	}
	return crop, inCropOf(mask, mask)
}

// inCropOf is a mask in the pixels of the crop of another.
func inCropOf(mask, other *roi.Mask) *roi.Mask {
	x0, y0 := corner(other)
	in := *mask
	in.X0, in.Y0 = mask.X0-x0, mask.Y0-y0
	return &in
}

// sheet is the region's part of a photo, with the skin around it where it is a scar, both
// worked up once: what is done to the one is done to the other.
func (a *analysis) sheet(s *shot, c *carried) *skin.Sheet {
	sheet := s.sheet(c, a.chromo)
	if c.kind == outcome.Scar && c.ring == nil {
		c.ring = a.ring(s, c)
		a.surround(sheet, s, c)
	}
	return sheet
}

// surround sets a scar's sheet beside the skin around it, as a photo shows that.
func (a *analysis) surround(scar *skin.Sheet, s *shot, c *carried) {
	if c.ring != nil && !c.ring.Empty() {
		scar.Beside(s.part(c.ring, c.pxPerMM, a.chromo))
	}
}

// ring is the skin around a scar, which a scar is held against; other scars and what the
// user excluded are no part of it. It is empty where the scale is unknown.
func (a *analysis) ring(s *shot, c *carried) *roi.Mask {
	gaps, err := gapsOf(a.frame.holes, s.place)
	if err != nil {
		return &roi.Mask{}
	}
	w, h := s.meta.Width, s.meta.Height
	avoid := []*roi.Mask{roi.Rasterize(gaps, nil, w, h)}
	for _, other := range s.regions {
		if other.kind == outcome.Scar {
			avoid = append(avoid, other.mask)
		}
	}
	return skin.Surround(c.mask, c.pxPerMM, w, h, func(x, y int) bool {
		return slices.ContainsFunc(avoid, func(m *roi.Mask) bool { return m.Contains(x, y) })
	})
}
