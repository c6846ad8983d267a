package align

import (
	"dermtrace/internal/raster"
)

// counts is a summed-area table (Crow 1984): how many pixels of a rectangle are void.
type counts struct {
	w, h int
	sum  []int32
}

func countSet(set []bool, w, h int) *counts {
	c := &counts{w: w, h: h, sum: make([]int32, (w+1)*(h+1))}
	for y := range h {
		var row int32
		for x := range w {
			if set[y*w+x] {
				row++
			}
			c.sum[(y+1)*(w+1)+x+1] = c.sum[y*(w+1)+x+1] + row
		}
	}
	return c
}

// in returns the number of void pixels in [x0, x1) × [y0, y1), cut to the picture.
func (c *counts) in(x0, y0, x1, y1 int) int {
	x0, y0, x1, y1 = max(x0, 0), max(y0, 0), min(x1, c.w), min(y1, c.h)
	if x0 >= x1 || y0 >= y1 {
		return 0
	}
	s := c.w + 1
	return int(c.sum[y1*s+x1] - c.sum[y0*s+x1] - c.sum[y1*s+x0] + c.sum[y0*s+x0])
}

// voids marks the pixels that hold no picture: every square of side voidPx in which all
// pixels are clipped or equal to their neighbours. Such padding stands at the same place
// in every photo of a collection, so it would draw any two of them onto each other. The
// mark is widened by voidMarginPx, so that the padding's edge is covered too.
func voids(light *raster.Plane) []bool {
	w, h := light.W, light.H
	empty := make([]bool, w*h)
	raster.Bands(h, func(y0, y1 int) {
		for y := y0; y < y1; y++ {
			markEmpty(empty[y*w:(y+1)*w], light, y)
		}
	})
	c := countSet(empty, w, h)
	seeds := make([]bool, w*h)
	const r = voidPx / 2
	raster.Bands(h, func(y0, y1 int) {
		for y := y0; y < y1; y++ {
			for x := range w {
				x0, y0, x1, y1 := max(x-r, 0), max(y-r, 0), min(x+r+1, w), min(y+r+1, h)
				seeds[y*w+x] = empty[y*w+x] && c.in(x0, y0, x1, y1) == (x1-x0)*(y1-y0)
			}
		}
	})
	return widen(seeds, w, h, r+voidMarginPx)
}

// voidMarginPx is how far the edge of padding reaches into the picture: the ringing of an
// 8×8 JPEG block less what the seeds lost.
const voidMarginPx = 4

func markEmpty(dst []bool, light *raster.Plane, y int) {
	row, up, down := light.Row(y), light.Row(max(y-1, 0)), light.Row(min(y+1, light.H-1))
	for x, v := range row {
		flat := v == row[max(x-1, 0)] && v == row[min(x+1, len(row)-1)] && v == up[x] && v == down[x]
		dst[x] = flat || v < blackLight || v > whiteLight
	}
}

// widen marks every pixel with a marked one within r rows and columns.
func widen(set []bool, w, h, r int) []bool {
	c := countSet(set, w, h)
	out := make([]bool, w*h)
	raster.Bands(h, func(y0, y1 int) {
		for y := y0; y < y1; y++ {
			for x := range w {
				out[y*w+x] = c.in(x-r, y-r, x+r+1, y+r+1) > 0
			}
		}
	})
	return out
}

// halveVoid marks a pixel of the next level if any pixel under its kernel is marked.
func halveVoid(set []bool, w, h int) []bool {
	out := make([]bool, (w/2)*(h/2))
	for y := range h / 2 {
		for x := range w / 2 {
			i := 2*y*w + 2*x
			out[y*(w/2)+x] = set[i] || set[i+1] || set[i+w] || set[i+w+1]
		}
	}
	return out
}
