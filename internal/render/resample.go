package render

import (
	"image"
	"math"
	"slices"

	"dermtrace/internal/filter"
	"dermtrace/internal/geom"
	"dermtrace/internal/raster"
)

// warp reads the photo at srcFromOut, its light times gain, averaged over what one output
// pixel covers; hatched where the photo shows nothing. Averages are taken of light, while
// codes will do between pixels that are as many as those of the output.
func warp(photo *raster.RGB, gain [3]float64, srcFromOut geom.Transform, w, h int) (*image.NRGBA, error) {
	k, err := footprint(photo.R, srcFromOut, w, h)
	if err != nil {
		return nil, err
	}
	var small [3]*raster.Plane
	var smallFromSrc geom.Transform
	y0, y1 := rowsSeen(photo.R, srcFromOut, w, h)
	for i, p := range photo.Planes() {
		part := &raster.Plane{W: p.W, H: y1 - y0, Pix: p.Pix[y0*p.W : y1*p.W]}
		small[i], smallFromSrc = prefilter(part, k)
	}
	partFromOut := geom.Translation(0, -float64(y0)).Mul(srcFromOut)
	return cubicWarp(light{small, gain}, smallFromSrc.Mul(partFromOut), w, h), nil
}

// asShot is no correction of the light.
var asShot = [3]float64{1, 1, 1}

// rowMargin is how many source rows beyond those of the picture's edge are kept, as
// shares of the source: a plane transform bends the edge between the points looked at.
const rowMargin = 0.02

// rowsSeen is the range of source rows that the picture shows, so that no others are
// read: [y0, y1).
func rowsSeen(src *raster.Plane, srcFromOut geom.Transform, w, h int) (y0, y1 int) {
	const steps = 16
	low, high := math.Inf(1), math.Inf(-1)
	see := func(x, y float64) {
		q := srcFromOut.Apply(geom.Point{X: x, Y: y})
		low, high = min(low, q.Y), max(high, q.Y)
	}
	for i := range steps + 1 {
		u, v := float64(i)/steps*float64(w-1), float64(i)/steps*float64(h-1)
		see(u, 0)
		see(u, float64(h-1))
		see(0, v)
		see(float64(w-1), v)
	}
	air := 8 + rowMargin*float64(src.H)
	if math.IsNaN(low) || math.IsNaN(high) || !(high+air > 0) || !(low-air < float64(src.H)) {
		return 0, src.H
	}
	return int(max(0, low-air)), int(min(float64(src.H), high+air))
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

// evenPx is the number of pixels per output pixel up to which reading between pixels
// needs no smoothing: the finest detail that then folds over is at four fifths of the
// output's own limit, where a photo holds next to nothing.
const evenPx = 1.25

// prefilter takes away what k source pixels per output pixel could not show: block
// means by the whole part of k, then, where r > 1.25 pixels are left, a Gaussian whose
// σ of √(r²−1)/2 pixels widens a pixel's own footprint (σ ½) to them.
func prefilter(p *raster.Plane, k float64) (small *raster.Plane, smallFromSrc geom.Transform) {
	f := max(1, int(k))
	f = min(f, max(1, min(p.W, p.H)/2))
	small = p
	if f > 1 {
		small = filter.Shrink(p, f)
	}
	if r := k / float64(f); r > evenPx {
		small = filter.Gaussian(small, math.Sqrt(r*r-1)/2)
	}
	s := 1 / float64(f)
	return small, geom.Transform{s, 0, -(1 - s) / 2, 0, s, -(1 - s) / 2, 0, 0, 1}
}

// warpKnown is warp for one plane in which NaN means unknown: means are taken over
// the known pixels, and an output pixel less than half known is NaN.
func warpKnown(p *raster.Plane, srcFromOut geom.Transform, w, h int) (*raster.Plane, error) {
	k, err := footprint(p, srcFromOut, w, h)
	if err != nil {
		return nil, err
	}
	value, weight := p, (*raster.Plane)(nil)
	if slices.ContainsFunc(p.Pix, func(v float32) bool { return v != v }) {
		value, weight = raster.New(p.W, p.H), raster.New(p.W, p.H)
		raster.Bands(p.H, func(y0, y1 int) {
			splitKnown(value.Pix[y0*p.W:y1*p.W], weight.Pix[y0*p.W:y1*p.W], p.Pix[y0*p.W:y1*p.W])
		})
		weight, _ = prefilter(weight, k)
	}
	value, smallFromSrc := prefilter(value, k)
	return linearWarp(value, weight, smallFromSrc.Mul(srcFromOut), [2]int{w, h}), nil
}

// splitKnown makes 0 of what is unknown, and weights.
func splitKnown(value, weight, src []float32) {
	value, weight = value[:len(src)], weight[:len(src)]
	for i, v := range src {
		if v == v {
			value[i], weight[i] = v, 1
		}
	}
}
