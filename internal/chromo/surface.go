package chromo

import "math"

// What the surface reflects lies on top of what skin does and is no pigment. How much that
// is shows only at the two ends of skin: where the lightest skin is read as lighter than
// skin can be, and where on dark skin the surface is a good part of the light.
const (
	leastSurface, mostSurface = 0, 0.040 // up to a dielectric of index 1.4, 0.028, and oil on it
	surfaceStep               = 0.001    // on dark skin twice that turns a fifth of the melanin
	// About the modelled surface, as a standard deviation: photos show any of that range. Less
	// would have darker skin than brown read as brown under a usual surface with the blood of a flush.
	surfaceSpread = (mostSurface - leastSurface) / 2
)

func (m *Model) surface() float64 {
	if s := m.options.Skin.Surface; s != 0 {
		return s
	}
	return DefaultSurface
}

// withSurface is the model of the same skin with another surface.
func (m *Model) withSurface(s float64) *Model {
	opt := m.options
	opt.Skin.Surface = s
	return tabulated(opt, m.camera)
}

// resurfaced is the table of the same skin with another surface: light is the diffuse part
// times (1 − s), plus s.
func (t *forwardTable) resurfaced(from, to float64) *forwardTable {
	other := &forwardTable{}
	relit := func(ln float64) float64 { return (math.Exp(ln)-from)/(1-from)*(1-to) + to }
	for j := range t.node {
		for i, s := range t.node[j] {
			other.node[j][i] = stateOf([3]float64{relit(s[0] + s[2]), relit(s[2]), relit(s[2] - s[1])})
		}
	}
	for j := range other.mMax {
		other.mMax[j] = other.darkEnd(qFirst + float64(j)*qStep)
	}
	return other
}

// shiny is the model with as much more surface reflection as makes this colour the
// lightest skin there is, and the melanin that it reads, in percent.
func (m *Model) shiny(u, v float32) (*Model, float64) {
	at, x := [2]float64{float64(u), float64(v)}, [2]float64{ordinaryMelanin / 100, math.Sqrt(restingBlood / 100)}
	now, last := m.surface(), float64(m.inverse.at(u, v).melanin)
	for now < mostSurface {
		next := min(now+surfaceStep, mostSurface)
		x, _ = m.forward.resurfaced(m.surface(), next).solve(at, x)
		melanin := 100 * x[0]
		if melanin >= leastSkin {
			return m.withSurface(now + (next-now)*(leastSkin-last)/(melanin-last)), leastSkin
		}
		now, last = next, melanin
	}
	return m.withSurface(mostSurface), last
}

// rested is the model with the surface that makes dark skin of this colour the most
// ordinary: one off the modelled shows as more or less blood than skin at rest has.
func (m *Model) rested(u, v float32) *Model {
	at, x := [2]float64{float64(u), float64(v)}, [2]float64{darkMelanin / 100, math.Sqrt(restingBlood / 100)}
	best, least := m.surface(), math.Inf(1)
	for i := range int(math.Round((mostSurface-leastSurface)/surfaceStep)) + 1 {
		s := leastSurface + float64(i)*surfaceStep
		y, ok := m.forward.resurfaced(m.surface(), s).solve(at, x)
		if !ok {
			continue // no skin of this surface has the colour
		}
		x = y
		d, blood := (s-m.surface())/surfaceSpread, math.Log(x[1]*x[1]*100/restingBlood)/bloodSpread
		if q := d*d + blood*blood; q < least {
			best, least = s, q
		}
	}
	if best == m.surface() {
		return m
	}
	return m.withSurface(best)
}
