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
	half rowReader // of the photo shrunken by 2, which most ask for; nil: from read
	w, h int

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
func (s *Source) W() int { return s.w }

// H is the height in pixels, upright.
func (s *Source) H() int { return s.h }

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
	raster.Bands(part.H(), func(a, b int) {
		for y := a; y < b; y++ {
			s.read(y0+y, x0, part.R.Row(y), part.G.Row(y), part.B.Row(y))
		}
	})
}

// Shrink is [raster.Shrink] of the photo, to be read alone. The latest is kept: who aligns a
// photo and who draws it ask for the same.
func (s *Source) Shrink(f int) *raster.RGB {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.small == nil || s.by != f {
		s.small, s.by = s.shrunken(f), f
	}
	return s.small
}

func (s *Source) shrunken(f int) *raster.RGB {
	if f != 2 || s.half == nil {
		return raster.Shrink(s, f)
	}
	half := &Source{read: s.half, w: s.w / 2, h: s.h / 2}
	return half.pixels()
}

// Thin is the photo shrunken by f, the mean of two rows of each block of f×f pixels (of all
// pixels up to f = 2): as good to find things in, at a fraction of the cost. Its pixel x is
// centred on f·x + (f−1)/2; what is left over at the right and bottom is dropped.
func (s *Source) Thin(f int) *raster.RGB {
	if f <= 1 {
		return s.pixels()
	}
	out := raster.NewRGB(s.w/f, s.h/f)
	raster.Bands(out.H(), func(y0, y1 int) {
		n := max(1, thinAtOnce/f)
		buf := make([]float32, 3*n*f)
		for y := y0; y < y1; y++ {
			r, g, b := out.R.Row(y), out.G.Row(y), out.B.Row(y)
			for x := 0; x < len(r); x += n {
				end := min(x+n, len(r))
				s.thinRow(y*f, x*f, f, buf, [3][]float32{r[x:end], g[x:end], b[x:end]})
			}
		}
	})
	return out
}

// thinAtOnce is how many pixels of a row are read at once: what fits in the first
// level of cache.
const thinAtOnce = 512

// thinRow makes a stretch of one row from the blocks whose first pixel is at x, y.
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
