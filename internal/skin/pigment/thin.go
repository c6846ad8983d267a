package pigment

import (
	"math"

	"dermtrace/internal/filter"
	"dermtrace/internal/raster"
)

// thinning takes planes to every k-th place, within a margin that weighs nothing, by their weights.
type thinning struct {
	weight, thin *raster.Plane // the weights, and those of the places
	k, margin    int
}

func newThinning(weight *raster.Plane, k, margin int) thinning {
	return thinning{weight, thinned(weight, k, margin), k, margin}
}

// of is a plane there, and the same times weights.
func (t thinning) of(value *raster.Plane) (mean, weighted *raster.Plane) {
	fine := times(value, t.weight)
	defer filter.GiveBack(fine)
	weighted = thinned(fine, t.k, t.margin)
	mean = weighted.Clone()
	divide(mean, t.thin)
	return mean, weighted
}

// times is a plane times weights, 0 where nothing weighs whatever is there, on a borrowed plane.
func times(value, weight *raster.Plane) *raster.Plane {
	out := filter.Borrow(value.W, value.H)
	for i, w := range weight.Pix {
		if out.Pix[i] = 0; w > 0 {
			out.Pix[i] = w * value.Pix[i]
		}
	}
	return out
}

// thinned is a plane at every k-th place, weighed by a quadratic spline: means of k×k pixels fold
// noise finer than they are into what is left, on dark skin a quarter as much again. Outside
// lies nothing.
func thinned(p *raster.Plane, k, margin int) *raster.Plane {
	taps := splineTaps(k)
	out := raster.New((p.W+k-1)/k+2*margin, (p.H+k-1)/k+2*margin)
	raster.Bands(out.H, func(y0, y1 int) {
		line := make([]float32, (out.W+2)*k) // from margin·k + k−1 before the first pixel on
		own := line[(margin+1)*k-1:][:p.W]
		for y := y0; y < y1; y++ {
			clear(own)
			for i, t := range taps {
				if from := (y-margin-1)*k + 1 + i; from >= 0 && from < p.H {
					addScaled(own, p.Row(from), t)
				}
			}
			for x, row := 0, out.Row(y); x < len(row); x++ {
				sum := float32(0)
				for i, v := range line[x*k:][:len(taps)] {
					sum += float32(taps[i] * v)
				}
				row[x] = sum
			}
		}
	})
	return out
}

func addScaled(sum, row []float32, by float32) {
	row = row[:len(sum)]
	for i, v := range row {
		sum[i] += float32(by * v)
	}
}

// splineTaps are what a quadratic spline weighs pixels by that are k to one of its own: three
// means of k pixels, one of the other.
func splineTaps(k int) []float32 {
	taps := []float32{1}
	for range 3 {
		longer := make([]float32, len(taps)+k-1)
		for i, t := range taps {
			for j := range k {
				longer[i+j] += t / float32(k)
			}
		}
		taps = longer
	}
	return taps
}

// leastWeight is the weight below which a ratio of sums is rounding noise.
const leastWeight = 1e-6

// divide replaces sums by means, 0 where nothing weighs.
func divide(sum, weight *raster.Plane) {
	for i, w := range weight.Pix {
		if w > leastWeight {
			sum.Pix[i] /= w
		} else {
			sum.Pix[i] = 0
		}
	}
}

// sampledSigma is the σ of the Gaussian that has a variance when taken at whole pixels only, where
// a narrow one is narrower than it is between them.
func sampledSigma(variance float64) float64 {
	sigma := math.Sqrt(variance)
	for range 6 { // of Newton's: a narrow one's variance goes with the power 1/σ² of σ, a wide one's with 2
		sum, all := 0.0, 1.0
		for i := 1.0; i <= 4*sigma+1; i++ {
			w := 2 * math.Exp(-i*i/(2*sigma*sigma))
			sum, all = sum+i*i*w, all+w
		}
		sigma *= math.Pow(variance*all/sum, min(0.5, sigma*sigma))
	}
	return sigma
}
