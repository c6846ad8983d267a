package chromo

import (
	"math"
	"math/rand/v2"
	"testing"

	"dermtrace/internal/cie"
	"dermtrace/internal/raster"
)

// Rounded values follow what they were by the factor that their mean and spread tell.
func TestContrast(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 5))
	for _, spread := range []float64{0.15, 0.25, 0.4, 0.6} {
		for _, mean := range []float64{-16.5, -16.3, -16.1, 3} {
			const n = 100000
			var x, q, xq float64
			for range n {
				d := spread * r.NormFloat64()
				rounded := math.Round(mean + d)
				x, q, xq = x+d*d, q+rounded, xq+d*(rounded-mean)
			}
			if got, want := contrast(q/n, spread), xq/x; math.Abs(got-want) > 0.03 {
				t.Errorf("spread %g around %g: %.3f, want %.3f", spread, mean, got, want)
			}
		}
	}
}

// throughCb is the light of a file that keeps Cb in steps of so many codes, in even blocks as
// wide as those of a JPEG of 25 px/mm.
func throughCb(rgb *raster.RGB, step float64) *raster.RGB {
	const side = 4
	out := raster.NewRGB(rgb.W(), rgb.H())
	code := func(i int) (c [3]float64) {
		for k, p := range rgb.Planes() {
			c[k] = 255 * cie.Encode(float64(p.Pix[i]))
		}
		return c
	}
	cb := func(c [3]float64) float64 { return (c[2] - 0.299*c[0] - 0.587*c[1] - 0.114*c[2]) / cbToB }
	for i := range rgb.R.Pix {
		x0, y0 := i%rgb.W()/side*side, i/rgb.W()/side*side
		var mean, n float64
		for y := y0; y < min(y0+side, rgb.H()); y++ {
			for x := x0; x < min(x0+side, rgb.W()); x++ {
				mean, n = mean+cb(code(y*rgb.W()+x)), n+1
			}
		}
		mean /= n
		c := code(i)
		off := step*math.Round(mean/step) - cb(c)
		for k, p := range out.Planes() {
			p.Pix[i] = float32(cie.Decode((c[k] + off*[3]float64{0, cbToG, cbToB}[k]) / 255))
		}
	}
	return out
}

// A leak is found in coarse files as in fine ones where blotches come out of them stronger, and
// nearer than without knowing the steps on the whole.
func TestALeakIsFoundInACoarseFile(t *testing.T) {
	shiny := linkModel.withSurface(DefaultSurface + 0.01)
	skin := func(flush float64) *raster.RGB {
		m, b, f, relief := blotchy(1, 0.7), blotchy(2, 0.7), blotchy(3, 1.5), blotchy(6, 0.5)
		rgb := raster.NewRGB(linkW, linkH)
		for i := range m.Pix {
			points := 1.3*(1+0.15*float64(b.Pix[i])) + flush*max(0, 1+0.3*float64(f.Pix[i]))
			c, _, _ := shiny.forward.at(shiny.forward.nearest(2.5*(1+0.04*float64(m.Pix[i])), points))
			light := math.Exp(0.03 * float64(relief.Pix[i]))
			rgb.R.Pix[i], rgb.G.Pix[i], rgb.B.Pix[i] = float32(light*math.Exp(c[2]+c[0])), float32(light*math.Exp(c[2])), float32(light*math.Exp(c[2]-c[1]))
		}
		return rgb
	}
	same := [3]float64{1, 1, 1}
	mottle := func(rgb *raster.RGB, step float64) *Mottle {
		return MottleOf(rgb, linkModel.Separate(rgb), nil, linkMM).From(File{CbStep: step, Gain: same})
	}
	rest, now := skin(0), skin(3)
	at := func(m *Mottle) (melanin, blood float64) {
		return m.field(m.melanin).Summary().Mean, math.Pow(m.field(m.root).Summary().Mean, 2)
	}
	base := mottle(rest, 0)
	melanin, blood := at(base)
	_, red := at(mottle(now, 0))
	leak := func(m *Mottle) Leak {
		k, ok := NewLink(base).Leak(m, melanin, blood, red)
		if !ok {
			t.Fatal("no leak")
		}
		return k
	}
	fine := leak(mottle(now, 0)).found
	var known, unknown float64
	for step := 0.8; step < 1.41; step += 0.05 {
		file := throughCb(now, step)
		m := mottle(file, step)
		k, inFile := leak(m), leak(mottle(file, 0)).found
		known, unknown = math.Hypot(known, k.found-fine), math.Hypot(unknown, inFile-fine)
		stronger := contrast(m.cb(same).Summary().Mean/step, base.spread()/step) > 1
		if off := math.Abs(k.found - fine); stronger && (off > 2*k.se || off > math.Abs(inFile-fine)) {
			t.Errorf("steps of %g: %.3f ± %.3f, in the file %.3f, want %.3f", step, k.found, k.se, inFile, fine)
		}
	}
	if known > 0.8*unknown {
		t.Errorf("off by %.3f where the step is known, else %.3f", known, unknown)
	}
}
