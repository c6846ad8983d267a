package texture

import (
	"math"
	"slices"

	"dermtrace/internal/raster"
)

// Noise is what of the light is no skin: its variance per unit of linear light, as
// photons have it, independent from pixel to pixel and from channel to channel.
type Noise struct {
	PerLight float64
	Known    bool // the region was large enough to tell
}

// Tiles that noise is read in. They bound the work, whatever the size of the photo.
const (
	tilePx   = 16  // side, working pixels
	mostTile = 192 // taken evenly over the region
)

// EstimateNoise reads the noise from the photo itself, in the one sum of channels Σ z X
// that neither shine nor shading moves: with L the mean light,
//
//	Σ z = 0,  Σ z L = 0,  so  z = (L_B − L_G, L_R − L_B, L_G − L_R).
//
// Pigment is left in it, but little of it from one pixel to the next, which is finer
// than the finest band. There the mask
//
//	 1 −2  1
//	−2  4 −2
//	 1 −2  1
//
// (Immerkaer 1996, Comput Vis Image Underst 64:300) sees noise alone: 36 times its
// variance n Σ z² L. The median over small tiles passes over hairs and sharp rims.
// Noise that a camera or a file has smoothed, as JPEG does to colour, is
// underestimated: what is subtracted is never skin.
func EstimateNoise(rgb *raster.RGB, weight *raster.Plane, mean [3]float64) Noise {
	r, g, b := mean[0], mean[1], mean[2]
	z := [3]float64{b - g, r - b, g - r}
	unit := z[0]*z[0]*r + z[1]*z[1]*g + z[2]*z[2]*b
	tiles := tilesIn(weight)
	if len(tiles) == 0 || !(unit > 0) {
		return Noise{}
	}
	null := Mix{Weights: z}
	powers := make([]float64, len(tiles))
	raster.Parallel(len(tiles), func(i int) {
		x, y := tiles[i][0], tiles[i][1]
		powers[i] = maskPower(null.Light(rgb.Crop(x, y, x+tilePx+2, y+tilePx+2)))
	})
	return Noise{PerLight: median(powers) / unit, Known: true}
}

// Of is the noise variance of a pixel of the mix's light.
func (n Noise) Of(m Mix, mean [3]float64) float64 {
	var v float64
	for c, w := range m.Weights {
		v += w * w * mean[c] * n.PerLight
	}
	return v
}

// white is the variance of a pixel of light by noise alone.
type white float64

// in is the noise power between two Gaussians.
func (n white) in(finePx, coarsePx float64) float64 { return float64(n) * whiteGain(finePx, coarsePx) }

// whiteGain is the power that the difference of two Gaussians lets through of white
// noise of unit variance: ∫ (G_a − G_b)² = 1/4πa² + 1/4πb² − 1/π(a²+b²).
func whiteGain(a, b float64) float64 {
	a2, b2 := a*a, b*b
	return (1/(4*a2) + 1/(4*b2) - 1/(a2+b2)) / math.Pi
}

// tilesIn lists the top-left corners of tiles that lie wholly inside the region with a
// rim of a pixel, spread evenly, at most mostTile of them.
func tilesIn(weight *raster.Plane) [][2]int {
	const side = tilePx + 2
	var all [][2]int
	for y := 0; y+side <= weight.H; y += side {
		for x := 0; x+side <= weight.W; x += side {
			if wholly(weight, x, y, side) {
				all = append(all, [2]int{x, y})
			}
		}
	}
	if len(all) <= mostTile {
		return all
	}
	picked := make([][2]int, mostTile)
	for i := range picked {
		picked[i] = all[i*len(all)/mostTile]
	}
	return picked
}

func wholly(weight *raster.Plane, x0, y0, side int) bool {
	for y := y0; y < y0+side; y++ {
		for _, v := range weight.Row(y)[x0 : x0+side] {
			if v < 1 {
				return false
			}
		}
	}
	return true
}

// maskPower is the mean square of the mask inside a plane, per unit of noise variance.
func maskPower(p *raster.Plane) float64 {
	var sum float64
	for y := 1; y < p.H-1; y++ {
		a, b, c := p.Row(y-1), p.Row(y), p.Row(y+1)
		for x := 1; x < p.W-1; x++ {
			v := float64(a[x-1] - 2*a[x] + a[x+1] - 2*(b[x-1]-2*b[x]+b[x+1]) + c[x-1] - 2*c[x] + c[x+1])
			sum += v * v
		}
	}
	return sum / (36 * float64((p.W-2)*(p.H-2)))
}

// median of a list that is not empty; the list is sorted.
func median(list []float64) float64 {
	slices.Sort(list)
	return list[len(list)/2]
}
