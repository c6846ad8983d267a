package roi

import (
	"errors"
	"math"
	"testing"

	"dermtrace/internal/geom"
)

func half(tiles []Tile, bFromA geom.Transform, w, h int) *Mask {
	out := &Mask{}
	for _, t := range tiles {
		g, err := Carry(t.Polygon, bFromA)
		if err != nil {
			panic(err)
		}
		out = out.Or(Fill(g, w, h))
	}
	return out
}

func disc(cx, cy, r float64, n int) geom.Polygon {
	g := make(geom.Polygon, n)
	for i := range g {
		a := 2 * math.Pi * float64(i) / float64(n)
		g[i] = geom.Point{X: cx + r*math.Cos(a), Y: cy + r*math.Sin(a)}
	}
	return g
}

// In the frame and in every photo that shows it, the halves share no pixel, have like
// areas and like centres, and cover most of the region.
func TestTilesAreTwoLikeHalves(t *testing.T) {
	regions := map[string]geom.Polygon{
		"rectangle": box(1360, 300, 1840, 1200),
		"odd":       box(410.25, 320.75, 530, 490),
		"smallest":  box(400, 400, 400+2*MinTilePx, 400+2*MinTilePx),
		"strip":     box(100, 100, 1900, 140),
		"disc":      disc(700, 700, 300, 90),
		"L":         {{X: 100, Y: 100}, {X: 900, Y: 100}, {X: 900, Y: 400}, {X: 400, Y: 400}, {X: 400, Y: 1200}, {X: 100, Y: 1200}},
		"turned":    {{X: 500, Y: 100}, {X: 900, Y: 500}, {X: 500, Y: 900}, {X: 100, Y: 500}},
	}
	for name, g := range regions {
		for _, bFromFrame := range []geom.Transform{geom.Identity(), geom.Similarity(0.6, 0.2, 300, 20), tilted} {
			light, witness, err := Tiles(g, 0)
			if err != nil {
				t.Errorf("%s: %v", name, err)
				continue
			}
			checkHalves(t, name, g, bFromFrame, light, witness)
		}
	}
}

func checkHalves(t *testing.T, name string, g geom.Polygon, bFromFrame geom.Transform, light, witness []Tile) {
	t.Helper()
	a, b := half(light, bFromFrame, 2200, 1600), half(witness, bFromFrame, 2200, 1600)
	image, err := Carry(g, bFromFrame)
	if err != nil {
		t.Fatal(err)
	}
	whole := Fill(image, 2200, 1600)
	if n := a.And(b).Count(); n != 0 {
		t.Errorf("%s: %d pixels serve both", name, n)
	}
	if n := a.Or(b).Subtract(whole).Count(); n != 0 {
		t.Errorf("%s: %d pixels lie outside the region", name, n)
	}
	na, nb := float64(a.Count()), float64(b.Count())
	if !(math.Abs(na-nb) <= (maxUnlike+0.02)*(na+nb)) {
		t.Errorf("%s: %v and %v pixels", name, na, nb)
	}
	if !(na+nb >= 0.75*float64(whole.Count())) {
		t.Errorf("%s: the halves cover %v of %d pixels", name, na+nb, whole.Count())
	}
}

func TestTilesAreInterleaved(t *testing.T) {
	light, witness, err := Tiles(box(0, 0, 800, 800), 100)
	if err != nil {
		t.Fatal(err)
	}
	if len(light) != 32 || len(witness) != 32 {
		t.Fatalf("%d and %d tiles, want 32 each", len(light), len(witness))
	}
	for _, l := range light {
		for _, o := range light {
			if d := abs(l.Col-o.Col) + abs(l.Row-o.Row); d == 1 {
				t.Errorf("tiles %d,%d and %d,%d of one half touch along a side", l.Col, l.Row, o.Col, o.Row)
			}
		}
	}
	al, cl := areaAndCentre(light)
	aw, cw := areaAndCentre(witness)
	if !(math.Abs(al-aw) <= 1e-6) || !(cl.Sub(cw).Norm() <= 1e-9) {
		t.Errorf("areas %v and %v, centres %v and %v", al, aw, cl, cw)
	}
}

func abs(a int) int { return max(a, -a) }

func TestTilesRefuseWhatIsTooSmall(t *testing.T) {
	for name, g := range map[string]geom.Polygon{
		"narrow":  box(0, 0, 1000, 2*MinTilePx-0.1),
		"small":   box(0, 0, 20, 20),
		"nothing": nil,
		// One half would have a single tile.
		"corner": {{X: 0, Y: 0}, {X: 32, Y: 0}, {X: 0, Y: 32}},
	} {
		if l, w, err := Tiles(g, 0); !errors.Is(err, ErrTooSmall) || l != nil || w != nil {
			t.Errorf("%s: %d and %d tiles, %v; want ErrTooSmall", name, len(l), len(w), err)
		}
	}
}
