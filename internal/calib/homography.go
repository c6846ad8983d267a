package calib

import (
	"errors"
	"math"

	"gonum.org/v1/gonum/mat"

	"dermtrace/internal/geom"
)

var errNoHomography = errors.New("calib: points do not determine a homography")

// fitHomography returns bFromA by weighted least squares of the algebraic error, with
// both sets of points centred and scaled first (Hartley 1997, IEEE PAMI 19:580). The
// four points at least must not stand in one line.
func fitHomography(a, b []geom.Point, weight []float64) (geom.Transform, error) {
	na, nb := normaliser(a), normaliser(b)
	rows := mat.NewDense(2*len(a), 9, nil)
	for i := range a {
		p, q := na.Apply(a[i]), nb.Apply(b[i])
		w := 1.0
		if weight != nil {
			w = weight[i]
		}
		rows.SetRow(2*i, []float64{w * p.X, w * p.Y, w, 0, 0, 0, -w * q.X * p.X, -w * q.X * p.Y, -w * q.X})
		rows.SetRow(2*i+1, []float64{0, 0, 0, w * p.X, w * p.Y, w, -w * q.Y * p.X, -w * q.Y * p.Y, -w * q.Y})
	}
	var normal mat.SymDense
	normal.SymOuterK(1, rows.T())
	var eigen mat.EigenSym
	if !eigen.Factorize(&normal, true) {
		return geom.Transform{}, errNoHomography
	}
	var v mat.Dense
	eigen.VectorsTo(&v)
	var h geom.Transform
	for i := range h {
		h[i] = v.At(i, 0)
	}
	back, err := nb.Inverse()
	if err != nil || eigen.Values(nil)[1] < 1e-12 {
		return geom.Transform{}, errNoHomography
	}
	h = back.Mul(h.Normalized().Mul(na))
	if math.IsNaN(h[0]) || h[8] == 0 {
		return geom.Transform{}, errNoHomography
	}
	return h, nil
}

// normaliser moves the mean to the origin and the RMS distance to √2.
func normaliser(p []geom.Point) geom.Transform {
	var x, y, s float64
	n := float64(len(p))
	for _, q := range p {
		x, y = x+q.X/n, y+q.Y/n
	}
	for _, q := range p {
		s += ((q.X-x)*(q.X-x) + (q.Y-y)*(q.Y-y)) / n
	}
	k := math.Sqrt(2 / max(s, 1e-12))
	return geom.Transform{k, 0, -k * x, 0, k, -k * y, 0, 0, 1}
}

// solveNormal solves A x = b for a symmetric positive definite A.
func solveNormal(a *mat.SymDense, b []float64) ([]float64, error) {
	var chol mat.Cholesky
	if !chol.Factorize(a) {
		return nil, errNoHomography
	}
	x := mat.NewVecDense(len(b), nil)
	if err := chol.SolveVecTo(x, mat.NewVecDense(len(b), b)); err != nil {
		return nil, errNoHomography
	}
	return x.RawVector().Data, nil
}
