package skin_test

import (
	"bytes"
	"fmt"
	"math"
	"slices"
	"testing"

	"dermtrace/internal/outcome"
	"dermtrace/internal/phantom"
	"dermtrace/internal/raster"
	"dermtrace/internal/skin"
	"dermtrace/internal/skin/texture"
)

// The phantom's light as it has it, and without shine.
var shiny, polarised = phantom.Light{}, phantom.Light{Glare: -1}

// ownPx is the size of photos of the project's own phantom, at 25 px/mm.
const ownPx = 400

// ownVisit is a change of the phantom's skin, or of the camera's distance, and what
// relief is then, over that of the first visit.
type ownVisit struct {
	name     string
	change   phantom.Change
	distance float64
	relief   float64
	cast     [3]float64 // of the photo's light, which calibration takes off
}

var ownVisits = []ownVisit{
	{"at first", phantom.Change{}, 1, 1, grey},
	{"relief ×0.7", phantom.Change{Relief: -0.3}, 1, 0.7, grey},
	{"relief ×0.85", phantom.Change{Relief: -0.15}, 1, 0.85, grey},
	{"flush", phantom.Change{Blood: 0.03}, 1, 1, grey},
	{"gloss", phantom.Change{Gloss: 0.4}, 1, 1, grey},
	{"from 0.7", phantom.Change{}, 0.7, 1, grey},
	{"from 1.4", phantom.Change{}, 1.4, 1, grey},
	{"cast", phantom.Change{}, 1, 1, [3]float64{1.15, 1, 0.7}},
}

var grey = [3]float64{1, 1, 1}

// castMoves is by how much a cast that calibration takes off may move roughness: what is reached.
const castMoves = 0.035

// ownTexture is a measure of texture of the middle of the phantom's photos, NaN where it is
// withheld. There is mottle, there are pores and two spots, but no hair, which is no
// relief, and no moles, to be left out of regions. A camera without a quality gives the
// light itself.
func ownTexture(t *testing.T, measure string, melanin float64, light phantom.Light, camera phantom.Camera, visits []ownVisit) []outcome.Measurement {
	t.Helper()
	s := phantom.Script{
		Name: "texture", Seed: 5, Width: ownPx, Height: ownPx, MMPerPx: 0.04,
		Tone: phantom.Tone{Melanin: melanin}, Anatomy: phantom.Anatomy{HairsPerCM: -1, Vessels: -1, Spots: 2, Naevi: -1},
		Regions: []phantom.Region{{Name: "all", Kind: "treated", Polygon: [][2]float64{{-200, -200}, {800, -200}, {800, 800}, {-200, 800}}}},
	}
	for i, v := range visits {
		photo := phantom.Photo{File: fmt.Sprintf("%d.jpg", i), Camera: camera, Light: light}
		photo.Camera.WB = v.cast
		if v.distance != 1 {
			photo.Pose.Zoom = 1 / v.distance
		}
		s.Visits = append(s.Visits, phantom.Visit{At: fmt.Sprintf("2026-01-%02d", 10+i), Skin: []phantom.Change{v.change}, Photos: []phantom.Photo{photo}})
	}
	p, err := phantom.New(s)
	if err != nil {
		t.Fatal(err)
	}
	var list []outcome.Measurement
	var uneven *texture.Unevenness
	for i, v := range visits {
		r, err := p.Photo(i)
		if err != nil {
			t.Fatal(err)
		}
		rgb := r.Pixels
		if camera.Quality > 0 {
			rgb = decoded(t, bytes.NewReader(r.Encoded))
		}
		gain := calibrate(rgb, v.cast)
		middle, half := ownPx/2.0, math.Floor(0.34*ownPx/v.distance)
		sheet := skin.Prepare(skin.Region{RGB: rgb, PxPerMM: 25 / v.distance, Model: model, Gain: gain, Lossy: camera.Quality > 0 && camera.Quality < 98, Uneven: uneven,
			Mask: square(middle-half, middle-half, middle+half, middle+half)})
		if uneven == nil {
			u := skin.Unevenness(sheet)
			uneven = &u
		}
		list = append(list, skin.Measure(sheet, skin.Freeze(sheet))[measure])
	}
	return list
}

// calibrate takes a cast off and returns by which gains.
func calibrate(rgb *raster.RGB, cast [3]float64) (gain [3]float64) {
	for c, p := range rgb.Planes() {
		gain[c] = 1 / cast[c]
		for i := range p.Pix {
			p.Pix[i] *= float32(gain[c])
		}
	}
	return gain
}

// Optics, furrows, mottle and shine other than those that any constant was chosen on, on
// light to very dark skin: relief of 0.85 and 0.7 of the first, and a flush, gloss, other
// distances and a cast, by themselves and after a phone's noise and the loss of a file. The tool's
// goals are 4, 2 and 3 %; light and medium skin keeps them but for gloss, by which JPEG,
// which drops fine colour, lets shine in. Dark skin has mottle like relief: there the bounds
// are what is reached.
func TestRoughnessOfTheOwnPhantom(t *testing.T) {
	none, mosaic := phantom.Camera{}, phantom.Camera{Noise: 0.7}
	sharp, usual := phantom.Camera{Quality: 100}, phantom.Camera{Noise: 0.7, Quality: 93}
	for _, c := range []struct {
		melanin        float64
		light          phantom.Light
		camera         phantom.Camera
		follows, still float64
		gloss          float64
		warned         bool
	}{
		{0.025, shiny, none, 0.01, 0.02, 0.02, false},
		{0.045, shiny, none, 0.01, 0.02, 0.02, false},
		{0.130, shiny, none, 0.04, 0.065, 0.01, true},
		{0.250, shiny, none, 0.17, 0.06, 0.01, true},
		{0.045, polarised, none, 0.01, 0.025, 0.01, false},
		{0.025, shiny, mosaic, 0.01, 0.02, 0.02, false},
		{0.045, shiny, mosaic, 0.01, 0.02, 0.02, false},
		{0.130, shiny, mosaic, 0.04, 0.065, 0.01, true},
		{0.025, shiny, sharp, 0.01, 0.022, 0.01, false},
		{0.130, shiny, sharp, 0.05, 0.07, 0.01, true},
		{0.025, shiny, usual, 0.015, 0.025, 0.1, false},
		{0.045, shiny, usual, 0.03, 0.015, 0.1, false},
		{0.130, shiny, usual, 0.075, 0.045, 0.11, true},
		{0.250, shiny, usual, 0.17, 0.08, 0.115, true},
	} {
		if testing.Short() && c.camera != none {
			continue
		}
		got := ownTexture(t, "roughness", c.melanin, c.light, c.camera, ownVisits)
		line := ""
		for i, v := range ownVisits {
			ratio, bound := float64(got[i].Value/got[0].Value), c.still
			switch {
			case v.relief != 1:
				bound = c.follows
			case v.name == "gloss":
				bound = c.gloss
			case v.cast != grey:
				bound = castMoves
			}
			near(t, v.name, ratio, v.relief, bound)
			line += fmt.Sprintf(" %s %+.1f", v.name, 100*(ratio-v.relief))
			if slices.Contains(got[i].Warnings, outcome.PigmentLikeRelief) != c.warned {
				t.Errorf("%s: warned of %v", v.name, got[i].Warnings)
			}
		}
		t.Logf("melanin %.3f, glare %v, noise %v, quality %d: %.4f%s", c.melanin, c.light.Glare, c.camera.Noise, c.camera.Quality, got[0].Value, line)
	}
}

// Where redness fades its blotches go with it, and relief is as it was: by the baseline's unevenness
// it would read as a seventh less. Bounds are what is reached.
func TestRoughnessWhereRednessFades(t *testing.T) {
	visits := []ownVisit{
		{"red", phantom.Change{Blood: 0.02}, 1, 1, grey},
		{"half as red", phantom.Change{Blood: 0.01}, 1, 1, grey},
		{"faded", phantom.Change{}, 1, 1, grey},
		{"faded, relief ×0.85", phantom.Change{Relief: -0.15}, 1, 0.85, grey},
	}
	for _, c := range []struct{ melanin, still, follows float64 }{
		{0.012, 0.03, 0.035}, {0.025, 0.015, 0.03}, {0.045, 0.04, 0.05}, {0.07, 0.04, 0.065}, {0.13, 0.03, 0.075},
	} {
		got := ownTexture(t, "roughness", c.melanin, shiny, phantom.Camera{Noise: 0.7, Quality: 93}, visits)
		for i, v := range visits {
			ratio, bound := float64(got[i].Value/got[0].Value), c.still
			if v.relief != 1 {
				bound = c.follows
			}
			t.Logf("melanin %.3f, %s: %+.1f %%", c.melanin, v.name, 100*(ratio-v.relief))
			near(t, v.name, ratio, v.relief, bound)
		}
	}
}

// A flush is blotches that lie where follicles and furrows do: in the coarse band blood has to
// cancel. Bounds are what is reached; read as the fine band is, a flush adds 13 to 36 %, 8 on very dark skin.
func TestCoarseTextureInAFlush(t *testing.T) {
	visits := []ownVisit{
		{"at first", phantom.Change{}, 1, 1, grey},
		{"half a flush", phantom.Change{Blood: 0.015}, 1, 1, grey},
		{"flush", phantom.Change{Blood: 0.03}, 1, 1, grey},
	}
	for _, c := range []struct {
		quality int
		melanin float64
		bounds  [3]float64
	}{
		{0, 0.012, [3]float64{0, 0.03, 0.06}}, {0, 0.045, [3]float64{0, 0.03, 0.14}}, {0, 0.13, [3]float64{0, 0.1, 0.21}}, {0, 0.25, [3]float64{0, 0.02, 0.05}},
		{93, 0.012, [3]float64{0, 0.03, 0.06}}, {93, 0.045, [3]float64{0, 0.04, 0.18}}, {93, 0.13, [3]float64{0, 0.09, 0.19}}, {93, 0.25, [3]float64{0, 0.02, 0.04}},
	} {
		got := ownTexture(t, "texture_coarse", c.melanin, shiny, phantom.Camera{Noise: 0.7, Quality: c.quality}, visits)
		for i, v := range visits {
			ratio := float64(got[i].Value / got[0].Value)
			t.Logf("melanin %.3f, quality %d, %s: %+.1f %%", c.melanin, c.quality, v.name, 100*(ratio-v.relief))
			near(t, v.name, ratio, v.relief, c.bounds[i])
		}
	}
}

// A flush makes lines read as a fifth wider at most, a little denser or sparser and hardly deeper, on
// light to brown skin, in the camera's own light and in files; a smaller one as less. Read as the
// fine band is they would be up to 34 % wider, 16 denser and 14 deeper.
func TestLinesInAFlush(t *testing.T) {
	visits := []ownVisit{ownVisits[0], {"flush", phantom.Change{Blood: 0.03}, 1, 1, grey}, {"half", phantom.Change{Blood: 0.015}, 1, 1, grey}, {"drift", phantom.Change{Blood: 0.001}, 1, 1, grey}}
	for _, c := range []struct {
		measure string
		bounds  [3]float64 // by visit
	}{
		{"line_width", [3]float64{0.22, 0.1, 0.05}}, {"line_density", [3]float64{0.13, 0.07, 0.05}}, {"line_depth", [3]float64{0.08, 0.05, 0.02}},
	} {
		for _, melanin := range []float64{0.025, 0.045, 0.13} {
			for _, camera := range []phantom.Camera{{}, {Noise: 0.7, Quality: 93}} {
				got := ownTexture(t, c.measure, melanin, shiny, camera, visits)
				line := ""
				for i, bound := range c.bounds {
					ratio := float64(got[i+1].Value / got[0].Value)
					line += fmt.Sprintf(" %s ×%.3f", visits[i+1].name, ratio)
					if !(math.Abs(ratio-1) <= bound) {
						t.Errorf("%s, melanin %g, quality %d, %s: ×%.3f", c.measure, melanin, camera.Quality, visits[i+1].name, ratio)
					}
				}
				t.Logf("%s, melanin %g, quality %d:%s", c.measure, melanin, camera.Quality, line)
			}
		}
	}
}
