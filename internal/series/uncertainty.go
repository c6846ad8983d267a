package series

import (
	"math"

	"dermtrace/internal/chromo"
	"dermtrace/internal/cie"
	"dermtrace/internal/geom"
	"dermtrace/internal/outcome"
	"dermtrace/internal/raster"
	"dermtrace/internal/skin"
)

// The estimate of the light has an error, which every colour number of the photo shares.
// It is carried to them to first order: with g the derivatives of a number by ln of red,
// green and blue at the region's typical colour, and C the covariance of ln gain at the
// region's middle, the standard error that the light adds is √(gᵀCg).

// lightStep is the change of ln light over which derivatives are taken: 1 %, well above
// the rounding of the look-up tables and well below where they bend.
const lightStep = 0.01

// colourNumbers are the measures that follow from one colour, at that colour.
var colourNumbers = map[string]func(*chromo.Model, [3]float64) float64{
	"erythema_index": func(_ *chromo.Model, c [3]float64) float64 { return 100 * math.Log10(c[0]/c[1]) },
	"melanin_index":  func(_ *chromo.Model, c [3]float64) float64 { return -100 * math.Log10(c[0]) },
	"a_star":         func(_ *chromo.Model, c [3]float64) float64 { return cie.LabD65(c[0], c[1], c[2]).A },
	"l_star":         func(_ *chromo.Model, c [3]float64) float64 { return cie.LabD65(c[0], c[1], c[2]).L },
	"ita": func(_ *chromo.Model, c [3]float64) float64 {
		lab := cie.LabD65(c[0], c[1], c[2])
		return math.Atan2(lab.L-50, lab.B) * 180 / math.Pi
	},
	"hemoglobin": func(m *chromo.Model, c [3]float64) float64 { return float64(separate(m, c).Hemoglobin.At(0, 0)) },
	"melanin":    func(m *chromo.Model, c [3]float64) float64 { return float64(separate(m, c).Melanin.At(0, 0)) },
}

// separate inverts one colour.
func separate(m *chromo.Model, c [3]float64) *chromo.Maps {
	pixel := raster.NewRGB(1, 1)
	for k, p := range pixel.Planes() {
		p.Set(0, 0, float32(c[k]))
	}
	return m.Separate(pixel)
}

// lightErrors are the standard errors that the light adds to the region's numbers.
func (s *shot) lightErrors(c *carried, model *chromo.Model) map[string]outcome.Number {
	if s.light == nil || c.mask.Empty() {
		return nil
	}
	at := s.sheet(c, model).Colour()
	if !(min(at[0], at[1], at[2]) > 0) {
		return nil
	}
	out := map[string]outcome.Number{}
	x0, y0, x1, y1 := c.mask.Bounds()
	cov := s.light.LogGainCovAt(geom.Point{X: float64(x0+x1-1) / 2, Y: float64(y0+y1-1) / 2})
	for name, number := range colourNumbers {
		se := carryError(cov, func(ln [3]float64) float64 {
			return number(model, [3]float64{at[0] * math.Exp(ln[0]), at[1] * math.Exp(ln[1]), at[2] * math.Exp(ln[2])})
		})
		if !math.IsNaN(se) {
			out[name] = outcome.Number(se)
		}
	}
	return out
}

// carryError is √(gᵀCg) with g the derivatives of f at 0; NaN where it is unknown.
func carryError(cov [3][3]float64, f func([3]float64) float64) float64 {
	var g [3]float64
	for k := range g {
		var up, down [3]float64
		up[k], down[k] = lightStep, -lightStep
		g[k] = (f(up) - f(down)) / (2 * lightStep)
	}
	var v float64
	for i := range g {
		for j := range g {
			v += g[i] * cov[i][j] * g[j]
		}
	}
	return math.Sqrt(max(0, v))
}

// exposed are the measures that move with the strength of light.
func exposed() map[string]bool {
	set := map[string]bool{}
	for _, index := range skin.Indices() {
		set[index.Name] = index.Needs.Exposure
	}
	return set
}
