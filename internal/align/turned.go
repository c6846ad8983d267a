package align

import (
	"math"

	"dermtrace/internal/geom"
)

// Relief is seen twice over: its hollows are dark, and its slopes bright towards the lamp. Of a wave k of the
// height the first shows c, whatever the lamp, and the second i k·l, l being the lamp's side. So when the lamp moves
// by Δ the wave seems to move on by a phase of k·δ/(1 + (k·λ)²), with δ = Δ/c and λ = l/c: waves towards the lamp are
// slopes, and stay where they are, waves across are hollows in another light, and lie aside. A photo that
// truly lies aside moves all of them. How dark a hollow is depends on its size, and what colours the skin counts as
// dark, so δ may differ between sizes. No level tells that, for each sees waves of all directions.

// turned is how far the photo lies from where the warp puts it, in pixels of the level, what a lamp displaces taken off, and
// the standard error of that. All lamps' sides, shares of slopes, and sizes of δ and of what the photo lies off its place
// are weighed by how well they explain the waves.
func turned(waves []wave) (d geom.Point, se float64) {
	const sides, octaves, places = 12, 6, 3
	var all weighing
	for share := 0.5; share <= 4; share *= 2 {
		for side := range sides {
			sin, cos := math.Sincos(math.Pi * float64(side) / sides)
			seen := lightEquations(waves, geom.Point{X: share * cos, Y: share * sin})
			for o := range octaves {
				b, ok := seen.besideLight(leastLight * math.Exp2(float64(o)))
				for q := 0; ok && q < places; q++ {
					all.add(b.place(leastOff * math.Exp2(float64(q))))
				}
			}
		}
	}
	return all.mean()
}

// A weighing sums places, with the sum of the variances of each one's coordinates, by how likely they are.
type weighing struct {
	sum, squares, top float64 // of weights and of squares, over exp(top)
	d                 geom.Point
}

// add counts a place whose likelihood has that logarithm.
func (a *weighing) add(d geom.Point, variance, likely float64) {
	if likely > a.top {
		f := math.Exp(a.top - likely)
		*a = weighing{f * a.sum, f * a.squares, likely, geom.Point{X: f * a.d.X, Y: f * a.d.Y}}
	}
	w := math.Exp(likely - a.top)
	a.sum, a.squares = a.sum+w, a.squares+w*(variance+d.X*d.X+d.Y*d.Y)
	a.d = geom.Point{X: a.d.X + w*d.X, Y: a.d.Y + w*d.Y}
}

// mean is that of the places, and its standard error.
func (a *weighing) mean() (d geom.Point, se float64) {
	d = geom.Point{X: a.d.X / a.sum, Y: a.d.Y / a.sum}
	return d, math.Sqrt(max(a.squares/a.sum-d.X*d.X-d.Y*d.Y, 0))
}

const (
	// leastLight is the least size of δ in pixels that is weighed, leastOff that of a photo off its place: lamps that
	// turn far displace by more, and where less is weighed, blurred photos shrink to where they lie.
	leastLight, leastOff = 0.01, 0.1
	// ringSpread is the part of δ by which it differs between sizes (project default).
	ringSpread = 0.5
)

// A ring holds the normal equations of the waves of one size: the squares of what moves them, for the place, for place and
// δ and for δ, and what moves them times their phases, for the place and for δ.
type ring struct {
	place, both, light covariance
	aside, lit         geom.Point
}

// allRings are those of all sizes.
type allRings [rings]ring

// lightEquations are the waves' for a λ.
func lightEquations(waves []wave, lambda geom.Point) (rs allRings) {
	for _, w := range waves {
		slope := w.k.X*lambda.X + w.k.Y*lambda.Y
		moved, r := 1/(1+slope*slope), &rs[w.ring]
		square, phase := covariance{w.k.X * w.k.X, w.k.X * w.k.Y, w.k.Y * w.k.Y}, -w.weight*w.phase
		r.place = r.place.plus(square.scaled(w.weight))
		r.both = r.both.plus(square.scaled(w.weight * moved))
		r.light = r.light.plus(square.scaled(w.weight * moved * moved))
		r.aside = geom.Point{X: r.aside.X + phase*w.k.X, Y: r.aside.Y + phase*w.k.Y}
		r.lit = geom.Point{X: r.lit.X + moved*phase*w.k.X, Y: r.lit.Y + moved*phase*w.k.Y}
	}
	return rs
}

// A beside is what waves say of the place once δ is solved for: the inverse of the covariance of what they say, that times
// what they say, and the logarithm of how likely they are but for the place.
type beside struct {
	known  covariance
	says   geom.Point
	likely float64
}

// besideLight solves the equations for δ where it is of that size: for how far each ring's is from what they share, then for that.
func (rs *allRings) besideLight(size float64) (b beside, ok bool) {
	own, all := 1/(ringSpread*ringSpread*size*size), 1/(size*size)
	shared, lit := covariance{all, 0, all}, geom.Point{}
	var across [2]geom.Point // the rows of place and δ
	for i := range rs {
		r := &rs[i]
		e, ok := r.light.plus(covariance{own, 0, own}).inverse()
		if !ok {
			return b, false
		}
		u, v, x := geom.Point{X: r.both.xx, Y: r.both.xy}, geom.Point{X: r.both.xy, Y: r.both.yy}, e.times(r.lit)
		b.known = b.known.plus(r.place).plus(e.between(u, v).scaled(-1))
		b.says = geom.Point{X: b.says.X + r.aside.X - along(u, x), Y: b.says.Y + r.aside.Y - along(v, x)}
		b.likely += (along(x, r.lit) + math.Log(own*own*e.det())) / 2
		for k, row := range [2]geom.Point{e.times(u), e.times(v)} {
			across[k] = geom.Point{X: across[k].X + own*row.X, Y: across[k].Y + own*row.Y}
		}
		shared = shared.plus(covariance{own, 0, own}).plus(e.scaled(-own * own))
		lit = geom.Point{X: lit.X + own*x.X, Y: lit.Y + own*x.Y}
	}
	e, ok := shared.inverse()
	x := e.times(lit)
	b.known = b.known.plus(e.between(across[0], across[1]).scaled(-1))
	b.says = geom.Point{X: b.says.X - along(across[0], x), Y: b.says.Y - along(across[1], x)}
	b.likely += (along(x, lit) + math.Log(all*all*e.det())) / 2
	return b, ok
}

// place is where the photo lies if photos lie off by that size, the sum of the variances of its coordinates, and the
// logarithm of how likely the waves are then.
func (b beside) place(size float64) (d geom.Point, variance, likely float64) {
	v := 1 / (size * size)
	c, ok := b.known.plus(covariance{v, 0, v}).inverse()
	if !ok {
		return d, 0, math.Inf(-1)
	}
	d = c.times(b.says)
	return d, c.xx + c.yy, b.likely + (along(d, b.says)+math.Log(v*v*c.det()))/2
}
