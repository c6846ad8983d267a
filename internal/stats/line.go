package stats

import "math"

// Line is a least-squares line with its intercept and slope.
type Line struct {
	N                int
	Intercept, Slope Estimate
	InterceptP       float64 // two-sided
	SlopeP           float64
	DF               float64
	ResidualSD       float64
}

// FitLine fits y on x by ordinary least squares; at least three pairs.
func FitLine(x, y []float64) (Line, error) {
	n, sxx, sxy := float64(len(x)), sumSquares(x), cross(x, y)
	if n < 3 {
		return Line{}, ErrTooFew
	}
	if !(sxx > 0) {
		return Line{}, ErrConstant
	}
	b, mx := sxy/sxx, Mean(x)
	l := Line{N: len(x), DF: n - 2, ResidualSD: math.Sqrt(max(0, sumSquares(y)-b*sxy) / (n - 2))}
	t := TQuantile(0.975, l.DF)
	estimate := func(v, se float64) (Estimate, float64) {
		return Estimate{v, Interval{v - t*se, v + t*se}}, TTwoSided(v/se, l.DF)
	}
	l.Slope, l.SlopeP = estimate(b, l.ResidualSD/math.Sqrt(sxx))
	l.Intercept, l.InterceptP = estimate(Mean(y)-b*mx, l.ResidualSD*math.Sqrt(1/n+mx*mx/sxx))
	return l, nil
}
