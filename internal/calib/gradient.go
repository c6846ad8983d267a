package calib

import (
	"math"

	"dermtrace/internal/geom"
)

// Light that falls off across the photo differently than across the reference shows
// in the tiles as a slope of ln gain over their places. It is the same for all
// channels as long as there is one lamp, so it is fitted to their mean.

// slope is a plane of ln gain, 0 at the point At; the zero value is flat.
type slope struct {
	at   geom.Point
	x, y float64 // per pixel
}

// Bounds on a slope.
const (
	// minTilesForSlope leaves a plane of three parameters three degrees of freedom.
	minTilesForSlope = 6
	// minSlopeT is the least ratio of a slope to its standard error that counts as
	// found: 3 keeps chance below 1 % for two slopes and ten tiles.
	minSlopeT = 3
)

// SurroundingControl is [FromControl] for control skin that lies around what will be
// measured: the slope of the light over the tiles, if there is one, is taken out too.
// Where control skin lies to one side a slope would be carried beyond what was seen;
// use FromControl there, and heed Gradient.
func SurroundingControl(reference, photo []TileLight) (Light, error) {
	l, pairs, err := fromControl(reference, photo)
	if err != nil {
		return l, err
	}
	l.slope, l.Warnings = fitSlope(pairs), nil
	l.ResidualDE00 = l.residual(pairs)
	return l, nil
}

// fitSlope fits the plane by least squares with the pairs' weights; flat unless one of
// its slopes stands out from the scatter.
func fitSlope(pairs []pair) slope {
	if len(pairs) < minTilesForSlope {
		return slope{}
	}
	var w, x, y, v float64
	for _, p := range pairs {
		w, x, y, v = w+p.w, x+p.w*p.now.At.X, y+p.w*p.now.At.Y, v+p.w*p.lnGain()
	}
	x, y, v = x/w, y/w, v/w
	var xx, xy, yy, xv, yv float64
	for _, p := range pairs {
		dx, dy, dv := p.now.At.X-x, p.now.At.Y-y, p.lnGain()-v
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
		e := p.lnGain() - v - s.lnAt(p.now.At)
		rest += p.w * e * e
	}
	variance := rest / float64(len(pairs)-3)
	tx, ty := math.Abs(s.x)/math.Sqrt(variance*yy/det), math.Abs(s.y)/math.Sqrt(variance*xx/det)
	if !(max(tx, ty) > minSlopeT) {
		return slope{}
	}
	return s
}

// lnGain is the mean over the channels.
func (p pair) lnGain() float64 { return (p.d[0] + p.d[1] + p.d[2]) / 3 }

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

// columns and row are the factors of a separable exp(plane); columns is nil where flat.
func (s slope) columns(w int) []float32 {
	if s == (slope{}) {
		return nil
	}
	c := make([]float32, w)
	for x := range c {
		c[x] = float32(math.Exp(s.x * (float64(x) - s.at.X)))
	}
	return c
}

func (s slope) row(y int) float64 { return math.Exp(s.y * (float64(y) - s.at.Y)) }
