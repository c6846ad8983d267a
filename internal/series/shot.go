package series

import (
	"context"
	"maps"
	"math"
	"slices"

	"dermtrace/internal/align"
	"dermtrace/internal/calib"
	"dermtrace/internal/chromo"
	"dermtrace/internal/geom"
	"dermtrace/internal/manifest"
	"dermtrace/internal/outcome"
	"dermtrace/internal/photo"
	"dermtrace/internal/quality"
	"dermtrace/internal/raster"
	"dermtrace/internal/roi"
	"dermtrace/internal/skin"
	"dermtrace/internal/skin/texture"
)

// shot is one photo on its way through the pipeline.
type shot struct {
	ref     manifest.PhotoRef
	visit   manifest.Visit
	hair    bool // it is hair that the user hopes for
	record  outcome.Photo
	pixels  picture // released when measured
	meta    photo.Meta
	place   align.Result
	light   *calib.Light // nil: as shot
	lit     []string     // warnings of the light, for every colour number
	regions []carried
	reduced *reduced // for pictures; nil: not needed yet
	album   album
	uneven  *texture.Unevenness // of the baseline's skin; nil: not known yet

	reliefMatched bool // to the baseline's, by untreated skin
}

// picture is linear light that is worked out where it is asked for: a photo.Source, or pixels
// that are there.
type picture interface {
	raster.Picture
	Crop(x0, y0, x1, y1 int) *raster.RGB
	Shrink(f int) *raster.RGB
}

// shoot opens a photo and settles everything about it but its measures: fitness,
// place, regions, light. A photo that cannot be used comes back with its reason in
// the record.
func (a *analysis) shoot(ctx context.Context, visit manifest.Visit, ref manifest.PhotoRef) (*shot, error) {
	s := &shot{ref: ref, visit: visit, uneven: a.baseline.unevenness(), hair: slices.Contains(a.manifest.Goals, skin.GrowHair), record: emptyPhoto(ref.File, visit.ID), album: album{file: ref.File}}
	if !ref.Use {
		s.refuse("not_used", ref.Reason, "")
		return s, nil
	}
	if of := a.copies[ref.File]; of != "" {
		s.record.SameFileAs = of
		s.refuse(outcome.SameFileAs, "has the same bytes as "+of, "put the right photo there, or take one of the two away")
		return s, nil
	}
	p, err := a.open(ctx, ref.File)
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if err != nil {
		problem, mend := photo.Advice(err)
		s.refuse("unreadable", problem, mend)
		return s, nil
	}
	s.pixels, s.meta = p, p.Meta
	a.settle(s)
	return s, nil
}

// settle says everything about an opened photo but its measures.
func (a *analysis) settle(s *shot) {
	s.describe()
	if err := s.locate(a.frame, a.manifest); err != nil {
		s.refuse("landmarks", err.Error(), "mark the points again with 'dermtrace regions'")
		return
	}
	if s.place.Status != align.StatusFailed {
		s.carry(a.frame)
		s.setLight(a.frame, a.manifest)
	}
	s.judge(a.frame, a.manifest)
}

// judge holds the photo against the quality gates: by itself inside the regions, and
// against the frame inside untreated skin, where treatment cannot pass for blur.
func (s *shot) judge(f *frame, m *manifest.Series) {
	facts := quality.Measure(s.pixels, s.meta, s.masks()...)
	facts.SkinState = s.visit.SkinState
	facts.MMPerPx = s.mmPerPx()
	if s.light != nil {
		facts.Gain = s.light.Gain
	}
	q := facts.Quality()
	if s.place.Status != align.StatusFailed && s.ref.File != f.file {
		reasons, figures := quality.OfPair(f.control, s.controlFacts(facts), pairOf(s.place.PhotoFromFrame, f))
		q.Reasons = append(q.Reasons, reasons...)
		maps.Copy(q.Figures, figures)
		if len(reasons) > 0 && q.Verdict == outcome.OK {
			q.Verdict = outcome.Doubtful
		}
	}
	quality.Overrule(&q, overruled(m, s.ref.File))
	s.record.Quality = q
}

// controlFacts are the figures of untreated skin; without any, of the file alone.
func (s *shot) controlFacts(whole quality.Facts) quality.Facts {
	now := quality.Facts{Meta: s.meta}
	if control := s.controlMask(); control != nil {
		now = quality.Measure(s.pixels, s.meta, control)
	}
	now.MMPerPx, now.Gain = whole.MMPerPx, whole.Gain
	return now
}

// overruled are the findings about a file that the user lets pass, with the reasons.
func overruled(m *manifest.Series, file string) map[string]string {
	list := map[string]string{}
	for _, o := range m.Overrules {
		if o.File == file {
			list[o.Code] = o.Reason
		}
	}
	return list
}

// mmPerPx is the size of this photo's pixels on the skin in the middle of the
// regions, 0 when unknown.
func (s *shot) mmPerPx() float64 {
	for _, c := range s.regions {
		if c.pxPerMM > 0 {
			return 1 / c.pxPerMM
		}
	}
	return 0
}

func (s *shot) masks() []*roi.Mask {
	var list []*roi.Mask
	for _, c := range s.regions {
		if !c.mask.Empty() {
			list = append(list, c.mask)
		}
	}
	return list
}

// controlMask is the untreated skin in this photo, nil when there is none.
func (s *shot) controlMask() *roi.Mask {
	for _, c := range s.regions {
		if c.kind == outcome.Control && !c.mask.Empty() {
			return c.mask
		}
	}
	return nil
}

// pairOf says how the photo lies to the frame, at the middle of the frame.
func pairOf(photoFromFrame geom.Transform, f *frame) quality.Pair {
	middle := geom.Point{X: float64(f.w) / 2, Y: float64(f.h) / 2}
	xx, _, yx, _ := photoFromFrame.Jacobian(middle)
	return quality.Pair{Scale: photoFromFrame.LocalScale(middle), RotationDeg: math.Atan2(yx, xx) * 180 / math.Pi,
		TiltDeg: calib.TiltDeg(photoFromFrame, middle), Reference: f.day}
}

// locate aligns the photo to the frame, with the landmarks that the user set in it, if any.
func (s *shot) locate(f *frame, m *manifest.Series) error {
	pairs, err := m.LandmarksOf(s.ref.File, s.meta.Width, s.meta.Height)
	if err != nil {
		return err
	}
	if s.ref.File == f.file {
		s.place = atFrame()
	} else {
		var marks []align.Landmark
		for _, p := range pairs {
			marks = append(marks, align.Landmark(p))
		}
		s.place = f.aligner.AlignAssisted(s.pixels, marks)
	}
	s.record.Alignment = AlignmentRecord(s.place, f.mmPerPx)
	return nil
}

// carry takes the frame's regions to this photo.
func (s *shot) carry(f *frame) {
	for _, g := range f.regions {
		if !g.measured() {
			continue
		}
		c := g.carry(s.place, f.holes, s.meta.Width, s.meta.Height)
		if f.mmPerPx > 0 {
			middle := g.outline.Centroid()
			c.pxPerMM = s.place.PhotoFromFrame.LocalScale(middle) / f.mmPerPxAt(middle)
		}
		s.regions = append(s.regions, c)
	}
}

// sheet is the region's part of the photo in the frame's light, worked up once.
func (s *shot) sheet(c *carried, model *chromo.Model) *skin.Sheet {
	if c.sheet == nil {
		r := s.region(c.mask, c.pxPerMM, model)
		if s.hair { // a tile of control skin shows few hairs whole
			r.Hair = inCropOf(c.whole, c.mask)
		}
		c.sheet = skin.Prepare(r)
	}
	return c.sheet
}

func (s *shot) refuse(code, text, mend string) {
	s.record.Quality.Verdict = outcome.Unusable
	s.record.Quality.Reasons = []outcome.Reason{{Code: code, Spoils: []string{outcome.Redness, outcome.Pigment, outcome.Texture, "geometry"}, Text: text, Mend: mend}}
}
