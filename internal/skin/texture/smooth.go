package texture

import (
	"math"

	"dermtrace/internal/chromo"
	"dermtrace/internal/raster"
)

// smoothed is a plane that stands for one k times as large: means of k×k blocks, read
// linearly between their centres.
type smoothed struct {
	small *raster.Plane
	field chromo.Field // the blocks before smoothing, with their weights
	k     int
	w, h  int // of the large plane
}

// smooth applies a Gaussian of sigmaPx pixels, on blocks as large as leave at least
// from pixels per σ.
func smooth(f chromo.Field, sigmaPx, from float64) smoothed {
	return smoothWhole(f, sigmaPx, from, 1)
}

// smoothWhole does so on blocks of at least that many pixels, unless they blur more than the
// Gaussian.
func smoothWhole(f chromo.Field, sigmaPx, from float64, least int) smoothed {
	k := max(1, int(sigmaPx/from))
	rest := sigmaPx * sigmaPx
	if least > k && blockBlur(least) <= rest {
		k = least
	}
	rest -= blockBlur(k)
	blocks := f.Shrink(k)
	small := blocks.Smooth(sampledSigma(rest / float64(k*k)))
	return smoothed{small: small, field: blocks, k: k, w: f.Value.W, h: f.Value.H}
}

// blockBlur is the variance of blocks read linearly: variances add, a block has (k²−1)/12,
// reading linearly k²/6.
func blockBlur(k int) float64 {
	if k == 1 {
		return 0
	}
	k2 := float64(k * k)
	return (k2-1)/12 + k2/6
}

// sampledSigma is the σ at which a Gaussian sampled at whole pixels has the variance v,
// Σ i² exp(−i²/2σ²) / Σ exp(−i²/2σ²). From 0.7 on that is √v; below, samples say less.
func sampledSigma(v float64) float64 {
	if v >= 0.49 || v <= 0 {
		return math.Sqrt(max(0, v))
	}
	low, high := math.Sqrt(v), 0.75
	for range 30 {
		sigma := (low + high) / 2
		sum, square := 1.0, 0.0
		for i := 1.0; i <= 3; i++ {
			w := 2 * math.Exp(-i*i/(2*sigma*sigma))
			sum, square = sum+w, square+i*i*w
		}
		if square < v*sum {
			low = sigma
		} else {
			high = sigma
		}
	}
	return low
}

// rows calls fn with each row of the large plane, in parallel and in no fixed order.
func (s smoothed) rows(fn func(y int, row []float32)) {
	if s.k == 1 {
		raster.Bands(s.h, func(y0, y1 int) {
			for y := y0; y < y1; y++ {
				fn(y, s.small.Row(y))
			}
		})
		return
	}
	xs, ys := s.spans(s.w, s.small.W), s.taps(s.h, s.small.H)
	raster.Bands(s.h, func(y0, y1 int) {
		row := make([]float32, s.w)
		line := make([]float32, s.small.W)
		for y := y0; y < y1; y++ {
			mix(line, s.small.Row(ys[y].i), s.small.Row(ys[y].j), ys[y].t)
			if s.k == 2 {
				twice(row, line)
			} else {
				spread(row, line, xs)
			}
			fn(y, row)
		}
	})
}

// spread reads a line between its nodes.
func spread(row, line []float32, spans []span) {
	for _, c := range spans {
		a, rise := line[c.i], line[c.j]-line[c.i]
		dst := row[c.from : c.from+len(c.parts)]
		for x, t := range c.parts {
			dst[x] = a + float32(t*rise)
		}
	}
}

// twice is spread for two pixels to a node, by far the most frequent.
func twice(row, line []float32) {
	a := line[0]
	row[0] = a
	row = row[1:]
	for _, b := range line[1:] {
		rise := b - a
		row[0], row[1] = a+float32(0.25*rise), a+float32(0.75*rise)
		row, a = row[2:], b
	}
	if len(row) > 0 {
		row[0] = a
	}
}

// span is the pixels of the large plane from one on that lie between the same two nodes, each
// its part of the way.
type span struct {
	i, j, from int
	parts      []float32
}

// spans are the taps that lie between the same nodes, together.
func (s smoothed) spans(n, nodes int) (list []span) {
	for x, t := range s.taps(n, nodes) {
		if last := len(list) - 1; last < 0 || list[last].i != t.i {
			list = append(list, span{i: t.i, j: t.j, from: x})
		}
		last := &list[len(list)-1]
		last.parts = append(last.parts, t.t)
	}
	return list
}

// large is the large plane, which is not to be changed.
func (s smoothed) large() *raster.Plane {
	if s.k == 1 {
		return s.small
	}
	p := raster.New(s.w, s.h)
	s.rows(func(y int, row []float32) { copy(p.Row(y), row) })
	return p
}

func mix(dst, a, b []float32, t float32) {
	for i, v := range a {
		dst[i] = v + float32(t*(b[i]-v))
	}
}

// tap is a place between the nodes i and j, t of the way.
type tap struct {
	i, j int
	t    float32
}

// taps places the n pixels of the large plane between the centres of its blocks.
func (s smoothed) taps(n, nodes int) []tap { return s.tapsEvery(1, n, nodes) }

// tapsEvery places n points that lie step pixels of the large plane apart, from its first on.
func (s smoothed) tapsEvery(step float64, n, nodes int) []tap {
	taps := make([]tap, n)
	for x := range taps {
		u := (float64(x)*step - float64(s.k-1)/2) / float64(s.k)
		u = max(0, min(u, float64(nodes-1)))
		i := int(u)
		taps[x] = tap{i, min(i+1, nodes-1), float32(u - float64(i))}
	}
	return taps
}
