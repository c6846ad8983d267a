package stats

import "math"

// Agreement compares two methods on the same subjects (Bland & Altman 1986, Lancet
// i:307): the bias is the mean difference a − b, the limits hold 95 % of differences.
type Agreement struct {
	N             int
	Bias          float64
	BiasCI        Interval
	SD            float64  // of the differences
	Limits        Interval // bias ± 1.96 SD
	LowCI         Interval // of the lower limit, standard error √(3/n)·SD
	HighCI        Interval
	R             float64 // Pearson's, which measures range as much as agreement
	Proportional  Estimate
	ProportionalP float64
	Warnings      []string
}

// BlandAltman needs at least three pairs. Proportional is the slope of the difference
// on the mean: where it is not 0 the limits widen or drift with size, and a log or
// ratio scale is needed.
func BlandAltman(a, b []float64) (Agreement, error) {
	d := differences(a, b)
	n := float64(len(d))
	if n < 3 {
		return Agreement{}, ErrTooFew
	}
	g := Agreement{N: len(d), Bias: Mean(d), SD: SD(d), R: Pearson(a, b)}
	t, z := TQuantile(0.975, n-1), NormalQuantile(0.975)
	around := func(v, se float64) Interval { return Interval{v - t*se, v + t*se} }
	g.BiasCI = around(g.Bias, g.SD/math.Sqrt(n))
	g.Limits = Interval{g.Bias - z*g.SD, g.Bias + z*g.SD}
	se := math.Sqrt(3/n) * g.SD
	g.LowCI, g.HighCI = around(g.Limits.Low, se), around(g.Limits.High, se)
	means := make([]float64, len(d))
	for i := range means {
		means[i] = (a[i] + b[i]) / 2
	}
	line, err := FitLine(means, d)
	if err != nil {
		return g, err
	}
	g.Proportional, g.ProportionalP = line.Slope, line.SlopeP
	if g.ProportionalP < 0.05 {
		g.Warnings = append(g.Warnings, "the difference grows with the value: limits hold for no single size")
	}
	return g, nil
}

func differences(a, b []float64) []float64 {
	if len(a) != len(b) {
		panic("stats: pairs of different number")
	}
	d := make([]float64, len(a))
	for i := range a {
		d[i] = a[i] - b[i]
	}
	return d
}

// cross is Σ(x−x̄)(y−ȳ).
func cross(x, y []float64) float64 {
	if len(x) != len(y) {
		panic("stats: pairs of different number")
	}
	mx, my := Mean(x), Mean(y)
	var sum float64
	for i := range x {
		sum += float64((x[i] - mx) * (y[i] - my))
	}
	return sum
}

// Pearson is the product-moment correlation, NaN where either does not vary.
func Pearson(x, y []float64) float64 {
	return cross(x, y) / math.Sqrt(sumSquares(x)*sumSquares(y))
}
