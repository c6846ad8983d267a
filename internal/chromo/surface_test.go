package chromo

import (
	"testing"

	"dermtrace/internal/optics"
)

// Skin lighter than any is shinier than modelled: the surface is raised until it is the
// lightest that there is, and a flush of it is hardly melanin any more.
func TestTooLightIsShine(t *testing.T) {
	for _, surface := range []float64{0.025, 0.03, 0.035} {
		skin := optics.Skin{Melanin: 0.013, Blood: before, Surface: surface}
		m := NewModel(Options{})
		raw, _, _ := flushReadAsMelanin(m, optics.SRGB(), skin)
		settled := m.Settle(Baseline{Colour: skinRGB(optics.SRGB(), skin), LightKnown: true})
		near(t, "surface", settled.options.Skin.Surface, surface, 0.002)
		got, _, _ := flushReadAsMelanin(settled, optics.SRGB(), skin)
		near(t, "flush", got, 0, 0.07)
		if !(raw < -0.2) {
			t.Errorf("unsettled the flush reads as %+.2f melanin: the case proves nothing", raw)
		}
	}
}

// Dark skin tells its surface by the blood that it seems to have: melanin is then followed.
func TestDarkSkinTellsItsSurface(t *testing.T) {
	for _, surface := range []float64{0.0005, 0.005, DefaultSurface, 0.02, 0.033} {
		for _, blood := range []float64{0.0125, 0.014} {
			s := optics.Skin{Melanin: 0.25, Blood: blood, Surface: surface}
			m := NewModel(Options{}).Settle(Baseline{Colour: skinRGB(optics.SRGB(), s), LightKnown: true})
			near(t, "surface", m.surface(), surface, 0.0025+1e-9)
		}
	}
}

// The table with another surface is that of the model made with it.
func TestResurfaced(t *testing.T) {
	m := NewModel(Options{})
	got, want := m.forward.resurfaced(DefaultSurface, 0.03), m.withSurface(0.03).forward
	for _, x := range [][2]float64{{0.02, 0.1}, {0.1, 0.2}, {0.3, 0.12}} {
		a, _, _ := got.at(x[0], x[1])
		b, _, _ := want.at(x[0], x[1])
		for k := range a {
			near(t, "state", a[k], b[k], 1e-6)
		}
	}
}
