package calib

import (
	"math"
	"slices"

	"dermtrace/internal/geom"
)

// Light that falls off across the photo differently than across the reference shows
// in the tiles as a slope of ln gain over their places. It is the same for all
// channels as long as there is one lamp, so it is fitted to their mean.

// slope is a plane of ln gain, 0 at the point At; the zero value is flat.
type slope struct {
	at   geom.Point
	x, y float64 // per pixel

	mean, xx, xy, yy float64 // variance at the point At, and of x and y per pixel
}

// Skin is what control skin sets the light for.
type Skin struct {
	Outline geom.Polygon // in the photo
	// Tiles are of this very skin, in the reference and in the photo; nil: unknown. They are
	// asked where control skin shows a fall-off and lies beside.
	Tiles func() (reference, photo []TileLight)
}

// Bounds on a slope.
const (
	// minTilesForSlope leaves a plane of three parameters three degrees of freedom.
	minTilesForSlope = 6
	// minSlopeT is the least ratio of a slope to its standard error that counts as
	// found: 3 keeps chance below 1 % for two slopes and ten tiles.
	minSlopeT = 3
	// maxSlopeSE bounds the standard error of the light at every corner of what is
	// measured, ln: at 2 % of light L* is sure to 0.6 around 65. Project default.
	maxSlopeSE = 0.02
	// hullReach is how far beyond the tiles a corner may lie: a light that falls off along
	// a curve strays from its plane as the square of that. Project default.
	hullReach = 1.5
)

// surrounds reports whether the tiles lie around an outline: its centre is inside the
// convex hull of the tiles' centres, its corners are inside that hull grown by half
// about the slope's centre, and at each a plane through the tiles is sure to
// [maxSlopeSE]. Elsewhere a slope would be carried beyond what was seen.
func (s slope) surrounds(pairs []pair, outline geom.Polygon) bool {
	var centres []geom.Point
	for _, p := range pairs {
		if p.w > 0 {
			centres = append(centres, p.now.At)
		}
	}
	if !inHull(centres, outline.Centroid()) {
		return false
	}
	for _, corner := range outline {
		shrunk := geom.Point{X: s.at.X + (corner.X-s.at.X)/hullReach, Y: s.at.Y + (corner.Y-s.at.Y)/hullReach}
		if !inHull(centres, shrunk) {
			return false
		}
	}
	return s.sureOver(outline)
}

func (s slope) sureOver(outline geom.Polygon) bool {
	return !slices.ContainsFunc(outline, func(corner geom.Point) bool { return !(s.se(corner) <= maxSlopeSE) })
}

// goesOn reports whether skin beside the tiles shows the slope as well, by itself: then it is no
// matter of what lies between. Of light that falls off along a parabola the mean of both slopes
// leads from one to the other; half of their difference, which is what the tiles' slope alone is
// wrong by there, must be less than half of what it tells, and less than [maxSlopeSE]. Such light
// as a flash's, which falls off to all sides, is not carried across its middle so.
func (s slope) goesOn(skin Skin) bool {
	if skin.Tiles == nil || !s.sureOver(skin.Outline) {
		return false
	}
	pairs, _ := common(skin.Tiles())
	if len(pairs) < minTilesForSlope {
		return false
	}
	biweight(pairs)
	own := fitSlope(pairs, pair.lnRed)
	if own == (slope{}) {
		return false
	}
	told := s.lnAt(own.at)
	wrong := math.Abs(told+own.lnAt(s.at)) / 2 // each is 0 at its own place
	return wrong <= math.Abs(told)/2 && wrong <= maxSlopeSE
}

// se is the standard error of the plane at a point.
func (s slope) se(p geom.Point) float64 {
	dx, dy := p.X-s.at.X, p.Y-s.at.Y
	return math.Sqrt(s.mean + s.xx*dx*dx + 2*s.xy*dx*dy + s.yy*dy*dy)
}

// inHull reports whether p lies in the convex hull of points: no line through p has all
// of them strictly on one side. Seen from p they then leave no gap of more than half a turn.
func inHull(points []geom.Point, p geom.Point) bool {
	var angles []float64
	for _, q := range points {
		if q == p {
			return true
		}
		angles = append(angles, math.Atan2(q.Y-p.Y, q.X-p.X))
	}
	slices.Sort(angles)
	for i, a := range angles {
		next := angles[0] + 2*math.Pi
		if i+1 < len(angles) {
			next = angles[i+1]
		}
		if next-a > math.Pi {
			return false
		}
	}
	return len(angles) > 0
}

// fitSlope fits the plane by least squares with the pairs' weights to such ln gains; flat unless
// one of its slopes stands out from the scatter.
func fitSlope(pairs []pair, lnGain func(pair) float64) slope {
	if len(pairs) < minTilesForSlope {
		return slope{}
	}
	var w, x, y, v float64
	for _, p := range pairs {
		w, x, y, v = w+p.w, x+p.w*p.now.At.X, y+p.w*p.now.At.Y, v+p.w*lnGain(p)
	}
	x, y, v = x/w, y/w, v/w
	var xx, xy, yy, xv, yv float64
	for _, p := range pairs {
		dx, dy, dv := p.now.At.X-x, p.now.At.Y-y, lnGain(p)-v
		xx, xy, yy = xx+p.w*dx*dx, xy+p.w*dx*dy, yy+p.w*dy*dy
		xv, yv = xv+p.w*dx*dv, yv+p.w*dy*dv
	}
	det := xx*yy - xy*xy
	if !(det > 1e-9*xx*yy) {
		return slope{} // tiles in one line
	}
	s := slope{at: geom.Point{X: x, Y: y}, x: (yy*xv - xy*yv) / det, y: (xx*yv - xy*xv) / det}
	var rest float64
	for _, p := range pairs {
		e := lnGain(p) - v - s.lnAt(p.now.At)
		rest += p.w * e * e
	}
	variance := rest / float64(len(pairs)-3)
	tx, ty := math.Abs(s.x)/math.Sqrt(variance*yy/det), math.Abs(s.y)/math.Sqrt(variance*xx/det)
	if !(max(tx, ty) > minSlopeT) {
		return slope{}
	}
	s.mean, s.xx, s.xy, s.yy = variance/w, variance*yy/det, -variance*xy/det, variance*xx/det
	return s
}

// lnGain is the mean over the channels.
func (p pair) lnGain() float64 { return (p.d[0] + p.d[1] + p.d[2]) / 3 }

// lnRed is that of red light, which blood hardly changes.
func (p pair) lnRed() float64 { return p.d[0] }

func (s slope) lnAt(p geom.Point) float64 { return s.x*(p.X-s.at.X) + s.y*(p.Y-s.at.Y) }

// rangeOver is the largest less the smallest value at the tiles.
func (s slope) rangeOver(pairs []pair) float64 {
	lo, hi := math.Inf(1), math.Inf(-1)
	for _, p := range pairs {
		v := s.lnAt(p.now.At)
		lo, hi = min(lo, v), max(hi, v)
	}
	return hi - lo
}

// columns and row are the factors of a separable exp(plane) on the pixels of a part of
// the photo; columns is nil where flat.
func (s slope) columns(w int, part Part) []float32 {
	if s == (slope{}) {
		return nil
	}
	c := make([]float32, w)
	for x := range c {
		c[x] = float32(math.Exp(s.x * (part.X + part.step()*float64(x) - s.at.X)))
	}
	return c
}

func (s slope) row(y int, part Part) float64 {
	return math.Exp(s.y * (part.Y + part.step()*float64(y) - s.at.Y))
}
