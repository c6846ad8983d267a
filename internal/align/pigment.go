package align

import (
	"math"

	"dermtrace/internal/raster"
)

// A mixture holds the weights of ln red, green and blue that make the pigment signal: at right
// angles to blood and to the relief's shading, so that mostly melanin is left.
type mixture [3]float32

// bloodDirection is what blood does to ln RGB, relative to green: skin with 1 to 11 % melanosomes in
// two models of skin (diffusion; Kubelka-Munk) on the sRGB primaries.
var bloodDirection = [3]float64{0.33, 1, 0.87}

const (
	// pigmentLight is darkLight for the pigment signal; less, for it looks at blue in dark skin.
	pigmentLight = 0.002
	// grainLag is the distance, in pixels of half the finest size, over which the fine detail of a
	// photo is taken: a furrow's width.
	grainLag = 3
	// Shading in red and blue relative to green: light of long wavelengths travels under a furrow
	// and fills it. Outside these, the fine detail is no shading.
	minRedShade, maxRedShade   = 0.7, 1.1
	minBlueShade, maxBlueShade = 0.9, 1.3
)

// newMixture takes the shading's direction from the photo: its fine detail is mostly relief, and
// noise, which the channels do not share, drops out of their covariances c: with c_ij = g_i g_j,
// g_r/g_g = c_rb/c_gb and g_b/g_g = c_rb/c_rg.
func newMixture(ln *raster.RGB) *mixture {
	rg, rb, gb := grain(ln.R, ln.G), grain(ln.R, ln.B), grain(ln.G, ln.B)
	shade := [3]float64{1, 1, 1}
	if rg > 0 && rb > 0 && gb > 0 {
		shade[0] = min(max(rb/gb, minRedShade), maxRedShade)
		shade[2] = min(max(rb/rg, minBlueShade), maxBlueShade)
	}
	b := bloodDirection
	w := [3]float64{shade[1]*b[2] - shade[2]*b[1], shade[2]*b[0] - shade[0]*b[2], shade[0]*b[1] - shade[1]*b[0]}
	n := math.Sqrt(w[0]*w[0] + w[1]*w[1] + w[2]*w[2])
	return &mixture{float32(w[0] / n), float32(w[1] / n), float32(w[2] / n)}
}

// grain is the sum of products of the differences over grainLag, along and across.
func grain(a, b *raster.Plane) float64 {
	if a.W <= grainLag || a.H <= grainLag {
		return 0
	}
	return raster.Sum(a.H-grainLag, func(y0, y1 int) float64 {
		s := 0.0
		for y := y0; y < y1; y++ {
			ra, rb, na, nb := a.Row(y), b.Row(y), a.Row(y+grainLag), b.Row(y+grainLag)
			for x, v := range ra[:len(ra)-grainLag] {
				s += float64((ra[x+grainLag]-v)*(rb[x+grainLag]-rb[x])) + float64((na[x]-v)*(nb[x]-rb[x]))
			}
		}
		return s
	})
}

// of mixes the channels.
func (m *mixture) of(ln *raster.RGB) *raster.Plane {
	q := raster.New(ln.W(), ln.H())
	raster.Bands(q.H, func(y0, y1 int) {
		for y := y0; y < y1; y++ {
			r, g, b, dst := ln.R.Row(y), ln.G.Row(y), ln.B.Row(y), q.Row(y)
			for x := range dst {
				dst[x] = float32(m[0]*r[x]) + float32(m[1]*g[x]) + float32(m[2]*b[x])
			}
		}
	})
	return q
}

// logarithms takes ln(light + pigmentLight) of the three planes, cut to their common size.
func logarithms(c *raster.RGB) *raster.RGB {
	w, h := min(c.R.W, c.G.W), min(c.R.H, c.G.H)
	out := raster.NewRGB(w, h)
	dst := out.Planes()
	for k, src := range c.Planes() {
		raster.Bands(h, func(y0, y1 int) {
			for y := y0; y < y1; y++ {
				row := dst[k].Row(y)
				for x, v := range src.Row(y)[:w] {
					row[x] = ln(max(v, 0) + pigmentLight)
				}
			}
		})
	}
	return out
}
