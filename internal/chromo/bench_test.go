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

func BenchmarkNewModel(b *testing.B) {
	for b.Loop() {
		NewModel(Options{})
	}
}

// A region of 25 by 30 mm and the same region at the baseline.
func BenchmarkLink(b *testing.B) {
	rgb, maps := raster.NewRGB(linkW, linkH), &Maps{Melanin: blotchy(1, 0.7), Hemoglobin: blotchy(2, 0.7), by: NewModel(Options{})}
	for i, v := range blotchy(6, 0.5).Pix {
		rgb.R.Pix[i], rgb.G.Pix[i] = 0.3*(1+0.05*v), 0.2*(1+0.05*v)
	}
	link := NewLink(MottleOf(rgb, maps, nil, linkMM))
	b.SetBytes(int64(12 * len(maps.Melanin.Pix)))
	b.ReportAllocs()
	for b.Loop() {
		link.Leak(MottleOf(rgb, maps, nil, linkMM), 4, 1.3, 4.3)
	}
}
