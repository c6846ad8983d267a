package texture

import (
	"math"

	"dermtrace/internal/chromo"
	"dermtrace/internal/raster"
)

// What besides shading moves the colour of skin in the bands of texture, as standard
// deviations (project defaults). They only weigh channels against each other.
const (
	melaninSD = 0.10 // of the natural log of melanin: mottle, rims of spots
	bloodSD   = 0.20 // of the natural log of blood: capillaries, vessels
	opticsErr = 0.15 // of a pigment's effect on one channel: unknown camera and optics
	reliefSD  = 0.03 // of log light by relief, of which
	tintErr   = 0.10 // is this share coloured: red light fills furrows from within
)

// Mix is the share of each channel's log light in the shading; the shares sum to 1, so
// grey light passes whole.
type Mix [3]float64

// Skin is what a region's skin is on average, for the mix.
type Skin struct {
	Basis          [3][3]float64 // of [chromo.Model.Basis]: effect of a percent of melanin, of blood, of shade on −ln RGB
	Melanin, Blood float64       // percent
}

// MixFor is the mix of which pigment and noise leave least: with C the covariance of
// all that is not shading,
//
//	w = C⁻¹ 1 / 1ᵀ C⁻¹ 1,
//
// the minimum-variance unbiased sum (Capon 1969, Proc IEEE 57:1408). C has a rank-one
// term for melanin, one for blood, and a diagonal of what is unsure: noise, the optics,
// the tint of shading. On clean light skin both pigments cancel; where they look alike,
// as on dark skin whose blue is all surface, the more variable one does.
func MixFor(s Skin, noise Noise) Mix {
	var c [3][3]float64
	for i := range c {
		for p, sd := range [2]float64{melaninSD * s.Melanin, bloodSD * s.Blood} {
			own := s.Basis[i][p] * sd
			for j := range c {
				c[i][j] += own * s.Basis[j][p] * sd
			}
			c[i][i] += own * own * opticsErr * opticsErr
		}
		c[i][i] += noise.channel[i]*noiseGain + reliefSD*reliefSD*tintErr*tintErr
	}
	w := solve3(c, [3]float64{1, 1, 1})
	sum := w[0] + w[1] + w[2]
	return Mix{w[0] / sum, w[1] / sum, w[2] / sum}
}

// noiseGain is the share of a pixel's noise that lies in the fine band, at 25 pixels per
// millimetre: whiteGain(1.5, 6).
const noiseGain = 0.03

// solve3 solves the symmetric positive definite c x = b by elimination.
func solve3(c [3][3]float64, b [3]float64) [3]float64 {
	for k := range 3 {
		for i := k + 1; i < 3; i++ {
			f := c[i][k] / c[k][k]
			for j := k; j < 3; j++ {
				c[i][j] -= f * c[k][j]
			}
			b[i] -= f * b[k]
		}
	}
	for k := 2; k >= 0; k-- {
		for j := k + 1; j < 3; j++ {
			b[k] -= c[k][j] * b[j]
		}
		b[k] /= c[k][k]
	}
	return b
}

// Shading is the log shading for texture: Σ w ln X over the channels, to first order
// free of pigment at every scale, pixel by pixel, with noise as white as the photo's.
func (w Mix) Shading(rgb *raster.RGB) *raster.Plane {
	l := raster.New(rgb.W(), rgb.H())
	m := [3]float32{float32(w[0]), float32(w[1]), float32(w[2])}
	raster.Bands(l.H, func(y0, y1 int) {
		for i := y0 * l.W; i < y1*l.W; i++ {
			l.Pix[i] = float32(m[0]*logOf(rgb.R.Pix[i])) + float32(m[1]*logOf(rgb.G.Pix[i])) + float32(m[2]*logOf(rgb.B.Pix[i]))
		}
	})
	return l
}

// logTable holds ln(1 + i/4096) and its slope 1/(1 + i/4096) per unit of the mantissa.
var logTable = func() (t [4096][2]float32) {
	for i := range t {
		x := 1 + (float64(i)+0.5)/4096
		t[i] = [2]float32{float32(math.Log(x)), float32(1 / x)}
	}
	return t
}()

// logOf is ln v of values held at [chromo.Floor], within 2e-6: exponent and mantissa
// apart, the mantissa by the tangent at the middle of its step.
func logOf(v float32) float32 {
	if !(v > chromo.Floor) {
		v = chromo.Floor
	}
	bits := math.Float32bits(v)
	t := &logTable[bits>>11&4095]
	rest := (float32(bits&2047) - 1024) / (1 << 23)
	return float32(float32(int(bits>>23)-127)*math.Ln2) + t[0] + float32(rest*t[1])
}
