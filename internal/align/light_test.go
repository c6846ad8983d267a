package align_test

import (
	"testing"

	"dermtrace/internal/align"
	"dermtrace/internal/phantom"
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
