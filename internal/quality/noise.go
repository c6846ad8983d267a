package quality

import (
	"math"

	"dermtrace/internal/raster"
	"dermtrace/internal/roi"
)

// NoiseSD estimates the standard deviation of white noise in a plane, in the plane's
// unit, inside a mask (nil: everywhere): the diagonal Haar detail of 2×2 pixels, of
// which relief and edges hold little, in the quietest fifth of the blocks. NaN where
// no block of 32×32 pixels fits. Noise that JPEG or a camera has smoothed is what is
// left of it.
func NoiseSD(p *raster.Plane, m *roi.Mask) float64 {
	var regions []*roi.Mask
	if m != nil {
		regions = append(regions, m)
	}
	at := blocks(p.W, p.H, regions)
	if len(at) == 0 {
		return math.NaN()
	}
	fine := make([]float64, len(at))
	raster.Parallel(len(at), func(i int) { fine[i] = diagonal(p, at[i]) })
	return math.Sqrt(4 * quantile(fine, noiseQuantile) / noiseAtFifth)
}

// diagonal is the mean of ((a+d−b−c)/4)² over the 2×2 groups of a block.
func diagonal(p *raster.Plane, at corner) float64 {
	var sum float64
	for y := at.y; y < at.y+blockPx; y += 2 {
		top, low := p.Row(y)[at.x:at.x+blockPx], p.Row(y + 1)[at.x:at.x+blockPx]
		for x := 0; x < blockPx; x += 2 {
			d := float64(top[x]+low[x+1]-top[x+1]-low[x]) / 4
			sum += d * d
		}
	}
	return sum / (blockPx * blockPx / 4)
}
