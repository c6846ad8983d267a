package render

import (
	"math"

	"dermtrace/internal/filter"
	"dermtrace/internal/geom"
	"dermtrace/internal/raster"
)

// warp reads the photo at srcFromOut in linear light, averaged over what one output
// pixel covers; NaN where the photo shows nothing.
func warp(photo *raster.RGB, srcFromOut geom.Transform, w, h int) (*raster.RGB, error) {
	k, err := footprint(photo.R, srcFromOut, w, h)
	if err != nil {
		return nil, err
	}
	out := &raster.RGB{}
	for i, dst := range []**raster.Plane{&out.R, &out.G, &out.B} {
		small, smallFromSrc := prefilter(photo.Planes()[i], k)
		*dst = cubicWarp(small, smallFromSrc.Mul(srcFromOut), w, h)
	}
	return out, nil
}

// footprint is the width in source pixels of one output pixel: the local scale where
// the photo is in view, at the middle if it is there. It is [ErrNotInView] where no
// point of a 9×9 grid over the picture falls inside the source.
func footprint(src *raster.Plane, srcFromOut geom.Transform, w, h int) (float64, error) {
	const grid = 8
	best, at := math.Inf(1), geom.Point{}
	for i := range (grid + 1) * (grid + 1) {
		u, v := float64(i%(grid+1))/grid, float64(i/(grid+1))/grid
		p := geom.Point{X: u * float64(w-1), Y: v * float64(h-1)}
		q := srcFromOut.Apply(p)
		inside := q.X >= -0.5 && q.Y >= -0.5 && q.X <= float64(src.W)-0.5 && q.Y <= float64(src.H)-0.5
		if d := math.Hypot(u-0.5, v-0.5); inside && d < best {
			best, at = d, p
		}
	}
	if math.IsInf(best, 1) {
		return 0, ErrNotInView
	}
	return srcFromOut.LocalScale(at), nil
}

// prefilter takes away what k source pixels per output pixel could not show: block
// means by the whole part of k, then a Gaussian whose σ of √(r²−1)/2 pixels widens
// a pixel's own footprint (σ ½) to the r pixels that are left.
func prefilter(p *raster.Plane, k float64) (small *raster.Plane, smallFromSrc geom.Transform) {
	f := max(1, int(k))
	f = min(f, max(1, min(p.W, p.H)/2))
	small = filter.Shrink(p, f)
	if r := k / float64(f); r > 1 {
		small = filter.Gaussian(small, math.Sqrt(r*r-1)/2)
	}
	s := 1 / float64(f)
	return small, geom.Transform{s, 0, -(1 - s) / 2, 0, s, -(1 - s) / 2, 0, 0, 1}
}

// cubicWarp reads p between pixels with the cubic of Catmull and Rom (1974), which
// keeps photos crisper than a bilinear one.
func cubicWarp(p *raster.Plane, srcFromOut geom.Transform, w, h int) *raster.Plane {
	out := raster.New(w, h)
	raster.Bands(h, func(y0, y1 int) {
		for y := y0; y < y1; y++ {
			row := out.Row(y)
			for x := range row {
				row[x] = cubic(p, srcFromOut.Apply(geom.Point{X: float64(x), Y: float64(y)}))
			}
		}
	})
	return out
}

func cubic(p *raster.Plane, at geom.Point) float32 {
	if !(at.X >= -0.5 && at.Y >= -0.5 && at.X <= float64(p.W)-0.5 && at.Y <= float64(p.H)-0.5) {
		return float32(math.NaN())
	}
	i, j := int(math.Floor(at.X)), int(math.Floor(at.Y))
	wx, wy := catmullRom(float32(at.X-float64(i))), catmullRom(float32(at.Y-float64(j)))
	var xs [4]int
	for n := range xs {
		xs[n] = max(0, min(i-1+n, p.W-1))
	}
	var sum float32
	for n, w := range wy {
		row := p.Row(max(0, min(j-1+n, p.H-1)))
		line := float32(wx[0]*row[xs[0]]) + float32(wx[1]*row[xs[1]]) + float32(wx[2]*row[xs[2]]) + float32(wx[3]*row[xs[3]])
		sum += float32(w * line)
	}
	return sum
}

// catmullRom are the weights of the four neighbours of a position t past the second.
func catmullRom(t float32) [4]float32 {
	t2 := float32(t * t)
	t3 := float32(t2 * t)
	return [4]float32{
		float32(-0.5*t3) + t2 - float32(0.5*t),
		float32(1.5*t3) - float32(2.5*t2) + 1,
		float32(-1.5*t3) + float32(2*t2) + float32(0.5*t),
		float32(0.5*t3) - float32(0.5*t2),
	}
}

// warpKnown is warp for one plane in which NaN means unknown: means are taken over
// the known pixels, and an output pixel less than half known is NaN.
func warpKnown(p *raster.Plane, srcFromOut geom.Transform, w, h int) (*raster.Plane, error) {
	k, err := footprint(p, srcFromOut, w, h)
	if err != nil {
		return nil, err
	}
	value, weight := raster.New(p.W, p.H), raster.New(p.W, p.H)
	for i, v := range p.Pix {
		if v == v {
			value.Pix[i], weight.Pix[i] = v, 1
		}
	}
	value, smallFromSrc := prefilter(value, k)
	weight, _ = prefilter(weight, k)
	t := smallFromSrc.Mul(srcFromOut)
	out, share := filter.Warp(value, t, w, h), filter.Warp(weight, t, w, h)
	for i, s := range share.Pix {
		if s >= 0.5 {
			out.Pix[i] /= s
		} else {
			out.Pix[i] = float32(math.NaN())
		}
	}
	return out, nil
}
