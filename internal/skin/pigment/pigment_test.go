package pigment

import (
	"math"
	"testing"

	"dermtrace/internal/chromo"
	"dermtrace/internal/geom"
	"dermtrace/internal/outcome"
	"dermtrace/internal/raster"
)

func near(t *testing.T, what string, got, want, tol float64) {
	t.Helper()
	if !(math.Abs(got-want) <= tol) {
		t.Errorf("%s = %.6g, want %v ± %.2g", what, got, want, tol)
	}
}

func flat(w, h int, v float64) chromo.Field {
	p := raster.New(w, h)
	for i := range p.Pix {
		p.Pix[i] = float32(v)
	}
	return chromo.Field{Value: p}
}

// A linear red light of 0.539479 (sRGB code 194) has MI 26.8025.
func TestMelaninIndexOfAReferenceColour(t *testing.T) {
	near(t, "MI", float64(Index(flat(4, 4, 0.539479)).Value), 26.8025, 5e-5)
	near(t, "MI at 10 % less light", float64(Index(flat(4, 4, 0.9*0.539479)).Value), 26.8025+4.576, 5e-4)
}

// Light skin of the chart under D50: ITA 39.95°.
func TestITA(t *testing.T) {
	l, b := LStar(flat(9, 9, 64.66)), flat(9, 9, 17.5).RobustMeasurement(UnitLab)
	near(t, "ITA", float64(ITA(l, b, 1.2, 1.1).Value), 39.95, 0.005)
	for what, m := range map[string]outcome.Measurement{
		outcome.RedSkin:      ITA(l, b, 1.9, 1.2),
		outcome.PaleBlueAxis: ITA(l, flat(9, 9, 2.5).RobustMeasurement(UnitLab), 1, 1),
		outcome.RegionLost:   ITA(LStar(chromo.NewField(raster.New(9, 9), raster.New(9, 9))), b, 1, 1),
	} {
		if m.Value.Known() || len(m.Warnings) != 1 || m.Warnings[0] != what {
			t.Errorf("%s: %+v", what, m)
		}
	}
	if ITA(l, b, 3.1, 3.1).Value.Known() {
		t.Error("ITA is read on skin that was red at the baseline")
	}
	if !ITA(l, b, 1, math.NaN()).Value.Known() {
		t.Error("without a baseline ITA is read")
	}
}

// disc is a patch of pigment in millimetres.
type disc struct{ x, y, r, contrast float64 }

// stain draws discs on a flat map of 40×30 mm at 10 px/mm, with soft rims as wide as
// light spreads in skin.
func stain(level float64, discs []disc) chromo.Field {
	f := flat(400, 300, level)
	for i := range f.Value.Pix {
		x, y := float64(i%400)/10, float64(i/400)/10
		for _, d := range discs {
			rim := (math.Hypot(x-d.x, y-d.y) - d.r) / 0.15
			f.Value.Pix[i] += float32(d.contrast / (1 + math.Exp(rim)))
		}
	}
	return f
}

const mmPerPx = 0.1

var freckles = []disc{{5, 5, 1, 3}, {15, 8, 1.5, 4}, {30, 20, 0.8, 3}, {22, 22, 2.5, 2.5}, {36, 5, 0.6, 5}}

func burdenOf(discs []disc) float64 {
	var sum float64
	for _, d := range discs {
		sum += math.Pi * d.r * d.r * d.contrast
	}
	return sum
}

func marked(t *testing.T, f chromo.Field) *Marks {
	t.Helper()
	v := Visit{Melanin: f, MMPerPx: mmPerPx, FrameFromMap: geom.Scaling(mmPerPx), Luma: raster.New(f.Value.W, f.Value.H), Darkening: evenly}
	for i, m := range f.Value.Pix {
		v.Luma.Pix[i] = -darkening * m
	}
	m, err := v.Mark()
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestSpotsAreFoundAndWeighed(t *testing.T) {
	f := stain(6, freckles)
	threshold := Freeze(f)
	near(t, "level", threshold.Level, 6, 0.01)
	near(t, "contrast", threshold.Contrast, leastContrast*6, 0.01)
	spots := marked(t, f)
	near(t, "count", float64(spots.Count(threshold)), float64(len(freckles)), 0)
	alone := spots.Alone()
	near(t, "summed", float64(alone.Summed), float64(len(freckles)), 0)
	near(t, "burden", alone.BurdenBefore/burdenOf(freckles), 0.87, 0.07)
	for _, s := range Find(f, mmPerPx, threshold) {
		near(t, "distance to a true centre", nearest(s, freckles), 0, 0.1)
	}
}

func nearest(s Spot, discs []disc) float64 {
	least := math.Inf(1)
	for _, d := range discs {
		least = min(least, math.Hypot(s.X*mmPerPx-d.x, s.Y*mmPerPx-d.y))
	}
	return least
}

// A fade of all spots by a fifth lowers the burden by a fifth; flat skin and a slow gradient
// have no spots.
func TestBurdenFollowsFading(t *testing.T) {
	base := stain(6, freckles)
	threshold := Freeze(base)
	faded := make([]disc, len(freckles))
	for i, d := range freckles {
		d.contrast *= 0.8
		faded[i] = d
	}
	near(t, "change", Compare(marked(t, base), marked(t, stain(6, faded))).Change(), -0.2, 0.001)
	slope := flat(400, 300, 6)
	for i := range slope.Value.Pix {
		slope.Value.Pix[i] += float32(i%400) / 400
	}
	near(t, "spots on a gradient", float64(marked(t, slope).Count(threshold)), 0, 0)
}

// Skin that darkens as a whole, by tan or as a multiple of all it has, gains no spots.
func TestDarkerSkinGainsNoSpots(t *testing.T) {
	base := stain(6, freckles)
	for i := range base.Value.Pix {
		base.Value.Pix[i] += float32(0.3 * math.Sin(float64(i%400)/7) * math.Sin(float64(i/400)/9))
	}
	threshold := Freeze(base)
	before := marked(t, base)
	for what, darker := range map[string]func(v float32) float32{
		"tan":      func(v float32) float32 { return v + 1.2 },
		"multiple": func(v float32) float32 { return 1.5 * v },
	} {
		f := chromo.Field{Value: raster.New(400, 300)}
		for i, v := range base.Value.Pix {
			f.Value.Pix[i] = darker(v)
		}
		after := marked(t, f)
		near(t, what+": count", float64(after.Count(threshold)), float64(before.Count(threshold)), 0)
		burden := 1 + Compare(before, after).Change()
		t.Logf("%s: burden ×%.3f", what, burden)
		near(t, what+": burden", burden, 1.2, 0.31)
	}
}

func TestAreaIsAShareOfTheRegion(t *testing.T) {
	f := stain(6, []disc{{20, 15, 5, 4}})
	got, _ := Area(f, Threshold{Level: 6, Contrast: 2})
	near(t, "area", float64(got.Value), math.Pi*25/1200, 0.001)
}

// A tenth of the skin with half as much pigment again scores 6·0.1 · 4·0.5.
func TestTheScoreIsAreaTimesDarkness(t *testing.T) {
	f := flat(100, 10, 6)
	for i := range f.Value.Pix {
		if i%100 < 10 {
			f.Value.Pix[i] = 9
		}
	}
	score := func(f chromo.Field) float64 {
		_, m := Area(f, Threshold{Level: 6, Contrast: 1})
		return float64(m.Value)
	}
	near(t, "score", score(f), 1.2, 1e-6)
	near(t, "even skin", score(flat(9, 9, 6)), 0, 0)
	near(t, "the most", score(flat(9, 9, 30)), 24, 0)
	if _, m := Area(f, Threshold{Level: math.NaN()}); m.Value.Known() {
		t.Error("scored without a baseline")
	}
}

// A sine of wavelength λ passes a Gaussian of σ by exp(−2π²σ²/λ²).
func TestEvennessIsABandOfTheMap(t *testing.T) {
	const wavelength, amplitude = 8.0, 1.5
	f := flat(480, 480, 10)
	for i := range f.Value.Pix {
		f.Value.Pix[i] += float32(amplitude * math.Sin(2*math.Pi*float64(i%480)*mmPerPx/wavelength))
	}
	pass := func(s float64) float64 { return math.Exp(-2 * math.Pi * math.Pi * s * s / (wavelength * wavelength)) }
	want := amplitude / math.Sqrt2 * (pass(0.5) - pass(4))
	near(t, "evenness", float64(Evenness(f, mmPerPx, FineBand).Value)/want, 1, 0.03)
}

func TestRefusals(t *testing.T) {
	f := flat(50, 50, 6)
	empty := chromo.NewField(f.Value, raster.New(50, 50))
	frozen, none := Threshold{Level: 6, Contrast: 1}, Freeze(empty)
	lost, _ := Area(empty, frozen)
	_, scoreless := Area(f, Threshold{Level: -1, Contrast: 0})
	refused, _ := Area(f, none)
	for _, c := range []struct {
		want string
		got  outcome.Measurement
	}{
		{outcome.ScaleUnknown, Evenness(f, 0, FineBand)}, {outcome.RegionLost, Evenness(empty, 0.1, FineBand)},
		{outcome.RegionSmall, Evenness(f, 0.19, CoarseBand)}, {outcome.OutsideModel, scoreless},
		{outcome.RegionLost, Melanin(empty.Summary())}, {outcome.RegionLost, Index(empty)}, {outcome.RegionLost, LStar(empty)},
		{outcome.RegionLost, lost}, {outcome.BaselineRefused, refused},
	} {
		if c.got.Value.Known() || c.got.Unit == "" || len(c.got.Warnings) != 1 || c.got.Warnings[0] != c.want {
			t.Errorf("got %+v, want %s", c.got, c.want)
		}
	}
	for got, want := range map[string]string{
		Refusal(f, 0, frozen): outcome.ScaleUnknown, Refusal(f, 0.25, frozen): outcome.ScaleTooCoarse,
		Refusal(empty, 0.1, frozen): outcome.RegionLost, Refusal(f, 0.1, none): outcome.BaselineRefused, Refusal(f, 0.1, frozen): "",
	} {
		if got != want {
			t.Errorf("refused with %q, want %q", got, want)
		}
	}
}
