package photo

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/color/palette"
	"image/jpeg"
	"math"
	"reflect"
	"testing"
)

// plainHeader is for pictures without a file: sRGB, upright.
func plainHeader() *header {
	h := &header{coding: jfif, turned: 1, colour: sRGB("")}
	h.facts.rotation = 1
	return h
}

// naive converts pixel by pixel through the interfaces of the standard library.
func naive(m image.Image) [3][]float32 {
	var out [3][]float32
	b := m.Bounds()
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			c := naiveColour(m.At(x, y))
			for i, v := range []uint16{c.R, c.G, c.B} {
				out[i] = append(out[i], float32(srgbCurve(float64(v)/65535)))
			}
		}
	}
	return out
}

// naiveColour takes Y, Cb and Cr to red, green and blue by ITU-T T.871, 7, without
// rounding to 8-bit codes.
func naiveColour(c color.Color) color.NRGBA64 {
	if v, ok := c.(color.YCbCr); ok {
		y, cb, cr := float64(v.Y), float64(v.Cb)-128, float64(v.Cr)-128
		to16 := func(v float64) uint16 { return uint16(math.Round(257 * min(max(v, 0), 255))) }
		c = color.NRGBA64{to16(y + 1.402*cr), to16(y - 0.344136*cb - 0.714136*cr), to16(y + 1.772*cb), 65535}
	}
	return color.NRGBA64Model.Convert(c).(color.NRGBA64)
}

// eighthOfACode is the most that light in quarters of an 8-bit code is off, at white.
const eighthOfACode = 0.0012

func compareNaive(t *testing.T, what string, m image.Image, h *header, tolerance float64) {
	t.Helper()
	got := (&decoded{img: m}).linear(h)
	for i, want := range naive(m) {
		p := got.Planes()[i]
		for k, v := range want {
			if !(math.Abs(float64(p.Pix[k]-v)) <= tolerance) {
				t.Fatalf("%s: channel %d, pixel %d: %v, want %v", what, i, k, p.Pix[k], v)
			}
		}
	}
}

// Every subsampling, at sizes that leave half a chroma sample at the edges, gives
// the light of its Y, Cb and Cr.
func TestYCbCrOfEverySubsampling(t *testing.T) {
	for name, sub := range subsamplings {
		for _, size := range []image.Point{{1, 1}, {7, 5}, {16, 16}, {33, 130}} {
			m, err := jpeg.Decode(bytes.NewReader(colourJPEG(t, size.X, size.Y, sub, 95)))
			if err != nil {
				t.Fatal(err)
			}
			compareNaive(t, fmt.Sprint(name, size), m, plainHeader(), eighthOfACode)
			// Stored columns read from the middle, as turning does.
			h := plainHeader()
			h.facts.rotation = 5
			up, side := (&decoded{img: m}).linear(plainHeader()), (&decoded{img: m}).linear(h)
			for y := range size.Y {
				for x := range size.X {
					if up.B.At(x, y) != side.B.At(y, x) {
						t.Fatalf("%s %v: turned picture differs at %d, %d", name, size, x, y)
					}
				}
			}
		}
	}
}

// All 2^24 triples would take long: a lattice with the extremes.
func TestYCbCrCodes(t *testing.T) {
	m := image.NewYCbCr(image.Rect(0, 0, 256, 52*52), image.YCbCrSubsampleRatio444)
	for y := range 52 * 52 {
		for x := range 256 {
			m.Y[y*256+x], m.Cb[y*256+x], m.Cr[y*256+x] = uint8(x), uint8(5*(y%52)), uint8(5*(y/52))
		}
	}
	compareNaive(t, "lattice", m, plainHeader(), eighthOfACode)
}

// The mean light of dark colours is right: whole codes, cut off, are 0.3 codes darker,
// which is 0.6 % of red over green, a quarter of a unit of the erythema index.
func TestLightIsNotCutToWholeCodes(t *testing.T) {
	var ratio float64
	n := 0
	for y := 40; y < 60; y++ {
		for cr := 136; cr < 146; cr++ {
			m := image.NewYCbCr(image.Rect(0, 0, 2, 1), image.YCbCrSubsampleRatio444)
			for i := range 2 {
				m.Y[i], m.Cb[i], m.Cr[i] = uint8(y), 122, uint8(cr)
			}
			got, want := (&decoded{img: m}).linear(plainHeader()), naive(m)
			ratio += math.Log(float64(got.R.Pix[0]/got.G.Pix[0])) - math.Log(float64(want[0][0]/want[1][0]))
			n++
		}
	}
	if ratio /= float64(n); !(math.Abs(ratio) <= 1e-3) {
		t.Errorf("ln of red over green is off by %.4f in the mean", ratio)
	}
}

func TestOtherKindsAsTheStandardLibrary(t *testing.T) {
	src := ramp(37, 21)
	kinds := map[string]image.Image{"NRGBA": src}
	for name, m := range map[string]interface {
		image.Image
		Set(x, y int, c color.Color)
	}{
		"RGBA": image.NewRGBA(src.Rect), "RGBA64": image.NewRGBA64(src.Rect), "NRGBA64": image.NewNRGBA64(src.Rect),
		"Gray": image.NewGray(src.Rect), "Gray16": image.NewGray16(src.Rect),
		"Paletted": image.NewPaletted(src.Rect, color.Palette{color.Black, color.White, color.NRGBA{200, 10, 99, 255}}),
	} {
		for y := range 21 {
			for x := range 37 {
				m.Set(x, y, src.At(x, y))
			}
		}
		kinds[name] = m
	}
	for name, m := range kinds {
		compareNaive(t, name, m, plainHeader(), 1e-7)
	}
}

// Premultiplied colours are divided by alpha; where there is none they are black.
func TestPremultipliedIsUndone(t *testing.T) {
	m := image.NewRGBA(image.Rect(0, 0, 2, 1))
	m.SetRGBA(0, 0, color.RGBA{100, 50, 25, 128})
	h := plainHeader()
	h.alpha = true
	d, err := accept(m, &header{width: 2, height: 1, alpha: true})
	if err != nil || len(d.warnings) != 1 || d.warnings[0] != Transparent {
		t.Errorf("warnings %v, error %v", d.warnings, err)
	}
	got := d.linear(h)
	if want := float32(srgbCurve(199. / 255)); got.R.Pix[0] != want || got.R.Pix[1] != 0 {
		t.Errorf("red is %v and %v, want %v and 0", got.R.Pix[0], got.R.Pix[1], want)
	}
}

// An index outside the palette, which crashes other libraries, is black.
func TestPaletteIndexOutside(t *testing.T) {
	m := image.NewPaletted(image.Rect(0, 0, 2, 1), color.Palette{color.White})
	m.Pix[1] = 200
	got := (&decoded{img: m}).linear(plainHeader())
	if got.R.Pix[0] != 1 || got.R.Pix[1] != 0 {
		t.Errorf("light is %v", got.R.Pix)
	}
}

// place by the EXIF standard's own words: where the stored row 0 and column 0 appear.
func naiveUpright(o, w, h, x, y int) (int, int) {
	switch o {
	case 2:
		return w - 1 - x, y
	case 3:
		return w - 1 - x, h - 1 - y
	case 4:
		return x, h - 1 - y
	case 5:
		return y, x
	case 6:
		return h - 1 - y, x
	case 7:
		return h - 1 - y, w - 1 - x
	case 8:
		return y, w - 1 - x
	}
	return x, y
}

// ofAllKinds are pictures of every kind that decoders give, of any codes.
func ofAllKinds(w, h int) []image.Image {
	box, code := image.Rect(0, 0, w, h), byte(0)
	any := func(planes ...[]byte) {
		for _, p := range planes {
			for i := range p {
				code = code*5 + 77
				p[i] = code
			}
		}
	}
	ycbcr := func(s image.YCbCrSubsampleRatio) *image.YCbCr {
		m := image.NewYCbCr(box, s)
		any(m.Y, m.Cb, m.Cr)
		return m
	}
	gray, gray16, paletted := image.NewGray(box), image.NewGray16(box), image.NewPaletted(box, palette.Plan9)
	nrgba, rgba, nrgba64, rgba64 := image.NewNRGBA(box), image.NewRGBA(box), image.NewNRGBA64(box), image.NewRGBA64(box)
	withAlpha := image.NewNYCbCrA(box, image.YCbCrSubsampleRatio420)
	any(gray.Pix, gray16.Pix, paletted.Pix, nrgba.Pix, rgba.Pix, nrgba64.Pix, rgba64.Pix, withAlpha.Y, withAlpha.Cb, withAlpha.Cr)
	list := []image.Image{gray, gray16, paletted, nrgba, rgba, nrgba64, rgba64, withAlpha}
	for s := image.YCbCrSubsampleRatio444; s <= image.YCbCrSubsampleRatio410; s++ {
		list = append(list, ycbcr(s), &fineYCbCr{ycbcr(s), chromaParts{multiple{32, 9}, multiple{2, 1}}, nil}, &fineYCbCr{ycbcr(s), chromaParts{multiple{32, 9}, multiple{2, 1}}, ycbcr(s)})
	}
	return list
}

func TestOrientAgainstNaive(t *testing.T) {
	for _, size := range []image.Point{{1, 1}, {5, 3}, {64, 32}, {131, 70}, {70, 131}} {
		for _, m := range ofAllKinds(size.X, size.Y) {
			flat := (&decoded{img: m}).linear(plainHeader())
			for o := 1; o <= 8; o++ {
				h := plainHeader()
				h.facts.rotation = o
				got := (&decoded{img: m}).linear(h)
				for i := range size.X * size.Y {
					x, y := i%size.X, i/size.X
					ux, uy := naiveUpright(o, size.X, size.Y, x, y)
					if got.R.At(ux, uy) != flat.R.At(x, y) || got.G.At(ux, uy) != flat.G.At(x, y) || got.B.At(ux, uy) != flat.B.At(x, y) {
						t.Fatalf("%T of %v, orientation %d: stored (%d, %d) is not at (%d, %d)", m, size, o, x, y, ux, uy)
					}
				}
			}
		}
	}
}

// Parts and shrunken pictures of every orientation are those of the whole.
func TestPartsAreThoseOfTheWhole(t *testing.T) {
	const w, h, f = 131, 70, 3
	m, err := jpeg.Decode(bytes.NewReader(colourJPEG(t, w, h, subsamplings["420"], 95)))
	if err != nil {
		t.Fatal(err)
	}
	for o := 1; o <= 8; o++ {
		head := plainHeader()
		head.facts.rotation = o
		s := (&decoded{img: m}).source(head)
		whole := s.pixels()
		if s.W() != whole.W() || s.H() != whole.H() {
			t.Fatalf("orientation %d: %d×%d, want %d×%d", o, s.W(), s.H(), whole.W(), whole.H())
		}
		part := s.Crop(5, 9, 52, 64)
		for k, p := range part.Planes() {
			for y := range p.H {
				for x := range p.W {
					if p.At(x, y) != whole.Planes()[k].At(x+5, y+9) {
						t.Fatalf("orientation %d: part differs at %d, %d", o, x, y)
					}
				}
			}
		}
		for _, f := range []int{2, 2, f} { // the latest is kept
			if !reflect.DeepEqual(s.Shrink(f), whole.Shrink(f)) {
				t.Fatalf("orientation %d: shrunken by %d, it differs", o, f)
			}
		}
	}
}

// What is shrunken straight from codes is what is shrunken from light, to the bit.
func TestHalvesAreThoseOfTheWhole(t *testing.T) {
	for _, size := range []image.Point{{132, 70}, {131, 70}, {132, 71}} {
		m, err := jpeg.Decode(bytes.NewReader(colourJPEG(t, size.X, size.Y, subsamplings["420"], 95)))
		if err != nil {
			t.Fatal(err)
		}
		for _, img := range []image.Image{m, &fineYCbCr{m.(*image.YCbCr), chromaParts{multiple{32, 9}, multiple{2, 1}}, nil}} {
			for o := 1; o <= 8; o++ {
				head := plainHeader()
				head.facts.rotation = o
				s := (&decoded{img: img}).source(head)
				if even := size.X%2 == 0 && size.Y%2 == 0; even != (s.half != nil) {
					t.Errorf("%v: half rows are read: %v", size, !even)
				}
				if !reflect.DeepEqual(s.Shrink(2), s.pixels().Shrink(2)) {
					t.Errorf("%T of %v, orientation %d: the half differs", img, size, o)
				}
			}
		}
	}
}

// Turning twice by HEIC's properties is one EXIF orientation.
func TestTurnsCompose(t *testing.T) {
	const w, h = 5, 3
	for a := 1; a <= 8; a++ {
		for b := 1; b <= 8; b++ {
			c := turn(a, b)
			for y := range h {
				for x := range w {
					aw, ah := w, h
					if swapsSides(a) {
						aw, ah = h, w
					}
					x1, y1 := naiveUpright(a, w, h, x, y)
					x2, y2 := naiveUpright(b, aw, ah, x1, y1)
					if x3, y3 := naiveUpright(c, w, h, x, y); x3 != x2 || y3 != y2 {
						t.Fatalf("%d then %d is not %d", a, b, c)
					}
				}
			}
		}
	}
}

// The limited range of video: 16 is black, 235 white, and colours are those of H.273,
// within a code of 8 bits, which is .0089 of light near white.
func TestLimitedRange(t *testing.T) {
	m := image.NewYCbCr(image.Rect(0, 0, 4, 1), image.YCbCrSubsampleRatio444)
	copy(m.Y, []uint8{16, 235, 126, 81})
	copy(m.Cb, []uint8{128, 128, 128, 90})
	copy(m.Cr, []uint8{128, 128, 128, 240}) // the last is BT.601 red
	h := plainHeader()
	h.coding = bt601Limited
	got := (&decoded{img: m}).linear(h)
	for i, want := range [][3]float64{{0, 0, 0}, {1, 1, 1}, {128. / 255, 128. / 255, 128. / 255}, {1, 0, 0}} {
		for k, p := range got.Planes() {
			if !(math.Abs(float64(p.Pix[i])-srgbCurve(want[k])) <= .009) {
				t.Errorf("pixel %d, channel %d: %v, want %v", i, k, p.Pix[i], srgbCurve(want[k]))
			}
		}
	}
	grey := image.NewGray(image.Rect(0, 0, 2, 1))
	copy(grey.Pix, []uint8{16, 235})
	if p := (&decoded{img: grey}).linear(h).R.Pix; p[0] != 0 || p[1] != 1 {
		t.Errorf("grey: %v", p)
	}
}

func TestSameBytesForAnyGOMAXPROCS(t *testing.T) {
	data := withICC(colourJPEG(t, 200, 150, subsamplings["420"], 80), matrixICC(p3XY, srgbPara(), "P3"))
	want := withProcs(1, func() *Photo { return openBytes(t, "a.jpg", data) })
	got := withProcs(5, func() *Photo { return openBytes(t, "a.jpg", data) })
	for i, p := range got.Pixels.Planes() {
		for k, v := range p.Pix {
			if v != want.Pixels.Planes()[i].Pix[k] {
				t.Fatal("pixels differ with the number of processors")
			}
		}
	}
}
