package pigment

import (
	"math"
	"sync"

	"dermtrace/internal/chromo"
	"dermtrace/internal/geom"
	"dermtrace/internal/raster"
)

// marginMM is empty skin around a map: farther than a centre's Gaussian sees from inside.
const marginMM = 1.5

// ground is a visit's melanin with a margin that weighs nothing, on pixels as coarse as the
// smallest size allows.
type ground struct {
	field     chromo.Field
	weighted  *raster.Plane // values times weights of it
	darkening func(melanin float64) float64
	luma      func() (value, weighted *raster.Plane) // made once, where it is asked for

	mmPerPx   float64
	thinness  int            // pixels of the map along a side of one of the ground
	fromFrame geom.Transform // millimetres of the frame to pixels of field
	toFrame   geom.Transform
	bend      func(geom.Point) geom.Point
	median    float64 // melanin
	blood     float64
	levels    [len(radiiMM)]*level
}

// lay puts a visit's map on a ground. The error is [geom.ErrSingular].
func (v Visit) lay() (*ground, error) {
	mapFromFrame, err := v.FrameFromMap.Inverse()
	if err != nil {
		return nil, err
	}
	k := coarsening(0, v.MMPerPx)
	g := &ground{darkening: v.Darkening, blood: v.Blood, thinness: k, mmPerPx: v.MMPerPx * float64(k), bend: v.Bend}
	margin := int(math.Ceil(marginMM / g.mmPerPx))
	t := newThinning(v.Melanin.Weights(), k, margin)
	g.field.Weight = t.thin
	g.field.Value, g.weighted = t.of(v.Melanin.Value)
	g.median = g.field.Quantile(0.5)
	g.luma = sync.OnceValues(func() (value, weighted *raster.Plane) { return t.of(v.Luma) })
	first := float64(k-1)/2 - float64(margin*k) // pixel of the map that the ground's first is
	mapFromGround := geom.Translation(first, first).Mul(geom.Scaling(float64(k)))
	groundFromMap := geom.Scaling(1 / float64(k)).Mul(geom.Translation(-first, -first))
	g.toFrame, g.fromFrame = v.FrameFromMap.Mul(mapFromGround), groundFromMap.Mul(mapFromFrame)
	return g, nil
}

// pixel is where the ground shows a place of the frame.
func (g *ground) pixel(at geom.Point) geom.Point {
	if g.bend != nil {
		at = g.bend(at)
	}
	return g.fromFrame.Apply(at)
}

// unbendings bring the error of unbent far below a pixel: skin stretches by some percent.
const unbendings = 4

// unbent is what of the frame the ground shows at (x, y).
func (g *ground) unbent(x, y float64) geom.Point {
	flat := g.toFrame.Apply(geom.Point{X: x, Y: y})
	at := flat
	if g.bend != nil {
		for range unbendings {
			at = at.Sub(g.bend(at).Sub(flat))
		}
	}
	return at
}

// bilinear reads a plane between its pixels, 0 outside.
func bilinear(p *raster.Plane, at geom.Point) float64 {
	x, y := int(math.Floor(at.X)), int(math.Floor(at.Y))
	if x < 0 || y < 0 || x >= p.W-1 || y >= p.H-1 {
		return 0
	}
	u, v := at.X-float64(x), at.Y-float64(y)
	above, below := p.Row(y)[x:x+2], p.Row(y + 1)[x:x+2]
	top := float64(above[0]) + float64(u*float64(above[1]-above[0]))
	bottom := float64(below[0]) + float64(u*float64(below[1]-below[0]))
	return top + float64(v*(bottom-top))
}

// bendPx is how many pixels lie between two that are placed in another visit, where those between
// them are placed evenly: a warp bends them by about a hundredth of a pixel.
const bendPx = 4

// places are where another visit shows the pixels of a ground, made once for all sizes.
type places struct {
	w, h  int
	nodes []geom.Point // of every bendPx-th pixel of every bendPx-th row
}

// in places the ground in another visit.
func (g *ground) in(other *ground) *places {
	p := &places{w: g.field.Weight.W/bendPx + 2, h: g.field.Weight.H/bendPx + 2}
	p.nodes = make([]geom.Point, p.w*p.h)
	raster.Bands(p.h, func(y0, y1 int) {
		for i := y0 * p.w; i < y1*p.w; i++ {
			p.nodes[i] = other.pixel(g.unbent(float64(i%p.w*bendPx), float64(i/p.w*bendPx)))
		}
	})
	return p
}

// along fills a row with where its pixels are shown, so many apart from the first on.
func (p *places) along(row []geom.Point, first geom.Point, apart float64) {
	j, down := p.node(first.Y, p.h)
	above, below := p.nodes[j*p.w:], p.nodes[(j+1)*p.w:]
	last := -1
	var from, way geom.Point
	for i := range row {
		k, t := p.node(first.X+float64(i)*apart, p.w)
		if k != last {
			last, from = k, toward(above[k], below[k], down)
			way = toward(above[k+1], below[k+1], down).Sub(from)
		}
		row[i] = geom.Point{X: from.X + float64(t*way.X), Y: from.Y + float64(t*way.Y)}
	}
}

// node is the last of n before a pixel, and how much of the way to the next the pixel lies.
func (p *places) node(px float64, n int) (k int, t float64) {
	u := px / bendPx
	k = min(int(u), n-2)
	return k, u - float64(k)
}

// toward is the point so much of the way from a to b.
func toward(a, b geom.Point, t float64) geom.Point {
	return geom.Point{X: a.X + float64(t*(b.X-a.X)), Y: a.Y + float64(t*(b.Y-a.Y))}
}

// shared weighs the skin that the other visit, in which the ground lies so, shows too: what lies
// around a spot must be the same skin at both.
func (g *ground) shared(other *ground, in *places) *raster.Plane {
	p := g.field.Weight.Clone()
	raster.Bands(p.H, func(y0, y1 int) {
		places := make([]geom.Point, p.W)
		for y := y0; y < y1; y++ {
			row := p.Row(y)
			in.along(places, geom.Point{Y: float64(y)}, 1)
			for x, at := range places {
				if row[x] > 0 && bilinear(other.field.Weight, at) < 0.5 {
					row[x] = 0
				}
			}
		}
	})
	return p
}

// spotReach is how far skin is no plain skin around a spot, in radii and beyond.
const spotReach, spotReachMM = 1.3, 0.2

// spotTrace keeps the level where all is spot.
const spotTrace = 1e-4

// without takes spots out of weights: what is left is plain skin. Of a pixel on the rim about
// as much is left as lies outside.
func (g *ground) without(weights *raster.Plane, spots []blob) *raster.Plane {
	p := weights.Clone()
	for _, b := range spots {
		c, reach := g.pixel(b.at), (spotReach*b.radius()+spotReachMM)/g.mmPerPx
		for y := max(0, int(c.Y-reach)); y <= min(int(c.Y+reach)+1, p.H-1); y++ {
			row := p.Row(y)
			for x := max(0, int(c.X-reach)); x <= min(int(c.X+reach)+1, p.W-1); x++ {
				outside := math.Sqrt(squared(float64(x)-c.X)+squared(float64(y)-c.Y)) - reach + 0.5
				row[x] = min(row[x], max(spotTrace, float32(outside)))
			}
		}
	}
	return p
}

func squared(v float64) float64 { return v * v }

// area is what weights hold, in square millimetres of the frame.
func (g *ground) area(weights *raster.Plane) float64 {
	sum := 0.0
	for y := range weights.H {
		held := 0.0
		for _, w := range weights.Row(y) {
			held += float64(w)
		}
		mm := g.toFrame.LocalScale(geom.Point{X: float64(weights.W) / 2, Y: float64(y)})
		sum += float64(held * mm * mm)
	}
	return sum
}
