// Package geom is the plane geometry of the tool: points, polygons and the
// projective transforms that carry them from one photo to another.
//
// A transform is named for what it does, target first: bFromA takes a point of a to
// b, so that cFromB.Mul(bFromA) reads right. Coordinates are pixels, the centre of
// the top-left pixel is (0, 0), x right, y down.
package geom

import (
	"errors"
	"math"
)

// Point is a position in pixels.
type Point struct{ X, Y float64 }

// Sub returns p − q.
func (p Point) Sub(q Point) Point { return Point{p.X - q.X, p.Y - q.Y} }

// Norm is the distance of p from the origin.
func (p Point) Norm() float64 { return math.Hypot(p.X, p.Y) }

// Transform is a projective transform of the plane as a row-major 3×3 matrix,
//
//	x' = (m0 x + m1 y + m2) / w,  y' = (m3 x + m4 y + m5) / w,  w = m6 x + m7 y + m8,
//
// with m8 = 1 after [Transform.Normalized]. The zero value is not a transform.
type Transform [9]float64

// ErrSingular is returned for a matrix that maps the plane onto a line or a point.
var ErrSingular = errors.New("geom: transform has no inverse")

// Identity leaves every point where it is.
func Identity() Transform { return Transform{1, 0, 0, 0, 1, 0, 0, 0, 1} }

// Translation moves every point by (dx, dy).
func Translation(dx, dy float64) Transform { return Transform{1, 0, dx, 0, 1, dy, 0, 0, 1} }

// Scaling multiplies both coordinates by s.
func Scaling(s float64) Transform { return Transform{s, 0, 0, 0, s, 0, 0, 0, 1} }

// Similarity scales by s, turns by angle (radians, from x towards y) and moves by (dx, dy).
func Similarity(s, angle, dx, dy float64) Transform {
	c, n := s*math.Cos(angle), s*math.Sin(angle)
	return Transform{c, -n, dx, n, c, dy, 0, 0, 1}
}

// Apply carries p. A point on or behind the horizon (w ≤ 0 for a normalised
// matrix) has no image and gives NaN coordinates.
func (t Transform) Apply(p Point) Point {
	w := t[6]*p.X + t[7]*p.Y + t[8]
	if !(w > 0) {
		return Point{math.NaN(), math.NaN()}
	}
	return Point{(t[0]*p.X + t[1]*p.Y + t[2]) / w, (t[3]*p.X + t[4]*p.Y + t[5]) / w}
}

// Mul returns the transform that applies bFromA first: cFromB.Mul(bFromA) = cFromA.
func (t Transform) Mul(bFromA Transform) Transform {
	var m Transform
	for i := range 3 {
		for j := range 3 {
			m[3*i+j] = t[3*i]*bFromA[j] + t[3*i+1]*bFromA[3+j] + t[3*i+2]*bFromA[6+j]
		}
	}
	return m.Normalized()
}

// Normalized scales the matrix to m8 = 1. A matrix whose m8 is 0 is returned as it is.
func (t Transform) Normalized() Transform {
	if t[8] == 0 {
		return t
	}
	for i := range t {
		t[i] /= t[8]
	}
	t[8] = 1
	return t
}

// Det is the determinant of the matrix.
func (t Transform) Det() float64 {
	return t[0]*(t[4]*t[8]-t[5]*t[7]) - t[1]*(t[3]*t[8]-t[5]*t[6]) + t[2]*(t[3]*t[7]-t[4]*t[6])
}

// Inverse returns aFromB for a bFromA, normalised, or [ErrSingular].
func (t Transform) Inverse() (Transform, error) {
	d := t.Det()
	if d == 0 || math.IsNaN(d) || math.IsInf(d, 0) {
		return Transform{}, ErrSingular
	}
	inv := Transform{
		t[4]*t[8] - t[5]*t[7], t[2]*t[7] - t[1]*t[8], t[1]*t[5] - t[2]*t[4],
		t[5]*t[6] - t[3]*t[8], t[0]*t[8] - t[2]*t[6], t[2]*t[3] - t[0]*t[5],
		t[3]*t[7] - t[4]*t[6], t[1]*t[6] - t[0]*t[7], t[0]*t[4] - t[1]*t[3],
	}
	for i := range inv {
		inv[i] /= d
	}
	return inv.Normalized(), nil
}

// Jacobian returns the derivative of the image of p: ∂x'/∂x, ∂x'/∂y, ∂y'/∂x, ∂y'/∂y.
func (t Transform) Jacobian(p Point) (xx, xy, yx, yy float64) {
	w := t[6]*p.X + t[7]*p.Y + t[8]
	q := t.Apply(p)
	return (t[0] - q.X*t[6]) / w, (t[1] - q.X*t[7]) / w, (t[3] - q.Y*t[6]) / w, (t[4] - q.Y*t[7]) / w
}

// LocalScale is the linear magnification at p, √|det J|: b's pixels per pixel of a.
func (t Transform) LocalScale(p Point) float64 {
	xx, xy, yx, yy := t.Jacobian(p)
	return math.Sqrt(math.Abs(xx*yy - xy*yx))
}

// Mirrors reports whether t turns a picture over, which no photograph of the same
// skin can do.
func (t Transform) Mirrors() bool { return t.Normalized().Det() < 0 }
