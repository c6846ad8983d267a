package texture

import (
	"math"

	"dermtrace/internal/chromo"
	"dermtrace/internal/raster"
)

// A lossy file keeps luminance as fine as it was seen and colour far less well: JPEG takes
// steps of 2 to 14 codes where skin's fine colour has a tenth of one. The mix, which weighs
// channels against each other, sees the error of colour many times enlarged: at quality 93
// a seventh to a quarter of its power. It is told from relief by luminance, which shows
// relief and no error of colour. In a lossless file the rest would be skin.

// Windows that noise of colour is read in (project defaults).
const (
	colourInner = 32   // side in working pixels
	colourRim   = 8    // and what the filters need around it
	mostColour  = 24   // windows, taken evenly over the region
	leastInside = 0.25 // share of a window that must lie in the region
)

// broader is the power of such errors in the whole fine band over that in its finer half,
// where mottle of pigment, which luminance does not explain either, is least: 1.6 to 2.5
// for JPEG of quality 98 to 93 against the light itself, on light to dark skin.
const broader = 2.2

// luma are the weights of linear light of the given mean in the luma of files (JFIF: 0.299,
// 0.587 and 0.114 of encoded red, green and blue), to first order of the sRGB curve, 1 in
// all.
func luma(light [3]float64) Mix {
	var m Mix
	var sum float64
	for c, k := range [3]float64{0.299, 0.587, 0.114} {
		m.Weights[c] = k * math.Pow(max(light[c], leastMean), 1/2.4-1)
		sum += m.Weights[c] * max(light[c], leastMean)
	}
	for c := range m.Weights {
		m.Weights[c] /= sum
	}
	return m
}

// colourNoise is the noise of colour as the variance of white noise with its power in the
// fine band: what of the mix's finest detail no share of luminance explains, less the
// noise that is known; 0 where the region is too small to tell.
func (m Mix) colourNoise(p Region, known Noise) float64 {
	fine, middle := p.Grid.px(fineMM), p.Grid.px(betweenMM)
	windows := windowsIn(p.Weight)
	sums := make([]products, len(windows))
	bright := luma(p.Skin.Light)
	raster.Parallel(len(windows), func(i int) {
		w := cut(p, windows[i])
		sums[i] = w.products(m.detailIn(w, fine, middle), bright.detailIn(w, fine, middle))
	})
	var power, n float64
	for _, s := range sums {
		if s.n == 0 || !(s.bb > 0) {
			continue
		}
		share := s.ab / s.bb
		rest := m
		for c := range rest.Weights {
			rest.Weights[c] -= share * bright.Weights[c]
		}
		power += s.aa - share*s.ab - s.n*known.Of(rest, p.Skin.Light)*whiteGain(fine, middle)
		n += s.n
	}
	if !(n > 0 && power > 0) {
		return 0
	}
	return broader * power / n / whiteGain(fine, p.Grid.px(middleMM))
}

// products are the sums of products of two planes over n pixels.
type products struct{ aa, ab, bb, n float64 }

// windowsIn are the corners of windows that show enough of the region, at most mostColour.
func windowsIn(weight *raster.Plane) [][2]int {
	var all [][2]int
	for y := 0; y+colourInner <= weight.H; y += colourInner {
		for x := 0; x+colourInner <= weight.W; x += colourInner {
			var inside float64
			for v := y; v < y+colourInner; v++ {
				for _, w := range weight.Row(v)[x : x+colourInner] {
					inside += float64(w)
				}
			}
			if inside >= leastInside*colourInner*colourInner {
				all = append(all, [2]int{x, y})
			}
		}
	}
	return evenly(all, mostColour)
}

// window is a part of a region with its rim.
type window struct {
	rgb            *raster.RGB
	weight         *raster.Plane
	x0, y0, x1, y1 int // what counts of it
}

// cut is the window whose inner part begins at a place.
func cut(p Region, at [2]int) window {
	left, top := max(0, at[0]-colourRim), max(0, at[1]-colourRim)
	right, bottom := min(p.Weight.W, at[0]+colourInner+colourRim), min(p.Weight.H, at[1]+colourInner+colourRim)
	w := window{rgb: p.RGB.Crop(left, top, right, bottom), weight: p.Weight.Crop(left, top, right, bottom), x0: at[0] - left, y0: at[1] - top}
	w.x1, w.y1 = w.x0+colourInner, w.y0+colourInner
	return w
}

// detailIn is the mix's light in a window, between two Gaussians.
func (m Mix) detailIn(w window, finePx, coarsePx float64) *raster.Plane {
	f := chromo.NewField(m.Light(w.rgb), w.weight)
	return between(smooth(f, finePx, bandFrom), smooth(f, coarsePx, bandFrom))
}

func (w window) products(a, b *raster.Plane) (s products) {
	for y := w.y0; y < w.y1; y++ {
		ra, rb, rw := a.Row(y), b.Row(y), w.weight.Row(y)
		for x := w.x0; x < w.x1; x++ {
			if rw[x] == 1 {
				u, v := float64(ra[x]), float64(rb[x])
				s.aa, s.ab, s.bb, s.n = s.aa+u*u, s.ab+u*v, s.bb+v*v, s.n+1
			}
		}
	}
	return s
}
