package manifest

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"dermtrace/internal/geom"
)

func (r *reader) rois(n *yaml.Node) []ROI {
	var list []ROI
	lines := map[string]int{}
	for _, c := range r.items(n, "regions") {
		roi, ok := r.roi(c)
		if !ok {
			if roi.Name != "" {
				lines[roi.Name] = roi.line
				list = append(list, roi)
			}
			continue
		}
		if first, twice := lines[roi.Name]; twice {
			r.fail(c, fmt.Sprintf("the region of line %d is called %q too", first, roi.Name), "give each region its own name")
			continue
		}
		lines[roi.Name] = roi.line
		list = append(list, roi)
	}
	return list
}

// roi reads one region. A region that is not ok is kept by name, so that treatments
// that speak of it are not blamed too.
func (r *reader) roi(n *yaml.Node) (ROI, bool) {
	roi := ROI{source: r.source, line: n.Line}
	var ways int
	var grey bool
	ok := r.mapping(n, "a region", []field{
		{"name", func(n *yaml.Node) { roi.Name = r.text(n, "name") }},
		{"kind", func(n *yaml.Node) { roi.Kind = r.word(n, "kind of region", roiKinds) }},
		{"polygon", func(n *yaml.Node) { ways++; roi.Polygon = r.polygon(n) }},
		{"polygons", func(n *yaml.Node) { ways++; roi.Polygon = r.polygons(n) }},
		{"file", func(n *yaml.Node) { ways++; roi.File = r.regionFile(n) }},
		{"label", func(n *yaml.Node) { roi.Label = r.text(n, "label") }},
		{"reflectance", func(n *yaml.Node) {
			grey = true
			roi.Reflectance, _ = r.number(n, "reflectance", 0.001, 1)
		}},
	})
	ok = ok && r.completeROI(n, roi, ways, grey)
	if roi.Name == "" {
		roi.Name = roi.Kind
	}
	return roi, ok
}

// completeROI checks that a region is said wholly and in one way.
func (r *reader) completeROI(n *yaml.Node, roi ROI, ways int, grey bool) bool {
	switch {
	case roi.Kind == "":
		r.fail(n, "this region has no kind", "add kind: "+oneOf(roiKinds))
	case ways == 0:
		r.fail(n, "this region has no polygon", "add polygon: [[x, y], [x, y], [x, y]] in pixels of the frame photo, or file: with a drawing of another tool")
	case ways > 1:
		r.fail(n, "this region is drawn in two ways", "keep one of polygon:, polygons: and file:")
	case roi.Label != "" && roi.File == "":
		r.fail(n, "label: says which region of a file is meant, and no file is named", "add file:, or call the region by name:")
	case grey && roi.Kind != "grey":
		r.fail(n, fmt.Sprintf("a region of kind %s has no reflectance", roi.Kind), "write kind: grey, or leave reflectance out")
	default:
		return true
	}
	return false
}

// regionFile reads the name of a file that another tool drew regions in.
func (r *reader) regionFile(n *yaml.Node) string {
	name := r.path(n, "file")
	switch {
	case name == "":
		return ""
	case !r.exists(name):
		r.fail(n, fmt.Sprintf("file: there is no file %q in this folder", shorten(name)), "put it into the folder, or correct the name")
		return ""
	case !slices.Contains(regionFiles, strings.ToLower(path.Ext(name))):
		r.fail(n, fmt.Sprintf("regions cannot be read from %q", shorten(name)),
			"name an ImageJ .roi or .zip, a LabelMe or COCO .json, or a painted .png")
		return ""
	}
	return name
}

// polygon reads and checks an outline. A last point that repeats the first, as many
// tools write it, is dropped.
func (r *reader) polygon(n *yaml.Node) geom.Polygon {
	if n.Kind != yaml.SequenceNode {
		r.fail(n, "a polygon must be a list of points", "write [[x, y], [x, y], [x, y]]")
		return nil
	}
	r.points += len(n.Content)
	if len(n.Content) > maxPoints || r.points > maxAll {
		r.fail(n, fmt.Sprintf("too many points: one polygon may have %d, all together %d", maxPoints, maxAll), "draw it with fewer points")
		return nil
	}
	var g geom.Polygon
	for _, c := range n.Content {
		p, ok := r.point(c)
		if !ok {
			return nil
		}
		g = append(g, p)
	}
	if len(g) > 3 && g[0] == g[len(g)-1] {
		g = g[:len(g)-1]
	}
	switch {
	case len(g) < 3:
		r.fail(n, fmt.Sprintf("a polygon of %d points encloses nothing", len(g)), "give at least 3 points")
	case g.Crosses():
		r.fail(n, "the polygon crosses itself", "give its points in order around the region, or draw two regions")
	case !(g.Area() >= 1):
		r.fail(n, "the polygon encloses less than one pixel", "check its points: they lie on one line or on one spot")
	default:
		return g
	}
	return nil
}

// treatedRegions checks that treatments name regions that were drawn and are treated.
func (r *reader) treatedRegions(s *Series) {
	var drawn []string
	kind := map[string]string{}
	for _, roi := range s.ROIs {
		drawn = append(drawn, roi.Name)
		kind[roi.Name] = roi.Kind
	}
	for i, t := range s.Treatments {
		for _, name := range t.ROIs {
			switch k, ok := kind[name]; {
			case !ok && len(drawn) == 0:
				r.failAt(t.line, fmt.Sprintf("the treatment names the region %q, but no regions are drawn", shorten(name)), "draw it under rois:, or leave rois out here")
			case !ok:
				r.failAt(t.line, fmt.Sprintf("the treatment names the region %q, which is not drawn", shorten(name)), instead(name, drawn))
			case slices.Contains(notTreated, k):
				r.failAt(t.line, fmt.Sprintf("the region %q is of kind %s, which is never treated", name, k), "change its kind, or take it out of this treatment")
			}
		}
		for _, u := range s.Treatments[:i] {
			if !t.At.IsZero() && u.At == t.At && slices.Equal(u.ROIs, t.ROIs) {
				r.failAt(t.line, fmt.Sprintf("this treatment stands on line %d too", u.line), "keep one, or tell them apart by time or region")
			}
		}
	}
}
