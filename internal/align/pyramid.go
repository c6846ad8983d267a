package align

import (
	"math"

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
// before, and the light itself at half the finest size.
func signals(rgb *raster.RGB) ([]*level, *raster.Plane) {
	k := max(1, (max(rgb.W(), rgb.H())+finestPx-1)/finestPx)
	light := shrink(rgb.R, k)
	void, half := voids(light), shrink(light, 2)
	logarithm(light)
	return pyramid(&level{light, void, float64(k), 1}, math.MaxInt), half
}

// pyramid builds the levels from the finest, at most so many.
func pyramid(finest *level, most int) []*level {
	levels := []*level{finest}
	for l := finest; len(levels) < most && max(l.plane.W, l.plane.H)/2 >= coarsestPx && min(l.plane.W, l.plane.H) >= 4; {
		l = &level{halve(l.plane), l.void, 2 * l.scale, 2 * l.step}
		levels = append(levels, l)
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
	switch k {
	case 2:
		addTwos(dst, src)
	case 4:
		addFours(dst, src)
	default:
		for x := range dst {
			var s float32
			for _, v := range src[x*k : (x+1)*k] {
				s += v
			}
			dst[x] += s
		}
	}
}

// addTwos adds pairs, four at a time.
func addTwos(dst, src []float32) {
	for ; len(dst) >= 4 && len(src) >= 8; dst, src = dst[4:], src[8:] {
		d, s := (*[4]float32)(dst), (*[8]float32)(src)
		d[0] += s[0] + s[1]
		d[1] += s[2] + s[3]
		d[2] += s[4] + s[5]
		d[3] += s[6] + s[7]
	}
	for x := range dst {
		dst[x] += src[2*x] + src[2*x+1]
	}
}

// addFours adds fours, two at a time.
func addFours(dst, src []float32) {
	for ; len(dst) >= 2 && len(src) >= 8; dst, src = dst[2:], src[8:] {
		d, s := (*[2]float32)(dst), (*[8]float32)(src)
		d[0] += (s[0] + s[1]) + (s[2] + s[3])
		d[1] += (s[4] + s[5]) + (s[6] + s[7])
	}
	for x := range dst {
		dst[x] += src[4*x] + src[4*x+1] + src[4*x+2] + src[4*x+3]
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
	q := raster.New(p.W/2, p.H/2)
	raster.Bands(q.H, func(y0, y1 int) {
		// The outermost pixel stands for the one beyond it.
		line := make([]float32, p.W+2)
		for y := y0; y < y1; y++ {
			mid := line[1 : p.W+1]
			binomialColumns(mid, [4][]float32{p.Row(max(2*y-1, 0)), p.Row(2 * y), p.Row(2*y + 1), p.Row(min(2*y+2, p.H-1))})
			line[0], line[p.W+1] = mid[0], mid[p.W-1]
			binomialRow(q.Row(y), line)
		}
	})
	return q
}

// binomialColumns is dst = (a + 3 b + 3 c + d) / 8 of four rows.
func binomialColumns(dst []float32, rows [4][]float32) {
	n := len(dst)
	a, b, c, d := rows[0][:n], rows[1][:n], rows[2][:n], rows[3][:n]
	for x := range dst {
		dst[x] = float32(0.375*(b[x]+c[x])) + float32(0.125*(a[x]+d[x]))
	}
}

// binomialRow is dst[x] = (a + 3 b + 3 c + d) / 8 of four neighbours from src[2x] on.
func binomialRow(dst, src []float32) {
	for x := range dst {
		s := (*[4]float32)(src[2*x:])
		dst[x] = float32(0.375*(s[1]+s[2])) + float32(0.125*(s[0]+s[3]))
	}
}
