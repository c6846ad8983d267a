package stats

import (
	"cmp"
	"slices"
)

// Holm returns p values adjusted for m tests so that rejecting those at most α keeps
// the chance of any false rejection within α, whatever their dependence:
// max over j ≤ i of (m−j+1)·p₍ⱼ₎, at most 1 (Holm 1979, Scand J Stat 6:65).
func Holm(p []float64) []float64 {
	adj, last := make([]float64, len(p)), 0.0
	for rank, i := range ascending(p) {
		last = max(last, min(1, float64(len(p)-rank)*p[i]))
		adj[i] = last
	}
	return adj
}

// ascending lists the indices of p in order of its values, ties by index.
func ascending(p []float64) []int {
	order := make([]int, len(p))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(p[a], p[b]) })
	return order
}
