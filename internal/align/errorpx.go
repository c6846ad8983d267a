package align

import (
	"math"

	"dermtrace/internal/geom"
)

// cellSide is the number of cells per side of the frame over which residuals are averaged.
const cellSide = 6

// errorPx estimates the median error over the overlap from what is left of the pairs:
// the part that neighbours share (the plane is wrong there) and the part that is chance
// (two interleaved halves of the blocks give two transforms).
func (f *Frame) errorPx(m model, pairs []pair, r Result, level int, fig *Figures) float64 {
	fig.StructurePx = f.structure(pairs, r)
	fig.SplitHalfPx = f.splitHalf(m, pairs, r, level)
	return math.Hypot(fig.StructurePx, fig.SplitHalfPx/2)
}

// structure returns the median over cells of the mean residual, its own noise taken out.
func (f *Frame) structure(pairs []pair, r Result) float64 {
	cells := make([][]geom.Point, cellSide*cellSide)
	for _, p := range pairs {
		c := f.cell(p.p)
		cells[c] = append(cells[c], p.q.Sub(r.Apply(p.p)))
	}
	var errs []float64
	for _, r := range cells {
		if len(r) >= 3 {
			mean, se := sharedResidual(r)
			errs = append(errs, math.Sqrt(max(mean*mean-se*se, 0)))
		}
	}
	return median(errs)
}

// coverage is the share of the places that lie in cells where blocks were found.
func (f *Frame) coverage(pairs []pair, places []geom.Point) float64 {
	var n [cellSide * cellSide]int
	for _, p := range pairs {
		n[f.cell(p.p)]++
	}
	covered := 0
	for _, q := range places {
		if n[f.cell(q)] >= 2 {
			covered++
		}
	}
	return share(covered, len(places))
}

func (f *Frame) cell(p geom.Point) int {
	x := min(max(int((p.X+0.5)/float64(f.w)*cellSide), 0), cellSide-1)
	y := min(max(int((p.Y+0.5)/float64(f.h)*cellSide), 0), cellSide-1)
	return y*cellSide + x
}

// sharedResidual returns the length of the median residual and its standard error.
func sharedResidual(r []geom.Point) (mean, se float64) {
	xs, ys := make([]float64, len(r)), make([]float64, len(r))
	for i, v := range r {
		xs[i], ys[i] = v.X, v.Y
	}
	mx, my := median(xs), median(ys)
	for i, v := range r {
		xs[i], ys[i] = math.Abs(v.X-mx), math.Abs(v.Y-my)
	}
	// 1.4826 MAD is σ, and 1.2533 σ/√n the standard error of a median, of a normal sample.
	se = 1.4826 * 1.2533 * math.Hypot(median(xs), median(ys)) / math.Sqrt(float64(len(r)))
	return math.Hypot(mx, my), se
}

// splitHalf fits the model on either colour of a checkerboard of cells and returns the median
// distance of the two over the pairs.
func (f *Frame) splitHalf(m model, pairs []pair, r Result, level int) float64 {
	side := 2 * blockPx * f.levels[level].scale
	var half [2][]pair
	for _, p := range pairs {
		k := (int(p.p.X/side) + int(p.p.Y/side)) % 2
		half[k] = append(half[k], p)
	}
	var ws [2]warp
	for k := range half {
		var ok bool
		if ws[k].plane, _, ok = robustFit(m, half[k], r.PhotoFromFrame); !ok {
			return math.Inf(1)
		}
		if r.field != nil {
			ws[k].field = f.rebend(level, half[k], ws[k].plane)
		}
	}
	d := make([]float64, len(pairs))
	for i, p := range pairs {
		d[i] = ws[0].apply(p.p).Sub(ws[1].apply(p.p)).Norm()
	}
	return median(d)
}
