package cie

// curveSteps is the resolution of the tabulated CIELAB curve on [0, 1]: linear
// interpolation between 1/4096 steps is off by at most 4e-6 above the knee (h²/8·f″),
// which is 0.002 units of a*.
const curveSteps = 4096

// LabTable turns rows of linear sRGB into CIELAB (D65) through a table: within 0.005 of
// [LabD65]. It is immutable and may be shared.
type LabTable struct {
	curve curveTable
	m     [3][3]float32
}

// NewLabTable tabulates the curve of CIELAB.
func NewLabTable() *LabTable {
	return &LabTable{curve: newCurve(), m: scaledRows(XYZFromRGB(), D65())}
}

// Row fills lab, rows of L*, a* and b*, from rows of red, green and blue light of the
// same length.
func (t *LabTable) Row(lab, rgb [3][]float32) {
	r, g, b := rgb[0], rgb[1], rgb[2]
	m := &t.m
	for x := range r {
		fx := t.curve.at(float32(m[0][0]*r[x]) + float32(m[0][1]*g[x]) + float32(m[0][2]*b[x]))
		fy := t.curve.at(float32(m[1][0]*r[x]) + float32(m[1][1]*g[x]) + float32(m[1][2]*b[x]))
		fz := t.curve.at(float32(m[2][0]*r[x]) + float32(m[2][1]*g[x]) + float32(m[2][2]*b[x]))
		lab[0][x] = float32(116*fy) - 16
		lab[1][x] = 500 * (fx - fy)
		lab[2][x] = 200 * (fy - fz)
	}
}

// scaledRows is m with each row divided by its coordinate of the white.
func scaledRows(m Matrix, w White) [3][3]float32 {
	var out [3][3]float32
	for i := range 3 {
		for j := range 3 {
			out[i][j] = float32(m[i][j] / w[i])
		}
	}
	return out
}

// curveTable is the CIELAB curve f on [0, 1] in curveSteps steps.
type curveTable []float32

func newCurve() curveTable {
	t := make(curveTable, curveSteps+2)
	for i := range t {
		t[i] = float32(labCurve(float64(i) / curveSteps))
	}
	return t
}

// at interpolates on [0, 1] and is exact elsewhere, where skin seldom is.
func (c curveTable) at(t float32) float32 {
	if !(t >= 0 && t <= 1) {
		return float32(labCurve(float64(t)))
	}
	u := t * curveSteps
	i := int(u)
	return c[i] + float32((u-float32(i))*(c[i+1]-c[i]))
}
