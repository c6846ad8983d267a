package calib

import (
	"math"

	"gonum.org/v1/gonum/mat"

	"dermtrace/internal/filter"
	"dermtrace/internal/geom"
	"dermtrace/internal/raster"
)

// A card is placed exactly by the edges of its patches: along each side of each patch
// the light is followed from the patch into the gap, and the point half-way between
// their levels is taken. Opposite sides are wrong by the same amount the other way,
// whatever blur or bloom does, so the centres of the cells come out true.

// edgePoint is a point of the photo on a side of a patch.
type edgePoint struct {
	cell int
	axis int        // 0: a left or right side, 1: an upper or lower one
	sign float64    // −1 left or upper, +1 right or lower
	at   geom.Point // in the photo
	off  float64    // from the fit, in cells
}

const (
	edgeSamples = 7    // along a side
	edgeSpan    = 0.28 // half the stretch of a side that is read, in cells
	edgeFrom    = 0.18 // from the centre: inside the patch at any pose in question
	edgeTo      = 0.62 // beyond the middle of the gap
	edgeSteps   = 24   // from edgeFrom to edgeTo: 0.018 of a cell each
	// edgeContrast is the least drop of ln light from patch to gap, 26 %: black and the
	// dark blues may stay below it in flare.
	edgeContrast = 0.3
)

// sizes are half the sides of the paint, in cells.
type sizes [2]float64

// refine fits the photo's homography and the size of the paint to the edges, and
// returns the edge points that agree, with their distances.
func refine(rgb *raster.RGB, photoFromCard geom.Transform, floor float64) (geom.Transform, sizes, []edgePoint, error) {
	half := sizes{0.43, 0.43}
	var points []edgePoint
	for range 3 {
		points = findEdges(rgb, photoFromCard, floor)
		cardFromPhoto, err := photoFromCard.Inverse()
		if err != nil {
			return photoFromCard, half, nil, err
		}
		fit := edgeFit{cardFromPhoto, half}
		if err := fit.solve(points); err != nil {
			return photoFromCard, half, nil, err
		}
		half = fit.half
		if photoFromCard, err = fit.cardFromPhoto.Inverse(); err != nil {
			return photoFromCard, half, nil, err
		}
	}
	return photoFromCard, half, points, nil
}

// findEdges reads edgeSamples lines across each side of each patch.
func findEdges(rgb *raster.RGB, photoFromCard geom.Transform, floor float64) []edgePoint {
	found := make([][]edgePoint, gridCells)
	raster.Parallel(gridCells, func(n int) {
		c := cellAt(n)
		for axis := range 2 {
			for _, sign := range [2]float64{-1, 1} {
				for s := range edgeSamples {
					along := edgeSpan * (2*float64(s)/(edgeSamples-1) - 1)
					line := cardLine{photoFromCard, c, axis, sign, along}
					if t, ok := line.crossing(rgb, floor); ok {
						found[n] = append(found[n], edgePoint{cell: n, axis: axis, sign: sign, at: line.at(t)})
					}
				}
			}
		}
	})
	var all []edgePoint
	for _, f := range found {
		all = append(all, f...)
	}
	return all
}

// cardLine runs from a cell's centre across one of its sides.
type cardLine struct {
	photoFromCard geom.Transform
	centre        geom.Point
	axis          int
	sign, along   float64
}

func (l cardLine) at(t float64) geom.Point {
	p := geom.Point{X: l.centre.X + l.along, Y: l.centre.Y + l.sign*t}
	if l.axis == 0 {
		p = geom.Point{X: l.centre.X + l.sign*t, Y: l.centre.Y + l.along}
	}
	return l.photoFromCard.Apply(p)
}

// crossing is where the light of the channel with the most contrast falls half-way
// from the patch to the gap.
func (l cardLine) crossing(rgb *raster.RGB, floor float64) (float64, bool) {
	best, contrast := 0.0, 0.0
	for _, p := range rgb.Planes() {
		var v [edgeSteps + 1]float64
		for i := range v {
			v[i] = float64(filter.Bilinear(p, l.at(edgeFrom+(edgeTo-edgeFrom)*float64(i)/edgeSteps)))
			if math.IsNaN(v[i]) {
				return 0, false
			}
		}
		if t, c, ok := halfway(v[:], floor); ok && c > contrast {
			best, contrast = t, c
		}
	}
	return edgeFrom + (edgeTo-edgeFrom)*best/edgeSteps, contrast >= edgeContrast
}

// halfway finds where v first falls below the middle between its start and its least
// value, and the ln of their ratio.
func halfway(v []float64, floor float64) (t, contrast float64, ok bool) {
	inside := (v[0] + v[1] + v[2]) / 3
	least := inside
	for _, x := range v {
		least = min(least, x)
	}
	level := (inside + least) / 2
	for i := 1; i < len(v); i++ {
		if v[i] <= level && v[i-1] > level {
			t = float64(i-1) + (v[i-1]-level)/(v[i-1]-v[i])
			return t, math.Log(max(inside, floor) / max(least, floor)), true
		}
	}
	return 0, 0, false
}

// edgeFit is a homography into the card and the size of the paint.
type edgeFit struct {
	cardFromPhoto geom.Transform
	half          sizes
}

const (
	// edgeRounds is more than Gauss-Newton needs from an error of a fifth of a cell.
	edgeRounds = 8
	// minEdgePoints is the least number of points for ten unknowns that leaves the fit
	// no doubt: a quarter of all.
	minEdgePoints = gridCells * edgeSamples
	// huberSD is Huber's bound in robust standard deviations (Huber 1981: 95 % efficiency).
	huberSD = 1.345
	// edgeOff is the largest distance, in cells, at which a point still belongs to its
	// side: half a usual gap.
	edgeOff = 0.06
)

// solve moves the fit so that each point lies on its side: u − (centre + sign·half)
// along its axis, with u the point in card coordinates. Gauss-Newton with Huber
// weights over the eight numbers of the homography and the two sizes.
func (f *edgeFit) solve(points []edgePoint) error {
	if len(points) < minEdgePoints {
		return errNoHomography
	}
	scale := f.cardFromPhoto.LocalScale(points[0].at) // cells per pixel: keeps unknowns alike
	for range edgeRounds {
		off := make([]float64, len(points))
		for i := range points {
			points[i].off = f.distance(points[i])
			off[i] = math.Abs(points[i].off)
		}
		sd := max(madToSD*median(off), 1e-4)
		a := mat.NewSymDense(10, nil)
		b := make([]float64, 10)
		for _, p := range points {
			w := min(1, huberSD*sd/max(math.Abs(p.off), 1e-12))
			if math.Abs(p.off) > 3*max(sd, edgeOff/3) {
				w = 0
			}
			j := f.gradient(p, scale)
			for r := range 10 {
				b[r] -= w * j[r] * p.off
				for c := r; c < 10; c++ {
					a.SetSym(r, c, a.At(r, c)+w*j[r]*j[c])
				}
			}
		}
		x, err := solveNormal(a, b)
		if err != nil {
			return err
		}
		for i := range 8 {
			f.cardFromPhoto[i] += x[i] * unit(i, scale)
		}
		f.half[0] += x[8]
		f.half[1] += x[9]
	}
	for i := range points {
		points[i].off = f.distance(points[i])
	}
	return nil
}

// unit scales the homography's unknowns: its linear part is in cells per pixel, its
// perspective per pixel.
func unit(i int, scale float64) float64 {
	if i == 2 || i == 5 {
		return 1
	}
	return scale
}

func (f *edgeFit) distance(p edgePoint) float64 {
	q, c := f.cardFromPhoto.Apply(p.at), cellAt(p.cell)
	if p.axis == 0 {
		return q.X - c.X - p.sign*f.half[0]
	}
	return q.Y - c.Y - p.sign*f.half[1]
}

// gradient is the derivative of distance in the scaled unknowns.
func (f *edgeFit) gradient(p edgePoint, scale float64) (j [10]float64) {
	h := f.cardFromPhoto
	w := h[6]*p.at.X + h[7]*p.at.Y + h[8]
	q := h.Apply(p.at)
	u := q.X
	first := 0
	if p.axis == 1 {
		u, first = q.Y, 3
	}
	j[first], j[first+1], j[first+2] = p.at.X/w*scale, p.at.Y/w*scale, 1/w
	j[6], j[7] = -u*p.at.X/w*scale, -u*p.at.Y/w*scale
	j[8+p.axis] = -p.sign
	return j
}
