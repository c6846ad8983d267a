//go:build unix

package photo

import (
	"bytes"
	"context"
	"image/jpeg"
	"testing"
	"testing/fstest"
	"time"

	"dermtrace/internal/benchtest"
)

// Sizes of 1, 12 and 24 megapixels.
var benchSizes = []struct {
	name string
	w, h int
}{{"1MP", 1152, 864}, {"12MP", 4032, 3024}, {"24MP", 5664, 4248}}

// BenchmarkOpenJPEG prints what opening costs in decodings of the same file, in
// processor time, one after the other: a busy machine slows both.
func BenchmarkOpenJPEG(b *testing.B) {
	for _, size := range benchSizes {
		for _, sub := range []string{"420", "422", "440", "444"} {
			data := chromaJPEG(b, size.w, size.h, subsamplings[sub], 92, 40) // as far from grey as skin
			for _, kind := range []struct {
				name string
				file []byte
			}{
				{"plain", data},
				{"vivid", colourJPEG(b, size.w, size.h, subsamplings[sub], 92)}, // decoded twice
				{"p3", withICC(data, matrixICC(p3XY, srgbPara(), "P3"))},
				{"turned", withSegment(data, markerAPP1, string(exifBlock(exifField{tagOrientation, 3, 6})))},
			} {
				b.Run(size.name+"/"+sub+"/"+kind.name, func(b *testing.B) { benchOpen(b, kind.file, size.w*size.h) })
			}
		}
	}
}

func benchOpen(b *testing.B, file []byte, pixels int) {
	dir := fstest.MapFS{"a.jpg": {Data: file}}
	var decoding, opening time.Duration
	b.SetBytes(int64(pixels))
	b.ReportAllocs()
	for b.Loop() {
		start := benchtest.ProcessorTime(b)
		if _, err := jpeg.Decode(bytes.NewReader(file)); err != nil {
			b.Fatal(err)
		}
		decoded := benchtest.ProcessorTime(b)
		if _, err := Open(context.Background(), dir, "a.jpg", Limits{}); err != nil {
			b.Fatal(err)
		}
		decoding, opening = decoding+decoded-start, opening+benchtest.ProcessorTime(b)-decoded
	}
	b.ReportMetric(opening.Seconds()/decoding.Seconds(), "decodings")
}
