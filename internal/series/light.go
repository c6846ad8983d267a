package series

import (
	"errors"
	"slices"
	"strings"

	"dermtrace/internal/calib"
	"dermtrace/internal/cie"
	"dermtrace/internal/geom"
	"dermtrace/internal/manifest"
	"dermtrace/internal/outcome"
	"dermtrace/internal/raster"
	"dermtrace/internal/roi"
)

// Words of the manifest's calibration.
const (
	lightAuto = "auto" // the first of the sources that serves
	lightCard = "card"
	lightNone = "none"
)

// sources are what can set a photo's light, in order of trust. A card has 24 known
// colours, which also correct what the camera does to saturated ones. Control skin is
// skin in the light of skin, but is only taken not to have changed. A grey reference is
// one colour at one place beside the skin: white balance and exposure, no more.
var sources = []struct {
	method string
	find   func(*shot, *frame, *manifest.Series) (calib.Light, error)
}{
	{calib.MethodCard, (*shot).lightOfCard},
	{calib.MethodControl, (*shot).lightOfControl},
	{calib.MethodGrey, (*shot).lightOfGrey},
}

var (
	errNoFrameCard = errors.New("the frame photo shows none that can be used")
	errNoControl   = errors.New("none is drawn")
	errNoPlace     = errors.New("it could not be carried to this photo")
)

// setLight finds what makes this photo look as under the frame's light: the first
// source of those that the user allows.
func (s *shot) setLight(f *frame, m *manifest.Series) {
	switch {
	case m.Calibration == lightNone:
		s.lit = []string{outcome.Uncalibrated}
		return
	case s.ref.File == f.file:
		s.lightOfFrame(f, m.Calibration)
		return
	}
	var missing []string
	for _, source := range sources {
		if m.Calibration != lightAuto && m.Calibration != source.method {
			continue
		}
		light, err := source.find(s, f, m)
		if err == nil {
			s.setGain(light)
			s.record.Calibration.Reason = strings.Join(missing, "; ")
			return
		}
		missing = append(missing, "no "+source.method+": "+why(err))
	}
	s.record.Calibration.Reason = strings.Join(missing, "; ")
	s.lit = append(s.lit, outcome.Uncalibrated)
}

// why is an error's text for the record.
func why(err error) string { return strings.TrimPrefix(err.Error(), "calib: ") }

// setOwnLight finds what corrects the frame photo itself: its card or its grey reference.
// Only then do those of other photos count: all light is relative to the frame's.
func (f *frame) setOwnLight(pixels raster.Picture, m *manifest.Series) {
	f.edition = editionOf(m.Card)
	var light calib.Light
	err := errNoFrameCard
	if m.Calibration == lightAuto || m.Calibration == lightCard {
		light, err = f.readCard(pixels, m)
	}
	if err != nil && m.Calibration == lightAuto {
		light, err = f.readGrey(pixels, m.ROIs)
	}
	if err != nil {
		return
	}
	f.own = &light
}

// readCard finds the frame's card: its light and the size of a pixel.
func (f *frame) readCard(pixels raster.Picture, m *manifest.Series) (calib.Light, error) {
	card, light, err := f.findCard(pixels, m.Card, f.holes)
	if f.mmPerPx == 0 && card.MMPerPx > 0 {
		f.mmPerPx, f.scale = card.MMPerPx, &card // a card whose colours cannot be used still has its size
		f.noteScale(m.Card)
	}
	if err != nil {
		f.noteUnused(err, m.Calibration)
		return light, err
	}
	f.card, f.edition = &card, card.Edition // one edition for the whole series
	if f.mmPerPx == 0 {
		f.note(outcome.CardPitchUnknown)
	}
	for _, code := range card.Warnings {
		f.note(code)
	}
	return light, nil
}

// noteUnused says why the frame's card sets no light, where there is one or the user
// wants one.
func (f *frame) noteUnused(err error, asked string) {
	code := calib.WhyUnused(err)
	switch {
	case asked == lightCard:
		f.notices = append(f.notices, outcome.Notice{Code: outcome.Uncalibrated, Photo: f.file,
			Text: "The colour card that series.yaml asks for cannot be used in the frame photo (" + why(err) + ")."})
	case code != "":
		f.note(code)
	}
}

// noteScale says where the card's size came from if nobody measured it.
func (f *frame) noteScale(said manifest.Card) {
	if said.PitchMM == 0 {
		f.note(outcome.CardPitchGuessed)
	}
}

func (f *frame) note(code string) {
	f.notices = append(f.notices, outcome.Notice{Code: code, Photo: f.file, Text: outcome.WarningText(code)})
}

// findCard finds a card and its light, held against the frame's card if that is known; a
// card that its own correction does not fit comes with an error.
func (f *frame) findCard(pixels raster.Picture, said manifest.Card, exclude []geom.Polygon) (calib.Card, calib.Light, error) {
	opt := f.cardOptions(said)
	opt.Exclude = exclude
	card, err := calib.FindCard(pixels, opt)
	if err != nil {
		return card, calib.Light{}, err
	}
	if f.card != nil {
		light, err := card.LightLike(*f.card)
		return card, light, err
	}
	light, err := card.Light()
	return card, light, err
}

// cardOptions are what is known of the card, by the user or from the frame photo.
func (f *frame) cardOptions(said manifest.Card) calib.CardOptions {
	return calib.CardOptions{Edition: f.edition, PitchMM: said.PitchMM, PaintMM: calib.PaintMM(said.Type)}
}

// editionOf is the edition that the manifest names, "" where it does not.
func editionOf(said manifest.Card) cie.Edition {
	switch said.Edition {
	case "before2014":
		return cie.Before2014
	case "after2014":
		return cie.After2014
	}
	return ""
}

// mmPerPxAt is the size of a frame pixel on the skin at a point: where a card told it,
// its tilt and perspective are taken out there, for skin in the card's plane.
func (f *frame) mmPerPxAt(p geom.Point) float64 {
	if f.scale == nil {
		return f.mmPerPx
	}
	return f.scale.MMPerPxAt(p)
}

// lightOfFrame is the frame photo's own light, which is the reference.
func (s *shot) lightOfFrame(f *frame, method string) {
	switch {
	case f.own != nil:
		s.setGain(*f.own)
		if f.card != nil {
			s.compareTilt(f.card.TiltDeg)
		} else if len(f.light) == 0 {
			s.lit = append(s.lit, outcome.GreyLight)
		}
	case method == lightCard || len(f.light) == 0:
		s.lit = []string{outcome.Uncalibrated}
		return
	default:
		s.record.Calibration.Method = "frame"
	}
	s.record.Calibration.LightTiles, s.record.Calibration.WitnessTiles = len(f.light), f.witnesses()
}

func (s *shot) lightOfCard(f *frame, m *manifest.Series) (calib.Light, error) {
	if f.card == nil {
		return calib.Light{}, errNoFrameCard
	}
	holes, err := carryAll(f.holes, s.place)
	if err != nil {
		return calib.Light{}, errNoPlace
	}
	card, light, err := f.findCard(s.pixels, m.Card, holes)
	if code := calib.WhyUnused(err); code != "" {
		s.lit = append(s.lit, code)
	}
	if err != nil {
		return light, err
	}
	s.lit = slices.Concat(s.lit, card.Warnings, light.Warnings)
	s.compareTilt(card.TiltDeg)
	s.compareLights(f, light)
	return light, nil
}

func (s *shot) compareTilt(deg float64) {
	v := outcome.Number(deg)
	s.record.Calibration.CardTiltDeg = &v
}

// compareLights holds the card's light against the one that control skin would have
// set, on that half of it which may set the light.
func (s *shot) compareLights(f *frame, card calib.Light) {
	now := calib.SampleTiles(s.pixels, f.tiles(s.place, s.meta.Width, s.meta.Height)...)
	control, err := calib.FromControl(f.light, now)
	if err != nil {
		return
	}
	d := outcome.Number(calib.Disagreement(now, card.At, control.At))
	s.record.Calibration.ControlDE00 = &d
	if d > calib.MaxDisagreement {
		s.lit = append(s.lit, outcome.LightsDisagree)
	}
}

func (s *shot) lightOfControl(f *frame, _ *manifest.Series) (calib.Light, error) {
	if len(f.light) == 0 {
		return calib.Light{}, errNoControl
	}
	now := calib.SampleTiles(s.pixels, f.tiles(s.place, s.meta.Width, s.meta.Height)...)
	light, err := calib.FromControl(f.light, now, s.toMeasure(f)...)
	if err != nil {
		s.lit = append(s.lit, outcome.ControlLost)
		return light, err
	}
	s.record.Calibration.WitnessTiles = f.witnesses()
	return light, nil
}

// toMeasure is the skin that control skin sets the light for, in this photo.
func (s *shot) toMeasure(f *frame) []calib.Skin {
	var list []calib.Skin
	for _, c := range s.regions {
		if c.kind == outcome.Control || c.mask.Empty() {
			continue
		}
		outline, err := carryAll([]geom.Polygon{c.outline}, s.place)
		if err != nil {
			continue
		}
		list = append(list, calib.Skin{Outline: outline[0], Tiles: func() (reference, photo []calib.TileLight) {
			return f.itself[c.name], calib.SampleTiles(s.pixels, f.cut(c.itself(), s.place, s.meta.Width, s.meta.Height)...)
		}})
	}
	return list
}

// sampleItself keeps what each region that control skin sets the light for looks like in the
// frame.
func (f *frame) sampleItself(lit raster.Picture) {
	f.itself = map[string][]calib.TileLight{}
	if len(f.light) == 0 {
		return
	}
	for _, g := range f.regions {
		if g.measured() && g.kind != outcome.Control {
			f.itself[g.name] = calib.SampleTiles(lit, f.cut(g.itself(), atFrame(), f.w, f.h)...)
		}
	}
}

// itselfPx is how wide tiles are that tell a region's own light: the same skin is in both photos,
// and more of it costs time without telling more.
const itselfPx = 96

// itself are tiles of the region's own skin, within half of it; none where it is small.
func (g region) itself() []roi.Tile {
	tiles, _, _ := roi.Tiles(g.outline, 0)
	for i, t := range tiles {
		lo, hi := t.Polygon.Bounds()
		if part := itselfPx / max(hi.X-lo.X, hi.Y-lo.Y); part < 1 {
			tiles[i].Polygon = t.Polygon.Scaled(part)
		}
	}
	return tiles
}

// setGain takes a light and records it.
func (s *shot) setGain(l calib.Light) {
	s.light = &l
	c := &s.record.Calibration
	c.Method, c.ResidualDE00 = l.Method, outcome.Number(l.ResidualDE00)
	se := l.LogGainSE()
	c.Gain, c.GainSE = numbers(l.Gain), numbers(se)
	if l.Method == calib.MethodControl {
		fall := outcome.Number(l.Gradient)
		c.LightTiles, c.Gradient, c.GradientRemoved = l.Tiles, &fall, l.Levelled
	}
}

func numbers(v [3]float64) *[3]outcome.Number {
	return &[3]outcome.Number{outcome.Number(v[0]), outcome.Number(v[1]), outcome.Number(v[2])}
}

// unlevelled reports a fall-off of light that could not be taken out. Ratios of colours
// do not see it; what moves with the strength of light does.
func (s *shot) unlevelled() bool {
	return s.light != nil && slices.Contains(s.light.Warnings, outcome.LightGradient)
}

// gain is the factor on linear red, green and blue; zero: none.
func (s *shot) gain() [3]float64 {
	if s.light == nil {
		return [3]float64{}
	}
	return s.light.Gain
}

func (f *frame) witnesses() int {
	n := 0
	for _, g := range f.regions {
		n += len(g.witness)
	}
	return n
}
