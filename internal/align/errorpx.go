package align

import (
	"math"

	"dermtrace/internal/geom"
)

// cellSide is the number of cells per side of the frame over which residuals are averaged.
const cellSide = 6

// structure returns the median over cells of the mean residual, its own noise taken out.
func (f *stack) structure(pairs []pair, w warp) float64 {
	cells := make([][]geom.Point, cellSide*cellSide)
	for _, p := range pairs {
		c := f.cell(p.p)
		cells[c] = append(cells[c], p.q.Sub(w.apply(p.p)))
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

// coverage is the share of the places in cells where at least minCellShare of the blocks that the
// photo shows are surely found.
func (f *stack) coverage(votes []vote, level int, places []geom.Point) float64 {
	var shown, found [cellSide * cellSide]int
	to := f.levels[level].photoFromLevel()
	for _, v := range votes {
		if !v.shown {
			continue
		}
		c := f.cell(to.Apply(v.block.center))
		shown[c]++
		if v.sure() {
			found[c]++
		}
	}
	covered := 0
	for _, q := range places {
		c := f.cell(q)
		if found[c] > 0 && share(found[c], shown[c]) >= minCellShare {
			covered++
		}
	}
	return share(covered, len(places))
}

// minCellShare is well above what chance finds, about 0.05.
const minCellShare = 0.3

func (f *stack) cell(p geom.Point) int {
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

// unseenPx is what blocks that were not found leave open, in photo pixels: were all displaced from the warp
// by normal amounts, and only those within reach found, half lay farther off than this (the median of
// Rayleigh's distribution, of which the share found lies below the reach).
func (s *solution) unseenPx() float64 {
	far := max(1-foundShare(s.votes), 1e-9)
	return s.reachPx() * math.Sqrt(math.Ln2/-math.Log(far))
}

// reachPx is how far from the warp a block may be found, in photo pixels.
func (s *solution) reachPx() float64 {
	middle := geom.Point{X: float64(s.stack.w-1) / 2, Y: float64(s.stack.h-1) / 2}
	return maxShiftPx * s.stack.levels[s.level].scale * s.warp.plane.LocalScale(middle)
}

// splitHalf fits the solution's model on either colour of a checkerboard of cells and returns the median
// distance of the two over the pairs.
func (f *stack) splitHalf(s *solution) float64 {
	side := 2 * blockPx * f.levels[s.widest()].scale
	var half [2][]pair
	for _, p := range s.pairs {
		k := (int(p.p.X/side) + int(p.p.Y/side)) % 2
		half[k] = append(half[k], p)
	}
	var ws [2]warp
	for k := range half {
		var ok bool
		if ws[k].plane, _, ok = robustFit(s.model, half[k], s.warp.plane); !ok {
			return math.Inf(1)
		}
		if g := s.warp.field; g != nil {
			ws[k].field = robustField(g, g.stiffness, f.residuals(half[k], ws[k].plane), fieldTolerances[:])
		}
	}
	d := make([]float64, len(s.pairs))
	for i, p := range s.pairs {
		d[i] = ws[0].apply(p.p).Sub(ws[1].apply(p.p)).Norm()
	}
	return median(d)
}
