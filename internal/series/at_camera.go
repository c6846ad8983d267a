package series

import (
	"context"
	"fmt"
	"io/fs"
	"math"
	"slices"
	"strings"

	"dermtrace/internal/align"
	"dermtrace/internal/calib"
	"dermtrace/internal/manifest"
	"dermtrace/internal/outcome"
	"dermtrace/internal/photo"
	"dermtrace/internal/raster"
	"dermtrace/internal/render"
)

// AtCamera judges new photos against a series while the patient is still in the chair:
// it prepares the series' frame once and then takes one photo after the other.
type AtCamera struct{ a *analysis }

// NewAtCamera reads the series in fsys and prepares its frame photo.
func NewAtCamera(ctx context.Context, fsys fs.FS, opt Options) (*AtCamera, error) {
	opt.Workers = 1 // no photo of the series but the frame is opened
	a := &analysis{fsys: fsys, opt: opt}
	if err := a.readManifest(ctx); err != nil {
		return nil, err
	}
	defer a.ahead.drop()
	if err := a.prepareFrame(ctx); err != nil {
		return nil, err
	}
	return &AtCamera{a}, nil
}

// Card is what the series says of its colour card.
func (c *AtCamera) Card() calib.CardOptions { return c.a.frame.cardOptions(c.a.manifest.Card) }

// RegionsGuessed reports whether the series has no regions, so that no photo can be held
// against untreated skin.
func (c *AtCamera) RegionsGuessed() bool {
	return slices.ContainsFunc(c.a.frame.notices, func(n outcome.Notice) bool { return n.Code == outcome.RegionsGuessed })
}

// Colours of a traffic light.
const (
	Green = "green" // nothing speaks against measuring
	Amber = "amber" // measured, with a warning
	Red   = "red"   // will carry no verdict
)

// TrafficLight says of one kind of result whether the photo serves it, and why not.
type TrafficLight struct {
	Of     string `json:"of"` // redness | pigment | texture | geometry
	Colour string `json:"colour"`
	Why    string `json:"why"` // "" where green

	mend string // "" where no other photo would help
}

// Judgement is what is said of one photo at the camera.
type Judgement struct {
	Lights      []TrafficLight      `json:"lights"` // redness, pigment, texture, geometry
	Retake      string              `json:"retake"` // one sentence; "": keep it
	Quality     outcome.Quality     `json:"quality"`
	Alignment   outcome.Alignment   `json:"alignment"`
	Calibration outcome.Calibration `json:"calibration"`
}

// Judge holds a photo that is not part of the series against it.
func (c *AtCamera) Judge(p *photo.Photo) Judgement {
	s := &shot{ref: manifest.PhotoRef{Use: true}, record: emptyPhoto("", ""), pixels: p.Pixels, meta: p.Meta}
	c.a.settle(s)
	j := Judgement{Quality: s.record.Quality, Alignment: s.record.Alignment, Calibration: s.record.Calibration}
	for _, of := range []string{outcome.Redness, outcome.Pigment, outcome.Texture, geometry} {
		j.Lights = append(j.Lights, s.trafficLight(c.a.frame, of))
	}
	j.Retake = retake(j.Lights)
	return j
}

const geometry = "geometry"

// trafficLight is the gravest thing that speaks against one kind of result.
func (s *shot) trafficLight(f *frame, of string) TrafficLight {
	worst := TrafficLight{Of: of, Colour: Green}
	for _, finding := range slices.Concat(s.placeFindings(f), s.lightFindings(f, of), s.fileFindings(f, of), s.qualityFindings(of)) {
		if worst.Colour == Green || worst.Colour == Amber && finding.Colour == Red {
			finding.Of = of
			worst = finding
		}
	}
	return worst
}

// placeFindings are about where the photo lies; they concern everything.
func (s *shot) placeFindings(f *frame) []TrafficLight {
	same := "Retake: frame the same skin as " + f.when() + ", at the same size and angle."
	if s.place.Status == align.StatusFailed {
		return []TrafficLight{{Colour: Red, Why: sentence(s.place.Reason), mend: same}}
	}
	var list []TrafficLight
	for _, c := range s.regions {
		whole := "Retake: move the camera until the region “" + c.name + "” is whole in the picture."
		switch {
		case c.mask.Empty():
			list = append(list, TrafficLight{Colour: Red, Why: "The region “" + c.name + "” is not in the photo.", mend: whole})
		case c.covered > uncut:
			list = append(list, TrafficLight{Colour: Amber, Why: "Something lies on the region “" + c.name + "”.", mend: "Retake: take away what covers the skin."})
		case c.outside > partlyLost:
			list = append(list, TrafficLight{Colour: Amber, Why: "Part of the region “" + c.name + "” is outside the photo.", mend: whole})
		}
	}
	if s.place.Status == align.StatusDoubtful {
		list = append(list, TrafficLight{Colour: Amber, Why: outcome.WarningText(outcome.AlignmentDoubtful), mend: same})
	}
	return list
}

// when is how a mend names the frame's day.
func (f *frame) when() string {
	if f.day == "" {
		return "in the reference"
	}
	return "on " + f.day
}

// lightFindings are about the light, which colours depend on.
func (s *shot) lightFindings(f *frame, of string) []TrafficLight {
	if of != outcome.Redness && of != outcome.Pigment || s.place.Status == align.StatusFailed {
		return nil
	}
	var list []TrafficLight
	for _, code := range s.lit {
		l := TrafficLight{Colour: Amber, Why: outcome.WarningText(code), mend: LightMend(code)}
		if code == outcome.Uncalibrated {
			l.Colour = Red
		}
		list = append(list, l)
	}
	if of == outcome.Pigment && s.unlevelled() { // what tells redness is a ratio of colours, which brightness cancels from
		list = append(list, TrafficLight{Colour: Amber, mend: "Retake: light the skin evenly, the lamp farther away.",
			Why: fmt.Sprintf("The light falls off across the skin by %.0f %% more than %s (limit %.0f %%): L*, ITA and melanin index are in doubt.",
				100*math.Expm1(s.light.Gradient), f.when(), 100*calib.MaxGradient)})
	}
	return list
}

// LightMend is the sentence that tells what to do about a warning of the light, "" where no
// other photo would mend it.
func LightMend(code string) string { return lightMends[code] }

// lightMends are what another photo can do about a warning of the light; what is not
// listed, no other photo would mend.
var lightMends = map[string]string{
	outcome.Uncalibrated:   "Retake with the colour card or the untreated skin in the picture, evenly lit.",
	outcome.ControlLost:    "Retake with the untreated skin in the picture.",
	outcome.GreyLost:       "Retake with the grey reference where it lay, whole and evenly lit.",
	outcome.LightsDisagree: "Retake with the card beside the skin, both in the same light.",
	outcome.CardChanged:    "Retake with the same colour card as in the reference, evenly lit.",
	outcome.CardHidden:     "Retake with the colour card whole in the picture, nothing on it and no glare.",
	outcome.CardCut:        "Retake with the whole colour card in the picture.",
	outcome.CardRejected:   "Retake with the colour card evenly lit by one lamp, without glare.",
	outcome.CardDoubtful:   "Retake with the colour card evenly lit by one lamp, without glare.",
	outcome.CardShadow:     "Retake with skin and card evenly lit, no shadow on the card.",
	outcome.CardClipped:    "Retake with an exposure that keeps both white and black of the card.",
	outcome.CardSmall:      "Retake from closer, or with a larger colour card.",
	outcome.CardTilted:     "Retake with the colour card flat in the plane of the skin.",
}

// sentence begins with a capital and ends with a full stop.
func sentence(text string) string {
	if text == "" {
		return text
	}
	return strings.ToUpper(text[:1]) + strings.TrimSuffix(text[1:], ".") + "."
}

// fileFindings are about what the file keeps.
func (s *shot) fileFindings(f *frame, of string) []TrafficLight {
	if of != outcome.Texture || s.place.Status == align.StatusFailed || !droppedBeside(s.meta, f.control.Meta) {
		return nil
	}
	return []TrafficLight{{Colour: Red, Why: outcome.WarningText(outcome.LossyFile), mend: "Retake in a lossless format, as " + f.when() + "."}}
}

// qualityFindings are those of the gates.
func (s *shot) qualityFindings(of string) []TrafficLight {
	var list []TrafficLight
	if of == outcome.Texture && s.place.Status != align.StatusFailed && s.mmPerPx() == 0 {
		list = append(list, TrafficLight{Colour: Red, Why: outcome.WarningText(outcome.ScaleUnknown)}) // of the series: no other photo mends it
	}
	for _, r := range s.record.Quality.Reasons {
		if !slices.Contains(r.Spoils, of) {
			continue
		}
		l := TrafficLight{Colour: Amber, Why: r.Text, mend: r.Mend}
		if r.Level == outcome.Unusable || r.Code == outcome.ScaleTooCoarse && of == outcome.Texture {
			l.Colour = Red // relief is not measured below the limit at all
		}
		list = append(list, l)
	}
	return list
}

// retake is the mend of the light that is worst, and among those of the mend that helps
// most kinds of result.
func retake(lights []TrafficLight) string {
	best, most := "", 0
	for _, colour := range []string{Red, Amber} {
		for _, l := range lights {
			if l.Colour != colour || l.mend == "" {
				continue
			}
			n := 0
			for _, other := range lights {
				if other.mend == l.mend {
					n++
				}
			}
			if n > most {
				best, most = l.mend, n
			}
		}
		if best != "" {
			break
		}
	}
	return best
}

// Ghost draws the outline of the series' frame photo, for framing the next shot.
func Ghost(ctx context.Context, fsys fs.FS, opt Options) (render.Image, error) {
	opt.Workers = 1 // no photo of the series but the frame is opened
	a := &analysis{fsys: fsys, opt: opt}
	if err := a.readManifest(ctx); err != nil {
		return render.Image{}, err
	}
	f, opened, err := a.openFrame(ctx)
	if err != nil {
		return render.Image{}, err
	}
	var regions []render.Region
	for _, g := range f.regions {
		if !slices.Contains(g.warnings, outcome.RegionsGuessed) { // nobody aims at what was guessed
			regions = append(regions, render.Region{Kind: g.kind, Polygon: g.outline})
		}
	}
	return render.Ghost(raster.Whole(opened), regions, 0)
}
