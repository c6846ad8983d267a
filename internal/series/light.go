package series

import (
	"dermtrace/internal/calib"
	"dermtrace/internal/cie"
	"dermtrace/internal/geom"
	"dermtrace/internal/manifest"
	"dermtrace/internal/outcome"
	"dermtrace/internal/raster"
)

// Words of the manifest's calibration.
const (
	lightAuto = "auto" // the frame's card if it shows one, else control skin
	lightCard = "card"
	lightNone = "none"
)

// setOwnLight corrects the frame photo itself by its card, in place. Only then do the
// cards of other photos count: all light is relative to the frame's.
func (f *frame) setOwnLight(pixels *raster.RGB, m *manifest.Series) {
	if m.Calibration != lightAuto && m.Calibration != lightCard {
		return
	}
	f.edition = editionOf(m.Card)
	card, light, err := f.findCard(pixels, m.Card.PitchMM, f.holes)
	if f.mmPerPx == 0 && card.MMPerPx > 0 {
		f.mmPerPx = card.MMPerPx // a card whose colours cannot be used still has its size
	}
	if err != nil {
		if m.Calibration == lightCard {
			f.notices = append(f.notices, outcome.Notice{Code: outcome.Uncalibrated, Photo: f.file,
				Text: "The colour card that series.yaml asks for was not found in the frame photo (" + err.Error() + ")."})
		}
		return
	}
	f.card, f.edition = &light, card.Edition // one edition for the whole series
	for _, code := range card.Warnings {
		f.notices = append(f.notices, outcome.Notice{Code: code, Photo: f.file, Text: outcome.WarningText(code)})
	}
	light.Apply(pixels)
}

// findCard finds a card and its light; a card that its own correction does not fit
// comes with an error.
func (f *frame) findCard(pixels *raster.RGB, pitchMM float64, exclude []geom.Polygon) (calib.Card, calib.Light, error) {
	card, err := calib.FindCard(pixels, calib.CardOptions{Edition: f.edition, PitchMM: pitchMM, Exclude: exclude})
	if err != nil {
		return card, calib.Light{}, err
	}
	light, err := card.Light()
	return card, light, err
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

// setLight finds what makes this photo look as under the frame's light: its card where
// the frame has one, else control skin.
func (s *shot) setLight(f *frame, m *manifest.Series) {
	switch {
	case m.Calibration == lightNone:
		s.lit = []string{outcome.Uncalibrated}
	case s.ref.File == f.file:
		s.lightOfFrame(f, m.Calibration)
	case f.card != nil && s.lightOfCard(f, m):
	case m.Calibration == lightCard || len(f.light) == 0:
		s.lit = []string{outcome.Uncalibrated}
	default:
		s.lightOfControl(f)
	}
}

// lightOfFrame is the frame photo's own light, which is the reference.
func (s *shot) lightOfFrame(f *frame, method string) {
	switch {
	case f.card != nil:
		s.setGain(*f.card)
	case method == lightCard || len(f.light) == 0:
		s.lit = []string{outcome.Uncalibrated}
		return
	default:
		s.record.Calibration.Method = "frame"
	}
	s.record.Calibration.LightTiles, s.record.Calibration.WitnessTiles = len(f.light), f.witnesses()
}

func (s *shot) lightOfCard(f *frame, m *manifest.Series) bool {
	holes, err := carryAll(f.holes, s.place)
	if err != nil {
		return false
	}
	card, light, err := f.findCard(s.pixels, m.Card.PitchMM, holes)
	if err != nil {
		return false
	}
	s.lit = card.Warnings
	s.setGain(light)
	return true
}

func (s *shot) lightOfControl(f *frame) {
	now := calib.SampleTiles(s.pixels, f.tiles(s.place, s.meta.Width, s.meta.Height)...)
	light, err := calib.FromControl(f.light, now)
	if err != nil {
		s.lit = []string{outcome.ControlLost, outcome.Uncalibrated}
		return
	}
	s.setGain(light)
	s.record.Calibration.LightTiles, s.record.Calibration.WitnessTiles = light.Tiles, f.witnesses()
}

// setGain takes a light and records it.
func (s *shot) setGain(l calib.Light) {
	s.light = &l
	c := &s.record.Calibration
	c.Method, c.ResidualDE00 = l.Method, outcome.Number(l.ResidualDE00)
	c.Gain = &[3]outcome.Number{outcome.Number(l.Gain[0]), outcome.Number(l.Gain[1]), outcome.Number(l.Gain[2])}
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
