package align

import (
	"math"

	"dermtrace/internal/geom"
)

// choose returns the plane model that the pairs support, by the geometric robust
// information criterion (Torr 1998, Phil Trans R Soc A 356:1321),
//
//	GRIC = Σ min(e²/σ², 2 (r − d)) + k ln(r n),  r = 4, d = 2, k parameters,
//
// with σ the robust scale of the largest model; the term in d is the same for all.
func (f *stack) choose(pairs []pair, t geom.Transform, level int) (model, geom.Transform) {
	full, _, ok := robustFit(homography, pairs, t)
	if !ok {
		return 0, t
	}
	sigma := max(scaleOf(pairs, full), 1)
	best, bestT := homography, full
	cost := f.gric(homography, pairs, full, sigma, level)
	for _, m := range []model{affine, similarity} {
		u, _, ok := robustFit(m, pairs, full)
		if !ok {
			continue
		}
		if c := f.gric(m, pairs, u, sigma, level); c < cost {
			best, bestT, cost = m, u, c
		}
	}
	return best, bestT
}

// scaleOf is the robust standard deviation of the normalised residuals.
func scaleOf(pairs []pair, t geom.Transform) float64 {
	r := make([]float64, len(pairs))
	for i := range pairs {
		r[i] = normalized(&pairs[i], t)
	}
	return median(r) / medianChi2
}

func (f *stack) gric(m model, pairs []pair, t geom.Transform, sigma float64, level int) float64 {
	sum := 0.0
	for i := range pairs {
		e := normalized(&pairs[i], t) / sigma
		sum += min(e*e, 4)
	}
	n := f.independence(level)
	return n*sum + float64(m)*math.Log(max(4*n*float64(len(pairs)), math.E))
}
