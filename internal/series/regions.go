package series

import (
	"errors"
	"fmt"
	"slices"

	"dermtrace/internal/align"
	"dermtrace/internal/geom"
	"dermtrace/internal/manifest"
	"dermtrace/internal/outcome"
	"dermtrace/internal/raster"
	"dermtrace/internal/roi"
	"dermtrace/internal/skin"
)

// region is one named region in frame pixels. A control region that could be split
// has its two halves; then only the witness half is measured.
type region struct {
	name, kind string
	outline    geom.Polygon
	light      []roi.Tile
	witness    []roi.Tile
	warnings   []string
}

// regionsOf takes the regions that the user drew and splits control skin.
func regionsOf(rois []manifest.ROI) []region {
	var list []region
	for _, r := range rois {
		g := region{name: r.Name, kind: r.Kind, outline: r.Polygon}
		if r.Kind == outcome.Control {
			g.split()
		}
		list = append(list, g)
	}
	return list
}

// mostShared is the part of the smaller of two regions of kinds that exclude each other up to which
// their numbers are still told apart (project default).
const mostShared = 0.2

// clashes names the regions that share skin though it can only be of one kind. Those that share much
// of it say so in every number: what is treated would pass for untreated.
func clashes(regions []region, w, h int) []outcome.Notice {
	var list []outcome.Notice
	drawn, named := make([]roi.Drawn, len(regions)), map[string]*region{}
	for i, g := range regions {
		drawn[i], named[g.name] = roi.Drawn{Name: g.name, Kind: g.kind, Outline: g.outline}, &regions[i]
	}
	for _, c := range roi.Clashes(drawn, w, h) {
		list = append(list, outcome.Notice{Code: outcome.RegionsOverlap, ROI: c.B,
			Text: fmt.Sprintf("“%s” shares %.0f %% of the smaller region's pixels with “%s”, though no skin is of both kinds.", c.B, 100*c.Share, c.A)})
		if a, b := named[c.A], named[c.B]; c.Share > mostShared && a.kind != outcome.Grey && b.kind != outcome.Grey {
			a.warnings, b.warnings = union(a.warnings, []string{outcome.RegionsOverlap}), union(b.warnings, []string{outcome.RegionsOverlap})
		}
	}
	return list
}

func (g *region) split() {
	light, witness, err := roi.Tiles(g.outline, 0)
	if err != nil {
		g.warnings = append(g.warnings, outcome.ControlTooSmall)
		g.light = []roi.Tile{{Polygon: g.outline}}
		return
	}
	g.light, g.witness = light, witness
}

// measured reports whether the region's skin is measured at all.
func (g region) measured() bool {
	return g.kind != outcome.Grey && g.kind != outcome.Exclude
}

// outlines are the polygons whose pixels are measured.
func (g region) outlines() []geom.Polygon {
	if len(g.witness) == 0 {
		return []geom.Polygon{g.outline}
	}
	return polygons(g.witness)
}

func polygons(tiles []roi.Tile) []geom.Polygon {
	list := make([]geom.Polygon, len(tiles))
	for i, t := range tiles {
		list[i] = t.Polygon
	}
	return list
}

// carried is a region in one photo's own pixels.
type carried struct {
	region
	mask     *roi.Mask // pixels to measure
	whole    *roi.Mask // both halves of control skin, for what the border of a tile would cut; else mask
	outside  float64   // share of the region that the photo does not show
	covered  float64   // share of what it would show under something else
	excluded float64   // share of the region's pixels that was left out of the mask
	pxPerMM  float64   // 0: unknown
	sheet    *skin.Sheet
	ring     *roi.Mask          // of a scar: pixels of the skin around it; nil: not yet looked for
	tally    *outcome.SpotTally // nil: spots were not compared
}

// carry takes a region to a photo of w×h pixels; holes are the excluded regions.
// The mask is empty where the photo does not show the region.
func (g region) carry(place align.Result, holes []geom.Polygon, w, h int) carried {
	c := carried{region: g, mask: &roi.Mask{}, whole: &roi.Mask{}, outside: 1, excluded: 1}
	if g.kind == outcome.Scar { // its own structure may be what changed
		place.Covered = nil
	}
	whole, errW := carryAll([]geom.Polygon{g.outline}, place)
	outlines, errO := carryAll(g.outlines(), place)
	gaps, errH := gapsOf(holes, place)
	if errors.Join(errW, errO, errH) != nil {
		return c
	}
	c.covered = coveredShare(whole, gaps[len(holes):], w, h)
	c.outside = 1 - (1-roi.Outside(whole[0], w, h))*(1-c.covered)
	c.mask = rasterize(outlines, gaps, w, h)
	if c.whole = c.mask; len(g.witness) > 0 {
		c.whole = rasterize(whole, gaps, w, h)
	}
	area := 0.0
	for _, o := range outlines {
		area += o.Area()
	}
	c.excluded = max(0, 1-float64(c.mask.Count())/area)
	return c
}

// gapsOf takes to a photo the excluded regions, and after them what lies on the skin there.
func gapsOf(holes []geom.Polygon, place align.Result) ([]geom.Polygon, error) {
	return carryAll(slices.Concat(holes, place.Covered), place)
}

// coveredShare is the share of a region in a photo of w×h pixels that covers hide.
func coveredShare(region, covers []geom.Polygon, w, h int) float64 {
	if len(covers) == 0 {
		return 0
	}
	all := roi.Rasterize(region, nil, w, h).Count()
	if all == 0 {
		return 0
	}
	return 1 - float64(roi.Rasterize(region, covers, w, h).Count())/float64(all)
}

// rasterize is [roi.Rasterize], outline by outline: each of many tiles pays for its own
// box alone.
func rasterize(outlines, gaps []geom.Polygon, w, h int) *roi.Mask {
	parts := make([]*roi.Mask, len(outlines))
	raster.Parallel(len(parts), func(i int) { parts[i] = roi.Rasterize(outlines[i:i+1], gaps, w, h) })
	if len(parts) == 1 {
		return parts[0]
	}
	x0, y0, x1, y1 := w, h, 0, 0
	for _, m := range parts {
		if len(m.In) > 0 {
			x0, y0, x1, y1 = min(x0, m.X0), min(y0, m.Y0), max(x1, m.X0+m.W), max(y1, m.Y0+m.H)
		}
	}
	if x1 <= x0 {
		return &roi.Mask{}
	}
	out := &roi.Mask{X0: x0, Y0: y0, W: x1 - x0, H: y1 - y0, In: make([]bool, (x1-x0)*(y1-y0))}
	for _, m := range parts {
		for y := m.Y0; y < m.Y0+m.H; y++ {
			row := out.Row(y)
			m.Runs(y, func(from, to int) { copy(row[from-x0:], m.Row(y)[from-m.X0:to-m.X0]) })
		}
	}
	return out
}

// bendTolPx is how far a carried outline may stray from the elastic warp: well below
// the pixel whose centre decides.
const bendTolPx = 0.1

// carryAll takes outlines to a photo, along the elastic part where there is one.
func carryAll(list []geom.Polygon, place align.Result) ([]geom.Polygon, error) {
	out := make([]geom.Polygon, len(list))
	for i, g := range list {
		var err error
		if place.Model == outcome.ModelElastic {
			out[i], err = roi.CarryBent(g, place.Apply, bendTolPx)
		} else {
			out[i], err = roi.Carry(g, place.PhotoFromFrame)
		}
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}

// atFrame is the place of the frame photo in itself.
func atFrame() align.Result {
	return align.Result{Status: align.StatusFrame, PhotoFromFrame: geom.Identity(), Overlap: 1}
}
