package chromo

import (
	"math"
	"slices"

	"dermtrace/internal/outcome"
	"dermtrace/internal/raster"
)

// Summary is the plain statistics of a field: weighted mean and standard deviation,
// and the number of pixels that count. Mean and SD are NaN where none does.
type Summary struct {
	Mean, SD float64
	N        int
}

// Summary evaluates mean and SD around the first value that counts, in float64.
func (f Field) Summary() Summary {
	first, n := f.first(), 0
	if first < 0 {
		return Summary{Mean: math.NaN(), SD: math.NaN()}
	}
	shift := float64(f.Value.Pix[first])
	bands := make([]moments, (f.Value.H+raster.BandRows-1)/raster.BandRows)
	raster.Bands(f.Value.H, func(y0, y1 int) {
		bands[y0/raster.BandRows] = f.moments(y0*f.Value.W, y1*f.Value.W, shift)
	})
	var all moments
	for _, b := range bands {
		all.w, all.d, all.d2, n = all.w+b.w, all.d+b.d, all.d2+b.d2, n+b.n
	}
	mean := all.d / all.w
	return Summary{Mean: shift + mean, SD: math.Sqrt(max(0, all.d2/all.w-mean*mean)), N: n}
}

// moments are sums over part of a field: weight, and weighted deviation from a shift and
// its square.
type moments struct {
	w, d, d2 float64
	n        int
}

func (f Field) moments(from, to int, shift float64) moments {
	var m moments
	values := f.Value.Pix[from:to]
	if f.Weight == nil {
		for _, v := range values {
			d := float64(v) - shift
			m.d += d
			m.d2 += d * d
		}
		m.n = len(values)
		m.w = float64(m.n)
		return m
	}
	weights := f.Weight.Pix[from:to][:len(values)]
	for i, w := range weights {
		if w > 0 {
			k, d := float64(w), float64(values[i])-shift
			m.w += k
			m.d += k * d
			m.d2 += k * d * d
			m.n++
		}
	}
	return m
}

// first is the first pixel that counts, −1 where none does.
func (f Field) first() int {
	if f.Weight == nil {
		return min(len(f.Value.Pix), 1) - 1
	}
	return slices.IndexFunc(f.Weight.Pix, func(w float32) bool { return w > 0 })
}

// Count is the number of pixels that count.
func (f Field) Count() int {
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

// Mean is the weighted mean of fn over the field, NaN where no pixel counts.
func (f Field) Mean(fn func(v float32) float64) float64 {
	return f.sum(fn) / f.Area()
}

// Area is the sum of the weights: the size of the region in pixels.
func (f Field) Area() float64 {
	if f.Weight == nil {
		return float64(len(f.Value.Pix))
	}
	w := f.Weight.W
	return raster.Sum(f.Weight.H, func(y0, y1 int) float64 {
		var s float64
		for _, k := range f.Weight.Pix[y0*w : y1*w] {
			if k > 0 {
				s += float64(k)
			}
		}
		return s
	})
}

func (f Field) sum(fn func(v float32) float64) float64 {
	w := f.Value.W
	return raster.Sum(f.Value.H, func(y0, y1 int) float64 {
		var s float64
		values := f.Value.Pix[y0*w : y1*w]
		if f.Weight == nil {
			for _, v := range values {
				s += fn(v)
			}
			return s
		}
		for i, k := range f.Weight.Pix[y0*w : y1*w] {
			if k > 0 {
				s += float64(k) * fn(values[i])
			}
		}
		return s
	})
}

// inside is the weight from which a pixel counts as a member of the region where
// there is no room for half a pixel: order statistics and areas.
const inside = 0.5

// Inside reports whether the i-th pixel belongs to the region by more than half.
func (f Field) Inside(i int) bool { return f.WeightAt(i) >= inside }

// Quantile is the q-quantile (0 … 1, nearest rank) of the pixels inside, NaN where
// there is none.
func (f Field) Quantile(q float64) float64 { return quantile(f.inside(1), q) }

// madToSD makes the median absolute deviation of normal values their standard deviation.
const madToSD = 1.4826

// MedianMAD returns the median and 1.4826 times the median absolute deviation, which
// is the standard deviation of a normal distribution and deaf to outliers.
func (f Field) MedianMAD() (median, sigma float64) {
	return medianMAD(f.inside(1))
}

// medianMAD overwrites the values.
func medianMAD(values []float32) (median, sigma float64) {
	median = quantile(values, 0.5)
	c := float32(median)
	for i, v := range values {
		values[i] = max(v-c, c-v)
	}
	return median, madToSD * quantile(values, 0.5)
}

// rejected is how far from the median, in standard deviations of [Field.MedianMAD], a
// pixel is no part of the skin around: 5.2 median absolute deviations (rule X84 of Hampel
// 1985, Technometrics 27:95).
const rejected = 5.2 / madToSD

// enough pixels, taken in even steps, place the bounds of outliers to 1 % of a standard
// deviation, which moves the mean of normal values by less than 10⁻⁴ of one.
const enough = 1 << 14

// RobustMean is the mean of the pixels that are no outliers, NaN where none is inside.
// Like the median it stands outliers up to half of the region, such as reflections and
// hairs; unlike it, it does not jump between the few values that a ratio of coded light
// takes.
func (f Field) RobustMean() float64 {
	median, sigma := medianMAD(f.sample())
	c, reach := float32(median), float32(rejected*sigma)
	var sum, total float64
	for i, v := range f.Value.Pix {
		if d := v - c; max(d, -d) <= reach {
			w := float64(f.WeightAt(i))
			sum += w * float64(d)
			total += w
		}
	}
	return float64(c) + sum/total
}

// sample are the values of about enough of the pixels inside.
func (f Field) sample() []float32 {
	n := len(f.Value.Pix)
	if f.Weight != nil {
		n = 0
		for _, w := range f.Weight.Pix {
			if w >= inside {
				n++
			}
		}
	}
	return f.inside(max(1, n/enough))
}

// inside are the values of every n-th of the pixels inside, in an array of its own.
func (f Field) inside(n int) []float32 {
	values, skip := make([]float32, 0, len(f.Value.Pix)/n+1), 0
	if f.Weight == nil {
		for i := 0; i < len(f.Value.Pix); i += n {
			values = append(values, f.Value.Pix[i])
		}
		return values
	}
	for i, w := range f.Weight.Pix {
		if w < inside {
			continue
		}
		if skip == 0 {
			values, skip = append(values, f.Value.Pix[i]), n
		}
		skip--
	}
	return values
}

// few values are sorted, and of more so many tell where the one that is looked for lies.
const few = 1 << 9

// quantile selects the value of a rank (Floyd & Rivest 1975, Comm ACM 18:165): a sample bounds
// it, and only what lies within the bounds is looked at again.
func quantile(values []float32, q float64) float64 {
	if len(values) == 0 {
		return math.NaN()
	}
	rank := int(math.Round(q * float64(len(values)-1)))
	for len(values) > few {
		below, near := about(values, float64(rank)/float64(len(values)))
		if rank < below || rank >= below+len(near) || len(near) > len(values)/2 {
			break // the sample is not like the rest, or they are much alike
		}
		values, rank = near, rank-below
	}
	values = slices.Clone(values)
	slices.Sort(values)
	return float64(values[rank])
}

// about counts what lies below the values around a quantile and lists those: as far to both
// sides as four standard deviations of that quantile of a sample of few.
func about(values []float32, q float64) (below int, near []float32) {
	const reach = 45 // 4 · √(few/4)
	sample := make([]float32, 0, few)
	for i := range few {
		sample = append(sample, values[i*len(values)/few])
	}
	slices.Sort(sample)
	at := int(q * few)
	low, high := sample[max(0, at-reach)], sample[min(at+reach, few-1)]
	middle, half := (low+high)/2, (high-low)/2
	near = make([]float32, 0, len(values)/8)
	for _, v := range values {
		// Without branches that half of the values take.
		d := v - middle
		below += int(math.Float32bits(d+half) >> 31)
		if math.Float32bits(d)&^(1<<31) <= math.Float32bits(half) {
			near = append(near, v)
		}
	}
	return below, near
}

// Measurement is the mean with its spread and count; a field of which nothing counts
// gives no value.
func (s Summary) Measurement(unit string) outcome.Measurement {
	if s.N == 0 {
		return outcome.Unmeasured(unit, outcome.RegionLost)
	}
	return outcome.Measurement{Value: outcome.Number(s.Mean), Unit: unit, SD: outcome.Number(s.SD), N: s.N}
}

// RobustMeasurement is the robust mean with the spread and count of all pixels, for
// indices whose tails are reflections and hairs.
func (f Field) RobustMeasurement(unit string) outcome.Measurement {
	s := f.Summary()
	s.Mean = f.RobustMean()
	if math.IsNaN(s.Mean) {
		s.N = 0
	}
	return s.Measurement(unit)
}
