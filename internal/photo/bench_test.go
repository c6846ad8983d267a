package photo

import (
	"bytes"
	"context"
	"fmt"
	"image/jpeg"
	"testing"
	"testing/fstest"
)

// Sizes of 1, 12 and 24 megapixels.
var benchSizes = []struct {
	name string
	w, h int
}{{"1MP", 1152, 864}, {"12MP", 4032, 3024}, {"24MP", 5664, 4248}}

// BenchmarkOpenJPEG compares opening with decoding alone, side by side.
func BenchmarkOpenJPEG(b *testing.B) {
	for _, size := range benchSizes {
		for _, sub := range []string{"420", "422", "440", "444"} {
			data := colourJPEG(b, size.w, size.h, subsamplings[sub], 92)
			b.Run(fmt.Sprintf("%s/%s/decode", size.name, sub), func(b *testing.B) {
				b.SetBytes(int64(size.w * size.h))
				b.ReportAllocs()
				for b.Loop() {
					if _, err := jpeg.Decode(bytes.NewReader(data)); err != nil {
						b.Fatal(err)
					}
				}
			})
			b.Run(fmt.Sprintf("%s/%s/open", size.name, sub), func(b *testing.B) { benchOpen(b, data, size.w*size.h) })
			b.Run(fmt.Sprintf("%s/%s/open-p3", size.name, sub), func(b *testing.B) {
				benchOpen(b, withICC(data, matrixICC(p3XY, srgbPara(), "P3")), size.w*size.h)
			})
			turned := withSegment(data, markerAPP1, string(exifBlock(exifField{tagOrientation, 3, 6})))
			b.Run(fmt.Sprintf("%s/%s/open-turned", size.name, sub), func(b *testing.B) { benchOpen(b, turned, size.w*size.h) })
		}
	}
}

func benchOpen(b *testing.B, data []byte, pixels int) {
	dir := fstest.MapFS{"a.jpg": {Data: data}}
	b.SetBytes(int64(pixels))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Open(context.Background(), dir, "a.jpg", Limits{}); err != nil {
			b.Fatal(err)
		}
	}
}
