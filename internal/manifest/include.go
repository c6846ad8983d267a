package manifest

import (
	"errors"
	"fmt"

	"go.yaml.in/yaml/v3"
)

// include reads the file that regions: names and joins its regions and scale with those
// of the manifest. The same region or another scale in both is a contradiction.
func (r *reader) include(s *Series) error {
	if s.RegionsFile == "" {
		return nil
	}
	line := s.lines["regions"]
	switch {
	case s.RegionsFile == FileName:
		r.failAt(line, "regions: names this file itself", "name the file that the page of the command regions saved")
		return nil
	case !r.exists(s.RegionsFile):
		r.failAt(line, fmt.Sprintf("regions: there is no file %q in this folder", shorten(s.RegionsFile)), "put it into the folder, or correct the name")
		return nil
	}
	text, err := readText(r.fsys, s.RegionsFile)
	var p Problems
	switch {
	case errors.As(err, &p):
		r.problems = append(r.problems, p...)
		return nil
	case err != nil:
		return err
	}
	in := &reader{fsys: r.fsys, source: s.RegionsFile, files: r.files, points: r.points}
	d := in.drawn(text)
	r.problems = append(r.problems, in.problems...)
	r.fatal = r.fatal || in.fatal
	r.points = in.points
	r.joinRegions(s, d)
	r.joinScale(s, d)
	return nil
}

// drawn is what a file of regions says.
type drawn struct {
	rois      []ROI
	scale     Scale
	scaleLine int // 0: not said
	frame     string
	frameLine int
}

// drawn reads a file of regions. It may say which photo they were drawn on.
func (r *reader) drawn(text []byte) drawn {
	var d drawn
	root := r.document(text)
	if root == nil || r.fatal {
		return d
	}
	r.mapping(root, "a file of regions", []field{
		{"frame", func(n *yaml.Node) { d.frameLine = n.Line; d.frame = r.file(n, "frame") }},
		{"scale", func(n *yaml.Node) { d.scaleLine = n.Line; d.scale = r.scale(n) }},
		{"rois", func(n *yaml.Node) { d.rois = r.rois(n) }},
	})
	return d
}

// joinRegions adds the drawn regions to those of the manifest.
func (r *reader) joinRegions(s *Series, d drawn) {
	at := map[string]int{}
	for _, roi := range s.ROIs {
		at[roi.Name] = roi.line
	}
	for _, roi := range d.rois {
		if line, twice := at[roi.Name]; twice {
			r.failAt(line, fmt.Sprintf("the region %q stands in %s:%d too", roi.Name, s.RegionsFile, roi.line), "delete it in one of the two files")
			continue
		}
		s.ROIs = append(s.ROIs, roi)
	}
}

// joinScale takes the scale and the frame of the file, unless the manifest says another.
func (r *reader) joinScale(s *Series, d drawn) {
	line, said := s.lines["scale"]
	switch {
	case d.scaleLine == 0:
	case !said:
		s.Scale, s.scaleFile, s.lines["scale"] = d.scale, s.RegionsFile, d.scaleLine
	case s.Scale != d.scale:
		r.failAt(line, fmt.Sprintf("%s:%d says another scale", s.RegionsFile, d.scaleLine), "delete scale: in one of the two files")
	}
	line, said = s.lines["frame"]
	switch {
	case d.frame == "":
	case !said:
		s.Frame, s.lines["frame"] = d.frame, s.lines["regions"]
	case s.Frame != d.frame:
		r.failAt(line, fmt.Sprintf("the regions of %s:%d were drawn on %q", s.RegionsFile, d.frameLine, d.frame), "name the same photo in both files")
	}
}
