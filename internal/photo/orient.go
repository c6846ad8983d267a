package photo

import (
	"slices"

	"dermtrace/internal/raster"
)

// swapsSides reports that an EXIF orientation lies on its side (CIPA DC-008, 4.6.4).
func swapsSides(orientation int) bool { return orientation >= 5 && orientation <= 8 }

// orient makes upright planes from a stored picture of w×h pixels.
func orient(orientation, w, h int, read rowReader) *raster.RGB {
	if swapsSides(orientation) {
		w, h = h, w
	}
	out := raster.NewRGB(w, h)
	fill(out, orientation, read)
	return out
}

// fill writes every pixel of upright planes from a stored picture.
func fill(out *raster.RGB, orientation int, read rowReader) {
	if swapsSides(orientation) {
		transpose(out, orientation, read)
		return
	}
	h := out.H()
	upsideDown := orientation == 3 || orientation == 4
	mirrored := orientation == 2 || orientation == 3
	raster.Bands(h, func(y0, y1 int) {
		for y := y0; y < y1; y++ {
			src := y
			if upsideDown {
				src = h - 1 - y
			}
			r, g, b := out.R.Row(y), out.G.Row(y), out.B.Row(y)
			read(src, 0, r, g, b)
			if mirrored {
				slices.Reverse(r)
				slices.Reverse(g)
				slices.Reverse(b)
			}
		}
	})
}

// tile is how many stored rows are turned at once: three blocks of as many rows fit in
// the first level of cache.
const tile = 32

// transpose fills planes of h×w pixels: stored columns become rows. A band of rows
// reads the stored columns that belong to it, in blocks.
func transpose(out *raster.RGB, orientation int, read rowReader) {
	w, h := out.H(), out.W()
	fromRight := orientation == 7 || orientation == 8  // the first row is the last column
	fromBottom := orientation == 6 || orientation == 7 // the first column is the last row
	raster.Bands(w, func(y0, y1 int) {
		var block [3][tile][raster.BandRows]float32
		x0 := y0
		if fromRight {
			x0 = w - y1
		}
		n := y1 - y0
		for top := 0; top < h; top += tile {
			rows := min(tile, h-top)
			for k := range rows {
				read(top+k, x0, block[0][k][:n], block[1][k][:n], block[2][k][:n])
			}
			for i, p := range out.Planes() {
				place(p, &block[i], y0, n, top, rows, fromRight, fromBottom)
			}
		}
	})
}

// place writes a block of stored rows top..top+rows as columns of rows y0..y0+n.
func place(p *raster.Plane, block *[tile][raster.BandRows]float32, y0, n, top, rows int, fromRight, fromBottom bool) {
	for j := range n {
		col := j
		if fromRight {
			col = n - 1 - j
		}
		row := p.Row(y0 + j)
		if fromBottom {
			row = row[p.W-top-rows:][:rows]
			for k := range row {
				row[k] = block[rows-1-k][col]
			}
			continue
		}
		row = row[top:][:rows]
		for k := range row {
			row[k] = block[k][col]
		}
	}
}
