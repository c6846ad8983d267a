package outcome

import (
	"math"
	"testing"
)

func TestTheUncertaintyDecidesTheDigits(t *testing.T) {
	for _, tt := range []struct {
		v, u Number
		want string
	}{
		{29.31, 8.02, "29"}, {29.31, 0.82, "29.3"}, {29.31, 0.15, "29.31"}, {29.31, 12, "29"}, {29.31, 1.5, "29.3"},
		{-0.00293, 0.0033, "-0.003"}, {-0.00004, 0.0033, "0.000"}, {1234.5, 300, "1234"}, {2, 0.03, "2.00"},
		{0.0412345, 0, "0.0412"}, {1234.5, 0, "1234"}, {0, 0, "0"}, {NaN(), 1, ""}, {Number(math.Inf(1)), 0, ""}, {0.5, NaN(), "0.500"},
	} {
		if got := tt.v.Fixed(Places(tt.u)); got != tt.want {
			t.Errorf("%v with an uncertainty of %v: %q, want %q", tt.v, tt.u, got, tt.want)
		}
	}
}

func TestSigns(t *testing.T) {
	for _, tt := range []struct {
		v      Number
		places int
		want   string
	}{{3.1, 1, "+3.1"}, {-3.1, 1, "-3.1"}, {0.01, 1, "0.0"}, {-0.01, 1, "0.0"}, {0, 0, "0"}, {NaN(), 1, ""}} {
		if got := tt.v.Signed(tt.places); got != tt.want {
			t.Errorf("%v: %q, want %q", tt.v, got, tt.want)
		}
	}
}
