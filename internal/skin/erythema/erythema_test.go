package erythema

import (
	"math"
	"testing"

	"dermtrace/internal/chromo"
	"dermtrace/internal/cie"
	"dermtrace/internal/outcome"
	"dermtrace/internal/raster"
)

func near(t *testing.T, what string, got outcome.Number, want, tol float64) {
	t.Helper()
	if !(math.Abs(float64(got)-want) <= tol) {
		t.Errorf("%s = %v, want %v ± %v", what, got, want, tol)
	}
}

func flat(r, g, b float64) (*raster.RGB, *raster.Plane) {
	c, w := raster.NewRGB(20, 10), raster.New(20, 10)
	for i := range w.Pix {
		c.R.Pix[i], c.G.Pix[i], c.B.Pix[i], w.Pix[i] = float32(r), float32(g), float32(b), 1
	}
	return c, w
}

func index(rgb *raster.RGB, weight *raster.Plane) outcome.Measurement {
	return Index(chromo.NewField(rgb.R, weight), chromo.NewField(rgb.G, weight))
}

// sRGB (194, 150, 130) has EI 24.769 in linear light; on gamma codes by mistake 11.171.
func TestErythemaIndexOfAReferenceColour(t *testing.T) {
	r, g, b := cie.Decode(194.0/255), cie.Decode(150.0/255), cie.Decode(130.0/255)
	rgb, w := flat(r, g, b)
	near(t, "EI", index(rgb, w).Value, 24.769, 5e-4)
	brighter, _ := flat(1.3*r, 1.3*g, 1.3*b)
	near(t, "EI at other exposure", index(brighter, w).Value, 24.769, 5e-4)
	redder, _ := flat(1.05*r, g, b)
	near(t, "EI with 5 % more red", index(redder, w).Value, 24.769+2.119, 1e-3)
}

func TestRedAreaAndBurden(t *testing.T) {
	blood, w := raster.New(100, 10), raster.New(100, 10)
	for i := range blood.Pix {
		blood.Pix[i], w.Pix[i] = float32(1+0.004*float64(i%100)), 1
	}
	base := chromo.NewField(blood, w)
	threshold := Threshold(base)
	near(t, "threshold", outcome.Number(threshold), 1.2+2.5*1.4826*0.1, 8e-3)
	for i := range blood.Pix {
		if i%100 < 25 {
			blood.Pix[i] = float32(threshold + 2)
		}
	}
	area, burden := Red(base, threshold)
	near(t, "area", area.Value, 0.25, 1e-9)
	near(t, "burden", burden.Value, 0.5, 1e-6)
}

func TestNothingIsMeasuredWhereNothingCounts(t *testing.T) {
	rgb, w := flat(0.5, 0.3, 0.2)
	clear(w.Pix)
	empty := chromo.NewField(rgb.R, w)
	area, burden := Red(empty, 1)
	unheldArea, unheldBurden := Red(chromo.Field{Value: rgb.R}, math.NaN())
	for name, m := range map[string]outcome.Measurement{
		"hemoglobin": Hemoglobin(empty.Summary()), "erythema_index": index(rgb, w), "a_star": AStar(empty),
		"red_area": area, "red_burden": burden,
		"area without a baseline": unheldArea, "burden without a baseline": unheldBurden,
	} {
		if m.Value.Known() || len(m.Warnings) == 0 || m.Unit == "" {
			t.Errorf("%s of an empty region: %+v", name, m)
		}
	}
}
