package calib

import (
	"math"
	"math/rand/v2"
	"testing"

	"dermtrace/internal/raster"
)

// A thin photo is the mean of two rows of each block.
func TestThinIsTwoRowsOfEachBlock(t *testing.T) {
	const w, h, f = 131, 70, 3
	r, photo := rand.New(rand.NewPCG(3, 4)), raster.NewRGB(w, h)
	for _, p := range photo.Planes() {
		for i := range p.Pix {
			p.Pix[i] = float32(r.Float64())
		}
	}
	small := Thin(photo, f)
	if small.W() != w/f || small.H() != h/f {
		t.Fatalf("%d×%d", small.W(), small.H())
	}
	for k, p := range small.Planes() {
		for y := range p.H {
			for x := range p.W {
				var want float64
				for i := range f {
					want += float64(photo.Planes()[k].At(f*x+i, f*y)+photo.Planes()[k].At(f*x+i, f*y+2)) / (2 * f)
				}
				if got := float64(p.At(x, y)); !(math.Abs(got-want) <= 1e-6) {
					t.Fatalf("plane %d is %v at %d, %d, want %v", k, got, x, y, want)
				}
			}
		}
	}
}
