package chromo

import (
	"testing"

	"dermtrace/internal/raster"
)

func benchSkin() (*Model, *raster.RGB) {
	m := NewModel(Options{})
	rgb := raster.NewRGB(1000, 1000)
	for i := range rgb.R.Pix {
		f := float32(i%997)/997*0.3 + 0.8
		rgb.R.Pix[i], rgb.G.Pix[i], rgb.B.Pix[i] = 0.5*f, 0.3*f*f, 0.2*f
	}
	return m, rgb
}

func BenchmarkSeparate(b *testing.B) {
	m, rgb := benchSkin()
	b.SetBytes(12e6)
	b.ReportAllocs()
	for b.Loop() {
		m.Separate(rgb)
	}
}

func BenchmarkShading(b *testing.B) {
	m, rgb := benchSkin()
	b.SetBytes(12e6)
	b.ReportAllocs()
	for b.Loop() {
		m.Shading(rgb)
	}
}

func BenchmarkNewModel(b *testing.B) {
	for b.Loop() {
		NewModel(Options{})
	}
}

// A region of 40 by 30 mm at the resolution of the maps, 240 by 180 pixels.
func BenchmarkLink(b *testing.B) {
	m, q := raster.New(240, 180), raster.New(240, 180)
	for i := range m.Pix {
		m.Pix[i], q.Pix[i] = 4+float32(i%7)/10, 1.3+float32(i%11)/20
	}
	b.SetBytes(int64(12 * len(m.Pix)))
	b.ReportAllocs()
	for b.Loop() {
		LinkOf(Field{Value: m}, Field{Value: q}, 1.0/6)
	}
}
