package optics

import "strings"

// Camera turns a spectrum into three channels.
type Camera struct {
	Name     string
	response [3]Spectrum // illuminant times sensitivity; each sums to 1
	matrix   [3][3]float64

	correction func([3]float64) [3]float64 // nil: none
}

// RGB is the linear answer of the camera to a surface under D65; a perfect white gives
// (1, 1, 1). Colours outside the gamut have negative channels and are not clipped.
func (c Camera) RGB(s Spectrum) [3]float64 {
	rgb := apply(c.matrix, c.sensed(s))
	if c.correction == nil {
		return rgb
	}
	return c.correction(rgb)
}

// sensed is what each channel takes up, without a matrix.
func (c Camera) sensed(s Spectrum) (raw [3]float64) {
	for k := range raw {
		for i, v := range s {
			raw[k] += c.response[k][i] * v
		}
	}
	return raw
}

func apply(m [3][3]float64, v [3]float64) [3]float64 {
	var out [3]float64
	for i := range m {
		for j := range m[i] {
			out[i] += m[i][j] * v[j]
		}
	}
	return out
}

// SRGB is the ideal camera: the CIE 1931 observer seen through the primaries of sRGB.
func SRGB() Camera { return observer("CIE 1931 observer, sRGB", 0) }

// NikonD5100 is a real camera's sensor, white balanced and otherwise raw.
func NikonD5100() Camera {
	return Camera{Name: "Nikon D5100", response: underD65([3]Spectrum{nikonR, nikonG, nikonB}), matrix: identity}
}

// Cameras are the ideal one, a real one raw and developed, and relatives of them that
// see the same skin differently: sensitivities moved by 5 nm, a broader set. Anything
// that claims to need no known camera is tried on all.
func Cameras() []Camera {
	return []Camera{
		SRGB(), NikonD5100(), NikonD5100().Developed(),
		observer("CIE observer moved by +5 nm", 0.5), observer("CIE observer moved by -5 nm", -0.5),
		Camera{Name: "Nikon D5100 broadened", response: underD65([3]Spectrum{
			broadened(nikonR), broadened(nikonG), broadened(nikonB)}), matrix: identity}.Developed(),
	}
}

// Named is the camera that series.yaml can name, its photos developed as cameras do;
// ok is false for any other name.
func Named(name string) (c Camera, ok bool) {
	if name == "nikon_d5100" {
		return NikonD5100().Developed(), true
	}
	return Camera{}, false
}

// Developed are real cameras and relatives of theirs, developed towards [SRGB]: what a
// photo of an unknown camera may have come from.
func Developed() []Camera {
	return Cameras()[2:]
}

// Developed adds the colour matrix that a converter would use: least squares over the
// 24 patches of a colour checker towards [SRGB], with white kept white.
func (c Camera) Developed() Camera {
	ideal := SRGB()
	var seen, wanted [24][3]float64
	for i, patch := range ohta {
		seen[i], wanted[i] = c.RGB(patch), ideal.RGB(patch)
	}
	m := whitePreserving(seen[:], wanted[:])
	for k, row := range m {
		var sum [3]float64
		for j := range row {
			for i := range sum {
				sum[i] += row[j] * c.matrix[j][i]
			}
		}
		m[k] = sum
	}
	return Camera{Name: c.Name + developed, response: c.response, matrix: m}
}

// Raw is the camera white balanced and otherwise as its sensor sees: [Camera.Developed]
// undone.
func (c Camera) Raw() Camera {
	return Camera{Name: strings.TrimSuffix(c.Name, developed), response: c.response, matrix: identity}
}

// developed ends the name of a camera with a colour matrix.
const developed = ", developed"

// whitePreserving is the matrix of least squares from seen to wanted whose rows sum to
// 1: a row (1−p−q, p, q) leaves two unknowns, wanted − r = p (g−r) + q (b−r).
func whitePreserving(seen, wanted [][3]float64) [3][3]float64 {
	var m [3][3]float64
	for k := range m {
		var aa, ab, bb, ay, by float64
		for i, s := range seen {
			a, b, y := s[1]-s[0], s[2]-s[0], wanted[i][k]-s[0]
			aa, ab, bb, ay, by = aa+a*a, ab+a*b, bb+b*b, ay+a*y, by+b*y
		}
		det := aa*bb - ab*ab
		p, q := (ay*bb-by*ab)/det, (by*aa-ay*ab)/det
		m[k] = [3]float64{1 - p - q, p, q}
	}
	return m
}

var identity = [3][3]float64{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}

// fromXYZ is XYZ of D65 to linear sRGB, derived from the primaries of IEC 61966-2-1.
var fromXYZ = [3][3]float64{
	{3.24096994, -1.53738318, -0.49861076},
	{-0.96924364, 1.87596750, 0.04155506},
	{0.05563008, -0.20397696, 1.05697151},
}

// whiteD65 is XYZ of the white of sRGB, from its chromaticity (0.3127, 0.3290).
var whiteD65 = [3]float64{0.95045593, 1, 1.08905775}

// observer is the CIE observer with its curves moved by so many bands, through sRGB. X,
// Y and Z are scaled so that white is D65's: sums in steps of 10 nm between 400 and
// 700 nm miss it by parts in a thousand.
func observer(name string, bands float64) Camera {
	c := Camera{Name: name, response: underD65([3]Spectrum{moved(cieX, bands), moved(cieY, bands), moved(cieZ, bands)})}
	for k := range c.matrix {
		for j := range c.matrix[k] {
			c.matrix[k][j] = fromXYZ[k][j] * whiteD65[j]
		}
	}
	return c
}

// underD65 multiplies by the light and scales each channel to sum 1.
func underD65(sensitivity [3]Spectrum) [3]Spectrum {
	for k := range sensitivity {
		sum := 0.0
		for i := range sensitivity[k] {
			sensitivity[k][i] *= d65[i]
			sum += sensitivity[k][i]
		}
		for i := range sensitivity[k] {
			sensitivity[k][i] /= sum
		}
	}
	return sensitivity
}

// moved shifts a curve towards red by so many bands, |bands| ≤ 1, linearly interpolated.
func moved(s Spectrum, bands float64) Spectrum {
	var out Spectrum
	for i := range out {
		j, f := i-1, 1-bands
		if bands < 0 {
			j, f = i, -bands
		}
		a, b := s[max(j, 0)], s[min(j+1, Bands-1)]
		out[i] = a + f*(b-a)
	}
	return out
}

// broadened smooths a curve by (1, 2, 1)/4 twice.
func broadened(s Spectrum) Spectrum {
	for range 2 {
		t := s
		for i := range s {
			s[i] = (t[max(i-1, 0)] + 2*t[i] + t[min(i+1, Bands-1)]) / 4
		}
	}
	return s
}

// Patch is the reflectance of patch i of a colour checker, counted from 0 (dark skin)
// row by row to 23 (black).
func Patch(i int) Spectrum { return ohta[i] }

// Grey is a surface that reflects alike at all wavelengths.
func Grey(reflectance float64) Spectrum {
	var s Spectrum
	for i := range s {
		s[i] = reflectance
	}
	return s
}
