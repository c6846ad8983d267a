package stats

import (
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func near(t *testing.T, what string, got, want, tol float64) {
	t.Helper()
	if !(math.Abs(got-want) <= tol) {
		t.Errorf("%s: got %v, want %v ± %v", what, got, want, tol)
	}
}

func TestLocationAndScale(t *testing.T) {
	x := []float64{3, 1, 2, 100}
	before := slices.Clone(x)
	near(t, "median", Median(x), 2.5, 0)
	near(t, "MAD", MAD(x), madToSD*1, 1e-12) // deviations 0.5 1.5 0.5 97.5
	near(t, "SD", SD([]float64{2, 4, 4, 4, 5, 5, 7, 9}), math.Sqrt(32.0/7), 1e-12)
	if !slices.Equal(x, before) {
		t.Error("the argument was changed")
	}
	for what, v := range map[string]float64{"mean": Mean(nil), "median": Median(nil), "MAD": MAD(nil), "SD of one": SD([]float64{1})} {
		if !math.IsNaN(v) {
			t.Errorf("%s of too little is %v", what, v)
		}
	}
}

// Normal quantiles and t of common tables.
func TestQuantiles(t *testing.T) {
	printed(t, "t(0.975; 5)", TQuantile(0.975, 5), "2.571")
	printed(t, "t(0.975; 30)", TQuantile(0.975, 30), "2.042")
	printed(t, "t(0.975; ∞)", TQuantile(0.975, math.Inf(1)), "1.960")
	printed(t, "two-sided", TTwoSided(-2.570582, 5), "0.050")
}

func TestPooling(t *testing.T) {
	p := PoolWithin([][]float64{{1, 3}, {5}, {2, 4, 6}, nil})
	near(t, "pooled variance", p.Variance, (2.0+8)/3, 1e-12)
	near(t, "pooled df", p.DF, 3, 0)
	v, df := Satterthwaite(Part{1, 4, 10}, Part{1, 4, 10}, Part{2, 0, 0})
	near(t, "sum of equals", v, 8, 1e-12)
	near(t, "its df", df, 20, 1e-12)
}

func TestICCOfPerfectAndOfConstantRatings(t *testing.T) {
	r, err := ICC([][]float64{{1, 1}, {2, 2}, {5, 5}})
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range []Estimate{r.ICC11, r.ICC31, r.ICC1k, r.ICC3k} {
		near(t, "perfect", e.Value, 1, 1e-12)
	}
	if _, err := ICC([][]float64{{1, 1}, {1, 1}}); !errors.Is(err, ErrConstant) {
		t.Errorf("constant ratings: %v", err)
	}
	if _, err := ICC([][]float64{{1, 2}}); !errors.Is(err, ErrTooFew) {
		t.Errorf("one target: %v", err)
	}
}

// Every sign is as likely: the exact p by trying them all, with ties and zeros.
func TestSignedRankIsEnumeration(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 9).Draw(t, "n")
		var d []float64
		for range n {
			d = append(d, float64(rapid.IntRange(-4, 4).Draw(t, "d")))
		}
		zeros := Zeros(rapid.IntRange(0, 1).Draw(t, "zeros"))
		r, err := WilcoxonSignedRank(d, zeros)
		ranks, _ := signedRanks(d, zeros)
		if len(ranks) == 0 {
			if !errors.Is(err, ErrTooFew) {
				t.Fatalf("nothing was ranked: %v", err)
			}
			return
		}
		low, high, all := 0, 0, 1<<len(ranks)
		for signs := range all {
			w := 0.0
			for i, v := range ranks {
				if signs>>i&1 == 1 {
					w += float64(v) / 2
				}
			}
			if w <= r.WPlus {
				low++
			}
			if w >= r.WPlus {
				high++
			}
		}
		want := min(1, 2*float64(min(low, high))/float64(all))
		if !(math.Abs(r.P-want) < 1e-12) || !(math.Abs(r.PGreater-float64(high)/float64(all)) < 1e-12) {
			t.Fatalf("p %v (greater %v), by enumeration %v", r.P, r.PGreater, want)
		}
	})
}

// Pratt 1959 ranks zeros: |d| = 0 1 2 gets ranks 1 2 3, of which 2 and 3 are summed.
func TestPrattRanksZeros(t *testing.T) {
	d := []float64{0, 1, 2}
	pratt, _ := WilcoxonSignedRank(d, PrattZeros)
	drop, _ := WilcoxonSignedRank(d, DropZeros)
	if pratt.WPlus != 5 || drop.WPlus != 3 || pratt.ZeroCount != 1 || drop.ZeroCount != 1 {
		t.Errorf("Pratt %+v, Wilcoxon %+v", pratt, drop)
	}
}

// The normal approximation takes over where the exact p still has the same digits.
func TestSignedRankNormalMeetsExact(t *testing.T) {
	var d []float64
	for i := range exactRanks {
		d = append(d, float64(i)-91.5)
	}
	exact, _ := WilcoxonSignedRank(d, DropZeros)
	normal := exact
	ranks, _ := signedRanks(d, DropZeros)
	normal.normal(ranks)
	near(t, "two-sided", normal.P/exact.P, 1, 0.02)
	near(t, "one-sided", normal.PGreater/exact.PGreater, 1, 0.02)
}

func TestKendallTailIsEnumeration(t *testing.T) {
	x := []float64{1, 2, 3, 4, 5, 6}
	count, every := kendallTail(6), orderTail(x, x)
	for s := -15; s <= 15; s += 2 {
		near(t, "tail", count(s), every(s), 1e-12)
	}
	near(t, "variance without ties", kendallVariance(x, x), 6*5*17/18.0, 1e-12)
}

func TestTheilSenEdges(t *testing.T) {
	if _, err := TheilSen([]float64{1, 1, 1}, []float64{1, 2, 3}, 0.95); !errors.Is(err, ErrTooFew) {
		t.Errorf("no two different x: %v", err)
	}
	r, err := TheilSen([]float64{1, 2, 3, 4, 5}, []float64{2, 2, 2, 2, 2}, 0.95)
	if err != nil || r.Slope != 0 || r.P != 1 {
		t.Errorf("a constant: %+v, %v", r, err)
	}
	r, err = TheilSen([]float64{1, 2, 3, 4, 5}, []float64{1, 3, 2, 5, 4}, 0.95)
	if err != nil || !(r.CI.Low < r.Slope && r.Slope < r.CI.High) || math.IsInf(r.CI.High, 0) {
		t.Errorf("five values give an interval: %+v, %v", r, err)
	}
	r, _ = TheilSen([]float64{1, 2, 3, 4}, []float64{1, 3, 2, 5}, 0.95)
	if !math.IsInf(r.CI.High, 1) || len(r.Warnings) != 1 {
		t.Errorf("four values give none: %+v", r)
	}
}

func TestAdjustedValuesOrderAndBounds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := rapid.SliceOfN(rapid.Float64Range(0, 1), 1, 12).Draw(t, "p")
		holm := Holm(p)
		for i := range p {
			if !(p[i] <= holm[i]+1e-12 && holm[i] <= 1) {
				t.Fatalf("p %v, Holm %v", p[i], holm[i])
			}
		}
	})
}

func TestBootstrapIsRepeatableAndRefuses(t *testing.T) {
	x := []float64{1, 4, 2, 8, 5, 7, 3, 9, 6, 5, 4}
	mean := func(index []int) float64 {
		var s float64
		for _, i := range index {
			s += x[i] / float64(len(index))
		}
		return s
	}
	a, err := BCa(len(x), mean, BootstrapOptions{Seed: 7})
	if err != nil {
		t.Fatal(err)
	}
	b, _ := BCa(len(x), mean, BootstrapOptions{Seed: 7})
	if a.CI != b.CI || !(a.CI.Low < a.Estimate && a.Estimate < a.CI.High) {
		t.Errorf("%+v, then %+v", a, b)
	}
	if _, err := BCa(5, func([]int) float64 { return 1 }, BootstrapOptions{Resamples: 100}); !errors.Is(err, ErrConstant) {
		t.Errorf("a constant: %v", err)
	}
	if few, _ := BCa(5, mean, BootstrapOptions{Resamples: 1000}); len(few.Warnings) != 1 {
		t.Errorf("five subjects carry no warning: %+v", few)
	}
}

func TestDecayWithoutNoise(t *testing.T) {
	at := []float64{0, 1, 2, 4, 7, 14, 28}
	y := make([]float64, len(at))
	for i, v := range at {
		y[i] = 2 + 6*math.Exp2(-v/2.5)
	}
	d, err := FitDecay(at, y, DecayOptions{Plateau: 99})
	if err != nil || d.Fixed {
		t.Fatal(d, err)
	}
	near(t, "half-life", d.HalfLife, 2.5, 1e-6)
	near(t, "amplitude", d.Amplitude, 6, 1e-6)
	near(t, "plateau", d.Plateau, 2, 1e-6)
	if d, err = FitDecay(at[:4], y[:4], DecayOptions{Plateau: 2}); err != nil || !d.Fixed {
		t.Fatal(d, err)
	}
	near(t, "half-life on a held plateau", d.HalfLife, 2.5, 1e-6)
}

func TestDecayRefuses(t *testing.T) {
	for what, y := range map[string][]float64{"rising": {1, 2, 3, 4, 5}, "flat": {3, 3, 3, 3, 3}, "sinking below": {-1, -1, -2, -3, -4}} {
		if d, err := FitDecay([]float64{0, 1, 2, 4, 7}, y, DecayOptions{}); !errors.Is(err, ErrNoDecay) {
			t.Errorf("%s: %+v, %v", what, d, err)
		}
	}
	if _, err := FitDecay([]float64{0, 30}, []float64{5, 1}, DecayOptions{}); !errors.Is(err, ErrTooFew) {
		t.Errorf("two points: %v", err)
	}
	if _, err := FitDecay([]float64{2, 2, 2}, []float64{5, 3, 1}, DecayOptions{}); !errors.Is(err, ErrConstant) {
		t.Errorf("one time: %v", err)
	}
}

// Coverage of the profile interval: noise unknown, known, and a plateau that is itself
// measured; 600 curves each. The
// standard error of 95 % in 600 is 0.9 %.
func TestDecayCoverage(t *testing.T) {
	at := []float64{0, 1, 2, 4, 7}
	for _, opt := range []DecayOptions{{}, {Sigma: []float64{0.3, 0.3, 0.3, 0.3, 0.3}, DF: 1e6}, {Sigma: []float64{0.3, 0.3, 0.3, 0.3, 0.3}, DF: 1e6, PlateauSigma: 0.3}} {
		rng := rand.New(rand.NewPCG(3, 5))
		covered, fitted := 0, 0
		for range 600 {
			y := make([]float64, len(at))
			for i, v := range at {
				y[i] = 6*math.Exp2(-v/2) + 0.3*rng.NormFloat64()
			}
			opt.Plateau = opt.PlateauSigma * rng.NormFloat64()
			if d, err := FitDecay(at, y, opt); err == nil {
				fitted++
				if d.CI.Contains(2) {
					covered++
				}
			}
		}
		share := float64(covered) / float64(fitted)
		if !(share >= 0.92 && share <= 0.98) || fitted < 590 {
			t.Errorf("%+v: %d fitted, %.3f covered", opt, fitted, share)
		}
	}
}

// Repeats whose variance is 4 + 0.01·x² by construction: the fit finds both parts where
// levels differ enough to tell them apart, and the relative part alone, which then is the
// pooled one, where they do not.
func TestFitSpread(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 8))
	draw := func(n int, constant, relative float64, level func(int) float64) (s, df, square []float64) {
		for i := range n {
			x := level(i)
			values := make([]float64, 6)
			for k := range values {
				values[k] = x + math.Sqrt(constant+relative*x*x)*rng.NormFloat64()
			}
			s, df, square = append(s, Variance(values)), append(df, 5), append(square, x*x)
		}
		return s, df, square
	}
	wide := func(i int) float64 { return 0.5 * math.Pow(1.05, float64(i%120)) } // 0.5 to 166
	for _, tt := range []struct {
		constant, relative float64
		level              func(int) float64
		both               bool
	}{
		{4, 0.01, wide, true}, {4, 0, wide, true}, {0, 0.01, wide, false}, {4, 0.01, func(int) float64 { return 20 }, false},
	} {
		s, df, square := draw(600, tt.constant, tt.relative, tt.level)
		p := FitSpread(s, df, square)
		if !tt.both {
			pooled := 0.0
			for i := range s {
				pooled += s[i] / square[i] / float64(len(s))
			}
			if p.Constant != 0 || !(math.Abs(p.Relative/pooled-1) <= 1e-12) {
				t.Errorf("%+v: %+v, pooled relative variance %v", tt, p, pooled)
			}
			continue
		}
		// 600 variances of 5 degrees of freedom tell each part to about 5 %; thrice that.
		if !(math.Abs(p.Constant-tt.constant) <= 0.15*tt.constant) || !(math.Abs(p.Relative-tt.relative) <= 0.15*tt.relative+1e-5) {
			t.Errorf("%+v: %+v", tt, p)
		}
	}
	if p := FitSpread([]float64{0, 0, 0}, []float64{1, 1, 1}, []float64{1, 2, 3}); p != (Spread{}) {
		t.Errorf("no spread at all: %+v", p)
	}
}
