package align_test

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"testing"

	"dermtrace/internal/align"
	"dermtrace/internal/raster"
)

// benchSizes are 1, 12 and 24 megapixels.
var benchSizes = []struct{ mp, w, h int }{{1, 1200, 900}, {12, 4000, 3000}, {24, 6000, 4000}}

// benchPair returns two photos of the same skin whose texture is as coarse as the photo is large.
func benchPair(w, h int) (frame, photo *raster.RGB) {
	s := skin{seed: 1, unit: float64(w) / 120, faint: 1}
	a, b := plain(w, h, still), plain(w, h, through(about(w, h, 1.02, 0.05, 13.3, -8.6)))
	// Grain that makes 12 megapixels a JPEG of about 4 MB at quality 92, as phones write them.
	a.noise, b.noise, b.seed = 2, 2, 1
	return s.take(a), s.take(b)
}

// BenchmarkPair is a whole alignment: the frame prepared and one photo found in it. Compare with
// BenchmarkDecodePair.
func BenchmarkPair(b *testing.B) {
	for _, size := range benchSizes {
		b.Run(fmt.Sprintf("%dMP", size.mp), func(b *testing.B) {
			x, y := benchPair(size.w, size.h)
			b.SetBytes(int64(2 * 12 * size.w * size.h))
			b.ReportAllocs()
			for b.Loop() {
				if r := align.NewFrame(x, align.Options{}).Align(y); r.Status != align.StatusOK {
					b.Fatal(r.Status, r.Reason)
				}
			}
		})
	}
}

// BenchmarkDecodePair decodes both photos' JPEGs and does nothing else.
func BenchmarkDecodePair(b *testing.B) {
	for _, size := range benchSizes {
		b.Run(fmt.Sprintf("%dMP", size.mp), func(b *testing.B) {
			x, y := benchPair(size.w, size.h)
			files := [2][]byte{jpegOf(b, x), jpegOf(b, y)}
			b.SetBytes(int64(2 * 12 * size.w * size.h))
			b.ReportAllocs()
			for b.Loop() {
				for _, f := range files {
					if _, err := jpeg.Decode(bytes.NewReader(f)); err != nil {
						b.Fatal(err)
					}
				}
			}
			b.ReportMetric(float64(len(files[0]))/1e6, "MB/file")
		})
	}
}

func jpegOf(b *testing.B, c *raster.RGB) []byte {
	img := image.NewRGBA(image.Rect(0, 0, c.W(), c.H()))
	for y := range c.H() {
		for x := range c.W() {
			img.SetRGBA(x, y, color.RGBA{
				uint8(255*encode(float64(c.R.At(x, y))) + 0.5), uint8(255*encode(float64(c.G.At(x, y))) + 0.5),
				uint8(255*encode(float64(c.B.At(x, y))) + 0.5), 255,
			})
		}
	}
	var buf bytes.Buffer
	if err := jpeg.Encode(&buf, img, &jpeg.Options{Quality: 92}); err != nil {
		b.Fatal(err)
	}
	return buf.Bytes()
}
