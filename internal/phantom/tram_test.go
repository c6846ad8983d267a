package phantom

import (
	"math"
	"testing"
)

// Tram tracks stand in their region, in pairs of lines along one way, and at the same
// places at every visit; nothing of them is there at a strength of zero.
func TestTramTracksStandInLines(t *testing.T) {
	s := small()
	s.MMPerPx = 0.1 // lines enough to count
	s.Visits[1].Skin = nil
	s.Visits[1].Photos[0].Pose, s.Visits[1].Photos[0].Camera = Pose{}, Camera{}
	s.Visits = append(s.Visits, s.Visits[1])
	s.Visits[2].At, s.Visits[2].Photos = "2026-01-12", []Photo{{File: "c.jpg"}}
	s.Visits[1].Skin, s.Visits[2].Skin = []Change{{Region: "treated", Tram: 1}}, []Change{{Region: "treated", Tram: 0.5}}
	p, err := New(s)
	if err != nil {
		t.Fatal(err)
	}
	plain, full, half := p.state(0), p.state(1), p.state(2)
	d := newDice(p.skin.seed, "tram tracks")
	sin, cos := math.Sincos(d.between(0, math.Pi))
	mx, my := (p.skin.area.x0+p.skin.area.x1)/2, (p.skin.area.y0+p.skin.area.y1)/2
	var on, off, product, square, halfSquare float64
	for k, q := range full.texels {
		a, b := float64(q.slopeX-plain.texels[k].slopeX), float64(half.texels[k].slopeX-plain.texels[k].slopeX)
		x, y := full.x(k%full.w), full.y(k/full.w)
		if a != 0 && p.maskOf("treated")[k] == 0 && signedDistance(p.script.Regions[0].mm(s.MMPerPx), point{x, y}) < -outMM-raggedMM-1 {
			t.Fatalf("a dot at %.1f, %.1f mm, away from the region", x, y)
		}
		product, square, halfSquare = product+a*b, square+a*a, halfSquare+b*b
		v := (y-my)*cos - (x-mx)*sin
		v -= tramApartMM * math.Round(v/tramApartMM)
		if math.Abs(math.Abs(v)-tramGaugeMM/2) < 0.8 {
			on += a * a
		} else {
			off += a * a
		}
	}
	if !(on > 20*off) {
		t.Errorf("squared slopes on the lines %.3g, elsewhere %.3g", on, off)
	}
	if r := product / math.Sqrt(square*halfSquare); !(r > 0.99) || !(math.Abs(math.Sqrt(halfSquare/square)-0.5) <= 0.02) {
		t.Errorf("half as high: correlation %.3f with the full ones, %.3f of their slope", r, math.Sqrt(halfSquare/square))
	}
}
