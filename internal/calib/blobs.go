package calib

import (
	"cmp"
	"math"
	"slices"

	"dermtrace/internal/geom"
	"dermtrace/internal/raster"
)

// Patches of a card are flat: their colour hardly changes from pixel to pixel, and
// something darker goes all around them. A blob is a connected flat piece of the
// picture whose area and second moments are those of a filled parallelogram.

// blob is a flat piece, in pixels.
type blob struct {
	at     geom.Point
	area   float64
	spread [3]float64 // variances xx, xy, yy of its pixels
}

// side is the side of the square with the blob's area.
func (b blob) side() float64 { return math.Sqrt(b.area) }

// Bounds on blobs.
const (
	// A patch of a card that fills 3 % of the frame has 0.08 % of it or more, half of
	// that with its blurred rim gone, and half again where perspective is strong; and it
	// must be 5 pixels wide at least.
	minBlobShare, minBlobPx = 0.0002, 25
	// A filled parallelogram has area² = 144·det(spread), an ellipse 158; below the
	// bounds lie rings and branches, above nothing does. Project default.
	minFilled, maxFilled = 0.80, 1.12
	// maxAspect is √ of the ratio of a blob's variances: a card seen at 70° from its
	// normal is shortened 1 : 2.9. Project default.
	maxAspect = 3
)

// flatSteps are the largest changes of ln RGB from pixel to pixel that count as flat.
// Patches differ from their surround by 0.3 at least, over one to four pixels of blur;
// noise and skin texture ask for more than the least.
var flatSteps = [...]float32{0.04, 0.09, 0.18}

// findBlobs returns the blobs of all steps, largest first. Where a piece is a blob at
// several steps, the largest is kept.
func findBlobs(logs [3]*raster.Plane, skip []bool) []blob {
	step := stepPlane(logs)
	maxArea := float64(step.W*step.H) / 20
	minArea := max(minBlobPx, int64(minBlobShare*float64(step.W*step.H)))
	var out []blob
	for _, limit := range flatSteps {
		for _, b := range components(step, limit, minArea, skip) {
			if b.area <= maxArea && b.isFilled() {
				out = addBlob(out, b)
			}
		}
	}
	slices.SortStableFunc(out, func(a, b blob) int { return cmp.Compare(b.area, a.area) })
	return out
}

// addBlob replaces a smaller blob at the same place.
func addBlob(list []blob, b blob) []blob {
	for i, o := range list {
		if o.at.Sub(b.at).Norm() < 0.4*min(o.side(), b.side()) {
			if b.area > o.area {
				list[i] = b
			}
			return list
		}
	}
	return append(list, b)
}

func (b blob) isFilled() bool {
	det := b.spread[0]*b.spread[2] - b.spread[1]*b.spread[1]
	filled := b.area / (12 * math.Sqrt(max(det, 1e-9)))
	trace := (b.spread[0] + b.spread[2]) / 2
	root := math.Sqrt(max(0, trace*trace-det))
	return filled >= minFilled && filled <= maxFilled && trace+root <= maxAspect*maxAspect*(trace-root)
}

// stepPlane is the largest change of any channel from a pixel to one of its four
// neighbours.
func stepPlane(logs [3]*raster.Plane) *raster.Plane {
	w, h := logs[0].W, logs[0].H
	out := raster.New(w, h)
	raster.Bands(h, func(y0, y1 int) {
		for y := y0; y < y1; y++ {
			dst := out.Row(y)
			for _, p := range logs {
				stepRow(dst, p.Row(y), p.Row(max(y-1, 0)), p.Row(min(y+1, h-1)))
			}
		}
	})
	return out
}

// stepRow raises dst to the changes of one channel. Sizes of numbers are compared by
// their bits, whose order is theirs.
func stepRow(dst, row, up, down []float32) {
	up, down, dst = up[:len(row)], down[:len(row)], dst[:len(row)]
	var before uint32 // change from the pixel on the left
	for x, v := range row {
		var after uint32
		if x+1 < len(row) {
			after = sizeBits(row[x+1] - v)
		}
		d := max(math.Float32bits(dst[x]), before, after, sizeBits(v-up[x]), sizeBits(v-down[x]))
		dst[x] = math.Float32frombits(d)
		before = after
	}
}

// sizeBits are the bits of |v|.
func sizeBits(v float32) uint32 { return math.Float32bits(v) &^ (1 << 31) }

// components gathers the moments of the 4-connected pieces whose step is at most
// limit, of at least minArea pixels that do not touch the picture's edge.
func components(step *raster.Plane, limit float32, minArea int64, skip []bool) []blob {
	w, h := step.W, step.H
	seen := make([]bool, w*h)
	for i, v := range step.Pix {
		seen[i] = v > limit || skip != nil && skip[i]
	}
	var out []blob
	var stack []int32
	for start := range seen {
		if seen[start] {
			continue
		}
		seen[start] = true
		stack = append(stack[:0], int32(start))
		var m moments
		for len(stack) > 0 {
			i := int(stack[len(stack)-1])
			stack = stack[:len(stack)-1]
			x, y := i%w, i/w
			m.add(x, y)
			if x == 0 || y == 0 || x == w-1 || y == h-1 {
				m.touches = true
				continue
			}
			for _, j := range [4]int{i - 1, i + 1, i - w, i + w} {
				if !seen[j] {
					seen[j] = true
					stack = append(stack, int32(j))
				}
			}
		}
		if m.n >= minArea && !m.touches {
			out = append(out, m.blob())
		}
	}
	return out
}

// moments are sums over the pixels of a piece.
type moments struct {
	n, x, y, xx, xy, yy int64
	touches             bool
}

func (m *moments) add(x, y int) {
	u, v := int64(x), int64(y)
	m.n++
	m.x, m.y = m.x+u, m.y+v
	m.xx, m.xy, m.yy = m.xx+u*u, m.xy+u*v, m.yy+v*v
}

func (m *moments) blob() blob {
	n := float64(m.n)
	x, y := float64(m.x)/n, float64(m.y)/n
	const pixel = 1.0 / 12 // variance of a pixel's own square
	return blob{
		at: geom.Point{X: x, Y: y}, area: n,
		spread: [3]float64{float64(m.xx)/n - x*x + pixel, float64(m.xy)/n - x*y, float64(m.yy)/n - y*y + pixel},
	}
}
