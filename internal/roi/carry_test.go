package roi

import (
	"errors"
	"math"
	"testing"

	"dermtrace/internal/geom"

	"pgregory.net/rapid"
)

var tilted = geom.Transform{1.0688, 0.1568, -167.66, -0.1001, 1.0904, 119.05, 1.533e-05, 4.586e-05, 1}

// A point is inside a region where its image is inside the region's image.
func TestCarryKeepsInsideInside(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := geom.Polygon{{X: 300, Y: 300}, {X: 1100, Y: 380}, {X: 700, Y: 600}, {X: 1000, Y: 1200}, {X: 320, Y: 900}}
		p := geom.Point{X: rapid.Float64Range(250, 1150).Draw(t, "x"), Y: rapid.Float64Range(250, 1250).Draw(t, "y")}
		image, err := Carry(g, tilted)
		if err != nil {
			t.Fatal(err)
		}
		q := tilted.Apply(p)
		if inside(g, p.X, p.Y) != inside(image, q.X, q.Y) {
			t.Fatalf("%v and its image %v", p, q)
		}
	})
}

func TestCarryRefuses(t *testing.T) {
	folds := geom.Transform{1, 0, 0, 0, 1, 0, -0.01, 0, 1} // the horizon is at x = 100
	if _, err := Carry(box(10, 10, 90, 90), folds); err != nil {
		t.Errorf("before the horizon: %v", err)
	}
	for _, g := range []geom.Polygon{box(10, 10, 100, 90), box(10, 10, 200, 90), box(150, 10, 200, 90)} {
		if _, err := Carry(g, folds); !errors.Is(err, ErrHorizon) {
			t.Errorf("%v: %v, want ErrHorizon", g, err)
		}
	}
	if _, err := Carry(box(0, 0, 10, 10), geom.Scaling(0.01)); !errors.Is(err, ErrCollapsed) {
		t.Errorf("shrunken: %v, want ErrCollapsed", err)
	}
	nan := func(geom.Point) geom.Point { return geom.Point{X: math.NaN()} }
	if _, err := CarryBent(box(0, 0, 10, 10), nan, 0.1); !errors.Is(err, ErrHorizon) {
		t.Errorf("no numbers: %v, want ErrHorizon", err)
	}
}

// A straight side stays as it is; a bent one gets points until it follows within the
// tolerance everywhere.
func TestCarryBentFollowsTheWarp(t *testing.T) {
	g := box(0, 0, 400, 400)
	straight, err := CarryBent(g, tilted.Apply, 1e-6)
	if err != nil || len(straight) != 4 {
		t.Errorf("a projective warp gave %d points, %v", len(straight), err)
	}
	wave := func(p geom.Point) geom.Point { return geom.Point{X: p.X, Y: p.Y + 8*math.Sin(2*math.Pi*p.X/400)} }
	bent, err := CarryBent(g, wave, 0.1)
	if err != nil {
		t.Fatal(err)
	}
	for x := 0.0; x <= 400; x++ {
		if d := sideDistance(bent, wave(geom.Point{X: x})); !(d <= 0.15) {
			t.Errorf("the side lies %v px beside the warp at x = %v", d, x)
		}
	}
	if len(bent) > 4*64 {
		t.Errorf("%d points", len(bent))
	}
}

func sideDistance(g geom.Polygon, p geom.Point) float64 {
	best := math.Inf(1)
	for i, a := range g {
		best = min(best, besidePx(a, g[(i+1)%len(g)], p))
	}
	return best
}

func TestOutside(t *testing.T) {
	for _, c := range []struct {
		g    geom.Polygon
		want float64
	}{
		{box(0, 0, 50, 50), 0},
		{box(-0.5, -0.5, 99.5, 79.5), 0},
		{box(-50.5, 0, 49.5, 50), 0.5},
		{box(200, 200, 300, 300), 1},
		{box(-100.5, -80.5, 199.5, 159.5), 8. / 9},
		{geom.Polygon{{X: -10.5, Y: 0}, {X: 9.5, Y: 0}, {X: 9.5, Y: 30}, {X: -10.5, Y: 30}, {X: -10.5, Y: 20}, {X: -0.5, Y: 20}, {X: -0.5, Y: 10}, {X: -10.5, Y: 10}}, 0.4},
		{nil, 0},
	} {
		if got := Outside(c.g, 100, 80); !(math.Abs(got-c.want) <= 1e-12) {
			t.Errorf("%v: %v outside, want %v", c.g, got, c.want)
		}
	}
}
