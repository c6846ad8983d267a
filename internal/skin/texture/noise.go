package texture

import (
	"math"
	"slices"

	"dermtrace/internal/raster"
)

// Noise is what of log light is no skin: the variance of a pixel of each channel,
// independent from pixel to pixel and from channel to channel.
type Noise struct{ channel [3]float64 }

// Windows that noise is read in. They bound the work, whatever the size of the photo.
const (
	windowPx   = 80 // side, working pixels
	maxWindows = 12 // taken evenly over the region
	windowTile = 16 // side of the tiles whose median is the noise
)

// EstimateNoise reads the noise from the photo itself. Relief moves red, green and blue
// light nearly alike, so it leaves little in their ratios, and less of it from one
// pixel to the next, which is finer than the finest band. There the mask
//
//	 1 −2  1
//	−2  4 −2
//	 1 −2  1
//
// (Immerkaer 1996, Comput Vis Image Underst 64:300) sees noise alone: 36 times its
// variance. The median over small tiles passes over hairs and sharp rims. With channels
// that err independently the three powers
//
//	P(R/G) = n_R + n_G,  P(G/B) = n_G + n_B,  P(R/B) = n_R + n_B
//
// give each channel's noise n, and shading Σ w ln X has Σ w² n.
// Noise that a camera or a file has smoothed is underestimated, and noise common to the
// channels stays in: what is subtracted is never skin.
func EstimateNoise(rgb *raster.RGB, weight *raster.Plane) Noise {
	var powers [3][]float64
	for _, at := range windows(weight) {
		crop := rgb.Crop(at[0], at[1], at[0]+windowPx, at[1]+windowPx)
		addWindow(&powers, crop)
	}
	if len(powers[0]) == 0 {
		return Noise{}
	}
	rg, gb, rb := median(powers[0]), median(powers[1]), median(powers[2])
	return Noise{[3]float64{max(0, rg+rb-gb) / 2, max(0, rg+gb-rb) / 2, max(0, gb+rb-rg) / 2}}
}

// Of is the noise variance of a pixel of the shading.
func (n Noise) Of(w Mix) float64 {
	var v float64
	for c, k := range w {
		v += k * k * n.channel[c]
	}
	return v
}

// white is the variance of a pixel of shading by noise alone.
type white float64

// in is the noise power between two Gaussians.
func (n white) in(finePx, coarsePx float64) float64 { return float64(n) * whiteGain(finePx, coarsePx) }

// whiteGain is the power that the difference of two Gaussians lets through of white
// noise of unit variance: ∫ (G_a − G_b)² = 1/4πa² + 1/4πb² − 1/π(a²+b²).
func whiteGain(a, b float64) float64 {
	a2, b2 := a*a, b*b
	return (1/(4*a2) + 1/(4*b2) - 1/(a2+b2)) / math.Pi
}

// windows lists the top-left corners of squares that lie wholly inside the region,
// spread evenly, at most maxWindows of them.
func windows(weight *raster.Plane) [][2]int {
	var all [][2]int
	for y := 0; y+windowPx <= weight.H; y += windowPx {
		for x := 0; x+windowPx <= weight.W; x += windowPx {
			if wholly(weight, x, y) {
				all = append(all, [2]int{x, y})
			}
		}
	}
	if len(all) <= maxWindows {
		return all
	}
	picked := make([][2]int, maxWindows)
	for i := range picked {
		picked[i] = all[i*len(all)/maxWindows]
	}
	return picked
}

func wholly(weight *raster.Plane, x0, y0 int) bool {
	for y := y0; y < y0+windowPx; y++ {
		for _, v := range weight.Row(y)[x0 : x0+windowPx] {
			if v < 1 {
				return false
			}
		}
	}
	return true
}

// addWindow appends the tile powers of the three log ratios of a window, which it
// overwrites.
func addWindow(powers *[3][]float64, crop *raster.RGB) {
	for i := range crop.R.Pix {
		r, g, b := logOf(crop.R.Pix[i]), logOf(crop.G.Pix[i]), logOf(crop.B.Pix[i])
		crop.R.Pix[i], crop.G.Pix[i], crop.B.Pix[i] = r-g, g-b, r-b
	}
	for c, p := range crop.Planes() {
		for y := 1; y+windowTile < windowPx; y += windowTile {
			for x := 1; x+windowTile < windowPx; x += windowTile {
				powers[c] = append(powers[c], tilePower(p, x, y))
			}
		}
	}
}

// tilePower is the mean square of the mask over a tile, per unit of noise variance.
func tilePower(p *raster.Plane, x0, y0 int) float64 {
	var sum float64
	for y := y0; y < y0+windowTile; y++ {
		a, b, c := p.Row(y-1), p.Row(y), p.Row(y+1)
		for x := x0; x < x0+windowTile; x++ {
			v := float64(a[x-1] - 2*a[x] + a[x+1] - 2*(b[x-1]-2*b[x]+b[x+1]) + c[x-1] - 2*c[x] + c[x+1])
			sum += v * v
		}
	}
	return sum / (36 * windowTile * windowTile)
}

// median of a list that is not empty; the list is sorted.
func median(list []float64) float64 {
	slices.Sort(list)
	return list[len(list)/2]
}
