package stats

import (
	"math"
	"math/rand/v2"
	"testing"
)

// With shape 1 the count is geometric, with one of any whole number the waiting time of a
// binomial: P(N ≥ k) = P(Binomial(k + shape − 1, p) ≥ k), p the share of the exposure.
func TestCountTailIsNegativeBinomial(t *testing.T) {
	for _, tt := range []struct {
		k, shape       int
		exposure, rate float64
	}{{1, 1, 1, 1}, {3, 1, 2, 6}, {2, 4, 4.3, 1.3}, {12, 1, 4.3, 1.3}, {7, 4, 4.16, 2.15}} {
		p, n, want := tt.exposure/(tt.exposure+tt.rate), tt.k+tt.shape-1, 0.0
		for i := tt.k; i <= n; i++ {
			want += math.Round(math.Exp(lgamma(n+1)-lgamma(i+1)-lgamma(n-i+1))) * math.Pow(p, float64(i)) * math.Pow(1-p, float64(n-i))
		}
		if got := CountTail(tt.k, tt.exposure, float64(tt.shape), tt.rate); !(math.Abs(got-want) <= 1e-9) {
			t.Errorf("%+v: %v, want %v", tt, got, want)
		}
	}
	if CountTail(0, 1, 1, 1) != 1 {
		t.Error("none or more is certain")
	}
}

func lgamma(n int) float64 { v, _ := math.Lgamma(float64(n)); return v }

// A rate drawn from the distribution yields counts with that tail.
func TestCountTailOfDraws(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 5))
	const draws, exposure, rate = 40000, 3.0, 2.0
	beyond := 0
	for range draws {
		lambda := (rng.ExpFloat64() + rng.ExpFloat64()) / rate // gamma of shape 2
		n, at := 0, rng.ExpFloat64()
		for ; at < lambda*exposure; at += rng.ExpFloat64() {
			n++
		}
		if n >= 5 {
			beyond++
		}
	}
	got, want := float64(beyond)/draws, CountTail(5, exposure, 2, rate)
	if !(math.Abs(got-want) <= 3*math.Sqrt(want*(1-want)/draws)) {
		t.Errorf("%v of draws have 5 or more, want %v", got, want)
	}
}
