package skin

import (
	"dermtrace/internal/chromo"
	"dermtrace/internal/filter"
	"dermtrace/internal/raster"
	"dermtrace/internal/roi"
)

// averaged is linear light on pixels of step×step photo pixels, over the box of a mask.
type averaged struct {
	rgb    *raster.RGB
	weight *raster.Plane // share of the step×step pixels that count
}

// average takes the mean light of the mask's pixels in a box over blocks from its corner on, and
// over blocks k times coarser ([averaged.coarser]) while the fine ones are at hand. NaN pixels do
// not count; blocks without a pixel are 0. The fine planes are borrowed.
func average(rgb raster.Picture, mask *roi.Mask, box raster.Box, step, k int) (fine, coarse averaged) {
	w, h := (box.X1-box.X0+step-1)/step, (box.Y1-box.Y0+step-1)/step
	light := &raster.RGB{R: filter.Borrow(w, h), G: filter.Borrow(w, h), B: filter.Borrow(w, h)}
	fine = averaged{rgb: light, weight: filter.Borrow(w, h)}
	coarse = fine.blank(k)
	atOnce := (raster.BandRows + k - 1) / k * k
	raster.Parallel((h+atOnce-1)/atOnce, func(i int) {
		top, bottom := i*atOnce*step, (i+1)*atOnce*step
		band := raster.Box{X0: box.X0, Y0: box.Y0 + top, X1: box.X1, Y1: min(box.Y0+bottom, box.Y1)}
		raster.EachRows(rgb, band, step, func(y int, rows [][3][]float32) {
			j := (y - box.Y0) / step
			fine.blocks(j, step).fill(rows, mask, box, y)
			if j%k == k-1 || j == h-1 {
				coarse.take(fine, j/k, k)
			}
		})
	})
	return fine, coarse
}

// commonRun is the even columns of the box between which two rows of a mask are whole; the
// same where either has gaps.
func commonRun(mask *roi.Mask, y int, box raster.Box) (from, to int) {
	from, to = 0, box.X1-box.X0
	for v := y; v < y+2; v++ {
		runs := 0
		mask.Runs(v, func(x0, x1 int) { runs, from, to = runs+1, max(from, x0-box.X0), min(to, x1-box.X0) })
		if runs != 1 {
			return 0, 0
		}
	}
	if from, to = (from+1)&^1, to&^1; from >= to {
		return 0, 0
	}
	return from, to
}

// field is a quantity of those pixels, with their weights where any is below 1.
func (a averaged) field(p *raster.Plane) chromo.Field { return chromo.NewField(p, a.weight) }

// giveBack ends the use of light that was borrowed.
func giveBack(light *raster.RGB) { filter.GiveBack(light.R, light.G, light.B) }

func (a averaged) giveBack() {
	giveBack(a.rgb)
	filter.GiveBack(a.weight)
}

func (a averaged) blocks(j, step int) blockRow {
	return blockRow{r: a.rgb.R.Row(j), g: a.rgb.G.Row(j), b: a.rgb.B.Row(j), n: a.weight.Row(j), step: step}
}

// blockRow is one row of blocks being summed.
type blockRow struct {
	r, g, b, n []float32
	step       int
}

// fill takes the mean of the mask's pixels in rows of a box, from the photo's row y on. Blocks
// of 2×2 that the mask covers, as it does nearly all, are filled in one go.
func (k blockRow) fill(rows [][3][]float32, mask *roi.Mask, box raster.Box, y int) {
	from, to := 0, 0
	if k.step == 2 && len(rows) == 2 {
		from, to = commonRun(mask, y, box)
		k.part(from/2, to/2).squares(rows[0], rows[1], from)
	}
	left, right := k.part(0, from/k.step), k.part(to/k.step, len(k.n))
	left.begin()
	right.begin()
	for i, c := range rows {
		mask.Runs(y+i, func(x0, x1 int) {
			x0, x1 = max(x0-box.X0, 0), min(x1, box.X1)-box.X0
			k.add(c[0], c[1], c[2], x0, min(x1, from))
			k.add(c[0], c[1], c[2], max(x0, to), x1)
		})
	}
	left.finish()
	right.finish()
}

// part is some of the row's blocks.
func (k blockRow) part(from, to int) blockRow {
	return blockRow{r: k.r[from:to], g: k.g[from:to], b: k.b[from:to], n: k.n[from:to], step: k.step}
}

// squares fills blocks of 2×2 pixels that all count, from the column x on.
func (k blockRow) squares(top, below [3][]float32, x int) {
	for c, dst := range [3][]float32{k.r, k.g, k.b} {
		raster.HalveRow(dst, top[c][x:x+2*len(dst)], below[c][x:x+2*len(dst)])
	}
	for i := range k.n {
		k.n[i] = 1
		if s := k.r[i] + k.g[i] + k.b[i]; s != s {
			k.r[i], k.g[i], k.b[i], k.n[i] = 0, 0, 0, 0
			for _, row := range [2][3][]float32{top, below} {
				k.add(row[0][x:], row[1][x:], row[2][x:], 2*i, 2*i+2)
			}
			k.part(i, i+1).finish()
		}
	}
}

// begin clears the row, which is borrowed.
func (k blockRow) begin() {
	clear(k.n)
	clear(k.r)
	clear(k.g)
	clear(k.b)
}

// add sums the pixels [from, to) of one row of the box into their blocks.
func (k blockRow) add(r, g, b []float32, from, to int) {
	if k.step == 1 {
		k.take(r, g, b, from, to)
		return
	}
	for x := from; x < to; {
		if k.step == 2 && x%2 == 0 && x+2 <= to {
			x += 2 * k.pairs(r[x:to], g[x:to], b[x:to], x/2)
			continue
		}
		block := x / k.step
		end := min(to, (block+1)*k.step)
		var sr, sg, sb float32
		for i := x; i < end; i++ {
			sr, sg, sb = sr+r[i], sg+g[i], sb+b[i]
		}
		n := float32(end - x)
		if s := sr + sg + sb; s != s {
			sr, sg, sb, n = known(r[x:end], g[x:end], b[x:end])
		}
		k.r[block] += sr
		k.g[block] += sg
		k.b[block] += sb
		k.n[block] += n
		x = end
	}
}

// pairs is add for whole blocks of two pixels from the first block on; it returns how many.
func (k blockRow) pairs(r, g, b []float32, first int) int {
	n := len(r) / 2
	rs, gs, bs, ns := k.r[first:first+n], k.g[first:first+n], k.b[first:first+n], k.n[first:first+n]
	for i := range rs {
		p, q, t := (*[2]float32)(r[2*i:]), (*[2]float32)(g[2*i:]), (*[2]float32)(b[2*i:])
		sr, sg, sb, count := p[0]+p[1], q[0]+q[1], t[0]+t[1], float32(2)
		if s := sr + sg + sb; s != s {
			sr, sg, sb, count = known(p[:], q[:], t[:])
		}
		rs[i] += sr
		gs[i] += sg
		bs[i] += sb
		ns[i] += count
	}
	return n
}

// take is add for blocks of one pixel.
func (k blockRow) take(r, g, b []float32, from, to int) {
	for x := from; x < to; x++ {
		if s := r[x] + g[x] + b[x]; s == s {
			k.r[x], k.g[x], k.b[x], k.n[x] = r[x], g[x], b[x], 1
		}
	}
}

// known sums the pixels that are not NaN.
func known(r, g, b []float32) (sr, sg, sb, n float32) {
	for i := range r {
		if s := r[i] + g[i] + b[i]; s == s {
			sr, sg, sb, n = sr+r[i], sg+g[i], sb+b[i], n+1
		}
	}
	return sr, sg, sb, n
}

// finish turns sums into means and counts into shares.
func (k blockRow) finish() {
	area := float32(k.step * k.step)
	part := 1 / area
	for i, n := range k.n {
		if n == area {
			k.r[i] *= part
			k.g[i] *= part
			k.b[i] *= part
			k.n[i] = 1
		} else if n > 0 {
			k.r[i] /= n
			k.g[i] /= n
			k.b[i] /= n
			k.n[i] = n / area
		}
	}
}

// coarser is the mean light over blocks of k×k pixels of a, each by its weight. The planes
// are its own.
func (a averaged) coarser(k int) averaged {
	out := a.blank(k)
	raster.Bands(out.weight.H, func(top, bottom int) {
		for j := top; j < bottom; j++ {
			out.take(a, j, k)
		}
	})
	return out
}

// whole reports whether all pixels count wholly; coarser are the weights of blocks of k×k: where
// one counts wholly, so do its pixels.
func (a averaged) whole(coarser *raster.Plane, k int) bool {
	for i, w := range coarser.Pix {
		if w == 1 {
			continue
		}
		x, y := i%coarser.W*k, i/coarser.W*k
		for v := y; v < min(y+k, a.weight.H); v++ {
			for _, w := range a.weight.Row(v)[x:min(x+k, a.weight.W)] {
				if w != 1 {
					return false
				}
			}
		}
	}
	return true
}

// blank has room for blocks of k×k pixels of a.
func (a averaged) blank(k int) averaged {
	w, h := (a.weight.W+k-1)/k, (a.weight.H+k-1)/k
	return averaged{rgb: raster.NewRGB(w, h), weight: raster.New(w, h)}
}

// take fills its blank j-th row with blocks of k×k pixels.
func (a averaged) take(of averaged, j, k int) {
	row := a.blocks(j, k)
	for y := j * k; y < min((j+1)*k, of.weight.H); y++ {
		row.weigh(of.rgb.R.Row(y), of.rgb.G.Row(y), of.rgb.B.Row(y), of.weight.Row(y))
	}
	row.finish()
}

// weigh sums one row of pixels into their blocks, each by its weight.
func (k blockRow) weigh(r, g, b, n []float32) {
	r, g, b = r[:len(n)], g[:len(n)], b[:len(n)]
	for from, i := 0, 0; from < len(n); from, i = from+k.step, i+1 {
		sr, sg, sb, sn := k.r[i], k.g[i], k.b[i], k.n[i]
		for x := from; x < min(from+k.step, len(n)); x++ {
			if w := n[x]; w > 0 {
				sr, sg, sb, sn = sr+float32(w*r[x]), sg+float32(w*g[x]), sb+float32(w*b[x]), sn+w
			}
		}
		k.r[i], k.g[i], k.b[i], k.n[i] = sr, sg, sb, sn
	}
}
