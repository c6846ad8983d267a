package skin_test

import (
	"math"
	"slices"
	"testing"

	"dermtrace/internal/outcome"
	"dermtrace/internal/raster"
	"dermtrace/internal/roi"
	"dermtrace/internal/skin"
	"dermtrace/internal/skin/texture"
)

// scarred is plain skin with a scar of other skin in a square of 5 mm.
func scarred(scar patch) *raster.RGB { return within(around, scar) }

// within is skin with a square of 5 mm of other skin.
func within(skin, scar patch) *raster.RGB {
	rgb, inner := skin.photo(), scar.photo()
	for c, p := range rgb.Planes() {
		for y := scarFrom; y < scarTo; y++ {
			copy(p.Row(y)[scarFrom:scarTo], inner.Planes()[c].Row(y)[scarFrom:scarTo])
		}
	}
	return rgb
}

const scarFrom, scarTo = 225, 375

func scarMeasures(scar patch) map[string]outcome.Measurement {
	sheet := scarSheet(scarred(scar))
	return skin.Measure(sheet, skin.Freeze(sheet))
}

// scarSheet is the square of the scar beside the skin around it.
func scarSheet(rgb *raster.RGB) *skin.Sheet {
	mask := square(scarFrom, scarFrom, scarTo, scarTo)
	sheet := sheetOf(rgb, mask, patchPxPerMM)
	sheet.Beside(sheetOf(rgb, skin.Surround(mask, patchPxPerMM, patchPx, patchPx, nil), patchPxPerMM))
	return sheet
}

// A red, dark, rough scar is told from its surround by what it has more, and a scar that
// has become like its surround by nothing. Relief of so small a region is levelled by its
// own rim: it reads a tenth too little, at every visit alike.
func TestAScarIsHeldAgainstItsSurround(t *testing.T) {
	value := func(m map[string]outcome.Measurement, name string) float64 { return float64(m[name].Value) }
	got := scarMeasures(patch{melanin: 0.08, blood: 0.025, relief: 0.05})
	near(t, "melanin", value(got, "scar_melanin"), 3, 0.05)
	near(t, "blood", value(got, "scar_hemoglobin"), 1.5, 0.05)
	near(t, "relief", value(got, "relief_ratio"), 2, 0.25)
	near(t, "ln of relief", value(got, "scar_relief"), math.Ln2, 0.13)
	near(t, "area", value(got, "scar_area"), 25, 0.5)
	pale := scarMeasures(patch{melanin: 0.03, blood: 0.01, relief: 0.0125})
	near(t, "melanin of a pale scar", value(pale, "scar_melanin"), 2, 0.05)
	near(t, "ln of relief of a smooth scar", value(pale, "scar_relief"), math.Ln2, 0.12)
	healed := scarMeasures(around)
	for _, name := range []string{"scar_melanin", "scar_hemoglobin", "scar_area"} {
		near(t, "healed "+name, value(healed, name), 0, 0.06)
	}
	near(t, "relief of a healed scar", value(healed, "scar_relief"), 0, 0.13)
	if m := skin.Measure(sheetOf(scarred(around), square(0, 0, 60, 60), patchPxPerMM), skin.Freeze()); m["scar_melanin"].Unit != "" {
		t.Error("a region without a surround has the measures of a scar")
	}
}

// What another lamp or a softer focus does to the relief of a photo it does to scar and surround
// alike: what is matched in one is matched in both, and the ratio stays.
func TestReliefIsMatchedAroundAScarToo(t *testing.T) {
	rgb := scarred(patch{melanin: 0.05, blood: 0.01, relief: 0.05})
	ref := skin.Freeze(scarSheet(rgb))
	measure := func(by texture.Match) map[string]outcome.Measurement {
		s := scarSheet(rgb)
		s.MatchRelief(by)
		return skin.Measure(s, ref)
	}
	plain, low, soft := measure(texture.Match{}), measure(texture.Match{Contrast: 1.3}), measure(texture.Match{ExcessMM2: 8e-4})
	for what, m := range map[string]map[string]outcome.Measurement{"under a lower lamp": low, "softer": soft} {
		near(t, what, float64(m["relief_ratio"].Value/plain["relief_ratio"].Value), 1, 0.02)
	}
	// Pits are shown otherwise than furrows by another lamp, which both numbers own up to.
	ratio, contrast := low["relief_ratio"], low["scar_relief"]
	if plain["relief_ratio"].LightSE != nil || ratio.LightSE == nil || contrast.LightSE == nil {
		t.Fatalf("error of the light: %v, under a lower lamp %v and %v", plain["relief_ratio"].LightSE, ratio.LightSE, contrast.LightSE)
	}
	near(t, "error of the contrast over that of the ratio", float64(*contrast.LightSE*ratio.Value / *ratio.LightSE), 1, 1e-9)
}

// The rims of a dark mark pass for relief on dark skin, and fade with it though its region's mean
// hardly moves: that much of the relief is in doubt. On light skin, where they do not, nothing is.
func TestAFadingMarkDoubtsReliefOnDarkSkin(t *testing.T) {
	for _, tt := range []struct {
		melanin float64
		doubted bool
	}{{0.16, true}, {0.02, false}} {
		skinOf := func(spots float64) *skin.Sheet {
			return scarSheet(patch{melanin: tt.melanin, blood: 0.012, relief: 0.01, spots: spots}.photo())
		}
		base := skinOf(0.6)
		uneven := skin.Unevenness(base)
		ref := skin.Freeze(base)
		measure := func(s *skin.Sheet) outcome.Measurement {
			s.ReadRelief(uneven)
			return skin.Measure(s, ref)["relief_ratio"]
		}
		before, same, faded := measure(base), measure(skinOf(0.6)), measure(skinOf(0.2))
		lost := math.Abs(float64(faded.Value - before.Value))
		t.Logf("melanin %.2f: relief ratio %.3f reads as %.3f, doubt %+v", tt.melanin, before.Value, faded.Value, faded.CrossTalk)
		if same.CrossTalk != nil {
			t.Errorf("melanin %.2f: an unchanged mark is doubted: %+v", tt.melanin, same.CrossTalk)
		}
		if talk := faded.CrossTalk; (talk != nil) != tt.doubted || tt.doubted && !(2*float64(talk.ValueSE) > lost) {
			t.Errorf("melanin %.2f: %+v where %.3f was lost", tt.melanin, talk, lost)
		}
	}
}

// Blood that comes to scar and surround alike leaks into both, and not alike: the contrast of
// melanin carries that doubt, and an area that stands out is not stated.
func TestAFlushDoubtsTheColourOfAScar(t *testing.T) {
	flushed := func(by float64) *skin.Sheet {
		rgb := within(patch{melanin: 0.05, blood: 0.01 + by, relief: 0.025}, patch{melanin: 0.08, blood: 0.015 + by, relief: 0.025})
		return scarSheet(rgb)
	}
	ref := skin.Freeze(flushed(0))
	rest, red := skin.Measure(flushed(0), ref), skin.Measure(flushed(0.02), ref)
	if m := rest["scar_melanin"]; m.CrossTalk != nil || !rest["scar_area"].Value.Known() {
		t.Errorf("at rest: %+v, area %+v", m, rest["scar_area"])
	}
	m := red["scar_melanin"]
	if m.CrossTalk == nil || !(m.CrossTalk.ValueSE > 0.1) || !slices.Contains(m.Warnings, outcome.RedderSkin) {
		t.Errorf("in a flush: %+v", m)
	}
	if a := red["scar_area"]; a.Value.Known() || !slices.Contains(a.Warnings, outcome.RedderSkin) {
		t.Errorf("area in a flush: %+v", a)
	}
}

// The ring begins 2 mm from the scar, ends at 6 mm, and leaves out what it is told to.
func TestSurroundIsARing(t *testing.T) {
	scar := square(100, 100, 101, 101)
	ring := skin.Surround(scar, 10, 400, 400, func(x, _ int) bool { return x < 100 })
	for i, in := range ring.In {
		x, y := ring.X0+i%ring.W, ring.Y0+i/ring.W
		d := math.Hypot(float64(x-100), float64(y-100)) / 10
		if want := d > 2.2 && d < 5.5 && x >= 100; want && !in || in && (d < 1.85 || d > 6.5 || x < 100) {
			t.Fatalf("(%d, %d), %.2f mm off: %v", x, y, d, in)
		}
	}
	if !skin.Surround(scar, 0, 400, 400, nil).Empty() || !skin.Surround(&roi.Mask{}, 10, 400, 400, nil).Empty() {
		t.Error("a ring without a scale or a scar")
	}
}

// Glare and dried blood on a tenth of the skin are left out of its colour and texture, said, and do
// not move it; spots of pigment and a flush are skin and stay.
func TestWhatIsNotSkinIsLeftOut(t *testing.T) {
	clean := sheetOf(plain.photo(), square(0, 0, patchPx, patchPx), patchPxPerMM)
	want := skin.Measure(clean, skin.Freeze(clean))
	if !(want["roughness"].Value > 0.001) {
		t.Fatal(want["roughness"])
	}
	if clean.Masked != 0 {
		t.Errorf("%.3f of clean skin is masked", clean.Masked)
	}
	for what, colour := range map[string][3]float32{"glare": {0.9, 0.9, 0.88}, "crust": {0.1, 0.036, 0.02}} {
		rgb := plain.photo()
		for i := range rgb.R.Pix {
			if x, y := i%patchPx, i/patchPx; x%100 < 20 && y%100 < 50 {
				rgb.R.Pix[i], rgb.G.Pix[i], rgb.B.Pix[i] = colour[0], colour[1], colour[2]
			}
		}
		sheet := sheetOf(rgb, square(0, 0, patchPx, patchPx), patchPxPerMM)
		got := skin.Measure(sheet, skin.Freeze(clean))
		near(t, what+" masked", sheet.Masked, 0.1, 0.005)
		for _, name := range []string{"hemoglobin", "melanin", "a_star"} {
			near(t, what+": "+name, float64(got[name].Value/want[name].Value), 1, 0.02)
		}
		near(t, what+": roughness", float64(got["roughness"].Value/want["roughness"].Value), 1, 0.05)
	}
	for what, p := range map[string]patch{"flush": {0.06, 0.06, 0.04, 0.7}, "naevi": {0.06, 0.012, 0.04, 4}, "light": {0.015, 0.012, 0.04, 2}} {
		if s := sheetOf(p.photo(), square(0, 0, patchPx, patchPx), patchPxPerMM); s.Masked != 0 {
			t.Errorf("%s: %.3f of the skin is masked", what, s.Masked)
		}
	}
}
