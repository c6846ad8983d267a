package texture

import (
	"math"
	"slices"
	"testing"

	"dermtrace/internal/chromo"
	"dermtrace/internal/outcome"
	"dermtrace/internal/raster"
)

// carved is a relief whose log shading is fn of the place in millimetres, 24 mm wide.
func carved(t *testing.T, pxPerMM float64, fn func(x, y float64) float64) *Relief {
	t.Helper()
	n := int(24 * pxPerMM)
	s := raster.New(n, n)
	for i := range s.Pix {
		s.Pix[i] = float32(fn(float64(i%n)/pxPerMM, float64(i/n)/pxPerMM))
	}
	r, warning := NewRelief(chromo.Field{Value: s}.Shrink(Step(pxPerMM)), Grid{PxPerMM: pxPerMM, Step: Step(pxPerMM)}, 0)
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
			density, got := r.Lines()
			ratio := float64(density.Value) * spacing / 100
			near(t, "length per area", ratio, 1, 0.12) // the most at 45°, where lines and pixels keep step
			sum, n = sum+ratio, n+1
			near(t, "depth", float64(got.Value)/depth, 0.9, 0.15)
		}
	}
	near(t, "mean length per area", sum/n, 1, 0.03)
}

func TestFlatSkinHasNoLinesNorPores(t *testing.T) {
	r := carved(t, 25, func(x, y float64) float64 { return 0.3*math.Sin(x/4) + 0.02*y })
	density, depth := r.Lines()
	near(t, "lines", float64(density.Value), 0, 0)
	near(t, "pores", float64(r.Pores().Value), 0, 0)
	if depth.Value.Known() || !slices.Contains(depth.Warnings, outcome.NothingFound) {
		t.Errorf("the depth of no line is %+v", depth)
	}
}

// Round pits are pores, lines are not.
func TestPoresAreCounted(t *testing.T) {
	pits := func(x, y float64) float64 {
		u, v := math.Mod(x, 2)-1, math.Mod(y, 2)-1
		return -0.35 * math.Exp(-(u*u+v*v)/(2*0.12*0.12))
	}
	for _, pxPerMM := range []float64{20, 27, 33} {
		got := carved(t, pxPerMM, pits).Pores()
		near(t, "pores", float64(got.N), 144, 3)
		near(t, "per cm²", float64(got.Value), float64(got.N)/5.76, 0.03*float64(got.Value))
	}
	lines := carved(t, 25, func(x, y float64) float64 {
		d := math.Mod(0.8*x+0.6*y, 2) - 1
		return -0.35 * math.Exp(-d*d/(2*0.12*0.12))
	}).Pores()
	near(t, "pores on lines", float64(lines.N), 0, 5)
	if m := carved(t, 18, pits).Pores(); m.Value.Known() || m.Warnings[0] != outcome.ScaleTooCoarse {
		t.Errorf("pores at 18 px/mm: %+v", m)
	}
}
