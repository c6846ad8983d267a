package align

import "dermtrace/internal/geom"

const (
	// askColour, in pixels of the finest level, is the drift from which on colour is asked: below, what
	// the lamp can have displaced is less than colour errs by.
	askColour = 0.1
	// lowCorr is the correlation of the finest blocks below which colour is asked whatever red says: a
	// lamp that moved by 60 degrees or more leaves less, for relief lit anew is another picture.
	lowCorr = 0.75
	// lowCoarse is the correlation of the next level's blocks from which on that is grain: 0.76 to 0.83
	// under lamps that moved by 90 degrees or more.
	lowCoarse = 0.87
	// What does not agree, (1−c²)/c² with c the correlation, was lit anew or is grain, of which a pixel of the
	// coarser level, the mean of four, has grainLeft. coarseAnew times what was lit anew is the lamp's share in a
	// drift, at most 1: skin whose relief changed drifts as well, by 0.02 px, with 0.01 to 0.03 not agreeing anew, and there
	// the finest level was right or nearly; lamps that moved by 3 degrees leave 0.03 to 0.3, and made all of the drift.
	coarseAnew, grainLeft = 25, 0.25
	// reliefRest times what was lit anew of the finest level is how many drifts are left then: the more was
	// lit anew, the less of the displacement do the levels tell. Phantoms of all tones, lamps from 5 to 180
	// degrees: 2 to 8, and 1 to 5 where waves have been asked. Beyond mostAnew, which lamps that turned by 90
	// degrees leave, other relief is seen, none displaced farther.
	reliefRest, reliefMost, wavesRest, mostAnew = 3, 8, 2, 1.5
	// minSameSide is the least cosine between the drift and the shift to colour: both show where the
	// lamp went.
	minSameSide = 0.7
)

// light takes out of a solution on red light what a lamp from another side has done to it, and says what
// is left of it in fig. Where much may be left, colour knows better.
func (f *Frame) light(p *photo, red *solution, fig *Figures) *solution {
	lag := red.drift(p.red)
	left := f.carryOn(red, lag)
	fig.LightPx = reliefRest * left
	if coarseAnew*litAnew(red) >= 1 { // all of the drift is the lamp's
		fig.LightPx = max(wavesRest*left, f.turnBack(p, red))
	}
	if !f.asksColour(red, lag, left) {
		return red
	}
	q := f.newQuest(p, red)
	best := q.best()
	if 1-best.corr <= colourGain*(1-q.first.red()) {
		if s := f.settleAgreed(best, red, lag, fig); s != nil {
			s.judge(best.photo)
			fig.LightPx = max(reliefLeft*fig.ColourShiftPx, scaleError*f.scaleShift(p, s))
			return s
		}
		return red
	}
	// The best mixture is relief itself; the next best, which has nothing in common with it, can
	// still tell that relief has moved.
	if f.settleAgreed(q.other, red, lag, fig) != nil {
		fig.LightPx = max(fig.LightPx, reliefMissed*fig.ColourShiftPx)
	}
	return red
}

// carryOn carries a solution from the coarser level through the finest to where one twice as fine would lie, and
// returns the part of what is left that reliefRest and reliefMost multiply, in photo pixels.
func (f *Frame) carryOn(red *solution, lag drift) float64 {
	if lag.d == (geom.Point{}) {
		return 0
	}
	own, below := anew(medianCorr(red.votes)), anew(medianCorr(red.below))
	rest := own
	if !lag.sure() {
		rest = lag.reach * below // much of the finest level's is grain
	}
	off := lag.carried(min(1, coarseAnew*litAnew(red)))
	left := min(rest, mostAnew) * lag.d.Norm() * red.warp.plane.LocalScale(f.middle())
	red.warp.plane = red.warp.plane.Mul(geom.Translation(-off.X, -off.Y))
	return left
}

// turnBack moves a solution to where waves of all directions lie, but for what a lamp that moved displaces of them, and
// returns the standard error of that in photo pixels.
func (f *Frame) turnBack(p *photo, red *solution) float64 {
	d, se := turned(red.waves(p.red))
	scale := red.stack.levels[red.level].scale
	red.warp.plane = red.warp.plane.Mul(geom.Translation(scale*d.X, scale*d.Y))
	return se * scale * red.warp.plane.LocalScale(f.middle())
}

// litAnew is what was lit anew of the coarser level, its grain taken off.
func litAnew(red *solution) float64 {
	own, below := anew(medianCorr(red.votes)), anew(medianCorr(red.below))
	return max(below-grainLeft*own, 0) / (1 - grainLeft)
}

// asksColour reports whether colour can know better than red light.
func (f *Frame) asksColour(red *solution, lag drift, left float64) bool {
	if medianCorr(red.votes) < lowCorr && !(medianCorr(red.below) >= lowCoarse) {
		return true
	}
	finest := f.red.levels[0].scale
	return lag.sure() && lag.d.Norm() >= askColour*finest && reliefMost*left >= minLight*2*finest
}

// settleAgreed aligns by the mixture of a lead; nil where that does not differ from red light to the side that the
// drift points away from. A lead that does not, is not worth the work.
func (f *Frame) settleAgreed(l lead, red *solution, lag drift, fig *Figures) *solution {
	if l.frame == nil || !f.agrees(l.warp, red, lag) {
		return nil
	}
	s := f.settleColour(l)
	if s == nil || !f.differs(s, red, fig) || !f.agrees(s.warp, red, lag) {
		return nil
	}
	return s
}

// anew is how many times what agrees was lit anew, where c is the correlation.
func anew(c float64) float64 { return (1 - c*c) / (c * c) }

// agrees reports whether colour lies to the side that the drift of red light points away from, if there
// is any.
func (f *Frame) agrees(w warp, red *solution, lag drift) bool {
	if !lag.sure() {
		return true
	}
	d := displacement(w, red.warp, red.pairs)
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
