package texture

import (
	"math"
	"math/rand/v2"
	"testing"

	"dermtrace/internal/filter"
	"dermtrace/internal/outcome"
	"dermtrace/internal/raster"
)

// blurred is the plain skin's photo under a lens of σ pixels, with noise after it.
func blurred(t *testing.T, s skin, sigmaPx float64) *Relief {
	t.Helper()
	noise := s.noise
	s.noise = 0
	rgb, w := s.photo()
	rng := rand.New(rand.NewPCG(3, uint64(1000*sigmaPx)))
	soft := &raster.RGB{R: filter.Gaussian(rgb.R, sigmaPx), G: filter.Gaussian(rgb.G, sigmaPx), B: filter.Gaussian(rgb.B, sigmaPx)}
	for _, p := range soft.Planes() {
		for i, v := range p.Pix {
			p.Pix[i] = v + float32(noise*math.Sqrt(float64(v))*rng.NormFloat64())
		}
	}
	return relief(t, soft, w, s.pxPerMM)
}

// A softer or sharper photo, with noise and less relief, from another distance, reads the
// same roughness once its blur is matched.
func TestBlurIsMatched(t *testing.T) {
	rough := with(func(s *skin) { s.noise, s.pxPerMM = 0.01, 25 })
	reference := blurred(t, rough, 0.6)
	base := float64(reference.Roughness().Value)
	for _, c := range []struct{ sigmaPx, relief, pxPerMM float64 }{
		{0.6, 1, 25}, {0.3, 1, 25}, {0.9, 1, 25}, {1.2, 1, 25}, {0.9, 0.7, 25}, {1, 0.85, 32}, {0.4, 1, 19},
	} {
		s := rough
		s.relief, s.pxPerMM = c.relief, c.pxPerMM
		now := blurred(t, s, c.sigmaPx)
		excess, ok := ExcessBlur(reference, now)
		truth := math.Pow(c.sigmaPx/c.pxPerMM, 2) - math.Pow(0.6/25, 2)
		matched, warning := now.Matched(Match{ExcessMM2: excess})
		if !ok || matched == nil {
			t.Fatalf("%+v: %v %q", c, ok, warning)
		}
		plainly := float64(now.Roughness().Value) / base / c.relief
		got := float64(matched.Roughness().Value) / base / c.relief
		t.Logf("%+v: excess %.5f mm², truth %.5f; roughness over truth %.4f, matched %.4f", c, excess, truth, plainly, got)
		near(t, "matched roughness", got, 1, 0.02)
	}
}

func TestWhatCannotBeMatchedIsWithheld(t *testing.T) {
	reference, lost := blurred(t, plain, 0.4), blurred(t, plain, 2)
	excess, ok := ExcessBlur(reference, lost)
	if m, warning := lost.Matched(Match{ExcessMM2: excess}); !ok || m != nil || warning != outcome.ResolutionMismatch {
		t.Errorf("excess %.5f mm²: %q", excess, warning)
	}
	before := reference.Roughness().Value
	if again, _ := reference.Matched(Match{}); again == nil || again.Roughness().Value != before {
		t.Error("matching nothing changed something")
	}
	noisy := blurred(t, with(func(s *skin) { s.noise, s.relief = 0.05, 0.02 }), 0.4)
	if _, ok := ExcessBlur(reference, noisy); ok {
		t.Error("blur was read from noise")
	}
}
