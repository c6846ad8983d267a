package raster

// Shrink returns the means of f×f blocks of p; blocks at the right and lower edge may be
// smaller. Pixel (x, y) of the result is centred on (f x + (f−1)/2, f y + (f−1)/2) of p.
// f must be at least 1.
func (p *Plane) Shrink(f int) *Plane {
	if f == 1 {
		return p.Clone()
	}
	q := New((p.W+f-1)/f, (p.H+f-1)/f)
	p.ShrinkTo(q, f)
	return q
}

// ShrinkTo is [Plane.Shrink] into a plane of its size; f must be at least 2.
func (p *Plane) ShrinkTo(q *Plane, f int) {
	Bands(q.H, func(y0, y1 int) {
		for y := y0; y < y1; y++ {
			shrinkRow(q.Row(y), p, y, f)
		}
	})
}

// Shrink shrinks the three planes by f.
func (c *RGB) Shrink(f int) *RGB {
	return &RGB{R: c.R.Shrink(f), G: c.G.Shrink(f), B: c.B.Shrink(f)}
}

// Shrink is [RGB.Shrink] of a picture that is read in parts.
func Shrink(c Picture, f int) *RGB {
	if f == 1 {
		return Crop(c, Box{X1: c.W(), Y1: c.H()})
	}
	out := NewRGB((c.W()+f-1)/f, (c.H()+f-1)/f)
	rows := max(1, rowsAtOnce/f)
	Bands(out.H(), func(y0, y1 int) {
		box := Box{0, y0 * f, c.W(), min(y1*f, c.H())}
		eachStrip(c, box, rows*f, func(y int, part *RGB) {
			for k, p := range part.Planes() {
				for i := range (p.H + f - 1) / f {
					shrinkRow(out.Planes()[k].Row(y/f+i), p, i, f)
				}
			}
		})
	})
	return out
}

// shrinkRow fills dst with the means of the y-th row of f×f blocks of p.
func shrinkRow(dst []float32, p *Plane, y, f int) {
	top, bottom := y*f, min((y+1)*f, p.H)
	whole := p.W / f
	switch {
	case f == 2 && bottom == top+2:
		HalveRow(dst[:whole], p.Row(top), p.Row(top+1))
	case f == 3 && bottom == top+3:
		thirdRow(dst[:whole], p.Row(top), p.Row(top+1), p.Row(top+2))
	default:
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
func meanRow(dst []float32, p *Plane, top, f int) {
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

// HalveRow fills dst with the means of the 2×2 blocks of two rows, by far the most frequent.
func HalveRow(dst, a, b []float32) {
	a, b = a[:2*len(dst)], b[:2*len(dst)]
	for len(dst) >= 4 { // whose bounds are checked at once
		d, p, q := (*[4]float32)(dst), (*[8]float32)(a), (*[8]float32)(b)
		d[0] = float32(0.25 * ((p[0] + p[1]) + (q[0] + q[1])))
		d[1] = float32(0.25 * ((p[2] + p[3]) + (q[2] + q[3])))
		d[2] = float32(0.25 * ((p[4] + p[5]) + (q[4] + q[5])))
		d[3] = float32(0.25 * ((p[6] + p[7]) + (q[6] + q[7])))
		dst, a, b = dst[4:], a[8:], b[8:]
	}
	for x := range dst {
		dst[x] = float32(0.25 * ((a[2*x] + a[2*x+1]) + (b[2*x] + b[2*x+1])))
	}
}

// thirdRow is meanRow for blocks of 3×3, which pictures of large photos are made of.
func thirdRow(dst, a, b, c []float32) {
	a, b, c = a[:3*len(dst)], b[:3*len(dst)], c[:3*len(dst)]
	for x := range dst {
		p, q, r := a[3*x:3*x+3:3*x+3], b[3*x:3*x+3:3*x+3], c[3*x:3*x+3:3*x+3]
		dst[x] = ((p[0] + p[1] + p[2]) + (q[0] + q[1] + q[2]) + (r[0] + r[1] + r[2])) / 9
	}
}
