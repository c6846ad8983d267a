package geom

import "math"

// Polygon is a closed outline; the last point joins the first.
type Polygon []Point

// Area is the enclosed area in square pixels (shoelace formula), never negative.
func (g Polygon) Area() float64 {
	var s float64
	for i, p := range g {
		q := g[(i+1)%len(g)]
		s += p.X*q.Y - q.X*p.Y
	}
	return math.Abs(s) / 2
}

// Bounds returns the smallest and the largest corner coordinates.
func (g Polygon) Bounds() (lo, hi Point) {
	lo, hi = Point{math.Inf(1), math.Inf(1)}, Point{math.Inf(-1), math.Inf(-1)}
	for _, p := range g {
		lo.X, lo.Y = math.Min(lo.X, p.X), math.Min(lo.Y, p.Y)
		hi.X, hi.Y = math.Max(hi.X, p.X), math.Max(hi.Y, p.Y)
	}
	return lo, hi
}

// Centroid is the centre of the enclosed area, or the mean of the corners where the
// area is 0.
func (g Polygon) Centroid() Point {
	var a, x, y, mx, my float64
	for i, p := range g {
		q := g[(i+1)%len(g)]
		c := p.X*q.Y - q.X*p.Y
		a += c
		x += (p.X + q.X) * c
		y += (p.Y + q.Y) * c
		mx += p.X / float64(len(g))
		my += p.Y / float64(len(g))
	}
	if a == 0 {
		return Point{mx, my}
	}
	return Point{x / (3 * a), y / (3 * a)}
}

// Scaled is the outline made so many times as large about its centroid.
func (g Polygon) Scaled(by float64) Polygon {
	c, scaled := g.Centroid(), make(Polygon, len(g))
	for i, p := range g {
		d := p.Sub(c)
		scaled[i] = Point{c.X + float64(by*d.X), c.Y + float64(by*d.Y)}
	}
	return scaled
}

// Crosses reports whether two sides of the outline that are no neighbours meet, in
// which case "inside" is ambiguous.
func (g Polygon) Crosses() bool {
	n := len(g)
	for i := range n {
		for j := i + 2; j < n; j++ {
			if i == 0 && j == n-1 {
				continue
			}
			if segmentsMeet(g[i], g[i+1], g[j], g[(j+1)%n]) {
				return true
			}
		}
	}
	return false
}

func segmentsMeet(a, b, c, d Point) bool {
	return turn(a, b, c)*turn(a, b, d) < 0 && turn(c, d, a)*turn(c, d, b) < 0
}

// turn is positive where a → b → c turns clockwise on screen (y down).
func turn(a, b, c Point) float64 { return (b.X-a.X)*(c.Y-a.Y) - (b.Y-a.Y)*(c.X-a.X) }
