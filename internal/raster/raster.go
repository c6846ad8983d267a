// Package raster holds pictures as planes of float32 and walks them in parallel.
//
// It answers one question: where are the pixels? A [Plane] is one quantity over a
// picture (linear light, melanin, shading, ...), an [RGB] is three of them. Pixels
// are row-major without padding; the centre of the top-left pixel is (0, 0), x
// points right, y down. Nothing here knows about colour or skin.
//
// # Determinism
//
// Parallel work runs over fixed bands of [BandRows] rows, whatever the number of
// cores, and [Sum] adds the bands' float64 sums in order, so every result is
// bit-identical for any GOMAXPROCS.
package raster

import "fmt"

// Plane is one quantity over a picture of W×H pixels. Pix has length W·H; pixel
// (x, y) is Pix[y*W+x]. The zero value is an empty plane.
type Plane struct {
	W, H int
	Pix  []float32
}

// New returns a W×H plane of zeros. It panics on a negative size.
func New(w, h int) *Plane {
	if w < 0 || h < 0 {
		panic(fmt.Sprintf("raster: negative size %d×%d", w, h))
	}
	return &Plane{W: w, H: h, Pix: make([]float32, w*h)}
}

// At returns the pixel (x, y), which must lie inside the plane.
func (p *Plane) At(x, y int) float32 { return p.Pix[y*p.W+x] }

// Set writes the pixel (x, y), which must lie inside the plane.
func (p *Plane) Set(x, y int, v float32) { p.Pix[y*p.W+x] = v }

// Row returns the pixels of row y; writing to it writes to the plane.
func (p *Plane) Row(y int) []float32 { return p.Pix[y*p.W : (y+1)*p.W : (y+1)*p.W] }

// Clone returns a copy that shares nothing with p.
func (p *Plane) Clone() *Plane {
	return &Plane{W: p.W, H: p.H, Pix: append([]float32(nil), p.Pix...)} // without clearing it first
}

// Crop returns a copy of the pixels [x0, x1) × [y0, y1), which must lie inside p.
func (p *Plane) Crop(x0, y0, x1, y1 int) *Plane {
	q := New(x1-x0, y1-y0)
	Bands(q.H, func(a, b int) {
		for y := a; y < b; y++ {
			copy(q.Row(y), p.Row(y + y0)[x0:x1])
		}
	})
	return q
}

// RGB is a picture in three planes of the same size. Between photo and render it
// holds linear light on the sRGB primaries: 0 is black, 1 the encoding's white;
// values outside [0, 1] are colours outside sRGB and are kept.
type RGB struct {
	R, G, B *Plane
}

// NewRGB returns a black picture of w×h pixels.
func NewRGB(w, h int) *RGB { return &RGB{R: New(w, h), G: New(w, h), B: New(w, h)} }

// W is the width in pixels.
func (c *RGB) W() int { return c.R.W }

// H is the height in pixels.
func (c *RGB) H() int { return c.R.H }

// Planes lists the three planes in the order red, green, blue.
func (c *RGB) Planes() [3]*Plane { return [3]*Plane{c.R, c.G, c.B} }

// Crop returns a copy of the pixels [x0, x1) × [y0, y1), which must lie inside c.
func (c *RGB) Crop(x0, y0, x1, y1 int) *RGB {
	return &RGB{R: c.R.Crop(x0, y0, x1, y1), G: c.G.Crop(x0, y0, x1, y1), B: c.B.Crop(x0, y0, x1, y1)}
}
