package geom

import (
	"math"
	"testing"
)

var tilted = Transform{1.0688, 0.1568, -167.66, -0.1001, 1.0904, 119.05, 1.533e-05, 4.586e-05, 1}

func near(t *testing.T, what string, got, want, tol float64) {
	t.Helper()
	if !(math.Abs(got-want) <= tol) {
		t.Errorf("%s = %v, want %v ± %v", what, got, want, tol)
	}
}

func TestInverseBringsPointsBack(t *testing.T) {
	inv, err := tilted.Inverse()
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range []Point{{0, 0}, {1999, 0}, {300, 1499}} {
		q := inv.Apply(tilted.Apply(p))
		near(t, "distance", q.Sub(p).Norm(), 0, 1e-9)
		r := inv.Mul(tilted).Apply(p)
		near(t, "distance by product", r.Sub(p).Norm(), 0, 1e-9)
	}
}

// det J of a homography at a point is det H / w³ (Hartley & Zisserman 2004).
func TestLocalScaleMatchesTheClosedForm(t *testing.T) {
	for _, p := range []Point{{0, 0}, {1999, 1499}, {700, 100}} {
		w := tilted[6]*p.X + tilted[7]*p.Y + 1
		near(t, "scale", tilted.LocalScale(p), math.Sqrt(tilted.Det()/(w*w*w)), 1e-12)
	}
	near(t, "similarity", Similarity(1.7, 0.4, 3, 4).LocalScale(Point{9, 9}), 1.7, 1e-12)
}

func TestPointsBehindTheHorizonHaveNoImage(t *testing.T) {
	q := Transform{1, 0, 0, 0, 1, 0, -0.01, 0, 1}.Apply(Point{200, 0})
	if !math.IsNaN(q.X) || !math.IsNaN(q.Y) {
		t.Errorf("image = %v, want NaN", q)
	}
}

func TestSingularAndMirrored(t *testing.T) {
	if _, err := (Transform{1, 2, 0, 2, 4, 0, 0, 0, 1}).Inverse(); err != ErrSingular {
		t.Errorf("error = %v, want ErrSingular", err)
	}
	if !(Transform{-1, 0, 100, 0, 1, 0, 0, 0, 1}).Mirrors() || Identity().Mirrors() {
		t.Error("mirrored transforms are not told apart")
	}
}

func TestPolygon(t *testing.T) {
	g := Polygon{{0, 0}, {4, 0}, {4, 2}, {0, 2}}
	near(t, "area", g.Area(), 8, 0)
	c := g.Centroid()
	near(t, "centroid x", c.X, 2, 1e-12)
	near(t, "centroid y", c.Y, 1, 1e-12)
	lo, hi := g.Scaled(0.5).Bounds()
	near(t, "scaled, from", lo.X, 1, 1e-12)
	near(t, "scaled, to", hi.Y, 1.5, 1e-12)
	if g.Crosses() {
		t.Error("a rectangle does not cross itself")
	}
	if !(Polygon{{0, 0}, {4, 2}, {4, 0}, {0, 2}}).Crosses() {
		t.Error("a bow tie crosses itself")
	}
}
