package cie

import "math"

// Lab is a colour in CIELAB (CIE 15:2018, ISO 11664-4). Whoever stores one says
// under which white.
type Lab struct{ L, A, B float64 }

// The CIELAB curve is a cube root above cubeKnee = (6/29)³ and a straight line below.
const (
	cubeKnee   = 216.0 / 24389
	lineSlope  = 841.0 / 108 // (29/6)²/3
	lineOffset = 4.0 / 29
)

func labCurve(t float64) float64 {
	if t > cubeKnee {
		return math.Cbrt(t)
	}
	return lineSlope*t + lineOffset
}

func labCurveInverse(f float64) float64 {
	if f > 6.0/29 {
		return f * f * f
	}
	return (f - lineOffset) / lineSlope
}

// LabFromXYZ is L* = 116 f(Y/Yn) − 16, a* = 500 (f(X/Xn) − f(Y/Yn)),
// b* = 200 (f(Y/Yn) − f(Z/Zn)).
func LabFromXYZ(xyz [3]float64, w White) Lab {
	fx, fy, fz := labCurve(xyz[0]/w[0]), labCurve(xyz[1]/w[1]), labCurve(xyz[2]/w[2])
	return Lab{116*fy - 16, 500 * (fx - fy), 200 * (fy - fz)}
}

// XYZFromLab is the inverse of [LabFromXYZ].
func XYZFromLab(c Lab, w White) [3]float64 {
	fy := (c.L + 16) / 116
	return [3]float64{
		w[0] * labCurveInverse(fy+c.A/500), w[1] * labCurveInverse(fy), w[2] * labCurveInverse(fy-c.B/200),
	}
}

// LabD65 is the colour of linear sRGB under its own white.
func LabD65(r, g, b float64) Lab {
	return LabFromXYZ(XYZFromRGB().Apply([3]float64{r, g, b}), D65())
}

// PaleB is the b* below which the ITA angle means nothing: it swings by whole
// classes with the noise of b* (project default).
const PaleB = 3.0

// ITA is the individual typology angle atan2(L* − 50, b*) in degrees (Chardon,
// Cretois, Hourseau 1991, Int J Cosmet Sci 13:191). ok is false where b* < [PaleB].
func ITA(c Lab) (deg float64, ok bool) {
	return math.Atan2(c.L-50, c.B) * 180 / math.Pi, c.B >= PaleB
}
