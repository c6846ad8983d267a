package filter

import "dermtrace/internal/raster"

// Shrink returns the means of f×f blocks of p; blocks at the right and lower edge
// may be smaller. Pixel (x, y) of the result is centred on (f x + (f−1)/2,
// f y + (f−1)/2) of p. f must be at least 1.
func Shrink(p *raster.Plane, f int) *raster.Plane {
	if f == 1 {
		return p.Clone()
	}
	q := raster.New((p.W+f-1)/f, (p.H+f-1)/f)
	raster.Bands(q.H, func(y0, y1 int) {
		for y := y0; y < y1; y++ {
			shrinkRow(q.Row(y), p, y, f)
		}
	})
	return q
}

// ShrinkRGB shrinks the three planes by f.
func ShrinkRGB(c *raster.RGB, f int) *raster.RGB {
	return &raster.RGB{R: Shrink(c.R, f), G: Shrink(c.G, f), B: Shrink(c.B, f)}
}

func shrinkRow(dst []float32, p *raster.Plane, y, f int) {
	top, bottom := y*f, min((y+1)*f, p.H)
	whole := p.W / f
	if f == 2 && bottom == top+2 {
		halveRow(dst[:whole], p.Row(top), p.Row(top+1))
	} else {
		meanRow(dst[:whole], p, top, f)
	}
	if whole < len(dst) { // the last block is narrower
		dst[whole] = 0
		for v := top; v < bottom; v++ {
			var s float32
			for _, pix := range p.Row(v)[whole*f:] {
				s += pix
			}
			dst[whole] += s
		}
		dst[whole] /= float32((p.W - whole*f) * (bottom - top))
	}
}

// meanRow fills dst with the means of whole blocks from row top on.
func meanRow(dst []float32, p *raster.Plane, top, f int) {
	clear(dst)
	bottom := min(top+f, p.H)
	for v := top; v < bottom; v++ {
		row := p.Row(v)
		for x := range dst {
			var s float32
			for _, pix := range row[:f] {
				s += pix
			}
			dst[x] += s
			row = row[f:]
		}
	}
	n := float32(f * (bottom - top))
	for x := range dst {
		dst[x] /= n
	}
}

// halveRow is meanRow for blocks of 2×2, by far the most frequent.
func halveRow(dst, a, b []float32) {
	a, b = a[:2*len(dst)], b[:2*len(dst)]
	for x := range dst {
		p, q := a[2*x:2*x+2:2*x+2], b[2*x:2*x+2:2*x+2]
		dst[x] = float32(0.25 * ((p[0] + p[1]) + (q[0] + q[1])))
	}
}

// enlarge undoes the geometry of Shrink by linear interpolation between block centres.
func enlarge(p *raster.Plane, w, h, f int) *raster.Plane {
	q := raster.New(w, h)
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
