package stats

import (
	"math"
	"math/bits"
	"math/rand/v2"
	"testing"
)

// Hollander & Wolfe 1973, p. 69: permeability of the human chorioamnion at term and
// between 12 and 26 weeks; U and the exact one-sided p as R's wilcox.test prints them.
func TestMannWhitneyChorioamnion(t *testing.T) {
	term := []float64{0.80, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46}
	early := []float64{1.15, 0.88, 0.90, 0.74, 1.21}
	r, err := MannWhitney(term, early)
	if err != nil {
		t.Fatal(err)
	}
	printed(t, "U", r.U, "35")
	printed(t, "p", r.PGreater, "0.1272")
	printed(t, "shift", r.Shift, "0.305")
	if !r.Exact {
		t.Error("15 values are not exact")
	}
}

// The exact p is what counting all choices of ranks gives, with ties.
func TestMannWhitneyIsEnumeration(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 9))
	for range 20 {
		var x []float64
		for range 9 {
			x = append(x, float64(rng.IntN(6)))
		}
		r, err := MannWhitney(x[:4], x[4:])
		if err != nil {
			t.Fatal(err)
		}
		twice := twiceMidranks(x)
		all, atLeast := 0, 0
		for choice := range 1 << 9 {
			if bits.OnesCount(uint(choice)) != 4 {
				continue
			}
			sum, own := 0, 0
			for i, v := range twice {
				if choice>>i&1 == 1 {
					sum += v
				}
				if i < 4 {
					own += v
				}
			}
			all++
			if sum >= own {
				atLeast++
			}
		}
		if want := float64(atLeast) / float64(all); !(math.Abs(r.PGreater-want) < 1e-12) {
			t.Errorf("%v: p %v, counted %v", x, r.PGreater, want)
		}
	}
}

func TestMannWhitneyNormalMeetsExact(t *testing.T) {
	rng := rand.New(rand.NewPCG(2, 9))
	var a, b []float64
	for i := range 30 {
		a, b = append(a, rng.NormFloat64()+0.4), append(b, math.Round(4*rng.NormFloat64())/4)
		if i%3 == 0 {
			a[i] = math.Round(a[i])
		}
	}
	exact, err := MannWhitney(a, b)
	if err != nil || !exact.Exact {
		t.Fatal(err, exact)
	}
	normal := exact
	normal.normal(twiceMidranks(append(append([]float64{}, a...), b...)))
	if !(math.Abs(normal.P-exact.P) < 0.003) || !(math.Abs(normal.PGreater-exact.PGreater) < 0.003) {
		t.Errorf("normal %v, exact %v", normal, exact)
	}
	if _, err := MannWhitney(a, nil); err == nil {
		t.Error("an empty group was compared")
	}
}

func TestSpearmanAndWilson(t *testing.T) {
	x := []float64{1, 2, 3, 4, 5}
	if r := Spearman(x, []float64{1, 4, 9, 16, 25}); !(math.Abs(r-1) < 1e-12) {
		t.Errorf("a rising curve has %v", r)
	}
	// ρ = 1 − 6Σd²/(n(n²−1)) without ties: d = 0 1 1 1 1.
	if r := Spearman(x, []float64{1, 3, 2, 5, 4}); !(math.Abs(r-0.8) < 1e-12) {
		t.Errorf("got %v, want 0.8", r)
	}
	// Newcombe 1998, Stat Med 17:857, table I, method 3: 81/263 and 15/148.
	for _, tt := range []struct {
		k, n      int
		low, high string
	}{{81, 263, "0.2553", "0.3662"}, {15, 148, "0.0624", "0.1605"}, {0, 20, "0.0000", "0.1611"}, {1, 29, "0.0061", "0.1718"}} {
		w := Wilson(tt.k, tt.n)
		printed(t, "low", w.Low, tt.low)
		printed(t, "high", w.High, tt.high)
	}
}
