package texture

import "math"

// A facet that leans towards the lamp sends back more light from within and more from its surface:
// relief moves relative light not by 1 but by 1 + gloss·white/light, the more the darker skin
// becomes by a flush or by melanin. How much gloss relief has is told from the channels of the
// baseline, of which it is one direction, beside glints that lie as they like.

// leastGloss to mostGloss are tried in so many steps, and none (project default: two other hands'
// phantoms and the project's have 0.04 to 0.2 with shine, 0 to 0.03 without).
const leastGloss, mostGloss, glossSteps = 0.01, 0.5, 30

// glossOf is how much shine relief has in the covariance of the channels: six numbers, of which
// relief, its gloss, melanin, blood and glints are five.
func (s Skin) glossOf(c [3][3]float64) (gloss float64) {
	least := s.misfit(c, 0)
	for i := range glossSteps {
		k := leastGloss * math.Pow(mostGloss/leastGloss, float64(i)/(glossSteps-1))
		if e := s.misfit(c, k); e < least {
			least, gloss = e, k
		}
	}
	return gloss
}

// misfit is what relief of that gloss leaves of c at best, less c's own sum of squares.
func (s Skin) misfit(c [3][3]float64, gloss float64) (sum float64) {
	directions := s.directions()
	for i := range directions[0] {
		directions[0][i] += gloss * directions[3][i]
	}
	gram, slope := normal(c, directions)
	v := notBelow0(gram, slope)
	for i := range v {
		sum -= 2 * slope[i] * v[i]
		for j := range v {
			sum += v[i] * gram[i][j] * v[j]
		}
	}
	return sum
}

// facets is the power of glossy relief in the mix over that of matt relief.
type facets struct {
	kept float64 // where the file kept colour
	lost float64 // where it lost it
}

func (m Mix) facets(s Skin, gloss float64) facets {
	bright := s.luminance()
	var kept, lost float64
	for c, d := range s.directions()[3] {
		kept += m.Weights[c] * s.Light[c] * d
		lost += bright.Weights[c] * s.Light[c] * d
	}
	return facets{square(1 + gloss*kept), square(1 + gloss*lost)}
}

// over is by what factor that power is another, as far as it is in both: which of them a photo
// shows, its file does not tell.
func (f facets) over(base facets) float64 {
	kept, lost := f.kept/base.kept-1, f.lost/base.lost-1
	switch {
	case !(kept*lost > 0):
		return 1
	case math.Abs(kept) < math.Abs(lost):
		return 1 + kept
	}
	return 1 + lost
}
