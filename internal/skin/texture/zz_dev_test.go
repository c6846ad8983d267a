package texture

import (
	"fmt"
	"testing"

	"dermtrace/internal/chromo"
	"dermtrace/internal/optics"
	"dermtrace/internal/phantom"
	"dermtrace/internal/raster"
)

func devScript(tone float64, relief float64, an phantom.Anatomy, cam phantom.Camera, li phantom.Light) phantom.Script {
	return phantom.Script{
		Name: "dev", Seed: 5, Width: 500, Height: 500, MMPerPx: 0.03,
		Tone: phantom.Tone{Melanin: tone}, Anatomy: an,
		Regions: []phantom.Region{{Name: "all", Kind: "treated", Polygon: [][2]float64{{-200, -200}, {1000, -200}, {1000, 1000}, {-200, 1000}}}},
		Visits:  []phantom.Visit{{At: "2026-01-10", Skin: []phantom.Change{{Relief: relief}}, Photos: []phantom.Photo{{File: "a.jpg", Camera: cam, Light: li}}}},
	}
}

func devRough(t *testing.T, s *raster.Plane, grid Grid) float64 {
	r, w := NewRelief(chromo.Field{Value: s}, grid, Noise{})
	if r == nil {
		t.Fatal(w)
	}
	return float64(r.Roughness().Value)
}

func TestDevCauses(t *testing.T) {
	no := phantom.Anatomy{PoresPerCM: -1, HairsPerCM: -1, Spots: -1, Naevi: -1, Vessels: -1}
	models := map[string]*chromo.Model{"default": chromo.NewModel(chromo.Options{}), "0.02": chromo.NewModel(chromo.Options{Skin: optics.Skin{Surface: 0.02}})}
	for _, tone := range []float64{0.025, 0.08, 0.15, 0.3} {
		for _, relief := range []float64{-0.9999, 0} {
			r, err := devScript(tone, relief, no, phantom.Camera{}, phantom.Light{Glare: -1}).Photo(0)
			if err != nil {
				t.Fatal(err)
			}
			grid := Grid{PxPerMM: 1 / 0.03, Step: 2}
			p := r.Pixels
			rgb := &raster.RGB{R: chromo.Field{Value: p.R}.Shrink(2).Value, G: chromo.Field{Value: p.G}.Shrink(2).Value, B: chromo.Field{Value: p.B}.Shrink(2).Value}
			fmt.Printf("mel %.3f relief %.0f lnY %.4f", tone, relief, devRough(t, logLuminance(rgb), grid))
			for _, n := range []string{"default", "0.02"} {
				sep := models[n].Shading(rgb)
				fmt.Printf("  [%s sep %.4f shading %.4f]", n, devRough(t, sep, grid), devRough(t, Shading(rgb, chromo.Field{Value: sep}, grid), grid))
			}
			fmt.Printf(" rgb %.4f %.4f %.4f\n", p.R.At(100, 100), p.G.At(100, 100), p.B.At(100, 100))
		}
	}
}
