package texture

import (
	"math"
	"slices"
	"testing"

	"dermtrace/internal/chromo"
	"dermtrace/internal/raster"
)

func TestBlocksOfTwoAreReadAsOthersAre(t *testing.T) {
	for _, w := range []int{1, 2, 7, 8} {
		s := smoothed{small: raster.New((w+1)/2, 1), k: 2, w: w, h: 1}
		for i := range s.small.Pix {
			s.small.Pix[i] = float32(i*i%5) + 0.1
		}
		want := make([]float32, w)
		spread(want, s.small.Pix, s.spans(w, s.small.W))
		if got := s.large().Pix; !slices.Equal(got, want) {
			t.Errorf("%d pixels: %v, want %v", w, got, want)
		}
	}
}

// Blocks of colour are kept whole as far as the Gaussian is broader than they are, and its
// width, over all places in a block, stays what it was within 4 % (nodes lie at quarters of two
// pixels, not evenly).
func TestSmoothingKeepsBlocksWhole(t *testing.T) {
	for _, c := range []struct {
		sigma float64
		k     int
	}{{0.7, 1}, {1.1, 2}, {2, 2}, {5, 3}} {
		var sum, square float64
		for x0 := 60; x0 < 66; x0++ { // whole blocks of 1, 2 and 3
			p := raster.New(126, 126)
			p.Set(x0, 60, 1)
			s := smoothWhole(chromo.Field{Value: p}, c.sigma, bandFrom, 2)
			if s.k != c.k {
				t.Fatalf("σ %g on blocks of %d, want %d", c.sigma, s.k, c.k)
			}
			for i, v := range s.large().Pix {
				sum, square = sum+float64(v), square+float64(v)*float64((i%p.W-x0)*(i%p.W-x0))
			}
		}
		near(t, "width", math.Sqrt(square/sum)/c.sigma, 1, 0.04)
	}
}
