package calib

import (
	"errors"
	"math"

	"gonum.org/v1/gonum/mat"

	"dermtrace/internal/cie"
	"dermtrace/internal/raster"
)

// Models of a Correction.
const (
	// Linear is XYZ = M·RGB with a 3×3 matrix.
	Linear = "linear"
	// RootPolynomial is XYZ = M·(R, G, B, √RG, √GB, √RB), degree 2 of Finlayson,
	// Mackiewicz, Hurlbert 2015, IEEE Trans Image Process 24:1460.
	RootPolynomial = "root-polynomial"
)

// ErrTooFewPatches is returned for a fit with fewer colours than a model has terms and
// leaving one out would need.
var ErrTooFewPatches = errors.New("calib: too few colours for a correction")

// Correction takes a camera's linear RGB to linear sRGB (D65). Both models are
// homogeneous: twice the light gives exactly twice the result.
type Correction struct {
	Model     string
	MeanDE00  float64   // CIEDE2000 over the colours it was fitted to
	MaxDE00   float64   // the largest of them
	LeaveOut  float64   // mean ΔE00 of each colour by a fit without it
	MaxLeft   float64   // the largest of those
	Residuals []float64 // ΔE00 per colour, in order

	terms int
	rows  [3][6]float64 // linear sRGB from the terms
}

// Colours are what a correction is fitted to.
type Colours struct {
	Measured [][3]float64 // linear RGB of the camera
	XYZ      [][3]float64 // what they are under White
	White    cie.White
	Weight   []float64 // of the errors in XYZ; nil: all alike
}

// FitCorrection fits both models by least squares in XYZ and returns the one whose
// leave-one-out ΔE00 is smaller.
func FitCorrection(v Colours) (Correction, error) {
	linear, err := fitModel(Linear, v)
	if err != nil {
		return Correction{}, err
	}
	root, err := fitModel(RootPolynomial, v)
	if err != nil || linear.LeaveOut <= root.LeaveOut {
		return linear, nil
	}
	return root, nil
}

// LightnessWeights make an error in XYZ count by what it does to L*, whose slope is
// (116/3)·Y^(−2/3): without them the light patches decide alone.
func LightnessWeights(xyz [][3]float64) []float64 {
	w := make([]float64, len(xyz))
	for i, v := range xyz {
		w[i] = math.Pow(max(v[1], logFloor), -2.0/3)
	}
	return w
}

// fitModel fits one model and leaves each colour out in turn.
func fitModel(model string, v Colours) (Correction, error) {
	c := Correction{Model: model, terms: 3}
	if model == RootPolynomial {
		c.terms = 6
	}
	n := len(v.Measured)
	if n < c.terms+2 {
		return c, ErrTooFewPatches
	}
	m, err := c.solve(v, -1)
	if err != nil {
		return c, err
	}
	c.Residuals = make([]float64, n)
	for i := range n {
		without, err := c.solve(v, i)
		if err != nil {
			return c, err
		}
		left := c.deltaE(without, v, i)
		c.Residuals[i] = c.deltaE(m, v, i)
		c.MeanDE00 += c.Residuals[i] / float64(n)
		c.LeaveOut += left / float64(n)
		c.MaxDE00, c.MaxLeft = max(c.MaxDE00, c.Residuals[i]), max(c.MaxLeft, left)
	}
	rgb := cie.RGBFromXYZ().Mul(cie.Adapt(v.White, cie.D65()))
	for i := range 3 {
		for j := range c.terms {
			c.rows[i][j] = rgb[i][0]*m.At(j, 0) + rgb[i][1]*m.At(j, 1) + rgb[i][2]*m.At(j, 2)
		}
	}
	return c, nil
}

// solve returns the terms×3 matrix of XYZ by least squares over all colours but one.
func (c *Correction) solve(v Colours, without int) (*mat.Dense, error) {
	n := len(v.Measured)
	a, b := mat.NewDense(n, c.terms, nil), mat.NewDense(n, 3, nil)
	for i := range n {
		if i == without {
			continue // a row of zeros has no say
		}
		w := 1.0
		if v.Weight != nil {
			w = v.Weight[i]
		}
		t := termsOf(v.Measured[i])
		for j := range c.terms {
			a.Set(i, j, w*t[j])
		}
		for j := range 3 {
			b.Set(i, j, w*v.XYZ[i][j])
		}
	}
	var m mat.Dense
	if err := m.Solve(a, b); err != nil {
		return nil, errors.New("calib: the colours do not determine a correction")
	}
	return &m, nil
}

// deltaE is ΔE00 of colour i by the matrix m.
func (c *Correction) deltaE(m *mat.Dense, v Colours, i int) float64 {
	t := termsOf(v.Measured[i])
	var got [3]float64
	for k := range got {
		for j := range c.terms {
			got[k] += m.At(j, k) * t[j]
		}
	}
	return cie.DeltaE00(cie.LabFromXYZ(got, v.White), cie.LabFromXYZ(v.XYZ[i], v.White))
}

// termsOf are R, G, B, √RG, √GB, √RB; a negative product, a colour outside the camera's
// gamut, has no root and counts as 0.
func termsOf(c [3]float64) [6]float64 {
	root := func(v float64) float64 { return math.Sqrt(max(0, v)) }
	return [6]float64{c[0], c[1], c[2], root(c[0] * c[1]), root(c[1] * c[2]), root(c[0] * c[2])}
}

// At returns the corrected colour.
func (c *Correction) At(rgb [3]float64) [3]float64 {
	if c.terms == 3 {
		r, g, b := rgb[0], rgb[1], rgb[2]
		m := &c.rows
		return [3]float64{m[0][0]*r + m[0][1]*g + m[0][2]*b, m[1][0]*r + m[1][1]*g + m[1][2]*b, m[2][0]*r + m[2][1]*g + m[2][2]*b}
	}
	t := termsOf(rgb)
	var out [3]float64
	for i := range out {
		for j := range c.terms {
			out[i] += c.rows[i][j] * t[j]
		}
	}
	return out
}

// Apply corrects the pixels in place.
func (c *Correction) Apply(rgb *raster.RGB) {
	raster.Bands(rgb.H(), func(y0, y1 int) {
		for y := y0; y < y1; y++ {
			r, g, b := rgb.R.Row(y), rgb.G.Row(y), rgb.B.Row(y)
			for x := range r {
				v := c.At([3]float64{float64(r[x]), float64(g[x]), float64(b[x])})
				r[x], g[x], b[x] = float32(v[0]), float32(v[1]), float32(v[2])
			}
		}
	})
}
