package stats

import (
	"math"
	"strconv"
	"testing"
)

// printed fails unless got is want at the digits that the source prints.
func printed(t *testing.T, what string, got float64, want string) {
	t.Helper()
	v, err := strconv.ParseFloat(want, 64)
	if err != nil {
		t.Fatal(err)
	}
	digits := 0
	for i := range want {
		if want[i] == '.' {
			digits = len(want) - 1 - i
		}
	}
	// Half a unit of the last printed digit, and as much again of rounding on the way.
	if !(math.Abs(got-v) <= 0.5000001*math.Pow10(-digits)) {
		t.Errorf("%s: got %.9g, printed %s", what, got, want)
	}
}

// Shrout & Fleiss 1979, Psychol Bull 86:420, table 2: six targets, four judges.
var shroutFleiss = [][]float64{{9, 2, 5, 8}, {6, 1, 3, 2}, {8, 4, 6, 8}, {7, 1, 2, 6}, {10, 5, 6, 9}, {6, 2, 4, 7}}

func TestShroutFleiss(t *testing.T) {
	r, err := ICC(shroutFleiss)
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		what string
		got  float64
		want string
	}{
		{"BMS", r.BMS, "11.2417"}, {"WMS", r.WMS, "6.2639"}, {"JMS", r.JMS, "32.4861"}, {"EMS", r.EMS, "1.01944"},
		{"ICC(1,1)", r.ICC11.Value, "0.16574"}, {"ICC(2,1)", r.ICC21.Value, "0.28976"}, {"ICC(3,1)", r.ICC31.Value, "0.71484"},
		{"ICC(1,k)", r.ICC1k.Value, "0.44280"}, {"ICC(2,k)", r.ICC2k.Value, "0.62005"}, {"ICC(3,k)", r.ICC3k.Value, "0.90932"},
		{"(1,1) low", r.ICC11.CI.Low, "-0.1329"}, {"(1,1) high", r.ICC11.CI.High, "0.7226"},
		{"(2,1) low", r.ICC21.CI.Low, "0.0188"}, {"(2,1) high", r.ICC21.CI.High, "0.7611"},
		{"(3,1) low", r.ICC31.CI.Low, "0.3425"}, {"(3,1) high", r.ICC31.CI.High, "0.9459"},
		{"v", r.judgeDF(r.ICC21.Value), "4.785"},
		{"SEM agreement", r.SEMAgreement, "2.5028"}, {"SEM consistency", r.SEMConsistency, "1.0097"},
		{"MDC agreement", MDC95(r.SEMAgreement, 1), "6.9373"}, {"MDC consistency", MDC95(r.SEMConsistency, 1), "2.7987"},
		{"1.96·√2", MDC95(1, 1), "2.7719"}, {"of the mean of 4", MDC95(1, 4), "1.3859"},
	} {
		printed(t, tt.what, tt.got, tt.want)
	}
	if len(r.Warnings) != 1 {
		t.Errorf("six targets carry no warning: %v", r.Warnings)
	}
}

// Bland & Altman 1986, Lancet i:307: peak expiratory flow, first Wright reading and
// first mini Wright reading of 17 subjects.
var (
	wright = []float64{494, 395, 516, 434, 476, 557, 413, 442, 650, 433, 417, 656, 267, 478, 178, 423, 427}
	mini   = []float64{512, 430, 520, 428, 500, 600, 364, 380, 658, 445, 432, 626, 260, 477, 259, 350, 451}
)

func TestBlandAltmanPEFR(t *testing.T) {
	g, err := BlandAltman(wright, mini)
	if err != nil {
		t.Fatal(err)
	}
	two := Interval{g.Bias - 2*g.SD, g.Bias + 2*g.SD}
	for _, tt := range []struct {
		what string
		got  float64
		want string
	}{
		{"bias", g.Bias, "-2.118"}, {"SD", g.SD, "38.765"}, {"r", g.R, "0.943"},
		{"−2 SD", two.Low, "-79.65"}, {"+2 SD", two.High, "75.41"},
		{"−1.96 SD", g.Limits.Low, "-78.10"}, {"+1.96 SD", g.Limits.High, "73.86"},
		{"bias low", g.BiasCI.Low, "-22.05"}, {"bias high", g.BiasCI.High, "17.81"},
	} {
		printed(t, tt.what, tt.got, tt.want)
	}
	// The paper prints standard error √(3·38.8²/17) = 16.3 l/min for a limit.
	printed(t, "standard error of a limit", (g.LowCI.High-g.Limits.Low)/TQuantile(0.975, 16), "16.3")
}

// Student 1908: hours of sleep gained by ten patients on two drugs.
var (
	sleepOne = []float64{0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0}
	sleepTwo = []float64{1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4}
)

func TestStudentSleep(t *testing.T) {
	r, err := OneSampleT(differences(sleepOne, sleepTwo), 0)
	if err != nil {
		t.Fatal(err)
	}
	printed(t, "mean", r.Mean, "-1.58")
	printed(t, "t", r.T, "-4.0621")
	printed(t, "df", r.DF, "9")
	printed(t, "p", r.P, "0.002833")
	printed(t, "low", r.CI.Low, "-2.4599")
	printed(t, "high", r.CI.High, "-0.7001")
	// The same data as two groups: R's t.test documentation prints t −1.8608,
	// df 17.776, p 0.07939, −3.3654832 to 0.2054832.
	w, err := WelchT(sleepOne, sleepTwo)
	if err != nil {
		t.Fatal(err)
	}
	printed(t, "Welch t", w.T, "-1.8608")
	printed(t, "Welch df", w.DF, "17.776")
	printed(t, "Welch p", w.P, "0.07939")
	printed(t, "Welch low", w.CI.Low, "-3.3654832")
	printed(t, "Welch high", w.CI.High, "0.2054832")
}

func TestWilcoxonPublished(t *testing.T) {
	// Hollander & Wolfe 1973: depression scale of nine patients, before and after.
	before := []float64{1.83, 0.50, 1.62, 2.48, 1.68, 1.88, 1.55, 3.06, 1.30}
	after := []float64{0.878, 0.647, 0.598, 2.05, 1.06, 1.29, 1.06, 3.14, 1.29}
	r, err := WilcoxonSignedRank(differences(before, after), DropZeros)
	if err != nil {
		t.Fatal(err)
	}
	printed(t, "V", r.WPlus, "40")
	printed(t, "one-sided p", r.PGreater, "0.01953125")
	printed(t, "two-sided p", r.P, "0.0390625")

	// Darwin 1876 (Fisher 1935): crossed minus self-fertilised maize, eighths of an inch.
	maize := []float64{49, -67, 8, 16, 6, 23, 28, 41, 14, 29, 56, 24, 75, 60, -48}
	if r, err = WilcoxonSignedRank(maize, DropZeros); err != nil {
		t.Fatal(err)
	}
	printed(t, "maize W−", r.WMinus, "24")
	printed(t, "maize V", r.WPlus, "96")
	printed(t, "maize p", r.P, "0.0412598")
	s, err := OneSampleT(maize, 0)
	if err != nil {
		t.Fatal(err)
	}
	printed(t, "maize t", s.T, "2.1480")
	printed(t, "maize t's p", s.P, "0.0497")
}

// Spatial test A of Efron & Tibshirani 1993, ch. 14, 26 children; θ is the plug-in
// variance. Their 90 % BCa interval from B = 2000 is (115.8, 259.6) with z0 0.146; that
// of B = 200,000 is (115.8, 261.1) with z0 0.175, its percentile interval (98.0, 235.6).
func TestBCaSpatialTest(t *testing.T) {
	x := []float64{48, 36, 20, 29, 42, 42, 20, 42, 22, 41, 45, 14, 6, 0, 33, 28, 34, 4, 32, 24, 47, 41, 24, 26, 30, 41}
	variance := func(index []int) float64 {
		s := make([]float64, len(index))
		for k, i := range index {
			s[k] = x[i]
		}
		return sumSquares(s) / float64(len(s))
	}
	b, err := BCa(len(x), variance, BootstrapOptions{Level: 0.9, Resamples: 200000, Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	printed(t, "θ", b.Estimate, "171.534")
	printed(t, "a", b.A, "0.06124")
	// Monte Carlo error of B = 200,000, three standard errors of each quantile: the
	// tail counts are known to 1 % and the density there is about 0.002 per unit, so
	// 0.8; of z0 √(1/4/B)/φ(0) = 0.0028, so 0.008.
	for _, tt := range []struct {
		what           string
		got, want, tol float64
	}{
		{"z0", b.Z0, 0.175, 0.008 + 0.0005}, {"low", b.CI.Low, 115.8, 0.8}, {"high", b.CI.High, 261.1, 0.8},
		{"percentile low", b.Percentile.Low, 98.0, 0.8}, {"percentile high", b.Percentile.High, 235.6, 0.8},
	} {
		if !(math.Abs(tt.got-tt.want) <= tt.tol) {
			t.Errorf("%s: got %.4f, want %v ± %v", tt.what, tt.got, tt.want, tt.tol)
		}
	}
}

// Efron & Tibshirani 1993, table 3.1: LSAT and GPA of 15 law schools.
func TestLawSchool(t *testing.T) {
	lsat := []float64{576, 635, 558, 578, 666, 580, 555, 661, 651, 605, 653, 575, 545, 572, 594}
	gpa := []float64{3.39, 3.30, 2.81, 3.03, 3.44, 3.07, 3.00, 3.43, 3.36, 3.13, 3.12, 2.74, 2.76, 2.88, 2.96}
	printed(t, "r", Pearson(lsat, gpa), "0.776374")
}

// Sen 1968, J Am Stat Assoc 63:1379, section 6.
func TestSen1968(t *testing.T) {
	x, y := []float64{1, 2, 3, 4, 10, 12, 18}, []float64{9, 15, 19, 20, 45, 55, 78}
	r, err := TheilSen(x, y, 0.93)
	if err != nil {
		t.Fatal(err)
	}
	printed(t, "slope", r.Slope, "4")
	printed(t, "intercept", r.Intercept, "4")
	printed(t, "low", r.CI.Low, "3.714")
	printed(t, "high", r.CI.High, "4.375")
	// The ranks 4 and 18 of his large-sample rule hold P(|S| ≤ 13), which is more than
	// the 93 % he printed: S ≥ 15 has 76 of 5040 orders.
	printed(t, "level", r.Level, "0.969841")
	printed(t, "tau", r.Tau, "1")
	printed(t, "p", r.P, "0.000397")
}

// Benjamini & Hochberg 1995, J R Stat Soc B 57:289, section 4.1.
func TestMultiplicity1995(t *testing.T) {
	p := []float64{.0001, .0004, .0019, .0095, .0201, .0278, .0298, .0344, .0459, .3240, .4262, .5719, .6528, .7590, 1}
	holm := Holm(p)
	for i, want := range []string{"0.0015", "0.0056", "0.0247", "0.114"} {
		printed(t, "Holm "+strconv.Itoa(i+1), holm[i], want)
	}
	if holm[2] > 0.05 || holm[3] <= 0.05 {
		t.Errorf("Holm rejects other than the first three: %v", holm[:4])
	}
}

// NIST StRD Misra1a: y = b1(1 − exp(−b2 x)), certified b1 2.3894212918E+02,
// b2 5.5015643181E-04, residual standard deviation 1.0187876330E-01. Here the rate is
// a half-life, T½ = ln 2/b2.
func TestMisra1a(t *testing.T) {
	y := []float64{10.07, 14.73, 17.94, 23.93, 29.61, 35.18, 40.02, 44.82, 50.76, 55.05, 61.01, 66.40, 75.47, 81.78}
	x := []float64{77.6, 114.9, 141.1, 190.8, 239.9, 289.0, 332.8, 378.4, 434.8, 477.3, 536.8, 593.1, 689.1, 760.0}
	p := profile{y: y, basis: func(half float64) [][]float64 {
		rise := make([]float64, len(x))
		for i, v := range x {
			rise[i] = 1 - math.Exp2(-v/half)
		}
		return [][]float64{rise}
	}}
	grid, _ := halfLives(x)
	half, inside := p.search(grid)
	coef, rss := p.at(half)
	if !inside {
		t.Fatal("the minimum was not bracketed")
	}
	printed(t, "b1", coef[0], "238.94212918")
	printed(t, "b2·10⁴", 1e4*math.Ln2/half, "5.5015643181")
	printed(t, "residual SD", math.Sqrt(rss/12), "0.10187876330")
}

// Anscombe 1973, Am Stat 27:17, first set: the line that R's documentation prints.
func TestAnscombe(t *testing.T) {
	x := []float64{10, 8, 13, 9, 11, 14, 6, 4, 12, 7, 5}
	y := []float64{8.04, 6.95, 7.58, 8.81, 8.33, 9.96, 7.24, 4.26, 10.84, 4.82, 5.68}
	l, err := FitLine(x, y)
	if err != nil {
		t.Fatal(err)
	}
	half := TQuantile(0.975, 9)
	printed(t, "intercept", l.Intercept.Value, "3.0001")
	printed(t, "its SE", (l.Intercept.CI.High-l.Intercept.Value)/half, "1.1247")
	printed(t, "its p", l.InterceptP, "0.02573")
	printed(t, "slope", l.Slope.Value, "0.5001")
	printed(t, "its SE", (l.Slope.CI.High-l.Slope.Value)/half, "0.1179")
	printed(t, "its p", l.SlopeP, "0.00217")
	printed(t, "residual SD", l.ResidualSD, "1.237")
}
