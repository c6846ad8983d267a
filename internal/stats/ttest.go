package stats

import "math"

// TTest is a mean or a difference of means, held against a value.
type TTest struct {
	N        int
	Mean     float64 // or the difference of means
	SE       float64
	T, DF, P float64 // two-sided
	CI       Interval
}

// OneSampleT holds the mean of x against mu (Student 1908).
func OneSampleT(x []float64, mu float64) (TTest, error) {
	n := float64(len(x))
	if n < 2 {
		return TTest{}, ErrTooFew
	}
	return newTTest(len(x), Mean(x), SD(x)/math.Sqrt(n), n-1, mu)
}

// WelchT compares two independent groups whose variances may differ (Welch 1947,
// Biometrika 34:28); the mean is a's less b's.
func WelchT(a, b []float64) (TTest, error) {
	if len(a) < 2 || len(b) < 2 {
		return TTest{}, ErrTooFew
	}
	na, nb := float64(len(a)), float64(len(b))
	v, df := Satterthwaite(Part{1 / na, Variance(a), na - 1}, Part{1 / nb, Variance(b), nb - 1})
	return newTTest(len(a)+len(b), Mean(a)-Mean(b), math.Sqrt(v), df, 0)
}

func newTTest(n int, mean, se, df, mu float64) (TTest, error) {
	if !(se > 0) {
		return TTest{}, ErrConstant
	}
	t, half := (mean-mu)/se, TQuantile(0.975, df)*se
	return TTest{N: n, Mean: mean, SE: se, T: t, DF: df, P: TTwoSided(t, df), CI: Interval{mean - half, mean + half}}, nil
}
