package series

import (
	"io/fs"
	"math"
	"slices"
	"testing"

	"dermtrace/internal/outcome"
	"dermtrace/internal/phantom"
)

// uneven is skin whose lower half is redder, darker and rougher, in treated and untreated skin
// alike, on photos of which two show the upper 60 % of the regions alone: one of the same skin,
// one in which the treated skin is flushed.
func uneven() phantom.Script {
	box := func(x0, y0, x1, y1 float64) [][2]float64 { return [][2]float64{{x0, y0}, {x1, y0}, {x1, y1}, {x0, y1}} }
	worse := phantom.Change{Region: "worse", Blood: 0.01, Melanin: 0.02, Relief: 0.4}
	visit := func(day string, shift [2]float64, skin ...phantom.Change) phantom.Visit {
		return phantom.Visit{At: day, Skin: append(skin, worse), Photos: []phantom.Photo{{File: day + ".jpg", Pose: phantom.Pose{ShiftPx: shift}}}}
	}
	flush := phantom.Change{Region: "treated", Blood: 0.02}
	return phantom.Script{
		Name: "uneven", Seed: 31, Width: 800, Height: 600, MMPerPx: 0.05,
		Tone: phantom.Tone{Melanin: 0.045}, Anatomy: phantom.Anatomy{HairsPerCM: -1},
		Regions: []phantom.Region{
			{Name: "treated", Kind: "treated", Polygon: box(40, 40, 460, 560)},
			{Name: "control", Kind: "control", Polygon: box(520, 40, 760, 560)},
			{Name: "worse", Kind: "comparator", Polygon: box(0, 300, 800, 600)},
		},
		Treatments: []phantom.Treatment{{At: "2026-01-10", ROIs: []string{"treated"}}},
		Visits: []phantom.Visit{
			visit("2026-01-10", [2]float64{}), visit("2026-02-10", [2]float64{6, -4}),
			visit("2026-03-10", [2]float64{4, 248}), visit("2026-04-10", [2]float64{-5, 246}, flush),
		},
	}
}

// ofPart says how far a number of a part of unchanged skin may be from the whole's, relative to
// it: about as far as photos that show all of it are from each other.
var ofPart = map[string]float64{"hemoglobin": 0.02, "melanin": 0.02, "roughness": 0.03, "texture_coarse": 0.05, "evenness": 0.1}

// unpictured is the record without pictures.
func unpictured(t *testing.T, files fs.FS) *outcome.Record {
	t.Helper()
	res, err := Analyze(t.Context(), files, Options{NoPictures: true})
	if err != nil {
		t.Fatal(err)
	}
	return res.Record
}

// Photos that show part of skin that did not change read no change, whichever of them is the
// baseline, and a flush of that part is the region's.
func TestAPartIsComparedWithTheSamePart(t *testing.T) {
	files := without(t, rendered(t, uneven()), "worse")
	for _, c := range []struct{ baseline, then string }{{"2026-01-10", "2026-03-10"}, {"2026-03-10", "2026-02-10"}} {
		rec := unpictured(t, with(files, "baseline: "+c.baseline))
		for _, region := range []string{"treated", "control"} {
			for name, tolerance := range ofPart {
				before, now := numberOf(t, rec, c.baseline+".jpg", region, name), numberOf(t, rec, c.then+".jpg", region, name)
				if now.Part == nil || before.Part != nil {
					t.Fatalf("%s since %s, %s: parts %v, %v", c.then, c.baseline, region, before.Part, now.Part)
				}
				if d := float64(now.Value/before.Value) - 1; !(math.Abs(d) <= tolerance) {
					t.Errorf("%s since %s: %s of %s differs by %.3f, tolerance %.3f: %+v", c.then, c.baseline, name, region, d, tolerance, *now.Part)
				}
			}
		}
		shown := photoOf(t, rec, c.then+".jpg").ROIs[0].Shown
		if shown == nil || !(math.Abs(float64(*shown)-0.6) <= 0.01) {
			t.Errorf("%s since %s: shown %v", c.then, c.baseline, shown)
		}
		if !slices.ContainsFunc(rec.Warnings, func(n outcome.Notice) bool {
			return n.Code == outcome.PartCompared && n.Photo == c.then+".jpg" && n.ROI == "treated"
		}) {
			t.Errorf("%s since %s: nothing says that a part is compared", c.then, c.baseline)
		}
	}
	rec := unpictured(t, files)
	for _, name := range []string{"hemoglobin", "melanin", "roughness"} { // or the test would prove nothing
		if p := numberOf(t, rec, "2026-03-10.jpg", "control", name).Part; !(p.Whole/p.Before > 1.05) {
			t.Errorf("%s of the part is like the whole's: %+v", name, *p)
		}
	}
	plain, flushed := numberOf(t, rec, "2026-03-10.jpg", "treated", "hemoglobin"), numberOf(t, rec, "2026-04-10.jpg", "treated", "hemoglobin")
	if d := flushed.Value - plain.Value; !(math.Abs(float64(d)-2) <= 0.2) {
		t.Errorf("a flush of 2 points of blood reads as %v", d)
	}
	for _, r := range photoOf(t, rec, "2026-02-10.jpg").ROIs { // it shows everything
		if m := r.Measures["roughness"]; r.Shown != nil || m.Part != nil {
			t.Errorf("%s is whole, but shown %v, %+v", r.Name, r.Shown, m.Part)
		}
	}
}
