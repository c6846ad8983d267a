package align

import "math"

// lnCells divide [√½, √2) into stretches of equal mantissa.
const lnCells = 128

// lnCell holds the reciprocal and the logarithm of the middle of each stretch.
var lnCell = func() (t [lnCells]struct{ inv, ln float32 }) {
	for i := range t {
		m := float64(math.Float32frombits(uint32(i<<16+1<<15) + 0x3F3504F3))
		t[i].inv, t[i].ln = float32(1/m), float32(math.Log(m))
	}
	return t
}()

// ln is the natural logarithm of a positive normal float32, within 5e-7: the exponent, the logarithm of
// the nearest of lnCells, and r − r²/2 for the rest r, which is below 2⁻⁸.
func ln(v float32) float32 {
	bits := math.Float32bits(v) - 0x3F3504F3 // √½
	m := math.Float32frombits(bits&0x7FFFFF + 0x3F3504F3)
	c := &lnCell[bits>>16&(lnCells-1)]
	r := float32(m*c.inv) - 1
	return float32(float32(int32(bits)>>23)*math.Ln2) + (c.ln + (r - float32(float32(r*r)*0.5)))
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
