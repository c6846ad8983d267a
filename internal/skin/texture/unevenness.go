package texture

import (
	"math"

	"dermtrace/internal/chromo"
	"dermtrace/internal/raster"
)

// Unevenness is by how much relief and each thing that looks like it makes the light of skin
// uneven between 0.12 and 0.24 mm, as standard deviations. A series takes it at its
// baseline and keeps it: what counts as relief must not change with what the skin does.
type Unevenness struct {
	Relief  float64 // of the natural log of light
	Melanin float64 // of the natural log of melanin: mottle, rims of spots
	Blood   float64 // of the natural log of blood: capillaries, vessels
	Shine   float64 // of the surface's reflection, white = 1: glints

	Flush   float64 // of the natural log of blood that must cancel besides, whatever the optics
	Lost    float64 // share of the band's colour that files may lose
	AtBlood float64 // mean blood of that skin, percent
	Finer   float64 // power of its luminance between 0.06 and 0.12 mm over that between 0.12 and 0.24 mm
	Gloss   float64 // light, white = 1, that a facet's surface adds where relief adds as much as there is
	Rounded float64 // of chroma in the fine band by its file, standard deviation in codes ([Region.rounded])
	Soft    float64 // blur of red and blue beyond green where the file lost nothing, squared photo pixels ([Region.softness])

	facets facets // of its relief in its mix; 0: unknown
	at     Skin   // that of a single region
}

// glints are those of skin in everyday light until its channels say otherwise: a tenth of what
// a facet sends back (Fresnel's 0.028 of n = 1.4) (project default).
const glints = 0.003

// typical stands for a region too small to tell: mottle as deep as relief (project default).
var typical = Unevenness{Relief: 0.02, Melanin: 0.03, Blood: 0.03, Shine: glints, Lost: 1, AtBlood: 1.25, Finer: 1, Rounded: 0.2}

// lossless is what files are read by that lose nothing: there all that is taken for possible
// cancels, so that it is as much as skin may have, facets that reflect or do not among it
// (project defaults).
var lossless = Unevenness{Relief: reliefSD, Melanin: mottleSD, Blood: 0.20, Shine: 0.017}

// bloodless is what the coarse band is read by, whatever the file, which keeps colour as broad as
// that: a flush is blotches of 0.5 to 3 mm that lie where follicles and furrows do, so that blood has
// to cancel before all else. The surer the optics are taken to be, the less shine comes in for that,
// and the more of blood: three times a resting skin's blotches (project default).
var bloodless = Unevenness{Relief: reliefSD, Melanin: mottleSD, Blood: 0.60, Shine: 0.017, Flush: 2}

// kinds of unevenness.
const kinds = 4

func (u Unevenness) list() [kinds]float64 {
	return [kinds]float64{u.Relief, u.Melanin, u.Blood, u.Shine}
}

func (u Unevenness) with(variance [kinds]float64) Unevenness {
	u.Relief, u.Melanin, u.Blood, u.Shine = math.Sqrt(variance[0]), math.Sqrt(variance[1]), math.Sqrt(variance[2]), math.Sqrt(variance[3])
	return u
}

// Together is the unevenness of several regions, each counting as much; the typical one of
// none.
func Together(regions ...Unevenness) Unevenness {
	if len(regions) == 0 {
		return typical
	}
	var variance [kinds]float64
	all := Unevenness{Lost: 1}
	n := float64(len(regions))
	for _, u := range regions {
		for i, sd := range u.list() {
			variance[i] += sd * sd / n
		}
		all.AtBlood += u.AtBlood / n
		all.Finer += u.Finer / n
		all.Gloss += u.Gloss / n
		all.Rounded += u.Rounded / n
		all.Soft += u.Soft / n
	}
	all = all.with(variance)
	for _, u := range regions {
		f := MixFor(u.at, all).facets(u.at, all.Gloss)
		all.facets.kept += f.kept / n
		all.facets.lost += f.lost / n
	}
	return all
}

// UnevennessOf reads it from the covariance of the channels, in a band where files still keep
// colour: relief moves all of them alike, melanin and blood as the optics say, and shine
// the dark ones most. The variances, none below 0, are those that together give the
// covariance best. ok is false where the region shows too little.
func UnevennessOf(p Region) (u Unevenness, ok bool) {
	if Refusal(p.Grid.PxPerMM, false) != "" || !p.Grid.resolves() {
		return typical, false
	}
	c, n := p.cleaned(EstimateNoise(p.RGB, p.Weight))
	if n < leastPixels {
		return typical, false
	}
	u = Unevenness{Lost: 1, AtBlood: p.Skin.Blood, Finer: p.finer(), Gloss: p.Skin.glossOf(c), Rounded: p.rounded(), at: p.Skin}
	if !p.Lossy {
		u.Soft = p.softness()
	}
	u = u.with(fitted(c, p.Skin.directions()))
	return u, u.Relief > 0
}

// cleaned is the covariance of the channels in that band without noise, over n pixels.
func (p Region) cleaned(noise Noise) (c [3][3]float64, n float64) {
	c, n = covariance(p, betweenMM, middleMM)
	white := noise.PerLight * whiteGain(p.Grid.px(betweenMM), p.Grid.px(middleMM))
	for i := range c {
		c[i][i] = max(0, c[i][i]-white/max(p.Skin.Light[i], leastMean))
	}
	return c, n
}

// leastFade is the ratio of the baseline's blood to the photo's from which redness has faded
// (project default).
const leastFade = 1.25

// faded is the baseline's unevenness, that of blood as the photo itself shows it where redness has
// faded: its blotches go with it, and what is left, evenly spread, would be as uneven as they were.
func (p Region) faded(noise Noise) Unevenness {
	u := p.Uneven
	if !(p.Skin.Blood > 0 && u.AtBlood > leastFade*p.Skin.Blood) {
		return u
	}
	if c, n := p.cleaned(noise); n >= leastPixels {
		u.Blood, u.AtBlood = math.Sqrt(fitted(c, p.Skin.directions())[2]), p.Skin.Blood
	}
	return u
}

// finer is the power of luminance in the finer half of the fine band over that in the
// coarser.
func (p Region) finer() float64 {
	f := chromo.Field{Value: p.Skin.luminance().Light(p.RGB), Weight: p.Weight}
	narrow, middle := smooth(f, p.Grid.px(fineMM), bandFrom), smooth(f, p.Grid.px(betweenMM), bandFrom)
	wide := smooth(f, p.Grid.px(middleMM), bandFrom)
	fine := meanPower(chromo.Field{Value: between(narrow, middle), Weight: f.Weight})
	coarse := meanPower(chromo.Field{Value: between(middle, wide), Weight: f.Weight})
	if !(coarse > 0) {
		return typical.Finer
	}
	return fine / coarse
}

// leastPixels is the area below which covariances are chance: a square of 40 by 40, some
// hundred waves of the band (project default).
const leastPixels = 1600

// covariance is that of the channels' relative light between two scales, over n pixels.
func covariance(p Region, fine, coarse float64) (c [3][3]float64, n float64) {
	var detail [3]*raster.Plane
	for i, plane := range p.RGB.Planes() {
		f := chromo.Field{Value: plane, Weight: p.Weight}
		detail[i] = between(smooth(f, p.Grid.px(fine), bandFrom), smooth(f, p.Grid.px(coarse), bandFrom))
	}
	n = chromo.Field{Value: p.RGB.R, Weight: p.Weight}.Area()
	for i := range c {
		for j := range i + 1 {
			sum := productSum(chromo.Field{Value: detail[i], Weight: p.Weight}, detail[j])
			c[i][j] = sum / (max(n, 1) * max(p.Skin.Light[i], leastMean) * max(p.Skin.Light[j], leastMean))
			c[j][i] = c[i][j]
		}
	}
	return c, n
}

// productSum is the weighted sum of the products of two planes.
func productSum(a chromo.Field, b *raster.Plane) float64 {
	return raster.Sum(b.H, func(y0, y1 int) (sum float64) {
		for k := y0 * b.W; k < y1*b.W; k++ {
			if w := a.WeightAt(k); w > 0 {
				sum += float64(w) * float64(a.Value.Pix[k]) * float64(b.Pix[k])
			}
		}
		return sum
	})
}

// directions are what one standard deviation of each kind does to relative light.
func (s Skin) directions() (d [kinds][3]float64) {
	for c := range 3 {
		d[0][c] = 1
		d[1][c] = s.Basis[c][0] * s.Melanin
		d[2][c] = s.Basis[c][1] * s.Blood
		d[3][c] = s.Strength / max(s.Light[c], leastMean)
	}
	return d
}

// Mottle of melanin and glints both move the dark channels most, the more so the browner the
// skin: doubt says how much worse than the best a fit may be for more ordinary glints and less
// mottle (project default: a hundredth of the power).
const doubt = 0.01

// fitted are the variances, none below 0, of which the covariance Σ v d dᵀ is nearest to c by
// least squares, and those of pigment and shine not far from what is ordinary.
func fitted(c [3][3]float64, directions [kinds][3]float64) (v [kinds]float64) {
	ordinary := [kinds]float64{3: glints * glints}
	gram, slope := normal(c, directions)
	for i := 1; i < kinds; i++ {
		slope[i] += doubt * gram[i][i] * ordinary[i]
		gram[i][i] *= 1 + doubt
	}
	return notBelow0(gram, slope)
}

// normal are the equations gram v = slope of that fit.
func normal(c [3][3]float64, directions [kinds][3]float64) (gram [kinds][kinds]float64, slope [kinds]float64) {
	for i, a := range directions {
		for j, b := range directions {
			gram[i][j] = square(a[0]*b[0] + a[1]*b[1] + a[2]*b[2])
		}
		for k := range c {
			for l := range c {
				slope[i] += a[k] * c[k][l] * a[l]
			}
		}
	}
	return gram, slope
}

// rounds of descent are more than it takes.
const rounds = 2000

// notBelow0 solves gram v = slope as nearly as with no v below 0: coordinate by coordinate, each
// held at 0 from below (Franc, Hlaváč & Navara 2005, CAIP, LNCS 3691:407).
func notBelow0(gram [kinds][kinds]float64, slope [kinds]float64) (v [kinds]float64) {
	for range rounds {
		for i := range v {
			if gram[i][i] == 0 {
				continue
			}
			left := slope[i]
			for j := range v {
				left -= gram[i][j] * v[j]
			}
			v[i] = max(0, v[i]+left/gram[i][i])
		}
	}
	return v
}
