package series

import (
	"errors"
	"fmt"
	"path"
	"strings"

	"dermtrace/internal/calib"
	"dermtrace/internal/chromo"
	"dermtrace/internal/geom"
	"dermtrace/internal/manifest"
	"dermtrace/internal/outcome"
	"dermtrace/internal/raster"
	"dermtrace/internal/render"
	"dermtrace/internal/skin"
)

// mapPx is about how many pixels the longer side of a map has: flushes and spots are
// seen on it, pores need not be.
const mapPx = 640

// alignedPx is the longest side of the picture of an aligned photo.
const alignedPx = 1600

// album is pictures and their entries in the record.
type album struct {
	file     string // the photo that they show
	pictures []Picture
	shown    []outcome.Picture
}

func (l *album) append(more album) {
	l.pictures = append(l.pictures, more.pictures...)
	l.shown = append(l.shown, more.shown...)
}

// draw makes the pictures of one photo: itself, small; where it could be aligned, the
// window of the frame and the maps over it.
func (a *analysis) draw(s *shot) error {
	r := a.reduce(s)
	tasks := []func(*shot, *reduced, *album) error{a.drawThumb, a.drawAligned, a.drawMaps}
	if !s.record.Used() {
		tasks = tasks[:1]
	}
	albums, errs := make([]album, len(tasks)), make([]error, len(tasks))
	raster.Parallel(len(tasks), func(i int) {
		albums[i].file = s.ref.File
		errs[i] = tasks[i](s, r, &albums[i])
	})
	for i, err := range errs {
		if errors.Is(err, render.ErrNotInView) {
			break
		}
		if err != nil {
			return err
		}
		s.album.append(albums[i])
	}
	return nil
}

func (a *analysis) drawThumb(_ *shot, r *reduced, to *album) error {
	thumb, err := render.Thumb(r.small, 0)
	if err != nil {
		return err
	}
	to.add(outcome.PictureThumb, "", thumb, render.Scale{})
	return nil
}

func (a *analysis) drawAligned(s *shot, r *reduced, to *album) error {
	largeFromFrame := shrunkFromPhoto(r.f).Mul(s.place.PhotoFromFrame)
	opt := render.AlignedOptions{Gain: s.gain(), MaxPx: alignedPx}
	var aligned render.Image
	var err error
	if s.ref.File == a.frame.file {
		aligned, a.drawn, err = render.Drawn(r.large, largeFromFrame, a.frame.view, a.frame.rings(), opt)
	} else {
		aligned, err = render.Aligned(r.large, largeFromFrame, a.frame.view, opt)
	}
	if err != nil {
		return err
	}
	to.add(outcome.PictureAligned, "", aligned, render.Scale{})
	view := a.frame.view
	to.shown[0].Window = &[4]float64{view.X, view.Y, view.W, view.H}
	return nil
}

// reduced is a photo with blocks of f×f pixels taken for one, from which all pictures are
// made, and of k×k pixels, which thumbnail and maps make do with.
type reduced struct {
	large, small *raster.RGB
	f, k         int
	fields       fields // of the small one, if the photo was aligned
}

// reduce makes a photo small, once, and takes it apart in the frame's light.
func (a *analysis) reduce(s *shot) *reduced {
	if s.reduced != nil {
		return s.reduced
	}
	side := float64(max(s.pixels.W(), s.pixels.H()))
	if s.record.Used() {
		side = max(a.frame.view.W, a.frame.view.H) * s.place.PhotoFromFrame.LocalScale(a.frame.middle())
	}
	r := &reduced{f: max(1, int(side/alignedPx))}
	again := max(1, int(side/mapPx/float64(r.f)+0.4)) // at least 0.85 pixels for one of the map
	r.k = r.f * again
	r.large = s.pixels.Shrink(r.f)
	r.small = r.large.Shrink(again)
	if s.record.Used() {
		r.fields = a.separate(s, r.small, r.k)
	}
	s.reduced = r
	return r
}

// separate puts the frame's light on a copy of a small photo and takes it apart.
func (a *analysis) separate(s *shot, small *raster.RGB, k int) fields {
	lit := &raster.RGB{R: small.R.Clone(), G: small.G.Clone(), B: small.B.Clone()}
	if s.light != nil {
		s.light.ApplyPart(lit, calib.Part{X: float64(k-1) / 2, Y: float64(k-1) / 2, Step: float64(k)})
	}
	maps := a.chromo.Separate(lit)
	return fields{maps.Hemoglobin, maps.Melanin, shrunkFromPhoto(k).Mul(s.place.PhotoFromFrame)}
}

// drawMaps draws the maps of a photo on the baseline's colour scale, and where they
// differ from the baseline's.
func (a *analysis) drawMaps(s *shot, r *reduced, to *album) error {
	for _, m := range r.fields.list() {
		scale := a.baseline.scale[m.measure]
		if !(scale.High > scale.Low) {
			continue
		}
		seen, err := render.OnView(m.plane, r.fields.fromFrame, a.frame.view)
		if err != nil {
			return err
		}
		img, err := render.Map(seen, a.frame.view.MapFromFrame(), a.frame.view, scale, 0)
		if err != nil {
			return err
		}
		to.add(outcome.PictureMap, m.measure, img, scale)
		if err := a.drawDifference(s, m.measure, seen, to); err != nil {
			return err
		}
	}
	return nil
}

// shrunkFromPhoto takes a photo's pixel to the plane that raster.Shrink makes of it.
func shrunkFromPhoto(k int) geom.Transform {
	f := 1 / float64(k)
	return geom.Transform{f, 0, -f * float64(k-1) / 2, 0, f, -f * float64(k-1) / 2, 0, 0, 1}
}

// middle is the centre of what pictures show, in frame pixels.
func (f *frame) middle() geom.Point {
	return geom.Point{X: f.view.X + f.view.W/2, Y: f.view.Y + f.view.H/2}
}

// scales are the colour scales of the maps: from nothing to four times the baseline's
// blood, so that a fresh flush is not saturated, to twice its melanin and to two and a
// half times its roughness.
func (b *baseline) scales(sheet *skin.Sheet) {
	blood := chromo.NewField(sheet.Maps.Hemoglobin, sheet.Weight).Summary().Mean
	melanin := chromo.NewField(sheet.Maps.Melanin, sheet.Weight).Summary().Mean
	b.scale = map[string]render.Scale{
		"hemoglobin": {Kind: outcome.PictureMap, High: 4 * blood},
		"melanin":    {Kind: outcome.PictureMap, High: 2 * melanin},
	}
	if rough, _, ok := sheet.RoughnessMap(); ok {
		b.scale["roughness"] = render.Scale{Kind: outcome.PictureMap, High: 2.5 * meanKnown(rough)}
	}
}

// drawRegions draws the outlines of all regions, once for the series, and keeps the frame's own
// picture with them, for people who look into the folder of pictures.
func (a *analysis) drawRegions() error {
	outlines, err := render.Outlines(a.frame.rings(), a.frame.view, 0)
	if err != nil {
		return err
	}
	a.outlines.file = a.frame.file
	a.outlines.addAs("regions", outcome.PictureRegions, outlines)
	if len(a.drawn.Bytes) > 0 { // the frame photo is fit to be shown
		a.outlines.addAs("drawn", outcome.PictureDrawn, a.drawn)
	}
	return nil
}

// rings are the outlines of all regions.
func (f *frame) rings() []render.Region {
	var list []render.Region
	for _, g := range f.regions {
		for _, ring := range manifest.Rings(g.outline) {
			list = append(list, render.Region{Kind: g.kind, Polygon: ring})
		}
	}
	return list
}

// addAs keeps a picture of the series under a name of its own.
func (l *album) addAs(name, kind string, img render.Image) {
	name = "pictures/" + name + img.Ext
	l.pictures = append(l.pictures, Picture{name, img.Bytes})
	l.shown = append(l.shown, pictureRecord(l.file, kind, "", name, img))
}

// add keeps a picture of a photo and its entry in the record.
func (l *album) add(kind, measure string, img render.Image, scale render.Scale) {
	label := kind
	switch {
	case kind == outcome.PictureDifference:
		label = measure + "-" + kind
	case measure != "":
		label = measure
	}
	name := fmt.Sprintf("pictures/%s-%s%s", stem(l.file), label, img.Ext)
	p := pictureRecord(l.file, kind, measure, name, img)
	if scale.High > scale.Low {
		p.Low, p.High = outcome.Number(scale.Low), outcome.Number(scale.High)
	}
	l.pictures = append(l.pictures, Picture{name, img.Bytes})
	l.shown = append(l.shown, p)
}

func pictureRecord(photo, kind, measure, name string, img render.Image) outcome.Picture {
	return outcome.Picture{Photo: photo, Kind: kind, Measure: measure, File: name,
		Width: img.Width, Height: img.Height, Low: outcome.NaN(), High: outcome.NaN()}
}

// stem makes a file name of a photo's path that every system accepts. The extension
// stays part of it, so that a.jpg and a.png keep apart.
func stem(file string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '-', r == '_':
			return r
		}
		return '_'
	}, strings.TrimPrefix(path.Clean(file), "./"))
}
