package trial

import (
	"errors"
	"math"

	"dermtrace/internal/stats"
)

// Agreement says how well raters agree beyond chance.
type Agreement struct {
	Raters []string // two for a kappa; all for the ICC
	N      int      // pairs that all of them rated
	Kappa  float64  // quadratically weighted, of the first two raters
	CI     stats.Interval
	ICC    stats.Estimate // ICC(2,1): one rating by any rater
	Notes  []string
}

// ErrNoVariation is returned where every rating is the same: chance agreement is then
// complete and kappa means nothing.
var ErrNoVariation = errors.New("every rating is the same")

// WeightedKappa is Cohen's kappa with quadratic weights (Cohen 1968, Psychol Bull 70:213):
//
//	κ = 1 − Σ wᵢⱼ oᵢⱼ / Σ wᵢⱼ eᵢⱼ,  wᵢⱼ = (i − j)²
//
// with o the observed and e the expected counts of two raters who rate alike often, but
// independently. Of two categories it is the unweighted kappa (Cohen 1960).
func WeightedKappa(a, b []float64) (float64, error) {
	if len(a) != len(b) || len(a) == 0 {
		panic("trial: kappa needs pairs of ratings")
	}
	var observed, expected float64
	for i, x := range a {
		observed += (x - b[i]) * (x - b[i])
		for _, y := range b {
			expected += (x - y) * (x - y)
		}
	}
	expected /= float64(len(a))
	if expected == 0 {
		return 0, ErrNoVariation
	}
	return 1 - observed/expected, nil
}

// agree computes kappa of the first two raters and the ICC of all, over the pairs that
// all of them rated. ratings has one row per pair, one column per rater.
func agree(raters []string, ratings [][]float64, seed uint64) (Agreement, error) {
	out := Agreement{Raters: raters, N: len(ratings)}
	column := func(rows []int, k int) []float64 {
		list := make([]float64, len(rows))
		for i, r := range rows {
			list[i] = ratings[r][k]
		}
		return list
	}
	all := make([]int, len(ratings))
	for i := range all {
		all[i] = i
	}
	var err error
	if out.Kappa, err = WeightedKappa(column(all, 0), column(all, 1)); err != nil {
		return out, err
	}
	boot, err := stats.BCa(len(ratings), func(index []int) float64 {
		k, err := WeightedKappa(column(index, 0), column(index, 1))
		if err != nil {
			return 1 // a sample of one rating agrees with itself
		}
		return k
	}, stats.BootstrapOptions{Seed: seed, Resamples: 2000})
	out.CI, out.Notes = boot.CI, boot.Warnings
	if err != nil { // kappa itself stands
		out.CI, out.Notes = stats.Interval{Low: math.NaN(), High: math.NaN()}, []string{"no interval: " + err.Error()}
	}
	icc, err := stats.ICC(ratings)
	if err != nil {
		return out, err
	}
	out.ICC, out.Notes = icc.ICC21, append(out.Notes, icc.Warnings...)
	return out, nil
}
