package geom

import (
	"cmp"
	"slices"
)

// Pair joins place I of one list with place J of another, which lie Distance apart.
type Pair struct {
	I, J     int
	Distance float64
}

// Closest joins the n places of one list with the m of another one to one, the closest of
// the possible pairs first. It gives the partner of each of the n, −1 for none, and sorts
// pairs.
func Closest(pairs []Pair, n, m int) []int {
	slices.SortFunc(pairs, func(p, q Pair) int {
		return cmp.Or(cmp.Compare(p.Distance, q.Distance), cmp.Compare(p.I, q.I), cmp.Compare(p.J, q.J))
	})
	partner, taken := make([]int, n), make([]bool, m)
	for i := range partner {
		partner[i] = -1
	}
	for _, p := range pairs {
		if partner[p.I] < 0 && !taken[p.J] {
			partner[p.I], taken[p.J] = p.J, true
		}
	}
	return partner
}
