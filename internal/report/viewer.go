package report

import (
	"encoding/base64"
	"fmt"
	"html/template"
	"io"
	"io/fs"
	"slices"
	"strings"

	"dermtrace/internal/outcome"
)

// maxPictureBytes bounds one picture of a result folder: those made by this program
// are a few hundred kilobytes.
const maxPictureBytes = 16 << 20

// viewer compares any two photos of the series.
type viewer struct {
	Shots       []shot
	Left, Right int  // indices of Shots at the start
	Alone       bool // there is one picture, and nothing to hold beside it
	Overlays    []overlay
	Regions     template.HTMLAttr // the layer of outlines
	Outlines    []swatch
	Aspect      template.CSS // of every aligned picture
	Corrected   bool         // some photo's light was corrected
	Spots       *spotLayer   // nil: none were matched
	Hidden      []string     // visits without a picture, with the reason
	Lost        string       // how many named pictures are missing
}

// shot is one photo that the viewer can show.
type shot struct {
	Index    int
	Label    string // 4 Apr 2026, day 84
	Day      string
	Date     string
	Src      template.HTMLAttr
	Thumb    template.HTMLAttr
	Alt      string
	Warnings []string // burnt into the picture
	Used     bool
	Aligned  bool
	Note     string // in the film
	Gain     string // matrix that undoes the correction of the light, "" for none
	Layers   []layer
	visit    string
}

// layer is a shot's picture of an overlay.
type layer struct {
	Overlay int
	Src     template.HTMLAttr
}

// overlay is one measure's maps over all visits, on one colour scale.
type overlay struct {
	Index          int
	Label, Unit    string
	Low, Mid, High string
	Gradient       template.CSS
	WhereOnly      bool // a difference
	key            overlayKey
}

type overlayKey struct {
	kind, measure string
	low, high     outcome.Number
}

type swatch struct {
	Name, Kind string
	Color      template.CSS
	Dashed     bool
}

func newViewer(t *texts, x *index, pictures fs.FS) *viewer {
	v := &viewer{Left: -1, Right: -1}
	album := newAlbum(x.rec, pictures)
	for i, p := range x.rec.Photos {
		if s, ok := v.newShot(t, x, album, p); ok {
			v.Shots = append(v.Shots, s)
		} else if len(x.rec.Pictures) > 0 {
			v.Hidden = append(v.Hidden, x.visitLabel(t, x.rec.Photos[i].Visit))
		}
	}
	if album.lost > 0 {
		v.Lost = fmt.Sprintf(t.Missing, album.lost, len(x.rec.Pictures))
	}
	if len(v.Shots) > 0 {
		v.choosePair(x)
		v.Alone = len(v.Shots) == 1
		v.addRegions(t, x, album)
		v.Spots = newSpotLayer(t, x)
	}
	return v
}

// newShot gathers a photo's aligned picture (else its thumbnail, said to be as
// shot), its maps and what a viewer of it must know.
func (v *viewer) newShot(t *texts, x *index, a *album, p outcome.Photo) (shot, bool) {
	s := shot{
		Index: len(v.Shots), Label: x.shotLabel(t, p), Used: p.Used(), visit: p.Visit,
		Day: capital(t.day(x.visit(p.Visit).Day)), Date: date(x.visit(p.Visit).At), Warnings: shotWarnings(t, x, p),
	}
	if _, _, coded := dayOfCourse(x.visit(p.Visit).At); coded {
		s.Date = "" // the day says it
	}
	v.takePictures(&s, t, x.rec, a, p.File)
	s.Aligned = s.Src != ""
	if !s.Aligned {
		s.Src, s.Warnings = s.Thumb, append(s.Warnings, t.NotAligned)
	} else if g := p.Calibration.Gain; g != nil {
		s.Gain = undo(*g)
		v.Corrected = v.Corrected || s.Gain != ""
	}
	switch {
	case !s.Used:
		s.Note = t.NotUsed
	case p.Quality.Verdict == outcome.Doubtful:
		s.Note = capital(named(t.verdicts, outcome.Doubtful))
	}
	s.Alt = s.Label
	if len(s.Warnings) > 0 {
		s.Alt += " (" + strings.Join(s.Warnings, "; ") + ")"
	}
	return s, s.Src != ""
}

// takePictures gives a shot the pictures of its file that are there, by their kind.
func (v *viewer) takePictures(s *shot, t *texts, rec *outcome.Record, a *album, file string) {
	for _, pic := range a.of[file] {
		src := a.src[pic]
		if src == "" {
			continue
		}
		switch m := rec.Pictures[pic]; m.Kind {
		case outcome.PictureAligned:
			s.Src = src
			if v.Aspect == "" && m.Width > 0 && m.Height > 0 {
				v.Aspect = template.CSS(fmt.Sprintf("--aspect:%d/%d", m.Width, m.Height))
			}
		case outcome.PictureThumb:
			s.Thumb = src
		case outcome.PictureMap, outcome.PictureDifference, outcome.PictureSpots:
			s.Layers = append(s.Layers, layer{v.overlayOf(t, rec, m), src})
		}
	}
}

// shotLabel is the visit's label, and which of its photos this is where it has several.
func (x *index) shotLabel(t *texts, p outcome.Photo) string {
	label, photos := x.visitLabel(t, p.Visit), x.photos[p.Visit]
	for n, i := range photos {
		if len(photos) > 1 && x.rec.Photos[i].File == p.File {
			return label + ", " + fmt.Sprintf(t.Replicate, n+1, len(photos))
		}
	}
	return label
}

// leastGain bounds the corrections that can be taken back: no light is a thousand
// times as bright as the reference's, and what it left of the codes would be black.
const leastGain = 1e-3

// undo is the colour matrix that takes a gain back, in linear light.
func undo(gain [3]outcome.Number) string {
	for _, g := range gain {
		if !(g >= leastGain && g <= 1/leastGain) {
			return ""
		}
	}
	return fmt.Sprintf("%.5g 0 0 0 0  0 %.5g 0 0 0  0 0 %.5g 0 0  0 0 0 1 0", 1/float64(gain[0]), 1/float64(gain[1]), 1/float64(gain[2]))
}

// shotWarnings are the doubts that must not be lost when a picture is copied.
func shotWarnings(t *texts, x *index, p outcome.Photo) []string {
	var list []string
	if p.Quality.Verdict != outcome.OK && p.Quality.Verdict != "" {
		list = append(list, named(t.verdicts, p.Quality.Verdict))
		for _, r := range p.Quality.Reasons {
			list = appendNew(list, named(t.codes, r.Code))
		}
	}
	switch p.Alignment.Status {
	case outcome.AlignFailed:
		list = append(list, named(t.verdicts, outcome.AlignFailed))
	case outcome.AlignDoubtful:
		list = append(list, named(t.codes, outcome.AlignmentDoubtful))
	}
	if m := p.Calibration.Method; p.Used() && (m == "none" || m == "") {
		list = append(list, named(t.codes, outcome.Uncalibrated))
	}
	if p.Alignment.Assisted {
		list = append(list, t.ChipAssisted)
	}
	if slices.ContainsFunc(p.Quality.Reasons, func(r outcome.Reason) bool { return r.Overruled != "" }) {
		list = append(list, t.ChipOverruled)
	}
	for _, s := range x.visit(p.Visit).SkinState {
		list = append(list, named(t.skin, s))
	}
	return list
}

// overlayOf finds the overlay that a map belongs to: maps of one measure on one scale.
func (v *viewer) overlayOf(t *texts, rec *outcome.Record, m outcome.Picture) int {
	key := overlayKey{m.Kind, m.Measure, m.Low, m.High}
	if !m.Low.Known() || !m.High.Known() {
		key.low, key.high = 0, 0
	}
	for i, o := range v.Overlays {
		if o.key == key {
			return i
		}
	}
	o := overlay{Index: len(v.Overlays), key: key, Label: capital(named(t.measures, m.Measure)), Unit: rec.Definitions[m.Measure].Unit}
	if m.Kind == outcome.PictureDifference {
		o.Label += " – " + t.ChangeAxis
		o.WhereOnly = true
	}
	if o.Unit == "1" {
		o.Unit = ""
	}
	if m.Low.Known() && m.High.Known() {
		places := outcome.Places((m.High - m.Low) / 10)
		o.Low, o.Mid, o.High = number(m.Low, places), number((m.Low+m.High)/2, places), number(m.High, places)
		o.Gradient = gradient(outcome.PictureColors(m.Kind))
	}
	v.Overlays = append(v.Overlays, o)
	return o.Index
}

func gradient(m outcome.Colormap) template.CSS {
	stops := make([]string, len(m))
	for i, c := range m {
		stops[i] = fmt.Sprintf("#%02x%02x%02x", c[0], c[1], c[2])
	}
	return template.CSS("linear-gradient(to right," + strings.Join(stops, ",") + ")")
}

// choosePair starts with baseline on the left and the last eligible visit on the right,
// or whatever else there is a picture of.
func (v *viewer) choosePair(x *index) {
	v.Left, v.Right = 0, len(v.Shots)-1
	last := x.lastEligible()
	for i := len(v.Shots) - 1; i >= 0; i-- {
		switch s := v.Shots[i]; {
		case s.Used && s.visit == x.rec.Series.Baseline:
			v.Left = i
		case s.Used && s.visit == last:
			v.Right = i
		}
	}
	if v.Right == v.Left {
		v.Right = max(0, v.Left-1)
	}
}

// addRegions puts the outlines' layer and their key in.
func (v *viewer) addRegions(t *texts, x *index, a *album) {
	for i, m := range x.rec.Pictures {
		if m.Kind == outcome.PictureRegions && a.src[i] != "" {
			v.Regions = a.src[i]
		}
	}
	if v.Regions == "" {
		return
	}
	for _, r := range x.regions {
		c := outcome.RegionColor(r.kind)
		v.Outlines = append(v.Outlines, swatch{
			Name: r.name, Kind: named(t.kinds, r.kind), Dashed: r.kind != outcome.Treated,
			Color: template.CSS(fmt.Sprintf("#%02x%02x%02x", c[0], c[1], c[2])),
		})
	}
}

// album holds the pictures of a record as attributes of an image.
type album struct {
	of   map[string][]int    // pictures of a photo's file
	src  []template.HTMLAttr // "" for one that is missing
	lost int
}

func newAlbum(rec *outcome.Record, pictures fs.FS) *album {
	a := &album{of: map[string][]int{}, src: make([]template.HTMLAttr, len(rec.Pictures))}
	for i, m := range rec.Pictures {
		a.of[m.Photo] = append(a.of[m.Photo], i)
		a.src[i] = source(pictures, m.File)
		if a.src[i] == "" {
			a.lost++
		}
	}
	return a
}

// source reads a JPEG or PNG into an attribute with an address of its own, or "" where there is
// none. As a mere address the template would look through its megabytes for what base64 cannot
// hold.
func source(pictures fs.FS, name string) template.HTMLAttr {
	if pictures == nil || !fs.ValidPath(name) {
		return ""
	}
	f, err := pictures.Open(name)
	if err != nil {
		return ""
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, maxPictureBytes+1))
	if err != nil || len(b) > maxPictureBytes {
		return ""
	}
	mime := ""
	switch {
	case strings.HasPrefix(string(b), "\xff\xd8\xff"):
		mime = "image/jpeg"
	case strings.HasPrefix(string(b), "\x89PNG\r\n\x1a\n"):
		mime = "image/png"
	default:
		return ""
	}
	head, tail := `src="data:`+mime+";base64,", `"`
	attr := append(make([]byte, 0, len(head)+base64.StdEncoding.EncodedLen(len(b))+len(tail)), head...)
	return template.HTMLAttr(append(base64.StdEncoding.AppendEncode(attr, b), tail...))
}
