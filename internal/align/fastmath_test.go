package align

import (
	"math"
	"testing"
)

func TestLn(t *testing.T) {
	for v := float32(darkLight); v < 4; v *= 1.00037 {
		if d := math.Abs(float64(ln(v)) - math.Log(float64(v))); !(d <= 5e-7) {
			t.Fatalf("ln %g = %g, off by %g", v, ln(v), d)
		}
	}
}

func TestTurns(t *testing.T) {
	for i := range 10000 {
		a := 2 * math.Pi * float64(i) / 10000
		got := turns(3*math.Sin(a), 3*math.Cos(a))
		d := math.Abs(math.Remainder(got-float64(i)/10000, 1))
		if !(d <= 2e-5) || got < 0 || got >= 1 {
			t.Fatalf("turn %d/10000 read as %g", i, got)
		}
	}
	if turns(0, 0) != 0 {
		t.Error("no direction must read as 0")
	}
}
