package regions

import (
	"encoding/json"
	"path"

	"dermtrace/internal/geom"
	"dermtrace/internal/roi"
)

// readJSON reads a LabelMe file (it has "shapes") or a COCO file ("annotations").
func readJSON(data []byte, on target) (drawing, error) {
	var kind struct {
		Shapes      *json.RawMessage `json:"shapes"`
		Annotations *json.RawMessage `json:"annotations"`
	}
	if err := json.Unmarshal(data, &kind); err != nil {
		return drawing{}, refuse("this is not JSON (%v)", "save it again", err)
	}
	switch {
	case kind.Shapes != nil:
		return readLabelMe(data)
	case kind.Annotations != nil:
		return readCOCO(data, on)
	}
	return drawing{}, refuse("this JSON is neither LabelMe (shapes) nor COCO (annotations)", "save the regions in one of those formats")
}

// labelMe is the part of a LabelMe file that matters (github.com/wkentaro/labelme).
type labelMe struct {
	Shapes []struct {
		Label  string       `json:"label"`
		Type   string       `json:"shape_type"`
		Points [][2]float64 `json:"points"`
	} `json:"shapes"`
	Width  int `json:"imageWidth"`
	Height int `json:"imageHeight"`
}

func readLabelMe(data []byte) (drawing, error) {
	var in labelMe
	if err := json.Unmarshal(data, &in); err != nil {
		return drawing{}, refuse("the LabelMe file is damaged (%v)", "save it again", err)
	}
	if len(in.Shapes) > maxShapes {
		return drawing{}, refuse("the LabelMe file has %d shapes", "save only those that are meant", len(in.Shapes))
	}
	d := drawing{w: in.Width, h: in.Height}
	for _, s := range in.Shapes {
		p := s.Points
		var g geom.Polygon
		var err error
		switch {
		case s.Type == "polygon" || s.Type == "" || s.Type == "rectangle" && len(p) == 4:
			for _, q := range p {
				g = append(g, fromCorner(q[0], q[1]))
			}
		case s.Type == "rectangle" && len(p) == 2:
			g = geom.Polygon{fromCorner(p[0][0], p[0][1]), fromCorner(p[1][0], p[0][1]), fromCorner(p[1][0], p[1][1]), fromCorner(p[0][0], p[1][1])}
		case s.Type == "circle" && len(p) == 2:
			r := geom.Point{X: p[0][0], Y: p[0][1]}.Sub(geom.Point{X: p[1][0], Y: p[1][1]}).Norm()
			g = oval(p[0][0], p[0][1], r, r)
		default:
			err = refuse("the LabelMe shape %q of type %q with %d points is no region", "draw a polygon, a rectangle or a circle", clean(s.Label), clean(s.Type), len(p))
		}
		d.shapes = append(d.shapes, shape{s.Label, []geom.Polygon{g}, err})
	}
	return d, nil
}

// coco is the part of a COCO file that matters (cocodataset.org, format of detection).
type coco struct {
	Images []struct {
		ID     int64  `json:"id"`
		File   string `json:"file_name"`
		Width  int    `json:"width"`
		Height int    `json:"height"`
	} `json:"images"`
	Annotations []struct {
		Image        int64           `json:"image_id"`
		Category     int64           `json:"category_id"`
		Segmentation json.RawMessage `json:"segmentation"`
	} `json:"annotations"`
	Categories []struct {
		ID   int64  `json:"id"`
		Name string `json:"name"`
	} `json:"categories"`
}

func readCOCO(data []byte, on target) (drawing, error) {
	var in coco
	if err := json.Unmarshal(data, &in); err != nil {
		return drawing{}, refuse("the COCO file is damaged (%v)", "save it again", err)
	}
	image := -1
	for i, m := range in.Images {
		if m.File == on.file || image < 0 && path.Base(m.File) == path.Base(on.file) {
			image = i
		}
	}
	if image < 0 {
		return drawing{}, refuse("the COCO file has no image %q", "export the annotations of the frame photo under its own name", on.file)
	}
	names := map[int64]string{}
	for _, c := range in.Categories {
		names[c.ID] = c.Name
	}
	d := drawing{w: in.Images[image].Width, h: in.Images[image].Height}
	for _, a := range in.Annotations {
		if a.Image != in.Images[image].ID {
			continue
		}
		if len(d.shapes) == maxShapes {
			return drawing{}, refuse("the COCO file has more than %d regions on this image", "save only those that are meant", maxShapes)
		}
		shapes, err := segmentation(a.Segmentation, on)
		if err != nil {
			shapes = []shape{{broken: err}}
		}
		for _, s := range shapes {
			s.label = names[a.Category]
			d.shapes = append(d.shapes, s)
		}
	}
	return d, nil
}

// segmentation reads the pieces of one annotation: polygons as lists x, y, x, y, or a
// mask as run lengths.
func segmentation(raw json.RawMessage, on target) ([]shape, error) {
	var lists [][]float64
	if json.Unmarshal(raw, &lists) == nil {
		var out []shape
		for _, l := range lists {
			if len(l)%2 != 0 {
				return nil, refuse("a COCO polygon has an odd count of numbers", "export the annotations again")
			}
			g := make(geom.Polygon, len(l)/2)
			for i := range g {
				g[i] = fromCorner(l[2*i], l[2*i+1])
			}
			out = append(out, shape{rings: []geom.Polygon{g}})
		}
		if len(out) == 0 {
			return nil, refuse("a COCO annotation has no outline, only a box", "draw its outline")
		}
		return out, nil
	}
	var runs struct {
		Size   [2]int `json:"size"` // height, width
		Counts []int  `json:"counts"`
	}
	if err := json.Unmarshal(raw, &runs); err != nil {
		return nil, refuse("a COCO annotation is neither polygons nor uncompressed run lengths", "export polygons")
	}
	if runs.Size != [2]int{on.h, on.w} {
		return nil, refuse("a COCO mask has %d×%d pixels, and the frame photo %d×%d", "draw on the frame photo at its full size", runs.Size[1], runs.Size[0], on.w, on.h)
	}
	rings, err := unrun(runs.Counts, on)
	return []shape{{rings: rings}}, err
}

// unrun makes rings of run lengths: down the columns, from left to right, beginning with
// pixels that are out.
func unrun(counts []int, on target) ([]geom.Polygon, error) {
	m := &roi.Mask{W: on.w, H: on.h, In: make([]bool, on.w*on.h)}
	at, in := 0, false
	for _, n := range counts {
		if n < 0 || n > len(m.In)-at {
			return nil, refuse("the run lengths of a COCO mask do not fit its size", "export the annotations again")
		}
		for i := at; in && i < at+n; i++ {
			m.In[i%on.h*on.w+i/on.h] = true
		}
		at, in = at+n, !in
	}
	return traced(m)
}
