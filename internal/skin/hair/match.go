package hair

import (
	"math"

	"dermtrace/internal/geom"
	"dermtrace/internal/outcome"
	"dermtrace/internal/roi"
)

// How near two centre lines of one hair lie (project defaults): the error of alignment,
// and of hair that has bent.
const (
	joinMM  = 0.3
	joinDir = 40 * math.Pi / 180
)

// farMM is between the middles of two centre lines that are surely of two hairs: it keeps
// most pairs from being measured point by point (project default).
const farMM = 10

// Map is the hair of one visit with where it lies; it outlives the photo.
type Map struct {
	lines        []line
	shown        *roi.Mask // pixels of the region's RGB in which a hair would be found
	rgbFromFrame geom.Transform
}

// Map lists the hairs; frameFromRGB takes pixels of the region's RGB to millimetres in the
// common frame. The error is [geom.ErrSingular].
func (f *Found) Map(frameFromRGB geom.Transform) (*Map, error) {
	back, err := frameFromRGB.Inverse()
	if err != nil {
		return nil, err
	}
	m := &Map{shown: f.sheet.region.Mask, rgbFromFrame: back}
	for _, h := range f.Hairs {
		l := line{sure: h.Sure}
		for _, p := range h.Line {
			l.points = append(l.points, frameFromRGB.Apply(p))
		}
		m.lines = append(m.lines, l)
	}
	return m, nil
}

// Match joins the hairs of two visits one to one, from the closest on. A hair counts if
// it is sure at either visit, and is gone or new only if the other shows nothing of it
// even at the lower threshold: what merely hovers at the threshold persists, at both
// visits alike, so that chance alone loses and gains as many.
func Match(before, after *Map) outcome.Tally {
	partner := join(before.lines, after.lines)
	taken := make([]bool, len(after.lines))
	var t outcome.Tally
	for i, l := range before.lines {
		j := partner[i]
		if j >= 0 {
			taken[j] = true
		}
		switch {
		case j >= 0 && (l.sure || after.lines[j].sure):
			t.Persisted++
		case j < 0 && l.sure && after.shows(l):
			t.Gone++
		}
	}
	for j, l := range after.lines {
		if !taken[j] && l.sure && before.shows(l) {
			t.New++
		}
	}
	return t
}

// line is a hair in millimetres of the frame.
type line struct {
	points []geom.Point
	sure   bool
}

func (l line) middle() geom.Point { return l.points[len(l.points)/2] }

// heading is the direction of the hair from end to end, without a sense.
func (l line) heading() float64 {
	d := l.points[len(l.points)-1].Sub(l.points[0])
	return math.Atan2(d.Y, d.X)
}

// shows reports whether the middle of a hair lies inside the visit's region.
func (m *Map) shows(l line) bool {
	p := m.rgbFromFrame.Apply(l.middle())
	return m.shown.Contains(int(math.Round(p.X)), int(math.Round(p.Y)))
}

// join pairs lines one to one; −1 where a line of a has no partner.
func join(a, b []line) []int {
	var pairs []geom.Pair
	for i, l := range a {
		for j, m := range b {
			if math.Abs(l.middle().X-m.middle().X) > farMM || between(l.heading(), m.heading()) > joinDir {
				continue
			}
			if d := apart(l, m); d <= joinMM {
				pairs = append(pairs, geom.Pair{I: i, J: j, Distance: d})
			}
		}
	}
	return geom.Closest(pairs, len(a), len(b))
}

// apart is the mean distance of the shorter line's points from the longer.
func apart(l, m line) float64 {
	if len(l.points) > len(m.points) {
		l, m = m, l
	}
	var sum float64
	n := 0
	for i := 0; i < len(l.points); i += 3 {
		best := math.Inf(1)
		for j := 0; j < len(m.points); j += 2 {
			best = min(best, l.points[i].Sub(m.points[j]).Norm())
		}
		sum, n = sum+best, n+1
	}
	return sum / float64(n)
}
