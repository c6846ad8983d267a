// Package regions answers: how does a person draw regions? It makes the page on which
// regions, the scale and landmarks are drawn ([Page], [LandmarkPage]), and it reads what
// people drew with other tools ([Resolve]): ImageJ .roi files and RoiSet .zip archives,
// LabelMe and COCO files, and painted PNG masks.
//
// Everything ends as outlines in pixels of the frame photo after EXIF orientation, the
// centre of the top-left pixel at (0, 0). ImageJ, LabelMe and COCO count from the corner
// of that pixel instead, so that their coordinates are taken half a pixel less. The page
// is one file: no network, no library, the photo inside at its full coordinates.
//
// It refuses, by file and line of the manifest and with the mend, lines, points and
// composite selections, drawings made on a picture of another size, and files that are
// too large for a drawing or that expand without end.
package regions

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"

	"dermtrace/internal/geom"
	"dermtrace/internal/manifest"
	"dermtrace/internal/roi"
)

// Bounds on a drawing. None is near anything that a person draws; each keeps hostile
// files cheap.
const (
	maxFileBytes = 64 << 20 // LabelMe keeps the photo itself in its file
	maxShapes    = 2000     // of one file
	maxPoints    = 200000   // of all shapes of one file
	maxReachPx   = 100000   // from the origin, as in the manifest
	// Outlines longer than this are not tested for crossings, which is quadratic, but
	// go through their pixels like those that cross.
	maxCheckedPoints = 4000
)

// shape is one region of a file: rings of which a point is inside where it is inside
// an odd number.
type shape struct {
	label  string
	rings  []geom.Polygon
	broken error // why it cannot be used, when it is the one that is meant
}

// drawing is a file of shapes; a size of 0 is not said.
type drawing struct {
	shapes []shape
	w, h   int
}

// refusal says what is wrong with a drawing, and the mend.
type refusal struct{ text, mend string }

func (r *refusal) Error() string { return r.text + "; " + r.mend }

func refuse(text, mend string, args ...any) error {
	return &refusal{fmt.Sprintf(text, args...), mend}
}

// target is the photo that regions were drawn on.
type target struct {
	file string
	w, h int
}

// Resolve reads the files that regions of the manifest name and gives those regions
// their outlines; frame is the photo of w×h pixels that they were drawn on. What is wrong
// is [manifest.Problems].
func Resolve(fsys fs.FS, s *manifest.Series, frame string, w, h int) error {
	var problems manifest.Problems
	on := target{frame, w, h}
	for i := range s.ROIs {
		g := &s.ROIs[i]
		if g.File == "" {
			continue
		}
		outline, err := read(fsys, g.File, g.Label, on)
		var no *refusal
		switch {
		case errors.As(err, &no):
			problems = append(problems, g.Problem(g.File+": "+no.text, no.mend))
		case err != nil:
			return fmt.Errorf("%s: %w", g.File, err)
		default:
			g.Polygon = outline
		}
	}
	if len(problems) > 0 {
		return problems
	}
	return nil
}

// read returns the region of a file with a label.
func read(fsys fs.FS, name, label string, on target) (geom.Polygon, error) {
	data, err := readFile(fsys, name)
	if err != nil {
		return nil, err
	}
	var d drawing
	switch strings.ToLower(path.Ext(name)) {
	case ".roi":
		d, err = readImageJ(data, strings.TrimSuffix(path.Base(name), path.Ext(name)))
	case ".zip":
		d, err = readRoiSet(data)
	case ".json":
		d, err = readJSON(data, on)
	case ".png":
		d, err = readPainting(data, on)
	default:
		err = refuse("no drawing of a known kind", "name a .roi, .zip, .json or .png file")
	}
	if err != nil {
		return nil, err
	}
	if d.w > 0 && (d.w != on.w || d.h != on.h) {
		return nil, refuse("drawn on a picture of %d×%d pixels, and the frame photo %s has %d×%d", "draw on the frame photo at its full size, upright", d.w, d.h, on.file, on.w, on.h)
	}
	shapes, err := pick(d.shapes, label)
	if err != nil {
		return nil, err
	}
	for _, s := range shapes {
		if s.broken != nil {
			return nil, s.broken
		}
	}
	return outline(shapes, on)
}

// readFile reads a file of at most maxFileBytes.
func readFile(fsys fs.FS, name string) ([]byte, error) {
	f, err := fsys.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxFileBytes+1))
	if err == nil && len(data) > maxFileBytes {
		err = refuse("larger than %d MiB", "save the regions alone, without the photo", maxFileBytes>>20)
	}
	return data, err
}

// pick finds the shapes with a label; without one all must have the same.
func pick(shapes []shape, label string) ([]shape, error) {
	var labels []string
	var found []shape
	for _, s := range shapes {
		if !slices.Contains(labels, s.label) {
			labels = append(labels, s.label)
		}
		if s.label == label {
			found = append(found, s)
		}
	}
	list := listed(labels)
	switch {
	case len(shapes) == 0:
		return nil, refuse("no region is drawn in it", "draw one, and save the file again")
	case label == "" && len(labels) == 1:
		return shapes, nil
	case label == "":
		return nil, refuse("it holds several regions: %s", "add label: and the one that is meant", list)
	case len(found) == 0:
		return nil, refuse("no region in it is called %q", "its regions are "+list, clean(label))
	}
	return found, nil
}

// listed names labels for a message.
func listed(labels []string) string {
	const most = 12
	var quoted []string
	for i, l := range labels {
		if i == most {
			quoted = append(quoted, fmt.Sprintf("and %d more", len(labels)-most))
			break
		}
		quoted = append(quoted, fmt.Sprintf("%q", clean(l)))
	}
	return strings.Join(quoted, ", ")
}

// clean keeps names of hostile files readable.
func clean(s string) string {
	if r := []rune(s); len(r) > 60 {
		return string(r[:60]) + "…"
	}
	return s
}

// outline makes one outline of shapes: what is in any of them. Where rings cross or lie
// in one another's shapes, it goes along the borders of the pixels that are in.
func outline(shapes []shape, on target) (geom.Polygon, error) {
	var rings []geom.Polygon
	points := 0
	for _, s := range shapes {
		for _, g := range s.rings {
			if err := check(g); err != nil {
				return nil, err
			}
			points += len(g)
		}
		rings = append(rings, s.rings...)
	}
	if points > maxPoints {
		return nil, refuse("more than %d points", "draw it with fewer points", maxPoints)
	}
	var g geom.Polygon
	if plain(rings, points) {
		g = rings[0]
	} else {
		m := &roi.Mask{}
		for _, s := range shapes {
			m = m.Or(roi.Rasterize([]geom.Polygon{manifest.Bridge(s.rings)}, nil, on.w, on.h))
		}
		g = manifest.Bridge(m.Trace())
	}
	if !(g.Area() >= 1) {
		return nil, refuse("the region encloses less than one pixel of the frame photo", "check that it was drawn on "+on.file+", at its full size")
	}
	return g, nil
}

// plain reports whether the rings are one simple outline.
func plain(rings []geom.Polygon, points int) bool {
	return len(rings) == 1 && points <= maxCheckedPoints && !rings[0].Crosses()
}

// check refuses rings that enclose nothing and coordinates that no picture has.
func check(g geom.Polygon) error {
	if len(g) < 3 {
		return refuse("a region of %d points encloses nothing", "give it at least 3", len(g))
	}
	for _, p := range g {
		if !(p.X >= -maxReachPx && p.X <= maxReachPx && p.Y >= -maxReachPx && p.Y <= maxReachPx) {
			return refuse("a point lies at (%v, %v)", "draw inside the photo", p.X, p.Y)
		}
	}
	return nil
}

// fromCorner takes a point counted from the corner of the top-left pixel.
func fromCorner(x, y float64) geom.Point { return geom.Point{X: x - 0.5, Y: y - 0.5} }
