package texture

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"dermtrace/internal/chromo"
	"dermtrace/internal/optics"
	"dermtrace/internal/outcome"
	"dermtrace/internal/raster"
)

// waves are the log shading of a skin-like relief: plane waves of several lengths and
// directions, in cycles per millimetre and amplitude.
var waves = []struct{ fx, fy, amp float64 }{
	{0.9, 0.3, 0.05}, {-0.5, 1.6, 0.04}, {2.1, 0.4, 0.03}, {1.2, -2.4, 0.02}, {0.15, 0.1, 0.1},
}

func shadingAt(x, y float64) float64 {
	s := 0.0
	for i, w := range waves {
		s += w.amp * math.Sin(2*math.Pi*(w.fx*x+w.fy*y)+float64(i))
	}
	return s
}

// bandRMS is what two Gaussians on the skin leave of the waves, to first order in s.
func bandRMS(fine, coarse float64) float64 {
	var power float64
	for _, w := range waves {
		f2 := w.fx*w.fx + w.fy*w.fy
		pass := func(mm float64) float64 { return math.Exp(-2 * math.Pi * math.Pi * f2 * mm * mm) }
		g := w.amp * (1 - pass(levelMM)) * (pass(fine) - pass(coarse))
		power += g * g / 2
	}
	return math.Sqrt(power)
}

// skin is a square photo of skin: relief times reflectance, through the ideal camera.
type skin struct {
	sizeMM, pxPerMM, relief float64
	melanin, blood, noise   float64
	spots                   bool
}

func (s skin) photo() (*raster.RGB, *raster.Plane) {
	n := int(s.sizeMM * s.pxPerMM)
	table := optics.Skin{Surface: chromo.DefaultSurface}.Table(optics.SRGB())
	rgb, w := raster.NewRGB(n, n), raster.New(n, n)
	rng := rand.New(rand.NewPCG(7, 11))
	for y := range n {
		for x := range n {
			px, py := (float64(x)+0.5)/s.pxPerMM, (float64(y)+0.5)/s.pxPerMM
			light := math.Exp(s.relief * shadingAt(px, py))
			melanin := s.melanin
			if s.spots && math.Hypot(math.Mod(px, 5)-2.5, math.Mod(py, 5)-2.5) < 1 {
				melanin *= 1.8
			}
			r, g, b := table.RGB(float32(melanin), float32(s.blood))
			for c, v := range [3]float32{r, g, b} {
				v := light * float64(v)
				rgb.Planes()[c].Set(x, y, float32(v+s.noise*math.Sqrt(v)*rng.NormFloat64()))
			}
			w.Set(x, y, 1)
		}
	}
	return rgb, w
}

var model = chromo.NewModel(chromo.Options{})

// relief runs the whole way from photo to relief, as a series does.
func relief(t *testing.T, rgb *raster.RGB, w *raster.Plane, pxPerMM float64) *Relief {
	t.Helper()
	grid := Grid{PxPerMM: pxPerMM, Step: Step(pxPerMM)}
	var small [3]chromo.Field
	for c, p := range rgb.Planes() {
		small[c] = chromo.NewField(p, w).Shrink(grid.Step)
	}
	light := &raster.RGB{R: small[0].Value, G: small[1].Value, B: small[2].Value}
	weight := small[0].Weights()
	skin := averageSkin(light, small[0].Weight)
	noise, mix := EstimateNoise(light, weight), MixFor(skin, lossless)
	r, warning := alone(chromo.Field{Value: mix.Light(light), Weight: small[0].Weight}, grid, noise.Of(mix, skin.Light))
	if r == nil {
		t.Fatal(warning)
	}
	return r
}

// averageSkin is the skin of the mean colour.
func averageSkin(light *raster.RGB, weight *raster.Plane) Skin {
	one := raster.NewRGB(1, 1)
	var mean [3]float64
	for c, p := range light.Planes() {
		mean[c] = chromo.Field{Value: p, Weight: weight}.Summary().Mean
		one.Planes()[c].Pix[0] = float32(mean[c])
	}
	return skinOf(one)
}

// skinOf is the skin of a picture of one pixel.
func skinOf(one *raster.RGB) Skin {
	maps := model.Separate(one)
	m, b := float64(maps.Melanin.Pix[0]), float64(maps.Hemoglobin.Pix[0])
	light := [3]float64{float64(one.R.Pix[0]), float64(one.G.Pix[0]), float64(one.B.Pix[0])}
	return Skin{Basis: model.Basis(m, b), Melanin: m, Blood: b, Light: light, File: light, Strength: math.Exp(float64(maps.Shading.Pix[0]))}
}

func roughness(t *testing.T, s skin) float64 {
	t.Helper()
	rgb, w := s.photo()
	return float64(relief(t, rgb, w, s.pxPerMM).Roughness().Value)
}

var plain = skin{sizeMM: 24, pxPerMM: 20, relief: 1, melanin: 0.05, blood: 0.012}

func with(change func(s *skin)) skin {
	s := plain
	change(&s)
	return s
}

// secondOrder is what the exponential and the edges of a small region leave between a
// measured band and the first-order figure.
const secondOrder = 0.03

func TestBandsMeasureWhatTheyName(t *testing.T) {
	rgb, w := plain.photo()
	r := relief(t, rgb, w, plain.pxPerMM)
	rough, coarse := float64(r.Roughness().Value), float64(r.Coarse().Value)
	near(t, "roughness", rough/bandRMS(fineMM, middleMM), 1, secondOrder)
	near(t, "coarse", coarse/bandRMS(middleMM, coarseMM), 1, secondOrder)
	near(t, "variance", float64(Variance(r.Roughness()).Value), rough*rough, 1e-12)
}

func TestRoughnessFollowsRelief(t *testing.T) {
	base := roughness(t, plain)
	for _, k := range []float64{0.85, 0.7, 1.3} {
		near(t, "ratio", roughness(t, with(func(s *skin) { s.relief = k }))/base, k, 0.01*k)
	}
}

// Redness, pigment, spots, exposure and a cast are no texture.
func TestRoughnessIgnoresColour(t *testing.T) {
	base := roughness(t, plain)
	for what, s := range map[string]skin{
		"flush":  with(func(s *skin) { s.blood = 0.042 }),
		"darker": with(func(s *skin) { s.melanin = 0.15 }),
		"spots":  with(func(s *skin) { s.spots = true }),
	} {
		near(t, what, roughness(t, s)/base, 1, 0.02)
	}
	rgb, w := plain.photo()
	for c, gain := range [3]float32{0.75, 0.66, 0.6} {
		p := rgb.Planes()[c]
		for i := range p.Pix {
			p.Pix[i] *= gain
		}
	}
	near(t, "cast and exposure", float64(relief(t, rgb, w, plain.pxPerMM).Roughness().Value)/base, 1, 0.02)
}

// The same skin from 0.7 to 1.4 times the distance.
func TestRoughnessIgnoresDistance(t *testing.T) {
	base := roughness(t, with(func(s *skin) { s.pxPerMM = 25 }))
	for _, distance := range []float64{0.7, 0.83, 1.2, 1.4} {
		got := roughness(t, with(func(s *skin) { s.pxPerMM = 25 / distance }))
		t.Logf("distance %.2f: %.4f", distance, got/base)
		near(t, "ratio", got/base, 1, 0.03)
	}
}

// Sensor noise of 4 % at medium brightness in each channel adds nothing to roughness.
func TestNoiseIsNotTexture(t *testing.T) {
	base := roughness(t, plain)
	for _, k := range []float64{1, 0.7} {
		noisy := roughness(t, with(func(s *skin) { s.noise, s.relief = 0.02, k }))
		near(t, "ratio", noisy/base, k, 0.02*k)
	}
	flat := roughness(t, with(func(s *skin) { s.noise, s.relief = 0.02, 0 }))
	if !(flat < 0.2*base) {
		t.Errorf("flat skin with noise has a roughness of %.4f, relief %.4f", flat, base)
	}
}

// What lies outside the region does not count, whatever it is.
func TestMaskingEqualsCropping(t *testing.T) {
	rgb, w := plain.photo()
	cropped := relief(t, rgb, w, plain.pxPerMM)
	n, margin := rgb.W(), 60
	big, mask := raster.NewRGB(n+2*margin, n+2*margin), raster.New(n+2*margin, n+2*margin)
	for i := range mask.Pix {
		big.R.Pix[i], big.G.Pix[i], big.B.Pix[i] = float32(i%7)/3, float32(math.NaN()), 0
	}
	for y := range n {
		for x := range n {
			for c, p := range rgb.Planes() {
				big.Planes()[c].Set(x+margin, y+margin, p.At(x, y))
			}
			mask.Set(x+margin, y+margin, 1)
		}
	}
	masked := relief(t, big, mask, plain.pxPerMM)
	// At the rim the crop is mirrored and the mask ends: a strip of 2 mm differs.
	near(t, "roughness", float64(masked.Roughness().Value)/float64(cropped.Roughness().Value), 1, 0.01)
}

// Shine leaves at most 0.15 of what green light shows of it, mottle of pigment under a
// half of relief, where they can be told apart; the sum passes shading whole. On very dark
// skin pigment and relief cannot be told apart, which is said.
func TestMixCancelsShineAndPigment(t *testing.T) {
	for _, fractions := range [][2]float32{{0.02, 0.01}, {0.05, 0.03}, {0.10, 0.012}} {
		s := modelled(fractions)
		m := MixFor(s, lossless)
		var whole, shine float64
		for c, w := range m.Weights {
			whole, shine = whole+w*s.Light[c], shine+w
		}
		near(t, "shading", whole, 1, 1e-12)
		near(t, "shine", shine*s.Light[1], 0, 0.15)
		near(t, "mottle", m.Mottle, 0, 0.5)
	}
	for _, melanin := range []float32{0.2, 0.35} {
		if m := MixFor(modelled([2]float32{melanin, 0.012}), lossless); !slices.Contains(m.Doubts(), outcome.PigmentLikeRelief) {
			t.Errorf("melanin %v: mottle %.3f, %v", melanin, m.Mottle, m.Doubts())
		}
	}
}

// modelled is skin of the given fractions of melanin and blood.
func modelled(fractions [2]float32) Skin {
	one := raster.NewRGB(1, 1)
	one.R.Pix[0], one.G.Pix[0], one.B.Pix[0] = optics.Skin{Surface: chromo.DefaultSurface}.Table(optics.SRGB()).RGB(fractions[0], fractions[1])
	return skinOf(one)
}

func TestRefusals(t *testing.T) {
	flat := chromo.Field{Value: raster.New(40, 40)}
	empty := chromo.NewField(raster.New(40, 40), raster.New(40, 40))
	for _, c := range []struct {
		field   chromo.Field
		grid    Grid
		warning string
	}{
		{flat, Grid{PxPerMM: 0, Step: 1}, outcome.ScaleUnknown}, {flat, Grid{PxPerMM: 14.9, Step: 1}, outcome.ScaleTooCoarse},
		{flat, Grid{PxPerMM: math.NaN(), Step: 1}, outcome.ScaleUnknown}, {empty, Grid{PxPerMM: 20, Step: 1}, outcome.RegionLost},
	} {
		if r, warning := alone(c.field, c.grid, 0); r != nil || warning != c.warning {
			t.Errorf("%v: %q, want %q", c.grid, warning, c.warning)
		}
	}
}

// A field of random levels has no structure: its correlation is 0 beyond the blur that
// the finest band needs, and more relief has more contrast.
func TestGrainGrowsWithRelief(t *testing.T) {
	grain := func(k float64) Grain {
		rgb, w := with(func(s *skin) { s.relief = k }).photo()
		return relief(t, rgb, w, plain.pxPerMM).Grain()
	}
	rough, smooth := grain(1), grain(0.6)
	if !(smooth.Contrast.Value < rough.Contrast.Value && smooth.Homogeneity.Value > rough.Homogeneity.Value && smooth.Entropy.Value < rough.Entropy.Value) {
		t.Errorf("smoother skin: %+v, rougher skin: %+v", smooth, rough)
	}
	if !(rough.Correlation.Value > 0 && rough.Correlation.Value < 1) {
		t.Errorf("correlation %v", rough.Correlation.Value)
	}
}

// alone is relief whose bands are both read from one light.
func alone(light chromo.Field, grid Grid, noise float64) (*Relief, string) {
	l := Light{Field: light, Grid: grid, Noise: noise}
	coarse := l
	coarse.Value = light.Value.Clone()
	return NewRelief(l, coarse)
}
