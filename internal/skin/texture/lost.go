package texture

import "math"

// A lossy file keeps luminance as fine as it was seen and colour far less well: JPEG takes
// steps of 2 to 14 codes where skin's fine colour has a tenth of one. Where colour is lost
// all channels show the same step of code, that of luma: relief is not what it was in
// any of them, and shine and mottle, which cancel only in colour, come in. The mix is chosen
// so that the first matters little ([MixFor]); of the second the baseline says how much
// there is to come in. What is kept of colour is rounded, which is noise to the mix.

// luma are the weights of encoded red, green and blue in files (JFIF 1.02; ITU-R BT.601).
var luma = [3]float64{0.299, 0.587, 0.114}

// chroma are what encoded red, green and blue gain by a code of Cb and of Cr (the same).
var chroma = [2][3]float64{{0, -0.344, 1.772}, {1.402, -0.714, 0}}

// perCode is d ln light / d code where light is 1, on the sRGB curve.
const perCode = 2.4 / (255 * 1.055)

// everydayStep is the CbStep of JPEGs of quality 93, which stands for files that do not tell
// (project default).
const everydayStep = 0.25

// rounded is by how much a file rounds chroma in the fine band at least, as a standard deviation
// in codes: what it keeps of a wave of the samples of chroma is off by the step of its table over
// √12. The first step stands for all: where they are coarser, skin's faint colour is lost.
func (p Region) rounded() float64 {
	step := p.CbStep
	if step == 0 {
		step = everydayStep
	}
	const waves = 8 // a step of waves is that many of means of blocks of 8×8
	samples := p.Grid.PxPerMM / colourBlock
	return waves * step / math.Sqrt(12) * math.Sqrt(whiteGain(fineMM*samples, middleMM*samples))
}

// roundings are what a code of Cb and of Cr does to the channels' relative light.
func (s Skin) roundings() (d [2][3]float64) {
	g := s.steps()
	for i, by := range chroma {
		for c := range by {
			d[i][c] = by[c] * g[c] * perCode
		}
	}
	return d
}

// steps are d ln light / d code of the channels on the sRGB curve, in proportion.
func (s Skin) steps() (g [3]float64) {
	for c, v := range s.File {
		g[c] = math.Pow(max(v, leastMean), -1/2.4)
	}
	return g
}

// kept is what relief does to the channels' relative light in a file that has kept luma and
// lost colour, 1 being what it does in the light itself. Relief moves luma by Σ w/g, which
// moves each channel by g times as much.
func (s Skin) kept() (k [3]float64) {
	g := s.steps()
	var moved float64
	for c, w := range luma {
		moved += w / g[c]
	}
	for c := range k {
		k[c] = g[c] * moved
	}
	return k
}

// luminance is the sum of linear light that luma is, to first order.
func (s Skin) luminance() (m Mix) {
	g := s.steps()
	var sum float64
	for c, w := range luma {
		sum += w / g[c]
	}
	for c, w := range luma {
		m.Weights[c] = w / g[c] / sum / max(s.Light[c], leastMean)
	}
	return m
}

// lostShare is how much of the finer half of the fine band's colour an everyday file loses:
// most, not all (project default).
const lostShare = 0.7

// leftover is the power that shine and pigment have in the mix's fine band because the colour
// they would cancel in is lost: as much as they have in luma, times what the mix makes of
// luma. Blood is as uneven as it was at the baseline: a flush adds to it evenly.
func (m Mix) leftover(s Skin, u Unevenness) float64 {
	k, bright := s.kept(), s.luminance()
	s.Blood = u.AtBlood
	sd, directions := u.list(), s.directions()
	var power, made float64
	for c := range k {
		made += m.Weights[c] * s.Light[c] * k[c]
	}
	for i := 1; i < kinds; i++ {
		var seen float64
		for c, w := range bright.Weights {
			seen += w * s.Light[c] * directions[i][c]
		}
		power += square(sd[i] * seen * made)
	}
	return lostShare * u.Finer * power
}
