package series

import (
	"context"
	"errors"
	"fmt"

	"dermtrace/internal/align"
	"dermtrace/internal/calib"
	"dermtrace/internal/cie"
	"dermtrace/internal/geom"
	"dermtrace/internal/manifest"
	"dermtrace/internal/outcome"
	"dermtrace/internal/photo"
	"dermtrace/internal/quality"
	"dermtrace/internal/raster"
	"dermtrace/internal/regions"
	"dermtrace/internal/render"
	"dermtrace/internal/roi"
)

// frame is the photo that regions are drawn on, prepared for all others: its
// features, its regions and the light of its control skin.
type frame struct {
	file    string
	w, h    int
	mmPerPx float64 // 0: unknown
	aligner *align.Frame
	regions []region
	holes   []geom.Polygon               // excluded regions
	own     *calib.Light                 // of the frame's own card or grey reference; nil: as shot
	card    *calib.Card                  // that set own; nil: none did
	edition cie.Edition                  // of the card; "": not known
	scale   *calib.Card                  // that told mmPerPx; nil: the user did
	grey    *grey                        // reference; nil: none
	light   []calib.TileLight            // of the tiles that set the light; empty: no control skin
	itself  map[string][]calib.TileLight // of the skin that it is set for, by region
	control quality.Facts                // of its untreated skin; without any, of the file alone
	day     string                       // of its visit
	view    render.View                  // the window that every picture shows
	notices []outcome.Notice
}

// openFrame chooses the frame photo, opens it and finds its regions.
func (a *analysis) openFrame(ctx context.Context) (*frame, *photo.Source, error) {
	var opened *photo.Source
	var failures []error
	file, warnings, err := a.manifest.PickFrame(func(file string) bool {
		a.openAhead(ctx, a.after(file))
		p, err := a.open(ctx, file)
		if err == nil {
			opened = p
		} else {
			failures = append(failures, err)
		}
		return err == nil
	})
	if err != nil {
		return nil, nil, errors.Join(append([]error{err}, failures...)...)
	}
	a.notices = append(a.notices, notices(warnings)...)
	if err := regions.Resolve(a.fsys, a.manifest, file, opened.Width, opened.Height); err != nil {
		return nil, nil, err
	}
	if err := a.manifest.CheckFrame(opened.Width, opened.Height); err != nil {
		return nil, nil, err
	}
	f := &frame{file: file, w: opened.Width, h: opened.Height, mmPerPx: a.manifest.Scale.MMPerPx, day: dayOf(a.manifest, file)}
	return f, opened, f.findRegions(opened, a.manifest.ROIs)
}

// prepareFrame opens the frame photo and prepares it for all others.
func (a *analysis) prepareFrame(ctx context.Context) error {
	f, opened, err := a.openFrame(ctx)
	if err != nil {
		return err
	}
	a.openAhead(ctx, a.after(a.after(f.file))) // the one before it was opened beside the frame
	f.aligner = align.NewFrame(opened, align.Options{ScaleMMPerPx: f.mmPerPx})
	f.measureControl(opened)
	f.setOwnLight(opened, a.manifest)
	f.control.MMPerPx = f.mmPerPx // the card may have told it
	var lit raster.Picture = opened
	if f.own != nil {
		f.control.Gain = f.own.Gain
		lit = f.own.Over(opened, calib.Part{})
	}
	f.light = calib.SampleTiles(lit, f.tiles(atFrame(), f.w, f.h)...)
	f.sampleItself(lit)
	f.view = render.Around(f.shown(), viewMargin, f.w, f.h)
	a.frame = f
	a.ahead.keep(f.file, opened)
	a.notices = append(a.notices, f.notices...)
	return nil
}

// measureControl takes the figures of untreated skin that other photos are held against.
func (f *frame) measureControl(p *photo.Source) {
	f.control = quality.Facts{Meta: p.Meta}
	for _, g := range f.regions {
		if g.kind != outcome.Control {
			continue
		}
		if c := g.carry(atFrame(), f.holes, f.w, f.h); !c.mask.Empty() {
			f.control = quality.Measure(p, p.Meta, c.mask)
			break
		}
	}
	f.control.Gain = [3]float64{1, 1, 1}
}

// dayOf is the date of the visit that a file belongs to.
func dayOf(m *manifest.Series, file string) string {
	for _, v := range m.Visits {
		for _, p := range v.Photos {
			if p.File == file {
				return v.At.Date()
			}
		}
	}
	return ""
}

// viewMargin is how much of the frame around the regions pictures show, as a share
// of the regions' longer side: enough to recognise the place.
const viewMargin = 0.08

// findRegions takes the drawn regions, or outlines the skin where none are drawn.
func (f *frame) findRegions(p *photo.Source, drawn []manifest.ROI) error {
	f.regions = regionsOf(drawn)
	for _, g := range f.regions {
		if g.kind == outcome.Exclude {
			f.holes = append(f.holes, g.outline)
		}
		for _, code := range g.warnings {
			f.notices = append(f.notices, outcome.Notice{Code: code, ROI: g.name, Text: outcome.WarningText(code)})
		}
	}
	f.notices = append(f.notices, clashes(f.regions, f.w, f.h)...)
	for _, g := range f.regions {
		if g.measured() {
			return nil
		}
	}
	outline, _, err := roi.FindSkin(raster.Whole(p))
	if err != nil {
		return fmt.Errorf("%s: no regions are drawn and no skin was found: %w", f.file, err)
	}
	f.regions = append(f.regions, region{name: "skin", kind: outcome.Treated, outline: outline,
		warnings: []string{outcome.RegionsGuessed}})
	f.notices = append(f.notices, outcome.Notice{Code: outcome.RegionsGuessed, Photo: f.file, Text: outcome.WarningText(outcome.RegionsGuessed)})
	return nil
}

// shown are the outlines that pictures are framed around.
func (f *frame) shown() []geom.Polygon {
	var list []geom.Polygon
	for _, g := range f.regions {
		if g.measured() {
			list = append(list, g.outline)
		}
	}
	return list
}

// tiles carries the tiles that set the light to a photo of w×h pixels.
func (f *frame) tiles(place align.Result, w, h int) []calib.Tile {
	var all []roi.Tile
	for _, g := range f.regions {
		all = append(all, g.light...)
	}
	return f.cut(all, place, w, h)
}

// cut carries tiles to a photo of w×h pixels. A tile's number is its place in the list, the
// same in every photo.
func (f *frame) cut(tiles []roi.Tile, place align.Result, w, h int) []calib.Tile {
	gaps, err := gapsOf(f.holes, place)
	if err != nil {
		return nil
	}
	var list []calib.Tile
	for i, t := range tiles {
		if outline, err := carryAll([]geom.Polygon{t.Polygon}, place); err == nil {
			list = append(list, calib.Tile{ID: i + 1, Mask: roi.Rasterize(outline, gaps, w, h)})
		}
	}
	return list
}

func notices(warnings []manifest.Warning) []outcome.Notice {
	list := make([]outcome.Notice, len(warnings))
	for i, w := range warnings {
		list[i] = outcome.Notice{Code: w.Code, Photo: w.File, Text: w.Text}
	}
	return list
}
