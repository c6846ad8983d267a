package render

import (
	"math"
	"math/rand/v2"
	"testing"

	"dermtrace/internal/geom"
	"dermtrace/internal/raster"
)

func uneven(w, h int) *raster.Plane {
	r := rand.New(rand.NewPCG(7, 9))
	p := raster.New(w, h)
	for i := range p.Pix {
		p.Pix[i] = r.Float32()
	}
	return p
}

// Against the definition, with exact weights and the edge held beyond the edge. A phase
// is half a thousandth of a pixel off, and noise of 1 changes by at most about 2 a pixel.
func TestCubicWarpReadsBetweenPixels(t *testing.T) {
	p := uneven(90, 70)
	tilted := geom.Transform{0.9, 0.2, -9, -0.15, 1.1, 4, 1e-3, -5e-4, 1}
	got := cubicWarp([3]*raster.Plane{p, p, p}, tilted, 100, 80)
	known := 0
	for i, v := range got.G.Pix {
		q := tilted.Apply(geom.Point{X: float64(i % 100), Y: float64(i / 100)})
		want := math.NaN()
		if q.X >= -0.5 && q.Y >= -0.5 && q.X <= 89.5 && q.Y <= 69.5 {
			known++
			u, w := math.Floor(q.X), math.Floor(q.Y)
			wx, wy := catmullRom(float32(q.X-u)), catmullRom(float32(q.Y-w))
			want = float64(cubicAtEdge(p, [2]int{int(u), int(w)}, &wx, &wy))
		}
		if math.IsNaN(want) != (v != v) || !math.IsNaN(want) && !(math.Abs(float64(v)-want) <= 4e-3) {
			t.Fatalf("pixel %d is %v, want %v", i, v, want)
		}
	}
	if known < 3000 {
		t.Errorf("only %d pixels are in view", known)
	}
}

// A plane of OnView is drawn as it is: no second interpolation.
func TestMapOfAPlaneOnViewIsThatOfThePlane(t *testing.T) {
	p := uneven(300, 200)
	view := View{X: 20, Y: 30, W: 250, H: 160}
	tilted := geom.Similarity(0.98, 0.02, 3, -2)
	seen, err := OnView(p, tilted, view)
	if err != nil {
		t.Fatal(err)
	}
	once, err := Map(p, tilted, view, Scale{Low: 0, High: 1}, 0)
	if err != nil {
		t.Fatal(err)
	}
	twice, err := Map(seen, view.MapFromFrame(), view, Scale{Low: 0, High: 1}, 0)
	if err != nil || string(once.Bytes) != string(twice.Bytes) {
		t.Errorf("the maps differ, %v", err)
	}
}
