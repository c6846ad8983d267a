package align_test

import (
	"testing"

	"dermtrace/internal/align"
	"dermtrace/internal/filter"
	"dermtrace/internal/geom"
	"dermtrace/internal/phantom"
	"dermtrace/internal/raster"
)

// A lamp that moved a little shows in red light alone and is taken out; a flush under a lamp that did not
// move is no reason to doubt, though blood makes colours disagree.
func TestLampThatMovedAndFlushThatDidNot(t *testing.T) {
	still := phantom.Photo{Camera: phantom.Camera{Noise: 0.7}}
	moved := still
	moved.Pose.RotateDeg, moved.Light.AzimuthDeg = 3, 243
	cs := []course{
		{name: "flush", photo: still, skin: []phantom.Change{{Region: "treated", Blood: 0.03}}},
		{name: "lamp", photo: moved},
	}
	s := half(77, 0.045, cs)
	s.MMPerPx = 0.04
	p, err := phantom.New(s)
	if err != nil {
		t.Fatal(err)
	}
	f := align.NewFrame(photograph(t, p, 0).Pixels, align.Options{ScaleMMPerPx: s.MMPerPx})
	for i, c := range cs {
		shot := photograph(t, p, i+1)
		r := f.Align(shot.Pixels)
		med := trueErrors(r, 1000, 750, shot.Pixels, shot.Truth.Photo).quantile(0.5)
		t.Logf("%s: %s, median %.3f px, estimated %.3f px %s", c.name, r.Status, med, r.ErrorPx, r.Reason)
		if r.Status != align.StatusOK || !(med <= 0.05) || !(r.ErrorPx <= 0.15) {
			t.Errorf("%s: %s, median %.3f px, estimated %.3f px; want ok, at most 0.05 and 0.15", c.name, r.Status, med, r.ErrorPx)
		}
	}
}

// Pits under hard light are dark on one side and bright on the other. A blurred photo is one of blurred light,
// which lies where the light does; its logarithm lies aside.
func TestBlurUnderHardLightMovesNothing(t *testing.T) {
	const w, h, sigma = 640, 480, 1.5
	s := skin{seed: 5, unit: 9, faint: 1}
	lit := raster.New(w, h)
	raster.Parallel(h, func(y int) {
		for x := range w {
			p := geom.Point{X: float64(x), Y: float64(y)}
			slope := s.at(geom.Point{X: p.X + 0.5, Y: p.Y}) - s.at(geom.Point{X: p.X - 0.5, Y: p.Y})
			lit.Set(x, y, float32(0.3*max(1+12*slope, 0.05)))
		}
	})
	blurred := filter.Gaussian(lit, sigma)
	frame, photo := &raster.RGB{R: lit, G: lit, B: lit}, &raster.RGB{R: blurred, G: blurred, B: blurred}
	r := align.NewFrame(frame, align.Options{}).Align(photo)
	med := trueErrors(r, w, h, photo, still).quantile(0.5)
	t.Logf("%s, median %.4f px, estimated %.4f px", r.Status, med, r.ErrorPx)
	if r.Status != align.StatusOK || !(med <= 0.01) {
		t.Errorf("%s, median %.4f px; want ok, at most 0.01", r.Status, med)
	}
}
