package skin_test

import (
	"slices"
	"testing"

	"dermtrace/internal/filter"
	"dermtrace/internal/geom"
	"dermtrace/internal/outcome"
	"dermtrace/internal/raster"
	"dermtrace/internal/skin"
	"dermtrace/internal/skin/texture"
)

// A softer photo of the same skin reads the same once its blur is matched; one that is
// too soft loses its texture and nothing else.
func TestBlurIsMatchedAlone(t *testing.T) {
	all := square(0, 0, patchPx, patchPx)
	base := sheetOf(plain.photo(), all, patchPxPerMM)
	ref := skin.Freeze(base)
	want := skin.Measure(base, ref)
	soft := func(sigmaPx float64) *skin.Sheet {
		p := plain.photo()
		return sheetOf(&raster.RGB{R: filter.Gaussian(p.R, sigmaPx), G: filter.Gaussian(p.G, sigmaPx), B: filter.Gaussian(p.B, sigmaPx)}, all, patchPxPerMM)
	}
	match := func(s *skin.Sheet) {
		excess, ok := s.Excess(base)
		if !ok {
			t.Fatal("blur cannot be told")
		}
		excess.Contrast = 0
		s.MatchRelief(excess)
	}
	s := soft(1)
	before := skin.Measure(s, ref)
	match(s)
	after := skin.Measure(s, ref)
	ratio := func(m map[string]outcome.Measurement) float64 {
		return float64(m["roughness"].Value / want["roughness"].Value)
	}
	t.Logf("roughness over the sharp photo's: %.4f, matched %.4f", ratio(before), ratio(after))
	near(t, "matched roughness", ratio(after), 1, 0.02)
	lost := soft(3)
	match(lost)
	for name, m := range skin.Measure(lost, ref) {
		if skin.Definitions()[name].Family == outcome.Texture {
			if m.Value.Known() || !slices.Contains(m.Warnings, outcome.ResolutionMismatch) {
				t.Errorf("%s of a photo that is too soft: %+v", name, m)
			}
		} else if !m.Value.Known() {
			t.Errorf("%s is lost with the texture: %v", name, m.Warnings)
		}
	}
}

// Pores are where they are, in whichever crop they are seen.
func TestPoresOfASheetMatchThemselves(t *testing.T) {
	photo, frame := plain.photo(), geom.Scaling(1.0/patchPxPerMM)
	pores := func(sheet *skin.Sheet, frameFromRGB geom.Transform) *texture.PoreMap {
		o, err := sheet.Objects(frameFromRGB, skin.Reference{})
		if err != nil {
			t.Fatal(err)
		}
		return o.Pores
	}
	sheet := sheetOf(photo, square(30, 60, patchPx, patchPx), patchPxPerMM)
	a, b := pores(sheet, frame), pores(sheetOf(photo, square(0, 0, patchPx, patchPx), patchPxPerMM), frame)
	same := texture.MatchPores(a, b)
	if !(same.Persisted >= 81) || same.Gone+same.New > 0 { // nine by nine, the first column lies on the border
		t.Errorf("the same skin in another crop: %+v", same)
	}
	if pores(sheetOf(photo, square(0, 0, patchPx, patchPx), 18), frame) != nil {
		t.Error("pores are matched at 18 px/mm")
	}
}

// The same skin under a lamp that shows its relief a fifth deeper reads the same once that
// is matched, and skin beside it keeps what it really has more.
func TestContrastIsMatched(t *testing.T) {
	all := square(0, 0, patchPx, patchPx)
	photo := func(relief float64) *skin.Sheet {
		p := plain
		p.relief = relief
		return sheetOf(p.photo(), all, patchPxPerMM)
	}
	base, control, treated := photo(plain.relief), photo(1.2*plain.relief), photo(0.9*plain.relief)
	excess, ok := control.Excess(base)
	if !ok {
		t.Fatal("contrast cannot be told")
	}
	near(t, "contrast", excess.Contrast, 1.2, 0.03)
	ref := skin.Freeze(base)
	want := skin.Measure(base, ref)["roughness"].Value
	control.MatchRelief(excess)
	treated.MatchRelief(excess)
	near(t, "the same skin", float64(skin.Measure(control, ref)["roughness"].Value/want), 1, 0.005)
	near(t, "smoother skin", float64(skin.Measure(treated, ref)["roughness"].Value/want), 0.75, 0.01)
}
