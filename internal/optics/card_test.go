package optics

import (
	"math"
	"testing"
)

// seenBy is a chart as a file of 8 bits keeps it, in light of another colour and by a matrix of
// the converter's; patches outside the file's colours are not known.
func seenBy(c Camera) (seen [24][3]float64) {
	for i := range seen {
		rgb := converted(c, Patch(i))
		for k, v := range rgb {
			rgb[k] = math.Pow(math.Round(255*math.Pow(max(v, 0), 1/2.2))/255, 2.2)
		}
		if min(rgb[0], rgb[1], rgb[2]) >= 0.01 {
			seen[i] = rgb
		}
	}
	return seen
}

func converted(c Camera, s Spectrum) [3]float64 {
	return apply([3][3]float64{{0.9, -0.1, 0.05}, {0, 0.75, 0.05}, {0.02, 0, 0.6}}, c.RGB(s))
}

func TestACardTellsItsCamera(t *testing.T) {
	for _, c := range Cameras() {
		seen, ok := OfCard(seenBy(c), Cameras())
		if !ok {
			t.Errorf("%s: no camera", c.Name)
			continue
		}
		for _, s := range []Skin{{Melanin: 0.02, Blood: 0.012}, {Melanin: 0.1, Blood: 0.012}, {Melanin: 0.1, Blood: 0.042}, {Melanin: 0.3, Blood: 0.012}} {
			s.Surface = 0.0125
			got, want := seen.RGB(s.Reflectance()), converted(c, s.Reflectance())
			for k := range got {
				if !(math.Abs(got[k]/want[k]-1) <= 0.02) {
					t.Errorf("%s as %s, %+v: channel %d is %.4f, want %.4f", c.Name, seen.Name, s, k, got[k], want[k])
				}
			}
		}
	}
}

// Where a converter bent the tones, or few patches are known, or the camera is none of those
// given, no camera is told.
func TestACardTellsNoStrangeCamera(t *testing.T) {
	bent, few := seenBy(NikonD5100()), seenBy(SRGB())
	for i, rgb := range bent {
		for k, v := range rgb {
			bent[i][k] = math.Pow(v, 1.15)
		}
		if i > 16 {
			few[i] = [3]float64{}
		}
	}
	for what, seen := range map[string][24][3]float64{"bent tones": bent, "few patches": few} {
		if c, ok := OfCard(seen, Cameras()); ok {
			t.Errorf("%s are told to be of %s", what, c.Name)
		}
	}
	if _, ok := OfCard(seenBy(SRGB()), []Camera{NikonD5100()}); ok {
		t.Error("the observer's card is told to be the sensor's")
	}
}

func TestThroughACorrection(t *testing.T) {
	twice := SRGB().Through(func(v [3]float64) [3]float64 { return [3]float64{2 * v[0], 2 * v[1], 2 * v[2]} })
	for k, v := range twice.RGB(Grey(0.5)) {
		if !(math.Abs(v-1) <= 1e-8) {
			t.Errorf("channel %d is %v", k, v)
		}
	}
}
