package align

import (
	"math"

	"gonum.org/v1/gonum/mat"

	"dermtrace/internal/geom"
)

// A pair says that the frame's point p is the photo's point q, with the information
// (inverse covariance) xx, xy, yy of q in 1/px².
type pair struct {
	p, q       geom.Point
	xx, xy, yy float64
}

// A model is a family of plane transforms; its value is the number of its parameters.
type model int

const (
	similarity model = 4
	affine     model = 6
	homography model = 8
)

func (m model) String() string {
	switch m {
	case similarity:
		return "similarity"
	case affine:
		return "affine"
	case homography:
		return "homography"
	}
	panic("align: unknown model")
}

// fit returns the member of the family nearest to the pairs, each counted weight[i] times
// (nil: once), by Gauss-Newton on Σ w rᵀ I r from start (which only the homography needs: the
// others are linear). Coordinates are centred and scaled first (Hartley 1997).
func (m model) fit(pairs []pair, weight []float64, start geom.Transform) (geom.Transform, bool) {
	from, to, ok := normalizers(pairs, weight)
	if !ok {
		return geom.Transform{}, false
	}
	fromInv, err1 := from.Inverse()
	toInv, err2 := to.Inverse()
	if err1 != nil || err2 != nil {
		return geom.Transform{}, false
	}
	t := m.project(to.Mul(start).Mul(fromInv))
	steps := 1
	if m == homography {
		steps = 6
	}
	for range steps {
		var moved float64
		if t, moved, ok = m.step(t, pairs, weight, from, to); !ok {
			return geom.Transform{}, false
		}
		if moved < convergedShare {
			break
		}
	}
	t = toInv.Mul(t).Mul(from)
	for _, v := range t {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return geom.Transform{}, false
		}
	}
	return t, t[8] == 1
}

// convergedShare ends the steps: the largest change of a parameter of a picture about 1 across. Each
// step leaves less than the square of the one before.
const convergedShare = 1e-6

// project returns the member of the family that agrees with t at the origin.
func (m model) project(t geom.Transform) geom.Transform {
	if m == homography {
		return t
	}
	o := t.Apply(geom.Point{})
	xx, xy, yx, yy := t.Jacobian(geom.Point{})
	if math.IsNaN(o.X) {
		return geom.Identity()
	}
	if m == similarity {
		a, b := (xx+yy)/2, (yx-xy)/2
		xx, xy, yx, yy = a, -b, b, a
	}
	return geom.Transform{xx, xy, o.X, yx, yy, o.Y, 0, 0, 1}
}

// step is one Gauss-Newton step in normalised coordinates; moved is the largest change of a parameter.
func (m model) step(t geom.Transform, pairs []pair, weight []float64, from, to geom.Transform) (next geom.Transform, moved float64, ok bool) {
	n := int(m)
	var a [8][8]float64
	var b [8]float64
	for i := range pairs {
		w := 1.0
		if weight != nil {
			w = weight[i]
		}
		if w == 0 {
			continue
		}
		p, q := from.Apply(pairs[i].p), to.Apply(pairs[i].q)
		u := t.Apply(p)
		if math.IsNaN(u.X) {
			continue
		}
		jx, jy := m.jacobian(t, p, u)
		rx, ry := q.X-u.X, q.Y-u.Y
		xx, xy, yy := w*pairs[i].xx, w*pairs[i].xy, w*pairs[i].yy
		for r := range n {
			gx, gy := xx*jx[r]+xy*jy[r], xy*jx[r]+yy*jy[r]
			b[r] += gx*rx + gy*ry
			for c := range r + 1 {
				a[r][c] += gx*jx[c] + gy*jy[c]
			}
		}
	}
	d, ok := solve(&a, &b, n)
	if !ok {
		return t, 0, false
	}
	for _, v := range d {
		moved = max(moved, math.Abs(v))
	}
	return m.add(t, d), moved, true
}

// jacobian returns the derivatives of u = t(p) by the parameters of the family.
func (m model) jacobian(t geom.Transform, p, u geom.Point) (jx, jy [8]float64) {
	if m == similarity {
		return [8]float64{p.X, -p.Y, 1, 0}, [8]float64{p.Y, p.X, 0, 1}
	}
	w := 1 / (t[6]*p.X + t[7]*p.Y + 1)
	jx = [8]float64{p.X * w, p.Y * w, w, 0, 0, 0, -u.X * p.X * w, -u.X * p.Y * w}
	jy = [8]float64{0, 0, 0, p.X * w, p.Y * w, w, -u.Y * p.X * w, -u.Y * p.Y * w}
	return jx, jy
}

func (m model) add(t geom.Transform, d [8]float64) geom.Transform {
	if m == similarity {
		t[0] += d[0]
		t[4] += d[0]
		t[1] -= d[1]
		t[3] += d[1]
		t[2] += d[2]
		t[5] += d[3]
		return t
	}
	for i := range int(m) {
		t[i] += d[i]
	}
	return t
}

// solve returns x of a x = b for the symmetric positive a of size n (lower half given).
func solve(a *[8][8]float64, b *[8]float64, n int) (x [8]float64, ok bool) {
	s := mat.NewSymDense(n, nil)
	for r := range n {
		for c := range r + 1 {
			s.SetSym(r, c, a[r][c])
		}
	}
	var ch mat.Cholesky
	if !ch.Factorize(s) || ch.Cond() > 1e12 {
		return x, false
	}
	v := mat.NewVecDense(n, nil)
	if err := ch.SolveVecTo(v, mat.NewVecDense(n, b[:n])); err != nil {
		return x, false
	}
	copy(x[:], v.RawVector().Data)
	return x, true
}

// normalizers returns the translations and scalings that give the p and the q centroid 0
// and mean distance 1 each.
func normalizers(pairs []pair, weight []float64) (from, to geom.Transform, ok bool) {
	var n float64
	var cp, cq geom.Point
	for i := range pairs {
		w := 1.0
		if weight != nil {
			w = weight[i]
		}
		n += w
		cp.X += w * pairs[i].p.X
		cp.Y += w * pairs[i].p.Y
		cq.X += w * pairs[i].q.X
		cq.Y += w * pairs[i].q.Y
	}
	if !(n > 0) {
		return from, to, false
	}
	cp, cq = geom.Point{X: cp.X / n, Y: cp.Y / n}, geom.Point{X: cq.X / n, Y: cq.Y / n}
	var dp, dq float64
	for i := range pairs {
		w := 1.0
		if weight != nil {
			w = weight[i]
		}
		dp += w * pairs[i].p.Sub(cp).Norm() / n
		dq += w * pairs[i].q.Sub(cq).Norm() / n
	}
	if !(dp > 0 && dq > 0) {
		return from, to, false
	}
	from = geom.Transform{1 / dp, 0, -cp.X / dp, 0, 1 / dp, -cp.Y / dp, 0, 0, 1}
	to = geom.Transform{1 / dq, 0, -cq.X / dq, 0, 1 / dq, -cq.Y / dq, 0, 0, 1}
	return from, to, true
}
