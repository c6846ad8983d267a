package calib

import (
	"testing"

	"dermtrace/internal/raster"
)

// enlarged is a scene at k times its pixels, as a large photo of it would be.
func enlarged(c *raster.RGB, k int) *raster.RGB {
	out := raster.NewRGB(k*c.W(), k*c.H())
	for i, p := range c.Planes() {
		q := out.Planes()[i]
		for y := range q.H {
			row := p.Row(y / k)
			for x := range q.Row(y) {
				q.Set(x, y, row[x/k])
			}
		}
	}
	return out
}

func BenchmarkFindCard(b *testing.B) {
	s := randomScene(5, true)
	small, _ := s.render()
	for _, size := range []struct {
		name string
		k    int
	}{{"0.6MP", 1}, {"2.4MP", 2}, {"10MP", 4}, {"22MP", 6}} {
		c := enlarged(small, size.k)
		b.Run(size.name, func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(12 * c.W() * c.H()))
			for b.Loop() {
				if _, err := FindCard(c, CardOptions{}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
