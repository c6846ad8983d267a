package align

import (
	"math"

	"dermtrace/internal/geom"
	"dermtrace/internal/raster"
)

const (
	// nodesPerSide spaces the nodes where no scale is known, minNodeMM where one is. A spline's node moves
	// 20 mm of skin: a lesion is smaller and cannot be healed by the field. At 10 mm, the nodes of a
	// photo 40 mm wide could not follow the waves of skin that is pulled aside.
	nodesPerSide = 24
	minNodeMM    = 5
	// minBendShifts is the least number of blocks that may bend the frame.
	minBendShifts = 60
	// bentCorr is the least correlation of neighbours' displacements that is worth a field.
	bentCorr = 0.25
	// heldOutGain is how much smaller the error on blocks that were left out must become.
	heldOutGain = 0.8
	// The ratio of areas that a field may make anywhere: skin folds first.
	minAreaRatio, maxAreaRatio = 0.5, 2
)

// stiffnesses are tried from stiff to soft, in units of the blocks' median information, until one predicts
// worse than the one before. On phantoms and feet, 0.1 to 0.001 are chosen; of waves of
// 3 px, four nodes long, the softest leaves 0.01 px.
var stiffnesses = []float64{1, 0.1, 0.03, 0.01, 0.003, 0.001}

// A warp takes a frame point to the photo: displaced by the field (nil: none), then by the
// plane.
type warp struct {
	plane geom.Transform
	field *field
}

func (w warp) apply(p geom.Point) geom.Point {
	d := w.field.at(p)
	return w.plane.Apply(geom.Point{X: p.X + d.X, Y: p.Y + d.Y})
}

// shifts turns the votes of a level into displacements in frame pixels.
func (f *stack) shifts(i int, votes []vote) []shift {
	l := f.levels[i]
	to := l.photoFromLevel()
	var out []shift
	for _, v := range votes {
		if !v.found {
			continue
		}
		p := carry(v, [4]float64{l.scale, 0, 0, l.scale}, geom.Point{}, geom.Point{})
		out = append(out, shift{
			p: to.Apply(v.block.center), d: geom.Point{X: -v.d.X * l.scale, Y: -v.d.Y * l.scale},
			xx: p.xx, xy: p.xy, yy: p.yy,
		})
	}
	return out
}

// bend fits a field to the shifts if neighbours share what the plane leaves and blocks that
// were left out agree that a field is needed.
func (f *stack) bend(i int, shifts []shift) *field {
	if len(shifts) < minBendShifts || !f.bent(i, shifts) {
		return nil
	}
	flat := newField(f.w, f.h, f.nodeStep)
	h, unit := newHalves(shifts, 2*blockPx*f.levels[i].scale, flat), medianInfo(shifts)
	best, bestErr := 0.0, heldOutGain*h.heldOut()
	for _, s := range stiffnesses {
		h.fit(s * unit)
		if e := h.heldOut(); e < bestErr {
			best, bestErr = s*unit, e
		} else if best > 0 {
			break
		}
	}
	if best == 0 {
		return nil
	}
	g := robustField(flat, best, shifts, fieldTolerances[:])
	if lo, hi := g.areaRatios(f.w, f.h); !(lo >= minAreaRatio && hi <= maxAreaRatio) {
		return nil
	}
	return g
}

// bent reports whether blocks that share no pixels agree on what the plane leaves: the
// correlation of the displacements, cut at three times their median length, of blocks one to two
// blocks apart, or of neighbours where those are farther. Noise gives 0.
func (f *stack) bent(i int, shifts []shift) bool {
	length := make([]float64, len(shifts))
	for k, s := range shifts {
		length[k] = s.d.Norm()
	}
	limit := 3 * median(length)
	near := float64(max(blockPx, blockStride(f.levels[i], maxBlocks))) * f.levels[i].scale
	var both, own float64
	for k, s := range shifts {
		cut := min(1, limit/max(length[k], 1e-9))
		for _, o := range shifts[k+1:] {
			if o.p.Y-s.p.Y >= 2*near {
				break
			}
			if r := max(math.Abs(o.p.X-s.p.X), o.p.Y-s.p.Y); r >= near && r < 2*near {
				c := min(1, limit/max(o.d.Norm(), 1e-9))
				both += cut * c * (s.d.X*o.d.X + s.d.Y*o.d.Y)
				own += (cut*cut*length[k]*length[k] + c*c*(o.d.X*o.d.X+o.d.Y*o.d.Y)) / 2
			}
		}
	}
	return both > bentCorr*own
}

func medianInfo(shifts []shift) float64 {
	v := make([]float64, len(shifts))
	for i, s := range shifts {
		v[i] = (s.xx + s.yy) / 2
	}
	return median(v)
}

// halves are the shifts of either colour of a checkerboard, with a field fitted to each.
type halves struct {
	shifts [2][]shift
	fields [2]*field
}

// newHalves splits the shifts by squares of the given side and starts from a field.
func newHalves(shifts []shift, side float64, start *field) *halves {
	h := &halves{fields: [2]*field{start, start}}
	for _, s := range shifts {
		k := (int(s.p.X/side) + int(s.p.Y/side)) % 2
		h.shifts[k] = append(h.shifts[k], s)
	}
	return h
}

// fit fits both fields, from where they are.
func (h *halves) fit(stiffness float64) {
	raster.Parallel(2, func(k int) {
		h.fields[k] = robustField(h.fields[k], stiffness, h.shifts[k], fieldTolerances[:trialRounds])
	})
}

// heldOut is the median distance of the shifts of either half from the field of the other.
func (h *halves) heldOut() float64 {
	var e []float64
	for k, shifts := range h.shifts {
		for _, s := range shifts {
			e = append(e, s.d.Sub(h.fields[1-k].at(s.p)).Norm())
		}
	}
	return median(e)
}

// fieldTolerances are those of the fits with Tukey's weights, the last of which is the result's.
var fieldTolerances = [...]float64{1e-2, 1e-3, 1e-4, 1e-4}

// lastFactor is the last round in which the equations are factorized: later weights differ little from those.
const lastFactor = 1

// trialRounds is how many of them tell which stiffness predicts best: later ones move a half by less than blocks scatter.
const trialRounds = lastFactor + 1

// robustField fits with Tukey's weights, one round for each tolerance, sought from start on.
func robustField(start *field, stiffness float64, shifts []shift, tolerances []float64) *field {
	e := newEquations(start, stiffness, shifts)
	r := make([]float64, len(shifts))
	for round, tolerance := range tolerances {
		e.solve(tolerance, round <= lastFactor)
		for i, s := range shifts {
			d := s.d.Sub(e.gather(e.f.u, i))
			r[i] = math.Sqrt(d.X*d.X*s.xx + 2*d.X*d.Y*s.xy + d.Y*d.Y*s.yy)
		}
		scale := max(median(r)/medianChi2, 1)
		for i := range r {
			u := r[i] / (tukey * scale)
			e.weight[i] = 0
			if u < 1 {
				e.weight[i] = (1 - u*u) * (1 - u*u)
			}
		}
	}
	return e.f
}

// areaRatios returns the least and the largest determinant of the field's Jacobian on a
// grid over the frame.
func (g *field) areaRatios(w, h int) (lo, hi float64) {
	lo, hi = math.Inf(1), math.Inf(-1)
	for j := range 2 * gridSide {
		for i := range 2 * gridSide {
			p := geom.Point{X: (float64(i) + 0.5) / (2 * gridSide) * float64(w), Y: (float64(j) + 0.5) / (2 * gridSide) * float64(h)}
			xx, xy, yx, yy := g.jacobian(p)
			d := xx*yy - xy*yx
			lo, hi = min(lo, d), max(hi, d)
		}
	}
	return lo, hi
}

// jacobian is the derivative of p + u(p), by central differences over a hundredth of a step.
func (g *field) jacobian(p geom.Point) (xx, xy, yx, yy float64) {
	e := 0.01
	if g != nil {
		e *= g.step
	}
	r, l := g.at(geom.Point{X: p.X + e, Y: p.Y}), g.at(geom.Point{X: p.X - e, Y: p.Y})
	d, u := g.at(geom.Point{X: p.X, Y: p.Y + e}), g.at(geom.Point{X: p.X, Y: p.Y - e})
	return 1 + (r.X-l.X)/(2*e), (d.X - u.X) / (2 * e), (r.Y - l.Y) / (2 * e), 1 + (d.Y-u.Y)/(2*e)
}
