package manifest

import (
	"fmt"
	"slices"

	"go.yaml.in/yaml/v3"

	"dermtrace/internal/geom"
)

// JoinRings makes one outline of a region that has several pieces or holes: rings that
// do not cross one another, of which a point is inside the region where it is inside
// an odd number of them. Rings inside an odd number of others are turned the other way
// round, which makes the shoelace formula subtract them; [Bridge] does the rest.
func JoinRings(rings []geom.Polygon) geom.Polygon {
	turned := make([]geom.Polygon, len(rings))
	for i, g := range rings {
		depth := 0
		for j, o := range rings {
			if i != j && encloses(o, g[0]) {
				depth++
			}
		}
		turned[i] = g
		if (signedArea(g) < 0) != (depth%2 == 1) {
			turned[i] = reversed(g)
		}
	}
	return Bridge(turned)
}

// Bridge strings rings together by bridges that are walked there and back. Under the
// even-odd rule a side that is walked twice decides nothing, so that the outline
// encloses exactly what the rings enclose, also after any transform.
func Bridge(rings []geom.Polygon) geom.Polygon {
	if len(rings) == 0 {
		return nil
	}
	out := append(geom.Polygon{}, rings[0]...)
	if len(rings) == 1 {
		return out
	}
	home := rings[0][0]
	out = append(out, home)
	for _, g := range rings[1:] {
		out = append(append(append(out, g...), g[0]), home)
	}
	return out[:len(out)-1] // the last side closes it
}

// Rings takes an outline that [Bridge] made apart again, so that its bridges need not
// be drawn. Any other outline is one ring.
func Rings(g geom.Polygon) []geom.Polygon {
	if len(g) == 0 {
		return nil
	}
	back := -1
	for i := 3; i < len(g); i++ {
		if g[i] == g[0] {
			back = i
			break
		}
	}
	if back < 0 {
		return []geom.Polygon{g}
	}
	rings := []geom.Polygon{g[:back]}
	for i := back + 1; i < len(g); {
		end := i + 3
		for end < len(g) && g[end] != g[i] {
			end++
		}
		if end >= len(g) {
			return []geom.Polygon{g}
		}
		rings = append(rings, g[i:end])
		i = end + 2 // over the ring's first point and the bridge's end
	}
	return rings
}

func signedArea(g geom.Polygon) float64 {
	var s float64
	for i, p := range g {
		q := g[(i+1)%len(g)]
		s += p.X*q.Y - q.X*p.Y
	}
	return s / 2
}

func reversed(g geom.Polygon) geom.Polygon {
	out := make(geom.Polygon, len(g))
	for i, p := range g {
		out[(len(g)-i)%len(g)] = p // the first point stays
	}
	return out
}

// encloses is the even-odd rule for one point.
func encloses(g geom.Polygon, p geom.Point) bool {
	in := false
	for i, a := range g {
		b := g[(i+1)%len(g)]
		if (a.Y <= p.Y) != (b.Y <= p.Y) && p.X >= a.X+(p.Y-a.Y)*(b.X-a.X)/(b.Y-a.Y) {
			in = !in
		}
	}
	return in
}

// ringsMeet reports whether two rings cross.
func ringsMeet(a, b geom.Polygon) bool {
	loA, hiA := a.Bounds()
	loB, hiB := b.Bounds()
	if hiA.X < loB.X || hiB.X < loA.X || hiA.Y < loB.Y || hiB.Y < loA.Y {
		return false
	}
	turn := func(p, q, r geom.Point) float64 { return (q.X-p.X)*(r.Y-p.Y) - (q.Y-p.Y)*(r.X-p.X) }
	for i, p := range a {
		q := a[(i+1)%len(a)]
		for j, u := range b {
			v := b[(j+1)%len(b)]
			if turn(p, q, u)*turn(p, q, v) < 0 && turn(u, v, p)*turn(u, v, q) < 0 {
				return true
			}
		}
	}
	return false
}

// maxRings bounds the pieces and holes of one region: they are held against each other.
const maxRings = 200

// polygons reads a region that has several pieces or holes: rings, of which a point is
// in the region where it is inside an odd number.
func (r *reader) polygons(n *yaml.Node) geom.Polygon {
	if n.Kind != yaml.SequenceNode || len(n.Content) == 0 || len(n.Content) > maxRings {
		r.fail(n, fmt.Sprintf("polygons must be a list of 1 to %d polygons", maxRings), "write [[[x, y], [x, y], [x, y]], …], holes too")
		return nil
	}
	var rings []geom.Polygon
	points := 0
	for _, c := range n.Content {
		g := r.polygon(c)
		if g == nil {
			return nil
		}
		points += len(g)
		rings = append(rings, g)
	}
	if points > maxPoints {
		r.fail(n, fmt.Sprintf("too many points: the polygons of one region may have %d together", maxPoints), "draw it with fewer points")
		return nil
	}
	for i, a := range rings {
		for _, b := range rings[:i] {
			if slices.Equal(a, b) {
				r.fail(n, "two polygons of this region are the same", "delete one of them")
				return nil
			}
			if ringsMeet(a, b) {
				r.fail(n, "the polygons of this region cross each other", "draw pieces and holes so that they do not touch, or make two regions of them")
				return nil
			}
		}
	}
	joined := JoinRings(rings)
	if !(joined.Area() >= 1) {
		r.fail(n, "the polygons enclose less than one pixel", "check that they are not almost the same")
		return nil
	}
	return joined
}
