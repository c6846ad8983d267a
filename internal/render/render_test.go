package render

import (
	"bytes"
	"errors"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"math"
	"math/rand/v2"
	"runtime"
	"testing"

	"dermtrace/internal/geom"
	"dermtrace/internal/outcome"
	"dermtrace/internal/raster"
)

// jpegTol is what JPEG at the qualities used here may move a code in even areas.
const jpegTol = 3

func flat(w, h int, r, g, b float32) *raster.RGB {
	c := raster.NewRGB(w, h)
	for i := range c.R.Pix {
		c.R.Pix[i], c.G.Pix[i], c.B.Pix[i] = r, g, b
	}
	return c
}

func open(t *testing.T, m Image) image.Image {
	t.Helper()
	read := png.Decode
	if m.Ext == ".jpg" {
		read = jpeg.Decode
	}
	img, err := read(bytes.NewReader(m.Bytes))
	if err != nil {
		t.Fatal(err)
	}
	if s := img.Bounds().Size(); s.X != m.Width || s.Y != m.Height {
		t.Fatalf("the file is %v, said %d×%d", s, m.Width, m.Height)
	}
	return img
}

func codes(img image.Image, x, y int) [3]float64 {
	c := color.NRGBAModel.Convert(img.At(x, y)).(color.NRGBA)
	return [3]float64{float64(c.R), float64(c.G), float64(c.B)}
}

func near(t *testing.T, what string, got, want [3]float64) {
	t.Helper()
	for k := range got {
		if !(math.Abs(got[k]-want[k]) <= jpegTol) {
			t.Errorf("%s: %v, want %v", what, got, want)
			return
		}
	}
}

// IEC 61966-2-1: linear 0.215861 is code 128; twice that is code 175.8.
func TestAlignedEncodesLightAndGain(t *testing.T) {
	photo := flat(200, 100, 0.215861, 0.215861, 0.215861)
	for _, tt := range []struct {
		gain [3]float64
		want [3]float64
	}{
		{[3]float64{}, [3]float64{128, 128, 128}},
		{[3]float64{2, 1, 1}, [3]float64{175.8, 128, 128}},
		{[3]float64{9, 9, 9}, [3]float64{255, 255, 255}},
	} {
		m, err := Aligned(photo, geom.Identity(), WholeFrame(200, 100), AlignedOptions{Gain: tt.gain})
		if err != nil {
			t.Fatal(err)
		}
		near(t, "middle", codes(open(t, m), 100, 50), tt.want)
	}
}

// A checkerboard of black and white is half the light, code 188, not half the code.
func TestShrinkingAveragesLight(t *testing.T) {
	photo := flat(2000, 1000, 0, 0, 0)
	for _, p := range photo.Planes() {
		for i := range p.Pix {
			p.Pix[i] = float32((i%2000 + i/2000) % 2)
		}
	}
	for _, px := range []int{1000, 700, 333} {
		m, err := Aligned(photo, geom.Identity(), WholeFrame(2000, 1000), AlignedOptions{MaxPx: px})
		if err != nil {
			t.Fatal(err)
		}
		if m.Width != px {
			t.Errorf("width %d, want %d", m.Width, px)
		}
		img := open(t, m)
		for _, x := range []int{px / 4, px/2 + 1} {
			near(t, "checkerboard", codes(img, x, m.Height/2), [3]float64{188, 188, 188})
		}
	}
}

// A soft dot at a known place of the frame must stand at the same place in every
// aligned picture, whatever the photo's own size, turn and place.
func TestAlignedPutsADotWhereTheFrameHasIt(t *testing.T) {
	dot := geom.Point{X: 310.3, Y: 220.7}
	view := View{X: 200, Y: 100, W: 400, H: 300}
	for _, photoFromFrame := range []geom.Transform{
		geom.Identity(),
		geom.Similarity(0.8, 0.2, 120, 10),
		geom.Similarity(2.6, -0.1, 40, 130),
		{1.4, 0.05, 20, -0.04, 1.35, 60, 4e-5, -3e-5, 1},
	} {
		at := photoFromFrame.Apply(dot)
		photo := flat(1900, 1500, 0, 0, 0)
		sigma := 5 * photoFromFrame.LocalScale(dot)
		for _, p := range photo.Planes() {
			for i := range p.Pix {
				dx, dy := float64(i%1900)-at.X, float64(i/1900)-at.Y
				p.Pix[i] = float32(math.Exp(-(dx*dx + dy*dy) / (2 * sigma * sigma)))
			}
		}
		for _, px := range []int{400, 200} {
			m, err := Aligned(photo, photoFromFrame, view, AlignedOptions{MaxPx: px, MaxBytes: 1 << 20})
			if err != nil {
				t.Fatal(err)
			}
			s := float64(px) / 400
			want := geom.Point{X: (dot.X-view.X+0.5)*s - 0.5, Y: (dot.Y-view.Y+0.5)*s - 0.5}
			if got := centroid(open(t, m)); !(got.Sub(want).Norm() <= 0.1) {
				t.Errorf("%v at %d px: dot at %v, want %v", photoFromFrame, px, got, want)
			}
		}
	}
}

// centroid of the codes above a third of the range, which leaves JPEG's ripples out.
func centroid(img image.Image) geom.Point {
	var sum float64
	var c geom.Point
	for y := range img.Bounds().Dy() {
		for x := range img.Bounds().Dx() {
			if v := codes(img, x, y)[1] - 85; v > 0 {
				sum += v
				c.X += v * float64(x)
				c.Y += v * float64(y)
			}
		}
	}
	return geom.Point{X: c.X / sum, Y: c.Y / sum}
}

func TestWhatThePhotoDoesNotShowIsHatched(t *testing.T) {
	photo := flat(200, 200, 1, 1, 1)
	m, err := Aligned(photo, geom.Translation(-100, 0), WholeFrame(200, 200), AlignedOptions{})
	if err != nil {
		t.Fatal(err)
	}
	img := open(t, m)
	near(t, "shown", codes(img, 150, 100), [3]float64{255, 255, 255})
	if v := codes(img, 50, 100)[0]; !(v >= hatchDark-8 && v <= hatchLight+8) {
		t.Errorf("outside the photo the code is %v, want the hatch", v)
	}
	if _, err := Aligned(photo, geom.Translation(5000, 0), WholeFrame(200, 200), AlignedOptions{}); !errors.Is(err, ErrNotInView) {
		t.Errorf("a photo of somewhere else: %v, want ErrNotInView", err)
	}
}

// Report pictures carry no metadata: no application segment but none at all.
func TestPicturesCarryNoMetadata(t *testing.T) {
	m, err := Thumb(flat(50, 40, 0.2, 0.1, 0.1), 0)
	if err != nil {
		t.Fatal(err)
	}
	for i := range len(m.Bytes) - 1 {
		if m.Bytes[i] == 0xFF && m.Bytes[i+1] >= 0xE0 && m.Bytes[i+1] <= 0xEF {
			t.Fatalf("application segment %#x at byte %d", m.Bytes[i+1], i)
		}
		if m.Bytes[i] == 0xFF && m.Bytes[i+1] == 0xDA {
			return
		}
	}
}

func TestQualityGivesWayToSize(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	photo := flat(800, 600, 0, 0, 0)
	for _, p := range photo.Planes() {
		for i := range p.Pix {
			p.Pix[i] = float32(r.Float64())
		}
	}
	fine, err := Aligned(photo, geom.Identity(), WholeFrame(800, 600), AlignedOptions{MaxBytes: 10 << 20})
	if err != nil {
		t.Fatal(err)
	}
	small, err := Aligned(photo, geom.Identity(), WholeFrame(800, 600), AlignedOptions{MaxBytes: len(fine.Bytes) * 2 / 3})
	if err != nil {
		t.Fatal(err)
	}
	if len(small.Bytes) > len(fine.Bytes)*2/3 {
		t.Errorf("%d bytes, asked for %d", len(small.Bytes), len(fine.Bytes)*2/3)
	}
}

func TestAround(t *testing.T) {
	square := geom.Polygon{{X: 100, Y: 50}, {X: 200, Y: 50}, {X: 200, Y: 150}, {X: 100, Y: 150}}
	if got, want := Around([]geom.Polygon{square}, 0.1, 1000, 800), (View{90, 40, 121, 121}); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if got := Around([]geom.Polygon{square}, 20, 300, 220); got != WholeFrame(300, 220) {
		t.Errorf("a margin wider than the frame: %+v", got)
	}
	if got := Around(nil, 0.1, 300, 220); got != WholeFrame(300, 220) {
		t.Errorf("no regions: %+v", got)
	}
}

func TestMapColoursKnownPixelsOnly(t *testing.T) {
	p := raster.New(300, 200)
	for i := range p.Pix {
		p.Pix[i] = float32(i%300) / 299
		if i%300 > 100 && i%300 < 140 {
			p.Pix[i] = float32(math.NaN())
		}
	}
	m, err := Map(p, geom.Identity(), WholeFrame(300, 200), Scale{Low: 0, High: 1}, 150)
	if err != nil {
		t.Fatal(err)
	}
	img := open(t, m)
	low, high := outcome.SequentialColors()[0], outcome.SequentialColors()[15]
	near(t, "low end", codes(img, 0, 50), [3]float64{float64(low[0]), float64(low[1]), float64(low[2])})
	near(t, "high end", codes(img, 149, 50), [3]float64{float64(high[0]), float64(high[1]), float64(high[2])})
	for x, want := range map[int]uint32{49: 0xffff, 52: 0, 60: 0, 68: 0, 71: 0xffff} {
		if _, _, _, a := img.At(x, 50).RGBA(); a != want {
			t.Errorf("alpha at %d is %#x, want %#x", x, a, want)
		}
	}
}

func TestDifferencesWithinNoiseAreBlank(t *testing.T) {
	p := raster.New(90, 30)
	for i := range p.Pix {
		p.Pix[i] = float32([]float64{-2, 0.3, 2}[i%90/30])
	}
	m, err := Map(p, geom.Identity(), WholeFrame(90, 30), DifferenceScale(2, 0.5), 0)
	if err != nil {
		t.Fatal(err)
	}
	img := open(t, m)
	near(t, "less", codes(img, 15, 15), [3]float64{5, 48, 97})
	near(t, "more", codes(img, 75, 15), [3]float64{103, 0, 31})
	if _, _, _, a := img.At(45, 15).RGBA(); a != 0 {
		t.Errorf("a difference within noise is drawn")
	}
}

func TestOutlinesStandOnTheRegionsEdge(t *testing.T) {
	square := geom.Polygon{{X: 50, Y: 50}, {X: 150, Y: 50}, {X: 150, Y: 150}, {X: 50, Y: 150}}
	m, err := Outlines([]Region{{outcome.Treated, square}}, WholeFrame(400, 200), 200)
	if err != nil {
		t.Fatal(err)
	}
	img := open(t, m)
	near(t, "edge", codes(img, 50, 25), [3]float64{240, 228, 66})
	for _, at := range []image.Point{{50, 50}, {10, 10}, {150, 25}} {
		if _, _, _, a := img.At(at.X, at.Y).RGBA(); a != 0 {
			t.Errorf("%v is painted", at)
		}
	}
	if c := codes(img, 50, 22); !(c[0] < 60) {
		t.Errorf("no dark casing beside the line: %v", c)
	}
}

func TestDrawnIsThePictureWithOutlines(t *testing.T) {
	view := WholeFrame(400, 200)
	photo, opt := flat(400, 200, 0.215861, 0.215861, 0.215861), AlignedOptions{MaxPx: 300}
	square := geom.Polygon{{X: 40, Y: 40}, {X: 160, Y: 40}, {X: 160, Y: 160}, {X: 40, Y: 160}}
	bare, m, err := Drawn(photo, geom.Identity(), view, []Region{{outcome.Treated, square}}, opt)
	if err != nil {
		t.Fatal(err)
	}
	if alone, err := Aligned(photo, geom.Identity(), view, opt); err != nil || !bytes.Equal(bare.Bytes, alone.Bytes) {
		t.Errorf("the picture without outlines is another than Aligned makes (%v)", err)
	}
	img := open(t, m)
	if m.Width != 300 || m.Height != 150 || m.Ext != ".jpg" {
		t.Errorf("%d×%d %s", m.Width, m.Height, m.Ext)
	}
	for _, at := range []image.Point{{75, 75}, {200, 75}} {
		near(t, "bare skin", codes(img, at.X, at.Y), [3]float64{128, 128, 128})
	}
	if c := codes(img, 75, 30); !(c[0] > 200 && c[1] > 190 && c[2] < 130) {
		t.Errorf("the upper edge is %v, want yellow", c)
	}
}

func TestThumbKeepsTheShape(t *testing.T) {
	m, err := Thumb(flat(4000, 3000, 0.2, 0.2, 0.2), 0)
	if err != nil {
		t.Fatal(err)
	}
	if m.Width != 320 || m.Height != 240 {
		t.Errorf("%d×%d, want 320×240", m.Width, m.Height)
	}
}

func TestPicturesAreTheSameOnAnyNumberOfCores(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	photo := flat(700, 500, 0, 0, 0)
	for _, p := range photo.Planes() {
		for i := range p.Pix {
			p.Pix[i] = float32(r.Float64())
		}
	}
	make := func(cores int) []byte {
		defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(cores))
		a, err := Aligned(photo, geom.Similarity(1.3, 0.1, 5, 5), WholeFrame(500, 300), AlignedOptions{})
		if err != nil {
			t.Fatal(err)
		}
		b, err := Map(photo.R, geom.Similarity(1.3, 0.1, 5, 5), WholeFrame(500, 300), Scale{Low: 0, High: 1}, 0)
		if err != nil {
			t.Fatal(err)
		}
		return append(a.Bytes, b.Bytes...)
	}
	if !bytes.Equal(make(1), make(4)) {
		t.Error("pictures depend on the number of cores")
	}
}

func BenchmarkAligned(b *testing.B) {
	for name, size := range map[string][2]int{"1MP": {1155, 866}, "12MP": {4000, 3000}, "24MP": {6000, 4000}} {
		b.Run(name, func(b *testing.B) {
			photo := flat(size[0], size[1], 0.3, 0.2, 0.15)
			b.SetBytes(int64(12 * size[0] * size[1]))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := Aligned(photo, geom.Identity(), WholeFrame(size[0], size[1]), AlignedOptions{}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// Noise does not compress: the map gives up size instead.
func TestMapsOfNoiseStaySmall(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	p := raster.New(640, 480)
	for i := range p.Pix {
		p.Pix[i] = float32(r.Float64())
	}
	m, err := Map(p, geom.Identity(), WholeFrame(640, 480), Scale{Low: 0, High: 1}, 0)
	if err != nil {
		t.Fatal(err)
	}
	if !(m.Width < 640 && m.Width >= minMapPx) {
		t.Errorf("width %d with %d bytes", m.Width, len(m.Bytes))
	}
}

func TestAlignedPNGKeepsTheFramesSizeAndCodes(t *testing.T) {
	photo := flat(300, 200, 0.215861, 0, 1)
	m, err := AlignedPNG(photo, geom.Translation(-40, 0), WholeFrame(2000, 20))
	if err != nil {
		t.Fatal(err)
	}
	if m.Width != 2000 || m.Height != 20 || m.Ext != ".png" {
		t.Errorf("%d×%d %s", m.Width, m.Height, m.Ext)
	}
	if got, want := codes(open(t, m), 100, 10), ([3]float64{128, 0, 255}); got != want {
		t.Errorf("codes %v, want %v", got, want)
	}
}
