package series

import (
	"bytes"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"dermtrace/internal/align"
	"dermtrace/internal/geom"
	"dermtrace/internal/outcome"
	"dermtrace/internal/phantom"
	"dermtrace/internal/roi"
)

// besideCover is how many times the tolerance of a part holds beside a cover, whose rim and shade may
// stay in.
const besideCover = 1.5

// A plaster on treated or on untreated skin is left out, and unchanged skin reads as unchanged.
// Needle points that bleed are no plaster.
func TestWhatLiesOnTheSkinIsLeftOut(t *testing.T) {
	s := uneven()
	needled := phantom.Change{Region: "treated", Blood: 0.02, Points: 30}
	s.Regions = s.Regions[:2]
	for i := range s.Visits {
		s.Visits[i].Skin, s.Visits[i].Photos[0].Pose = nil, phantom.Pose{ShiftPx: [2]float64{float64(3 * i), float64(-2 * i)}}
	}
	s.Visits[3].Skin = []phantom.Change{needled}
	files := rendered(t, s)
	plastered(t, files, "2026-02-10.jpg", image.Rect(20, 320, 260, 590))
	plastered(t, files, "2026-03-10.jpg", image.Rect(500, 300, 640, 580))
	rec := unpictured(t, files)
	square := geom.Polygon{{X: 10, Y: 10}, {X: 60, Y: 10}, {X: 60, Y: 60}, {X: 10, Y: 60}}
	under := align.Result{PhotoFromFrame: geom.Identity(), Covered: []geom.Polygon{square}}
	if scar := (region{kind: outcome.Scar, outline: square}); scar.carry(under, nil, 100, 100).covered != 0 || (region{outline: square}).carry(under, nil, 100, 100).covered != 1 {
		t.Error("scars are what they are, other skin is covered")
	}
	for file, region := range map[string]string{"2026-01-10.jpg": "", "2026-02-10.jpg": "treated", "2026-03-10.jpg": "control", "2026-04-10.jpg": ""} {
		for _, r := range photoOf(t, rec, file).ROIs {
			covered := r.Name == region
			for name, tolerance := range ofPart {
				before, now := numberOf(t, rec, "2026-01-10.jpg", r.Name, name), r.Measures[name]
				if slices.Contains(now.Warnings, outcome.RegionCovered) != covered || (r.Shown != nil) != covered {
					t.Errorf("%s: %s of %s, shown %v, warns of %v", file, name, r.Name, r.Shown, now.Warnings)
				}
				if d := float64(now.Value/before.Value) - 1; file != "2026-04-10.jpg" && !(math.Abs(d) <= besideCover*tolerance) {
					t.Errorf("%s: %s of %s differs by %.3f, tolerance %.3f", file, name, r.Name, d, besideCover*tolerance)
				}
			}
		}
	}
}

// At the camera it is said in time.
func TestACoverIsToldAtTheCamera(t *testing.T) {
	s := shot{regions: []carried{{region: region{name: "cheek"}, mask: roi.Fill(geom.Polygon{{}, {X: 9}, {X: 9, Y: 9}}, 10, 10), outside: 0.2, covered: 0.2}}}
	if list := s.placeFindings(&frame{}); len(list) != 1 || list[0].Colour != Amber || !strings.Contains(list[0].Why, "lies on") {
		t.Errorf("%+v", list)
	}
}

// plastered sticks a plaster of about the skin's colour on a photo.
func plastered(t *testing.T, files fstest.MapFS, name string, at image.Rectangle) {
	t.Helper()
	img, err := jpeg.Decode(bytes.NewReader(files[name].Data))
	if err != nil {
		t.Fatal(err)
	}
	out := image.NewRGBA(img.Bounds())
	draw.Draw(out, out.Bounds(), img, image.Point{}, draw.Src)
	rng := rand.New(rand.NewPCG(7, 7))
	for y := at.Min.Y; y < at.Max.Y; y++ {
		for x := at.Min.X; x < at.Max.X; x++ {
			v := func(mean float64) uint8 { return uint8(mean + 6*rng.NormFloat64()) }
			out.SetRGBA(x, y, color.RGBA{v(222), v(196), v(170), 255})
		}
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, out, &jpeg.Options{Quality: 95}); err != nil {
		t.Fatal(err)
	}
	files[name].Data = b.Bytes()
}
