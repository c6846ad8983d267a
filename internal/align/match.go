package align

import (
	"cmp"
	"math"
	"slices"

	"dermtrace/internal/geom"
	"dermtrace/internal/raster"
)

const (
	// candidates is how many features nearest by sign are compared in full.
	candidates = 12
	// maxRatio is the largest ratio of the nearest distance to that of the next feature
	// elsewhere (Lowe 2004 takes 0.8 for objects in clutter).
	maxRatio = 0.87
)

// A match says that feature a of the frame looks like feature b of the photo.
type match struct {
	a, b  *feature
	ratio float64
}

// matches returns the mutual nearest neighbours with a distinct second, best ratio first.
func matches(frame, photo []feature) []match {
	ab := nearest(frame, photo)
	ba := nearest(photo, frame)
	var out []match
	for i, n := range ab {
		if n.index >= 0 && n.ratio <= maxRatio && ba[n.index].index == i {
			out = append(out, match{&frame[i], &photo[n.index], n.ratio})
		}
	}
	slices.SortStableFunc(out, func(x, y match) int { return cmp.Compare(x.ratio, y.ratio) })
	return out
}

type neighbour struct {
	index int
	ratio float64
}

// nearest finds for each feature of a its nearest in b.
func nearest(a, b []feature) []neighbour {
	out := make([]neighbour, len(a))
	const chunk = 32
	raster.Parallel((len(a)+chunk-1)/chunk, func(c int) {
		for i := c * chunk; i < min((c+1)*chunk, len(a)); i++ {
			out[i] = nearestOf(&a[i], b)
		}
	})
	return out
}

// nearestOf compares the candidates that agree in most signs.
func nearestOf(f *feature, b []feature) neighbour {
	var best [candidates]int
	var dist [candidates]int
	n := 0
	for j := range b {
		h := f.desc.hamming(&b[j].desc)
		if n == candidates && h >= dist[n-1] {
			continue
		}
		if n < candidates {
			n++
		}
		k := n - 1
		for ; k > 0 && dist[k-1] > h; k-- {
			dist[k], best[k] = dist[k-1], best[k-1]
		}
		dist[k], best[k] = h, j
	}
	return bestOf(f, b, best[:n])
}

// bestOf returns the nearest candidate and how it compares with the nearest one
// elsewhere: a second direction of the same blob is no rival.
func bestOf(f *feature, b []feature, index []int) neighbour {
	first, firstAt := math.MaxInt, -1
	for _, j := range index {
		if d := f.desc.distance(&b[j].desc); d < first || d == first && j < firstAt {
			first, firstAt = d, j
		}
	}
	second := math.MaxInt
	for _, j := range index {
		if b[j].at.Sub(b[max(firstAt, 0)].at).Norm() > b[j].sigma {
			second = min(second, f.desc.distance(&b[j].desc))
		}
	}
	if firstAt < 0 || second == math.MaxInt {
		return neighbour{-1, 1}
	}
	return neighbour{firstAt, math.Sqrt(float64(first) / float64(max(second, 1)))}
}

// similarity is the transform that carries the frame's feature onto the photo's, by its
// position, size and direction.
func (m *match) similarity() geom.Transform {
	s := m.b.sigma / m.a.sigma
	angle := m.b.angle - m.a.angle
	t := geom.Similarity(s, angle, 0, 0)
	o := t.Apply(m.a.at)
	t[2], t[5] = m.b.at.X-o.X, m.b.at.Y-o.Y
	return t
}
