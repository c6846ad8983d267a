package texture

import (
	"math"
	"slices"

	"dermtrace/internal/chromo"
	"dermtrace/internal/raster"
)

// Noise is the share of a band's power that is no skin, in the units of relief squared.
type Noise struct {
	fine    float64 // power in the fine band
	perFine float64 // the fine band's gain for white noise, to carry it to other bands
}

// Windows that noise is read in. They bound the work, whatever the size of the photo.
const (
	windowPx   = 80 // side, working pixels
	maxWindows = 12 // taken evenly over the region
	windowTile = 16 // side of the tiles whose median is the noise
)

// EstimateNoise reads the noise of the fine band from the photo itself. Relief is grey:
// it moves red, green and blue light alike and leaves no trace in their ratios. Nor has
// pigment, seen through scattering skin, detail as fine as the band but for a few sharp
// rims. So what the three ratios hold between 0.06 and 0.24 mm is noise, after the
// cameras' and the file's own filters, and the median over small tiles passes over the
// rims. With channels that err independently the three powers
//
//	P(R/G) = n_R + n_G,  P(G/B) = n_G + n_B,  P(R/B) = n_R + n_B
//
// give each channel's noise, and the shading, which is Σ w ln of the channels, has
// Σ w² n. Noise common to all three channels is grey like relief and stays in.
//
// rgb is the linear light that the shading was made of, its pixels step×step photo
// pixels; w is the model's row for shading ([chromo.Model.ShadingRow]).
func EstimateNoise(rgb *raster.RGB, weight *raster.Plane, w [3]float64, grid Grid) Noise {
	var powers [3][]float64
	for _, at := range windows(weight) {
		addWindow(&powers, rgb, at, grid)
	}
	fine, middle := grid.px(fineMM), grid.px(middleMM)
	n := Noise{perFine: whiteGain(fine, middle)}
	if len(powers[0]) == 0 {
		return n
	}
	rg, gb, rb := median(powers[0]), median(powers[1]), median(powers[2])
	red, green, blue := max(0, rg+rb-gb)/2, max(0, rg+gb-rb)/2, max(0, gb+rb-rg)/2
	n.fine = w[0]*w[0]*red + w[1]*w[1]*green + w[2]*w[2]*blue
	return n
}

// in is the noise power in the band between two Gaussians: measured in the fine band,
// elsewhere scaled as white noise would.
func (n Noise) in(finePx, coarsePx float64) float64 {
	if n.fine == 0 {
		return 0
	}
	return n.fine * whiteGain(finePx, coarsePx) / n.perFine
}

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

// addWindow appends the tile powers of the three log ratios in one window.
func addWindow(powers *[3][]float64, rgb *raster.RGB, at [2]int, grid Grid) {
	crop := rgb.Crop(at[0], at[1], at[0]+windowPx, at[1]+windowPx)
	for i := range crop.R.Pix {
		r, g, b := logOf(crop.R.Pix[i]), logOf(crop.G.Pix[i]), logOf(crop.B.Pix[i])
		crop.R.Pix[i], crop.G.Pix[i], crop.B.Pix[i] = r-g, g-b, r-b
	}
	for c, p := range crop.Planes() {
		f := chromo.Field{Value: p}
		local := power(between(smooth(f, grid.px(fineMM), bandFrom), smooth(f, grid.px(middleMM), bandFrom)))
		for _, v := range (chromo.Field{Value: local}).Shrink(windowTile).Value.Pix {
			powers[c] = append(powers[c], float64(v))
		}
	}
}

func logOf(v float32) float32 { return float32(math.Log(max(float64(v), chromo.Floor))) }

// median of a list that is not empty; the list is sorted.
func median(list []float64) float64 {
	slices.Sort(list)
	return list[len(list)/2]
}
