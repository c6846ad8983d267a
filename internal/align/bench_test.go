//go:build unix

package align_test

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"runtime"
	"testing"
	"testing/fstest"

	"dermtrace/internal/align"
	"dermtrace/internal/benchtest"
	"dermtrace/internal/photo"
	"dermtrace/internal/raster"
)

// benchSizes are 1, 12 and 24 megapixels.
var benchSizes = []struct{ mp, w, h int }{{1, 1200, 900}, {12, 4000, 3000}, {24, 6000, 4000}}

// benchPair returns two photos of the same skin whose texture is as coarse as the photo is large.
func benchPair(w, h int) (frame, photo *raster.RGB) {
	s := skin{seed: 1, unit: float64(w) / 120, faint: 1}
	a, b := plain(w, h, still), plain(w, h, through(about(w, h, 1.02, 0.05, 13.3, -8.6)))
	a.noise, b.noise, b.seed = 2, 2, 1
	return s.take(a), s.take(b)
}

// BenchmarkPair is a whole alignment, the frame prepared and one photo found in it, beside the
// decoding of both JPEGs and the opening of both as linear light, all in one run. It prints the CPU
// seconds of each, the alignment's over either, and what an alignment allocates in all.
func BenchmarkPair(b *testing.B) {
	for _, size := range benchSizes {
		b.Run(fmt.Sprintf("%dMP", size.mp), func(b *testing.B) {
			x, y := benchPair(size.w, size.h)
			files := fstest.MapFS{"a.jpg": {Data: jpegOf(b, x)}, "b.jpg": {Data: jpegOf(b, y)}}
			b.SetBytes(int64(2 * 12 * size.w * size.h))
			var decode, open, pair float64
			var before, after runtime.MemStats
			var bytes uint64
			for b.Loop() {
				decode += cpuSeconds(b, func() { decodeAll(b, files) })
				open += cpuSeconds(b, func() { openAll(b, files) })
				runtime.ReadMemStats(&before)
				pair += cpuSeconds(b, func() { alignPair(b, x, y) })
				runtime.ReadMemStats(&after)
				bytes += after.TotalAlloc - before.TotalAlloc
			}
			n := float64(b.N)
			b.ReportMetric(decode/n, "decode-cpu-s")
			b.ReportMetric(open/n, "open-cpu-s")
			b.ReportMetric(pair/n, "align-cpu-s")
			b.ReportMetric(pair/decode, "align/decode")
			b.ReportMetric(pair/open, "align/open")
			b.ReportMetric(float64(bytes)/n/(1<<20), "MiB-allocated")
		})
	}
}

func alignPair(b *testing.B, x, y *raster.RGB) {
	if r := align.NewFrame(x, align.Options{}).Align(y); r.Status != align.StatusOK {
		b.Fatal(r.Status, r.Reason)
	}
}

func decodeAll(b *testing.B, files fstest.MapFS) {
	for _, f := range files {
		if _, err := jpeg.Decode(bytes.NewReader(f.Data)); err != nil {
			b.Fatal(err)
		}
	}
}

func openAll(b *testing.B, files fstest.MapFS) {
	for name := range files {
		if _, err := photo.Open(context.Background(), files, name, photo.Limits{}); err != nil {
			b.Fatal(err)
		}
	}
}

// cpuSeconds is the processor time of fn, whatever else the machine does, rubbish of earlier work
// collected first.
func cpuSeconds(b *testing.B, fn func()) float64 {
	runtime.GC()
	start := benchtest.ProcessorTime(b)
	fn()
	return (benchtest.ProcessorTime(b) - start).Seconds()
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
