package regions

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"io"
	"strings"
	texttemplate "text/template"

	"dermtrace/internal/geom"
	"dermtrace/internal/manifest"
	"dermtrace/internal/outcome"
)

//go:embed assets
var assets embed.FS

// scripts are joined to one, in this order.
var scripts = []string{"shapes.js", "stage.js", "work.js", "draw.js", "pairs.js", "start.js"}

// Photo is a picture as the page shows it: upright, at its full size, so that its pixels
// are those that are measured.
type Photo struct {
	File          string // its name in the series folder
	Width, Height int
	MediaType     string // image/jpeg or image/png
	Bytes         []byte
}

// Page is what is known before anything is drawn.
type Page struct {
	Frame    Photo
	ROIs     []manifest.ROI // with their outlines
	Scale    manifest.Scale
	Proposed []geom.Polygon // guessed outlines of skin, which count only when they were accepted
	Inline   bool           // regions or scale stand in series.yaml itself
	Included string         // the file that regions: names already, "": none
}

// LandmarkPage is for a photo that could not be aligned.
type LandmarkPage struct {
	Frame, Visit Photo
	Pairs        []manifest.Pair // marked before
}

// drawn is what the script is given.
type drawn struct {
	Frame   picture      `json:"frame"`
	Visit   *picture     `json:"visit,omitempty"`
	Kinds   []kind       `json:"kinds"`
	Regions []region     `json:"regions"`
	Scale   *scale       `json:"scale"`
	Pairs   [][4]float64 `json:"pairs"`
}

type picture struct {
	File string `json:"file"`
	W    int    `json:"w"`
	H    int    `json:"h"`
}

type kind struct {
	Name   string `json:"name"`
	Colour string `json:"colour"`
	Key    int    `json:"-"`
}

type region struct {
	Name        string         `json:"name"`
	Kind        string         `json:"kind"`
	Rings       [][][2]float64 `json:"rings"`
	Reflectance float64        `json:"reflectance,omitempty"`
	File        string         `json:"file,omitempty"`
	Label       string         `json:"label,omitempty"`
	Proposed    bool           `json:"proposed,omitempty"`
}

type scale struct {
	MMPerPx float64        `json:"mm_per_px,omitempty"`
	Points  *[2][2]float64 `json:"points,omitempty"`
	MM      float64        `json:"mm,omitempty"`
}

// view is all that the template may see.
type view struct {
	Policy, Title, Heading, File, Visit, Advice string
	Style                                       template.CSS
	Script                                      template.JS
	Photo, VisitPhoto                           template.URL
	Tools                                       []tool
	Kinds                                       []kind
	Keys                                        []key
	Data                                        drawn
}

type tool struct{ Name, Text, Key string }

type key struct{ Key, Text string }

func tools() []tool {
	return []tool{{"edit", "Edit", "V"}, {"polygon", "Polygon", "P"}, {"freehand", "Freehand", "F"}, {"erase", "Eraser", "E"}, {"ruler", "Ruler", "R"}}
}

// kinds are in the order of their keys.
func kinds() []kind {
	var list []kind
	for i, k := range []string{outcome.Treated, outcome.Control, outcome.Comparator, outcome.Scar, outcome.Grey, outcome.Exclude} {
		c := outcome.RegionColor(k)
		switch k {
		case outcome.Grey: // apart from exclude, with which outlines share their white
			c = [3]uint8{190, 196, 200}
		case outcome.Exclude:
			c = [3]uint8{255, 255, 255}
		}
		list = append(list, kind{k, fmt.Sprintf("#%02x%02x%02x", c[0], c[1], c[2]), i + 1})
	}
	return list
}

// Write writes the page for drawing regions as one file that needs nothing else.
func (p Page) Write(w io.Writer) error {
	data := drawn{Frame: p.Frame.picture(), Kinds: kinds(), Regions: []region{}, Pairs: [][4]float64{}, Scale: scaleOf(p.Scale)}
	for _, r := range p.ROIs {
		data.Regions = append(data.Regions, region{Name: r.Name, Kind: r.Kind, Rings: ringsOf(r.Polygon), Reflectance: r.Reflectance, File: r.File, Label: r.Label})
	}
	for i, g := range p.Proposed {
		data.Regions = append(data.Regions, region{Name: fmt.Sprintf("skin %d", i+1), Kind: outcome.Treated, Rings: ringsOf(g), Proposed: true})
	}
	return write(w, view{
		Title: "Regions on " + p.Frame.File, Heading: "Regions", File: p.Frame.File, Photo: p.Frame.url(),
		Advice: p.advice(), Tools: tools(), Kinds: data.Kinds, Keys: drawingKeys(), Data: data,
	})
}

// advice says what to do with the file.
func (p Page) advice() string {
	text := "Put regions.yaml into the folder of the photos"
	switch {
	case p.Included == "regions.yaml":
		text += ", in place of the one that is there."
	case p.Included != "":
		text += ", and write “regions: regions.yaml” instead of “regions: " + p.Included + "” in series.yaml."
	default:
		text += ", and add the line “regions: regions.yaml” to series.yaml."
	}
	if p.Inline {
		text += " Delete “rois:” and “scale:” there: both are in the new file."
	}
	return text
}

// Write writes the page for marking landmarks.
func (p LandmarkPage) Write(w io.Writer) error {
	visit := p.Visit.picture()
	data := drawn{Frame: p.Frame.picture(), Visit: &visit, Kinds: kinds(), Regions: []region{}, Pairs: [][4]float64{}}
	for _, q := range p.Pairs {
		data.Pairs = append(data.Pairs, [4]float64{q.Frame.X, q.Frame.Y, q.Photo.X, q.Photo.Y})
	}
	return write(w, view{
		Title: "Landmarks of " + p.Visit.File, Heading: "Landmarks", File: p.Frame.File + " and " + p.Visit.File,
		Visit: p.Visit.File, Photo: p.Frame.url(), VisitPhoto: p.Visit.url(), Kinds: data.Kinds, Keys: landmarkKeys(), Data: data,
		Advice: "Add these lines to series.yaml. The alignment then starts from them, and the report says so.",
	})
}

func write(w io.Writer, v view) error {
	script, err := joined()
	if err != nil {
		return err
	}
	style, err := styleOf(v.Kinds)
	if err != nil {
		return err
	}
	sum := sha256.Sum256([]byte(script))
	v.Policy = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'sha256-" +
		base64.StdEncoding.EncodeToString(sum[:]) + "'; base-uri 'none'; form-action 'none'"
	v.Script, v.Style = template.JS(script), template.CSS(style)
	t, err := template.ParseFS(assets, "assets/page.html")
	if err != nil {
		return fmt.Errorf("regions: %w", err)
	}
	var page bytes.Buffer
	if err := t.Execute(&page, v); err != nil {
		return fmt.Errorf("regions: %w", err)
	}
	_, err = page.WriteTo(w)
	return err
}

// joined is the one script of the page, closed off from everything else.
func joined() (string, error) {
	var b strings.Builder
	b.WriteString("\"use strict\";\n(() => {\n")
	for _, name := range scripts {
		text, err := assets.ReadFile("assets/" + name)
		if err != nil {
			return "", fmt.Errorf("regions: %w", err)
		}
		b.Write(text)
	}
	b.WriteString("})();\n")
	return b.String(), nil
}

// styleOf fills the colours of the kinds into the style sheet.
func styleOf(kinds []kind) (string, error) {
	t, err := texttemplate.ParseFS(assets, "assets/page.css")
	if err != nil {
		return "", fmt.Errorf("regions: %w", err)
	}
	var b strings.Builder
	if err := t.Execute(&b, struct{ Kinds []kind }{kinds}); err != nil {
		return "", fmt.Errorf("regions: %w", err)
	}
	return b.String(), nil
}

func (p Photo) picture() picture { return picture{p.File, p.Width, p.Height} }

func (p Photo) url() template.URL {
	return template.URL("data:" + p.MediaType + ";base64," + base64.StdEncoding.EncodeToString(p.Bytes))
}

func ringsOf(g geom.Polygon) [][][2]float64 {
	list := [][][2]float64{}
	for _, ring := range manifest.Rings(g) {
		var points [][2]float64
		for _, p := range ring {
			points = append(points, [2]float64{p.X, p.Y})
		}
		list = append(list, points)
	}
	return list
}

func scaleOf(s manifest.Scale) *scale {
	switch {
	case s.MM > 0:
		return &scale{Points: &[2][2]float64{{s.Points[0].X, s.Points[0].Y}, {s.Points[1].X, s.Points[1].Y}}, MM: s.MM}
	case s.MMPerPx > 0:
		return &scale{MMPerPx: s.MMPerPx}
	}
	return nil
}

func drawingKeys() []key {
	return append([]key{
		{"V P F E R", "edit, polygon, freehand, eraser, ruler"},
		{"1 to 6", "treated, control, comparator, scar, grey, exclude"},
		{"Arrows", "move the cross, or the chosen corner; Alt one pixel, Shift far"},
		{"Space, Enter", "set a corner; lower and lift the pen"},
		{"C", "close the polygon"},
		{"] [", "next and previous corner of the chosen region"},
		{"Insert, Delete", "add and delete a corner"},
	}, commonKeys()...)
}

func landmarkKeys() []key {
	return append([]key{
		{"Arrows", "move the cross, or the chosen pair's point; Shift far"},
		{"Space, Enter", "mark the point"},
		{"] [", "next and previous pair"},
		{"Delete", "delete the chosen pair"},
	}, commonKeys()...)
}

func commonKeys() []key {
	return []key{
		{"Escape", "cancel"},
		{"Ctrl+Z, Ctrl+Y", "undo, redo"},
		{"Wheel, + − 0", "zoom in, out, fit"},
		{"Two fingers", "zoom and move the photo"},
		{"Right button", "move the photo"},
	}
}
