package align_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"dermtrace/internal/align"
	"dermtrace/internal/geom"
	"dermtrace/internal/raster"
)

// A mole is a dark disc with a soft rim.
type mole struct{ x, y, radius, depth float64 }

// molesOf scatters so many moles over a frame of 1000×750 pixels.
func molesOf(seed uint64, n int) []mole {
	rng := rand.New(rand.NewPCG(seed, 0))
	ms := make([]mole, n)
	for i := range ms {
		ms[i] = mole{1000 * (.15 + .7*rng.Float64()), 750 * (.15 + .7*rng.Float64()), 12 + 8*rng.Float64(), .4 + .3*rng.Float64()}
	}
	return ms
}

// smooth photographs skin that has nothing but moles, through a transform from the photo to the frame.
func smooth(ms []mole, frameFromPhoto geom.Transform, noise uint64) *raster.RGB {
	rng := rand.New(rand.NewPCG(noise, 1))
	p := raster.NewRGB(1000, 750)
	for y := range 750 {
		for x := range 1000 {
			q := frameFromPhoto.Apply(geom.Point{X: float64(x), Y: float64(y)})
			v := .4 + .05*q.X/1000
			for _, m := range ms {
				v *= 1 - m.depth/(1+math.Exp((math.Hypot(q.X-m.x, q.Y-m.y)-m.radius)/2))
			}
			v += .001 * rng.NormFloat64()
			p.R.Set(x, y, float32(v))
			p.G.Set(x, y, float32(.6*v))
			p.B.Set(x, y, float32(.4*v))
		}
	}
	return p
}

// Two moles of anybody can be laid on two of anybody else, and many blocks see each of them.
func TestFewMolesOfStrangersAreRefused(t *testing.T) {
	type pair struct {
		n    int
		seed uint64
	}
	pairs := []pair{{4, 12}, {6, 12}, {6, 26}, {10, 3}, {10, 6}} // those whose blocks alone would convince
	if *long {
		for seed := range uint64(60) {
			pairs = append(pairs, pair{4, seed}, pair{6, seed}, pair{8, seed}, pair{10, seed})
		}
	}
	top := 0.0
	for _, p := range pairs {
		f := align.NewFrame(smooth(molesOf(p.seed, p.n), geom.Identity(), 1), align.Options{})
		r := f.Align(smooth(molesOf(1000+p.seed, p.n), geom.Identity(), 2))
		top = max(top, r.Figures.Z)
		refused(t, r)
	}
	t.Logf("highest z %.1f", top)
}

func TestFewMolesOfOnesOwnAreFound(t *testing.T) {
	move := geom.Similarity(1.03, 0.05, 18, -25)
	for _, n := range []int{5, 8} {
		for seed := range uint64(2) {
			ms := molesOf(seed, n)
			f := align.NewFrame(smooth(ms, geom.Identity(), 1), align.Options{})
			r := f.Align(smooth(ms, move, 2))
			truth, err := move.Inverse()
			if err != nil {
				t.Fatal(err)
			}
			e := 0.0
			for _, m := range ms {
				p := geom.Point{X: m.x, Y: m.y}
				e = max(e, r.Apply(p).Sub(truth.Apply(p)).Norm())
			}
			t.Logf("%d moles, seed %d: %s, %.3f px, estimated %.3f px %s", n, seed, r.Status, e, r.ErrorPx, r.Reason)
			if !(e <= 0.5) || !(r.ErrorPx < 10) {
				t.Errorf("%d moles, seed %d: %s, %.3f px, estimated %.3f px", n, seed, r.Status, e, r.ErrorPx)
			}
		}
	}
}
