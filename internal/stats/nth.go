package stats

import "cmp"

// Nth puts the value of rank k where sorting would, none larger before it, none smaller
// behind (Hoare 1961, Comm ACM 4:321).
func Nth[T cmp.Ordered](v []T, k int) T {
	for l, r := 0, len(v)-1; l < r; {
		a, b, c := v[l], v[(l+r)/2], v[r]
		pivot := max(min(a, b), min(max(a, b), c))
		i, j := l, r
		for i <= j {
			for v[i] < pivot {
				i++
			}
			for v[j] > pivot {
				j--
			}
			if i <= j {
				v[i], v[j] = v[j], v[i]
				i, j = i+1, j-1
			}
		}
		if j < k {
			l = i
		}
		if k < i {
			r = j
		}
	}
	return v[k]
}
