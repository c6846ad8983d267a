package align

import (
	"dermtrace/internal/geom"
	"dermtrace/internal/raster"
)

// A view is what a result keeps of its pair: where either photo holds picture.
type view struct {
	// w and h are the frame's size, photoW and photoH the photo's.
	w, h, photoW, photoH int
	frame, photo         *level
}

func newView(f *Frame, p *photo) *view {
	return &view{f.w, f.h, p.w, p.h, f.red.levels[len(f.red.levels)-1], p.red[len(p.red)-1]}
}

// shows reports whether the photo holds picture at q.
func (v *view) shows(q geom.Point) bool {
	if !(q.X >= 0 && q.Y >= 0 && q.X <= float64(v.photoW-1) && q.Y <= float64(v.photoH-1)) {
		return false
	}
	return !v.photo.isVoid(v.photo.levelFromPhoto().Apply(q))
}

// holds reports whether the frame holds picture at p.
func (v *view) holds(p geom.Point) bool { return !v.frame.isVoid(v.frame.levelFromPhoto().Apply(p)) }

func (l *level) isVoid(q geom.Point) bool { return l.empty(q, q) }

// Shows reports whether both the frame and the photo hold picture, not padding, at the frame's point
// p. It is false everywhere for a result that Align did not make or that failed.
func (r Result) Shows(p geom.Point) bool {
	return r.view != nil && p.X >= 0 && p.Y >= 0 && p.X <= float64(r.view.w-1) && p.Y <= float64(r.view.h-1) &&
		r.view.holds(p) && r.view.shows(r.Apply(p))
}

// Mask returns Shows of every pixel of the frame as 1 or 0; nil where Shows is false by default.
func (r Result) Mask() *raster.Plane {
	if r.view == nil {
		return nil
	}
	m := raster.New(r.view.w, r.view.h)
	raster.Bands(m.H, func(y0, y1 int) {
		for y := y0; y < y1; y++ {
			row := m.Row(y)
			for x := range row {
				if r.Shows(geom.Point{X: float64(x), Y: float64(y)}) {
					row[x] = 1
				}
			}
		}
	})
	return m
}
