package roi

import (
	"errors"
	"math"

	"dermtrace/internal/geom"
)

var (
	// ErrHorizon is returned for an outline that a transform takes to or beyond its
	// horizon: part of the region has no image.
	ErrHorizon = errors.New("roi: the region reaches the horizon of the transform")
	// ErrCollapsed is returned for an outline whose image encloses nothing.
	ErrCollapsed = errors.New("roi: the region has no area after the transform")
)

// minCarriedArea is the least area in square pixels that an image must have: one pixel.
const minCarriedArea = 1

// Carry takes an outline from photo a to photo b. A projective transform keeps lines
// straight, so carrying the corners is exact: its denominator is linear, hence
// positive on the whole region where it is at all corners.
func Carry(g geom.Polygon, bFromA geom.Transform) (geom.Polygon, error) {
	return finish(carried(g, bFromA.Apply))
}

// maxSplits bounds how often a bent side is halved; 2⁶ pieces follow any warp whose
// nodes stand farther apart than a side's 64th.
const maxSplits = 6

// CarryBent takes an outline along a warp that bends lines. Sides are halved until the
// images of their middle and quarter points (an S bends about its middle) lie within
// tolPx of the straight line between the images of their ends.
func CarryBent(g geom.Polygon, bFromA func(geom.Point) geom.Point, tolPx float64) (geom.Polygon, error) {
	var out geom.Polygon
	for i, a := range g {
		b := g[(i+1)%len(g)]
		out = append(out, bFromA(a))
		out = bend(out, bentSide{a, b, bFromA(a), bFromA(b)}, bFromA, tolPx, maxSplits)
	}
	return finish(out)
}

// bentSide is a side and the images of its ends.
type bentSide struct{ a, b, imageA, imageB geom.Point }

// bend appends the inner points of a side.
func bend(out geom.Polygon, s bentSide, bFromA func(geom.Point) geom.Point, tolPx float64, splits int) geom.Polygon {
	if splits == 0 {
		return out
	}
	straight := true
	for _, f := range []float64{0.25, 0.5, 0.75} {
		straight = straight && besidePx(s.imageA, s.imageB, bFromA(between(s.a, s.b, f))) <= tolPx
	}
	if straight {
		return out
	}
	mid := between(s.a, s.b, 0.5)
	image := bFromA(mid)
	out = bend(out, bentSide{s.a, mid, s.imageA, image}, bFromA, tolPx, splits-1)
	out = append(out, image)
	return bend(out, bentSide{mid, s.b, image, s.imageB}, bFromA, tolPx, splits-1)
}

// besidePx is the distance of p from the line segment a b.
func besidePx(a, b, p geom.Point) float64 {
	d, l := b.Sub(a), p.Sub(a)
	n2 := d.X*d.X + d.Y*d.Y
	if n2 == 0 {
		return l.Norm()
	}
	f := min(max((d.X*l.X+d.Y*l.Y)/n2, 0), 1)
	return p.Sub(between(a, b, f)).Norm()
}

func between(a, b geom.Point, f float64) geom.Point {
	return geom.Point{X: a.X + f*(b.X-a.X), Y: a.Y + f*(b.Y-a.Y)}
}

func carried(g geom.Polygon, f func(geom.Point) geom.Point) geom.Polygon {
	out := make(geom.Polygon, len(g))
	for i, p := range g {
		out[i] = f(p)
	}
	return out
}

func finish(g geom.Polygon) (geom.Polygon, error) {
	for _, p := range g {
		if math.IsNaN(p.X) || math.IsNaN(p.Y) || math.IsInf(p.X, 0) || math.IsInf(p.Y, 0) {
			return nil, ErrHorizon
		}
	}
	if !(g.Area() >= minCarriedArea) {
		return nil, ErrCollapsed
	}
	return g, nil
}

// Outside is the share of a region's area, 0 to 1, that a w×h photo does not show. The
// photo reaches half a pixel beyond the centres of its outermost pixels.
func Outside(g geom.Polygon, w, h int) float64 {
	area := g.Area()
	if area == 0 {
		return 0
	}
	seen := clip(g, geom.Point{X: -0.5, Y: -0.5}, geom.Point{X: float64(w) - 0.5, Y: float64(h) - 0.5}).Area()
	return min(max(1-seen/area, 0), 1)
}

// clip returns the part of a region inside the box from lo to hi (Sutherland & Hodgman
// 1974 Commun ACM 17:32). Parts of a concave region stay joined by sides of no width
// along the box, which enclose nothing.
func clip(g geom.Polygon, lo, hi geom.Point) geom.Polygon {
	for _, cut := range []func(geom.Point) float64{
		func(p geom.Point) float64 { return p.X - lo.X },
		func(p geom.Point) float64 { return hi.X - p.X },
		func(p geom.Point) float64 { return p.Y - lo.Y },
		func(p geom.Point) float64 { return hi.Y - p.Y },
	} {
		g = clipHalf(g, cut)
	}
	return g
}

// clipHalf keeps the side of a line where depth, linear in the point, is not negative.
func clipHalf(g geom.Polygon, depth func(geom.Point) float64) geom.Polygon {
	var out geom.Polygon
	for i, a := range g {
		b := g[(i+1)%len(g)]
		da, db := depth(a), depth(b)
		if da >= 0 {
			out = append(out, a)
		}
		if (da >= 0) != (db >= 0) {
			out = append(out, between(a, b, da/(da-db)))
		}
	}
	return out
}
