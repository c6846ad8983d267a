package validate

import (
	"fmt"
	"math"
	"slices"

	"dermtrace/internal/outcome"
	"dermtrace/internal/phantom"
	"dermtrace/internal/skin"
	"dermtrace/internal/trend"
)

// scalpsPer is how many courses of unchanged scalps there are of a tone: three visits after the
// baseline each, half of them near enough for thickness.
const scalpsPer = 3

// scalpScript is clipped hair of any number, thickness and colour that lies and is clipped
// otherwise at every visit, on skin that does not change, from far and near in turn.
func scalpScript(t tone, seed uint32) phantom.Script {
	s, sh := base(t, seed), newShots(seed)
	between := func(a, b float64) float64 { return a + (b-a)*sh.random.Float64() }
	s.Site, s.Goals, s.Treatments = "scalp", []string{skin.GrowHair}, nil
	s.MMPerPx = 1 / between(22, 36)
	if seed%2 == 1 {
		s.MMPerPx = 1 / between(51, 62)
	}
	s.Drift, s.Anatomy.Spots = drift, 4
	s.Scalp = &phantom.Scalp{
		PerCM2: 15 * math.Pow(10, between(0, 1)), LengthMM: between(1.2, 3), ThickUM: between(45, 85),
		Grey: between(0, 0.1), LieDeg: between(2, 6), Clip: 0.07,
	}
	if t.band == trend.BandDark { // black hair or grey: brown is not seen
		s.Scalp.Grey = between(0.7, 1) * float64(seed/2%2)
	}
	sh.frame()
	for _, n := range []int{28, 98, 182} {
		sh.visit(n, func(p *phantom.Photo) {
			p.Pose.BendPx, p.Light.Gradient = 0.8, 0.05*sh.random.NormFloat64()
			p.Camera.Blur, p.Camera.Quality = between(0, 0.5), int(between(85, 96))
		})
	}
	s.Visits = sh.visits
	return s
}

// scalps are the courses of unchanged scalps.
func scalps() []course {
	var list []course
	for n := range scalpsPer * len(tones) {
		i, k := n%len(tones), n/len(tones)
		list = append(list, course{name: fmt.Sprintf("%s scalp %d", tones[i].name, k), kind: scalp, tone: tones[i], script: scalpScript(tones[i], uint32(2000+100*i+k+i))})
	}
	return list
}

func ofHair(measure string) bool { return definitions[measure].Family == outcome.Hair }

// builtInOfHair are those of hair. How long clipped hair is no simulation knows: it is as long as
// it was left, and grows a third of a millimetre a day.
func builtInOfHair(scalps []*outcome.Record) []trend.Figure {
	return slices.DeleteFunc(trend.BuildInScalps(each(scalps, defined)), func(f trend.Figure) bool {
		return !ofHair(f.Measure) || f.Measure == "hair_length"
	})
}
