package calib

import (
	"math"
	"math/rand/v2"
	"testing"

	"dermtrace/internal/raster"
)

// The step of a pixel against its definition.
func TestStepPlaneAgainstNaive(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 9))
	for _, size := range [][2]int{{1, 1}, {2, 1}, {1, 3}, {17, 130}} {
		var logs [3]*raster.Plane
		for k := range logs {
			logs[k] = raster.New(size[0], size[1])
			for i := range logs[k].Pix {
				logs[k].Pix[i] = float32(rng.NormFloat64())
			}
		}
		got := stepPlane(logs)
		for y := range size[1] {
			for x := range size[0] {
				var want float32
				for _, p := range logs {
					for _, by := range [4][2]int{{1, 0}, {-1, 0}, {0, 1}, {0, -1}} {
						if u, v := x+by[0], y+by[1]; u >= 0 && v >= 0 && u < p.W && v < p.H {
							want = max(want, float32(math.Abs(float64(p.At(x, y)-p.At(u, v)))))
						}
					}
				}
				if got.At(x, y) != want {
					t.Fatalf("%v: step at %d, %d is %v, want %v", size, x, y, got.At(x, y), want)
				}
			}
		}
	}
}
