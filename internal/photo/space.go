package photo

import "math"

// mat3 is a 3×3 matrix, row-major.
type mat3 [9]float64

type vec3 [3]float64

func (m mat3) mul(n mat3) mat3 {
	var p mat3
	for i := range 3 {
		for j := range 3 {
			p[3*i+j] = m[3*i]*n[j] + m[3*i+1]*n[3+j] + m[3*i+2]*n[6+j]
		}
	}
	return p
}

func (m mat3) apply(v vec3) vec3 {
	var p vec3
	for i := range p {
		p[i] = m[3*i]*v[0] + m[3*i+1]*v[1] + m[3*i+2]*v[2]
	}
	return p
}

// inverse returns the inverse by cofactors, false for a singular matrix.
func (m mat3) inverse() (mat3, bool) {
	c := mat3{
		m[4]*m[8] - m[5]*m[7], m[2]*m[7] - m[1]*m[8], m[1]*m[5] - m[2]*m[4],
		m[5]*m[6] - m[3]*m[8], m[0]*m[8] - m[2]*m[6], m[2]*m[3] - m[0]*m[5],
		m[3]*m[7] - m[4]*m[6], m[1]*m[6] - m[0]*m[7], m[0]*m[4] - m[1]*m[3],
	}
	det := m[0]*c[0] + m[1]*c[3] + m[2]*c[6]
	if !(math.Abs(det) > 1e-9) {
		return mat3{}, false
	}
	for i := range c {
		c[i] /= det
	}
	return c, true
}

// bradford is the cone response of Lam (1985), as in ICC.1:2022, annex E.
var bradford = mat3{.8951, .2664, -.1614, -.7502, 1.7135, .0367, .0389, -.0685, 1.0296}

// adapt returns the Bradford adaptation of XYZ from one white to another.
func adapt(from, to vec3) (mat3, bool) {
	a, b := bradford.apply(from), bradford.apply(to)
	for i := range a {
		if !(a[i] > 0) || !(b[i] > 0) {
			return mat3{}, false
		}
	}
	back, ok := bradford.inverse()
	scale := mat3{b[0] / a[0], 0, 0, 0, b[1] / a[1], 0, 0, 0, b[2] / a[2]}
	return back.mul(scale).mul(bradford), ok
}

// chromaXY are the chromaticities x, y of white, red, green, blue.
type chromaXY [8]float64

// whiteXYZ is the white of luminance 1.
func (c chromaXY) whiteXYZ() vec3 { return xyToXYZ(c[0], c[1]) }

func xyToXYZ(x, y float64) vec3 { return vec3{x / y, 1, (1 - x - y) / y} }

// toXYZ is the matrix from linear RGB to XYZ (SMPTE RP 177-1993): the columns are the
// primaries, scaled to add up to the white.
func (c chromaXY) toXYZ() (mat3, bool) {
	for i := 1; i < 8; i += 2 {
		if !(c[i] > 0) {
			return mat3{}, false
		}
	}
	r, g, b := xyToXYZ(c[2], c[3]), xyToXYZ(c[4], c[5]), xyToXYZ(c[6], c[7])
	m := mat3{r[0], g[0], b[0], r[1], g[1], b[1], r[2], g[2], b[2]}
	inv, ok := m.inverse()
	s := inv.apply(c.whiteXYZ())
	for i := range m {
		m[i] *= s[i%3]
	}
	return m, ok
}

// White points: D65 as ITU-R BT.709, D50 as ISO 22028-2.
const d65x, d65y = .3127, .3290

// Primaries with their whites.
var (
	srgbXY     = chromaXY{d65x, d65y, .64, .33, .30, .60, .15, .06}       // IEC 61966-2-1
	p3XY       = chromaXY{d65x, d65y, .680, .320, .265, .690, .150, .060} // SMPTE EG 432-1
	adobeXY    = chromaXY{d65x, d65y, .64, .33, .21, .71, .15, .06}       // Adobe RGB (1998), 4.3.1
	bt2020XY   = chromaXY{d65x, d65y, .708, .292, .170, .797, .131, .046} // ITU-R BT.2020
	prophotoXY = chromaXY{.3457, .3585, .7347, .2653, .1596, .8404, .0366, .0001}
)

// toSRGB is the matrix from a linear RGB, given its matrix to XYZ and that XYZ's white,
// to linear sRGB with D65: the white becomes (1, 1, 1).
func toSRGB(toXYZ mat3, white vec3) (mat3, bool) {
	srgb, _ := srgbXY.toXYZ()
	inv, _ := srgb.inverse()
	a, ok := adapt(white, srgbXY.whiteXYZ())
	return inv.mul(a).mul(toXYZ), ok
}

// curve takes a code in [0, 1] to linear light.
type curve func(float64) float64

// srgbCurve is IEC 61966-2-1:1999, 5.2.
func srgbCurve(c float64) float64 {
	if c <= .04045 {
		return c / 12.92
	}
	return math.Pow((c+.055)/1.055, 2.4)
}

// bt709Curve is the inverse of ITU-R BT.709-6, item 1.2.
func bt709Curve(c float64) float64 {
	if c < .081 {
		return c / 4.5
	}
	return math.Pow((c+.099)/1.099, 1/.45)
}

// prophotoCurve is ISO 22028-2 (ROMM RGB).
func prophotoCurve(c float64) float64 {
	if c < 1./32 {
		return c / 16
	}
	return math.Pow(c, 1.8)
}

func gammaCurve(g float64) curve {
	return func(c float64) float64 { return math.Pow(max(c, 0), g) }
}

func linearCurve(c float64) float64 { return c }

// adobeGamma is 2 51/256 (Adobe RGB (1998), 4.3.4.2).
const adobeGamma = 563. / 256

// prophotoGamma is 1.8 as profiles can write it, in 1/256.
const prophotoGamma = 461. / 256

// colourSpace takes codes to linear light on the sRGB primaries.
type colourSpace struct {
	name   string
	curves [3]curve
	matrix mat3
	plain  bool // the matrix is the identity
	single bool // the curves are one
}

// setCurve gives all three channels one curve.
func (s *colourSpace) setCurve(c curve) { s.curves, s.single = [3]curve{c, c, c}, true }

// space makes a colour space of primaries and one curve; the primaries must be sound.
func space(name string, xy chromaXY, c curve) colourSpace {
	m, ok := xy.toXYZ()
	t, ok2 := toSRGB(m, xy.whiteXYZ())
	if !ok || !ok2 {
		panic("photo: primaries of " + name + " make no matrix")
	}
	s := colourSpace{name: name, matrix: t, plain: xy == srgbXY}
	s.setCurve(c)
	return s
}

// Names of known spaces, as in [Meta.Profile].
const (
	nameSRGB     = "sRGB"
	nameP3       = "Display P3"
	nameAdobe    = "Adobe RGB (1998)"
	nameProPhoto = "ProPhoto RGB"
	nameBT2020   = "Rec. 2020"
	nameAssumed  = "none (sRGB assumed)"
)

func sRGB(name string) colourSpace { return space(name, srgbXY, srgbCurve) }

// knownSpaces are recognised by their numbers, whatever their profile is called.
func knownSpaces() []colourSpace {
	return []colourSpace{
		sRGB(nameSRGB),
		space(nameP3, p3XY, srgbCurve),
		space(nameAdobe, adobeXY, gammaCurve(adobeGamma)),
		space(nameProPhoto, prophotoXY, prophotoCurve),
		space(nameProPhoto, prophotoXY, gammaCurve(prophotoGamma)),
	}
}

// Two spaces are the same if their matrices differ by less than a profile's rounding
// and the whites in circulation explain, and their curves by less than half a code.
const (
	sameMatrix = .004
	sameCode   = .5 / 255
)

// recognise returns the known space that s is, or s itself.
func (s colourSpace) recognise() colourSpace {
	for _, k := range knownSpaces() {
		if s.same(k) {
			return k
		}
	}
	return s
}

func (s colourSpace) same(k colourSpace) bool {
	for i := range s.matrix {
		if !(math.Abs(s.matrix[i]-k.matrix[i]) < sameMatrix) {
			return false
		}
	}
	for i, c := range s.curves {
		for v := range 256 {
			x := float64(v) / 255
			slope := (k.curves[i](x+1e-3) - k.curves[i](x-1e-3)) / 2e-3
			if !(math.Abs(c(x)-k.curves[i](x)) < sameCode*max(slope, .05)) {
				return false
			}
		}
	}
	return true
}
