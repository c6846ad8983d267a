package texture

import (
	"math"
	"math/rand/v2"
	"testing"

	"dermtrace/internal/chromo"
	"dermtrace/internal/filter"
	"dermtrace/internal/raster"
)

// discoloured adds errors of colour as a lossy file has them: broader than a pixel and none in
// luma.
func discoloured(rgb *raster.RGB, light [3]float64, sd float64) {
	rng := rand.New(rand.NewPCG(5, 6))
	k := luma(light).Weights
	red, blue := raster.New(rgb.W(), rgb.H()), raster.New(rgb.W(), rgb.H())
	for i := range red.Pix {
		red.Pix[i], blue.Pix[i] = float32(sd*rng.NormFloat64()), float32(sd*rng.NormFloat64())
	}
	red, blue = filter.Gaussian(red, 0.8), filter.Gaussian(blue, 0.8)
	for i := range red.Pix {
		r, b := float64(red.Pix[i]), float64(blue.Pix[i])
		rgb.R.Pix[i] += float32(r)
		rgb.B.Pix[i] += float32(b)
		rgb.G.Pix[i] -= float32((k[0]*r + k[2]*b) / k[1])
	}
}

// Errors of colour add to the roughness of a lossless file, hardly to that of a lossy one;
// without them both read the same.
func TestNoiseOfColourIsNotTexture(t *testing.T) {
	measure := func(relief, sd float64, lossy bool) float64 {
		rgb, w := with(func(s *skin) { s.pxPerMM, s.relief = 15, relief }).photo()
		light := averageSkin(rgb, w)
		discoloured(rgb, light.Light, sd)
		r, warning := Prepare(Region{RGB: rgb, Weight: w, Grid: Grid{PxPerMM: 15, Step: 1}, Skin: light, Lossy: lossy})
		if r == nil {
			t.Fatal(warning)
		}
		return float64(r.Roughness().Value)
	}
	base := measure(1, 0, false)
	near(t, "no error of colour", measure(1, 0, true)/base, 1, 0.005)
	for _, relief := range []float64{1, 0.7} {
		plainly, told := measure(relief, 0.02, false)/base, measure(relief, 0.02, true)/base
		t.Logf("relief %.2f: %.3f, as a lossy file %.3f", relief, plainly, told)
		if !(plainly > relief+0.05) {
			t.Errorf("relief %.2f: errors of colour are not seen: %.3f", relief, plainly)
		}
		near(t, "lossy", told, relief, 0.04)
	}
}

// A region without a window that shows enough of it tells nothing.
func TestNoiseOfColourOfASmallRegionIsUnknown(t *testing.T) {
	rgb, w := plain.photo()
	for i := range w.Pix {
		if i%w.W >= 4 {
			w.Pix[i] = 0
		}
	}
	s := averageSkin(rgb, w)
	p := Region{RGB: rgb, Weight: w, Grid: Grid{PxPerMM: 20, Step: 1}, Skin: s, Lossy: true}
	if v := MixFor(s).colourNoise(p, Noise{Known: true}); v != 0 {
		t.Errorf("noise %v of a strip", v)
	}
	if f := chromo.NewField(rgb.G, w); f.Empty() || math.IsNaN(f.Summary().Mean) {
		t.Error("the strip is empty")
	}
}
