package align

import (
	"math"
	"sync"

	"dermtrace/internal/geom"
	"dermtrace/internal/raster"
)

const (
	// finestPx bounds the longer side of the finest level: there a block of skin still
	// resolves 0.01 px of the level, so finer pixels cost time and give nothing.
	finestPx = 2200
	// coarsestPx ends the pyramid: below, a photo holds too few blocks to vote.
	coarsestPx = 160
	// widestLn bounds the longer side of the level of which the logarithm is taken; coarser ones are that halved, for
	// in the mean of light a highlight outweighs what lies about it. It is the finest that features are sought on.
	widestLn = 1100
	// darkLight is added to the red light before the logarithm: about eight steps of an
	// 8-bit sRGB value, so that the noise of near-black stays below 1/4.
	darkLight = 0.004
	// Light outside (blackLight, whiteLight) is clipped: three steps of 8-bit sRGB from
	// either end, which also covers what JPEG does to a black bar.
	blackLight, whiteLight = 0.001, 0.975
)

// A level is the alignment signal, red light or its logarithm, at one resolution. Pixel u of it
// is centred on scale·u + (scale−1)/2 of the photo.
type level struct {
	plane *raster.Plane
	void  *voidMap
	// scale is photo pixels, step pixels of the finest level, per pixel.
	scale, step float64
	// ln is ln(light + darkLight) of a level of light, made when first needed; nil for one that is no light.
	ln func() *level
}

// half is the signal at half the resolution.
func (l *level) half() *level {
	return &level{plane: halve(l.plane), void: l.void, scale: 2 * l.scale, step: 2 * l.step}
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

// Picture is a photo that tells its light smaller: a [raster.RGB] or a [photo.Source]. What
// Shrink returns is only read.
type Picture interface {
	W() int
	H() int
	Shrink(f int) *raster.RGB
}

// signals returns the red light of a photo as levels, finest first, every one half as large as the one
// before, and all its light at the finest size. Light is halved as light, for that is what a lens would blur.
func signals(pic Picture) ([]*level, *raster.RGB) {
	k := max(1, (max(pic.W(), pic.H())+finestPx-1)/finestPx)
	light := pic.Shrink(k)
	red := whole(light.R, pic.W()/k, pic.H()/k)
	levels := pyramid(&level{plane: red, void: voids(red), scale: float64(k), step: 1}, math.MaxInt)
	for i, l := range levels {
		l.ln = sync.OnceValue(func() *level {
			if i > 0 && max(levels[i-1].plane.W, levels[i-1].plane.H) <= widestLn {
				return levels[i-1].ln().half()
			}
			return &level{plane: logarithm(l.plane), void: l.void, scale: l.scale, step: l.step}
		})
	}
	return levels, light
}

// whole is the first w×h pixels, which are means of whole blocks, of a plane that was shrunken;
// of one too small to be shrunken, what there is.
func whole(p *raster.Plane, w, h int) *raster.Plane {
	w, h = min(max(1, w), p.W), min(max(1, h), p.H)
	if w == p.W && h == p.H {
		return p
	}
	return p.Crop(0, 0, w, h)
}

// pyramid builds the levels from the finest, at most so many.
func pyramid(finest *level, most int) []*level {
	levels := []*level{finest}
	for l := finest; len(levels) < most && max(l.plane.W, l.plane.H)/2 >= coarsestPx && min(l.plane.W, l.plane.H) >= 4; {
		l = l.half()
		levels = append(levels, l)
	}
	return levels
}

// logarithm is ln(light + darkLight).
func logarithm(light *raster.Plane) *raster.Plane {
	out := raster.New(light.W, light.H)
	raster.Bands(light.H, func(y0, y1 int) {
		src := light.Pix[y0*light.W : y1*light.W]
		for i, v := range src {
			out.Pix[y0*light.W+i] = ln(max(v, 0) + darkLight)
		}
	})
	return out
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
