package align

import (
	"math"

	"gonum.org/v1/gonum/mat"

	"dermtrace/internal/geom"
)

// Relief is seen twice over: its hollows are dark, and its slopes bright towards the lamp. Of a wave k of the
// height the first shows c, whatever the lamp, and the second i k·l, l being the lamp's side. So when the lamp moves
// by Δ the wave seems to move on by a phase of k·δ/(1 + (k·λ)²), with δ = Δ/c and λ = l/c: waves towards the lamp are
// slopes, and stay where they are, waves across are hollows in another light, and lie aside. A photo that
// truly lies aside moves all of them. How dark a hollow is depends on its size, and what colours the skin counts as
// dark, so δ may differ between sizes. No level tells that, for each sees waves of all directions.

// turned is how far the photo lies from where the warp puts it, in pixels of the level, what a lamp displaces taken off, and
// the standard error of that. All lamps' sides, shares of slopes, and sizes of δ are weighed by how well they
// explain the waves.
func turned(waves []wave) (d geom.Point, se float64) {
	const sides, octaves = 12, 6
	var sum, squares, top float64
	for share := 0.5; share <= 4; share *= 2 {
		for side := range sides {
			sin, cos := math.Sincos(math.Pi * float64(side) / sides)
			n, r := lightEquations(waves, geom.Point{X: share * cos, Y: share * sin})
			for o := range octaves {
				a, variance, w := besideLight(n, r, leastLight*math.Exp2(float64(o)))
				if w > top {
					f := math.Exp(top - w)
					sum, squares, d, top = f*sum, f*squares, geom.Point{X: f * d.X, Y: f * d.Y}, w
				}
				w = math.Exp(w - top)
				sum, squares = sum+w, squares+w*(variance+a.X*a.X+a.Y*a.Y)
				d = geom.Point{X: d.X + w*a.X, Y: d.Y + w*a.Y}
			}
		}
	}
	d = geom.Point{X: d.X / sum, Y: d.Y / sum}
	return d, math.Sqrt(max(squares/sum-d.X*d.X-d.Y*d.Y, 0))
}

const (
	// leastLight is the least size of δ in pixels that is weighed, farthestOff that of a photo off its place.
	leastLight, farthestOff = 0.01, 0.1
	// ringSpread is the part of δ by which it differs between sizes (project default).
	ringSpread = 0.5
	// lightUnknowns are the place, δ, and by how much each ring's differs.
	lightUnknowns = 4 + 2*rings
)

// lightEquations are the normal equations of the waves for a λ.
func lightEquations(waves []wave, lambda geom.Point) (*mat.SymDense, *mat.VecDense) {
	n, r := mat.NewSymDense(lightUnknowns, nil), mat.NewVecDense(lightUnknowns, nil)
	for _, w := range waves {
		slope := w.k.X*lambda.X + w.k.Y*lambda.Y
		moved := 1 / (1 + slope*slope)
		at := [6]int{0, 1, 2, 3, 4 + 2*w.ring, 5 + 2*w.ring}
		by := [6]float64{-w.k.X, -w.k.Y, -moved * w.k.X, -moved * w.k.Y, -moved * w.k.X, -moved * w.k.Y}
		for i, p := range at {
			r.SetVec(p, r.AtVec(p)+w.weight*by[i]*w.phase)
			for j := i; j < len(at); j++ {
				n.SetSym(p, at[j], n.At(p, at[j])+w.weight*by[i]*by[j])
			}
		}
	}
	return n, r
}

// besideLight solves the equations where δ is of that size, and returns the place, the sum of the variances of its
// coordinates, and the logarithm of how likely the waves are then.
func besideLight(n *mat.SymDense, r *mat.VecDense, size float64) (d geom.Point, variance, likely float64) {
	all := mat.NewSymDense(lightUnknowns, nil)
	all.CopySym(n)
	for i := range lightUnknowns {
		sd := ringSpread * size
		switch {
		case i < 2:
			sd = farthestOff
		case i < 4:
			sd = size
		}
		all.SetSym(i, i, all.At(i, i)+1/(sd*sd))
		likely -= math.Log(sd)
	}
	var ch mat.Cholesky
	if !ch.Factorize(all) {
		return d, 0, math.Inf(-1)
	}
	x, e := mat.NewVecDense(lightUnknowns, nil), mat.NewVecDense(lightUnknowns, nil)
	for i := range 2 {
		e.Zero()
		e.SetVec(i, 1)
		ch.SolveVecTo(x, e)
		variance += x.AtVec(i)
	}
	ch.SolveVecTo(x, r)
	return geom.Point{X: x.AtVec(0), Y: x.AtVec(1)}, variance, likely + (mat.Dot(x, r)-ch.LogDet())/2
}
