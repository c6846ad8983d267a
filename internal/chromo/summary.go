package chromo

import (
	"math"

	"dermtrace/internal/outcome"
	"dermtrace/internal/raster"
)

// Summary is the plain statistics of a field: weighted mean and standard deviation,
// and the number of pixels that count. Mean and SD are NaN where none does.
type Summary struct {
	Mean, SD float64
	N        int
}

// Summary evaluates mean and SD in one pass around the first value, in float64.
func (f Field) Summary() Summary {
	n := f.count()
	if n == 0 {
		return Summary{Mean: math.NaN(), SD: math.NaN()}
	}
	total := f.Area()
	mean := f.sum(func(v float64) float64 { return v }) / total
	variance := f.sum(func(v float64) float64 { return (v - mean) * (v - mean) }) / total
	return Summary{Mean: mean, SD: math.Sqrt(variance), N: n}
}

// Mean is the weighted mean of fn over the field, NaN where no pixel counts.
func (f Field) Mean(fn func(v float64) float64) float64 {
	return f.sum(fn) / f.Area()
}

func (f Field) sum(fn func(v float64) float64) float64 {
	w := f.Value.W
	return raster.Sum(f.Value.H, func(y0, y1 int) float64 {
		var s float64
		for i := y0 * w; i < y1*w; i++ {
			if k := f.WeightAt(i); k > 0 {
				s += float64(k) * fn(float64(f.Value.Pix[i]))
			}
		}
		return s
	})
}

func (f Field) count() int {
	if f.Weight == nil {
		return len(f.Value.Pix)
	}
	n := 0
	for _, w := range f.Weight.Pix {
		if w > 0 {
			n++
		}
	}
	return n
}

// inside is the weight from which a pixel counts as a member of the region where
// there is no room for half a pixel: order statistics and areas.
const inside = 0.5

// Inside reports whether the i-th pixel belongs to the region by more than half.
func (f Field) Inside(i int) bool { return f.WeightAt(i) >= inside }

// Quantile is the q-quantile (0 … 1, nearest rank) of the pixels inside, NaN where
// there is none.
func (f Field) Quantile(q float64) float64 {
	return quantile(f.values(func(v float32) float32 { return v }), q)
}

// MedianMAD returns the median and 1.4826 times the median absolute deviation, which
// is the standard deviation of a normal distribution and deaf to outliers.
func (f Field) MedianMAD() (median, sigma float64) {
	median = f.Quantile(0.5)
	c := float32(median)
	mad := quantile(f.values(func(v float32) float32 { return float32(math.Abs(float64(v - c))) }), 0.5)
	return median, 1.4826 * mad
}

func (f Field) values(fn func(float32) float32) []float32 {
	list := make([]float32, 0, len(f.Value.Pix))
	for i, v := range f.Value.Pix {
		if f.Inside(i) {
			list = append(list, fn(v))
		}
	}
	return list
}

func quantile(list []float32, q float64) float64 {
	if len(list) == 0 {
		return math.NaN()
	}
	return float64(nth(list, int(math.Round(q*float64(len(list)-1)))))
}

// nth returns the element that sorting would put at k, by Hoare's selection; it
// reorders the list.
func nth(list []float32, k int) float32 {
	lo, hi := 0, len(list)-1
	for lo < hi {
		pivot := list[lo+(hi-lo)/2]
		i, j := lo, hi
		for i <= j {
			for list[i] < pivot {
				i++
			}
			for list[j] > pivot {
				j--
			}
			if i <= j {
				list[i], list[j] = list[j], list[i]
				i++
				j--
			}
		}
		switch {
		case k <= j:
			hi = j
		case k >= i:
			lo = i
		default:
			return list[k]
		}
	}
	return list[k]
}

// Measurement is the mean with its spread and count; a field of which nothing counts
// gives no value.
func (s Summary) Measurement(unit string) outcome.Measurement {
	if s.N == 0 {
		return outcome.Unmeasured(unit, outcome.RegionLost)
	}
	return outcome.Measurement{Value: outcome.Number(s.Mean), Unit: unit, SD: outcome.Number(s.SD), N: s.N}
}

// Median is the median of the field with the spread and count of its pixels, for
// indices whose tails are reflections and hairs.
func (f Field) Median(unit string) outcome.Measurement {
	s := f.Summary()
	s.Mean = f.Quantile(0.5)
	if math.IsNaN(s.Mean) {
		s.N = 0
	}
	return s.Measurement(unit)
}
