package series

import (
	"bytes"
	"math"
	"testing"
	"testing/fstest"

	"dermtrace/internal/geom"
	"dermtrace/internal/manifest"
	"dermtrace/internal/outcome"
	"dermtrace/internal/phantom"
	"dermtrace/internal/photo"
)

// A frame photo taken at a slant: the card's perspective gives every region the size
// that its own pixels have on the skin, and the tilt stands in the record.
func TestTiltIsTakenOutOfLengths(t *testing.T) {
	long(t)
	const tiltDeg = 25
	script := litScript(0.05)
	script.Visits = script.Visits[:2] // the phantom's first photo is never tilted
	script.Visits[1].Photos[0].Pose = phantom.Pose{TiltXDeg: tiltDeg}
	script = script.Scaled(0.4)
	r, err := script.Photo(1)
	if err != nil {
		t.Fatal(err)
	}
	p, err := photo.Open(t.Context(), fstest.MapFS{"a.jpg": {Data: bytes.Clone(r.Encoded)}}, "a.jpg", photo.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	f := &frame{file: "a.jpg", w: p.Width, h: p.Height}
	f.setOwnLight(p.Pixels, &manifest.Series{Calibration: lightCard, Card: manifest.Card{PitchMM: script.Card.PitchMM}})
	if f.scale == nil {
		t.Fatal("the card was not found")
	}
	photoFromSkin := r.Truth.H
	skinFromPhoto, err := photoFromSkin.Inverse()
	if err != nil {
		t.Fatal(err)
	}
	worst := 0.0
	s := &shot{place: atFrame()}
	s.meta.Width, s.meta.Height = p.Width, p.Height
	for _, y := range []float64{60, 300, 540} {
		at := geom.Point{X: 400, Y: y}
		box := geom.Polygon{{X: 390, Y: y - 10}, {X: 410, Y: y - 10}, {X: 410, Y: y + 10}, {X: 390, Y: y + 10}}
		f.regions = []region{{name: "a", kind: outcome.Treated, outline: box}}
		s.regions = nil
		s.carry(f)
		want := script.MMPerPx * skinFromPhoto.LocalScale(at)
		if e := 1/(s.regions[0].pxPerMM*want) - 1; !(math.Abs(e) <= 0.01) { // a card 300 px wide, its corners known to a third of a pixel, carried as far again
			t.Errorf("row %v: %.2f %% off", y, 100*e)
		}
		worst = max(worst, math.Abs(f.mmPerPx/want-1))
	}
	if !(worst > 0.05) {
		t.Errorf("one scale for the whole photo would be off by %.3f only: the test has lost its point", worst)
	}
	s.lightOfFrame(f, lightCard)
	// Beside the optical axis the line of sight adds to the card's own tilt.
	if k := s.record.Calibration.CardTiltDeg; k == nil || !(math.Abs(float64(*k)-tiltDeg) <= 10) {
		t.Errorf("tilt in the record: %v", k)
	}
}
