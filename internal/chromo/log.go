package chromo

import "math"

// Floor is the linear light below which a ratio of colours is noise: an eighth of an
// 8-bit code above black (1/255/12.92 = 3.0e-4 linear). Darker pixels are held at it
// and counted (METHODS of the indices: a floor of 1e-4, flagged).
const Floor = 1e-4

// logSteps is the resolution of the mantissa table: linear interpolation between
// 1/2048 steps of [1, 2) is off by at most 3e-8, less than the rounding of a float32 logarithm.
const logSteps = 2048

// LogTable gives natural logarithms of positive normal float32 values.
type LogTable [logSteps + 1]float32

// NewLogTable tabulates the mantissa.
func NewLogTable() *LogTable {
	var t LogTable
	for i := range t {
		t[i] = float32(math.Log1p(float64(i) / logSteps))
	}
	return &t
}

// Ln is the logarithm of light, held at [Floor]; NaN is held too.
func (t *LogTable) Ln(light float32) float32 {
	if !(light > Floor) {
		light = Floor
	}
	return t.ln(light)
}

// ln is the logarithm of v, which must be positive and normal.
func (t *LogTable) ln(v float32) float32 {
	const mantissa, step = 1<<23 - 1, (1 << 23) / logSteps
	bits := math.Float32bits(v)
	m := bits & mantissa
	i := m / step
	frac := float32(m%step) * (1.0 / step)
	a := t[i]
	return float32(float32(int(bits>>23)-127)*math.Ln2) + a + float32(frac*(t[i+1]-a))
}
