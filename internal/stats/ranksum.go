package stats

import (
	"cmp"
	"maps"
	"math"
	"slices"

	"gonum.org/v1/gonum/stat/distuv"
)

// RankSum is a Wilcoxon rank-sum (Mann-Whitney) test of two independent groups. The p
// values are exact for the ranks that occurred, ties and all, up to exactSum values in
// all; beyond by the normal with correction for ties and continuity.
type RankSum struct {
	NA, NB   int
	U        float64 // pairs in which a's value is larger, ties half
	Shift    float64 // Hodges-Lehmann: median of all differences a − b
	P        float64 // two-sided
	PGreater float64 // one-sided: a tends to be larger
	Exact    bool
}

// exactSum bounds the work of exact p values, which grows with its fourth power.
const exactSum = 60

// MannWhitney tests whether values of a tend to be larger than those of b (Mann &
// Whitney 1947, Ann Math Stat 18:50).
func MannWhitney(a, b []float64) (RankSum, error) {
	r := RankSum{NA: len(a), NB: len(b)}
	if r.NA == 0 || r.NB == 0 {
		return r, ErrTooFew
	}
	twice := twiceMidranks(slices.Concat(a, b))
	sum := 0
	for _, v := range twice[:len(a)] {
		sum += v
	}
	r.U = float64(sum)/2 - float64(r.NA*(r.NA+1))/2
	var shifts []float64
	for _, x := range a {
		for _, y := range b {
			shifts = append(shifts, x-y)
		}
	}
	r.Shift = Median(shifts)
	if r.Exact = len(twice) <= exactSum; r.Exact {
		r.exact(twice, sum)
	} else {
		r.normal(twice)
	}
	return r, nil
}

// twiceMidranks are the ranks of x, those of equal values averaged; twice, to be whole.
func twiceMidranks(x []float64) []int {
	order := make([]int, len(x))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(i, j int) int { return cmp.Compare(x[i], x[j]) })
	ranks := make([]int, len(x))
	for i := 0; i < len(order); {
		j := i
		for j < len(order) && x[order[j]] == x[order[i]] {
			j++
		}
		for _, k := range order[i:j] {
			ranks[k] = i + 1 + j
		}
		i = j
	}
	return ranks
}

// exact counts in how many of all choices of NA ranks each sum occurs.
func (r *RankSum) exact(twice []int, sum int) {
	total := 0
	for _, v := range twice {
		total += v
	}
	ways := make([][]float64, r.NA+1)
	for k := range ways {
		ways[k] = make([]float64, total+1)
	}
	ways[0][0] = 1
	for _, v := range twice {
		for k := r.NA; k >= 1; k-- {
			for s := total; s >= v; s-- {
				ways[k][s] += ways[k-1][s-v]
			}
		}
	}
	var all, atMost, atLeast float64
	for s, n := range ways[r.NA] {
		all += n
		if s <= sum {
			atMost += n
		}
		if s >= sum {
			atLeast += n
		}
	}
	r.PGreater, r.P = atLeast/all, min(1, 2*min(atMost, atLeast)/all)
}

// normal: U has mean ab/2 and variance ab/12·(n+1 − Σ(t³−t)/(n(n−1))), t sizes of ties.
func (r *RankSum) normal(twice []int) {
	ties := map[int]float64{}
	for _, v := range twice {
		ties[v]++
	}
	var tied float64
	for _, v := range slices.Sorted(maps.Keys(ties)) {
		t := ties[v]
		tied += t*t*t - t
	}
	ab, n := float64(r.NA)*float64(r.NB), float64(len(twice))
	sd := math.Sqrt(ab / 12 * (n + 1 - tied/(n*(n-1))))
	excess := r.U - ab/2
	r.PGreater = distuv.UnitNormal.Survival((excess - 0.5) / sd)
	r.P = min(1, 2*distuv.UnitNormal.Survival(max(0, math.Abs(excess)-0.5)/sd))
}

// Spearman is the correlation of ranks (Spearman 1904), ties averaged; NaN where one
// side does not vary.
func Spearman(x, y []float64) float64 {
	rank := func(v []float64) []float64 {
		r := make([]float64, len(v))
		for i, twice := range twiceMidranks(v) {
			r[i] = float64(twice)
		}
		return r
	}
	return Pearson(rank(x), rank(y))
}

// Wilson is the 95 % interval of a share of k in n (Wilson 1927, J Am Stat Assoc
// 22:209).
func Wilson(k, n int) Interval {
	z, p, m := NormalQuantile(0.975), float64(k)/float64(n), float64(n)
	centre := (p + z*z/(2*m)) / (1 + z*z/m)
	half := z / (1 + z*z/m) * math.Sqrt(p*(1-p)/m+z*z/(4*m*m))
	return Interval{max(0, centre-half), min(1, centre+half)}
}
