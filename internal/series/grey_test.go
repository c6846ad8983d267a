package series

import (
	"errors"
	"math"
	"slices"
	"testing"

	"dermtrace/internal/align"
	"dermtrace/internal/calib"
	"dermtrace/internal/geom"
	"dermtrace/internal/manifest"
	"dermtrace/internal/outcome"
	"dermtrace/internal/raster"
)

// greyScene is skin with a grey patch of 40×40 pixels that is shaded from left to right,
// with a standard deviation of ln light of spread over its inner 35 columns, and whose
// red is off by ln shift.
func greyScene(spread, shift float64) *raster.RGB {
	c := raster.NewRGB(160, 120)
	for y := range 120 {
		for x := range 160 {
			v := [3]float64{0.45, 0.26, 0.18}
			if x >= 100 && x < 140 && y >= 40 && y < 80 {
				e := 0.18 * math.Exp(math.Sqrt(3)*spread*(float64(x)-119)/17.5)
				v = [3]float64{e * math.Exp(shift), e, e}
			}
			for k, p := range c.Planes() {
				p.Set(x, y, float32(v[k]))
			}
		}
	}
	return c
}

func TestGatesOfAGreyReference(t *testing.T) {
	box := func(x0, y0, x1, y1 float64) geom.Polygon {
		return geom.Polygon{{X: x0, Y: y0}, {X: x1, Y: y0}, {X: x1, Y: y1}, {X: x0, Y: y1}}
	}
	drawn := []manifest.ROI{
		{Name: "treated", Kind: outcome.Treated, Polygon: box(10, 10, 90, 110)},
		{Name: "grey", Kind: outcome.Grey, Polygon: box(102, 42, 137, 77), Reflectance: 0.18},
	}
	f := &frame{file: "frame.jpg", w: 160, h: 120, regions: regionsOf(drawn)}
	if _, err := f.readGrey(greyScene(0, 0), drawn); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name          string
		spread, shift float64
		want          error
	}{
		{"as in the frame", 0, 0, nil},
		{"almost uneven", 0.99 * maxGreySD, 0, nil},
		{"uneven", 1.01 * maxGreySD, 0, errGreyUneven},
		{"almost something else", 0, 0.99 * maxGreyShift, nil},
		{"something else", 0, 1.01 * maxGreyShift, errGreyMoved},
		{"something darker", 0, -1.01 * maxGreyShift, errGreyMoved},
	} {
		s := &shot{pixels: greyScene(tt.spread, tt.shift), place: atFrame()}
		s.meta.Width, s.meta.Height = 160, 120
		s.carry(f)
		light, err := s.readGrey(f.grey)
		if !errors.Is(err, tt.want) {
			t.Errorf("%s: %v, want %v", tt.name, err, tt.want)
		}
		if err == nil && !(math.Abs(light.Gain[1]-1) <= 0.02) {
			t.Errorf("%s: green gain %v", tt.name, light.Gain[1])
		}
	}
	if _, err := (&shot{pixels: greyScene(0, 0), place: align.Result{}}).readGrey(f.grey); err == nil {
		t.Error("a photo without a place has a grey reference")
	}
}

// A card's light that is off from control skin's by just less or more than the bound.
func TestGateOfDisagreeingLights(t *testing.T) {
	pixels := raster.NewRGB(400, 300)
	for k, v := range [3]float32{0.45, 0.26, 0.18} {
		p := pixels.Planes()[k]
		for i := range p.Pix {
			p.Pix[i] = v
		}
	}
	outline := geom.Polygon{{X: 10, Y: 10}, {X: 390, Y: 10}, {X: 390, Y: 290}, {X: 10, Y: 290}}
	f := &frame{file: "frame.jpg", w: 400, h: 300, regions: regionsOf([]manifest.ROI{{Name: "control", Kind: outcome.Control, Polygon: outline}})}
	f.light = calib.SampleTiles(pixels, f.tiles(atFrame(), 400, 300)...)
	lit := func(red float64) calib.Light {
		return calib.Light{Method: calib.MethodCard, Gain: [3]float64{red, 1, 1}}
	}
	off := func(red float64) float64 { return calib.Disagreement(f.light, lit(red).At, lit(1).At) }
	lo, hi := 1.0, 2.0
	for range 40 {
		if mid := (lo + hi) / 2; off(mid) > calib.MaxDisagreement {
			hi = mid
		} else {
			lo = mid
		}
	}
	for red, fires := range map[float64]bool{lo * 0.999: false, lo * 1.001: true} {
		s := &shot{pixels: pixels, place: atFrame()}
		s.meta.Width, s.meta.Height = 400, 300
		s.compareLights(f, lit(red))
		if d := s.record.Calibration.ControlDE00; d == nil || slices.Contains(s.lit, outcome.LightsDisagree) != fires {
			t.Errorf("red gain %v: %v ΔE00, %v", red, d, s.lit)
		}
	}
}
