package roi

import (
	"math/rand/v2"
	"testing"

	"dermtrace/internal/geom"
)

// The rings of any mask, by the edge rule, are that mask again; their areas add up to its
// pixels.
func TestTraceGivesTheMaskBack(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	for n := range 200 {
		w, h := 1+rng.IntN(12), 1+rng.IntN(12)
		m := newMask(2, 3, 2+w, 3+h)
		for i := range m.In {
			m.In[i] = rng.Float64() < 0.2+0.6*float64(n)/200
		}
		rings := m.Trace()
		var flat geom.Polygon // one outline with bridges from its first corner
		area := 0.0
		for _, g := range rings {
			flat = append(append(append(flat, g...), g[0]), rings[0][0])
			area += signed(g)
		}
		got := Rasterize([]geom.Polygon{flat}, nil, 20, 20)
		for y := range 20 {
			for x := range 20 {
				if got.Contains(x, y) != m.Contains(x, y) {
					t.Fatalf("mask %d: pixel %d,%d\n%s", n, x, y, draw(m, 20, 20))
				}
			}
		}
		if area != float64(m.Count()) {
			t.Fatalf("mask %d: area %v of %d pixels", n, area, m.Count())
		}
	}
}

func signed(g geom.Polygon) float64 {
	if turnSum(g) < 0 {
		return -g.Area()
	}
	return g.Area()
}

// turnSum is twice the signed area, positive clockwise on screen.
func turnSum(g geom.Polygon) float64 {
	var s float64
	for i, p := range g {
		q := g[(i+1)%len(g)]
		s += p.X*q.Y - q.X*p.Y
	}
	return s
}
