package align

import (
	"math"

	"dermtrace/internal/geom"
)

// A lamp that moved displaces relief, all of it alike, but not all sizes of it by as much: a lit slope is
// the derivative of the height, so what is seen is the height moved aside, by the less the finer
// and steeper it is. So the levels of red light disagree on where the photo lies; by that a moved
// lamp shows, and which way it moved.

// A drift is where the blocks of a coarser level say that the frame's points lie, less where a solution
// puts them, in frame pixels, and its standard error.
type drift struct {
	d  geom.Point
	se float64
}

// sure reports whether the drift is more than chance.
func (d drift) sure() bool { return d.d.Norm() > driftZ*d.se }

const (
	// driftZ is how many standard errors make a drift.
	driftZ = 3
	// minDriftBlocks is the least number of blocks that tell one.
	minDriftBlocks = 30
	// askColour, in pixels of the finest level, is the drift from which on colour is asked: below, what
	// the lamp can have displaced is less than colour errs by.
	askColour = 0.1
	// lowCorr is the correlation of the finest blocks below which colour is asked whatever red says: a
	// lamp that moved by 60 degrees or more leaves less, for relief lit anew is another picture.
	lowCorr = 0.75
	// reliefAnew times the drift times (1−c²)/c², c the correlation of the finest blocks, is what of the
	// lamp's displacement is left: what does not agree was lit anew, and the more of it, the less
	// of its displacement do the levels tell. 2 to 8 on phantoms of all tones, lamps from 5 to 180 degrees.
	reliefAnew = 4
	// minSameSide is the least cosine between the drift and the shift to colour: both show where the
	// lamp went.
	minSameSide = 0.7
)

// drift asks the blocks of the level below that of the solution. It is zero where too few answer.
func (s *solution) drift(photo []*level) drift {
	f, i := s.stack, s.level+1
	if i >= len(f.levels) {
		return drift{}
	}
	pairs := f.pairs(i, s.warp.plane, f.votes(i, photo, s.warp))
	if len(pairs) < minDriftBlocks {
		return drift{}
	}
	xs, ys := make([]float64, len(pairs)), make([]float64, len(pairs))
	for k, r := range f.residuals(pairs, s.warp.plane) {
		d := r.d.Sub(s.warp.field.at(r.p))
		xs[k], ys[k] = d.X, d.Y
	}
	middle := geom.Point{X: median(xs), Y: median(ys)}
	spread := math.Hypot(standardError(xs, middle.X), standardError(ys, middle.Y))
	return drift{middle, spread / math.Sqrt(f.independence(i))}
}

// standardError is that of the median m of a sample: 1.2533 σ/√n of a normal one, whose σ is 1.4826 MAD.
func standardError(v []float64, m float64) float64 {
	e := make([]float64, len(v))
	for i, x := range v {
		e[i] = math.Abs(x - m)
	}
	return 1.2533 * 1.4826 * median(e) / math.Sqrt(float64(len(v)))
}

// light takes out of a solution on red light what a lamp from another side has done to it, and says what
// is left of it in fig. The solution is carried on from the coarser level through the finest to
// where one twice as fine would lie; where much is displaced, colour knows better.
func (f *Frame) light(p *photo, red *solution, fig *Figures) *solution {
	lag, c := red.drift(p.red), medianCorr(red.votes)
	far := c < lowCorr
	if lag.sure() {
		d := lag.d.Norm()
		far = far || d >= askColour*f.red.levels[0].scale
		fig.LightPx = reliefAnew * (1 - c*c) / (c * c) * d * red.warp.plane.LocalScale(f.middle())
		red.warp.plane = red.warp.plane.Mul(geom.Translation(-lag.d.X, -lag.d.Y))
	}
	if !far {
		return red
	}
	s, corr := f.byColour(p, red)
	if s != nil && 1-corr <= colourGain*(1-f.compare(p, red, red.warp).red()) {
		if f.differs(s, red, fig) && f.agrees(s, red, lag) {
			fig.LightPx = max(reliefLeft*fig.ColourShiftPx, scaleError*f.scaleShift(p, s))
			return s
		}
		return red
	}
	// The best mixture is relief itself; the next best, which has nothing in common with it, can
	// still tell that relief has moved.
	if s, _ = f.followColour(p, red, 1, 1); s != nil && f.differs(s, red, fig) && f.agrees(s, red, lag) {
		fig.LightPx = max(fig.LightPx, reliefMissed*fig.ColourShiftPx)
	}
	return red
}

// agrees reports whether colour lies to the side that the drift of red light points away from, if there
// is any.
func (f *Frame) agrees(s, red *solution, lag drift) bool {
	if !lag.sure() {
		return true
	}
	d := displacement(s.warp, red.warp, red.pairs)
	xx, xy, yx, yy := red.warp.plane.Jacobian(f.middle())
	v := geom.Point{X: xx*lag.d.X + xy*lag.d.Y, Y: yx*lag.d.X + yy*lag.d.Y}
	return -d.X*v.X-d.Y*v.Y >= minSameSide*d.Norm()*v.Norm()
}

func (f *Frame) middle() geom.Point { return geom.Point{X: float64(f.w-1) / 2, Y: float64(f.h-1) / 2} }

// medianCorr is the median correlation of the blocks found.
func medianCorr(votes []vote) float64 {
	var c []float64
	for _, v := range votes {
		if v.found {
			c = append(c, v.corr)
		}
	}
	return median(c)
}
