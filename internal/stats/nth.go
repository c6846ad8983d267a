package stats

import (
	"cmp"
	"math"
)

// many values are worth a sample: fewer are soon parted (as in Algorithm 489).
const many = 600

// Nth puts the value of rank k where sorting would, none larger before it, none smaller
// behind (Hoare 1961, Comm ACM 4:321). Where there are many a sample tells about where it lies
// (Floyd & Rivest 1975, Comm ACM 18:165).
func Nth[T cmp.Ordered](v []T, k int) T {
	for l, r := 0, len(v)-1; l < r; {
		pivot := median3(v[l], v[(l+r)/2], v[r])
		if n := r - l + 1; n > many {
			pivot = estimate(v[l:r+1], k-l)
		}
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

func median3[T cmp.Ordered](a, b, c T) T { return max(min(a, b), min(max(a, b), c)) }

// estimate is about the value of rank k, more likely on its side of more values: what is looked at
// again is the side of fewer.
func estimate[T cmp.Ordered](v []T, k int) T {
	n := float64(len(v))
	size := math.Exp(2*math.Log(n)/3) / 2
	sample := make([]T, int(size))
	for i := range sample {
		sample[i] = v[i*len(v)/len(sample)]
	}
	share := float64(k) / n
	off := math.Sqrt(math.Log(n)*size) / 4
	if share > 0.5 {
		off = -off
	}
	return Nth(sample, max(0, min(int(share*size+off), len(sample)-1)))
}
