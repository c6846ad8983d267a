package render

import (
	"math"
	"slices"

	"dermtrace/internal/filter"
	"dermtrace/internal/geom"
	"dermtrace/internal/raster"
)

// differencePx is the Gaussian σ that differences are smoothed by, in pixels of a map
// of 640: wider than what is left of misplacement and grain, narrower than a spot that
// matters (project default).
const differencePx = 4

// knownShare is how much of a smoothed pixel's surround must be known.
const knownShare = 0.5

// OnView is a plane as a map of the view shows it, so that planes of several photos can
// be subtracted. NaN where it is not known.
func OnView(p *raster.Plane, planeFromFrame geom.Transform, view View) (*raster.Plane, error) {
	w, h, s := view.size(defaultMapPx)
	return warpKnown(p, planeFromFrame.Mul(view.frameFromPicture(s)), w, h)
}

// MapFromFrame carries frame pixels to those of [OnView].
func (v View) MapFromFrame() geom.Transform {
	_, _, s := v.size(defaultMapPx)
	t, err := v.frameFromPicture(s).Inverse()
	if err != nil {
		panic("render: a view has an inverse")
	}
	return t
}

// Difference is now − before of two planes of [OnView], smoothed; NaN where either is
// not known. It shows where something changed, not whether.
func Difference(now, before *raster.Plane) *raster.Plane {
	value, weight := raster.New(now.W, now.H), raster.New(now.W, now.H)
	for i, v := range now.Pix {
		if d := v - before.Pix[i]; d == d {
			value.Pix[i], weight.Pix[i] = d, 1
		}
	}
	out := filter.Gaussian(value, differencePx)
	if !slices.Contains(weight.Pix, 0) {
		return out
	}
	share := filter.Gaussian(weight, differencePx)
	for i, s := range share.Pix {
		if s >= knownShare && weight.Pix[i] > 0 {
			out.Pix[i] /= s
		} else {
			out.Pix[i] = float32(math.NaN())
		}
	}
	return out
}
