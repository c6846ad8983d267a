package align

import (
	"dermtrace/internal/geom"
	"dermtrace/internal/raster"
)

// voidTile is the side in pixels of the finest level of the tiles in which emptiness is kept.
const voidTile = 8

// A voidMap says where a photo holds no picture: padding, that is constant or clipped to the
// last pixel. Such padding stands at the same place in every photo of a collection, so it
// would draw any two of them onto each other.
type voidMap struct {
	w, h int
	sum  []int32
}

// voids marks the tiles of which all pixels, and those of all tiles around, are clipped or
// equal to their neighbours; then it widens the mark by two tiles, one to give back what the
// condition took and one for what a codec smears over the padding's edge. Smaller spots are
// hair and highlights and stay.
func voids(light *raster.Plane) *voidMap {
	w, h := (light.W+voidTile-1)/voidTile, (light.H+voidTile-1)/voidTile
	empty := make([]bool, w*h)
	raster.Parallel(h, func(j int) {
		for i := range w {
			empty[j*w+i] = emptyTile(light, i*voidTile, j*voidTile)
		}
	})
	c := countTiles(empty, w, h)
	seeds := make([]bool, w*h)
	for j := range h {
		for i := range w {
			x0, y0, x1, y1 := max(i-1, 0), max(j-1, 0), min(i+2, w), min(j+2, h)
			seeds[j*w+i] = c.tiles(x0, y0, x1, y1) == (x1-x0)*(y1-y0)
		}
	}
	s := countTiles(seeds, w, h)
	out := make([]bool, w*h)
	for j := range h {
		for i := range w {
			out[j*w+i] = s.tiles(i-2, j-2, i+3, j+3) > 0
		}
	}
	return countTiles(out, w, h)
}

func emptyTile(light *raster.Plane, x0, y0 int) bool {
	x1, y1 := min(x0+voidTile, light.W), min(y0+voidTile, light.H)
	for y := y0; y < y1; y++ {
		row, up := light.Row(y), light.Row(max(y-1, 0))
		for x := x0; x < x1; x++ {
			v := row[x]
			if v >= blackLight && v <= whiteLight && (v != row[max(x-1, 0)] || v != up[x]) {
				return false
			}
		}
	}
	return true
}

// countTiles makes a summed-area table (Crow 1984).
func countTiles(set []bool, w, h int) *voidMap {
	c := &voidMap{w: w, h: h, sum: make([]int32, (w+1)*(h+1))}
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

// tiles returns the number of marked tiles in [x0, x1) × [y0, y1), cut to the picture.
func (c *voidMap) tiles(x0, y0, x1, y1 int) int {
	x0, y0, x1, y1 = max(x0, 0), max(y0, 0), min(x1, c.w), min(y1, c.h)
	if x0 >= x1 || y0 >= y1 {
		return 0
	}
	s := c.w + 1
	return int(c.sum[y1*s+x1] - c.sum[y0*s+x1] - c.sum[y1*s+x0] + c.sum[y0*s+x0])
}

// empty reports whether any of the level's pixels between lo and hi is void. A level's pixel is
// l.step pixels of the finest level wide.
func (l *level) empty(lo, hi geom.Point) bool {
	tile := func(v float64) int { return int((v+0.5)*l.step-0.5) / voidTile }
	return l.void.tiles(tile(max(lo.X, 0)), tile(max(lo.Y, 0)), tile(max(hi.X, 0))+1, tile(max(hi.Y, 0))+1) > 0
}
