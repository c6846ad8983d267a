package chromo

import "math"

// What the surface reflects lies on top of what skin does and is no pigment. How much that is
// shows in how brightness follows colour ([Tint]), where the lightest skin is read as lighter
// than skin can be, and where on dark skin the surface is a good part of the light.
const (
	leastSurface, mostSurface = 0, 0.040 // up to a dielectric of index 1.4, 0.028, and oil on it
	surfaceStep               = 0.0005   // on dark skin four times that turns a fifth of the melanin
	// About the modelled surface, as standard deviations: as evenly as photos show that range;
	// half of it on dark skin, which less would have read as brown under a usual surface with
	// the blood of a flush.
	surfaceSpread = (mostSurface - leastSurface) / (2 * 1.7320508075688772)
	restedSpread  = (mostSurface - leastSurface) / 2
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
	return other
}

// unlikely is how unlikely skin of (m, √blood) is under a table's surface, in standard
// deviations squared.
type unlikely func(t *forwardTable, x [2]float64) float64

// surfaced is the model with the likeliest surface of skin of this colour, spread so about the
// modelled one and such that no skin is lighter than any, and the melanin that it reads, in
// percent.
func (m *Model) surfaced(u, v float32, spread float64, evidence unlikely) (*Model, float64) {
	at, x := [2]float64{float64(u), float64(v)}, m.near(u, v)
	best, melanin, least := mostSurface, 0.0, math.Inf(1)
	for i := range int(math.Round((mostSurface-leastSurface)/surfaceStep)) + 1 {
		s := leastSurface + float64(i)*surfaceStep
		t := m.forward.resurfaced(m.surface(), s)
		y, ok := t.solve(at, x)
		if !ok {
			continue // no skin of this surface has the colour
		}
		x = y
		found := 100 * x[0]
		if found < leastSkin {
			if math.IsInf(least, 1) {
				best, melanin = s, found
			}
			continue
		}
		if math.IsInf(least, 1) && melanin > 0 { // where skin is the lightest there is
			s = best + (s-best)*(leastSkin-melanin)/(found-melanin)
			found = leastSkin
		}
		d := (s - m.surface()) / spread
		if q := d*d + evidence(t, x); q < least {
			best, melanin, least = s, found, q
		}
	}
	if math.Abs(best-m.surface()) < surfaceStep/2 { // rounding apart
		return m, melanin
	}
	return m.withSurface(best), melanin
}

// near is where to look for skin of a colour under other surfaces.
func (m *Model) near(u, v float32) [2]float64 {
	a := m.inverse.at(u, v)
	return [2]float64{hold(float64(a.melanin)/100, mLow, mLast), hold(math.Sqrt(max(0, float64(a.blood)/100)), qLow, qLast)}
}
