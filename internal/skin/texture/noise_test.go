package texture

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"dermtrace/internal/chromo"
	"dermtrace/internal/filter"
	"dermtrace/internal/outcome"
	"dermtrace/internal/raster"
)

// glossy is a photo of skin on which furrows throw shine of up to 4 % of white.
func glossy(s skin) (*raster.RGB, *raster.Plane) {
	rgb, w := s.photo()
	n := rgb.W()
	for i := range w.Pix {
		shine := float32(0.012 * math.Exp(8*s.relief*shadingAt((float64(i%n)+0.5)/s.pxPerMM, (float64(i/n)+0.5)/s.pxPerMM)))
		for _, p := range rgb.Planes() {
			p.Pix[i] += shine
		}
	}
	return rgb, w
}

// Noise is found under shine, on pale and on red skin alike; where there is none, skin is
// not taken for it.
func TestNoiseIsFoundUnderShine(t *testing.T) {
	const sd = 0.01
	for _, blood := range []float64{0.012, 0.042} {
		s := with(func(s *skin) { s.noise, s.blood = sd, blood })
		noisy := EstimateNoise(glossy(s))
		s.noise = 0
		clean := EstimateNoise(glossy(s))
		t.Logf("blood %.3f: %.3g of %.3g, without noise %.2g", blood, noisy.PerLight, sd*sd, clean.PerLight)
		near(t, "noise", noisy.PerLight/(sd*sd), 1, 0.2)
		near(t, "skin as noise", clean.PerLight/(sd*sd), 0, 0.02)
	}
}

// Fine skin of which red and blue are less sharp than green, as sensors have it, is no noise.
func TestSharperGreenIsNotNoise(t *testing.T) {
	rgb, w := plain.photo()
	rng := rand.New(rand.NewPCG(1, 2))
	fine := raster.New(w.W, w.H)
	for i := range fine.Pix {
		fine.Pix[i] = float32(0.05 * rng.NormFloat64())
	}
	fine = filter.Gaussian(fine, 0.6)
	for c, p := range rgb.Planes() {
		for i := range p.Pix {
			p.Pix[i] *= 1 + fine.Pix[i]
		}
		if c != 1 {
			copy(p.Pix, filter.Gaussian(p, 0.7).Pix)
		}
	}
	near(t, "skin as noise", EstimateNoise(rgb, w).PerLight/1e-4, 0, 0.02)
}

// Gloss and a flush under gloss are hardly texture: shine is weighed against pigment and
// noise, so that a part of it stays.
func TestRoughnessIgnoresShine(t *testing.T) {
	measured := func(rgb *raster.RGB, w *raster.Plane) float64 {
		return float64(relief(t, rgb, w, plain.pxPerMM).Roughness().Value)
	}
	base := measured(plain.photo())
	near(t, "gloss", measured(glossy(plain))/base, 1, 0.03)
	red := with(func(s *skin) { s.blood = 0.042 })
	near(t, "flush under gloss", measured(glossy(red))/measured(glossy(plain)), 1, 0.035)
	flat := with(func(s *skin) { s.relief = 0.7 })
	near(t, "relief under gloss", measured(glossy(flat))/measured(glossy(plain)), 0.7, 0.02)
}

// A strip too narrow for a tile tells no noise, and the number says so.
func TestNoiseOfANarrowRegionIsUnknown(t *testing.T) {
	rgb, w := plain.photo()
	for i := range w.Pix {
		if i%w.W >= tilePx {
			w.Pix[i] = 0
		}
	}
	noise := EstimateNoise(rgb, w)
	mix := MixFor(averageSkin(rgb, w), lossless)
	r, warning := alone(chromo.NewField(mix.Light(rgb), w), Grid{PxPerMM: plain.pxPerMM, Step: 1}, noise.Of(mix, averageSkin(rgb, w).Light))
	if noise.Known || warning != "" || !slices.Contains(r.Roughness().Warnings, outcome.NoiseUnknown) {
		t.Errorf("noise %+v, %q", noise, warning)
	}
}
