package texture

import (
	"math"
	"slices"
	"testing"

	"dermtrace/internal/chromo"
	"dermtrace/internal/geom"
	"dermtrace/internal/outcome"
	"dermtrace/internal/raster"
)

// carved is a relief whose log shading is fn of the place in millimetres, 24 mm wide.
func carved(t *testing.T, pxPerMM float64, fn func(x, y float64) float64) *Relief {
	t.Helper()
	n := int(24 * pxPerMM)
	s := raster.New(n, n)
	for i := range s.Pix {
		s.Pix[i] = float32(math.Exp(fn(float64(i%n)/pxPerMM, float64(i/n)/pxPerMM)))
	}
	r, warning := alone(chromo.Field{Value: s}.Shrink(Step(pxPerMM)), Grid{PxPerMM: pxPerMM, Step: Step(pxPerMM)}, 0)
	if r == nil {
		t.Fatal(warning)
	}
	return r
}

// Parallel lines 3 mm apart have 100/3 mm of length per cm², at any angle and scale.
func TestLinesHaveTheirLength(t *testing.T) {
	const spacing, depth, width = 3.0, 0.12, 0.25
	var sum, n float64
	for _, angle := range []float64{0, 20, 45, 90, 130} {
		for _, pxPerMM := range []float64{16, 25, 33} {
			nx, ny := math.Cos(angle*math.Pi/180), math.Sin(angle*math.Pi/180)
			r := carved(t, pxPerMM, func(x, y float64) float64 {
				d := math.Mod(nx*x+ny*y+30, spacing) - spacing/2
				return -depth * math.Exp(-d*d/(2*width*width))
			})
			got := r.Lines()
			ratio := float64(got.Density.Value) * spacing / 100
			near(t, "length per area", ratio, 1, 0.12) // the most at 45°, where lines and pixels keep step
			sum, n = sum+ratio, n+1
			near(t, "depth", float64(got.Depth.Value)/depth, 0.9, 0.15)
			near(t, "width", float64(got.Width.Value)/(2*math.Sqrt2*width), 1, 0.1)
		}
	}
	near(t, "mean length per area", sum/n, 1, 0.03)
}

// A width beyond what lines have, or none, is no width.
func TestAWidthThatNoLineHasIsWithheld(t *testing.T) {
	s := smoothed{k: 1}
	const narrow, wide = 2.0, 6.0
	for _, tt := range []struct {
		across, narrow float64
		ok             bool
	}{{0.5, 1, true}, {1, 1, false}, {0.5, 0, false}, {0.01, 1, false}} {
		if w, ok := s.width(crest{across: tt.across, narrow: tt.narrow}, narrow, wide); ok != tt.ok || ok && !(w > 0) {
			t.Errorf("curvatures %g and %g: %g blocks, %v", tt.across, tt.narrow, w, ok)
		}
	}
}

func TestFlatSkinHasNoLinesNorPores(t *testing.T) {
	r := carved(t, 25, func(x, y float64) float64 { return 0.3*math.Sin(x/4) + 0.02*y })
	lines := r.Lines()
	near(t, "lines", float64(lines.Density.Value), 0, 0)
	pores, size := r.Pores()
	near(t, "pores", float64(pores.Value), 0, 0)
	for _, m := range []outcome.Measurement{lines.Depth, lines.Width, size} {
		if m.Value.Known() || !slices.Contains(m.Warnings, outcome.NothingFound) {
			t.Errorf("of no line and no pore: %+v", m)
		}
	}
}

// Round pits are pores, lines are not.
func TestPoresAreCounted(t *testing.T) {
	pits := func(x, y float64) float64 {
		u, v := math.Mod(x, 2)-1, math.Mod(y, 2)-1
		return -0.35 * math.Exp(-(u*u+v*v)/(2*0.12*0.12))
	}
	for _, pxPerMM := range []float64{20, 27, 33} {
		got, size := carved(t, pxPerMM, pits).Pores()
		t.Logf("%v px/mm: diameter %.3f mm", pxPerMM, size.Value)
		near(t, "diameter", float64(size.Value)/(2*math.Sqrt2*0.12), 1, 0.15)
		near(t, "pores", float64(got.N), 144, 3)
		near(t, "per cm²", float64(got.Value), float64(got.N)/5.76, 0.03*float64(got.Value))
	}
	lines, _ := carved(t, 25, func(x, y float64) float64 {
		d := math.Mod(0.8*x+0.6*y, 2) - 1
		return -0.35 * math.Exp(-d*d/(2*0.12*0.12))
	}).Pores()
	near(t, "pores on lines", float64(lines.N), 0, 5)
	if m, _ := carved(t, 18, pits).Pores(); m.Value.Known() || m.Warnings[0] != outcome.ScaleTooCoarse {
		t.Errorf("pores at 18 px/mm: %+v", m)
	}
}

// Wider lines read as wider; those narrower than the filter by up to an eighth too wide.
func TestLinesHaveTheirWidth(t *testing.T) {
	for _, width := range []float64{0.15, 0.25, 0.35} {
		for _, pxPerMM := range []float64{18, 30} {
			r := carved(t, pxPerMM, func(x, y float64) float64 {
				d := math.Mod(0.9*x+0.436*y+30, 4) - 2
				return -0.15 * math.Exp(-d*d/(2*width*width))
			})
			got := float64(r.Lines().Width.Value)
			t.Logf("σ %v at %v px/mm: %.3f mm", width, pxPerMM, got)
			near(t, "width", got/(2*math.Sqrt2*width), 1, 0.125)
		}
	}
}

// pitted is skin with pits at the given places, in millimetres.
func pitted(t *testing.T, pxPerMM float64, pits []geom.Point, depth float64) *Relief {
	t.Helper()
	return carved(t, pxPerMM, func(x, y float64) float64 {
		s := 0.01 * math.Sin(3*x+y) * math.Sin(2*y)
		for _, p := range pits {
			if d2 := (x-p.X)*(x-p.X) + (y-p.Y)*(y-p.Y); d2 < 0.5 {
				s -= depth * math.Exp(-d2/(2*0.1*0.1))
			}
		}
		return s
	})
}

// Of 100 pores 10 go and 10 come, seen at two scales; the rest stay, however shallow they
// become above half the threshold.
func TestPoresAreMatchedOneByOne(t *testing.T) {
	var all []geom.Point
	for k := range 110 {
		all = append(all, geom.Point{X: 1.5 + 1.9*float64(k%11) + 0.3*math.Sin(float64(k*k)), Y: 1.5 + 2.1*float64(k/11) + 0.3*math.Cos(float64(3*k*k))})
	}
	visit := func(pxPerMM float64, pits []geom.Point, depth float64) *PoreMap {
		r := pitted(t, pxPerMM, pits, depth)
		middle := float64(r.grid.Step-1) / 2
		m, err := r.PoreMap(geom.Scaling(1 / pxPerMM).Mul(geom.Translation(middle, middle)).Mul(geom.Scaling(float64(r.grid.Step))))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := r.PoreMap(geom.Transform{}); err == nil {
			t.Error("mapped through a transform without inverse")
		}
		return m
	}
	before, after := visit(24, all[:100], 0.2), visit(28, all[10:], 0.16)
	want := outcome.Tally{Persisted: 90, Gone: 10, New: 10}
	if got := MatchPores(before, after); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
	if got := MatchPores(after, before); got != want {
		t.Errorf("swapped: %+v, want %+v", got, want)
	}
}
