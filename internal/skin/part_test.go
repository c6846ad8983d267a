package skin_test

import (
	"math"
	"reflect"
	"testing"

	"dermtrace/internal/geom"
	"dermtrace/internal/outcome"
	"dermtrace/internal/skin"
)

// A part measures as a photo of that part alone does, and all of a sheet as the sheet.
func TestAPartMeasuresAsAPhotoOfIt(t *testing.T) {
	rgb := plain.photo()
	sheet, alone := sheetOf(rgb, square(0, 0, patchPx, patchPx), patchPxPerMM), sheetOf(rgb, square(0, 0, 300, patchPx), patchPxPerMM)
	reference := skin.Freeze(sheet)
	all, share := sheet.Within(func(geom.Point) bool { return true })
	sheet.Follow(skin.NoSpots(outcome.BaselineRefused)) // spots are not told of a part
	if got, want := skin.Measure(all, reference), skin.Measure(sheet, reference); share != 1 || !reflect.DeepEqual(knownOf(got), knownOf(want)) {
		t.Errorf("all of a sheet (%v): %v\nthe sheet: %v", share, knownOf(got), knownOf(want))
	}
	part, share := sheet.Within(func(p geom.Point) bool { return alone.Shows(p) })
	if share != 0.5 {
		t.Errorf("the left half is %v", share)
	}
	got, want := skin.Measure(part, reference), skin.Measure(alone, reference)
	for name, tolerance := range map[string]float64{"hemoglobin": 1e-6, "melanin": 1e-6, "erythema_index": 1e-6, "l_star": 1e-6,
		"evenness": 0.01, "roughness": 0.01, "texture_coarse": 0.03, "line_density": 0.05} { // what lies beyond the rim is seen
		if d := float64(got[name].Value/want[name].Value) - 1; !(math.Abs(d) <= tolerance) {
			t.Errorf("%s: %v, by itself %v", name, got[name].Value, want[name].Value)
		}
	}
	if none, share := sheet.Within(func(geom.Point) bool { return false }); share != 0 || skin.Measure(none, reference)["roughness"].Value.Known() {
		t.Errorf("nothing of a sheet is %v and has a roughness", share)
	}
}

// knownOf are the values that are known.
func knownOf(all map[string]outcome.Measurement) map[string]outcome.Number {
	list := map[string]outcome.Number{}
	for name, m := range all {
		if m.Value.Known() {
			list[name] = m.Value
		}
	}
	return list
}

// What a part says of the whole: no change is none, nothing falls below nothing, and without
// any at baseline the whole's amount stays.
func TestAsWhole(t *testing.T) {
	for _, c := range []struct {
		scale                    string
		now, before, whole, want float64
	}{
		{outcome.Ratio, 4, 4, 5, 5}, {outcome.Ratio, 5, 4, 5, 6}, // as much more as the part has
		{outcome.Ratio, 3, 6, 5, 2.5}, {outcome.Ratio, 0, 6, 5, 0}, // in proportion where the part had more
		{outcome.Count, 3, 0, 5, 8}, {outcome.Proportion, 0, 0.4, 0.1, 0}, {outcome.Proportion, 0, 0, 0.1, 0.1},
		{outcome.Interval, 3, 6, 5, 2}, {outcome.Interval, -8, 6, 5, -9},
	} {
		if got := skin.AsWhole(c.scale, c.now, c.before, c.whole); !(math.Abs(got-c.want) <= 1e-12) {
			t.Errorf("%+v: %v", c, got)
		}
	}
}
