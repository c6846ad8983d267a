package roi

import (
	"math"
	"testing"

	"dermtrace/internal/geom"

	"pgregory.net/rapid"
)

func box(x0, y0, x1, y1 float64) geom.Polygon {
	return geom.Polygon{{X: x0, Y: y0}, {X: x1, Y: y0}, {X: x1, Y: y1}, {X: x0, Y: y1}}
}

// draw shows a mask as text, # for a pixel that is in.
func draw(m *Mask, w, h int) string {
	s := ""
	for y := range h {
		for x := range w {
			if m.Contains(x, y) {
				s += "#"
			} else {
				s += "."
			}
		}
		s += "\n"
	}
	return s
}

func checkDrawn(t *testing.T, what string, m *Mask, want string) {
	t.Helper()
	h := 0
	for _, c := range want {
		if c == '\n' {
			h++
		}
	}
	w := len(want)/h - 1
	if got := draw(m, w, h); got != want {
		t.Errorf("%s:\n%swant\n%s", what, got, want)
	}
}

// A centre on the left or top side is in, on the right or bottom side out.
func TestEdgeRule(t *testing.T) {
	checkDrawn(t, "sides on pixel centres", Fill(box(1, 1, 4, 3), 6, 5), "......\n.###..\n.###..\n......\n......\n")
	checkDrawn(t, "sides between pixels", Fill(box(0.5, 0.5, 3.5, 2.5), 6, 5), "......\n.###..\n.###..\n......\n......\n")
	checkDrawn(t, "the whole photo and more", Fill(box(-9, -9, 90, 90), 3, 2), "###\n###\n")
	checkDrawn(t, "diagonal", Fill(geom.Polygon{{X: 0, Y: 0}, {X: 4, Y: 4}, {X: 0, Y: 4}}, 5, 5), ".....\n#....\n##...\n###..\n.....\n")
	checkDrawn(t, "concave", Fill(geom.Polygon{{X: 0, Y: 0}, {X: 6, Y: 0}, {X: 6, Y: 4}, {X: 4, Y: 4}, {X: 4, Y: 2}, {X: 2, Y: 2}, {X: 2, Y: 4}, {X: 0, Y: 4}}, 7, 5),
		"######.\n######.\n##..##.\n##..##.\n.......\n")
	checkDrawn(t, "hole", Rasterize([]geom.Polygon{box(0, 0, 5, 4)}, []geom.Polygon{box(1, 1, 3, 3)}, 6, 5), "#####.\n#..##.\n#..##.\n#####.\n......\n")
	checkDrawn(t, "union", Rasterize([]geom.Polygon{box(0, 0, 2, 2), box(1, 1, 3, 3)}, nil, 4, 4), "##..\n###.\n.##.\n....\n")
	for _, m := range []*Mask{Fill(box(10, 10, 20, 20), 5, 5), Fill(nil, 5, 5), Rasterize(nil, []geom.Polygon{box(0, 0, 3, 3)}, 5, 5)} {
		if !m.Empty() || m.Count() != 0 || m.Contains(0, 0) {
			t.Errorf("%+v is not empty", m)
		}
	}
}

func TestOutlinesThatAreNoNumbersPanic(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("NaN was rasterised")
		}
	}()
	Fill(geom.Polygon{{X: 0, Y: 0}, {X: math.NaN(), Y: 1}, {X: 3, Y: 3}}, 5, 5)
}

const fieldPx = 24 // of the random tests

// outline draws a polygon with corners on quarter pixels, where the arithmetic of the
// edge rule is exact and centres often fall on sides.
func outline(t *rapid.T) geom.Polygon {
	at := rapid.IntRange(-8, 4*fieldPx+8)
	g := make(geom.Polygon, rapid.IntRange(3, 9).Draw(t, "corners"))
	for i := range g {
		g[i] = geom.Point{X: float64(at.Draw(t, "x")) / 4, Y: float64(at.Draw(t, "y")) / 4}
	}
	return g
}

// inside is the edge rule for one centre, by the sign of a cross product.
func inside(g geom.Polygon, x, y float64) bool {
	in := false
	for i, a := range g {
		b := g[(i+1)%len(g)]
		if a.Y > b.Y {
			a, b = b, a
		}
		if a.Y <= y && y < b.Y && (x-a.X)*(b.Y-a.Y) >= (y-a.Y)*(b.X-a.X) {
			in = !in
		}
	}
	return in
}

func TestRasterizeEqualsPointInPolygon(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		outer, hole := outline(t), outline(t)
		m := Rasterize([]geom.Polygon{outer}, []geom.Polygon{hole}, fieldPx, fieldPx)
		for y := range fieldPx {
			for x := range fieldPx {
				want := inside(outer, float64(x), float64(y)) && !inside(hole, float64(x), float64(y))
				if m.Contains(x, y) != want {
					t.Fatalf("pixel %d,%d: %v, want %v; %v without %v", x, y, !want, want, outer, hole)
				}
			}
		}
	})
}

// A cut along any line divides the pixels of a region: none twice, none lost.
func TestSharedSidesDivideThePixels(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		at := rapid.Float64Range(-0.5, fieldPx-0.5)
		top, bottom := at.Draw(t, "top"), at.Draw(t, "bottom")
		mid := geom.Point{X: at.Draw(t, "x"), Y: fieldPx / 2}
		cut := []geom.Point{{X: top, Y: -1}, mid, {X: bottom, Y: fieldPx}}
		left := geom.Polygon{{X: -1, Y: -1}, cut[0], cut[1], cut[2], {X: -1, Y: fieldPx}}
		right := geom.Polygon{cut[2], cut[1], cut[0], {X: fieldPx, Y: -1}, {X: fieldPx, Y: fieldPx}}
		a, b := Fill(left, fieldPx, fieldPx), Fill(right, fieldPx, fieldPx)
		if n := a.And(b).Count(); n != 0 {
			t.Fatalf("%d pixels are in both", n)
		}
		if n := a.Count() + b.Count(); n != fieldPx*fieldPx {
			t.Fatalf("%d pixels in all, want %d", n, fieldPx*fieldPx)
		}
	})
}

// The number of centres inside a simple outline differs from its area by less than
// half its perimeter plus one pixel.
func TestAreaAgreesWithTheShoelaceFormula(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(3, 20).Draw(t, "corners")
		g := make(geom.Polygon, n)
		for i := range g { // star-shaped, so that it does not cross itself
			r := rapid.Float64Range(2, 40).Draw(t, "radius")
			a := 2 * math.Pi * float64(i) / float64(n)
			g[i] = geom.Point{X: 50 + r*math.Cos(a), Y: 50 + r*math.Sin(a)}
		}
		perimeter := 0.0
		for i, p := range g {
			perimeter += g[(i+1)%n].Sub(p).Norm()
		}
		count := float64(Fill(g, 100, 100).Count())
		if !(math.Abs(count-g.Area()) <= perimeter/2+1) {
			t.Fatalf("%v pixels, area %v, perimeter %v", count, g.Area(), perimeter)
		}
	})
}

func TestSetsOfPixels(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := Fill(outline(t), fieldPx, fieldPx), Fill(outline(t), fieldPx, fieldPx)
		and, or, sub := a.And(b), a.Or(b), a.Subtract(b)
		n := 0
		for y := -1; y <= fieldPx; y++ {
			for x := -1; x <= fieldPx; x++ {
				ia, ib := a.Contains(x, y), b.Contains(x, y)
				if and.Contains(x, y) != (ia && ib) || or.Contains(x, y) != (ia || ib) || sub.Contains(x, y) != (ia && !ib) {
					t.Fatalf("pixel %d,%d: in a %v, in b %v", x, y, ia, ib)
				}
				if ia {
					n++
				}
			}
		}
		if a.Count() != n || a.Empty() != (n == 0) {
			t.Fatalf("count %d, want %d", a.Count(), n)
		}
		runs := 0
		for y := range fieldPx {
			last := -1
			a.Runs(y, func(x0, x1 int) {
				if x0 <= last || x1 <= x0 || a.Contains(x0-1, y) || a.Contains(x1, y) {
					t.Fatalf("row %d: run [%d, %d) after %d", y, x0, x1, last)
				}
				last = x1
				runs += x1 - x0
			})
		}
		if runs != n {
			t.Fatalf("runs hold %d pixels, want %d", runs, n)
		}
	})
}

func TestErodeEqualsItsDefinition(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := Fill(outline(t), fieldPx, fieldPx)
		r := rapid.Float64Range(0, 6).Draw(t, "r")
		if rapid.Bool().Draw(t, "whole") {
			r = math.Round(r)
		}
		e := m.Erode(r)
		for y := range fieldPx {
			for x := range fieldPx {
				if want := keeps(m, x, y, r); e.Contains(x, y) != want {
					t.Fatalf("pixel %d,%d eroded by %v: %v, want %v\n%s", x, y, r, !want, want, draw(m, fieldPx, fieldPx))
				}
			}
		}
	})
}

func keeps(m *Mask, x, y int, r float64) bool {
	for dy := -7; dy <= 7; dy++ {
		for dx := -7; dx <= 7; dx++ {
			if float64(dx*dx+dy*dy) <= r*r && !m.Contains(x+dx, y+dy) {
				return false
			}
		}
	}
	return true
}

func BenchmarkFill(b *testing.B) {
	g := make(geom.Polygon, 400)
	for i := range g {
		a := 2 * math.Pi * float64(i) / 400
		g[i] = geom.Point{X: 2000 + 1900*math.Cos(a), Y: 1500 + 1400*math.Sin(a)}
	}
	b.SetBytes(4000 * 3000)
	b.ReportAllocs()
	for b.Loop() {
		Fill(g, 4000, 3000)
	}
}

func BenchmarkErode(b *testing.B) {
	m := Fill(box(100, 100, 3900, 2900), 4000, 3000)
	b.SetBytes(4000 * 3000)
	b.ReportAllocs()
	for b.Loop() {
		m.Erode(20)
	}
}
