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
		codes, spread := make([]float64, n), make([]float64, n+manyValues)
		for i := range codes {
			codes[i] = float64(r.IntN(1 + n/2))
		}
		for i := range spread {
			spread[i] = float64(r.IntN(n)) * r.NormFloat64()
		}
		holdMedian(t, codes)
		holdMedian(t, spread)
	}
	if v := median(nil); !math.IsNaN(v) {
		t.Errorf("of nothing %v, want NaN", v)
	}
}

// Two heaps far apart have nothing in the step between them.
func TestMedianBetweenTwoHeaps(t *testing.T) {
	for _, n := range []int{manyValues, manyValues + 1} {
		v := make([]float64, n)
		for i := range v {
			v[i] = float64(i % 3)
			if i >= n/2 {
				v[i] += 1000
			}
		}
		holdMedian(t, v)
	}
}

func holdMedian(t *testing.T, v []float64) {
	t.Helper()
	sorted := slices.Sorted(slices.Values(v))
	n := len(v)
	want := (sorted[(n-1)/2] + sorted[n/2]) / 2
	if got := median(v); got != want {
		t.Fatalf("of %d values %v, want %v", n, got, want)
	}
}
