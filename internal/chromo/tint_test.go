package chromo

import (
	"math"
	"testing"

	"dermtrace/internal/optics"
	"dermtrace/internal/raster"
)

// patchy is skin of a surface whose melanin and blood are patchy by so much, relative, under
// relief and with noise of its blue light.
type patchy struct {
	melanin, surface, patches, relief, noise float64
}

func (c patchy) light() *raster.RGB {
	m, b, relief, blue := blotchy(1, 0.7), blotchy(2, 0.7), blotchy(3, 0.6), blotchy(4, 0.2)
	table := linkModel.forward.resurfaced(DefaultSurface, c.surface)
	rgb := raster.NewRGB(linkW, linkH)
	for i := range m.Pix {
		melanin, blood := c.melanin*math.Exp(c.patches*float64(m.Pix[i])), 0.0125*math.Exp(2*c.patches*float64(b.Pix[i]))
		s, _, _ := table.at(melanin, math.Sqrt(blood))
		light := math.Exp(c.relief * float64(relief.Pix[i]))
		rgb.R.Pix[i], rgb.G.Pix[i] = float32(light*math.Exp(s[2]+s[0])), float32(light*math.Exp(s[2]))
		rgb.B.Pix[i] = float32(light * math.Exp(s[2]-s[1]+c.noise*float64(blue.Pix[i])))
	}
	return rgb
}

func mean(rgb *raster.RGB) (at [3]float64) {
	for k, p := range rgb.Planes() {
		at[k] = Field{Value: p}.Summary().Mean
	}
	return at
}

func (c patchy) settled() *Model {
	rgb := c.light()
	b := Baseline{LightKnown: true, Colour: mean(rgb), Tint: TintOf(rgb, nil, linkMM)}
	return linkModel.Settle(b)
}

// Patches of pigment tell the surface of brown skin, under relief and noise; on lighter skin,
// which tells less, it stays near the modelled, and never lies beyond the truth.
func TestPatchesTellTheSurface(t *testing.T) {
	for _, c := range []struct{ melanin, within float64 }{{0.025, 0.018}, {0.05, 0.018}, {0.10, 0.007}, {0.13, 0.005}} {
		for _, surface := range []float64{0.004, DefaultSurface, 0.03} {
			got := patchy{c.melanin, surface, 0.12, 0.02, 0.01}.settled().surface()
			t.Logf("melanin %v, surface %v: %.4f", c.melanin, surface, got)
			near(t, "surface", got, surface, c.within)
			const rounding = 0.001
			if got < min(surface, DefaultSurface)-rounding || got > max(surface, DefaultSurface)+rounding {
				t.Errorf("melanin %v: a surface of %v beyond %v", c.melanin, got, surface)
			}
		}
	}
}

// Brown skin under a shiny surface is read as it is: its melanin is followed.
func TestShinyBrownSkinIsFollowed(t *testing.T) {
	for _, surface := range []float64{0.004, 0.03} {
		m := patchy{0.13, surface, 0.06, 0.02, 0.01}.settled()
		at := func(melanin float64) float64 {
			x := stateOf(skinRGB(optics.SRGB(), optics.Skin{Melanin: melanin, Blood: 0.0125, Surface: surface}))
			return float64(m.read(float32(x[0]), float32(x[1]), float32(x[2])).melanin)
		}
		near(t, "log slope", math.Log(at(0.18)/at(0.11))/math.Log(0.18/0.11), 1, 0.12)
	}
}

// Without patches, without a scale and on too few pixels the modelled surface stays.
func TestWithoutPatchesTheSurfaceStays(t *testing.T) {
	rgb := patchy{melanin: 0.1, surface: 0.03, patches: 0.06}.light()
	for _, mm := range []float64{0, 0.4, math.NaN()} {
		if TintOf(rgb, nil, mm).tiles != nil {
			t.Errorf("a tint on pixels of %v mm", mm)
		}
	}
	if _, _, ok := TintOf(rgb, nil, linkMM/10).sum(); ok {
		t.Error("a tint of few blotches")
	}
	even := raster.NewRGB(linkW, linkH)
	for k, p := range even.Planes() {
		for i := range p.Pix {
			p.Pix[i] = []float32{0.35, 0.2, 0.12}[k]
		}
	}
	at := stateOf([3]float64{0.35, 0.2, 0.12})
	found := linkModel.surfaced(float32(at[0]), float32(at[1]), often, TintOf(even, nil, linkMM).against())
	near(t, "surface of even skin", found.surface, DefaultSurface, 1e-9)
}

// Pixels that do not count tell nothing.
func TestATintIsOfItsRegion(t *testing.T) {
	rgb, weight := patchy{0.1, 0.01, 0.06, 0.02, 0}.light(), raster.New(linkW, linkH)
	for i := range weight.Pix {
		if i%linkW < linkW/2 {
			weight.Pix[i] = 1
		}
	}
	want, _, _ := TintOf(rgb, weight, linkMM).sum()
	for i, w := range weight.Pix {
		if w == 0 {
			rgb.R.Pix[i], rgb.B.Pix[i] = 0.9, 0
		}
	}
	got, _, ok := TintOf(rgb, weight, linkMM).sum()
	if !ok || got != want {
		t.Errorf("sums %v, want %v", got, want)
	}
}
