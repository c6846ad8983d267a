package series

import (
	"encoding/json"
	"math"
	"testing"

	"dermtrace/internal/outcome"
	"dermtrace/internal/phantom"
	"dermtrace/internal/stats"
)

// spotted is skin with spots of which some fade and go, photographed before a treatment
// and when pigment counts as an outcome.
func spotted() phantom.Script {
	after := phantom.Change{Region: "treated", Spots: 1}
	return phantom.Script{
		Name: "spots", Seed: 77, Width: 1100, Height: 800, MMPerPx: 0.06, Goals: []string{"fade spots"},
		Tone: phantom.Tone{Melanin: 0.05, Surface: 0.012}, Anatomy: phantom.Anatomy{Spots: 40, HairsPerCM: -1},
		Regions: []phantom.Region{
			{Name: "treated", Kind: "treated", Polygon: [][2]float64{{41, 41}, {740, 41}, {740, 760}, {41, 760}}},
			{Name: "mark", Kind: "scar", Polygon: [][2]float64{{300, 300}, {380, 300}, {380, 380}, {300, 380}}},
			{Name: "control", Kind: "control", Polygon: [][2]float64{{820, 40}, {1060, 40}, {1060, 760}, {820, 760}}},
		},
		Treatments: []phantom.Treatment{{At: "2026-01-10", ROIs: []string{"treated"}}},
		Visits: []phantom.Visit{
			{At: "2026-01-10", Phase: "before", Photos: []phantom.Photo{{File: "2026-01-10.jpg"}}},
			{At: "2026-05-10", Skin: []phantom.Change{after}, Photos: []phantom.Photo{{File: "2026-05-10.jpg", Pose: phantom.Pose{RotateDeg: 1.5, ShiftPx: [2]float64{9, -6}}}}},
		},
	}
}

// Spots are followed one by one into the record, with the fates they truly had, and a scar
// is held against its surround; other regions have no measures of scars.
func TestSpotsAndScarsReachTheRecord(t *testing.T) {
	long(t)
	files := rendered(t, spotted())
	rec := analyze(t, files)
	if len(rec.Spots) < 5 {
		t.Fatalf("%d spots in the record", len(rec.Spots))
	}
	fates := map[string]int{}
	for _, s := range rec.Spots {
		fates[s.Fate]++
		if s.Visit != "2026-05-10" || s.ROI == "control" || !(s.DiameterMM > 0) || math.IsNaN(float64(s.From+s.To)) {
			t.Errorf("%+v", s)
		}
	}
	t.Logf("%d spots: %v", len(rec.Spots), fates)
	if fates[outcome.SpotPersisted] == 0 || fates[outcome.SpotFaded]+fates[outcome.SpotGone] == 0 {
		t.Errorf("fates are %v where some stay, some fade and some go", fates)
	}
	spotsInPlace(t, files["truth.json"].Data, rec.Spots)
	for _, p := range rec.Photos {
		for _, r := range p.ROIs {
			if _, has := r.Measures["scar_melanin"]; has != (r.Kind == outcome.Scar) {
				t.Errorf("%s: region %s of kind %s has measures of a scar: %v", p.File, r.Name, r.Kind, has)
			}
		}
	}
}

// Spots are where they truly are, wherever in the photo their region begins: the crop that is
// measured begins at an even pixel.
func spotsInPlace(t *testing.T, truth []byte, spots []outcome.Spot) {
	t.Helper()
	var known phantom.Truth
	if err := json.Unmarshal(truth, &known); err != nil {
		t.Fatal(err)
	}
	var x, y []float64
	for _, s := range spots {
		for _, k := range known.Spots {
			if dx, dy := float64(s.X)-k.X, float64(s.Y)-k.Y; math.Hypot(dx, dy) < 3 {
				x, y = append(x, dx), append(y, dy)
			}
		}
	}
	t.Logf("spots lie %.2f and %.2f px off their truth, median of %d", stats.Median(x), stats.Median(y), len(x))
	if !(math.Abs(stats.Median(x)) <= 0.4 && math.Abs(stats.Median(y)) <= 0.4) {
		t.Errorf("spots are shifted")
	}
}
