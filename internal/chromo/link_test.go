package chromo

import (
	"math"
	"math/rand/v2"
	"testing"

	"dermtrace/internal/filter"
	"dermtrace/internal/optics"
	"dermtrace/internal/raster"
)

// blotchy is a plane of blotches about 0.7 mm wide, of standard deviation 1.
func blotchy(seed uint64) *raster.Plane {
	r := rand.New(rand.NewPCG(seed, 5))
	p := raster.New(linkW, linkH)
	for i := range p.Pix {
		p.Pix[i] = float32(r.NormFloat64())
	}
	p = filter.Gaussian(p, 0.35/linkMM)
	s := Field{Value: p}.Summary()
	for i, v := range p.Pix {
		p.Pix[i] = (v - float32(s.Mean)) / float32(s.SD)
	}
	return p
}

const linkW, linkH, linkMM = 120, 150, 1.0 / 6

// skinWith is melanin around 4 % and blood around 1.3 % that are patchy by themselves, with
// flush points of blotchy blood; melanin is misread by leak per √%, and where the flush
// lay there is pigment more, relative.
func skinWith(flush, leak, pigment float64) (melanin, blood Field) {
	m, b, f := blotchy(1), blotchy(2), blotchy(3)
	for i := range m.Pix {
		points := 1.3*(1+0.15*float64(b.Pix[i])) + flush*max(0, 1+0.3*float64(f.Pix[i]))
		read := 4 * (1 + 0.05*float64(m.Pix[i]) + pigment*(1+0.5*float64(f.Pix[i])))
		m.Pix[i] = float32(read + leak*(math.Sqrt(points)-math.Sqrt(1.3)))
		b.Pix[i] = float32(points)
	}
	return Field{Value: m}, Field{Value: b}
}

func linkWith(t *testing.T, flush, leak, pigment float64) Link {
	t.Helper()
	m, b := skinWith(flush, leak, pigment)
	l, ok := LinkOf(m, b, linkMM)
	if !ok {
		t.Fatal("no link")
	}
	return l
}

// What melanin is misread by is found from the photo of a flush alone.
func TestALeakIsFound(t *testing.T) {
	for _, leak := range []float64{-2, -0.8, 0.3} {
		got, found, se := linkWith(t, 3, leak, 0).Leak(linkWith(t, 0, leak, 0), 4)
		near(t, "found", found, leak, 3*se)
		near(t, "standard error", se, 0, 0.15)
		near(t, "removable", got, leak, 0.4)
	}
}

// Without a leak nothing is taken off, nor where blood is as it was; and pigment that lies
// where the blood lay stays pigment.
func TestPigmentIsNoLeak(t *testing.T) {
	rest := linkWith(t, 0, 0, 0)
	got, _, _ := linkWith(t, 3, 0, 0).Leak(rest, 4)
	near(t, "no leak", got, 0, 0.15)
	got, _, se := rest.Leak(rest, 4)
	if got != 0 || !math.IsInf(se, 1) {
		t.Errorf("at rest %v ± %v", got, se)
	}
	got, _, _ = linkWith(t, 1, 0, 0.2).Leak(rest, 4)
	taken := got * (math.Sqrt(2.3) - math.Sqrt(1.3))
	near(t, "taken off 20 % of new pigment", taken/4, 0, 0.04)
}

// A link of skin's own, such as that of old marks that are brown and red, is no leak.
func TestALinkAtRestIsNoLeak(t *testing.T) {
	own := func(flush float64) Link {
		m, b := skinWith(flush, 0, 0)
		marks := blotchy(4)
		for i, v := range marks.Pix {
			m.Value.Pix[i] += 0.2 * v
			b.Value.Pix[i] += 0.1 * v
		}
		l, _ := LinkOf(m, b, linkMM)
		return l
	}
	got, _, _ := own(3).Leak(own(0), 4)
	near(t, "leak", got, 0, 0.2)
}

func TestALinkNeedsScaleAndRoom(t *testing.T) {
	m, b := skinWith(0, 0, 0)
	for _, mm := range []float64{0, 0.4, 0.01} {
		if _, ok := LinkOf(m, b, mm); ok {
			t.Errorf("a link of pixels of %v mm", mm)
		}
	}
	joined := JoinLinks([]Link{linkWith(t, 0, 0, 0), linkWith(t, 3, 0, 0)})
	near(t, "mean variance", joined.blood, (linkWith(t, 0, 0, 0).blood+linkWith(t, 3, 0, 0).blood)/2, 0.001)
}

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
	for _, surface := range []float64{0.005, DefaultSurface, 0.02} {
		s := optics.Skin{Melanin: 0.25, Blood: 0.0125, Surface: surface}
		m := NewModel(Options{}).Settle(Baseline{Colour: skinRGB(optics.SRGB(), s), LightKnown: true})
		near(t, "surface", m.surface(), surface, 0.004)
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
