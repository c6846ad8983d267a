package texture

import (
	"fmt"
	"testing"

	"dermtrace/internal/chromo"
	"dermtrace/internal/phantom"
	"dermtrace/internal/raster"
)

func devScript(tone float64, relief float64, an phantom.Anatomy, cam phantom.Camera, li phantom.Light) phantom.Script {
	return phantom.Script{
		Name: "dev", Seed: 5, Width: 800, Height: 800, MMPerPx: 0.03,
		Tone: phantom.Tone{Melanin: tone}, Anatomy: an,
		Regions: []phantom.Region{{Name: "all", Kind: "treated", Polygon: [][2]float64{{-200, -200}, {1000, -200}, {1000, 1000}, {-200, 1000}}}},
		Visits:  []phantom.Visit{{At: "2026-01-10", Skin: []phantom.Change{{Relief: relief}}, Photos: []phantom.Photo{{File: "a.jpg", Camera: cam, Light: li}}}},
	}
}

func devMeasure(t *testing.T, s phantom.Script) (rough, coarse float64) {
	r, err := s.Photo(0)
	if err != nil {
		t.Fatal(err)
	}
	w := raster.New(r.Pixels.W(), r.Pixels.H())
	for i := range w.Pix {
		w.Pix[i] = 1
	}
	_ = chromo.Field{}
	re := relief(t, r.Pixels, w, 1/s.MMPerPx)
	return float64(re.Roughness().Value), float64(re.Coarse().Value)
}

func TestDevCauses(t *testing.T) {
	type v struct {
		name string
		an   phantom.Anatomy
		cam  phantom.Camera
		li   phantom.Light
	}
	bare := phantom.Anatomy{PoresPerCM: -1, HairsPerCM: -1, Mottle: -1, Spots: -1, Naevi: -1, Vessels: -1}
	plus := func(f func(a *phantom.Anatomy)) phantom.Anatomy { b := bare; f(&b); return b }
	noglare := phantom.Light{Glare: -1}
	everyday := phantom.Camera{Noise: 0.7, Blur: 0.3}
	for _, c := range []v{
		{"bare noglare", bare, phantom.Camera{}, noglare},
		{"bare noglare ambient only slope", bare, phantom.Camera{}, phantom.Light{Glare: -1, TiltDeg: 15}},
		{"bare glare", bare, phantom.Camera{}, phantom.Light{}},
		{"pores", plus(func(a *phantom.Anatomy) { a.PoresPerCM = 0 }), phantom.Camera{}, noglare},
		{"hairs", plus(func(a *phantom.Anatomy) { a.HairsPerCM = 0 }), phantom.Camera{}, noglare},
		{"mottle", plus(func(a *phantom.Anatomy) { a.Mottle = 0 }), phantom.Camera{}, noglare},
		{"noise", bare, everyday, noglare},
		{"all noglare", phantom.Anatomy{}, everyday, noglare},
		{"all", phantom.Anatomy{}, everyday, phantom.Light{}},
	} {
		for _, tone := range []float64{0.025, 0.08, 0.3} {
			b, bc := devMeasure(t, devScript(tone, 0, c.an, c.cam, c.li))
			f, _ := devMeasure(t, devScript(tone, -0.9999, c.an, c.cam, c.li))
			m, mc := devMeasure(t, devScript(tone, -0.3, c.an, c.cam, c.li))
			fmt.Printf("%-32s mel %.3f rough %.4f flat %.4f ratio(0.7) %.4f  coarse %.4f ratio %.4f\n", c.name, tone, b, f, m/b, bc, mc/bc)
		}
	}
}
