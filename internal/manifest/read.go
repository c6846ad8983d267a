package manifest

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"dermtrace/internal/geom"
)

// Bounds on what is physically possible; outside them a unit was mistaken.
const (
	minMMPerPx  = 0.0005 // 0.5 µm is the wavelength of the light that draws the picture
	maxMMPerPx  = 5      // 1000 px would show 5 m
	maxNeedleMM = 10     // rollers reach 3 mm; 1500 is micrometres
	minPitchMM  = 1      // of a colour card; the smallest made (Nano) has 3.5 mm patches
	maxPitchMM  = 200    // the largest made (Mega) has some 140 mm
	maxLengthMM = 5000   // between two points on skin
)

// parse reads the text into a Series whose visits are still to be resolved. Its error is
// one of reading the folder.
func (r *reader) parse(text []byte) (*Series, error) {
	s := &Series{Calibration: "auto", lines: map[string]int{}, scaleFile: FileName}
	root := r.document(text)
	switch {
	case root == nil || r.fatal:
	case root.Kind != yaml.MappingNode:
		r.fatal = true
		r.fail(root, "the file must have keys", "begin with a line as site: cheek")
	default:
		r.series(root, s)
		if err := r.include(s); err != nil {
			return nil, err
		}
		if s.lines["regions"] == 0 || len(s.ROIs) > 0 || len(r.problems) == 0 { // else what treatments name may stand in the file that could not be read
			r.treatedRegions(s)
		}
		r.checkGuardian(s)
		r.files.dropPaintings(s.ROIs)
	}
	if len(s.Consent) == 0 {
		s.Consent = []string{"care"}
	}
	return s, nil
}

// series reads the top level, in the order in which the file is usually written.
func (r *reader) series(root *yaml.Node, s *Series) {
	remember := func(key string, read func(*yaml.Node)) field {
		return field{key, func(n *yaml.Node) { s.lines[key] = n.Line; read(n) }}
	}
	r.mapping(root, "a series", []field{
		{"subject", func(n *yaml.Node) { s.Subject = r.text(n, "subject") }},
		{"site", func(n *yaml.Node) { s.Site = r.text(n, "site") }},
		{"side", func(n *yaml.Node) { s.Side = r.word(n, "side", sides) }},
		{"view", func(n *yaml.Node) { s.View = r.text(n, "view") }},
		{"goals", func(n *yaml.Node) { s.Goals = r.words(n, "goal", goals) }},
		remember("frame", func(n *yaml.Node) { s.Frame = r.file(n, "frame") }),
		remember("baseline", func(n *yaml.Node) { s.Baseline = r.text(n, "baseline") }),
		remember("scale", func(n *yaml.Node) { s.Scale = r.scale(n) }),
		{"calibration", func(n *yaml.Node) { s.Calibration = r.word(n, "calibration", calibrations) }},
		{"card", func(n *yaml.Node) { s.Card = r.card(n) }},
		{"camera", func(n *yaml.Node) { s.Camera = r.camera(n) }},
		remember("regions", func(n *yaml.Node) { s.RegionsFile = r.path(n, "regions") }),
		{"rois", func(n *yaml.Node) { s.ROIs = r.rois(n) }},
		{"treatments", func(n *yaml.Node) { s.Treatments = r.treatments(n) }},
		{"visits", func(n *yaml.Node) { r.visitList(n) }},
		{"scores", func(n *yaml.Node) { s.Scores = r.scores(n) }},
		{"landmarks", func(n *yaml.Node) { s.Landmarks = r.landmarks(n) }},
		{"overrule", r.overrules},
		{"expected_recovery_days", func(n *yaml.Node) { s.ExpectedRecoveryDays = r.days(n, "expected_recovery_days") }},
		{"consent", func(n *yaml.Node) { s.Consent = r.words(n, "consent", consents) }},
		remember("minor", func(n *yaml.Node) { s.Minor, _ = r.boolean(n, "minor") }),
		{"guardian", func(n *yaml.Node) { s.Guardian = r.text(n, "guardian") }},
		{"sensitive", func(n *yaml.Node) { s.Sensitive, _ = r.boolean(n, "sensitive") }},
		{"notes", func(n *yaml.Node) { s.Notes = r.prose(n, "notes") }},
	})
}

// file reads the name of a photo, which must stand in the folder.
func (r *reader) file(n *yaml.Node, key string) string {
	name := r.path(n, key)
	if name != "" && !r.exists(name) {
		mend := "put the photo into the folder, or correct the name"
		if w := nearest(name, r.files.names); w != "" {
			mend = fmt.Sprintf("did you mean %s?", w)
		}
		r.fail(n, fmt.Sprintf("%s: there is no file %q in this folder", key, shorten(name)), mend)
		return ""
	}
	return name
}

// path reads the name of a file inside the folder.
func (r *reader) path(n *yaml.Node, key string) string {
	said := r.text(n, key)
	if said == "" {
		return ""
	}
	name, err := cleanName(said)
	if err == nil {
		err = inside(r.fsys, name)
	}
	if err != nil {
		r.fail(n, fmt.Sprintf("%s: %q %v", key, shorten(said), err), "name a file in this folder, without .. and with / between folders")
		return ""
	}
	return name
}

func (r *reader) scale(n *yaml.Node) Scale {
	var s Scale
	var said, pointsSaid bool
	ok := r.mapping(n, "scale", []field{
		{"mm_per_px", func(n *yaml.Node) {
			said = true
			s.MMPerPx = r.mmPerPx(n)
		}},
		{"points", func(n *yaml.Node) {
			pointsSaid = true
			s.Points = r.twoPoints(n)
		}},
		{"mm", func(n *yaml.Node) { s.MM, _ = r.number(n, "mm", minMMPerPx, maxLengthMM) }},
	})
	switch {
	case !ok:
		return Scale{}
	case said == pointsSaid || pointsSaid != (s.MM > 0):
		r.fail(n, "scale must be said in one way", "write {mm_per_px: 0.03} or {points: [[x, y], [x, y]], mm: 10}")
		return Scale{}
	case said:
		return s
	}
	s.MMPerPx = s.MM / s.Points[0].Sub(s.Points[1]).Norm()
	if !(s.MMPerPx >= minMMPerPx && s.MMPerPx <= maxMMPerPx) {
		r.fail(n, fmt.Sprintf("these points make a pixel %.3g mm wide", s.MMPerPx), "check the points and their distance in millimetres")
		return Scale{}
	}
	return s
}

// mmPerPx knows the usual slip, pixels per millimetre.
func (r *reader) mmPerPx(n *yaml.Node) float64 {
	if v, err := strconv.ParseFloat(n.Value, 64); err == nil && v > maxMMPerPx && 1/v >= minMMPerPx {
		r.fail(n, fmt.Sprintf("mm_per_px: a pixel cannot be %s mm wide", shorten(n.Value)),
			fmt.Sprintf("if %s pixels make a millimetre, write %.4g", shorten(n.Value), 1/v))
		return 0
	}
	v, _ := r.number(n, "mm_per_px", minMMPerPx, maxMMPerPx)
	return v
}

func (r *reader) twoPoints(n *yaml.Node) [2]geom.Point {
	var p [2]geom.Point
	if n.Kind != yaml.SequenceNode || len(n.Content) != 2 {
		r.fail(n, "points must be two points", "write [[x, y], [x, y]]")
		return p
	}
	ok := true
	for i, c := range n.Content {
		var fine bool
		p[i], fine = r.point(c)
		ok = ok && fine
	}
	if ok && p[0] == p[1] {
		r.fail(n, "the two points are the same", "give two points whose distance you know, as far apart as you can")
	}
	return p
}

func (r *reader) card(n *yaml.Node) Card {
	var c Card
	r.mapping(n, "card", []field{
		{"type", func(n *yaml.Node) { c.Type = r.word(n, "card type", cardTypes) }},
		{"edition", func(n *yaml.Node) { c.Edition = r.word(n, "card edition", cardEditions) }},
		{"pitch_mm", func(n *yaml.Node) { c.PitchMM, _ = r.number(n, "pitch_mm", minPitchMM, maxPitchMM) }},
	})
	return c
}

// camera accepts only cameras that change a number; any other word would be ignored
// in silence.
func (r *reader) camera(n *yaml.Node) string {
	s := r.text(n, "camera")
	if s == "" || slices.Contains(cameras, s) {
		return s
	}
	mend := "leave this line out: an average camera is then assumed"
	if w := nearest(s, cameras); w != "" {
		mend = fmt.Sprintf("did you mean %s?", w)
	}
	r.fail(n, fmt.Sprintf("the colour response of the camera %q is not known here (known: %s)", shorten(s), oneOf(cameras)), mend)
	return ""
}

func (r *reader) treatments(n *yaml.Node) []Treatment {
	var list []Treatment
	for _, c := range r.items(n, "treatments") {
		t := Treatment{line: c.Line}
		ok := r.mapping(c, "a treatment", []field{
			{"at", func(n *yaml.Node) { t.At, _ = r.moment(n, "at") }},
			{"device", func(n *yaml.Node) { t.Device = r.text(n, "device") }},
			{"needle_mm", func(n *yaml.Node) { t.NeedleMM, _ = r.number(n, "needle_mm", 0.05, maxNeedleMM) }},
			{"rois", func(n *yaml.Node) { t.ROIs = r.names(n) }},
			{"notes", func(n *yaml.Node) { t.Notes = r.prose(n, "notes") }},
		})
		if ok && t.At.IsZero() {
			r.fail(c, "this treatment has no date", "add at: 2026-01-10")
		}
		list = append(list, t)
	}
	slices.SortStableFunc(list, func(a, b Treatment) int { return a.At.Civil.Compare(b.At.Civil) })
	return list
}

func (r *reader) names(n *yaml.Node) []string {
	var list []string
	for _, c := range r.items(n, "regions") {
		if s := r.text(c, "rois"); s != "" {
			list = append(list, s)
		}
	}
	return list
}

func (r *reader) scores(n *yaml.Node) []Score {
	var list []Score
	for _, c := range r.items(n, "scores") {
		s := Score{Value: math.NaN()}
		ok := r.mapping(c, "a score", []field{
			{"at", func(n *yaml.Node) { s.At, _ = r.moment(n, "at") }},
			{"scale", func(n *yaml.Node) { s.Scale = r.gradeName(n) }},
			{"value", func(n *yaml.Node) { s.Value, _ = r.number(n, "value", -1e6, 1e6) }},
			{"rater", func(n *yaml.Node) { s.Rater = r.text(n, "rater") }},
			{"blinded", func(n *yaml.Node) { s.Blinded, _ = r.boolean(n, "blinded") }},
		})
		if ok {
			r.completeScore(c, s)
		}
		list = append(list, s)
	}
	slices.SortStableFunc(list, func(a, b Score) int { return a.At.Civil.Compare(b.At.Civil) })
	return list
}

func (r *reader) gradeName(n *yaml.Node) string {
	s := r.text(n, "scale")
	if _, _, ok := findGrade(s); s == "" || ok {
		return s
	}
	mend := fmt.Sprintf("write one of %s; your own scale begins with %s, an event with %s", strings.Join(gradeNames(), ", "), ownScale, eventScale)
	if w := nearest(s, gradeNames()); w != "" {
		mend = fmt.Sprintf("did you mean %s?", w)
	}
	r.fail(n, fmt.Sprintf("%q is no known scale", shorten(s)), mend)
	return ""
}

// completeScore checks that nothing is missing and that the scale has the value.
func (r *reader) completeScore(n *yaml.Node, s Score) {
	g, free, _ := findGrade(s.Scale)
	switch {
	case s.At.IsZero():
		r.fail(n, "this score has no date", "add at: 2026-01-10")
	case s.Scale == "":
		r.fail(n, "this score has no scale", "add scale: "+gradeNames()[0]+" or another")
	case math.IsNaN(s.Value):
		r.fail(n, "this score has no value", "add value: and a number")
	case !free && !(s.Value >= g.lo && s.Value <= g.hi):
		r.fail(n, fmt.Sprintf("%s has no value %v", g.name, s.Value), fmt.Sprintf("it goes from %v to %v", g.lo, g.hi))
	}
}
