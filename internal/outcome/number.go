package outcome

import (
	"bytes"
	"fmt"
	"math"
	"strconv"
)

// Number is a measured value. NaN and ±Inf mean "not measured" and are null in JSON
// and empty in tables. It is written with nine significant digits, more than any
// photo carries and few enough to be the same on every CPU.
type Number float64

// NaN is the value that was not measured.
func NaN() Number { return Number(math.NaN()) }

// Known reports whether the value was measured.
func (n Number) Known() bool { return !math.IsNaN(float64(n)) && !math.IsInf(float64(n), 0) }

// String is the value as it stands in JSON, and "" when not measured.
func (n Number) String() string {
	if !n.Known() {
		return ""
	}
	if n == 0 {
		return "0"
	}
	return strconv.FormatFloat(float64(n), 'g', 9, 64)
}

// MarshalJSON writes null for a value that was not measured.
func (n Number) MarshalJSON() ([]byte, error) {
	if !n.Known() {
		return []byte("null"), nil
	}
	return []byte(n.String()), nil
}

// UnmarshalJSON reads null as a value that was not measured.
func (n *Number) UnmarshalJSON(b []byte) error {
	if bytes.Equal(b, []byte("null")) {
		*n = NaN()
		return nil
	}
	v, err := strconv.ParseFloat(string(b), 64)
	if err != nil {
		return fmt.Errorf("not a number: %s", b)
	}
	*n = Number(v)
	return nil
}
