package chromo

import (
	"math"
	"slices"

	"dermtrace/internal/outcome"
	"dermtrace/internal/raster"
	"dermtrace/internal/stats"
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
		m.n = len(values)
		for ; len(values) >= 2; values = values[2:] { // each addition waits for the one before
			a, b := float64(values[0])-shift, float64(values[1])-shift
			m.d += a + b
			m.d2 += a*a + b*b
		}
		for _, v := range values {
			d := float64(v) - shift
			m.d, m.d2 = m.d+d, m.d2+d*d
		}
		m.w = float64(m.n)
		return m
	}
	weights := f.Weight.Pix[from:to]
	for ; len(values) >= 2; values, weights = values[2:], weights[2:] {
		a, b := float64(values[0])-shift, float64(values[1])-shift
		if weights[0] == 1 && weights[1] == 1 { // as nearly all do
			m.w += 2
			m.d += a + b
			m.d2 += a*a + b*b
			m.n += 2
			continue
		}
		m.add(a, float64(weights[0]))
		m.add(b, float64(weights[1]))
	}
	for i, v := range values {
		m.add(float64(v)-shift, float64(weights[i]))
	}
	return m
}

// add takes up a value that weighs so much.
func (m *moments) add(d, weight float64) {
	if weight > 0 {
		m.w += weight
		m.d += weight * d
		m.d2 += weight * d * d
		m.n++
	}
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

// Above is the share of the field that exceeds a threshold, and the mean over the whole
// field of what that share has beyond a level. NaN where no pixel counts.
func (f Field) Above(threshold, level float64) (share, excess float64) {
	w := f.Value.W
	bands := make([][2]float64, (f.Value.H+raster.BandRows-1)/raster.BandRows)
	raster.Bands(f.Value.H, func(y0, y1 int) {
		var sum [2]float64
		for i, v := range f.Value.Pix[y0*w : y1*w] {
			if float64(v) > threshold {
				if k := float64(f.WeightAt(y0*w + i)); k > 0 {
					sum[0], sum[1] = sum[0]+k, sum[1]+k*(float64(v)-level)
				}
			}
		}
		bands[y0/raster.BandRows] = sum
	})
	for _, b := range bands {
		share, excess = share+b[0], excess+b[1]
	}
	area := f.Area()
	return share / area, excess / area
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

func medianMAD(values []float32) (median, sigma float64) {
	median = quantile(values, 0.5)
	return median, madToSD * selected(values, 0.5, distanceTo(float32(median)))
}

// rejected is how far from the median, in standard deviations of [Field.MedianMAD], a
// pixel is no part of the skin around: 5.2 median absolute deviations (rule X84 of Hampel
// 1985, Technometrics 27:95).
const rejected = 5.2 / madToSD

// enough pixels, taken in even steps, place the bounds of outliers to 1 % of a standard
// deviation, which moves the mean of normal values by less than 10⁻⁴ of one.
const enough = 1 << 14

// robustMean is the mean of the pixels that are no outliers, NaN where none is inside, of a
// field of which n pixels count. Like the median it stands outliers up to half of the region,
// such as reflections and hairs; unlike it, it does not jump between the few values that a
// ratio of coded light takes.
func (f Field) robustMean(n int) float64 {
	median, sigma := medianMAD(f.sampleOf(n))
	c, reach := float32(median), math.Float32bits(float32(rejected*sigma))
	from := distanceTo(c)
	var sum, total float64
	if f.Weight == nil {
		for _, v := range f.Value.Pix {
			if math.Float32bits(from.of(v)) <= reach {
				sum, total = sum+float64(v-c), total+1
			}
		}
		return float64(c) + sum/total
	}
	weights := f.Weight.Pix[:len(f.Value.Pix)]
	for i, v := range f.Value.Pix {
		if math.Float32bits(from.of(v)) <= reach {
			w := float64(weights[i])
			sum, total = sum+w*float64(v-c), total+w
		}
	}
	return float64(c) + sum/total
}

// sample are the values of about enough of the pixels inside, in steps that meet all columns.
func (f Field) sample() []float32 { return f.sampleOf(f.Count()) }

// sampleOf is sample of a field of which so many pixels count.
func (f Field) sampleOf(count int) []float32 {
	n := max(1, count/enough)
	for divisor(n, f.Value.W) > 1 {
		n--
	}
	return f.inside(n)
}

// divisor is the greatest that two numbers share (Euclid's algorithm).
func divisor(a, b int) int {
	for b > 0 {
		a, b = b, a%b
	}
	return a
}

// inside are the values of every n-th pixel, of those inside, which are not to be changed.
func (f Field) inside(n int) []float32 {
	if n == 1 {
		return f.allInside()
	}
	values := make([]float32, 0, len(f.Value.Pix)/n+1)
	for i := 0; i < len(f.Value.Pix); i += n {
		if f.Inside(i) {
			values = append(values, f.Value.Pix[i])
		}
	}
	return values
}

func (f Field) allInside() []float32 {
	if f.Weight == nil {
		return f.Value.Pix
	}
	values, n := make([]float32, len(f.Value.Pix)), 0
	weights := f.Weight.Pix[:len(values)]
	for i, v := range f.Value.Pix {
		values[n] = v // without a branch: the next one over it if it does not count
		if weights[i] >= inside {
			n++
		}
	}
	return values[:n]
}

// few values are put in order, and of more so many tell where the one that is looked for lies.
const few = 1 << 9

// quantile selects the value of a rank.
func quantile(values []float32, q float64) float64 { return selected(values, q, itself) }

// reading is what is ranked: values from a centre on, of whose bits some are kept.
type reading struct {
	centre float32
	bits   uint32
}

var itself = reading{bits: math.MaxUint32}

// distanceTo ranks values by how far they are from a centre.
func distanceTo(centre float32) reading { return reading{centre, math.MaxUint32 >> 1} }

func (r reading) of(v float32) float32 {
	return math.Float32frombits(math.Float32bits(v-r.centre) & r.bits)
}

// selected is the reading of a rank (Floyd & Rivest 1975, Comm ACM 18:165): a sample bounds
// it, and only what lies within the bounds is looked at again.
func selected(values []float32, q float64, as reading) float64 {
	if len(values) == 0 {
		return math.NaN()
	}
	rank := int(math.Round(q * float64(len(values)-1)))
	for len(values) > few {
		below, near := about(values, float64(rank)/float64(len(values)), as)
		if rank < below || rank >= below+len(near) || len(near) > len(values)/2 {
			break // the sample is not like the rest, or they are much alike
		}
		values, rank, as = near, rank-below, itself
	}
	rest := make([]float32, len(values))
	for i, v := range values {
		rest[i] = as.of(v)
	}
	return float64(stats.Nth(rest, rank))
}

// about counts what lies below the readings around a quantile and lists those: as far to both
// sides as four standard deviations of that quantile of a sample of few.
func about(values []float32, q float64, as reading) (below int, near []float32) {
	const reach, part = 45, 1 << 10 // 4 · √(few/4)
	sample := make([]float32, few)
	for i := range sample {
		sample[i] = as.of(values[i*len(values)/few])
	}
	at := int(q * few)
	low, high := stats.Nth(sample, max(0, at-reach)), stats.Nth(sample, min(at+reach, few-1))
	middle, half := (low+high)/2, (high-low)/2
	near = make([]float32, 0, len(values)/4+part)
	for chunk := range slices.Chunk(values, part) {
		near = slices.Grow(near, len(chunk))
		room, n := near[len(near):len(near)+len(chunk)], 0
		for _, v := range chunk {
			// Without branches that half of the values take: each is written, and the next one
			// over it if it is not near.
			v = as.of(v)
			d := v - middle
			below += int(math.Float32bits(d+half) >> 31)
			room[n] = v
			if math.Float32bits(d)&^(1<<31) <= math.Float32bits(half) {
				n++
			}
		}
		near = near[:len(near)+n]
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
	s.Mean = f.robustMean(s.N)
	if math.IsNaN(s.Mean) {
		s.N = 0
	}
	return s.Measurement(unit)
}
