package chromo

import (
	"dermtrace/internal/filter"
	"dermtrace/internal/raster"
)

// Field is a quantity known only inside a region: Value counts where Weight, between
// 0 and 1, is positive. A nil Weight is 1 everywhere. What lies outside never leaks in:
// smoothing is the normalised convolution G*(w·v) / G*w (Knutsson & Westin 1993,
// CVPR:515), so masking all but a region equals cropping to it.
type Field struct {
	Value, Weight *raster.Plane
}

// NewField pairs a plane with its weights. The values at weight 0 may be anything,
// NaN included.
func NewField(value, weight *raster.Plane) Field {
	for _, w := range weight.Pix {
		if w != 1 {
			return Field{Value: value, Weight: weight}
		}
	}
	return Field{Value: value}
}

// Empty reports that no pixel counts.
func (f Field) Empty() bool {
	if f.Weight == nil {
		return len(f.Value.Pix) == 0
	}
	for _, w := range f.Weight.Pix {
		if w > 0 {
			return false
		}
	}
	return true
}

// WeightAt is the weight of the i-th pixel.
func (f Field) WeightAt(i int) float32 {
	if f.Weight == nil {
		return 1
	}
	return f.Weight.Pix[i]
}

// Weights is the plane of weights, ones where the field has none of its own.
func (f Field) Weights() *raster.Plane {
	if f.Weight != nil {
		return f.Weight
	}
	w := raster.New(f.Value.W, f.Value.H)
	for i := range w.Pix {
		w.Pix[i] = 1
	}
	return w
}

// Shrink averages blocks of k×k pixels, each by its weight; the weight of a block is
// the mean of its pixels' weights. Of blocks of one pixel it is the field itself.
func (f Field) Shrink(k int) Field {
	switch {
	case k == 1:
		return f
	case f.Weight == nil:
		return Field{Value: filter.Shrink(f.Value, k)}
	}
	weighted := f.weighted()
	num, den := filter.Shrink(weighted, k), filter.Shrink(f.Weight, k)
	filter.GiveBack(weighted)
	divide(num, den)
	return Field{Value: num, Weight: den}
}

// Smooth is the field smoothed by a Gaussian of sigmaPx pixels, on a borrowed plane; 0 where no
// weight is within reach.
func (f Field) Smooth(sigmaPx float64) *raster.Plane {
	if f.Weight == nil {
		return filter.Gaussian(f.Value, sigmaPx)
	}
	weighted := f.weighted()
	num, den := filter.Gaussian(weighted, sigmaPx), filter.Gaussian(f.Weight, sigmaPx)
	divide(num, den)
	filter.GiveBack(weighted, den)
	return num
}

// weighted is w·v with 0 where w is 0, whatever v is there, on a borrowed plane.
func (f Field) weighted() *raster.Plane {
	q := filter.Borrow(f.Value.W, f.Value.H)
	raster.Bands(q.H, func(y0, y1 int) {
		out, weights, values := q.Pix[y0*q.W:y1*q.W], f.Weight.Pix[y0*q.W:y1*q.W], f.Value.Pix[y0*q.W:y1*q.W]
		weights, values = weights[:len(out)], values[:len(out)]
		for i, w := range weights {
			if out[i] = 0; w > 0 {
				out[i] = w * values[i]
			}
		}
	})
	return q
}

// leastWeight is the weight below which a ratio of sums is rounding noise.
const leastWeight = 1e-6

// divide replaces num by num/den, 0 where den vanishes.
func divide(num, den *raster.Plane) {
	raster.Bands(num.H, func(y0, y1 int) {
		for i := y0 * num.W; i < y1*num.W; i++ {
			if d := den.Pix[i]; d > leastWeight {
				num.Pix[i] /= d
			} else {
				num.Pix[i] = 0
			}
		}
	})
}
