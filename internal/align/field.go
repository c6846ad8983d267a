package align

import (
	"math"
	"slices"

	"dermtrace/internal/geom"
)

// A field is a smooth displacement over the frame: a uniform cubic B-spline (Rueckert 1999,
// IEEE Trans Med Imaging 18:712). Node (i, j) has its centre at ((i−1)·step, (j−1)·step).
type field struct {
	step float64
	// stiffness is what it was fitted with.
	stiffness float64
	nx, ny    int
	u         []geom.Point
}

func newField(w, h int, step float64) *field {
	nx, ny := int(math.Ceil(float64(w)/step))+3, int(math.Ceil(float64(h)/step))+3
	return &field{step: step, nx: nx, ny: ny, u: make([]geom.Point, nx*ny)}
}

// taps returns the first node under p and the four weights along each axis. Outside the frame
// the nearest cell's polynomial is cut off at the frame's edge.
func (f *field) taps(p geom.Point) (i, j int, wx, wy [4]float64) {
	x := min(max(p.X/f.step, 0), float64(f.nx-3)-1e-9)
	y := min(max(p.Y/f.step, 0), float64(f.ny-3)-1e-9)
	i, j = int(x), int(y)
	return i, j, cubic(x - float64(i)), cubic(y - float64(j))
}

// cubic is the uniform cubic B-spline basis at t in [0, 1).
func cubic(t float64) [4]float64 {
	const sixth = 1. / 6
	s := 1 - t
	return [4]float64{
		s * s * s * sixth, (t*t*(3*t-6) + 4) * sixth, (s*s*(3*s-6) + 4) * sixth, t * t * t * sixth,
	}
}

// at returns the displacement at p; zero for the nil field.
func (f *field) at(p geom.Point) geom.Point {
	if f == nil || math.IsNaN(p.X) || math.IsNaN(p.Y) {
		return geom.Point{}
	}
	i, j, wx, wy := f.taps(p)
	var d geom.Point
	for b, w := range wy {
		row := (*[4]geom.Point)(f.u[(j+b)*f.nx+i:])
		d.X += w * ((wx[0]*row[0].X + wx[1]*row[1].X) + (wx[2]*row[2].X + wx[3]*row[3].X))
		d.Y += w * ((wx[0]*row[0].Y + wx[1]*row[1].Y) + (wx[2]*row[2].Y + wx[3]*row[3].Y))
	}
	return d
}

// A shift says that the frame's point p is displaced by d, with information xx, xy, yy.
type shift struct {
	p, d       geom.Point
	xx, xy, yy float64
}

// equations are the normal equations of the field that minimises Σ w rᵀ I r + stiffness Σ (second differences of
// the nodes)², applied without being formed. The penalty is that of P-splines (Eilers & Marx 1996, Stat Sci 11:89),
// a discrete bending energy; it leaves an affine displacement free.
type equations struct {
	f         *field
	stiffness float64
	shifts    []shift
	weight    []float64
	at        []int
	taps      [][16]float64
	factor    *factor
}

// newEquations are those of shifts that all have weight 1; the field is sought from start on.
func newEquations(start *field, stiffness float64, shifts []shift) *equations {
	e := &equations{
		f:         &field{step: start.step, stiffness: stiffness, nx: start.nx, ny: start.ny, u: slices.Clone(start.u)},
		stiffness: stiffness, shifts: shifts, weight: make([]float64, len(shifts)),
		at: make([]int, len(shifts)), taps: make([][16]float64, len(shifts)),
	}
	for k, s := range shifts {
		i, j, wx, wy := e.f.taps(s.p)
		e.weight[k], e.at[k] = 1, j*e.f.nx+i
		for b := range 4 {
			for a := range 4 {
				e.taps[k][4*b+a] = wx[a] * wy[b]
			}
		}
	}
	return e
}

// spread adds wᵀ·v of shift k to the nodes, gather reads w·u.
func (e *equations) spread(out []geom.Point, k int, v geom.Point) {
	t := &e.taps[k]
	for b := range 4 {
		row, w := (*[4]geom.Point)(out[e.at[k]+b*e.f.nx:]), (*[4]float64)(t[4*b:])
		for a := range 4 {
			row[a].X += w[a] * v.X
			row[a].Y += w[a] * v.Y
		}
	}
}

func (e *equations) gather(u []geom.Point, k int) (d geom.Point) {
	t := &e.taps[k]
	for b := range 4 {
		row, w := (*[4]geom.Point)(u[e.at[k]+b*e.f.nx:]), (*[4]float64)(t[4*b:])
		d.X += (w[0]*row[0].X + w[1]*row[1].X) + (w[2]*row[2].X + w[3]*row[3].X)
		d.Y += (w[0]*row[0].Y + w[1]*row[1].Y) + (w[2]*row[2].Y + w[3]*row[3].Y)
	}
	return d
}

// times is I·d of shift k, weighted.
func (e *equations) times(k int, d geom.Point) geom.Point {
	s, w := &e.shifts[k], e.weight[k]
	return geom.Point{X: w * (s.xx*d.X + s.xy*d.Y), Y: w * (s.xy*d.X + s.yy*d.Y)}
}

// apply sets out to the matrix of the normal equations times u.
func (e *equations) apply(out, u []geom.Point) {
	for i, v := range u {
		out[i] = geom.Point{X: anchor * e.stiffness * v.X, Y: anchor * e.stiffness * v.Y}
	}
	for k := range e.shifts {
		if e.weight[k] > 0 {
			e.spread(out, k, e.times(k, e.gather(u, k)))
		}
	}
	nx, ny := e.f.nx, e.f.ny
	for j := range ny {
		row := j * nx
		bend(out[row:row+nx], u[row:row+nx], [3]int{1, 1, 2}, e.stiffness)
		if j+2 < ny {
			bend(out[row:row+3*nx], u[row:row+3*nx], [3]int{nx, nx, 2 * nx}, e.stiffness)
		}
		if j+1 < ny {
			bend(out[row:row+2*nx], u[row:row+2*nx], [3]int{1, nx, nx + 1}, 2*e.stiffness)
		}
	}
}

// anchor holds nodes to the plane by this share of the stiffness: nothing where there are
// blocks, everything far from them, where a slope would run away.
const anchor = 0.001

// bend adds the gradient of s·(u₀ − u₁ − u₂ + u₃)² for every node that has the other three, which lie at
// the given distances, in order of the nodes.
func bend(out, u []geom.Point, at [3]int, s float64) {
	n := len(u) - at[2]
	if n <= 0 {
		return
	}
	a, b, c, d := u[:n], u[at[0]:at[0]+n], u[at[1]:at[1]+n], u[at[2]:at[2]+n]
	oa, ob, oc, od := out[:n], out[at[0]:at[0]+n], out[at[1]:at[1]+n], out[at[2]:at[2]+n]
	for i := range n {
		x := s * (a[i].X - b[i].X - c[i].X + d[i].X)
		y := s * (a[i].Y - b[i].Y - c[i].Y + d[i].Y)
		oa[i].X, oa[i].Y = oa[i].X+x, oa[i].Y+y
		ob[i].X, ob[i].Y = ob[i].X-x, ob[i].Y-y
		oc[i].X, oc[i].Y = oc[i].X-x, oc[i].Y-y
		od[i].X, od[i].Y = od[i].X+x, od[i].Y+y
	}
}

// solve moves the field until the residual is below tolerance of the right side, by conjugate gradients that
// the factor leads (Golub & Van Loan, Matrix Computations, section 11.5): that of the weights as they are, or else the
// one there is.
func (e *equations) solve(tolerance float64, anew bool) {
	u, r, q := e.f.u, make([]geom.Point, len(e.f.u)), make([]geom.Point, len(e.f.u))
	for k, s := range e.shifts {
		e.spread(r, k, e.times(k, s.d))
	}
	stop := dot(r, r) * tolerance * tolerance
	e.apply(q, u)
	for i, v := range q {
		r[i] = r[i].Sub(v)
	}
	if dot(r, r) <= stop {
		return
	}
	if anew || e.factor == nil {
		e.factorize()
	}
	z := make([]geom.Point, len(u))
	e.factor.solve(z, r)
	p, rz := slices.Clone(z), dot(r, z)
	for range maxIterations {
		e.apply(q, p)
		a := rz / dot(p, q)
		for i := range p {
			u[i].X += a * p[i].X
			u[i].Y += a * p[i].Y
			r[i].X -= a * q[i].X
			r[i].Y -= a * q[i].Y
		}
		if dot(r, r) <= stop {
			return
		}
		e.factor.solve(z, r)
		next := dot(r, z)
		b := next / rz
		for i := range p {
			p[i] = geom.Point{X: z[i].X + b*p[i].X, Y: z[i].Y + b*p[i].Y}
		}
		rz = next
	}
}

// maxIterations bounds the conjugate gradients, which take 3 to 6 with a factor of the same weights.
const maxIterations = 50

func dot(a, b []geom.Point) (s float64) {
	for i := range a {
		s += a[i].X*b[i].X + a[i].Y*b[i].Y
	}
	return s
}
