package series

import (
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	"dermtrace/internal/calib"
	"dermtrace/internal/chromo"
	"dermtrace/internal/filter"
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

// draw makes the pictures of one photo: itself, small; where it could be aligned, the
// window of the frame and the maps over it.
func (a *analysis) draw(s *shot) error {
	small, k := a.small(s)
	thumb, err := render.Thumb(small, 0)
	if err != nil {
		return err
	}
	s.add(outcome.PictureThumb, "", thumb, render.Scale{})
	if !s.record.Used() {
		return nil
	}
	aligned, err := render.Aligned(s.pixels, s.place.PhotoFromFrame, a.frame.view, render.AlignedOptions{Gain: s.gain()})
	if errors.Is(err, render.ErrNotInView) {
		return nil
	}
	if err != nil {
		return err
	}
	s.add(outcome.PictureAligned, "", aligned, render.Scale{})
	view := a.frame.view
	s.shown[len(s.shown)-1].Window = &[4]float64{view.X, view.Y, view.W, view.H}
	return a.drawMaps(s, a.separate(s, small, k))
}

// small is a copy of the photo in which blocks of k×k pixels are one: thumbnail and
// maps need no more.
func (a *analysis) small(s *shot) (c *raster.RGB, k int) {
	side := float64(max(s.pixels.W(), s.pixels.H()))
	if s.record.Used() {
		side = max(a.frame.view.W, a.frame.view.H) * s.place.PhotoFromFrame.LocalScale(a.frame.middle())
	}
	k = max(1, int(side/mapPx))
	return filter.ShrinkRGB(s.pixels, k), k
}

// separate puts the frame's light on a small copy and takes it apart.
func (a *analysis) separate(s *shot, small *raster.RGB, k int) fields {
	if s.light != nil {
		s.light.ApplyPart(small, calib.Part{X: float64(k-1) / 2, Y: float64(k-1) / 2, Step: float64(k)})
	}
	maps := a.chromo.Separate(small)
	return fields{maps.Hemoglobin, maps.Melanin, shrunkFromPhoto(k).Mul(s.place.PhotoFromFrame)}
}

// drawMaps draws the maps of a photo on the baseline's colour scale, and where they
// differ from the baseline's.
func (a *analysis) drawMaps(s *shot, f fields) error {
	for _, m := range []struct {
		measure string
		plane   *raster.Plane
	}{{"hemoglobin", f.hemoglobin}, {"melanin", f.melanin}} {
		scale := a.baseline.scale[m.measure]
		if !(scale.High > scale.Low) {
			continue
		}
		img, err := render.Map(m.plane, f.fromFrame, a.frame.view, scale, 0)
		if err != nil {
			return err
		}
		s.add(outcome.PictureMap, m.measure, img, scale)
		if err := a.drawDifference(s, m.measure, m.plane, f.fromFrame); err != nil {
			return err
		}
	}
	return a.drawRoughness(s)
}

// shrunkFromPhoto takes a photo's pixel to the plane that filter.Shrink makes of it.
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

// drawRegions draws the outlines of all regions, once for the series.
func (a *analysis) drawRegions() error {
	var regions []render.Region
	for _, g := range a.frame.regions {
		for _, ring := range manifest.Rings(g.outline) {
			regions = append(regions, render.Region{Kind: g.kind, Polygon: ring})
		}
	}
	img, err := render.Outlines(regions, a.frame.view, 0)
	if err != nil {
		return err
	}
	name := "pictures/regions" + img.Ext
	a.pictures = append(a.pictures, Picture{name, img.Bytes})
	a.record.Pictures = append(a.record.Pictures, pictureRecord(a.frame.file, outcome.PictureRegions, "", name, img))
	return a.drawOnPhoto(img)
}

// drawOnPhoto lays the outlines over the frame's own picture, for people who look into
// the folder of pictures.
func (a *analysis) drawOnPhoto(outlines render.Image) error {
	at := slices.IndexFunc(a.record.Pictures, func(p outcome.Picture) bool {
		return p.Kind == outcome.PictureAligned && p.Photo == a.frame.file
	})
	if at < 0 {
		return nil // the frame photo is not fit to be shown
	}
	shown := a.record.Pictures[at]
	from := slices.IndexFunc(a.pictures, func(p Picture) bool { return p.Name == shown.File })
	base := render.Image{Bytes: a.pictures[from].Bytes, Width: shown.Width, Height: shown.Height, Ext: path.Ext(shown.File)}
	img, err := render.Over(base, 1, outlines)
	if err != nil {
		return err
	}
	name := "pictures/drawn" + img.Ext
	a.pictures = append(a.pictures, Picture{name, img.Bytes})
	a.record.Pictures = append(a.record.Pictures, pictureRecord(a.frame.file, outcome.PictureDrawn, "", name, img))
	return nil
}

// add keeps a picture and its entry in the record.
func (s *shot) add(kind, measure string, img render.Image, scale render.Scale) {
	label := kind
	switch {
	case kind == outcome.PictureDifference:
		label = measure + "-" + kind
	case measure != "":
		label = measure
	}
	name := fmt.Sprintf("pictures/%s-%s%s", stem(s.ref.File), label, img.Ext)
	p := pictureRecord(s.ref.File, kind, measure, name, img)
	if scale.High > scale.Low {
		p.Low, p.High = outcome.Number(scale.Low), outcome.Number(scale.High)
	}
	s.pictures = append(s.pictures, Picture{name, img.Bytes})
	s.shown = append(s.shown, p)
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
