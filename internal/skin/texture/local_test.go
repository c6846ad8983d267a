package texture

import (
	"math"
	"testing"

	"dermtrace/internal/chromo"
	"dermtrace/internal/raster"
)

// Where relief is twice as deep the map is twice as high, and its mean square is that
// of the region's roughness.
func TestLocalRoughnessFollowsRelief(t *testing.T) {
	const pxPerMM, w, h = 20.0, 400, 200
	r := reliefOf(t, w, h, pxPerMM, func(x, y float64) float64 {
		depth := 0.02
		if x > w/2 {
			depth = 0.04
		}
		return depth * math.Sin(2*math.Pi*x/pxPerMM*1.5) * math.Sin(2*math.Pi*y/pxPerMM*1.5)
	})
	p, step := r.Local()
	if step != 20 || p.W != w/20 || p.H != h/20 {
		t.Fatalf("step %d, %d×%d", step, p.W, p.H)
	}
	shallow, deep := p.At(4, 5), p.At(15, 5)
	if ratio := float64(deep / shallow); !(math.Abs(ratio-2) <= 0.1) {
		t.Errorf("%v beside %v: ratio %v, want 2", deep, shallow, ratio)
	}
	sum := 0.0
	for _, v := range p.Pix {
		sum += float64(v * v)
	}
	got, want := math.Sqrt(sum/float64(len(p.Pix))), float64(r.Roughness().Value)
	if !(math.Abs(got/want-1) <= 1e-4) {
		t.Errorf("RMS of the map %v, roughness %v", got, want)
	}
}

func reliefOf(t *testing.T, w, h int, pxPerMM float64, fn func(x, y float64) float64) *Relief {
	t.Helper()
	s := raster.New(w, h)
	for i := range s.Pix {
		s.Pix[i] = 1 + float32(fn(float64(i%w), float64(i/w)))
	}
	r, warning := alone(chromo.Field{Value: s}, Grid{PxPerMM: pxPerMM, Step: 1}, 0)
	if r == nil {
		t.Fatal(warning)
	}
	return r
}
