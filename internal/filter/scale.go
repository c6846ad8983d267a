package filter

import "dermtrace/internal/raster"

// Shrink is [raster.Plane.Shrink], on a borrowed plane.
func Shrink(p *raster.Plane, f int) *raster.Plane {
	if f == 1 {
		return p.Clone()
	}
	q := Borrow((p.W+f-1)/f, (p.H+f-1)/f)
	p.ShrinkTo(q, f)
	return q
}

// enlarge undoes the geometry of Shrink by linear interpolation between block centres, on a borrowed plane.
func enlarge(p *raster.Plane, w, h, f int) *raster.Plane {
	q := Borrow(w, h)
	xs := blockTaps(w, p.W, f)
	ys := blockTaps(h, p.H, f)
	raster.Bands(h, func(y0, y1 int) {
		for y := y0; y < y1; y++ {
			a, b, t := p.Row(ys[y].i), p.Row(ys[y].j), ys[y].t
			dst := q.Row(y)
			for x, c := range xs {
				u := a[c.i] + float32(c.t*(a[c.j]-a[c.i]))
				v := b[c.i] + float32(c.t*(b[c.j]-b[c.i]))
				dst[x] = u + float32(t*(v-u))
			}
		}
	})
	return q
}

// tap is a position between the nodes i and j, t of the way.
type tap struct {
	i, j int
	t    float32
}

func blockTaps(n, nodes, f int) []tap {
	taps := make([]tap, n)
	for x := range taps {
		u := (float64(x) - float64(f-1)/2) / float64(f)
		u = max(0, min(u, float64(nodes-1)))
		i := int(u)
		taps[x] = tap{i, min(i+1, nodes-1), float32(u - float64(i))}
	}
	return taps
}
