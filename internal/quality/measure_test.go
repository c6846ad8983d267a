package quality

import (
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"testing"

	"dermtrace/internal/filter"
	"dermtrace/internal/geom"
	"dermtrace/internal/outcome"
	"dermtrace/internal/photo"
	"dermtrace/internal/raster"
	"dermtrace/internal/roi"
)

// fractal is a plane of detail with power 1/f² and RMS about amplitude, mean 0: white
// noise smoothed at every octave, each with the same amplitude.
func fractal(seed uint64, w, h int, amplitude float64) *raster.Plane {
	rng := rand.New(rand.NewPCG(seed, 7))
	out := raster.New(w, h)
	for sigma := 0.5; sigma <= 32; sigma *= 2 {
		n := raster.New(w, h)
		for i := range n.Pix {
			n.Pix[i] = float32(rng.NormFloat64())
		}
		fine, coarse := filter.Gaussian(n, sigma), filter.Gaussian(n, 2*sigma)
		for i := range out.Pix {
			out.Pix[i] += float32(amplitude*sigma) * (fine.Pix[i] - coarse.Pix[i])
		}
	}
	return out
}

// skin is skin-coloured light that varies as detail says, relative to 1, with noise of
// SD noise of the light in luminance.
func skin(detail *raster.Plane, noise float64, seed uint64) *raster.RGB {
	rng := rand.New(rand.NewPCG(seed, 8))
	c := raster.NewRGB(detail.W, detail.H)
	for i, d := range detail.Pix {
		v := (1 + d) * float32(1+noise*rng.NormFloat64())
		c.R.Pix[i], c.G.Pix[i], c.B.Pix[i] = 0.50*v, 0.29*v, 0.20*v
	}
	return c
}

// Grey is what no profile and no light makes of skin, also where it is clipped in part.
func TestAPictureWithoutColourIsRefused(t *testing.T) {
	c := skin(fractal(1, 320, 240, 0.05), 0.01, 2)
	if f := Measure(c, photo.Meta{}); f.Colourless != 0 {
		t.Errorf("%.3f of skin has no colour", f.Colourless)
	}
	copy(c.G.Pix, c.R.Pix)
	copy(c.B.Pix, c.R.Pix)
	for i := range c.R.Pix[:len(c.R.Pix)/2] {
		c.R.Pix[i], c.G.Pix[i], c.B.Pix[i] = 1, 1, 1
	}
	q := Measure(c, photo.Meta{}).Quality()
	if q.Verdict != outcome.Unusable || !slices.ContainsFunc(q.Reasons, func(r outcome.Reason) bool { return r.Code == outcome.NoColour }) {
		t.Errorf("black and white: %+v", q)
	}
	for i := range c.R.Pix {
		c.R.Pix[i], c.G.Pix[i], c.B.Pix[i] = 1, 1, 1
	}
	if f := Measure(c, photo.Meta{}); !math.IsNaN(f.Colourless) {
		t.Errorf("white: colourless %g", f.Colourless)
	}
}

func TestNoiseComesBack(t *testing.T) {
	for _, want := range []float64{0.01, 0.03, 0.1} {
		f := Measure(skin(fractal(1, 640, 480, 0.02), want, 2), photo.Meta{})
		// Detail at 2 px adds a little in square; the quietest fifth holds least of it.
		if !(math.Abs(f.Noise-want) <= 0.1*want+0.003) {
			t.Errorf("noise %.4f, want %.4f", f.Noise, want)
		}
	}
}

func TestBlurOfKnownWidth(t *testing.T) {
	if testing.Short() {
		t.Skip("smooths large pictures")
	}
	sharp := fractal(1, 960, 720, 0.05)
	for _, want := range []float64{1, 1.5, 2, 3, 4} {
		f := Measure(skin(filter.Gaussian(sharp, want), 0.002, 2), photo.Meta{})
		// The octaves of the test picture are broad: a third is what the figure is good for.
		if !(math.Abs(f.BlurPx-want) <= want/3) {
			t.Errorf("blur %.2f px, want %.2f", f.BlurPx, want)
		}
	}
	if f := Measure(skin(sharp, 0.002, 2), photo.Meta{}); !(f.BlurPx < 1) {
		t.Errorf("a sharp picture is blurred over %.2f px", f.BlurPx)
	}
	if f := Measure(skin(raster.New(960, 720), 0.01, 2), photo.Meta{}); !math.IsNaN(f.BlurPx) {
		t.Errorf("skin without detail is blurred over %.2f px", f.BlurPx)
	}
}

func TestMotionBlursOneDirection(t *testing.T) {
	if testing.Short() {
		t.Skip("smooths large pictures")
	}
	sharp := fractal(1, 960, 720, 0.05)
	const length = 9
	for _, move := range []struct{ dx, dy int }{{1, 0}, {0, 1}, {1, 1}} {
		p := raster.New(sharp.W, sharp.H)
		for y := range p.H {
			for x := range p.W {
				var s float32
				for k := range length {
					s += sharp.At((x+k*move.dx)%p.W, (y+k*move.dy)%p.H)
				}
				p.Set(x, y, s/length)
			}
		}
		if f := Measure(skin(p, 0.002, 2), photo.Meta{}); !(f.Isotropy < MinIsotropy) {
			t.Errorf("moved along %v: isotropy %.2f", move, f.Isotropy)
		}
	}
	for _, p := range []*raster.Plane{sharp, filter.Gaussian(sharp, 2)} {
		if f := Measure(skin(p, 0.002, 2), photo.Meta{}); !(f.Isotropy > 0.6) {
			t.Errorf("at rest: isotropy %.2f", f.Isotropy)
		}
	}
}

func TestClippingAndGlareShares(t *testing.T) {
	c := skin(raster.New(640, 480), 0, 1)
	paint := func(y0, y1 int, r, g, b float32) {
		for i := y0 * 640; i < y1*640; i++ {
			c.R.Pix[i], c.G.Pix[i], c.B.Pix[i] = r, g, b
		}
	}
	paint(0, 48, 1, 0.7, 0.5)        // a tenth is overexposed in red
	paint(48, 72, 0.3, 0.1, 0.001)   // a twentieth has no blue
	paint(72, 120, 0.55, 0.53, 0.51) // a tenth is glare
	f := Measure(c, photo.Meta{})
	const exact = 1e-12
	if !(math.Abs(f.ClippedHigh-0.1) <= exact && math.Abs(f.ClippedLow-0.05) <= exact && math.Abs(f.Glare-0.1) <= exact) {
		t.Errorf("clipped %.4f and %.4f, glare %.4f", f.ClippedHigh, f.ClippedLow, f.Glare)
	}
	if want := 0.21264*0.5 + 0.71517*0.29 + 0.07219*0.2; !(math.Abs(f.MedianY-want) <= 0.005*want) {
		t.Errorf("median %.4f, want %.4f", f.MedianY, want)
	}
	lower := roi.Fill(geom.Polygon{{X: 0, Y: 200}, {X: 640, Y: 200}, {X: 640, Y: 480}, {X: 0, Y: 480}}, 640, 480)
	if f := Measure(c, photo.Meta{}, lower); f.ClippedHigh != 0 || f.Glare != 0 || f.Pixels == 0 {
		t.Errorf("inside a clean region: %+v", f)
	}
	if f := Measure(raster.NewRGB(31, 31), photo.Meta{}); f.Pixels != 0 || f.Quality().Verdict == "ok" {
		t.Errorf("a picture without a block: %+v", f)
	}
}

// One relief, lit from two sides, and seen after the camera was turned.
func TestLightDirection(t *testing.T) {
	if testing.Short() {
		t.Skip("smooths large pictures")
	}
	relief := fractal(4, 960, 720, 0.4)
	lit := func(azimuthDeg float64) *raster.RGB {
		sin, cos := math.Sincos(azimuthDeg * math.Pi / 180)
		p := raster.New(relief.W, relief.H)
		for y := range p.H - 1 {
			for x := range p.W - 1 {
				dx, dy := relief.At(x+1, y)-relief.At(x, y), relief.At(x, y+1)-relief.At(x, y)
				p.Set(x, y, float32(cos)*dx+float32(sin)*dy)
			}
		}
		return skin(filter.Gaussian(p, 1), 0.002, 5)
	}
	light := func(a, b float64, p Pair) bool {
		p.Scale = 1
		r, figures := OfPair(Measure(lit(a), photo.Meta{}), Measure(lit(b), photo.Meta{}), p)
		t.Logf("%v° to %v°: %v", a, b, figures)
		for _, x := range r {
			if x.Code == "light_direction" {
				return true
			}
		}
		return false
	}
	if light(20, 25, Pair{}) {
		t.Error("5° of turn fired")
	}
	if !light(20, 60, Pair{}) {
		t.Error("40° of turn did not fire")
	}
	if light(20, 60, Pair{RotationDeg: 40}) {
		t.Error("a turned camera fired")
	}
}

// A photo from half the distance shows the same detail at twice the pixels.
func TestSharpnessIsComparedAtACommonSize(t *testing.T) {
	if testing.Short() {
		t.Skip("smooths large pictures")
	}
	near := filter.Gaussian(fractal(6, 1280, 960, 0.05), 1)
	far := filter.Shrink(near, 2)
	a, b := Measure(skin(near, 0.005, 1), photo.Meta{}), Measure(skin(far, 0.005, 2), photo.Meta{})
	_, figures := OfPair(a, b, Pair{Scale: 0.5})
	if s := float64(figures["sharpness_ratio"]); !(math.Abs(s-1) <= 0.1) {
		t.Errorf("sharpness ratio %.3f at half the size", s)
	}
	_, figures = OfPair(b, a, Pair{Scale: 2})
	if s := float64(figures["sharpness_ratio"]); !(math.Abs(s-1) <= 0.1) {
		t.Errorf("sharpness ratio %.3f at twice the size", s)
	}
	blurred := Measure(skin(filter.Gaussian(far, 1), 0.005, 3), photo.Meta{})
	_, figures = OfPair(b, blurred, Pair{Scale: 1})
	if s := float64(figures["sharpness_ratio"]); !(s < MinSharpness) {
		t.Errorf("sharpness ratio %.3f after a blur of 1 px", s)
	}
}

func TestMeasureIsBitIdenticalForAnyGOMAXPROCS(t *testing.T) {
	c := skin(fractal(1, 640, 480, 0.02), 0.02, 2)
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	want := Measure(c, photo.Meta{})
	runtime.GOMAXPROCS(7)
	got := Measure(c, photo.Meta{})
	if got.Noise != want.Noise || got.Detail != want.Detail || got.Slope != want.Slope {
		t.Error("figures depend on the number of cores")
	}
}

func BenchmarkMeasure(b *testing.B) {
	for _, mp := range []struct {
		name string
		w, h int
	}{{"1MP", 1224, 816}, {"12MP", 4240, 2832}, {"24MP", 6000, 4000}} {
		c := raster.NewRGB(mp.w, mp.h)
		for _, p := range c.Planes() {
			for i := range p.Pix {
				p.Pix[i] = float32(i%97) / 97
			}
		}
		b.Run(mp.name, func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(12 * mp.w * mp.h))
			for b.Loop() {
				Measure(c, photo.Meta{})
			}
		})
	}
}
