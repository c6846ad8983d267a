package raster

import (
	"slices"
	"sync"
)

// Picture is a picture that is read in parts: an [RGB], or a photo whose light is worked
// out where it is asked for. Parts may be read side by side.
type Picture interface {
	W() int
	H() int
	// Read fills part with the pixels from (x0, y0) on; all of them lie in the picture.
	Read(part *RGB, x0, y0 int)
}

// Read makes an RGB a [Picture].
func (c *RGB) Read(part *RGB, x0, y0 int) {
	to := part.Planes()
	for k, p := range c.Planes() {
		Bands(part.H(), func(a, b int) {
			for y := a; y < b; y++ {
				copy(to[k].Row(y), p.Row(y + y0)[x0:])
			}
		})
	}
}

// Box is the pixels [X0, X1) × [Y0, Y1) of a picture.
type Box struct{ X0, Y0, X1, Y1 int }

// Crop reads a box of a picture, which must lie inside it.
func Crop(c Picture, b Box) *RGB {
	out := NewRGB(b.X1-b.X0, b.Y1-b.Y0)
	c.Read(out, b.X0, b.Y0)
	return out
}

// Whole is all pixels of a picture: itself where it is an [RGB], which is not to be changed.
func Whole(c Picture) *RGB {
	if rgb, ok := c.(*RGB); ok {
		return rgb
	}
	return Crop(c, Box{X1: c.W(), Y1: c.H()})
}

// Window is a box of a picture as a picture.
func Window(c Picture, b Box) Picture { return window{c, b} }

type window struct {
	of  Picture
	box Box
}

func (w window) W() int { return w.box.X1 - w.box.X0 }
func (w window) H() int { return w.box.Y1 - w.box.Y0 }

func (w window) Read(part *RGB, x0, y0 int) { w.of.Read(part, w.box.X0+x0, w.box.Y0+y0) }

// rowsAtOnce is how many rows of a picture are worked out at once: few enough for the cache of a
// core. A quarter of them gained nothing.
const rowsAtOnce = 16

// EachRow calls fn with the rows of a box of a picture, from top to bottom. What it gets is
// to be read alone, and before it returns.
func EachRow(c Picture, b Box, fn func(y int, r, g, b []float32)) {
	EachRows(c, b, 1, func(y int, rows [][3][]float32) { fn(y, rows[0][0], rows[0][1], rows[0][2]) })
}

// EachRows is EachRow with the red, green and blue of n rows at once; the last may be fewer.
func EachRows(c Picture, b Box, n int, fn func(y int, rows [][3][]float32)) {
	rows := make([][3][]float32, n)
	groups := func(of *RGB, from, to, x0, x1, y int) {
		for ; from < to; from, y = from+n, y+n {
			some := rows[:min(n, to-from)]
			for i := range some {
				some[i] = [3][]float32{of.R.Row(from + i)[x0:x1], of.G.Row(from + i)[x0:x1], of.B.Row(from + i)[x0:x1]}
			}
			fn(y, some)
		}
	}
	if rgb, ok := c.(*RGB); ok {
		groups(rgb, b.Y0, b.Y1, b.X0, b.X1, b.Y0)
		return
	}
	eachStrip(c, b, max(1, rowsAtOnce/n)*n, func(y int, part *RGB) { groups(part, 0, part.H(), 0, part.W(), y) })
}

// strips are the memory of strips.
var strips = sync.Pool{New: func() any { return NewRGB(0, 0) }}

// sized makes c a picture of w×h pixels of any content.
func (c *RGB) sized(w, h int) *RGB {
	for _, p := range c.Planes() {
		p.W, p.H, p.Pix = w, h, slices.Grow(p.Pix[:0], w*h)[:w*h]
	}
	return c
}

// eachStrip reads a box in strips of so many rows, the last of which may be lower.
func eachStrip(c Picture, b Box, rows int, fn func(y int, part *RGB)) {
	if b.X1 <= b.X0 {
		return
	}
	strip := strips.Get().(*RGB)
	defer strips.Put(strip)
	part := strip.sized(b.X1-b.X0, max(0, min(rows, b.Y1-b.Y0)))
	for y := b.Y0; y < b.Y1; y += rows {
		part = part.top(min(rows, b.Y1-y))
		c.Read(part, b.X0, y)
		fn(y, part)
	}
}

// top is the first rows of c, which share its pixels.
func (c *RGB) top(rows int) *RGB {
	of := func(p *Plane) *Plane { return &Plane{W: p.W, H: rows, Pix: p.Pix[:rows*p.W]} }
	return &RGB{R: of(c.R), G: of(c.G), B: of(c.B)}
}
