package series

import (
	"math"
	"testing"

	"dermtrace/internal/phantom"
)

// coarse is skin with a patch of coarser relief, photographed from afar, under another lamp, out of
// focus, and when it has become a third less coarse.
func coarse() phantom.Script {
	patch := func(relief float64) []phantom.Change {
		return []phantom.Change{{Region: "patch", Relief: relief, Blood: 0.006}}
	}
	s := phantom.Script{
		Name: "coarse", Seed: 4177, Width: 1000, Height: 750, MMPerPx: 0.04, Goals: []string{"match surround"},
		Tone: phantom.Tone{Melanin: 0.03, Blood: 0.013},
		Regions: []phantom.Region{
			{Name: "treated", Kind: "treated", Polygon: [][2]float64{{90, 90}, {560, 90}, {560, 660}, {90, 660}}},
			{Name: "patch", Kind: "scar", Polygon: [][2]float64{{260, 310}, {390, 310}, {390, 440}, {260, 440}}},
			{Name: "control", Kind: "control", Polygon: [][2]float64{{660, 120}, {920, 120}, {920, 630}, {660, 630}}},
		},
		Treatments: []phantom.Treatment{{At: "2026-01-10", ROIs: []string{"treated"}}},
	}
	camera := phantom.Camera{Noise: 0.7, Quality: 93}
	soft := camera
	soft.Blur = 0.5
	for _, v := range []struct {
		at     string
		relief float64
		pose   phantom.Pose
		light  phantom.Light
		camera phantom.Camera
	}{
		{"2026-01-10", 1, phantom.Pose{}, phantom.Light{}, camera},
		{"2026-02-10", 1, phantom.Pose{Zoom: 0.8, RotateDeg: 2}, phantom.Light{}, camera},
		{"2026-03-10", 1, phantom.Pose{RotateDeg: -2}, phantom.Light{TiltDeg: 36}, camera},
		{"2026-04-10", 1, phantom.Pose{RotateDeg: 1}, phantom.Light{}, soft},
		{"2026-05-10", 0.4, phantom.Pose{RotateDeg: -1}, phantom.Light{}, camera},
	} {
		s.Visits = append(s.Visits, phantom.Visit{At: v.at, Skin: patch(v.relief),
			Photos: []phantom.Photo{{File: v.at + ".jpg", Pose: v.pose, Light: v.light, Camera: v.camera}}})
	}
	return s
}

// The relief of a scar against its surround stays where only distance, lamp and focus differ: what
// control skin says of them is taken out of both, without which it moves by 4, 5 and 3 %. Steep
// relief is shown otherwise by a lamp that stands 6 degrees lower. It falls as the scar becomes
// smoother, of which its surround has some.
func TestReliefAgainstTheSurroundStays(t *testing.T) {
	rec := analyze(t, rendered(t, coarse()))
	base, most := math.NaN(), []float64{0, 0.025, 0.06, 0.025}
	for i, p := range rec.Photos {
		for _, r := range p.ROIs {
			if r.Name != "patch" {
				continue
			}
			ratio := float64(r.Measures["relief_ratio"].Value)
			if i == 0 {
				base = ratio
			}
			change := ratio/base - 1
			t.Logf("%s: %.3f, %+.1f %%", p.File, ratio, 100*change)
			if smoother := i == len(most); smoother && !(change < -0.08) || !smoother && !(math.Abs(change) <= most[i]) {
				t.Errorf("%s: %+.3f", p.File, change)
			}
		}
	}
	if !(base > 1.2) {
		t.Errorf("at baseline %v of the surround's relief", base)
	}
}
