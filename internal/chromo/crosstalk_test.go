package chromo

import (
	"math"
	"testing"

	"dermtrace/internal/optics"
	"dermtrace/internal/raster"
)

// flush is three points of blood on top of one.
const before, after = 0.01, 0.04

// read returns what the model makes of a flat patch.
func read(m *Model, c optics.Camera, s optics.Skin) answer {
	x := stateOf(skinRGB(c, s))
	return m.inverse.at(float32(x[0]), float32(x[1]))
}

// flushReadAsMelanin is the relative change of melanin that a flush is mistaken for.
func flushReadAsMelanin(m *Model, c optics.Camera, s optics.Skin) (relative, points, blood float64) {
	s.Blood = before
	p := read(m, c, s)
	s.Blood = after
	q := read(m, c, s)
	return float64(q.melanin/p.melanin - 1), float64(q.melanin - p.melanin), float64(q.blood - p.blood)
}

// With the modelled camera and skin a flush is no melanin: at most 5 % on light and
// medium, 15 % on dark skin.
func TestAFlushIsNotMelanin(t *testing.T) {
	m := NewModel(Options{})
	for _, melanin := range []float64{1.3, 2.55, 6, 10, 15.5, 20, 25, 30} {
		bound, bloodBound := 0.05, 0.1
		if melanin > 18 {
			bound, bloodBound = 0.15, 0.5
		}
		relative, _, blood := flushReadAsMelanin(m, optics.SRGB(), optics.Skin{Melanin: melanin / 100, Surface: DefaultSurface})
		near(t, "melanin change", relative, 0, bound)
		near(t, "blood change", blood, 3, bloodBound)
	}
}

// A known camera is read with its own table.
func TestAKnownCameraHasNoCrossTalk(t *testing.T) {
	for _, camera := range optics.Cameras()[:3] {
		m := NewModel(Options{Camera: &camera})
		for _, melanin := range []float64{2.55, 10, 20} {
			relative, _, _ := flushReadAsMelanin(m, camera, optics.Skin{Melanin: melanin / 100, Surface: DefaultSurface})
			near(t, camera.Name, relative, 0, 0.05)
		}
	}
}

// Melanin times 0.8 to 1.5 is read as such, and not as blood.
func TestMelaninIsNotBlood(t *testing.T) {
	m := NewModel(Options{})
	for _, melanin := range []float64{1.7, 2.55, 6, 10, 20} {
		base := read(m, optics.SRGB(), optics.Skin{Melanin: melanin / 100, Blood: 0.012, Surface: DefaultSurface})
		for _, factor := range []float64{0.8, 1.25, 1.5} {
			a := read(m, optics.SRGB(), optics.Skin{Melanin: factor * melanin / 100, Blood: 0.012, Surface: DefaultSurface})
			near(t, "log slope", math.Log(float64(a.melanin/base.melanin))/math.Log(factor), 1, 0.05)
			near(t, "blood", float64(a.blood-base.blood), 0, 0.02)
		}
	}
}

func picture(rgb [3]float64) *raster.RGB {
	p := raster.NewRGB(8, 8)
	for i := range p.R.Pix {
		p.R.Pix[i], p.G.Pix[i], p.B.Pix[i] = float32(rgb[0]), float32(rgb[1]), float32(rgb[2])
	}
	return p
}

// Light cancels from the pigments and is all of the shading.
func TestLightIsShadingAlone(t *testing.T) {
	m := NewModel(Options{})
	c := skinRGB(optics.SRGB(), optics.Skin{Melanin: 0.06, Blood: 0.02, Surface: DefaultSurface})
	for _, light := range []float64{0.3, 1, 1.7} {
		maps := m.Separate(picture([3]float64{light * c[0], light * c[1], light * c[2]}))
		near(t, "melanin", float64(maps.Melanin.Pix[9]), 6, 0.03)
		near(t, "blood", float64(maps.Hemoglobin.Pix[9]), 2, 0.02)
		near(t, "shading", float64(maps.Shading.Pix[9]), math.Log(light), 0.003)
	}
}

// The linear separation is the tangent of the table: it sends a small step of each
// cause to itself.
func TestBasisIsTheTangent(t *testing.T) {
	m := NewModel(Options{})
	b := m.Basis(6, 2)
	skin := func(melanin, blood, light float64) [3]float64 {
		c := skinRGB(optics.SRGB(), optics.Skin{Melanin: melanin / 100, Blood: blood / 100, Surface: DefaultSurface})
		return [3]float64{-math.Log(light * c[0]), -math.Log(light * c[1]), -math.Log(light * c[2])}
	}
	origin := skin(6, 2, 1)
	for cause, d := range [3][3]float64{skin(6.1, 2, 1), skin(6, 2.1, 1), skin(6, 2, math.Exp(-0.1))} {
		for channel := range 3 {
			step := d[channel] - origin[channel]
			near(t, "step", step, 0.1*b[channel][cause], 0.03*math.Abs(step)+1e-6)
		}
	}
}

func TestTrustCountsDoubt(t *testing.T) {
	m := NewModel(Options{})
	rgb := picture(skinRGB(optics.SRGB(), optics.Skin{Melanin: 0.06, Blood: 0.02, Surface: DefaultSurface}))
	w := raster.New(8, 8)
	for i := range w.Pix {
		w.Pix[i] = 1
	}
	rgb.B.Pix[0], rgb.R.Pix[1], rgb.R.Pix[2] = 0, 0.97, float32(math.NaN())
	maps := m.Separate(rgb)
	got := TrustOf(rgb, maps, w, [3]float64{1, 1, 1})
	near(t, "floor", got.Floor, 2.0/64, 1e-9)
	near(t, "clipped", got.Clipped, 1.0/64, 1e-9)
	if !(got.Beyond > 0 && got.Beyond < 0.1) {
		t.Errorf("beyond = %v", got.Beyond)
	}
	if got := TrustOf(rgb, maps, w, [3]float64{1.1, 1, 1}); got.Clipped != 0 {
		t.Errorf("clipped = %v where calibration raised the light", got.Clipped)
	}
}
