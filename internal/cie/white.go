package cie

// White is the XYZ of a reference white with Y = 1.
type White [3]float64

// Whites in use. The derived ones follow from the chromaticities that the standards
// print (D65 .3127 .3290 in IEC 61966-2-1, D50 .3457 .3585 in CIE 15), so that sRGB
// (1, 1, 1) is exactly neutral. Those of ASTM E308, which older tables used, differ by 0.01
// to 0.05 CIELAB units; mixing D50 and D65 costs whole units.
func D65() White { return White(xyzOfChromaticity([2]float64{0.3127, 0.3290})) }

// D50 is the white of printed charts and of colour profiles.
func D50() White { return White(xyzOfChromaticity([2]float64{0.3457, 0.3585})) }

// bradford is the cone response matrix of Lam 1985 (Bradford), as in Lindbloom and
// ICC.1:2010 annex E.
func bradford() Matrix {
	return Matrix{{0.8951, 0.2664, -0.1614}, {-0.7502, 1.7135, 0.0367}, {0.0389, -0.0685, 1.0296}}
}

// Adapt returns the matrix that takes XYZ under white from to the corresponding
// colour under white to: M_B⁻¹ diag(ρ_to / ρ_from) M_B with ρ = M_B·white.
func Adapt(from, to White) Matrix {
	m := bradford()
	a, b := m.Apply(from), m.Apply(to)
	return m.Inverse().Mul(diagonal([3]float64{b[0] / a[0], b[1] / a[1], b[2] / a[2]})).Mul(m)
}
