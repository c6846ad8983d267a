// Package roi answers: which pixels count, and where is skin?
//
// Regions are polygons in pixels, the centre of the top-left pixel is (0, 0). One rule
// decides everywhere: a pixel counts if and only if its centre is inside the outline by
// the even-odd rule, half-open (see [Rasterize]), so that two regions that share a
// side share no pixel and lose none. [Carry] takes outlines from photo to photo,
// [Tiles] splits control skin into the half that sets the light and the half that is
// measured, [FindSkin] outlines skin in linear light where nobody drew a region.
//
// It refuses outlines that reach the horizon of a transform, control regions too small
// to split, and pictures in which nothing has the colour of skin.
package roi

import (
	"bytes"
	"slices"
	"unsafe"
)

// Mask is a set of pixels of a photo: a box and, row by row, which of its pixels are
// in. Hot loops walk it by [Mask.Runs], which hands out whole stretches of a row, so
// that the inner loop runs over plain slices without a test per pixel.
type Mask struct {
	X0, Y0 int    // top-left pixel of the box, in photo pixels
	W, H   int    // size of the box
	In     []bool // row-major, W·H
}

// newMask returns the empty set in the box [x0, x1) × [y0, y1).
func newMask(x0, y0, x1, y1 int) *Mask {
	if x1 <= x0 || y1 <= y0 {
		return &Mask{}
	}
	return &Mask{X0: x0, Y0: y0, W: x1 - x0, H: y1 - y0, In: make([]bool, (x1-x0)*(y1-y0))}
}

// Bounds returns the box [x0, x1) × [y0, y1) in photo pixels.
func (m *Mask) Bounds() (x0, y0, x1, y1 int) { return m.X0, m.Y0, m.X0 + m.W, m.Y0 + m.H }

// Contains reports whether the photo's pixel (x, y) is in the set.
func (m *Mask) Contains(x, y int) bool {
	x, y = x-m.X0, y-m.Y0
	return x >= 0 && y >= 0 && x < m.W && y < m.H && m.In[y*m.W+x]
}

// Row returns the membership of photo row y, which must cross the box; its first
// entry is the pixel X0.
func (m *Mask) Row(y int) []bool { return m.In[(y-m.Y0)*m.W : (y-m.Y0+1)*m.W] }

// Runs calls fn for each unbroken stretch [x0, x1) of photo row y that is in the set,
// from left to right; rows beside the box have none.
func (m *Mask) Runs(y int, fn func(x0, x1 int)) {
	if y < m.Y0 || y >= m.Y0+m.H {
		return
	}
	row := octets(m.Row(y))
	for end := 0; ; {
		next := bytes.IndexByte(row[end:], 1)
		if next < 0 {
			return
		}
		start := end + next
		if next = bytes.IndexByte(row[start:], 0); next < 0 {
			next = len(row) - start
		}
		end = start + next
		fn(m.X0+start, m.X0+end)
	}
}

// RunFrom is where the stretch of row y that begins at x ends, at most at limit; x where that
// pixel is not in the set.
func (m *Mask) RunFrom(x, y, limit int) int {
	limit = min(limit, m.X0+m.W)
	if y < m.Y0 || y >= m.Y0+m.H || x < m.X0 || x >= limit {
		return x
	}
	if n := bytes.IndexByte(octets(m.Row(y)[x-m.X0:limit-m.X0]), 0); n >= 0 {
		return x + n
	}
	return limit
}

// octets is a row in bytes, 1 for true, which are searched a vector at a time: masks of
// large photos are walked more often than their pixels.
func octets(in []bool) []byte {
	return unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(in))), len(in))
}

// Count is the number of pixels in the set.
func (m *Mask) Count() int { return bytes.Count(octets(m.In), []byte{1}) }

// Empty reports whether no pixel is in the set.
func (m *Mask) Empty() bool { return bytes.IndexByte(octets(m.In), 1) < 0 }

// And returns the pixels that are in both sets.
func (m *Mask) And(o *Mask) *Mask {
	out := newMask(max(m.X0, o.X0), max(m.Y0, o.Y0), min(m.X0+m.W, o.X0+o.W), min(m.Y0+m.H, o.Y0+o.H))
	for y := out.Y0; y < out.Y0+out.H; y++ {
		dst := out.Row(y)
		a, b := m.Row(y)[out.X0-m.X0:], o.Row(y)[out.X0-o.X0:]
		for i := range dst {
			dst[i] = a[i] && b[i]
		}
	}
	return out
}

// Subtract returns the pixels of m that are not in o.
func (m *Mask) Subtract(o *Mask) *Mask {
	out := &Mask{X0: m.X0, Y0: m.Y0, W: m.W, H: m.H, In: slices.Clone(m.In)}
	for y := max(m.Y0, o.Y0); y < min(m.Y0+m.H, o.Y0+o.H); y++ {
		row := out.Row(y)
		o.Runs(y, func(x0, x1 int) {
			if x0, x1 = max(x0-m.X0, 0), min(x1-m.X0, m.W); x0 < x1 {
				clear(row[x0:x1])
			}
		})
	}
	return out
}

// Or returns the pixels that are in either set.
func (m *Mask) Or(o *Mask) *Mask {
	switch {
	case len(m.In) == 0:
		return o.Subtract(&Mask{})
	case len(o.In) == 0:
		return m.Subtract(&Mask{})
	}
	out := newMask(min(m.X0, o.X0), min(m.Y0, o.Y0), max(m.X0+m.W, o.X0+o.W), max(m.Y0+m.H, o.Y0+o.H))
	for _, part := range []*Mask{m, o} {
		for y := part.Y0; y < part.Y0+part.H; y++ {
			dst := out.Row(y)[part.X0-out.X0:]
			for i, in := range part.Row(y) {
				dst[i] = dst[i] || in
			}
		}
	}
	return out
}
