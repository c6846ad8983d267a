package stats

import "gonum.org/v1/gonum/mathext"

// CountTail is the probability of k events or more within exposure where nothing is
// happening but what happened in other exposures: a Poisson count whose rate has a gamma
// distribution of the given shape and rate, so that the count is negative binomial
// (Gelman et al., Bayesian Data Analysis, 3rd ed., 2.6). Events seen elsewhere add to the
// shape, their exposure to the rate. A shape below 1 stands for counts that differ more
// between occasions than chance alone makes them. Neither may be 0.
func CountTail(k int, exposure, shape, rate float64) float64 {
	if k <= 0 {
		return 1
	}
	return mathext.RegIncBeta(float64(k), shape, exposure/(exposure+rate))
}
