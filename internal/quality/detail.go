package quality

import (
	"math"
	"slices"
)

// levels is the number of octaves of a block: details of 2, 4, 8, 16 and 32 pixels.
const levels = 5

// Detail is how much a photo varies at each octave, relative to its light and with
// the noise taken out: Energy[j] is the variance of half the difference between
// neighbouring means of 2^j pixels (the Haar detail of level j+1). Along and Across
// are the gradient tensor of the same level: mean of x², y² and xy.
type Detail struct {
	Energy [levels]float64
	XX     [levels]float64
	YY     [levels]float64
	XY     [levels]float64
}

// haarEnergies are the raw sums of one block, per level.
type haarEnergies struct {
	xx, yy, xy, diagonal [levels]float64 // means
}

// haar takes the Haar details of a 32×32 block of light divided by its mean. At each
// level a 2×2 group (a b / c d) gives the differences x = (b+d−a−c)/4,
// y = (c+d−a−b)/4 and the diagonal (a+d−b−c)/4, and its mean goes on.
func haar(light []float32, mean float32) haarEnergies {
	var cur [blockPx * blockPx]float32
	for i, v := range light {
		cur[i] = v / mean
	}
	var e haarEnergies
	for j, n := 0, blockPx/2; j < levels; j, n = j+1, n/2 {
		var xx, yy, xy, dd float64
		for y := range n {
			top, low := cur[4*n*y:4*n*y+2*n], cur[4*n*y+2*n:4*n*y+4*n]
			for x := range n {
				a, b, c, d := top[2*x], top[2*x+1], low[2*x], low[2*x+1]
				dx, dy, dg := float64(b+d-a-c)/4, float64(c+d-a-b)/4, float64(a+d-b-c)/4
				xx, yy, xy, dd = xx+dx*dx, yy+dy*dy, xy+dx*dy, dd+dg*dg
				cur[n*y+x] = (a + b + c + d) / 4
			}
		}
		k := float64(n * n)
		e.xx[j], e.yy[j], e.xy[j], e.diagonal[j] = xx/k, yy/k, xy/k, dd/k
	}
	return e
}

// The blocks with the least diagonal detail of the finest octave show little but
// noise. Their lower fifth stands for it; 256 squares of normal noise have a standard
// deviation of √(2/256) of their mean, so that fifth lies at 1 − 0.842·0.0884.
const (
	noiseQuantile = 0.2
	noiseAtFifth  = 1 - 0.8416*0.08839
)

// detail sums up the blocks that are neither clipped nor black.
func (f *Facts) detail(each []block) {
	var fine []float64
	n := 0.0
	var sum haarEnergies
	for _, b := range each {
		if b.meanY <= clipLow || 2*b.high > len(b.y) {
			continue
		}
		n++
		fine = append(fine, b.haar.diagonal[0])
		for j := range levels {
			sum.xx[j] += b.haar.xx[j]
			sum.yy[j] += b.haar.yy[j]
			sum.xy[j] += b.haar.xy[j]
		}
	}
	f.Noise, f.BlurPx, f.Isotropy = math.NaN(), math.NaN(), math.NaN()
	if n == 0 {
		return
	}
	// Each of the three details of a 2×2 group of white noise s has variance s²/4.
	noise := 4 * quantile(fine, noiseQuantile) / noiseAtFifth
	f.Noise = math.Sqrt(noise)
	d := &f.Detail
	for j := range levels {
		floor := noise / math.Pow(4, float64(j+1))
		d.XX[j], d.YY[j], d.XY[j] = sum.xx[j]/n-floor, sum.yy[j]/n-floor, sum.xy[j]/n
		d.Energy[j] = max(0, (d.XX[j]+d.YY[j])/2)
		if d.Energy[j] < minOverNoise*floor {
			d.Energy[j], d.XX[j], d.YY[j], d.XY[j] = 0, 0, 0, 0
		}
	}
	f.BlurPx, f.Isotropy = d.blurPx(), d.isotropy()
}

// minOverNoise is the least detail, as a share of the noise's, that can be told from
// it: the noise is known to about 5 %. Project default.
const minOverNoise = 0.2

// quantile sorts v and returns its q-quantile by linear interpolation.
func quantile(v []float64, q float64) float64 {
	slices.Sort(v)
	t := q * float64(len(v)-1)
	i := int(t)
	if i+1 >= len(v) {
		return v[len(v)-1]
	}
	return v[i] + (t-float64(i))*(v[i+1]-v[i])
}

// blurTable is the ratio of amplitudes of two octaves that lie two apart, over the σ
// of a Gaussian blur in pixels, for detail that looks alike at every scale (power
// 1/f²): the integral of the Haar responses over that spectrum times the blur's.
var blurTable = [...]struct{ ratio, sigma float64 }{
	{1.1158, 0}, {0.9513, 0.3}, {0.7706, 0.5}, {0.6276, 0.7}, {0.4940, 1}, {0.3846, 1.5},
}

// blurPx reads the finest octave that stands out from noise against the one two
// above; if it is blurred beyond the table, the next one, whose pixels are twice as
// wide. NaN where no octave can be read; the largest readable σ is 6 px.
func (d *Detail) blurPx() float64 {
	last := math.NaN()
	for j := 0; j+2 < levels; j++ {
		if d.Energy[j+2] == 0 {
			continue
		}
		width := float64(int(1) << j)
		ratio := math.Sqrt(d.Energy[j] / d.Energy[j+2])
		end := blurTable[len(blurTable)-1]
		if ratio > end.ratio {
			return width * sigmaAt(ratio)
		}
		if d.Energy[j] > 0 || j > 0 {
			last = width * end.sigma
		}
	}
	return last
}

func sigmaAt(ratio float64) float64 {
	for i := 1; i < len(blurTable); i++ {
		a, b := blurTable[i-1], blurTable[i]
		if ratio >= b.ratio {
			return b.sigma + (min(ratio, a.ratio)-b.ratio)/(a.ratio-b.ratio)*(a.sigma-b.sigma)
		}
	}
	return blurTable[len(blurTable)-1].sigma
}

// isotropy compares the gradients of the finest readable octave below 8 px with those
// of 16 px: relative to the coarse ones, how much of the fine ones is left along the
// direction that lost most, over the one that lost least. Motion blurs one direction;
// defocus and relief lit from the side do not change that ratio with scale.
func (d *Detail) isotropy() float64 {
	const coarse = 3
	for j := range 2 {
		if d.Energy[j] == 0 {
			continue
		}
		lo, hi := relativeEigen([3]float64{d.XX[j], d.XY[j], d.YY[j]}, [3]float64{d.XX[coarse], d.XY[coarse], d.YY[coarse]})
		return max(0, lo) / hi
	}
	return math.NaN()
}

// relativeEigen returns the eigenvalues of C⁻¹F for symmetric matrices given as xx,
// xy, yy; NaN where C is singular.
func relativeEigen(f, c [3]float64) (lo, hi float64) {
	det := c[0]*c[2] - c[1]*c[1]
	if !(det > 0) {
		return math.NaN(), math.NaN()
	}
	trace := (c[2]*f[0] - 2*c[1]*f[1] + c[0]*f[2]) / det
	product := (f[0]*f[2] - f[1]*f[1]) / det
	root := math.Sqrt(max(0, trace*trace/4-product))
	return trace/2 - root, trace/2 + root
}
