package align

import (
	"math"
	"testing"

	"dermtrace/internal/geom"
)

// A sure drift that the lamp made is carried off the finer level; where that is but noise, the coarser is
// believed; what nobody measured moves nothing.
func TestDriftIsCarried(t *testing.T) {
	for _, c := range []struct {
		name  string
		drift drift
		share float64
		want  float64
	}{
		{"lamp", drift{d: geom.Point{X: 0.1}, reach: 1}, 1, 0.1},
		{"lamp, blurred photo", drift{d: geom.Point{X: 0.1}, reach: 2}, 1, 0.2},
		{"relief changed", drift{d: geom.Point{X: 0.1}, reach: 1}, 0.25, 0.025},
		{"noise of the finer level", drift{d: geom.Point{X: 0.1}, own: 10, reach: 1}, 1, -0.1},
		{"noise of the coarser level", drift{d: geom.Point{X: 0.1}, se: 10, reach: 1}, 1, 0},
		{"nothing known", drift{d: geom.Point{X: 0.1}, own: math.Inf(1), reach: 1}, 1, 0},
		{"none", drift{reach: 1}, 1, 0},
	} {
		if got := c.drift.carried(c.share); !(math.Abs(got.X-c.want) <= 0.001 && got.Y == 0) {
			t.Errorf("%s: carried %.4f, want %.4f", c.name, got, c.want)
		}
	}
}
