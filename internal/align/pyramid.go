package align

import (
	"dermtrace/internal/geom"
	"dermtrace/internal/raster"
)

const (
	// finestPx bounds the longer side of the finest level: there a block of skin still
	// resolves 0.01 px of the level, so finer pixels cost time and give nothing.
	finestPx = 2200
	// coarsestPx ends the pyramid: below, a photo holds too few blocks to vote.
	coarsestPx = 160
	// darkLight is added to the red light before the logarithm: about eight steps of an
	// 8-bit sRGB value, so that the noise of near-black stays below 1/4.
	darkLight = 0.004
	// Light outside (blackLight, whiteLight) is clipped: three steps of 8-bit sRGB from
	// either end, which also covers what JPEG does to a black bar.
	blackLight, whiteLight = 0.001, 0.975
)

// A level is the alignment signal, ln(red + darkLight), at one resolution. Pixel u of it
// is centred on scale·u + (scale−1)/2 of the photo.
type level struct {
	plane *raster.Plane
	void  *voidMap
	// scale is photo pixels, step pixels of the finest level, per pixel.
	scale, step float64
}

// photoFromLevel takes a pixel of the level to the photo.
func (l *level) photoFromLevel() geom.Transform {
	o := (l.scale - 1) / 2
	return geom.Transform{l.scale, 0, o, 0, l.scale, o, 0, 0, 1}
}

// levelFromPhoto takes a photo's pixel to the level.
func (l *level) levelFromPhoto() geom.Transform {
	o := (l.scale - 1) / 2
	return geom.Transform{1 / l.scale, 0, -o / l.scale, 0, 1 / l.scale, -o / l.scale, 0, 0, 1}
}

// signals returns the red light of a photo as levels, finest first, every one half as large as the one
// before, and its colours.
func signals(rgb *raster.RGB) ([]*level, *colours) {
	k := max(1, (max(rgb.W(), rgb.H())+finestPx-1)/finestPx)
	light := shrink(rgb.R, k)
	void := voids(light)
	half := logarithms(&raster.RGB{R: shrink(light, 2), G: shrink(rgb.G, 2*k), B: shrink(rgb.B, 2*k)})
	logarithm(light)
	return pyramid(light, void, k, 1), &colours{half, void, float64(2 * k)}
}

// pyramid builds the levels from the finest, a pixel of which is k pixels of the photo.
func pyramid(plane *raster.Plane, void *voidMap, k, step int) []*level {
	levels := []*level{{plane, void, float64(k), float64(step)}}
	for max(plane.W, plane.H)/2 >= coarsestPx && min(plane.W, plane.H) >= 4 {
		plane = halve(plane)
		k, step = 2*k, 2*step
		levels = append(levels, &level{plane, void, float64(k), float64(step)})
	}
	return levels
}

// shrink returns the means of whole k×k blocks; an incomplete block at the edge is left out.
func shrink(p *raster.Plane, k int) *raster.Plane {
	if k == 1 || p.W < k || p.H < k {
		return p.Clone()
	}
	q := raster.New(p.W/k, p.H/k)
	norm := 1 / float32(k*k)
	raster.Bands(q.H, func(y0, y1 int) {
		for y := y0; y < y1; y++ {
			dst := q.Row(y)
			for v := y * k; v < (y+1)*k; v++ {
				addBlocks(dst, p.Row(v), k)
			}
			for x := range dst {
				dst[x] *= norm
			}
		}
	})
	return q
}

func addBlocks(dst, src []float32, k int) {
	if k == 2 {
		for x := range dst {
			dst[x] += src[2*x] + src[2*x+1]
		}
		return
	}
	if k == 4 {
		for x := range dst {
			v := (*[4]float32)(src[4*x:])
			dst[x] += v[0] + v[1] + v[2] + v[3]
		}
		return
	}
	for x := range dst {
		var s float32
		for _, v := range src[x*k : (x+1)*k] {
			s += v
		}
		dst[x] += s
	}
}

// logarithm replaces light by ln(light + darkLight), in place.
func logarithm(p *raster.Plane) {
	raster.Bands(p.H, func(y0, y1 int) {
		row := p.Pix[y0*p.W : y1*p.W]
		for i, v := range row {
			row[i] = ln(max(v, 0) + darkLight)
		}
	})
}

// halve shrinks by two with the binomial kernel 1 3 3 1, which keeps pixel centres where
// a level says and leaves less than 2 % alias at the pattern that halving folds to zero.
func halve(p *raster.Plane) *raster.Plane {
	w, h := p.W/2, p.H/2
	rows := raster.New(w, p.H)
	raster.Bands(p.H, func(y0, y1 int) {
		for y := y0; y < y1; y++ {
			src, dst := p.Row(y), rows.Row(y)
			for x := range dst {
				i := 2 * x
				dst[x] = 0.375*(src[i]+src[i+1]) + 0.125*(src[max(i-1, 0)]+src[min(i+2, len(src)-1)])
			}
		}
	})
	q := raster.New(w, h)
	raster.Bands(h, func(y0, y1 int) {
		for y := y0; y < y1; y++ {
			a, b, c, d := rows.Row(max(2*y-1, 0)), rows.Row(2*y), rows.Row(2*y+1), rows.Row(min(2*y+2, p.H-1))
			dst := q.Row(y)
			for x := range dst {
				dst[x] = 0.375*(b[x]+c[x]) + 0.125*(a[x]+d[x])
			}
		}
	})
	return q
}
