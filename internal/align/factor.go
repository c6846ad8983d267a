package align

import (
	"math"

	"dermtrace/internal/geom"
)

// A factor is the Cholesky factor of a field's normal equations in which the information of every shift is its
// mean over the directions: then x and y go their own ways, by one matrix. Conjugate gradients led by it are where
// they go after a few steps, however stiff the field; alone they take a hundred and stop short at its rims.
//
// Nodes are numbered along the shorter side of the field, so that those that are coupled are near each other.
type factor struct {
	nx, ny int
	// side is the number of nodes along the shorter side; row i of l holds columns i−below to i, and the inverse
	// of the root of the pivot in the last place.
	side, below int
	l           []float64
	z           []geom.Point
}

func newFactor(f *field) *factor {
	side := min(f.nx, f.ny)
	below := 3*side + 3
	return &factor{f.nx, f.ny, side, below, make([]float64, f.nx*f.ny*(below+1)), make([]geom.Point, f.nx*f.ny)}
}

// row returns the part of l that column 0 of a row would begin, were it there.
func (c *factor) row(i int) int { return (i + 1) * c.below }

// order calls fn for each node of the field and the row that stands for it.
func (c *factor) order(fn func(node, row int)) {
	for j := range c.ny {
		for i := range c.nx {
			if c.nx > c.ny {
				fn(j*c.nx+i, i*c.ny+j)
			} else {
				fn(j*c.nx+i, j*c.nx+i)
			}
		}
	}
}

// factorize forms the matrix anew, with the weights as they are, and factorizes it.
func (e *equations) factorize() {
	if e.factor == nil {
		e.factor = newFactor(e.f)
	}
	c := e.factor
	clear(c.l)
	for k := range e.shifts {
		if s := &e.shifts[k]; e.weight[k] > 0 {
			c.addShift(e.at[k], &e.taps[k], e.weight[k]*(s.xx+s.yy)/2)
		}
	}
	c.addBending(e.stiffness)
	c.decompose(anchor * e.stiffness)
}

// addShift counts a shift with so much information, the first of whose nodes is at.
func (c *factor) addShift(at int, taps *[16]float64, info float64) {
	first, t := at, *taps
	if c.nx > c.ny {
		first = at%c.nx*c.ny + at/c.nx
		for i := range 16 {
			t[i] = taps[i%4*4+i/4]
		}
	}
	for p := range 16 {
		row := c.l[c.row(first+p/4*c.side+p%4)+first:]
		v := info * t[p]
		for b := range p / 4 {
			r, w := (*[4]float64)(row[b*c.side:]), (*[4]float64)(t[4*b:])
			r[0] += v * w[0]
			r[1] += v * w[1]
			r[2] += v * w[2]
			r[3] += v * w[3]
		}
		for q := p / 4 * 4; q <= p; q++ {
			row[q/4*c.side+q%4] += v * t[q]
		}
	}
}

// addBending counts the penalty, and what holds nodes to the plane.
func (c *factor) addBending(stiffness float64) {
	n, side := len(c.z), c.side
	for i := range n {
		c.l[c.row(i)+i] += anchor * stiffness
		if i%side+2 < side {
			c.addSquare([4]int{i, i + 1, i + 1, i + 2}, stiffness)
		}
		if i+2*side < n {
			c.addSquare([4]int{i, i + side, i + side, i + 2*side}, stiffness)
		}
		if i%side+1 < side && i+side < n {
			c.addSquare([4]int{i, i + 1, i + side, i + side + 1}, 2*stiffness)
		}
	}
}

// addSquare counts s·(u₀ − u₁ − u₂ + u₃)².
func (c *factor) addSquare(at [4]int, s float64) {
	sign := [4]float64{s, -s, -s, s}
	for a, i := range at {
		for b, j := range at {
			if j <= i {
				c.l[c.row(i)+j] += sign[a] * sign[b] / s
			}
		}
	}
}

// decompose replaces the matrix by its factor. No pivot is below least but by rounding.
func (c *factor) decompose(least float64) {
	for i := range c.z {
		lo := max(0, i-c.below)
		row := c.l[c.row(i)+lo : c.row(i)+i+1]
		for j := lo; j < i; j++ {
			other := c.l[c.row(j)+lo : c.row(j)+j+1]
			n := j - lo
			row[n] = (row[n] - inner(row[:n], other)) * other[n]
		}
		n := i - lo
		row[n] = 1 / math.Sqrt(max(row[n]-inner(row[:n], row), least))
	}
}

// inner is Σ a b over the length of a.
func inner(a, b []float64) float64 {
	b = b[:len(a)]
	var s, t, u, v float64
	for ; len(a) >= 4 && len(b) >= 4; a, b = a[4:], b[4:] {
		s += a[0] * b[0]
		t += a[1] * b[1]
		u += a[2] * b[2]
		v += a[3] * b[3]
	}
	for i, x := range a {
		s += x * b[i]
	}
	return (s + t) + (u + v)
}

// solve sets out to what the factorized matrix makes r of.
func (c *factor) solve(out, r []geom.Point) {
	c.order(func(node, row int) { c.z[row] = r[node] })
	for i := range c.z {
		lo := max(0, i-c.below)
		row, z := c.l[c.row(i)+lo:c.row(i)+i+1], c.z[lo:i+1]
		n := i - lo
		s := z[n]
		for k, v := range row[:n] {
			s.X -= v * z[k].X
			s.Y -= v * z[k].Y
		}
		z[n] = geom.Point{X: s.X * row[n], Y: s.Y * row[n]}
	}
	for i := len(c.z) - 1; i >= 0; i-- {
		lo := max(0, i-c.below)
		row, z := c.l[c.row(i)+lo:c.row(i)+i+1], c.z[lo:i+1]
		n := i - lo
		s := geom.Point{X: z[n].X * row[n], Y: z[n].Y * row[n]}
		z[n] = s
		for k, v := range row[:n] {
			z[k].X -= v * s.X
			z[k].Y -= v * s.Y
		}
	}
	c.order(func(node, row int) { out[node] = c.z[row] })
}
