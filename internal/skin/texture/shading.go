package texture

import (
	"math"

	"dermtrace/internal/filter"
	"dermtrace/internal/outcome"
	"dermtrace/internal/raster"
)

// Errors of the model by which channels are weighed against each other, and what bounds it
// (project defaults).
const (
	opticsErr   = 0.15  // of a pigment's effect on one channel: unknown camera and optics
	grainSD     = 0.01  // of a pixel's noise at white
	noiseGain   = 0.03  // share of a pixel's noise in the fine band, at 25 px/mm: whiteGain(1.5, 6)
	tintErr     = 0.10  // share of relief that is coloured: red light fills furrows from within
	leastRelief = 0.005 // of log light: the smoothest skin
	leastMean   = 1e-3  // linear light that a channel is held at
	mostDark    = 0.2   // of a region's mean, below which light tells no relief
)

// Mix is what the linear light of each channel counts for the light that relief is read
// from. Skin of the mean colour gives 1.
type Mix struct {
	Weights [3]float64

	// Mottle is what the unevenness of melanin is expected to leave in that light, over
	// what relief does: at 1 one cannot be told from the other.
	Mottle float64
}

// Skin is what a region's skin is on average, for the mix.
type Skin struct {
	Basis          [3][3]float64 // of [chromo.Model.Basis]: effect of a percent of melanin, of blood, of shade on −ln RGB
	Melanin, Blood float64       // percent
	Light          [3]float64    // mean linear light of red, green and blue
	File           [3]float64    // the same before calibration, on sRGB's primaries whatever the file's
	Strength       float64       // of the light: what a white surface would give
}

// MixFor is the mix of which shine, pigment and noise leave least. The surface reflects
// white light on top of what the skin sends back, so a sum of linear light whose
// weights sum to zero is free of it, whatever its strength; what such a sum has left is
// in proportion to shading as every channel is. With L the mean light, u = w L the
// shares of the relative light, and C the covariance of all that is not relief, the
// minimum-variance unbiased sum is (Capon 1969, Proc IEEE 57:1408)
//
//	u = C⁻¹ 1 / 1ᵀ C⁻¹ 1.
//
// C has a rank-one term for shine, one for melanin, one for blood, each as large as the
// baseline showed it, one for what a lossy file leaves of relief ([Skin.kept]), two for how it
// rounds colour ([Skin.roundings]), and a diagonal of what is unsure: noise, the optics, the
// tint of shading. The mix follows the skin's mean colour and nothing else of a photo: with the
// weights of another visit a flush would come in.
func MixFor(s Skin, uneven Unevenness) Mix {
	u := solve3(s.disturbance(uneven), [3]float64{1, 1, 1})
	sum := u[0] + u[1] + u[2]
	var m Mix
	var mottle, unsure float64
	for i := range u {
		u[i] /= sum
		m.Weights[i] = u[i] / max(s.Light[i], leastMean)
		own := u[i] * s.Basis[i][0] * s.Melanin
		mottle, unsure = mottle+own, unsure+square(opticsErr*own)
	}
	m.Mottle = math.Sqrt(mottle*mottle+unsure) * mottleSD / reliefSD
	return m
}

// disturbance is the covariance of relative light by all that is not relief.
func (s Skin) disturbance(uneven Unevenness) (c [3][3]float64) {
	sd := uneven.list()
	relief := max(sd[0], leastRelief)
	directions := s.directions()
	for k := 1; k < kinds; k++ {
		add(&c, directions[k], sd[k])
	}
	add(&c, directions[2], uneven.Flush)
	lost := s.kept()
	for i := range lost {
		lost[i]--
	}
	add(&c, lost, uneven.Lost*relief)
	for _, d := range s.roundings() {
		add(&c, d, uneven.Rounded)
	}
	for i := range c {
		for _, k := range [2]int{1, 2} {
			c[i][i] += square(opticsErr * sd[k] * directions[k][i])
		}
		c[i][i] += grainSD*grainSD*noiseGain*s.Strength/max(s.Light[i], leastMean) + square(tintErr*relief)
	}
	return c
}

// add adds the covariance of something that moves relative light by sd times d.
func add(c *[3][3]float64, d [3]float64, sd float64) {
	for i := range c {
		for j := range c {
			c[i][j] += d[i] * sd * d[j] * sd
		}
	}
}

func square(v float64) float64 { return v * v }

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

// Light is the light that relief is read from: Σ w X over the channels, about 1, free of
// shine and to first order of pigment, pixel by pixel, with noise as white as the
// photo's, on a borrowed plane.
func (m Mix) Light(rgb *raster.RGB) *raster.Plane {
	l := filter.Borrow(rgb.W(), rgb.H())
	w := [3]float32{float32(m.Weights[0]), float32(m.Weights[1]), float32(m.Weights[2])}
	raster.Bands(l.H, func(y0, y1 int) {
		from, to := y0*l.W, y1*l.W
		r, g, b, dst := rgb.R.Pix[from:to], rgb.G.Pix[from:to], rgb.B.Pix[from:to], l.Pix[from:to]
		for i := range dst {
			dst[i] = float32(w[0]*r[i]) + float32(w[1]*g[i]) + float32(w[2]*b[i])
		}
	})
	return l
}

// What mottle is expected of melanin, as its natural log, and of relief, where skin is
// asked whether colour can tell them apart at all (project defaults).
const mottleSD, reliefSD = 0.10, 0.03

// fineMottle is the part of mottle that is as fine as the finest band.
const fineMottle = 0.4

// doubtfulMottle is the mottle of melanin over relief from which a number is doubted
// (project default): at this a change of relief reads as 0.97 of what it is, at 2.5, which is
// as much as any skin has, as half. Skin that is that dark is not refused: how uneven its
// pigment is, colour alone does not tell.
const doubtfulMottle = 0.4

// Doubts are the warnings of skin whose pigment is not well told from relief.
func (m Mix) Doubts() []string {
	if m.Mottle > doubtfulMottle {
		return []string{outcome.PigmentLikeRelief}
	}
	return nil
}

// mostMottle is how many times as uneven as expected pigment may be: as far above as none is below.
const mostMottle = 2

// mostOfMottle is the share of the finest band's power that mottle of melanin may be at most, 0
// where pigment is well told from relief.
func (m Mix) mostOfMottle() float64 {
	if m.Mottle <= doubtfulMottle {
		return 0
	}
	p := square(mostMottle * fineMottle * m.Mottle)
	return p / (1 + p)
}
