package calib

import (
	"math"
	"slices"

	"dermtrace/internal/cie"
	"dermtrace/internal/geom"
	"dermtrace/internal/raster"
	"dermtrace/internal/roi"
)

// Tile is one tile of skin in the pixels of a photo. The same ID names the same piece
// of skin in every photo of a series.
type Tile struct {
	ID   int
	Mask *roi.Mask
}

// TileLight is the typical light of a tile.
type TileLight struct {
	ID    int
	At    geom.Point // centre of the tile's pixels in the photo
	Log   [3]float64 // mean of ln R, ln G, ln B over the pixels kept
	SD    [3]float64 // spread of the same
	N     int        // pixels kept
	Valid bool       // enough of the tile could be used
}

// Bounds on a tile.
const (
	// darkest and lightest bound what a channel can be trusted for: 5/255 of an 8-bit
	// sRGB code, below which one code step is more than a fifth of the value, and 0.98,
	// above which a channel is near its end (METHODS dossier, exposure gates).
	darkest  = 5.0 / 255 / 12.92
	lightest = 0.98
	// trimMAD is the distance from the median of ln G in robust standard deviations
	// beyond which a pixel is hair, a mole or glare. Project default: 1.2 % of normal
	// values lie outside.
	trimMAD = 2.5
	// keptCodes is how many 8-bit sRGB codes around the median are never trimmed. More
	// than half of an even grey patch may share one code: its median deviation is then 0,
	// and trimming by it would leave the code in place of the mean. Rounding to codes
	// spreads to one on either side, JPEG to another.
	keptCodes = 2
	// minTilePixels carries a mean of ln RGB to 1 % when single pixels scatter by 10 %.
	minTilePixels = 100
	// minTileKept is the least share of a tile's pixels that must be usable, or it is
	// another piece of skin than in the reference. Project default.
	minTileKept = 0.5
)

// madToSD turns a median absolute deviation into the standard deviation of a normal
// distribution, 1/Φ⁻¹(3/4).
const madToSD = 1.482602218505602

// SampleTiles reads the light of each tile: the mean of ln RGB over its pixels, less
// those that are clipped, too dark, or farther from the median of ln G than skin is
// (hair, glare). The mean is taken of logarithms because light multiplies.
func SampleTiles(rgb *raster.RGB, tiles ...Tile) []TileLight {
	out := make([]TileLight, len(tiles))
	raster.Parallel(len(tiles), func(i int) { out[i] = sampleTile(rgb, tiles[i]) })
	return out
}

func sampleTile(rgb *raster.RGB, t Tile) TileLight {
	out := TileLight{ID: t.ID, At: centre(t.Mask)}
	total := t.Mask.Count()
	green := make([]float64, 0, total)
	eachUsable(rgb, t.Mask, func(_, g, _ float32) { green = append(green, math.Log(float64(g))) })
	if len(green) == 0 {
		return out
	}
	lo, hi := keepRange(slices.Clone(green))
	var sum, square [3]float64
	next := 0
	eachUsable(rgb, t.Mask, func(r, _, b float32) {
		g := green[next]
		next++
		if g < lo || g > hi {
			return
		}
		out.N++
		for k, v := range [3]float64{math.Log(float64(r)), g, math.Log(float64(b))} {
			sum[k] += v
			square[k] += v * v
		}
	})
	n := float64(out.N)
	for k := range 3 {
		out.Log[k] = sum[k] / n
		out.SD[k] = math.Sqrt(max(0, square[k]/n-out.Log[k]*out.Log[k]))
	}
	out.Valid = out.N >= minTilePixels && n >= minTileKept*float64(total)
	return out
}

// centre is the mean position of a mask's pixels, NaN for none.
func centre(m *roi.Mask) geom.Point {
	var x, y, n float64
	for row := m.Y0; row < m.Y0+m.H; row++ {
		m.Runs(row, func(a, z int) {
			c := float64(z - a)
			x += c * float64(a+z-1) / 2
			y += c * float64(row)
			n += c
		})
	}
	return geom.Point{X: x / n, Y: y / n}
}

// eachUsable calls fn for the pixels of a mask that are neither clipped nor too dark.
func eachUsable(rgb *raster.RGB, m *roi.Mask, fn func(r, g, b float32)) {
	usable := func(v float32) bool { return v > darkest && v < lightest }
	x0, y0, x1, y1 := m.Bounds()
	x0, x1 = max(x0, 0), min(x1, rgb.W())
	for y := max(y0, 0); y < min(y1, rgb.H()); y++ {
		r, g, b := rgb.R.Row(y), rgb.G.Row(y), rgb.B.Row(y)
		m.Runs(y, func(a, z int) {
			for x := max(a, x0); x < min(z, x1); x++ {
				if usable(r[x]) && usable(g[x]) && usable(b[x]) {
					fn(r[x], g[x], b[x])
				}
			}
		})
	}
}

// keepRange is the range of ln G within trimMAD robust standard deviations, or keptCodes
// codes, of its median. It reorders green.
func keepRange(green []float64) (lo, hi float64) {
	mid := median(green)
	for i, v := range green {
		green[i] = math.Abs(v - mid)
	}
	d := max(trimMAD*madToSD*median(green), keptCodes*codeStep(math.Exp(mid)))
	return mid - d, mid + d
}

// codeStep is the change of ln light by one 8-bit sRGB code: of the curve
// v = ((c + 0.055)/1.055)^2.4 (IEC 61966-2-1), d ln v = 2.4 dc/(c + 0.055).
func codeStep(v float64) float64 { return 2.4 / 255 / (cie.Encode(v) + 0.055) }

// median reorders v and returns its middle, NaN for none.
func median(v []float64) float64 {
	half := len(v) / 2
	if len(v) == 0 {
		return math.NaN()
	}
	high := nth(v, half)
	if len(v)%2 == 1 {
		return high
	}
	return (slices.Max(v[:half]) + high) / 2
}

// nth puts the value of rank k where sorting would, none larger before it, none smaller
// behind (Hoare 1961, CACM 4:321).
func nth(v []float64, k int) float64 {
	for l, r := 0, len(v)-1; l < r; {
		a, b, c := v[l], v[(l+r)/2], v[r]
		pivot := max(min(a, b), min(max(a, b), c))
		i, j := l, r
		for i <= j {
			for v[i] < pivot {
				i++
			}
			for v[j] > pivot {
				j--
			}
			if i <= j {
				v[i], v[j] = v[j], v[i]
				i, j = i+1, j-1
			}
		}
		if j < k {
			l = i
		}
		if k < i {
			r = j
		}
	}
	return v[k]
}
