package pigment

import (
	"math"
	"sync"

	"dermtrace/internal/filter"
	"dermtrace/internal/geom"
	"dermtrace/internal/raster"
)

// radiiMM are the sizes at which spots are looked for, each half as large again as the one
// before: from a freckle of 0.9 mm across to beyond [largeMM].
var radiiMM = [...]float64{0.45, 0.67, 1, 1.5, 2.25, 3.4}

// A spot of radius r is weighed by a Gaussian of centreSigma·r, which of all Gaussians has
// nearly the best signal of a disc in noise (0.63·r) and does not ask where its rim is,
// less the plain skin within a Gaussian of surroundSigma·r, at least leastSurroundMM
// (project defaults).
const (
	centreSigma     = 0.6
	surroundSigma   = 1.6
	leastSurroundMM = 0.8

	discShare = 0.751 // of that Gaussian lies within the disc: 1 − exp(−1/(2·centreSigma²))
)

// level is a ground at one size of spots. Its pixels are as coarse as that size allows, and
// read by a spline, which is part of the Gaussian: wherever pixels fall on a spot of
// that size, it reads within 1 %.
type level struct {
	step   int                  // pixels of the ground along a side of one of the level
	centre *raster.Plane        // melanin weighed by the spot's Gaussian
	luma   func() *raster.Plane // the same of luma, made once, where it is asked for
	cover  *raster.Plane        // share of that Gaussian that the region holds
	weight *raster.Plane
}

// coarsest is how many pixels σ of a Gaussian keeps on a level: of its variance, 0.64, the
// splines that thin and read the pixels are up to 0.5.
const coarsest = 0.8

// coarsening is how many pixels of so many millimetres become one at the i-th size.
func coarsening(i int, mmPerPx float64) int {
	return max(1, int(centreSigma*radiiMM[i]/mmPerPx/coarsest))
}

// splineVariance is that of a quadratic spline whose pixel holds k to a side, in its pixels.
func splineVariance(k int) float64 { return (1 - 1/float64(k*k)) / 4 }

// level is the ground at the i-th size, made once.
func (g *ground) level(i int) *level {
	if g.levels[i] == nil {
		step := coarsening(i, g.mmPerPx)
		sigma := centreSigma * radiiMM[i] / g.mmPerPx / float64(step)
		rest := sampledSigma(sigma*sigma - readVariance - splineVariance(step*g.thinness))
		coarser := func(p *raster.Plane) *raster.Plane {
			if step == 1 {
				return p
			}
			return thinned(p, step, 0)
		}
		weight := coarser(g.field.Weight)
		cover := filter.Gaussian(weight, rest)
		mean := func(weighted *raster.Plane) *raster.Plane {
			sum := filter.Gaussian(coarser(weighted), rest)
			divide(sum, cover)
			return sum
		}
		g.levels[i] = &level{
			step: step, weight: weight, cover: cover, centre: mean(g.weighted),
			luma: sync.OnceValue(func() *raster.Plane {
				_, weighted := g.luma()
				return mean(weighted)
			}),
		}
	}
	return g.levels[i]
}

// surround is plain skin to take means of, on pixels twice as coarse as a ground's, which is all
// that they need.
type surround struct{ weighted, weight *raster.Plane } // values times weights, and weights

// halved is a plane of a ground as surround, on borrowed planes.
func halved(value, weight *raster.Plane) surround {
	weighted := times(value, weight)
	defer filter.GiveBack(weighted)
	return surround{filter.Shrink(weighted, 2), filter.Shrink(weight, 2)}
}

func (s *surround) giveBack() {
	if s.weight != nil {
		filter.GiveBack(s.weighted, s.weight)
	}
	*s = surround{}
}

// smooth is its mean within a Gaussian of sigmaPx, on pixels so many times coarser, on a borrowed
// plane.
func (s surround) smooth(coarser int, sigmaPx float64) *raster.Plane {
	if coarser > 1 {
		s = surround{filter.Shrink(s.weighted, coarser), filter.Shrink(s.weight, coarser)}
		defer s.giveBack()
	}
	mean, weight := filter.Gaussian(s.weighted, sigmaPx), filter.Gaussian(s.weight, sigmaPx)
	defer filter.GiveBack(weight)
	divide(mean, weight)
	return mean
}

// surroundVariance is what the pixels of surrounds, [widen] and the spline add to their
// Gaussian, in those pixels.
const surroundVariance = 1./12 + 3./16 + readVariance/4

// contrast is the centre at the i-th size less what skin around is, on a borrowed plane.
func (g *ground) contrast(i int, centre *raster.Plane, around surround) *raster.Plane {
	step := g.level(i).step
	sigma := max(surroundSigma*radiiMM[i], leastSurroundMM) / g.mmPerPx / float64(2*step)
	mean := around.smooth(step, math.Sqrt(sigma*sigma-surroundVariance))
	defer filter.GiveBack(mean)
	out, wide := filter.Borrow(centre.W, centre.H), make([]float32, 2*mean.W)
	for y := range out.H {
		widen(wide, mean, y)
		row := out.Row(y)
		for x, v := range centre.Row(y) {
			row[x] = v - wide[x]
		}
	}
	return out
}

// widen reads a surround at a row of its level: a pixel lies a quarter from the middle of
// its own block towards the next.
func widen(out []float32, surround *raster.Plane, y int) {
	own, next := y/2, min(max(y/2-1+y%2*2, 0), surround.H-1)
	a, b := surround.Row(own), surround.Row(next)
	at := func(i int) float32 { return a[i] + float32(0.25*(b[i]-a[i])) }
	before := at(0)
	out[0] = before
	for i := 1; i < len(a); i++ {
		v := at(i)
		rise := float32(0.25 * (v - before))
		out[2*i-1], out[2*i] = before+rise, v-rise
		before = v
	}
	out[2*len(a)-1] = before
}

// readVariance is that of the spline by which a level is read, in its pixels.
const readVariance = 1. / 4

// read is a plane of a level between its pixels, by a quadratic spline (Unser 1999, IEEE Signal
// Process Mag 16(6):22); not ok where the level does not show a spot whole.
func (l *level) read(p *raster.Plane, at geom.Point) (value float64, ok bool) {
	x, y := int(at.X+0.5), int(at.Y+0.5)
	if !(at.X >= 0.5 && at.Y >= 0.5) || x+2 > p.W || y+2 > p.H {
		return 0, false
	}
	u, v := spline(at.X-float64(x)), spline(at.Y-float64(y))
	if l.cover.At(x, y) < surelyShown && weigh(l.cover, x-1, y-1, &u, &v) < shown {
		return 0, false
	}
	return weigh(p, x-1, y-1, &u, &v), true
}

// spline is the quadratic B-spline at three pixels, from the middle one of which a place is
// so far.
func spline(t float64) [3]float64 {
	return [3]float64{(0.5 - t) * (0.5 - t) / 2, 0.75 - float64(t*t), (0.5 + t) * (0.5 + t) / 2}
}

// weigh sums the three by three pixels from (x, y) on.
func weigh(p *raster.Plane, x, y int, u, v *[3]float64) float64 {
	along := func(i int) float64 {
		row := (*[3]float32)(p.Pix[i:])
		return float64(u[0]*float64(row[0])) + float64(u[1]*float64(row[1])) + float64(u[2]*float64(row[2]))
	}
	i := y*p.W + x
	return float64(v[0]*along(i)) + float64(v[1]*along(i+p.W)) + float64(v[2]*along(i+2*p.W))
}

// splined is what a spline reads at the pixels of a plane, on a borrowed one.
func splined(p *raster.Plane) *raster.Plane {
	out, line := filter.Borrow(p.W, p.H), make([]float32, p.W)
	for y := range p.H {
		splinedRow(out.Row(y), line, p, y)
	}
	return out
}

// splinedRow fills row with what a spline reads at the y-th row of a plane, by way of line.
func splinedRow(row, line []float32, p *raster.Plane, y int) {
	side, middle := float32(1./8), float32(3./4)
	above, below := p.Row(max(y-1, 0))[:len(line)], p.Row(min(y+1, p.H-1))[:len(line)]
	for x, v := range p.Row(y)[:len(line)] {
		line[x] = float32(middle*v) + float32(side*(above[x]+below[x]))
	}
	row[0], row[len(line)-1] = 0, 0
	for x := 1; x < len(line)-1; x++ {
		row[x] = float32(middle*line[x]) + float32(side*(line[x-1]+line[x+1]))
	}
}

// down is where a level has a place of its ground, up the reverse.
func (l *level) down(p geom.Point) geom.Point {
	middle, k := float64(l.step-1)/2, float64(l.step)
	return geom.Point{X: (p.X - middle) / k, Y: (p.Y - middle) / k}
}

func (l *level) up(x, y float64) geom.Point {
	middle, k := float64(l.step-1)/2, float64(l.step)
	return geom.Point{X: float64(x*k) + middle, Y: float64(y*k) + middle}
}

// point is where a level shows a place of the frame, place what it shows at one of its own.
func (g *ground) point(l *level, at geom.Point) geom.Point { return l.down(g.pixel(at)) }

func (g *ground) place(l *level, x, y float64) geom.Point {
	p := l.up(x, y)
	return g.unbent(p.X, p.Y)
}

// shown is the share of a spot that a region must hold for it to be measured.
const shown = 0.8

// surelyShown is what covers a place whose neighbours cannot be covered so little that the
// spline reads less than shown.
const surelyShown = 0.99

// under is what a plane of the ground has in the middle of a pixel of the level.
func (l *level) under(p *raster.Plane, x, y int) float32 {
	return p.At(min(x*l.step+l.step/2, p.W-1), min(y*l.step+l.step/2, p.H-1))
}
