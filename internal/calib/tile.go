package calib

import (
	"math"
	"slices"
	"sync"

	"dermtrace/internal/cie"
	"dermtrace/internal/geom"
	"dermtrace/internal/raster"
	"dermtrace/internal/roi"
	"dermtrace/internal/stats"
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
func SampleTiles(c raster.Picture, tiles ...Tile) []TileLight {
	out := make([]TileLight, len(tiles))
	raster.Parallel(len(tiles), func(i int) { out[i] = sampleTile(c, tiles[i]) })
	return out
}

func sampleTile(c raster.Picture, t Tile) TileLight {
	out := TileLight{ID: t.ID, At: centre(t.Mask)}
	total := t.Mask.Count()
	work := samplings.Get().(*sampling)
	defer samplings.Put(work)
	light := work.usable(c, t.Mask, total)
	if len(light[1]) == 0 {
		return out
	}
	var known logarithms
	green, spare := sized(&work.green, len(light[1])), sized(&work.spare, len(light[1]))
	for i, v := range light[1] {
		green[i] = known.of(v)
	}
	copy(spare, green)
	lo, hi := keepRange(spare)
	var sum, square [3]float64
	for i, g := range green {
		if g < lo || g > hi {
			continue
		}
		out.N++
		r, b := known.of(light[0][i]), known.of(light[2][i])
		sum[0], sum[1], sum[2] = sum[0]+r, sum[1]+g, sum[2]+b
		square[0], square[1], square[2] = square[0]+r*r, square[1]+g*g, square[2]+b*b
	}
	n := float64(out.N)
	for k := range 3 {
		out.Log[k] = sum[k] / n
		out.SD[k] = math.Sqrt(max(0, square[k]/n-out.Log[k]*out.Log[k]))
	}
	out.Valid = out.N >= minTilePixels && n >= minTileKept*float64(total)
	return out
}

// sampling is what a tile is sampled in, one after the other: to clear new memory takes as long
// as much of the work.
type sampling struct {
	light        [3][]float32
	green, spare []float64
}

var samplings = sync.Pool{New: func() any { return new(sampling) }}

// sized is *s with n elements of any content.
func sized[T any](s *[]T, n int) []T {
	*s = slices.Grow((*s)[:0], n)[:n]
	return *s
}

// logarithms remembers logarithms of light by its bits: a photo of 8 bits has about a
// thousand values.
type logarithms [1 << logarithmBits]struct {
	bits uint32 // 0: none
	ln   float64
}

const logarithmBits = 11

func (l *logarithms) of(light float32) float64 {
	const golden = 0x9e3779b1 // 2^32 over the golden ratio spreads bits (Knuth, TAOCP 3, 6.4)
	bits := math.Float32bits(light)
	e := &l[bits*golden>>(32-logarithmBits)]
	if e.bits != bits {
		e.bits, e.ln = bits, math.Log(float64(light))
	}
	return e.ln
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

// usable is the light of the pixels of a mask, total in number, that are neither clipped nor
// too dark.
func (s *sampling) usable(c raster.Picture, m *roi.Mask, total int) [3][]float32 {
	var light [3][]float32
	for k := range light {
		light[k] = sized(&s.light[k], total)
	}
	n := 0
	in := func(v float32) bool { return v > darkest && v < lightest }
	x0, y0, x1, y1 := m.Bounds()
	box := raster.Box{X0: max(x0, 0), Y0: max(y0, 0), X1: min(x1, c.W()), Y1: min(y1, c.H())}
	raster.EachRow(c, box, func(y int, r, g, b []float32) {
		m.Runs(y, func(from, to int) {
			for x := max(from, box.X0) - box.X0; x < min(to, box.X1)-box.X0; x++ {
				if in(r[x]) && in(g[x]) && in(b[x]) {
					light[0][n], light[1][n], light[2][n] = r[x], g[x], b[x]
					n++
				}
			}
		})
	})
	return [3][]float32{light[0][:n], light[1][:n], light[2][:n]}
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

// median may reorder v and returns its middle, NaN for none.
func median(v []float64) float64 {
	half, even := len(v)/2, len(v)%2 == 0
	if len(v) == 0 {
		return math.NaN()
	}
	if part, below := bucketOf(v, half); part != nil && half > below {
		v, half = part, half-below
	}
	high := stats.Nth(v, half)
	if !even {
		return high
	}
	return (slices.Max(v[:half]) + high) / 2
}

// buckets is the number of equal steps that many values are counted in.
const buckets, manyValues = 1024, 4 * 1024

// bucketOf is those of many values that lie in one step with the value of rank k, and how
// many values are less; nil if it is no use.
func bucketOf(v []float64, k int) (part []float64, below int) {
	if len(v) < manyValues {
		return nil, 0
	}
	low, high := v[0], v[0]
	for _, x := range v {
		switch {
		case x < low:
			low = x
		case x > high:
			high = x
		case x != x:
			return nil, 0
		}
	}
	scale := (buckets - 1) / (high - low)
	if !(scale > 0 && scale <= math.MaxFloat64) {
		return nil, 0
	}
	var count [buckets]int
	for _, x := range v {
		count[int((x-low)*scale)]++
	}
	b := 0
	for ; below+count[b] <= k; b++ {
		below += count[b]
	}
	part = make([]float64, 0, count[b])
	for _, x := range v {
		if int((x-low)*scale) == b {
			part = append(part, x)
		}
	}
	return part, below
}
