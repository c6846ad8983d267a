package texture

import (
	"bytes"
	"image"
	"image/jpeg"
	"math"
	"math/rand/v2"
	"testing"

	"dermtrace/internal/chromo"
	"dermtrace/internal/filter"
	"dermtrace/internal/raster"
)

// What makes light uneven is told apart by what it does to the channels.
func TestUnevennessIsToldByColour(t *testing.T) {
	s := modelled([2]float32{0.05, 0.012})
	want := Unevenness{Relief: 0.02, Melanin: 0.05, Blood: 0.06, Shine: 0.004}
	var c [3][3]float64
	for i, d := range s.directions() {
		add(&c, d, want.list()[i])
	}
	got := Unevenness{}.with(fitted(c, s.directions())).list()
	for i, sd := range want.list() {
		t.Logf("kind %d: %.4f, was %.4f", i, got[i], sd)
	}
	near(t, "relief", got[0]/want.Relief, 1, 0.1)
	near(t, "shine", got[3]/want.Shine, 1, 0.25)

	// Relief alone is relief alone.
	c = [3][3]float64{}
	add(&c, s.directions()[0], 0.02)
	got = Unevenness{}.with(fitted(c, s.directions())).list()
	near(t, "relief alone", got[0]/0.02, 1, 0.02)
}

func TestTogether(t *testing.T) {
	u := Together(Unevenness{Relief: 0.01, AtBlood: 1, Finer: 2}, Unevenness{Relief: 0.03, Shine: 0.002, AtBlood: 2, Finer: 1})
	near(t, "relief", u.Relief, math.Sqrt((0.01*0.01+0.03*0.03)/2), 1e-12)
	near(t, "shine", u.Shine, 0.002/math.Sqrt2, 1e-12)
	near(t, "blood", u.AtBlood+u.Finer+u.Lost, 1.5+1.5+1, 1e-12)
	if Together() != typical {
		t.Error("of no region it is not the typical one")
	}
}

// A region of few pixels, or too coarse, tells nothing.
func TestUnevennessOfTooLittleIsTypical(t *testing.T) {
	rgb, w := with(func(s *skin) { s.sizeMM = 1.5 }).photo()
	if u, ok := UnevennessOf(Region{RGB: rgb, Weight: w, Grid: Grid{PxPerMM: 20, Step: 1}, Skin: averageSkin(rgb, w)}); ok || u != typical {
		t.Errorf("%+v of 2 mm²", u)
	}
	rgb, w = plain.photo()
	for _, g := range []Grid{{PxPerMM: 10, Step: 1}, {PxPerMM: 20, Step: 1, ExcessMM2: 1}, {Step: 1}} {
		if u, ok := UnevennessOf(Region{RGB: rgb, Weight: w, Grid: g, Skin: averageSkin(rgb, w)}); ok || u != typical {
			t.Errorf("%+v at %+v", u, g)
		}
	}
}

// withoutColour is a photo as a file leaves it that keeps luma and loses all colour finer than
// it is broad in pixels.
func withoutColour(rgb *raster.RGB, px float64) *raster.RGB {
	code := func(v float32) float32 { return float32(math.Pow(float64(v), 1/2.4)) }
	y, out := raster.New(rgb.W(), rgb.H()), raster.NewRGB(rgb.W(), rgb.H())
	for i := range y.Pix {
		y.Pix[i] = float32(luma[0])*code(rgb.R.Pix[i]) + float32(luma[1])*code(rgb.G.Pix[i]) + float32(luma[2])*code(rgb.B.Pix[i])
	}
	for c, p := range rgb.Planes() {
		d := raster.New(rgb.W(), rgb.H())
		for i := range d.Pix {
			d.Pix[i] = code(p.Pix[i]) - y.Pix[i]
		}
		d = filter.Gaussian(d, px)
		for i := range d.Pix {
			out.Planes()[c].Pix[i] = float32(math.Pow(float64(d.Pix[i]+y.Pix[i]), 2.4))
		}
	}
	return out
}

// The same relief reads alike whether the file kept its colour or not, on pale skin and on
// flushed; by the weights for lossless files it would not.
func TestReliefOutlivesColour(t *testing.T) {
	for _, blood := range []float64{0.012, 0.042} {
		rgb, w := with(func(s *skin) { s.blood = blood }).photo()
		uneven := Unevenness{Relief: 0.03, Lost: 1, AtBlood: 1.2, Finer: 1}
		whole := float64(reliefBy(t, rgb, w, uneven).Roughness().Value)
		lost := float64(reliefBy(t, withoutColour(rgb, 12), w, uneven).Roughness().Value)
		plainly := float64(reliefBy(t, withoutColour(rgb, 12), w, lossless).Roughness().Value)
		t.Logf("blood %.3f: %.3f of what it was, by the other weights %.3f", blood, lost/whole, plainly/whole)
		near(t, "relief", lost/whole, 1, 0.03)
		if !(plainly/whole < 0.9) {
			t.Errorf("by the weights for lossless files the same: %.3f", plainly/whole)
		}
	}
}

func reliefBy(t *testing.T, rgb *raster.RGB, w *raster.Plane, uneven Unevenness) *Relief {
	t.Helper()
	r, warning := Prepare(Region{RGB: rgb, Weight: w, Grid: Grid{PxPerMM: plain.pxPerMM, Step: 1}, Coarse: Coarse{rgb, w, 1}, Skin: averageSkin(rgb, w), Uneven: uneven, Lossy: true})
	if r == nil {
		t.Fatal(warning)
	}
	return r
}

// Of what glints leave where their colour is lost more than half is taken off.
func TestLostGlintsAreNoRelief(t *testing.T) {
	frozen, _ := UnevennessOf(glinting(1, func(rgb *raster.RGB) *raster.RGB { return rgb }))
	bare := frozen
	bare.Melanin, bare.Blood, bare.Shine = 0, 0, 0
	measure := func(relief float64, u Unevenness) float64 {
		p := glinting(relief, func(rgb *raster.RGB) *raster.RGB { return withoutColour(rgb, 2) })
		return float64(reliefBy(t, p.RGB, p.Weight, u).Roughness().Value)
	}
	follow := func(u Unevenness) float64 { return measure(0.7, u) / measure(1, u) }
	told, plainly := follow(frozen), follow(bare)
	t.Logf("%+v: relief 0.7 reads as %.3f, without what is left over as %.3f", frozen, told, plainly)
	near(t, "relief", told, 0.7, 0.04)
	if !(plainly-0.7 > 2*(told-0.7)) {
		t.Errorf("less than half of it is taken off")
	}
}

// glinting is skin of that relief with glints, as a file keeps it.
func glinting(relief float64, file func(*raster.RGB) *raster.RGB) Region {
	rgb, w := with(func(s *skin) { s.relief = relief }).photo()
	glints := raster.New(rgb.W(), rgb.H())
	rng := rand.New(rand.NewPCG(3, 4))
	for i := range glints.Pix {
		glints.Pix[i] = float32(0.1 * rng.NormFloat64())
	}
	glints = filter.Gaussian(glints, 2)
	for i, v := range glints.Pix {
		for _, p := range rgb.Planes() {
			p.Pix[i] += v
		}
	}
	rgb = file(rgb)
	return Region{RGB: rgb, Weight: w, Grid: Grid{PxPerMM: plain.pxPerMM, Step: 1}, Skin: averageSkin(rgb, w), Lossy: true,
		CbStep: 1e-6} // such a file loses colour and rounds none
}

// A JPEG rounds chroma that is as broad as mottle by at least as much in the fine band, and not
// by much more: the steps there are one to three times the first.
func TestRounded(t *testing.T) {
	const side, unevenMM, pxPerMM = 512, 0.15, 25
	grid := Grid{PxPerMM: pxPerMM / colourBlock, Step: 1}
	for _, quality := range []int{93, 85} {
		img := image.NewYCbCr(image.Rect(0, 0, 2*side, 2*side), image.YCbCrSubsampleRatio420)
		rng := rand.New(rand.NewPCG(5, 6))
		for i := range img.Y {
			img.Y[i] = 128
		}
		mottle := raster.New(side, side)
		for i := range mottle.Pix {
			mottle.Pix[i] = float32(rng.NormFloat64())
		}
		mottle = filter.Gaussian(mottle, grid.px(unevenMM))
		for i, v := range mottle.Pix {
			img.Cb[i], img.Cr[i] = uint8(math.Round(128+20*float64(v))), 128
		}
		var file bytes.Buffer
		if err := jpeg.Encode(&file, img, &jpeg.Options{Quality: quality}); err != nil {
			t.Fatal(err)
		}
		kept, err := jpeg.Decode(&file)
		if err != nil {
			t.Fatal(err)
		}
		off := raster.New(side, side)
		for i, v := range kept.(*image.YCbCr).Cb {
			off.Pix[i] = float32(v) - float32(img.Cb[i])
		}
		f := chromo.Field{Value: off}
		got := math.Sqrt(meanPower(chromo.Field{Value: between(smooth(f, grid.px(fineMM), bandFrom), smooth(f, grid.px(middleMM), bandFrom))}))
		first := float64(map[int]int{93: 2, 85: 5}[quality]) // the table's, of 17
		told := Region{Grid: Grid{PxPerMM: pxPerMM, Step: Step(pxPerMM)}, CbStep: first / 8}.rounded()
		t.Logf("quality %d: %.3f codes, told %.3f", quality, got, told)
		if !(got > told && got < 2.5*told) {
			t.Errorf("quality %d: chroma is off by %.3f codes, told %.3f", quality, got, told)
		}
	}
}

// Of relief whose facets shine the baseline tells how much, beside mottle and glints that lie as
// they like; of matt relief that there is none.
func TestGlossIsTold(t *testing.T) {
	dark := Skin{Basis: [3][3]float64{{0.03, 0.08, 1}, {0.05, 0.22, 1}, {0.06, 0.12, 1}}, Melanin: 15, Blood: 1.5,
		Light: [3]float64{0.25, 0.1, 0.045}, Strength: 1}
	for _, gloss := range []float64{0, 0.05, 0.1} {
		d := dark.directions()
		for c := range d[0] {
			d[0][c] += gloss * d[3][c]
		}
		var c [3][3]float64
		for k, sd := range [kinds]float64{0.012, 0.02, 0.045, 0.001} {
			add(&c, d[k], sd)
		}
		near(t, "gloss", dark.glossOf(c), gloss, 0.01)
	}
}

// Its shine weighs more beside darker skin: what it has gained both where colour is kept and where
// it is lost is taken off, and nothing where the two disagree.
func TestGlossThatDarkSkinShows(t *testing.T) {
	rgb, w := with(func(s *skin) { s.melanin = 0.13 }).photo()
	p := Region{RGB: rgb, Weight: w, Grid: Grid{PxPerMM: plain.pxPerMM, Step: 1}, Skin: averageSkin(rgb, w)}
	u, ok := UnevennessOf(p)
	if !ok {
		t.Fatal("no unevenness")
	}
	u.Gloss = 0.1
	matt := u
	matt.Gloss = 0
	u, matt = Together(u), Together(matt)
	red, _ := with(func(s *skin) { s.melanin, s.blood = 0.13, 0.042 }).photo()
	for _, v := range []*raster.RGB{rgb, red} {
		s := averageSkin(v, w)
		by := MixFor(s, u).facets(s, u.Gloss).over(u.facets)
		t.Logf("relief has %.3f times the power", by)
		told, shown := reliefBy(t, v, w, u).Roughness().Value, reliefBy(t, v, w, matt).Roughness().Value
		near(t, "roughness", float64(told/shown), 1/math.Sqrt(by), 1e-6)
	}
	base := facets{kept: 1, lost: 2}
	near(t, "both gained", facets{kept: 1.1, lost: 3}.over(base), 1.1, 1e-12)
	near(t, "both lost", facets{kept: 0.8, lost: 1.9}.over(base), 0.95, 1e-12)
	near(t, "they disagree", facets{kept: 0.9, lost: 3}.over(base), 1, 0)
}
