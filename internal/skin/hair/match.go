package hair

import (
	"cmp"
	"math"
	"slices"

	"dermtrace/internal/geom"
	"dermtrace/internal/roi"
)

// Fates of hairs between two visits.
const (
	Persisted = "persisted"
	Lost      = "lost"
	New       = "new"
)

// How near two centre lines of one hair lie (project defaults): the error of alignment,
// and of hair that has bent.
const (
	joinMM  = 0.3
	joinDir = 40 * math.Pi / 180
)

// Visit is the hair of one visit with where it lies.
type Visit struct {
	Found        *Found
	FrameFromRGB geom.Transform // pixels of the region's RGB to millimetres in the common frame
}

// Matched is one hair seen at either visit.
type Matched struct {
	At    geom.Point // middle of its centre line, millimetres in the common frame
	Fate  string
	Whole bool // both visits show both of its ends' surroundings: it lies inside both regions
}

// Match joins the hairs of two visits one to one, from the closest on. A hair counts if
// it is sure at either visit, and is lost or new only if the other shows nothing of it
// even at the lower threshold: what merely hovers at the threshold persists, at both
// visits alike, so that chance alone loses and gains as many.
func Match(before, after Visit) []Matched {
	a, b := before.lines(), after.lines()
	partner := join(a, b)
	taken := make([]bool, len(b))
	var list []Matched
	for i, l := range a {
		j := partner[i]
		switch {
		case j >= 0:
			taken[j] = true
			if l.sure || b[j].sure {
				list = append(list, Matched{l.middle(), Persisted, true})
			}
		case l.sure:
			list = append(list, Matched{l.middle(), Lost, after.shows(l)})
		}
	}
	for j, l := range b {
		if !taken[j] && l.sure {
			list = append(list, Matched{l.middle(), New, before.shows(l)})
		}
	}
	return list
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

func (v Visit) lines() []line {
	var list []line
	for _, h := range v.Found.Hairs {
		l := line{sure: h.Sure}
		for _, p := range h.Line {
			l.points = append(l.points, v.FrameFromRGB.Apply(p))
		}
		list = append(list, l)
	}
	return list
}

// shows reports whether the middle of a hair lies inside the visit's region.
func (v Visit) shows(l line) bool {
	rgbFromFrame, err := v.FrameFromRGB.Inverse()
	if err != nil {
		return false
	}
	p := rgbFromFrame.Apply(l.middle())
	return v.Found.sheet.region.Mask.Contains(int(math.Round(p.X)), int(math.Round(p.Y)))
}

// join pairs lines one to one; −1 where a line of a has no partner.
func join(a, b []line) []int {
	type pair struct {
		i, j     int
		distance float64
	}
	var pairs []pair
	for i, l := range a {
		for j, m := range b {
			if math.Abs(l.middle().X-m.middle().X) > 10 || between(l.heading(), m.heading()) > joinDir {
				continue
			}
			if d := apart(l, m); d <= joinMM {
				pairs = append(pairs, pair{i, j, d})
			}
		}
	}
	slices.SortFunc(pairs, func(p, q pair) int {
		return cmp.Or(cmp.Compare(p.distance, q.distance), cmp.Compare(p.i, q.i), cmp.Compare(p.j, q.j))
	})
	partner, taken := make([]int, len(a)), make([]bool, len(b))
	for i := range partner {
		partner[i] = -1
	}
	for _, p := range pairs {
		if partner[p.i] < 0 && !taken[p.j] {
			partner[p.i], taken[p.j] = p.j, true
		}
	}
	return partner
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

// Mask is the pixels of the region's RGB that hair covers, marginMM to each side of its
// centre lines: what measures of the skin beneath leave out. Unsure hairs and pieces too
// short to count are in it.
func (f *Found) Mask(marginMM float64) *roi.Mask {
	rgb := f.sheet.region.RGB
	m := &roi.Mask{W: rgb.W(), H: rgb.H(), In: make([]bool, rgb.W()*rgb.H())}
	r := max(0.5, marginMM*f.PxPerMM)
	for _, h := range slices.Concat(f.Hairs, f.tooShort) {
		for i, p := range h.Line {
			q := h.Line[max(i-1, 0)]
			for k := range 1 + int(p.Sub(q).Norm()) {
				t := float64(k) / max(1, p.Sub(q).Norm())
				disc(m, geom.Point{X: p.X + t*(q.X-p.X), Y: p.Y + t*(q.Y-p.Y)}, r)
			}
		}
	}
	return m
}

func disc(m *roi.Mask, p geom.Point, r float64) {
	for y := max(0, int(math.Ceil(p.Y-r))); y <= min(m.H-1, int(p.Y+r)); y++ {
		for x := max(0, int(math.Ceil(p.X-r))); x <= min(m.W-1, int(p.X+r)); x++ {
			if math.Hypot(float64(x)-p.X, float64(y)-p.Y) <= r {
				m.In[y*m.W+x] = true
			}
		}
	}
}
