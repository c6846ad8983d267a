// Package stats answers how sure a number is: repeatability, agreement, reliability,
// tests, intervals, slopes, recovery curves and mixed models, on plain slices.
//
// Functions are pure: they never change their arguments, use no clock and no unseeded
// chance. Units are the caller's. A result is a struct that carries its estimate, its
// interval and, in Warnings, why it may be doubted; what cannot be computed at all is
// an error. Arguments whose lengths do not fit are a bug of the caller and panic.
// Missing values are the caller's to leave out: a NaN in gives a NaN out.
//
// The unit of analysis is what the caller passes as one number. Pixels of one photo
// are not independent and must never be passed as if they were.
package stats

import (
	"errors"
	"math"
	"slices"

	"gonum.org/v1/gonum/stat/distuv"
)

// ErrTooFew is returned when there are fewer values than the method needs.
var ErrTooFew = errors.New("stats: too few values")

// ErrConstant is returned when values do not vary and the method needs that they do.
var ErrConstant = errors.New("stats: the values do not vary")

// Interval is a confidence interval.
type Interval struct{ Low, High float64 }

// Contains reports whether v is inside; NaN never is.
func (i Interval) Contains(v float64) bool { return i.Low <= v && v <= i.High }

// Mean is the arithmetic mean, NaN of nothing.
func Mean(x []float64) float64 {
	var sum float64
	for _, v := range x {
		sum += v
	}
	return sum / float64(len(x))
}

// sumSquares is Σ(x−mean)².
func sumSquares(x []float64) float64 {
	m := Mean(x)
	var sum float64
	for _, v := range x {
		sum += float64((v - m) * (v - m))
	}
	return sum
}

// Variance is the sample variance with n−1, NaN below two values.
func Variance(x []float64) float64 {
	if len(x) < 2 {
		return math.NaN()
	}
	return sumSquares(x) / float64(len(x)-1)
}

// SD is the sample standard deviation with n−1, NaN below two values.
func SD(x []float64) float64 { return math.Sqrt(Variance(x)) }

// Median is the middle value, or the mean of the two middle ones; NaN of nothing.
func Median(x []float64) float64 {
	n := len(x)
	if n == 0 {
		return math.NaN()
	}
	s := slices.Sorted(slices.Values(x))
	if n%2 == 1 {
		return s[n/2]
	}
	return (s[n/2-1] + s[n/2]) / 2
}

// madToSD makes the median absolute deviation of normal values their standard
// deviation: 1/Φ⁻¹(3/4).
const madToSD = 1.4826022185056018

// MAD is the median absolute deviation from the median, scaled to estimate the
// standard deviation of normal values. Half of the values may be wild.
func MAD(x []float64) float64 {
	m := Median(x)
	d := make([]float64, len(x))
	for i, v := range x {
		d[i] = math.Abs(v - m)
	}
	return madToSD * Median(d)
}

// quantileSorted is the quantile p of sorted values by linear interpolation between
// order statistics (Hyndman & Fan 1996, type 7).
func quantileSorted(s []float64, p float64) float64 {
	at := max(0, min(p, 1)) * float64(len(s)-1)
	i := min(int(at), len(s)-2)
	if i < 0 {
		return s[0]
	}
	f := at - float64(i)
	return s[i] + float64(f*(s[i+1]-s[i]))
}

// TQuantile is the quantile p of Student's t; an infinite df is the normal.
func TQuantile(p, df float64) float64 {
	if math.IsInf(df, 1) {
		return NormalQuantile(p)
	}
	return distuv.StudentsT{Sigma: 1, Nu: df}.Quantile(p)
}

// TTwoSided is the probability that |T| exceeds |t|.
func TTwoSided(t, df float64) float64 {
	switch {
	case math.IsNaN(t) || math.IsNaN(df):
		return math.NaN()
	case math.IsInf(df, 1):
		return 2 * distuv.UnitNormal.Survival(math.Abs(t))
	}
	return min(1, 2*distuv.StudentsT{Sigma: 1, Nu: df}.Survival(math.Abs(t)))
}

// NormalQuantile is Φ⁻¹(p).
func NormalQuantile(p float64) float64 { return distuv.UnitNormal.Quantile(p) }

// Part is one piece of a sum of variances: Weight·Variance, the variance known with DF
// degrees of freedom.
type Part struct{ Weight, Variance, DF float64 }

// Satterthwaite adds independent variances and gives the degrees of freedom of the
// sum: ν = (Σaᵢvᵢ)² / Σ(aᵢvᵢ)²/νᵢ (Satterthwaite 1946, Biometrics Bull 2:110).
func Satterthwaite(parts ...Part) (variance, df float64) {
	var bottom float64
	for _, p := range parts {
		v := float64(p.Weight * p.Variance)
		variance += v
		if v != 0 {
			bottom += v * v / p.DF
		}
	}
	return variance, variance * variance / bottom
}

func fQuantile(p, d1, d2 float64) float64 { return distuv.F{D1: d1, D2: d2}.Quantile(p) }
