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
	tilePx   = 8   // side, working pixels
	mostTile = 512 // taken evenly over the region
)

// EstimateNoise reads the noise from the photo itself, in what changes from one pixel to
// the next, which is finer than the finest band. There the mask
//
//	 1 −2  1
//	−2  4 −2
//	 1 −2  1
//
// (Immerkaer 1996, Comput Vis Image Underst 64:300) answers to noise with 36 times its
// variance, and to relief and shine, which all channels show: noise is what of a channel's
// answer the other two do not explain by least squares, whatever their shares and
// sharpness. The channel that keeps least to itself tells, as green alone may be sharp
// enough to show the finest skin, and the calmest quarter of small tiles, which passes over
// hairs and rims.
// Noise that a camera or a file has smoothed, or made common to the channels as JPEG
// does, is underestimated: what is subtracted is never skin.
func EstimateNoise(rgb *raster.RGB, weight *raster.Plane) Noise {
	tiles := tilesIn(rgb.W(), rgb.H(), weight)
	if len(tiles) == 0 {
		return Noise{}
	}
	var left [3][]float64
	for c := range left {
		left[c] = make([]float64, len(tiles))
	}
	raster.Parallel(len(tiles), func(i int) {
		x, y := tiles[i][0], tiles[i][1]
		a := answersOf(rgb, x, y)
		for c, p := range rgb.Planes() {
			left[c][i] = a.unexplained(c) / max(meanOf(p, x, y), leastMean)
		}
	})
	return Noise{PerLight: min(calmest(left[0]), calmest(left[1]), calmest(left[2])) / 36, Known: true}
}

// meanOf is the mean of the tile whose rim begins at (x0, y0).
func meanOf(p *raster.Plane, x0, y0 int) float64 {
	var sum float64
	for y := y0 + 1; y <= y0+tilePx; y++ {
		for _, v := range p.Row(y)[x0+1 : x0+1+tilePx] {
			sum += float64(v)
		}
	}
	return sum / (tilePx * tilePx)
}

// answers are the sums of products of the mask's answers in red, green and blue.
type answers [3][3]float64

// answersOf sums over the tile whose rim begins at (x0, y0).
func answersOf(rgb *raster.RGB, x0, y0 int) (a answers) {
	var line [3][tilePx]float64
	for y := y0 + 1; y <= y0+tilePx; y++ {
		for c, p := range rgb.Planes() {
			maskRow(&line[c], p, x0, y)
		}
		for i := range tilePx {
			r, g, b := line[0][i], line[1][i], line[2][i]
			a[0][0] += r * r
			a[0][1] += r * g
			a[0][2] += r * b
			a[1][1] += g * g
			a[1][2] += g * b
			a[2][2] += b * b
		}
	}
	return a
}

// maskRow is the mask's answer to the pixels of a row from x0 + 1 on.
func maskRow(dst *[tilePx]float64, p *raster.Plane, x0, y int) {
	const side = tilePx + 2
	a, b, c := (*[side]float32)(p.Row(y - 1)[x0:]), (*[side]float32)(p.Row(y)[x0:]), (*[side]float32)(p.Row(y + 1)[x0:])
	var down [side]float32
	for i, v := range b {
		down[i] = a[i] - 2*v + c[i]
	}
	for i := range dst {
		dst[i] = float64(down[i] - 2*down[i+1] + down[i+2])
	}
}

// alike is the share of two channels' powers below which their determinant says that they
// are the same picture.
const alike = 1e-3

// unexplained is the variance of a channel that no sum of the other two explains.
func (a answers) unexplained(channel int) float64 {
	i, j := (channel+1)%3, (channel+2)%3
	own, ii, jj, ij := a.of(channel, channel), a.of(i, i), a.of(j, j), a.of(i, j)
	ci, cj := a.of(channel, i), a.of(channel, j)
	const pixels = tilePx * tilePx
	det := ii*jj - ij*ij
	switch {
	case det > alike*ii*jj:
		return max(0, own-(ci*ci*jj-2*ci*cj*ij+cj*cj*ii)/det) / (pixels - 2)
	case ii > 0:
		return max(0, own-ci*ci/ii) / (pixels - 1)
	}
	return own / pixels
}

// of is the sum of products of two channels, in either order.
func (a answers) of(i, j int) float64 { return a[min(i, j)][max(i, j)] }

// Of is the noise variance of a pixel of the mix's light, NaN where it is unknown.
func (n Noise) Of(m Mix, mean [3]float64) float64 {
	if !n.Known {
		return math.NaN()
	}
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
func tilesIn(w, h int, weight *raster.Plane) [][2]int {
	const side = tilePx + 2
	var all [][2]int
	for y := 0; y+side <= h; y += side {
		for x := 0; x+side <= w; x += side {
			if weight == nil || wholly(weight, x, y, side) {
				all = append(all, [2]int{x, y})
			}
		}
	}
	return evenly(all, mostTile)
}

// evenly is at most that many of a list, spread evenly.
func evenly(all [][2]int, most int) [][2]int {
	if len(all) <= most {
		return all
	}
	picked := make([][2]int, most)
	for i := range picked {
		picked[i] = all[i*len(all)/most]
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

// calmest is the variance that a quarter of the tiles is below, over that quarter's share
// of it by chance: of a variance from n numbers, by Wilson & Hilferty 1931 (PNAS 17:684),
// (1 − 2/9n − 0.6745 √(2/9n))³. The mask's answers overlap: its autocorrelation of 1, −2/3,
// 1/6 each way makes 3.78 of them one. The list is sorted.
func calmest(list []float64) float64 {
	const n, z = tilePx * tilePx / 3.78, 0.6745
	slices.Sort(list)
	k := 2. / (9 * n)
	return list[len(list)/4] / math.Pow(1-k-z*math.Sqrt(k), 3)
}
