package texture

import "dermtrace/internal/raster"

// Levels is a picture of grey levels 1 … N; 0 stands outside the region.
type Levels struct {
	W, H, N int
	Pix     []uint8
}

// bins are n ≤ 255 levels of equal width from a value on, which are fixed, never the
// picture's own range: a contrast of self-chosen bins cannot be compared between visits.
type bins struct {
	from, perUnit float64
	n             int
}

func newBins(lo, hi float64, n int) bins {
	if n < 1 || n > 255 || !(lo < hi) {
		panic("texture: impossible bins")
	}
	return bins{lo, float64(n) / (hi - lo), n}
}

// level is the bin of a value, from 1 on; values beyond fall into the outermost, NaN is 0.
func (b bins) level(v float32) uint8 {
	if v != v {
		return 0
	}
	return uint8(1 + max(0, min(int((float64(v)-b.from)*b.perUnit), b.n-1)))
}

// CoOccurrence is a normalised, symmetric grey-level co-occurrence matrix: P[i·N+j]
// is the share of pairs with levels i+1 and j+1 (Haralick, Shanmugam, Dinstein 1973,
// IEEE SMC 3:610).
type CoOccurrence struct {
	N     int
	P     []float64
	Pairs int // ordered pairs counted, each once per direction
}

// Count counts the pairs of l that lie (dx, dy) apart, both inside the region.
func Count(l Levels, dx, dy int) CoOccurrence {
	side := l.N + 1 // with level 0, so that nothing is asked pixel by pixel
	counts := make([]int32, side*side)
	from, n := max(0, -dx), l.W-max(dx, -dx)
	for y := max(0, -dy); y < min(l.H, l.H-dy) && n > 0; y++ {
		row, beside := l.Pix[y*l.W+from:][:n], l.Pix[(y+dy)*l.W+from+dx:][:n]
		for x, a := range row {
			counts[int(a)*side+int(beside[x])]++
		}
	}
	m := CoOccurrence{N: l.N, P: make([]float64, l.N*l.N)}
	for i := range l.N {
		for _, c := range counts[(i+1)*side+1:][:l.N] {
			m.Pairs += int(c)
		}
	}
	for i := range l.N {
		for j := range l.N {
			m.P[i*l.N+j] = float64(counts[(i+1)*side+j+1]+counts[(j+1)*side+i+1]) / float64(2*m.Pairs)
		}
	}
	return m
}

// The four directions of the plane at Chebyshev distance 1, as (dx, dy), y down.
var directions = [4][2]int{{1, 0}, {1, -1}, {0, -1}, {-1, -1}}

// Averaged is the mean of the features over the four directions at a distance in
// pixels (IBSI "2D, averaged"). ok is false where some direction has no pair.
func Averaged(l Levels, distance int) (mean Features, ok bool) {
	var each [len(directions)]Features
	var pairs [len(directions)]int
	raster.Parallel(len(directions), func(i int) {
		m := Count(l, directions[i][0]*distance, directions[i][1]*distance)
		pairs[i] = m.Pairs
		if m.Pairs > 0 {
			each[i] = m.Features()
		}
	})
	for d, f := range each {
		if pairs[d] == 0 {
			return Features{}, false
		}
		for i, v := range f {
			mean[i] += v / float64(len(directions))
		}
	}
	return mean, true
}
