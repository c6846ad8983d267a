package align

import (
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/mat"

	"dermtrace/internal/geom"
)

// strewn are shifts at random places of a frame, with as much information along as across or not.
func strewn(r *rand.Rand, w, h int, alike bool) []shift {
	shifts := make([]shift, 60)
	for i := range shifts {
		s := &shifts[i]
		s.p = geom.Point{X: r.Float64() * float64(w), Y: r.Float64() * float64(h)}
		s.d = geom.Point{X: r.NormFloat64(), Y: r.NormFloat64()}
		s.xx = 1 + 9*r.Float64()
		if s.yy = s.xx; !alike {
			s.yy, s.xy = 1+9*r.Float64(), r.Float64()-0.5
		}
	}
	return shifts
}

// Of shifts that know as much along as across, the factor is that of the normal equations themselves.
func TestFactorInvertsTheNormalEquations(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for _, size := range [][2]int{{400, 250}, {250, 400}} {
		e := newEquations(newField(size[0], size[1], 60), 0.7, strewn(r, size[0], size[1], true))
		e.weight[5], e.weight[6] = 0, 0.3
		u, q, got := make([]geom.Point, len(e.f.u)), make([]geom.Point, len(e.f.u)), make([]geom.Point, len(e.f.u))
		for i := range u {
			u[i] = geom.Point{X: r.NormFloat64(), Y: r.NormFloat64()}
		}
		e.apply(q, u)
		e.factorize()
		e.factor.solve(got, q)
		for i := range u {
			if d := got[i].Sub(u[i]).Norm(); !(d <= 1e-6) {
				t.Fatalf("%v, node %d: %v, want %v", size, i, got[i], u[i])
			}
		}
	}
}

// Against the dense solution of the same equations.
func TestFieldMinimises(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	e := newEquations(newField(300, 200, 50), 0.2, strewn(r, 300, 200, false))
	n := len(e.f.u)
	a, b := mat.NewDense(2*n, 2*n, nil), mat.NewVecDense(2*n, nil)
	unit, column := make([]geom.Point, n), make([]geom.Point, n)
	for i := range 2 * n {
		clear(unit)
		if unit[i/2].X = 1; i%2 == 1 {
			unit[i/2] = geom.Point{Y: 1}
		}
		e.apply(column, unit)
		for k, v := range column {
			a.Set(2*k, i, v.X)
			a.Set(2*k+1, i, v.Y)
		}
	}
	clear(column)
	for k, s := range e.shifts {
		e.spread(column, k, e.times(k, s.d))
	}
	for k, v := range column {
		b.SetVec(2*k, v.X)
		b.SetVec(2*k+1, v.Y)
	}
	var want mat.VecDense
	if err := want.SolveVec(a, b); err != nil {
		t.Fatal(err)
	}
	e.solve(1e-9, true)
	for i, u := range e.f.u {
		if d := u.Sub(geom.Point{X: want.AtVec(2 * i), Y: want.AtVec(2*i + 1)}).Norm(); !(d <= 1e-5) {
			t.Fatalf("node %d: %v, want (%g, %g)", i, u, want.AtVec(2*i), want.AtVec(2*i+1))
		}
	}
}
