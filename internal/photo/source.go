package photo

import (
	"context"
	"io/fs"
	"sync"

	"dermtrace/internal/raster"
)

// Source is an opened photo whose light is worked out where it is asked for: who only
// judges a photo needs a twentieth of it. Its methods may run side by side.
type Source struct {
	Meta
	read rowReader
	w, h int // as stored
	turn int // EXIF orientation of what is stored

	mu    sync.Mutex
	small *raster.RGB // the photo shrunken by so much
	by    int
}

// OpenSource reads a photo as [Open] does, with the same errors.
func OpenSource(ctx context.Context, fsys fs.FS, name string, lim Limits) (*Source, error) {
	lim = lim.withDefaults()
	w, h, err := open(ctx, fsys, name, lim)
	if err != nil {
		return nil, err
	}
	defer w.close()
	data, sum, err := w.whole()
	if err != nil {
		return nil, named(err, name, h.format)
	}
	dec, err := decode(ctx, data, h, lim)
	if err != nil {
		return nil, named(err, name, h.format)
	}
	s := dec.source(h)
	s.Meta = h.meta(name, w.size)
	s.SHA256 = sum
	s.Warnings = add(s.Warnings, dec.warnings...)
	s.Width, s.Height = s.W(), s.H()
	return s, nil
}

// W is the width in pixels, upright.
func (s *Source) W() int {
	if swapsSides(s.turn) {
		return s.h
	}
	return s.w
}

// H is the height in pixels, upright.
func (s *Source) H() int {
	if swapsSides(s.turn) {
		return s.w
	}
	return s.h
}

// Photo works out all pixels.
func (s *Source) Photo() *Photo { return &Photo{Meta: s.Meta, Pixels: s.pixels()} }

func (s *Source) pixels() *raster.RGB { return s.Crop(0, 0, s.W(), s.H()) }

// Crop returns the pixels [x0, x1) × [y0, y1), which must lie inside the photo: those of
// [Source.Photo] there.
func (s *Source) Crop(x0, y0, x1, y1 int) *raster.RGB {
	return raster.Crop(s, raster.Box{X0: x0, Y0: y0, X1: x1, Y1: y1})
}

// Read makes a source a [raster.Picture].
func (s *Source) Read(part *raster.RGB, x0, y0 int) {
	x1, y1 := x0+part.W(), y0+part.H()
	if swapsSides(s.turn) {
		x0, y0, x1, y1 = y0, x0, y1, x1
	}
	fromRight, fromBottom := turnedAxes(s.turn)
	if fromRight {
		x0 = s.w - x1
	}
	if fromBottom {
		y0 = s.h - y1
	}
	fill(part, s.turn, func(y, x int, r, g, b []float32) { s.read(y+y0, x+x0, r, g, b) })
}

// Shrink is [raster.Shrink] of the photo, to be read alone. The latest is kept: who aligns a
// photo and who draws it ask for the same.
func (s *Source) Shrink(f int) *raster.RGB {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.small == nil || s.by != f {
		s.small, s.by = raster.Shrink(s, f), f
	}
	return s.small
}

// Thin is the photo shrunken by f, the mean of two stored rows of each block of f×f
// pixels (of all pixels up to f = 2): as good to find things in, at a fraction of the
// cost. Its pixel x is centred on f·x + (f−1)/2; what is left over at the right and
// bottom is dropped.
func (s *Source) Thin(f int) *raster.RGB {
	if f <= 1 {
		return s.pixels()
	}
	x0, y0 := 0, 0 // where blocks begin in what is stored
	fromRight, fromBottom := turnedAxes(s.turn)
	if fromRight {
		x0 = s.w % f
	}
	if fromBottom {
		y0 = s.h % f
	}
	return orient(s.turn, s.w/f, s.h/f, func(y, x int, r, g, b []float32) {
		n := max(1, thinAtOnce/f)
		buf := make([]float32, 3*n*f)
		for at := 0; at < len(r); at += n {
			end := min(at+n, len(r))
			s.thinRow(y0+y*f, x0+(x+at)*f, f, buf, [3][]float32{r[at:end], g[at:end], b[at:end]})
		}
	})
}

// thinAtOnce is how many stored pixels of a row are read at once: what fits in the first
// level of cache.
const thinAtOnce = 512

// thinRow makes a stretch of one row from the blocks whose first pixel is stored at x, y.
func (s *Source) thinRow(y, x, f int, buf []float32, dst [3][]float32) {
	n := len(dst[0]) * f
	full := [3][]float32{buf[:n], buf[n : 2*n], buf[2*n : 3*n]}
	for _, d := range dst {
		clear(d)
	}
	for _, row := range [2]int{f / 4, f - 1 - f/4} {
		s.read(y+row, x, full[0], full[1], full[2])
		for k, d := range dst {
			addBlocks(d, full[k], f)
		}
	}
}

// addBlocks adds half the mean of each f values of a row.
func addBlocks(dst, row []float32, f int) {
	k := 1 / float32(2*f)
	for x := range dst {
		var sum float32
		for _, v := range row[:f] {
			sum += v
		}
		dst[x] += float32(sum * k)
		row = row[f:]
	}
}

// turnedAxes reports along which stored axes the upright picture runs backwards (CIPA
// DC-008, 4.6.4).
func turnedAxes(orientation int) (fromRight, fromBottom bool) {
	switch orientation {
	case 2, 8:
		return true, false
	case 3, 7:
		return true, true
	case 4, 6:
		return false, true
	}
	return false, false
}
