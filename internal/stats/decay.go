package stats

import (
	"errors"
	"math"
	"slices"
)

// ErrNoDecay is returned when values do not fall in a way that a half-life describes.
var ErrNoDecay = errors.New("stats: the values do not fall towards a plateau")

// freePlateau is the least number of points at which the plateau is fitted too.
const freePlateau = 6

// DecayOptions of [FitDecay].
type DecayOptions struct {
	Plateau float64 // y∞, where it is not fitted freely
	// PlateauSigma is the standard deviation of Plateau: it then counts as one more
	// measured value, at infinite time. 0: it is exact. Only with Sigma.
	PlateauSigma float64
	Fixed        bool // never fit the plateau freely, whatever the number of points

	// Sigma is the standard deviation of each point where that is known better than
	// the residuals of so few points tell, with its degrees of freedom; nil: from the
	// residuals.
	Sigma []float64
	DF    float64
}

// Decay is y(t) = y∞ + A·2^(−t/T½) with A > 0.
type Decay struct {
	N          int
	HalfLife   float64
	CI         Interval // 95 %, profile of the residual sum; High is +Inf where the data set no bound
	Amplitude  float64
	Plateau    float64
	ResidualSD float64 // in units of Sigma where that was given
	Fixed      bool    // the plateau was not fitted freely
	Warnings   []string
}

// FitDecay fits a bounded exponential recovery by least squares, weighted where Sigma
// is given: for each half-life the line in 2^(−t/T½) is solved exactly (Golub & Pereyra
// 1973), and the half-life is searched between an eighth of the shortest and eight
// times the longest difference of t. The plateau is held at opt.Plateau below six
// points.
//
// The interval holds the half-lives whose residual sum is at most the least one plus
// σ²·t²(0.975; ν) (Bates & Watts 1988, 6.1).
func FitDecay(t, y []float64, opt DecayOptions) (Decay, error) {
	if len(t) != len(y) || opt.Sigma != nil && len(opt.Sigma) != len(t) {
		panic("stats: pairs of different number")
	}
	d := Decay{N: len(t), Fixed: opt.Fixed || len(t) < freePlateau, Plateau: opt.Plateau}
	if len(t) < 3 {
		return d, ErrTooFew
	}
	grid, ok := halfLives(t)
	if !ok {
		return d, ErrConstant
	}
	p := d.profile(t, y, opt)
	half, inside := p.search(grid)
	coef, rss := p.at(half)
	d.HalfLife, d.Amplitude = half, coef[0]
	if len(coef) > 1 {
		d.Plateau = coef[1]
	}
	if !inside || !(d.Amplitude > 0) {
		return d, ErrNoDecay
	}
	d.bound(p, grid, rss, opt)
	return d, nil
}

// bound sets the residual deviation and the interval.
func (d *Decay) bound(p profile, grid []float64, rss float64, opt DecayOptions) {
	coef, _ := p.at(d.HalfLife)
	df, sigma := float64(len(p.y)-len(coef)-1), 0.0
	if df > 0 {
		d.ResidualSD = math.Sqrt(rss / df)
		sigma = d.ResidualSD
	}
	if opt.Sigma != nil {
		sigma, df = 1, opt.DF
	}
	if !(df > 0) {
		d.CI = Interval{math.NaN(), math.NaN()}
		d.Warnings = append(d.Warnings, "as many unknowns as points: no interval")
		return
	}
	t := TQuantile(0.975, df)
	d.CI = p.within(grid, d.HalfLife, rss+float64(sigma*sigma)*float64(t*t))
}

// profile sets the equations up, each divided by its standard deviation: columns
// 2^(−t/T½) and, unless the plateau is exact, 1. A plateau with an error is one more
// row, in which 2^(−t/T½) is 0.
func (d *Decay) profile(t, y []float64, opt DecayOptions) profile {
	at, values, sigma := slices.Clone(t), slices.Clone(y), slices.Clone(opt.Sigma)
	if sigma == nil {
		sigma = make([]float64, len(t))
		for i := range sigma {
			sigma[i] = 1
		}
	}
	soft := d.Fixed && opt.Sigma != nil && opt.PlateauSigma > 0
	hard := d.Fixed && !soft
	if soft {
		at, values, sigma = append(at, math.Inf(1)), append(values, opt.Plateau), append(sigma, opt.PlateauSigma)
	}
	for i := range values {
		if hard {
			values[i] -= opt.Plateau
		}
		values[i] /= sigma[i]
	}
	return profile{y: values, basis: func(half float64) [][]float64 {
		fall, one := make([]float64, len(at)), make([]float64, len(at))
		for i, v := range at {
			fall[i], one[i] = math.Exp2(-v/half)/sigma[i], 1/sigma[i]
		}
		if hard {
			return [][]float64{fall}
		}
		return [][]float64{fall, one}
	}}
}

// perOctave is how finely half-lives are searched before they are refined: the residual
// sum of one exponential is smooth on this scale.
const perOctave = 16

// halfLives is a grid, even in its logarithm.
func halfLives(t []float64) (grid []float64, ok bool) {
	least, most := math.Inf(1), 0.0
	for i := range t {
		for j := range t[:i] {
			if d := math.Abs(t[i] - t[j]); d > 0 {
				least, most = min(least, d), max(most, d)
			}
		}
	}
	if most == 0 {
		return nil, false
	}
	low, high := math.Log2(least/8), math.Log2(most*8)
	n := int(math.Ceil((high - low) * perOctave))
	for i := range n + 1 {
		grid = append(grid, math.Exp2(low+(high-low)*float64(i)/float64(n)))
	}
	return grid, true
}

// profile is a model that is linear in all but one of its parameters.
type profile struct {
	basis func(theta float64) [][]float64
	y     []float64
}

// at solves the linear part for one value of the parameter, by modified Gram-Schmidt:
// one or two columns.
func (p profile) at(theta float64) (coef []float64, rss float64) {
	cols := p.basis(theta)
	first, r := cols[0], append([]float64{}, p.y...)
	if len(cols) == 1 {
		c := take(r, first)
		return []float64{c}, dot(r, r)
	}
	second := append([]float64{}, cols[1]...)
	shared := take(second, first)
	c0, c1 := take(r, first), take(r, second)
	return []float64{c0 - c1*shared, c1}, dot(r, r)
}

// take removes from r what lies along q and returns how much of q that was; 0 where q
// is too small to tell.
func take(r, q []float64) float64 {
	qq := dot(q, q)
	if !(qq > 1e-24*float64(len(q))) {
		return 0
	}
	c := dot(q, r) / qq
	for i := range r {
		r[i] -= float64(c * q[i])
	}
	return c
}

func dot(a, b []float64) float64 {
	var sum float64
	for i := range a {
		sum += float64(a[i] * b[i])
	}
	return sum
}

func (p profile) rss(theta float64) float64 {
	_, s := p.at(theta)
	return s
}

// search returns the parameter of the least residual sum, and whether it lies inside
// the grid.
func (p profile) search(grid []float64) (best float64, inside bool) {
	k, least := 0, math.Inf(1)
	for i, v := range grid {
		if s := p.rss(v); s < least {
			k, least = i, s
		}
	}
	if k == 0 || k == len(grid)-1 {
		return grid[k], false
	}
	return p.stationary(p.golden(grid[k-1], grid[k+1])), true
}

// goldenSteps shrink a bracket by 0.618 each: 0.618⁴⁰ is 4e-9, below which the
// residual sum of double precision is flat.
const goldenSteps = 40

// golden narrows a bracket of a minimum by the golden section.
func (p profile) golden(low, high float64) float64 {
	const ratio = 0.6180339887498949
	a, b := high-ratio*(high-low), low+ratio*(high-low)
	fa, fb := p.rss(a), p.rss(b)
	for range goldenSteps {
		if fa <= fb {
			high, b, fb = b, a, fa
			a = high - ratio*(high-low)
			fa = p.rss(a)
		} else {
			low, a, fa = a, b, fb
			b = low + ratio*(high-low)
			fb = p.rss(b)
		}
	}
	return (low + high) / 2
}

// stationary sharpens a minimum, near which the residual sum is flat and tells it to half
// of the digits only: residuals are at right angles to the slope of the model there, which
// bisection finds to nearly all.
func (p profile) stationary(best float64) float64 {
	const reach = 1e-6 // relative, 100 times what the golden section leaves
	low, high := best*(1-reach), best*(1+reach)
	if !(p.slope(low) < 0 && p.slope(high) > 0) {
		return best // the residuals are nothing but rounding
	}
	for range goldenSteps {
		if m := (low + high) / 2; p.slope(m) < 0 {
			low = m
		} else {
			high = m
		}
	}
	return (low + high) / 2
}

// slope is half the derivative of the residual sum: −r·Σ c·∂basis/∂θ, as what differs in
// the coefficients is at right angles to the residuals (Golub & Pereyra 1973).
func (p profile) slope(theta float64) float64 {
	coef, _ := p.at(theta)
	h := 1e-5 * theta
	cols, up, down := p.basis(theta), p.basis(theta+h), p.basis(theta-h)
	var sum float64
	for i, v := range p.y {
		var move float64
		for k, c := range coef {
			v -= float64(c * cols[k][i])
			move += float64(c * (up[k][i] - down[k][i]))
		}
		sum -= v * move / (2 * h)
	}
	return sum
}

// within is the range around best in which the residual sum is within the limit; open
// where it reaches the end of the grid.
func (p profile) within(grid []float64, best, limit float64) Interval {
	ci := Interval{0, math.Inf(1)}
	below, above := best, best
	for i := len(grid) - 1; i >= 0; i-- {
		if grid[i] >= best {
			continue
		}
		if p.rss(grid[i]) > limit {
			ci.Low = p.cross(below, grid[i], limit)
			break
		}
		below = grid[i]
	}
	for _, v := range grid {
		if v <= best {
			continue
		}
		if p.rss(v) > limit {
			ci.High = p.cross(above, v, limit)
			break
		}
		above = v
	}
	return ci
}

// cross bisects between a value within the limit and one beyond it.
func (p profile) cross(in, out, limit float64) float64 {
	for range goldenSteps {
		m := (in + out) / 2
		if p.rss(m) > limit {
			out = m
		} else {
			in = m
		}
	}
	return (in + out) / 2
}
