package texture

import (
	"slices"
	"testing"

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
