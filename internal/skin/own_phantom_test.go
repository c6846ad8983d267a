package skin_test

import (
	"testing"

	"dermtrace/internal/phantom"
	"dermtrace/internal/skin"
)

// polarised is light without shine: shine does not follow relief in proportion, it
// saturates (with the phantom's usual shine 30 % less relief reads as 25 to 27 % less).
var polarised = phantom.Light{Glare: -1}

// grown is the roughness of the project's own phantom of a tone after a change, with
// mottle, pores, two spots and the noise and blur of a phone, but no hair, which is no
// relief, and no moles, to be left out of regions.
func grown(t *testing.T, melanin float64, light phantom.Light, change phantom.Change, camera phantom.Camera) float64 {
	t.Helper()
	const px, pxPerMM = 440, 1 / 0.03
	s := phantom.Script{
		Name: "texture", Seed: 5, Width: px, Height: px, MMPerPx: 1 / pxPerMM,
		Tone: phantom.Tone{Melanin: melanin}, Anatomy: phantom.Anatomy{HairsPerCM: -1, Vessels: -1, Spots: 2, Naevi: -1},
		Regions: []phantom.Region{{Name: "all", Kind: "treated", Polygon: [][2]float64{{-200, -200}, {800, -200}, {800, 800}, {-200, 800}}}},
		Visits:  []phantom.Visit{{At: "2026-01-10", Skin: []phantom.Change{change}, Photos: []phantom.Photo{{File: "a.jpg", Camera: camera, Light: light}}}},
	}
	r, err := s.Photo(0)
	if err != nil {
		t.Fatal(err)
	}
	sheet := skin.Prepare(skin.Region{RGB: r.Pixels, Mask: square(0, 0, px, px), PxPerMM: pxPerMM, Model: model})
	return float64(skin.Measure(sheet, skin.Freeze(sheet))["roughness"].Value)
}

// unchanged is what roughness may move, by melanin, where relief did not: on brown skin a
// flush of 3 points shifts the mix.
var unchanged = map[float64]float64{0.025: 0.02, 0.08: 0.02, 0.15: 0.04}

// Optics, furrows and mottle other than those that any constant was chosen on: light,
// medium and brown skin. Very dark skin is left out: there pigment looks like shading.
func TestRoughnessOfTheOwnPhantom(t *testing.T) {
	phone := phantom.Camera{Noise: 0.7, Blur: 0.3}
	for _, melanin := range []float64{0.025, 0.08, 0.15} {
		base := grown(t, melanin, polarised, phantom.Change{}, phone)
		for _, c := range []struct {
			name   string
			change phantom.Change
			camera phantom.Camera
			want   float64
		}{
			{"relief ×0.7", phantom.Change{Relief: -0.3}, phone, 0.7},
			{"relief ×0.85", phantom.Change{Relief: -0.15}, phone, 0.85},
			{"flush, darker exposure, more noise", phantom.Change{Blood: 0.03}, phantom.Camera{Noise: 1.2, Blur: 0.3, ExposureEV: -0.4}, 1},
		} {
			got := grown(t, melanin, polarised, c.change, c.camera) / base
			t.Logf("melanin %.3f, %s: ×%.4f", melanin, c.name, got)
			tolerance := 0.04 * c.want
			if c.want == 1 {
				tolerance = unchanged[melanin]
			}
			near(t, c.name, got, c.want, tolerance)
		}
	}
}
