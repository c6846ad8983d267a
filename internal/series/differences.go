package series

import (
	"errors"
	"math"

	"dermtrace/internal/chromo"
	"dermtrace/internal/geom"
	"dermtrace/internal/outcome"
	"dermtrace/internal/raster"
	"dermtrace/internal/render"
	"dermtrace/internal/roi"
)

// noiseShare is the share of untreated skin whose differences are to stay blank: one
// pixel in twenty of skin that did not change may still show a colour.
const noiseShare = 0.95

// fields are what maps show, by measure, in the pixels of their own plane.
type fields struct {
	hemoglobin, melanin *raster.Plane
	fromFrame           geom.Transform
}

// field is one of them.
type field struct {
	measure string
	plane   *raster.Plane
}

func (f fields) list() []field { return []field{{"hemoglobin", f.hemoglobin}, {"melanin", f.melanin}} }

// ground is what differences are taken from: the baseline's fields over the view.
type ground map[string]*raster.Plane

// layGround keeps the fields of the baseline's first usable photo over the view.
func (a *analysis) layGround() error {
	a.baseline.ground = ground{}
	if a.opt.NoPictures {
		return nil
	}
	for _, ref := range a.baseline.visit.Photos {
		s := a.baseline.shot[ref.File]
		if s == nil || !s.record.Used() {
			continue
		}
		f := a.reduce(s).fields
		for _, m := range f.list() {
			seen, err := render.OnView(m.plane, f.fromFrame, a.frame.view)
			if errors.Is(err, render.ErrNotInView) {
				return nil
			}
			if err != nil {
				return err
			}
			a.baseline.ground[m.measure] = seen
		}
		return nil
	}
	return nil
}

// drawDifference draws where a measure on the view differs from the baseline, inside the regions
// and beyond noise. Without known light there is none: all skin would have changed.
func (a *analysis) drawDifference(s *shot, measure string, seen *raster.Plane, to *album) error {
	before := a.baseline.ground[measure]
	method := s.record.Calibration.Method
	if before == nil || s.visit.ID == a.baseline.visit.ID || method == "none" || method == "" {
		return nil
	}
	diff := render.Difference(seen, before)
	blank := a.keepRegions(diff)
	scale := render.DifferenceScale(a.baseline.scale[measure].High/2, blank)
	if !(scale.High > 0) || math.IsNaN(blank) {
		return nil
	}
	img, err := render.Map(diff, a.frame.view.MapFromFrame(), a.frame.view, scale, 0)
	if err != nil {
		return err
	}
	to.add(outcome.PictureDifference, measure, img, scale)
	return nil
}

// keepRegions makes everything outside the measured regions unknown and returns what a
// difference must exceed to be shown: what 95 % of the control skin stays within, or
// 1.96 of the robust spread over all regions where none was drawn.
func (a *analysis) keepRegions(diff *raster.Plane) (blank float64) {
	var all, control []geom.Polygon
	for _, g := range a.frame.regions {
		outline := onMap(g.outline, a.frame.view)
		if g.measured() {
			all = append(all, outline)
		}
		if g.kind == outcome.Control {
			control = append(control, outline)
		}
	}
	var holes []geom.Polygon
	for _, h := range a.frame.holes {
		holes = append(holes, onMap(h, a.frame.view))
	}
	keep := roi.Rasterize(all, holes, diff.W, diff.H)
	for i := range diff.Pix {
		if !keep.Contains(i%diff.W, i/diff.W) {
			diff.Pix[i] = float32(math.NaN())
		}
	}
	if len(control) == 0 {
		_, sigma := knownWithin(diff, keep).MedianMAD()
		return 1.96 * sigma
	}
	return knownWithin(absolute(diff), roi.Rasterize(control, holes, diff.W, diff.H)).Quantile(noiseShare)
}

func onMap(g geom.Polygon, view render.View) geom.Polygon {
	t := view.MapFromFrame()
	out := make(geom.Polygon, len(g))
	for i, p := range g {
		out[i] = t.Apply(p)
	}
	return out
}

// knownWithin is the plane's known pixels inside a mask.
func knownWithin(p *raster.Plane, mask *roi.Mask) chromo.Field {
	weight := raster.New(p.W, p.H)
	for y := range p.H {
		values, weights := p.Row(y), weight.Row(y)
		mask.Runs(y, func(from, to int) {
			for x, v := range values[from:to] {
				if v == v {
					weights[from+x] = 1
				}
			}
		})
	}
	return chromo.NewField(p, weight)
}

// meanKnown is the mean of the pixels that are known, 0 where none is.
func meanKnown(p *raster.Plane) float64 {
	sum, n := 0.0, 0
	for _, v := range p.Pix {
		if v == v {
			sum, n = sum+float64(v), n+1
		}
	}
	return sum / float64(max(1, n))
}

func absolute(p *raster.Plane) *raster.Plane {
	q := p.Clone()
	for i, v := range q.Pix {
		q.Pix[i] = float32(math.Abs(float64(v)))
	}
	return q
}

// drawRoughness draws the map of apparent roughness: the regions in which texture was
// measured, each in this photo's own pixels.
func (a *analysis) drawRoughness(s *shot) error {
	scale := a.baseline.scale["roughness"]
	if !(scale.High > scale.Low) {
		return nil
	}
	var whole *raster.Plane
	for i := range s.regions {
		c := &s.regions[i]
		if c.mask.Empty() {
			continue
		}
		plane, mapFromCrop, ok := s.sheet(c, a.chromo).RoughnessMap()
		if !ok {
			continue
		}
		x0, y0 := corner(c.mask)
		fromFrame := mapFromCrop.Mul(geom.Translation(-float64(x0), -float64(y0))).Mul(s.place.PhotoFromFrame)
		part, err := render.OnView(plane, fromFrame, a.frame.view)
		if errors.Is(err, render.ErrNotInView) {
			continue
		}
		if err != nil {
			return err
		}
		whole = over(whole, part)
	}
	if whole == nil {
		return nil
	}
	img, err := render.Map(whole, a.frame.view.MapFromFrame(), a.frame.view, scale, 0)
	if err != nil {
		return err
	}
	s.album.add(outcome.PictureMap, "roughness", img, scale)
	return nil
}

// over fills the unknown pixels of a plane from another.
func over(whole, part *raster.Plane) *raster.Plane {
	if whole == nil {
		return part
	}
	for i, v := range whole.Pix {
		if v != v {
			whole.Pix[i] = part.Pix[i]
		}
	}
	return whole
}
