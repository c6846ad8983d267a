package stats

import "math"

// Pooled is a variance gathered over groups of repeats.
type Pooled struct {
	Variance float64
	DF       float64 // Σ(nᵢ−1)
}

// PoolWithin is the variance within groups of repeats, NaN where no group has two.
func PoolWithin(groups [][]float64) Pooled {
	var sum, df float64
	for _, g := range groups {
		if len(g) >= 2 {
			sum += sumSquares(g)
			df += float64(len(g) - 1)
		}
	}
	return Pooled{Variance: sum / df, DF: df}
}

// WithinCV is the within-subject coefficient of variation of repeats,
// √mean(sᵢ²/mᵢ²) (Bland 2006), over groups of at least two repeats.
func WithinCV(groups [][]float64) float64 {
	var sum float64
	var n int
	for _, g := range groups {
		if len(g) >= 2 {
			m := Mean(g)
			sum += Variance(g) / float64(m*m)
			n++
		}
	}
	return math.Sqrt(sum / float64(n))
}

// MDC95 is the minimal detectable change between two means of k repeats for a standard
// error of measurement that is known exactly: 1.96·√2·SEM/√k (Weir 2005, J Strength
// Cond Res 19:231, whose 1.96 it keeps).
func MDC95(sem float64, k int) float64 {
	return 1.96 * math.Sqrt2 * sem / math.Sqrt(float64(k))
}

// SEMFromICC is SD·√(1−ICC).
func SEMFromICC(sd, icc float64) float64 { return sd * math.Sqrt(1-icc) }
