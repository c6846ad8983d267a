package skin_test

import (
	"fmt"
	"math"
	"testing"

	"dermtrace/internal/outcome"
	"dermtrace/internal/raster"
	"dermtrace/internal/skin"
)

// wellFormed holds what is true of any number: it is finite and in its range, or it is missing
// and says why.
func wellFormed(t *testing.T, what string, all map[string]outcome.Measurement) {
	t.Helper()
	for _, index := range skin.Indices() {
		m, ok := all[index.Name]
		v := float64(m.Value)
		switch {
		case !ok && !index.Needs.Hair:
			t.Errorf("%s: no %s", what, index.Name)
		case math.IsInf(v, 0) || math.IsInf(float64(m.SD), 0):
			t.Errorf("%s: %s is %+v", what, index.Name, m)
		case ok && !m.Value.Known() && len(m.Warnings) == 0:
			t.Errorf("%s: %s is missing and does not say why", what, index.Name)
		case index.Scale == outcome.Proportion && !(v >= 0 && v <= 1) && m.Value.Known(),
			index.Name == "mmasi_like" && !(v >= 0 && v <= 24) && m.Value.Known():
			t.Errorf("%s: %s is %g", what, index.Name, v)
		}
	}
}

// Regions of a pixel, a pixel wide and at the photo's edge, with and without a scale.
func TestOddRegionsAreWellFormed(t *testing.T) {
	photo := plain.photo()
	for _, pxPerMM := range []float64{0, 4, patchPxPerMM} {
		around := sheetOf(photo, square(0, 0, patchPx, patchPx), pxPerMM)
		for _, box := range [][4]float64{{patchPx - 1, patchPx - 1, patchPx, patchPx}, {100, 100, 101, 400}, {101, 101, 103, 400}, {0, 300, 50, patchPx}} {
			s := sheetOf(photo, square(box[0], box[1], box[2], box[3]), pxPerMM)
			s.Beside(around)
			wellFormed(t, fmt.Sprintf("%v at %g px/mm", box, pxPerMM), skin.Measure(s, skin.Freeze(s)))
		}
	}
}

// Light as no skin sends it back, against skin and as the baseline of skin.
func TestOddLightIsWellFormed(t *testing.T) {
	good := sheetOf(plain.photo(), square(0, 0, patchPx, patchPx), patchPxPerMM)
	good.Beside(good)
	for name, spoil := range map[string]func(c *raster.RGB, i int){
		"no blue":    func(c *raster.RGB, i int) { c.B.Pix[i] = 0 },
		"black":      func(c *raster.RGB, i int) { c.R.Pix[i], c.G.Pix[i], c.B.Pix[i] = 0, 0, 0 },
		"white":      func(c *raster.RGB, i int) { c.R.Pix[i], c.G.Pix[i], c.B.Pix[i] = 1, 1, 1 },
		"blue light": func(c *raster.RGB, i int) { c.R.Pix[i], c.B.Pix[i] = c.B.Pix[i], c.R.Pix[i] },
		"negative":   func(c *raster.RGB, i int) { c.B.Pix[i] -= 0.2 },
		"unknown":    func(c *raster.RGB, i int) { c.G.Pix[i] = float32(math.NaN()) },
		"holes": func(c *raster.RGB, i int) {
			if i%3 == 0 {
				c.G.Pix[i] = float32(math.NaN())
			}
		},
	} {
		rgb := plain.photo()
		for i := range rgb.R.Pix {
			spoil(rgb, i)
		}
		s := sheetOf(rgb, square(0, 0, patchPx, patchPx), patchPxPerMM)
		s.Beside(good)
		wellFormed(t, name, skin.Measure(s, skin.Freeze(good)))
		wellFormed(t, "skin against "+name, skin.Measure(good, skin.Freeze(s)))
	}
}
