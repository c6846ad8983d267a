package texture

import (
	"math"

	"dermtrace/internal/chromo"
	"dermtrace/internal/raster"
)

// meanPower is the mean square over a field.
func meanPower(f chromo.Field) float64 {
	mean, _ := powerOf(f, raster.BandRows)
	return mean
}

// powerOf is the mean square over a field, NaN where nothing counts, and that over its blocks
// of k×k pixels, as [chromo.Field.Shrink] would have them.
func powerOf(f chromo.Field, k int) (mean float64, blocks chromo.Field) {
	w, h := (f.Value.W+k-1)/k, (f.Value.H+k-1)/k
	blocks.Value = raster.New(w, h)
	if f.Weight != nil {
		blocks.Weight = raster.New(w, h)
	}
	sums, weights := make([]float64, h), make([]float64, h)
	raster.Parallel(h, func(j int) {
		row := make([]blockSum, w)
		for y := j * k; y < min((j+1)*k, f.Value.H); y++ {
			addSquares(row, f, y, k)
		}
		for i, b := range row {
			sums[j], weights[j] = sums[j]+b.power, weights[j]+b.weight
			if b.weight > 0 {
				blocks.Value.Set(i, j, float32(b.power/b.weight))
			}
			if f.Weight != nil {
				blocks.Weight.Set(i, j, float32(b.weight/float64(b.pixels)))
			}
		}
	})
	return weightedMean(sums, weights), blocks
}

// weightedMean is Σ sums / Σ weights, NaN where nothing counts.
func weightedMean(sums, weights []float64) float64 {
	var sum, weight float64
	for j := range sums {
		sum, weight = sum+sums[j], weight+weights[j]
	}
	if weight == 0 {
		return math.NaN()
	}
	return sum / weight
}

// blockSum is the power of a block's pixels, each by its weight.
type blockSum struct {
	power, weight float64
	pixels        int
}

// addSquares adds one row of a field to a row of blocks.
func addSquares(row []blockSum, f chromo.Field, y, k int) {
	values := f.Value.Row(y)
	for i := range row {
		b, from, to := &row[i], i*k, min((i+1)*k, len(values))
		var power, weight float64
		if f.Weight == nil {
			for _, v := range values[from:to] {
				power += float64(v) * float64(v)
			}
			weight = float64(to - from)
		} else {
			weights := f.Weight.Row(y)[from:to]
			for x, v := range values[from:to] {
				if w := float64(weights[x]); w > 0 {
					power, weight = power+w*float64(v)*float64(v), weight+w
				}
			}
		}
		b.power, b.weight, b.pixels = b.power+power, b.weight+weight, b.pixels+to-from
	}
}
