package cie

import "dermtrace/internal/raster"

// curveSteps is the resolution of the tabulated CIELAB curve on [0, 1]: linear
// interpolation between 1/4096 steps is off by at most 4e-6 above the knee (h²/8·f″),
// which is 0.002 units of a*.
const curveSteps = 4096

// LabPlanes is [LabD65] of every pixel, through a table: within 0.005 of the exact
// value. The planes are L*, a* and b*.
func LabPlanes(rgb *raster.RGB) (l, a, b *raster.Plane) {
	l, a, b = raster.New(rgb.W(), rgb.H()), raster.New(rgb.W(), rgb.H()), raster.New(rgb.W(), rgb.H())
	m, curve := scaledRows(XYZFromRGB(), D65()), newCurve()
	raster.Bands(rgb.H(), func(y0, y1 int) {
		for y := y0; y < y1; y++ {
			curve.labRow([3][]float32{l.Row(y), a.Row(y), b.Row(y)}, [3][]float32{rgb.R.Row(y), rgb.G.Row(y), rgb.B.Row(y)}, m)
		}
	})
	return l, a, b
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

func (c curveTable) labRow(dst, src [3][]float32, m [3][3]float32) {
	r, g, b := src[0], src[1], src[2]
	for x := range r {
		fx := c.at(float32(m[0][0]*r[x]) + float32(m[0][1]*g[x]) + float32(m[0][2]*b[x]))
		fy := c.at(float32(m[1][0]*r[x]) + float32(m[1][1]*g[x]) + float32(m[1][2]*b[x]))
		fz := c.at(float32(m[2][0]*r[x]) + float32(m[2][1]*g[x]) + float32(m[2][2]*b[x]))
		dst[0][x] = float32(116*fy) - 16
		dst[1][x] = 500 * (fx - fy)
		dst[2][x] = 200 * (fy - fz)
	}
}
