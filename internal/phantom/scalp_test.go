package phantom

import (
	"math"
	"testing"

	"dermtrace/internal/raster"
)

// shaved is a scalp at three visits: as it is, with three in ten hairs gone, and with as many new.
func shaved() Script {
	s := small()
	s.Scalp = &Scalp{PerCM2: 60}
	s.Visits = []Visit{
		{At: "2026-01-10", Photos: []Photo{{File: "a.jpg"}}},
		{At: "2026-01-11", Skin: []Change{{Region: "treated", Hairs: -0.3}}, Photos: []Photo{{File: "b.jpg"}}},
		{At: "2026-01-12", Skin: []Change{{Region: "treated", Hairs: 0.3, Shafts: 0.2}}, Photos: []Photo{{File: "c.jpg"}}},
	}
	return s
}

// Hair goes and comes as the script says, in its region alone, and what stays lies where it lay
// where nothing says otherwise.
func TestHairGoesAndComes(t *testing.T) {
	s := shaved()
	s.Width, s.Height = 640, 480
	s.Regions[0].Polygon = [][2]float64{{20, 20}, {400, 20}, {400, 460}, {20, 460}}
	s.Regions[1].Polygon = [][2]float64{{480, 20}, {620, 20}, {620, 460}, {480, 460}}
	p, err := New(s)
	if err != nil {
		t.Fatal(err)
	}
	var had []RegionTruth
	for i := range s.Visits {
		r := photoOf(t, p, i).Truth.Regions
		had = append(had, r["treated"])
		if c := r["control"]; i > 0 && math.Abs(c.Hairs-photoOf(t, p, 0).Truth.Regions["control"].Hairs) > 2 {
			t.Errorf("visit %d: %g hairs of control skin", i, c.Hairs)
		}
	}
	if d := had[0].Hairs / (0.38 * 0.44 * 25); math.Abs(d-60) > 6 {
		t.Errorf("%g hairs on a cm², want 60", d)
	}
	for i, want := range map[int]float64{1: 0.7, 2: 1.3} {
		if got := had[i].Hairs / had[0].Hairs; math.Abs(got-want) > 0.06 {
			t.Errorf("visit %d: %g of the hairs, want %g", i, got, want)
		}
	}
	if got := had[2].HairUM / had[0].HairUM; math.Abs(got-1.2) > 0.03 {
		t.Errorf("%g times as thick, want 1.2", got)
	}
}

// The pictures show the hair that the truth tells of: as much skin is covered as its hairs are
// long and thick, but for what crosses.
func TestHairIsSeenWhereItIs(t *testing.T) {
	s := shaved()
	s.MMPerPx, s.Scalp.PerCM2, s.Scalp.LengthMM = 0.02, 40, 1
	p, err := New(s)
	if err != nil {
		t.Fatal(err)
	}
	c := p.coat(0)
	covered := raster.Sum(c.h, func(j0, j1 int) (sum float64) {
		for _, v := range c.cover[j0*c.w : j1*c.w] {
			sum += float64(v) / 255 * c.texel * c.texel
		}
		return sum
	})
	area := float64(c.w*c.h) * c.texel * c.texel
	if want := 0.4 * 1 * 0.065 * 0.875; math.Abs(covered/area/want-1) > 0.12 {
		t.Errorf("%.4f of the skin is covered, want %.4f", covered/area, want)
	}
}
