package stats

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/stat/distuv"
)

// RobustSlope is the Theil-Sen line and the Mann-Kendall test of the same pairs. The
// values of one course follow each other in time; their autocorrelation is ignored.
type RobustSlope struct {
	N         int
	Slope     float64  // median of the slopes of all pairs with different x
	CI        Interval // of the slope
	Level     float64  // of CI: the coverage of its ranks, near what was asked
	Intercept float64  // median y − slope·median x (Conover)
	S         int      // Kendall's: concordant − discordant pairs
	Tau       float64  // S over the number of pairs
	P         float64  // two-sided
	Exact     bool
	Warnings  []string
}

// Bounds on exact distributions of S: without ties by counting inversions, with ties
// by trying every order of y.
const (
	exactKendall = 60
	exactOrders  = 8
)

// TheilSen fits a line through medians (Theil 1950; Sen 1968, J Am Stat Assoc 63:1379)
// with an interval near the asked level from Kendall's distribution.
func TheilSen(x, y []float64, level float64) (RobustSlope, error) {
	slopes := pairSlopes(x, y)
	if len(x) < 3 || len(slopes) == 0 {
		return RobustSlope{}, ErrTooFew
	}
	r := RobustSlope{N: len(x), Slope: Median(slopes)}
	r.Intercept = Median(y) - r.Slope*Median(x)
	r.S = kendallS(x, y)
	r.Tau = float64(r.S) / (float64(r.N*(r.N-1)) / 2)
	tail := r.distribution(x, y)
	r.P = min(1, 2*tail(abs(r.S)))
	r.interval(slopes, tail, kendallVariance(x, y), level)
	return r, nil
}

func pairSlopes(x, y []float64) []float64 {
	if len(x) != len(y) {
		panic("stats: pairs of different number")
	}
	var s []float64
	for i := range x {
		for j := i + 1; j < len(x); j++ {
			if x[i] != x[j] {
				s = append(s, (y[j]-y[i])/(x[j]-x[i]))
			}
		}
	}
	slices.Sort(s)
	return s
}

func kendallS(x, y []float64) int {
	s := 0
	for i := range x {
		for j := i + 1; j < len(x); j++ {
			s += sign(x[j]-x[i]) * sign(y[j]-y[i])
		}
	}
	return s
}

func sign(v float64) int {
	switch {
	case v > 0:
		return 1
	case v < 0:
		return -1
	}
	return 0
}

func abs(v int) int { return max(v, -v) }

// distribution returns P(S ≥ s) where y has no trend.
func (r *RobustSlope) distribution(x, y []float64) func(s int) float64 {
	tied := ties(x)+ties(y) > 0
	switch {
	case !tied && r.N <= exactKendall:
		r.Exact = true
		return kendallTail(r.N)
	case tied && r.N <= exactOrders:
		r.Exact = true
		return orderTail(x, y)
	}
	variance := kendallVariance(x, y)
	return func(s int) float64 {
		return distuv.UnitNormal.Survival((float64(s) - 1) / math.Sqrt(variance))
	}
}

// kendallVariance is n(n−1)(2n+5)/18 less what ties take (Kendall 1970).
func kendallVariance(x, y []float64) float64 {
	n := float64(len(x))
	return (n*(n-1)*(2*n+5) - ties(x) - ties(y)) / 18
}

// ties is Σt(t−1)(2t+5) over groups of equal values.
func ties(v []float64) float64 {
	s := slices.Sorted(slices.Values(v))
	var sum float64
	for i := 0; i < len(s); {
		j := i
		for j < len(s) && s[j] == s[i] {
			j++
		}
		t := float64(j - i)
		sum += t * (t - 1) * (2*t + 5)
		i = j
	}
	return sum
}

// kendallTail counts permutations by their inversions: S = n(n−1)/2 − 2·inversions.
func kendallTail(n int) func(s int) float64 {
	pairs := n * (n - 1) / 2
	prob := make([]float64, pairs+1)
	prob[0] = 1
	for m := 2; m <= n; m++ {
		next := make([]float64, pairs+1)
		for k := range next {
			for j := max(0, k-m+1); j <= k; j++ {
				next[k] += prob[j] / float64(m)
			}
		}
		prob = next
	}
	return func(s int) float64 {
		var p float64
		for k := 0; pairs-2*k >= s && k <= pairs; k++ {
			p += prob[k]
		}
		return p
	}
}

// orderTail tries every order of y.
func orderTail(x, y []float64) func(s int) float64 {
	var all []int
	p := slices.Clone(y)
	var permute func(k int)
	permute = func(k int) {
		if k == len(p) {
			all = append(all, kendallS(x, p))
			return
		}
		for i := k; i < len(p); i++ {
			p[k], p[i] = p[i], p[k]
			permute(k + 1)
			p[k], p[i] = p[i], p[k]
		}
	}
	permute(0)
	return func(s int) float64 {
		n := 0
		for _, v := range all {
			if v >= s {
				n++
			}
		}
		return float64(n) / float64(len(all))
	}
}

// interval takes the slopes of rank M and N−M+1 of N (Sen 1968): M = (N − C)/2 rounded
// down, C the normal quantile of S. Where so few values leave no M, C is the largest S
// that is not significant in the exact distribution (Hollander & Wolfe 1999, 9.3). The
// level stated is that which the ranks have.
func (r *RobustSlope) interval(slopes []float64, tail func(int) float64, variance, level float64) {
	n, alpha := len(slopes), (1-level)/2
	m := int(math.Floor((float64(n) - NormalQuantile(1-alpha)*math.Sqrt(variance)) / 2))
	if m < 1 && r.Exact && tail(n) <= alpha {
		m = 1
	}
	if m < 1 {
		r.CI, r.Level = Interval{math.Inf(-1), math.Inf(1)}, 1
		r.Warnings = append(r.Warnings, "too few values for an interval at this level")
		return
	}
	r.CI, r.Level = Interval{slopes[m-1], slopes[n-m]}, 1-2*tail(n-2*m+2)
}
