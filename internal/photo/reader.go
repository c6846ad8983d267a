package photo

import (
	"context"
	"io/fs"
	"sync"

	"dermtrace/internal/raster"
)

// A Reader opens photo after photo into the memory of those that it was given back:
// fresh memory costs a quarter of turning codes into light. The zero value is ready for
// use, from several goroutines.
type Reader struct {
	mu    sync.Mutex
	spare []*raster.RGB
}

// mostSpare bounds what a Reader holds: as many photos as are at work at once.
const mostSpare = 2

// Open is [Open].
func (r *Reader) Open(ctx context.Context, fsys fs.FS, name string, lim Limits) (*Photo, error) {
	s, err := OpenSource(ctx, fsys, name, lim)
	if err != nil {
		return nil, err
	}
	pixels := r.planes(s.W(), s.H())
	fill(pixels, s.turn, s.read)
	return &Photo{Meta: s.Meta, Pixels: pixels}, nil
}

// GiveBack takes the pixels of a photo that nobody will look at again.
func (r *Reader) GiveBack(pixels *raster.RGB) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.spare) < mostSpare {
		r.spare = append(r.spare, pixels)
	}
}

// planes are three of w×h pixels whose content is what it is.
func (r *Reader) planes(w, h int) *raster.RGB {
	r.mu.Lock()
	defer r.mu.Unlock()
	for i, c := range r.spare {
		n := w * h
		if cap(c.R.Pix) < n || cap(c.G.Pix) < n || cap(c.B.Pix) < n {
			continue
		}
		r.spare = append(r.spare[:i], r.spare[i+1:]...)
		again := func(p *raster.Plane) *raster.Plane { return &raster.Plane{W: w, H: h, Pix: p.Pix[:n]} }
		return &raster.RGB{R: again(c.R), G: again(c.G), B: again(c.B)}
	}
	return newRGB(w, h)
}
