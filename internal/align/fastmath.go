package align

import "math"

// ln is the natural logarithm of a positive normal float32, within 2e-6: the exponent, and
// ln m = 2 artanh((m−1)/(m+1)) to the ninth power for m in [√½, √2).
func ln(v float32) float32 {
	bits := math.Float32bits(v) - 0x3F3504F3 // √½
	e := int32(bits) >> 23
	m := math.Float32frombits(bits&0x7FFFFF + 0x3F3504F3)
	z := (m - 1) / (m + 1)
	z2 := z * z
	s := float32(z2*(1.0/9)) + 1.0/7
	s = float32(s*z2) + 1.0/5
	s = float32(s*z2) + 1.0/3
	s = float32(s*z2) + 1
	return float32(2*z*s) + float32(float32(e)*math.Ln2)
}

// turns is the direction of (x, y) as a share of a full turn in [0, 1), within 2e-5: the
// arctangent of the smaller over the larger by a polynomial (Abramowitz & Stegun 1964, 4.4.49
// shortened to five terms).
func turns(y, x float64) float64 {
	ax, ay := math.Abs(x), math.Abs(y)
	if ax == 0 && ay == 0 {
		return 0
	}
	z := min(ax, ay) / max(ax, ay)
	z2 := z * z
	a := z * (0.9998660 + z2*(-0.3302995+z2*(0.1801410+z2*(-0.0851330+z2*0.0208351)))) / (2 * math.Pi)
	if ay > ax {
		a = 0.25 - a
	}
	if x < 0 {
		a = 0.5 - a
	}
	if y < 0 {
		a = 1 - a
	}
	if a >= 1 {
		a = 0
	}
	return a
}
