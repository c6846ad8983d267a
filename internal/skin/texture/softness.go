package texture

import (
	"math"

	"dermtrace/internal/chromo"
	"dermtrace/internal/raster"
)

// A camera has red and blue in every fourth pixel and green in every other: read between them, red
// and blue come out softer. A mix then shows the less of fine relief the more of it is red and blue,
// and a flush changes that. In files that keep fine colour green is made as soft, which counts as
// blur of the photo ([Grid]).

// betweenPixels is how much reading linearly between every other pixel blurs, a variance in squared
// photo pixels. Red and blue are taken to be softer by twice that at most (project default).
const betweenPixels = 0.5

// softness is how much softer red and blue are than green, a variance in squared photo pixels, 0
// where they are not: no camera has more of them than of green. It is as much as leaves
// [Region.unequal] nothing, which it is in proportion to.
func (p Region) softness() float64 {
	here := p.unequal()
	if !(here > 0) {
		return 0
	}
	there := p.soft(betweenPixels).unequal()
	if math.IsNaN(there) {
		return 0
	}
	return betweenPixels * here / max(here-there, here/2)
}

// soft is the region with green blurred by that variance, as far as the finest Gaussian has room.
func (p Region) soft(px2 float64) Region {
	room := max(0, p.Grid.rest(fineMM)-leastRest)
	v := min(px2/float64(p.Grid.Step*p.Grid.Step), room)
	p.Grid.ExcessMM2 += v * square(p.Grid.mmPerPx())
	green := chromo.Field{Value: p.RGB.G, Weight: p.Weight}.Smooth(sampledSigma(v))
	p.RGB = &raster.RGB{R: p.RGB.R, G: green, B: p.RGB.B}
	return p
}

// unequal is by how much less relief is in the difference of channels that shine and equally sharp
// relief cancel in, in the finer half of the fine band than in the coarser: what softer red and blue
// take from it, as a share of relief. Pigment is in it too, in both halves. NaN where noise hides it.
func (p Region) unequal() float64 {
	relief, difference, noise := MixFor(p.Skin, lossless).shares(p.Skin), p.Skin.difference(), p.finest()
	share := func(fine, coarse float64) float64 {
		c, _ := covariance(p, fine, coarse)
		plain := product(relief, c, relief)
		white := whiteGain(p.Grid.px(fine), p.Grid.px(coarse))
		for i := range c {
			for j := range c {
				c[i][j] -= white * noise[i][j]
			}
		}
		if own := product(relief, c, relief); own > least*plain {
			return product(difference, c, relief) / own
		}
		return math.NaN()
	}
	return share(betweenMM, middleMM) - share(fineMM, betweenMM)
}

// difference is red and blue less green, shares of relative light whose sum and whose shine are 0.
func (s Skin) difference() [3]float64 {
	shine := s.directions()[3]
	all := shine[2] - shine[0]
	return [3]float64{(shine[2] - shine[1]) / all, -1, (shine[1] - shine[0]) / all}
}

// shares are what a mix makes of relative light.
func (m Mix) shares(s Skin) (u [3]float64) {
	for c, w := range m.Weights {
		u[c] = w * max(s.Light[c], leastMean)
	}
	return u
}

// finest is the covariance of the channels' relative light in a pixel if what changes from one to
// the next is white, as noise is, however a camera mixes its channels. Relief that is in it has the
// channels that it has everywhere: taken off it changes no share.
func (p Region) finest() (c [3][3]float64) {
	tiles := tilesIn(p.RGB.W(), p.RGB.H(), p.Weight)
	pixels := float64(len(tiles)) * tilePx * tilePx
	for _, t := range tiles {
		a := answersOf(p.RGB, t[0], t[1])
		for i := range c {
			for j := range c {
				c[i][j] += a.of(i, j) / (36 * pixels * max(p.Skin.Light[i], leastMean) * max(p.Skin.Light[j], leastMean))
			}
		}
	}
	return c
}

// product is aᵀ c b.
func product(a [3]float64, c [3][3]float64, b [3]float64) (sum float64) {
	for i := range c {
		for j := range c {
			sum += a[i] * c[i][j] * b[j]
		}
	}
	return sum
}
