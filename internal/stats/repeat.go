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

// Spread is how the variance of repeats grows with their level: Constant + Relative·x²
// (Rocke & Lorenzato 1995, Technometrics 37:176).
type Spread struct{ Constant, Relative float64 }

// At is the variance at a squared level.
func (s Spread) At(square float64) float64 { return s.Constant + float64(s.Relative*square) }

// FitSpread fits both parts to groups of repeats with variances s, degrees of freedom df
// and squared levels above zero, by the likelihood of χ²: s·df/variance. A constant part
// is only taken where it improves on a variance that is relative alone, by the ratio of
// likelihoods over the dispersion at 5 %; else Relative is the pooled relative variance.
func FitSpread(s, df, square []float64) Spread {
	alone, misfit := spreadOf(0, s, df, square)
	best, least := alone, misfit
	const steps, perDecade = 80, 20 // squared levels at which both parts are alike: 4 decades each way
	for k := -steps; k <= steps; k++ {
		like := Mean(square) * math.Pow(10, float64(k)/perDecade)
		if p, m := spreadOf(like, s, df, square); m < least {
			best, least = p, m
		}
	}
	dispersion := 0.0
	for i, v := range s {
		d := v/best.At(square[i]) - 1
		dispersion += float64(df[i]*d*d) / 2 / float64(len(s)-2)
	}
	const chi2 = 3.841 // 95 % of one degree of freedom
	if len(s) > 2 && misfit-least > chi2*max(1, dispersion) {
		return best
	}
	return alone
}

// spreadOf is the likeliest spread of the form Relative·(like + x²), and −2 ln of its
// likelihood but for a constant.
func spreadOf(like float64, s, df, square []float64) (p Spread, misfit float64) {
	var sum, all, logs float64
	for i, v := range s {
		sum += float64(df[i]*v) / (like + square[i])
		logs += float64(df[i] * math.Log(like+square[i]))
		all += df[i]
	}
	p.Relative = sum / all
	p.Constant = float64(p.Relative * like)
	return p, logs + float64(all*math.Log(p.Relative))
}

// MDC95 is the minimal detectable change between two means of k repeats for a standard
// error of measurement that is known exactly: 1.96·√2·SEM/√k (Weir 2005, J Strength
// Cond Res 19:231, whose 1.96 it keeps).
func MDC95(sem float64, k int) float64 {
	return 1.96 * math.Sqrt2 * sem / math.Sqrt(float64(k))
}
