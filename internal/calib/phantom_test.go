package calib_test

import (
	"bytes"
	"context"
	"math"
	"testing"
	"testing/fstest"

	"dermtrace/internal/calib"
	"dermtrace/internal/geom"
	"dermtrace/internal/optics"
	"dermtrace/internal/phantom"
	"dermtrace/internal/photo"
)

// A card on simulated skin, seen by a simulated camera and read back from its file.
func TestCardOnAPhantom(t *testing.T) {
	if testing.Short() {
		t.Skip("grows a phantom")
	}
	s, err := phantom.Scenario("patch test")
	if err != nil {
		t.Fatal(err)
	}
	r, err := s.Photo(0)
	if err != nil {
		t.Fatal(err)
	}
	p, err := photo.Open(context.Background(), fstest.MapFS{"a.jpg": {Data: bytes.Clone(r.Encoded)}}, "a.jpg", photo.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	c, err := calib.FindCard(p.Pixels, calib.CardOptions{PitchMM: s.Card.PitchMM})
	if err != nil {
		t.Fatal(err)
	}
	for i, corner := range c.Corners {
		want := geom.Point{X: r.Truth.Card[i][0], Y: r.Truth.Card[i][1]}
		if d := corner.Sub(want).Norm(); !(d <= 1) {
			t.Errorf("corner %d is %.2f px off", i, d)
		}
	}
	const frameMMPerPx = 0.03 // the phantom's first photo is its frame
	if !(math.Abs(c.MMPerPx/frameMMPerPx-1) <= 0.005) {
		t.Errorf("%.5f mm per pixel, want %.5f", c.MMPerPx, frameMMPerPx)
	}
	// The phantom's paint is 0.82 of the pitch wide: without the pitch, that says as much.
	byPaint, err := calib.FindCard(p.Pixels, calib.CardOptions{PaintMM: 0.82 * s.Card.PitchMM})
	if err != nil {
		t.Fatal(err)
	}
	if !(math.Abs(byPaint.MMPerPx/frameMMPerPx-1) <= 0.01) {
		t.Errorf("by the paint %.5f mm per pixel, want %.5f", byPaint.MMPerPx, frameMMPerPx)
	}
	// The camera that the card tells sees other skin as the phantom's does, corrected.
	camera, ok := c.Camera(nil)
	other := optics.Skin{Melanin: 0.04, Blood: 0.012, Surface: 0.0125}.Reflectance()
	seen, ideal := camera.RGB(other), c.Correction.At(optics.SRGB().RGB(other))
	for k := range seen {
		light := camera.RGB(optics.Grey(0.2))[k] / c.Correction.At(optics.SRGB().RGB(optics.Grey(0.2)))[k]
		if !ok || !(math.Abs(seen[k]/ideal[k]/light-1) <= 0.02) {
			t.Errorf("channel %d of skin is seen as %v, want %v", k, seen[k]/light, ideal[k])
		}
	}
	if !(c.MeanDE00 <= calib.GoodMeanDE00) {
		t.Errorf("mean %.2f ΔE00", c.MeanDE00)
	}
}
