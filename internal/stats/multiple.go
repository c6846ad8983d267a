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

// BenjaminiHochberg returns p values adjusted so that rejecting those at most q keeps
// the expected share of false rejections within q for independent tests: min over
// j ≥ i of m·p₍ⱼ₎/j (Benjamini & Hochberg 1995, J R Stat Soc B 57:289).
func BenjaminiHochberg(p []float64) []float64 {
	adj, last := make([]float64, len(p)), 1.0
	order := ascending(p)
	for rank := len(p) - 1; rank >= 0; rank-- {
		last = min(last, p[order[rank]]*float64(len(p))/float64(rank+1))
		adj[order[rank]] = last
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
