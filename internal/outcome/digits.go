package outcome

import (
	"math"
	"strconv"
	"strings"
)

// Places is the number of decimals that an uncertainty u entitles to: its first digit,
// and a second one when the first is 1 or 2 (the usual rule for reporting measurements).
// −1 where u says nothing.
func Places(u Number) int {
	if !u.Known() || u <= 0 {
		return -1
	}
	e := int(math.Floor(math.Log10(float64(u))))
	d := -e
	if float64(u)/math.Pow10(e) < 3 {
		d++
	}
	return max(0, min(d, 9))
}

// Fixed is n for reading, with the given places, or with three significant digits where
// places is negative; "" when not measured. Nothing is printed as −0.
func (n Number) Fixed(places int) string {
	if !n.Known() {
		return ""
	}
	if places < 0 {
		return n.Significant(3)
	}
	s := strconv.FormatFloat(float64(n), 'f', places, 64)
	if strings.Trim(s, "-0.") == "" {
		return strings.TrimPrefix(s, "-")
	}
	return s
}

// Significant is n with this many significant digits, but no fewer than its whole ones
// and no more than nine decimals.
func (n Number) Significant(digits int) string {
	if !n.Known() || n == 0 {
		return n.Fixed(0)
	}
	return n.Fixed(max(0, min(digits-1-int(math.Floor(math.Log10(math.Abs(float64(n))))), 9)))
}

// Signed is Fixed with a plus on what is above zero as printed.
func (n Number) Signed(places int) string {
	s := n.Fixed(places)
	if n > 0 && strings.Trim(s, "0.") != "" {
		return "+" + s
	}
	return s
}
