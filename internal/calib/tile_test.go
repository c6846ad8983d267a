package calib

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// Against sorting, with codes that many pixels share.
func TestMedianIsThatOfTheSortedValues(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for n := 1; n < 300; n++ {
		v := make([]float64, n)
		for i := range v {
			v[i] = float64(r.IntN(1 + n/2))
		}
		sorted := slices.Sorted(slices.Values(v))
		want := (sorted[(n-1)/2] + sorted[n/2]) / 2
		if got := median(v); got != want {
			t.Fatalf("of %d values %v, want %v", n, got, want)
		}
	}
	if v := median(nil); !math.IsNaN(v) {
		t.Errorf("of nothing %v, want NaN", v)
	}
}
