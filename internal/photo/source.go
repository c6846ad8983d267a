package photo

import (
	"context"
	"errors"
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
	if wrongFile := (*FormatError)(nil); errors.As(err, &wrongFile) && !pictureEnds(w, h) {
		err = wrong("is cut short", nil) // which decoders take for damage
	}
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
