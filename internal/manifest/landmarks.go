package manifest

import (
	"fmt"
	"math"

	"go.yaml.in/yaml/v3"

	"dermtrace/internal/geom"
)

const (
	minPairs = 3   // three points fix an affine map
	maxPairs = 200 // nobody clicks more
	// minSpreadPx is how far some landmark must lie from the line through two others:
	// points on one line leave the turn about it open. Project default.
	minSpreadPx = 10
)

// landmarks reads the pairs of points that a user set, by photo.
func (r *reader) landmarks(n *yaml.Node) []Landmarks {
	var list []Landmarks
	lines := map[string]int{}
	for _, c := range r.items(n, "landmarks") {
		l := Landmarks{line: c.Line}
		ok := r.mapping(c, "an entry of landmarks", []field{
			{"file", func(n *yaml.Node) { l.File = r.file(n, "file") }},
			{"pairs", func(n *yaml.Node) { l.Pairs = r.pairs(n) }},
		})
		first, twice := lines[l.File]
		switch {
		case !ok:
		case l.File == "":
			r.fail(c, "these landmarks have no file", "add file: and the name of the photo that is hard to align")
		case twice:
			r.fail(c, fmt.Sprintf("line %d has landmarks of %q too", first, l.File), "put all pairs of a photo into one entry")
		case len(l.Pairs) < minPairs:
			r.fail(c, fmt.Sprintf("%d pairs of landmarks are too few", len(l.Pairs)), fmt.Sprintf("mark at least %d points in both photos, far apart", minPairs))
		case !(spreadPx(l.Pairs, func(p Pair) geom.Point { return p.Frame }) >= minSpreadPx),
			!(spreadPx(l.Pairs, func(p Pair) geom.Point { return p.Photo }) >= minSpreadPx):
			r.fail(c, "the landmarks lie on one line or on one spot", "mark points that are far apart in both directions, as the corners of a triangle")
		default:
			lines[l.File] = c.Line
			list = append(list, l)
		}
	}
	return list
}

// pairs reads [[frame x, frame y, photo x, photo y], …].
func (r *reader) pairs(n *yaml.Node) []Pair {
	const form = "write [[frame x, frame y, photo x, photo y], …]"
	if n.Kind != yaml.SequenceNode {
		r.fail(n, "pairs must be a list", form)
		return nil
	}
	if len(n.Content) > maxPairs {
		r.fail(n, fmt.Sprintf("more than %d pairs of landmarks", maxPairs), "keep the surest ones")
		return nil
	}
	var list []Pair
	for _, c := range n.Content {
		if c.Kind != yaml.SequenceNode || len(c.Content) != 4 {
			r.fail(c, "a pair of landmarks must be four numbers", form)
			return nil
		}
		var v [4]float64
		for i, m := range c.Content {
			var ok bool
			if v[i], ok = r.number(m, [4]string{"frame x", "frame y", "photo x", "photo y"}[i], -0.5, maxReach); !ok {
				return nil
			}
		}
		list = append(list, Pair{geom.Point{X: v[0], Y: v[1]}, geom.Point{X: v[2], Y: v[3]}})
	}
	return list
}

// spreadPx is the distance of the points from the line through the two that lie
// farthest apart (seen from the first), the largest of them.
func spreadPx(pairs []Pair, of func(Pair) geom.Point) float64 {
	a, b := of(pairs[0]), of(pairs[0])
	for _, p := range pairs {
		if of(p).Sub(a).Norm() > b.Sub(a).Norm() {
			b = of(p)
		}
	}
	d := b.Sub(a)
	if d.Norm() == 0 {
		return 0
	}
	far := 0.0
	for _, p := range pairs {
		q := of(p).Sub(a)
		far = max(far, math.Abs(d.X*q.Y-d.Y*q.X)/d.Norm())
	}
	return far
}

// LandmarksOf returns the landmarks of a photo of w×h pixels, nil for none, and
// [Problems] for points beside it.
func (s *Series) LandmarksOf(file string, w, h int) ([]Pair, error) {
	for _, l := range s.Landmarks {
		if l.File != file {
			continue
		}
		if p := l.beside("the photo", w, h, func(pair Pair) geom.Point { return pair.Photo }); len(p) > 0 {
			return nil, p
		}
		return l.Pairs, nil
	}
	return nil, nil
}

// beside names the landmarks that lie outside a picture of w×h pixels.
func (l Landmarks) beside(what string, w, h int, of func(Pair) geom.Point) Problems {
	var list Problems
	for i, p := range l.Pairs {
		q := of(p)
		if !(q.X >= -0.5 && q.Y >= -0.5 && q.X < float64(w)-0.5 && q.Y < float64(h)-0.5) {
			list = append(list, Problem{FileName, l.line, fmt.Sprintf("pair %d of the landmarks of %q lies outside %s at (%v, %v)", i+1, l.File, what, q.X, q.Y),
				fmt.Sprintf("it has %d×%d pixels; mark the point again", w, h)})
		}
	}
	return list
}

// Recovery of redness after microneedling takes one day with short needles and some weeks
// where it is combined with other treatments.
const minRecoveryDays, maxRecoveryDays = 1, 60

// days reads a whole number of days.
func (r *reader) days(n *yaml.Node, key string) int {
	v, ok := r.number(n, key, minRecoveryDays, maxRecoveryDays)
	if ok && v != math.Trunc(v) {
		r.fail(n, fmt.Sprintf("%s is %s", key, n.Value), "write whole days, as 7")
		return 0
	}
	return int(v)
}

// checkGuardian holds that somebody consented for a minor.
func (r *reader) checkGuardian(s *Series) {
	if s.Minor && s.Guardian == "" {
		r.failAt(s.lines["minor"], "the subject is a minor, and no guardian is named", "add guardian: and the name of who consented")
	}
}
