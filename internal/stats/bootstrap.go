package stats

import (
	"math"
	"math/rand/v2"
	"slices"

	"gonum.org/v1/gonum/stat/distuv"
)

// BootstrapOptions of [BCa]. The zero value is a 95 % interval from 10,000 resamples.
type BootstrapOptions struct {
	Level     float64
	Resamples int
	Seed      uint64 // the same seed gives the same interval
}

// Bootstrap is an estimate with its bias-corrected and accelerated interval.
type Bootstrap struct {
	Estimate   float64
	CI         Interval // BCa
	Percentile Interval
	Z0, A      float64 // bias correction and acceleration
	Warnings   []string
}

// fewForBCa is below which BCa's acceleration is itself too uncertain.
const fewForBCa = 10

// BCa resamples n subjects and returns the interval of Efron 1987 (J Am Stat Assoc
// 82:171; Efron & Tibshirani 1993, ch. 14):
//
//	z0 = Φ⁻¹(#{θ* < θ}/B)    a = Σd³ / (6(Σd²)^1.5), d = θ̄(·) − θ(i) by the jackknife
//	α' = Φ(z0 + (z0+z)/(1 − a(z0+z)))
//
// stat gets the indices of a sample, with repeats, and must not keep or change them.
// The subject is the unit: its repeats, sides and pixels come with it.
func BCa(n int, stat func(index []int) float64, opt BootstrapOptions) (Bootstrap, error) {
	if n < 3 {
		return Bootstrap{}, ErrTooFew
	}
	if opt.Level == 0 {
		opt.Level = 0.95
	}
	if opt.Resamples == 0 {
		opt.Resamples = 10000
	}
	index := make([]int, n)
	for i := range index {
		index[i] = i
	}
	b := Bootstrap{Estimate: stat(index)}
	draws, below := resample(index, stat, opt, b.Estimate)
	b.A = acceleration(index, stat)
	share := float64(below) / float64(len(draws))
	if share == 0 || share == 1 || math.IsNaN(b.A) || math.IsNaN(b.Estimate) {
		return b, ErrConstant
	}
	if n < fewForBCa {
		b.Warnings = append(b.Warnings, "fewer than 10 subjects: the BCa interval is unreliable")
	}
	b.Z0 = NormalQuantile(share)
	low, high := (1-opt.Level)/2, (1+opt.Level)/2
	b.CI = Interval{quantileSorted(draws, b.level(low)), quantileSorted(draws, b.level(high))}
	b.Percentile = Interval{quantileSorted(draws, low), quantileSorted(draws, high)}
	return b, nil
}

func (b *Bootstrap) level(alpha float64) float64 {
	s := b.Z0 + NormalQuantile(alpha)
	return distuv.UnitNormal.CDF(b.Z0 + s/(1-b.A*s))
}

// resample returns the sorted statistics of the resamples and how many are below theta.
func resample(index []int, stat func([]int) float64, opt BootstrapOptions, theta float64) (draws []float64, below int) {
	rng := rand.New(rand.NewPCG(opt.Seed, 0x9e3779b97f4a7c15))
	draws = make([]float64, opt.Resamples)
	sample := make([]int, len(index))
	for i := range draws {
		for k := range sample {
			sample[k] = rng.IntN(len(index))
		}
		draws[i] = stat(sample)
		if draws[i] < theta {
			below++
		}
	}
	slices.Sort(draws)
	return draws, below
}

func acceleration(index []int, stat func([]int) float64) float64 {
	leave := make([]float64, len(index))
	for i := range index {
		leave[i] = stat(slices.Delete(slices.Clone(index), i, i+1))
	}
	m := Mean(leave)
	var s2, s3 float64
	for _, v := range leave {
		d := m - v
		s2 += d * d
		s3 += d * d * d
	}
	return s3 / (6 * math.Pow(s2, 1.5))
}
