package series

import (
	"math"
	"testing"

	"dermtrace/internal/outcome"
	"dermtrace/internal/phantom"
)

// spotted is skin with spots of which some fade and go, photographed before a treatment
// and when pigment counts as an outcome.
func spotted() phantom.Script {
	after := phantom.Change{Region: "treated", Spots: 1}
	return phantom.Script{
		Name: "spots", Seed: 77, Width: 1100, Height: 800, MMPerPx: 0.06, Goals: []string{"fade spots"},
		Tone: phantom.Tone{Melanin: 0.05, Surface: 0.012}, Anatomy: phantom.Anatomy{Spots: 40, HairsPerCM: -1},
		Regions: []phantom.Region{
			{Name: "treated", Kind: "treated", Polygon: [][2]float64{{40, 40}, {740, 40}, {740, 760}, {40, 760}}},
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
	rec := analyze(t, rendered(t, spotted()))
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
	for _, p := range rec.Photos {
		for _, r := range p.ROIs {
			if _, has := r.Measures["scar_melanin"]; has != (r.Kind == outcome.Scar) {
				t.Errorf("%s: region %s of kind %s has measures of a scar: %v", p.File, r.Name, r.Kind, has)
			}
		}
	}
}
