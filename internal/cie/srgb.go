// Package cie is colour science: what a triple of linear light looks like to the
// standard observer, and how far two colours are apart.
//
// Light is linear sRGB (IEC 61966-2-1, primaries on ITU-R BT.709, white D65) with 1 at
// the encoding's white; XYZ has Y = 1 at white; CIELAB is named for its illuminant
// (D65 for skin, D50 for printed chart tables), because mixing the two costs whole
// units; angles are degrees. All formulas are for the 2° observer.
//
// The exact functions work in float64 on one colour. [LabTable] does rows of a
// picture and is tested against them. Nothing here refuses a colour: what is
// outside sRGB keeps its negative or large coordinates, and where an angle means
// nothing the function says so.
package cie

import "math"

// Decode turns an sRGB code in [0, 1] into linear light (IEC 61966-2-1:1999).
func Decode(code float64) float64 {
	if code <= 0.04045 {
		return code / 12.92
	}
	return math.Pow((code+0.055)/1.055, 2.4)
}

// Encode turns linear light into an sRGB code, both with 1 at white. Values below 0
// continue the straight piece.
func Encode(linear float64) float64 {
	if linear <= 0.0031308 {
		return 12.92 * linear
	}
	return 1.055*math.Pow(linear, 1/2.4) - 0.055
}

// DecodeTable returns Decode(i/(n-1)) for i = 0 … n-1: n is 256 for 8-bit codes and
// 65536 for 16-bit codes.
func DecodeTable(n int) []float32 {
	t := make([]float32, n)
	for i := range t {
		t[i] = float32(Decode(float64(i) / float64(n-1)))
	}
	return t
}

// Primaries returns the matrix from linear RGB to XYZ for primaries and a white given
// as chromaticities x, y: each primary is scaled so that (1, 1, 1) is the white.
func Primaries(r, g, b, white [2]float64) Matrix {
	var m Matrix
	for j, p := range [3][2]float64{r, g, b} {
		c := xyzOfChromaticity(p)
		for i := range 3 {
			m[i][j] = c[i]
		}
	}
	return m.Mul(diagonal(m.Inverse().Apply(xyzOfChromaticity(white))))
}

func xyzOfChromaticity(xy [2]float64) [3]float64 {
	return [3]float64{xy[0] / xy[1], 1, (1 - xy[0] - xy[1]) / xy[1]}
}

// XYZFromRGB takes linear sRGB to XYZ. It is derived at full precision: the 4-digit
// matrices of the standard are not each other's inverse and colour white by 0.01.
func XYZFromRGB() Matrix {
	return Primaries([2]float64{0.64, 0.33}, [2]float64{0.30, 0.60}, [2]float64{0.15, 0.06}, [2]float64{0.3127, 0.3290})
}

// RGBFromXYZ is the inverse of [XYZFromRGB].
func RGBFromXYZ() Matrix { return XYZFromRGB().Inverse() }
