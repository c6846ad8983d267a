package phantom

import "math"

// Tram tracks are scars that a roller left: raised dots in pairs of parallel lines along
// the way that it went, a needle's distance apart, paler and smoother than the skin
// around. “Tram track” scarring stands among the adverse events of needling (Harris 2015,
// Int J Womens Dermatol 1:77); sizes are assumed.
const (
	tramApartMM = 7.0  // from pair to pair
	tramGaugeMM = 2.4  // between the lines of a pair
	tramStepMM  = 1.4  // from dot to dot along a line
	tramHeight  = 0.16 // mm, at full strength
	tramPaler   = 0.35 // share of melanin lost in the middle of a dot
	tramSmooth  = 0.5  // share of furrows lost there
	tramPresent = 0.85 // share of needles that left a dot
)

// tracks raises the dots of a change. They stand where they stand at every visit, by a
// random stream of their own.
func (s *state) tracks(c Change, weight func(int) float32, p *Phantom, height []float32) {
	if c.Tram == 0 {
		return
	}
	d := newDice(p.skin.seed, "tram tracks")
	sin, cos := math.Sincos(d.between(0, math.Pi))
	a := p.skin.area
	mx, my := (a.x0+a.x1)/2, (a.y0+a.y1)/2
	reach := math.Hypot(a.x1-a.x0, a.y1-a.y0) / 2
	for k := -int(reach / tramApartMM); k <= int(reach/tramApartMM); k++ {
		for side := range 2 {
			for i := -int(reach / tramStepMM); i <= int(reach/tramStepMM); i++ {
				e := newDice(p.skin.seed, "tram dot", k, side, i)
				u := (float64(i) + 0.12*e.normal()) * tramStepMM
				v := float64(k)*tramApartMM + (float64(side)-0.5)*tramGaugeMM + 0.08*e.normal()
				at := point{mx + u*cos - v*sin, my + u*sin + v*cos}
				if t := s.texelAt(at); e.unit() < tramPresent && t >= 0 && weight(t) > 0 {
					s.dot(at, e.between(0.3, 0.45), c.Tram*e.between(0.6, 1.3)*float64(weight(t)), height)
				}
			}
		}
	}
}

// dot raises one dot of radius r mm.
func (s *state) dot(at point, r, strength float64, height []float32) {
	s.around(at.x, at.y, 2.5*r, func(k int, dx, dy float64) {
		f := strength * math.Exp(-(dx*dx+dy*dy)/(r*r))
		t := &s.texels[k]
		height[k] += float32(tramHeight * f)
		t.melanin *= float32(1 - tramPaler*min(1, f))
		t.relief *= float32(1 - tramSmooth*min(1, f))
	})
}
