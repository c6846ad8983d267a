package stats

import (
	"cmp"
	"math"
	"slices"

	"gonum.org/v1/gonum/stat/distuv"
)

// Zeros says what a signed-rank test does with differences of zero.
type Zeros int

const (
	DropZeros  Zeros = iota // Wilcoxon 1945: leave them out before ranking
	PrattZeros              // Pratt 1959: rank them, then leave out their ranks
)

// SignedRank is a Wilcoxon signed-rank test. The p values are exact for the ranks that
// occurred, ties and all, up to exactRanks differences; beyond by the normal with
// correction for ties and continuity.
type SignedRank struct {
	N, ZeroCount int     // differences that were ranked and counted; zeros left out
	WPlus        float64 // sum of the ranks of positive differences (V)
	WMinus       float64
	P            float64 // two-sided
	PGreater     float64 // one-sided: differences tend to be positive
	Exact        bool
	Warnings     []string
}

// exactRanks bounds the work of exact p values, which grows with its cube.
const exactRanks = 200

// fewRanks is the least number of differences at which p can fall below 0.05.
const fewRanks = 6

// WilcoxonSignedRank tests whether differences are symmetric about zero.
func WilcoxonSignedRank(d []float64, zeros Zeros) (SignedRank, error) {
	ranks, positive := signedRanks(d, zeros)
	r := SignedRank{N: len(ranks), ZeroCount: len(d) - len(ranks)}
	if r.N == 0 {
		return r, ErrTooFew
	}
	if r.N < fewRanks {
		r.Warnings = append(r.Warnings, "fewer than 6 differences: p cannot fall below 0.05")
	}
	for i, twice := range ranks {
		if positive[i] {
			r.WPlus += float64(twice) / 2
		} else {
			r.WMinus += float64(twice) / 2
		}
	}
	r.Exact = r.N <= exactRanks
	if r.Exact {
		r.exact(ranks)
	} else {
		r.normal(ranks)
	}
	return r, nil
}

// signedRanks are twice the midranks of |d| of the differences that are not zero, which
// are whole numbers, and the signs.
func signedRanks(d []float64, zeros Zeros) (twice []int, positive []bool) {
	s := slices.Clone(d)
	if zeros == DropZeros {
		s = slices.DeleteFunc(s, func(v float64) bool { return v == 0 })
	}
	slices.SortStableFunc(s, func(a, b float64) int { return cmp.Compare(math.Abs(a), math.Abs(b)) })
	for i := 0; i < len(s); {
		j := i
		for j < len(s) && math.Abs(s[j]) == math.Abs(s[i]) {
			j++
		}
		for k := i; k < j; k++ {
			if s[k] != 0 {
				twice, positive = append(twice, i+1+j), append(positive, s[k] > 0)
			}
		}
		i = j
	}
	return twice, positive
}

// exact counts how many of the 2ⁿ signs give each sum of positive ranks.
func (r *SignedRank) exact(twice []int) {
	total := 0
	for _, v := range twice {
		total += v
	}
	prob := make([]float64, total+1)
	prob[0] = 1
	for _, v := range twice {
		for s := total; s >= 0; s-- {
			p := prob[s] / 2
			if s >= v {
				p += prob[s-v] / 2
			}
			prob[s] = p
		}
	}
	var atMost, atLeast float64
	w := int(math.Round(2 * r.WPlus))
	for s, p := range prob {
		if s <= w {
			atMost += p
		}
		if s >= w {
			atLeast += p
		}
	}
	r.PGreater, r.P = atLeast, min(1, 2*min(atMost, atLeast))
}

// normal: W has mean Σrank/2 and variance Σrank²/4.
func (r *SignedRank) normal(twice []int) {
	var variance float64
	for _, v := range twice {
		variance += float64(v) * float64(v) / 16
	}
	excess := (r.WPlus - r.WMinus) / 2
	sd := math.Sqrt(variance)
	r.PGreater = distuv.UnitNormal.Survival((excess - 0.5) / sd)
	r.P = min(1, 2*distuv.UnitNormal.Survival(max(0, math.Abs(excess)-0.5)/sd))
}
