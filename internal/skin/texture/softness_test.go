package texture

import (
	"math/rand/v2"
	"testing"

	"dermtrace/internal/filter"
	"dermtrace/internal/raster"
)

// How much softer red and blue are than green is told beneath noise, white or softened with them, of
// channels that a camera has mixed.
func TestSoftness(t *testing.T) {
	for _, c := range []struct{ px, noise, want, within float64 }{
		{0, 0, 0, 0.03}, {0, 0.01, 0, 0.03}, {0.7, 0, 0.49, 0.1}, {0.7, 0.01, 0.49, 0.1}, {1.4, 0, 2 * betweenPixels, 0}, {0.7, 0.1, 0, 0},
	} {
		rgb, w := plain.photo()
		mixNoise(rgb, c.noise)
		if c.px > 0 {
			rgb.R, rgb.B = filter.Gaussian(rgb.R, c.px), filter.Gaussian(rgb.B, c.px)
		}
		p := Region{RGB: rgb, Weight: w, Grid: Grid{PxPerMM: plain.pxPerMM, Step: 1}, Skin: averageSkin(rgb, w)}
		got := p.softness()
		t.Logf("blur %.1f px, noise %.2f: %.3f px²", c.px, c.noise, got)
		near(t, "softness", got, c.want, c.within)
	}
}

// mixNoise adds noise of which red and blue have as much as green has of them, the other way round.
func mixNoise(rgb *raster.RGB, sd float64) {
	rng := rand.New(rand.NewPCG(9, 10))
	for i := range rgb.G.Pix {
		r, g, b := sd*rng.NormFloat64(), sd*rng.NormFloat64(), sd*rng.NormFloat64()
		rgb.R.Pix[i] += float32(1.6*r - 0.5*g - 0.1*b)
		rgb.G.Pix[i] += float32(-0.2*r + 1.5*g - 0.3*b)
		rgb.B.Pix[i] += float32(-0.4*g + 1.4*b)
	}
}
