package render

import (
	"bytes"
	"image"
	"image/jpeg"
	"math/rand/v2"
	"testing"
	"time"

	"dermtrace/internal/geom"
	"dermtrace/internal/outcome"
	"dermtrace/internal/raster"
)

// grainy is a photo of 12 megapixels with the detail and grain of skin, as linear
// light and as the JPEG that it came from.
func grainy(b *testing.B) (*raster.RGB, []byte) {
	b.Helper()
	const w, h = 4032, 3024
	r := rand.New(rand.NewPCG(1, 2))
	img, photo := image.NewRGBA(image.Rect(0, 0, w, h)), raster.NewRGB(w, h)
	for i := range w * h {
		v := 150 + r.IntN(24) + (i/9%7)*3 + i/w/11%5*2
		img.Pix[4*i], img.Pix[4*i+1], img.Pix[4*i+2], img.Pix[4*i+3] = uint8(v+40), uint8(v-10), uint8(v-30), 255
		photo.R.Pix[i], photo.G.Pix[i], photo.B.Pix[i] = float32(v)/300, float32(v)/500, float32(v)/600
	}
	var buf bytes.Buffer
	if err := jpeg.Encode(&buf, img, &jpeg.Options{Quality: 92}); err != nil {
		b.Fatal(err)
	}
	return photo, buf.Bytes()
}

// perDecode prints how many times the decoding of the photo's JPEG one round takes.
func perDecode(b *testing.B, file []byte, round func()) {
	b.Helper()
	var decoding time.Duration
	b.ReportAllocs()
	for b.Loop() {
		b.StopTimer()
		start := time.Now()
		if _, err := jpeg.Decode(bytes.NewReader(file)); err != nil {
			b.Fatal(err)
		}
		decoding += time.Since(start)
		b.StartTimer()
		round()
	}
	b.ReportMetric(b.Elapsed().Seconds()/decoding.Seconds(), "decodings")
}

// BenchmarkPictures12MP makes every picture of one photo of a series.
func BenchmarkPictures12MP(b *testing.B) {
	photo, file := grainy(b)
	view := View{X: 300, Y: 200, W: 3400, H: 2600}
	place := geom.Transform{1.01, 0.02, 5, -0.02, 1.01, 9, 1e-7, 0, 1}
	small := &raster.RGB{}
	for i, dst := range []**raster.Plane{&small.R, &small.G, &small.B} {
		*dst, _ = prefilter(photo.Planes()[i], 5)
	}
	const f = 1.0 / 5
	smallFromFrame := geom.Transform{f, 0, -0.4, 0, f, -0.4, 0, 0, 1}.Mul(place)
	must := func(_ Image, err error) {
		if err != nil {
			b.Fatal(err)
		}
	}
	for name, round := range map[string]func(){
		"thumb":   func() { must(Thumb(photo, 0)) },
		"aligned": func() { must(Aligned(photo, place, view, AlignedOptions{Gain: [3]float64{1.1, 1, 0.9}})) },
		"map": func() {
			must(Map(small.R, smallFromFrame, view, Scale{Kind: outcome.PictureMap, Low: 0.4, High: 0.8}, 0))
		},
	} {
		b.Run(name, func(b *testing.B) { perDecode(b, file, round) })
	}
}
