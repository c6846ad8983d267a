package skin_test

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"math/rand/v2"
	"testing"

	"dermtrace/internal/cie"
	"dermtrace/internal/raster"
	"dermtrace/internal/skin"
)

// bigPhoto tiles the plain patch over w×h pixels, with grain by the shot. Its JPEG has 1.5 bits per
// pixel, fewer than most cameras write, which makes decoding it a strict yardstick.
func bigPhoto(w, h int, shot uint64) *raster.RGB {
	small, rgb := plain.photo(), raster.NewRGB(w, h)
	noise := rand.New(rand.NewPCG(shot, 2))
	for c, p := range rgb.Planes() {
		src := small.Planes()[c]
		for y := range h {
			for x := range w {
				p.Set(x, y, src.At(x%patchPx, y%patchPx)*float32(1+0.2*(noise.Float64()-0.5)))
			}
		}
	}
	return rgb
}

// BenchmarkPhoto measures everything in a treated region of 37 % and a control region of
// 14 % of a 12-megapixel photo, at several scales; its yardstick is BenchmarkDecode.
func BenchmarkPhoto(b *testing.B) {
	const w, h = 4000, 3000
	rgb := bigPhoto(w, h, 1)
	treated, control := square(400, 450, 2240, 2900), square(2720, 600, 3680, 2400)
	for _, pxPerMM := range []float64{0, 12, 20, 29, 33, 60} {
		b.Run(fmt.Sprintf("pxPerMM=%v", pxPerMM), func(b *testing.B) {
			b.SetBytes(w * h)
			b.ReportAllocs()
			for b.Loop() {
				t, c := sheetOf(rgb, treated, pxPerMM), sheetOf(rgb, control, pxPerMM)
				skin.Measure(t, skin.Freeze(t))
				skin.Measure(c, skin.Freeze(c))
			}
		})
	}
}

// encoded is a photo as a JPEG file.
func encoded(b *testing.B, rgb *raster.RGB) []byte {
	pic := image.NewNRGBA(image.Rect(0, 0, rgb.W(), rgb.H()))
	code := func(v float32) uint8 { return uint8(255*cie.Encode(float64(v)) + 0.5) }
	for i := range rgb.R.Pix {
		pic.SetNRGBA(i%rgb.W(), i/rgb.W(), color.NRGBA{R: code(rgb.R.Pix[i]), G: code(rgb.G.Pix[i]), B: code(rgb.B.Pix[i]), A: 255})
	}
	var file bytes.Buffer
	if err := jpeg.Encode(&file, pic, &jpeg.Options{Quality: 92}); err != nil {
		b.Fatal(err)
	}
	return file.Bytes()
}

// BenchmarkDecode is the yardstick: the standard decoder on a photo of the same size.
func BenchmarkDecode(b *testing.B) {
	const w, h = 4000, 3000
	file := encoded(b, bigPhoto(w, h, 1))
	b.SetBytes(w * h)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := jpeg.Decode(bytes.NewReader(file)); err != nil {
			b.Fatal(err)
		}
	}
}
