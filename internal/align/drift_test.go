package align

import (
	"math"
	"testing"

	"dermtrace/internal/geom"
)

// A sure drift that the lamp made is carried off the finer level; where that is but noise, the coarser is
// believed; what nobody measured moves nothing.
func TestDriftIsCarried(t *testing.T) {
	known, unknown := covariance{1e-8, 0, 1e-8}, covariance{100, 0, 100}
	for _, c := range []struct {
		name         string
		d            geom.Point
		fine, coarse covariance
		reach, share float64
		want         geom.Point
	}{
		{"lamp", geom.Point{X: 0.1}, known, known, 1, 1, geom.Point{X: 0.1}},
		{"lamp, blurred photo", geom.Point{X: 0.1}, known, known, 2, 1, geom.Point{X: 0.2}},
		{"relief changed", geom.Point{X: 0.1}, known, known, 1, 0.25, geom.Point{X: 0.025}},
		{"noise of the finer level", geom.Point{X: 0.1}, unknown, known, 1, 1, geom.Point{X: -0.1}},
		{"noise of the coarser level", geom.Point{X: 0.1}, known, unknown, 1, 1, geom.Point{}},
		{"noise along x, none along y", geom.Point{X: 0.1}, covariance{100, 0, 1e-8}, covariance{1e-8, 0, 1e-8}, 1, 1, geom.Point{X: -0.1}},
		{"nothing known", geom.Point{X: 0.1}, covariance{math.Inf(1), 0, math.Inf(1)}, known, 1, 1, geom.Point{}},
		{"none", geom.Point{}, known, known, 1, 1, geom.Point{}},
	} {
		d := drift{d: c.d, fine: c.fine, coarse: c.coarse, reach: c.reach, least: 0.03}
		if got := d.carried(c.share); !(got.Sub(c.want).Norm() <= 0.001) {
			t.Errorf("%s: carried %.4f, want %.4f", c.name, got, c.want)
		}
	}
}
