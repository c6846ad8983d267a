package stats

import (
	"math/rand/v2"
	"slices"
	"testing"
)

func TestNthIsThatOfSorting(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for n := 1; n <= 200; n++ {
		for _, kinds := range []int{1, 3, 1 << 20} {
			v := make([]float64, n)
			for i := range v {
				v[i] = float64(random.IntN(kinds))
			}
			sorted := slices.Sorted(slices.Values(v))
			k := random.IntN(n)
			if got := Nth(v, k); got != sorted[k] {
				t.Fatalf("%d of %d: %v, want %v", k, n, got, sorted[k])
			}
			if slices.Max(v[:k+1]) > v[k] || slices.Min(v[k:]) < v[k] {
				t.Fatalf("%d of %d: not parted in %v", k, n, v)
			}
		}
	}
}
