package phantom

import (
	"math"

	"dermtrace/internal/geom"
)

// Geometry takes a frame pixel f to a photo's pixel, exactly:
//
//	q = H (f + Σ waves + Σ bumps),  photo = c + (q − c) (1 + k1 |q − c|² / r²)
//
// with c the lens centre. Everything before H is skin that moved, H is the pose, what
// follows is the lens.
type Geometry struct {
	H     geom.Transform `json:"H"` // row-major, frame → photo
	Waves []Wave         `json:"waves,omitempty"`
	Bumps []Bump         `json:"bumps,omitempty"`
	Lens  Lens           `json:"lens"`
}

// Wave is a displacement (AX, AY)·sin(KX x + KY y + Phase) in frame pixels.
type Wave struct {
	AX    float64 `json:"ax"`
	AY    float64 `json:"ay"`
	KX    float64 `json:"kx"`
	KY    float64 `json:"ky"`
	Phase float64 `json:"phase"`
}

// Bump is skin that swells around (X, Y): (f − c)·Strain·exp(−|f − c|² / 2 Sigma²).
type Bump struct {
	X      float64 `json:"x"`
	Y      float64 `json:"y"`
	Sigma  float64 `json:"sigma"`
	Strain float64 `json:"strain"`
}

// Lens is radial distortion, K1 at the radius R from its centre.
type Lens struct {
	K1 float64 `json:"k1"`
	X  float64 `json:"x"`
	Y  float64 `json:"y"`
	R  float64 `json:"r"`
}

// Photo is where the photo shows the frame pixel f.
func (g Geometry) Photo(f geom.Point) geom.Point { return g.Lens.distort(g.H.Apply(g.moved(f))) }

// Rigid is Photo for what lies on the skin and does not move with it: a card, a ruler.
func (g Geometry) Rigid(f geom.Point) geom.Point { return g.Lens.distort(g.H.Apply(f)) }

// Frame is the frame pixel that the photo shows at p: the inverse of Photo.
func (g Geometry) Frame(p geom.Point) geom.Point {
	q := g.RigidFrame(p)
	f := q
	for range 60 {
		d := g.moved(f).Sub(f)
		next := q.Sub(d)
		if next.Sub(f).Norm() < 1e-9 {
			return next
		}
		f = next
	}
	return f
}

// RigidFrame is the inverse of Rigid.
func (g Geometry) RigidFrame(p geom.Point) geom.Point {
	inv, err := g.H.Inverse()
	if err != nil {
		panic(err)
	}
	return inv.Apply(g.Lens.undistort(p))
}

func (g Geometry) moved(f geom.Point) geom.Point {
	d := f
	for _, w := range g.Waves {
		s := math.Sin(w.KX*f.X + w.KY*f.Y + w.Phase)
		d.X += w.AX * s
		d.Y += w.AY * s
	}
	for _, b := range g.Bumps {
		x, y := f.X-b.X, f.Y-b.Y
		s := b.Strain * math.Exp(-(x*x+y*y)/(2*b.Sigma*b.Sigma))
		d.X += x * s
		d.Y += y * s
	}
	return d
}

func (l Lens) distort(q geom.Point) geom.Point {
	if l.K1 == 0 {
		return q
	}
	x, y := q.X-l.X, q.Y-l.Y
	s := 1 + l.K1*(x*x+y*y)/(l.R*l.R)
	return geom.Point{X: l.X + x*s, Y: l.Y + y*s}
}

func (l Lens) undistort(p geom.Point) geom.Point {
	if l.K1 == 0 {
		return p
	}
	r := p.Sub(geom.Point{X: l.X, Y: l.Y}).Norm() / l.R
	s := r
	for range 60 {
		s = r / (1 + l.K1*s*s)
	}
	if r == 0 {
		return p
	}
	return geom.Point{X: l.X + (p.X-l.X)*s/r, Y: l.Y + (p.Y-l.Y)*s/r}
}

// viewDistanceMM is the camera's distance from the skin; with it tilts become
// perspective. Project default: where phones focus on a cheek.
const viewDistanceMM = 300

// geometry is the pose as a transform of w×h frame pixels of mm millimetres.
func (p Pose) geometry(s Script, seed uint32) Geometry {
	w, h := float64(s.Width), float64(s.Height)
	c := geom.Point{X: (w - 1) / 2, Y: (h - 1) / 2}
	zoom := p.Zoom
	if zoom == 0 {
		zoom = 1
	}
	turn := geom.Similarity(zoom, p.RotateDeg*math.Pi/180, c.X+p.ShiftPx[0], c.Y+p.ShiftPx[1])
	g := Geometry{H: turn.Mul(p.perspective(viewDistanceMM / s.MMPerPx)).Mul(geom.Translation(-c.X, -c.Y))}
	if p.Mirror {
		g.H = geom.Transform{-1, 0, w - 1, 0, 1, 0, 0, 0, 1}.Mul(g.H)
	}
	g.Lens = Lens{K1: p.Lens, X: c.X, Y: c.Y, R: math.Hypot(w, h) / 2}
	g.Waves = bend(p.BendPx, math.Max(w, h), seed)
	return g
}

// perspective turns the plane about its x axis, then its y axis, in front of a pinhole
// d pixels away.
func (p Pose) perspective(d float64) geom.Transform {
	sx, cx := math.Sincos(p.TiltXDeg * math.Pi / 180)
	sy, cy := math.Sincos(p.TiltYDeg * math.Pi / 180)
	return geom.Transform{cy, sy * sx, 0, 0, cx, 0, -sy / d, cy * sx / d, 1}
}

// bend is a smooth stretch: four waves of half to once the picture's side long, of an
// RMS displacement of px pixels together.
func bend(px, side float64, seed uint32) []Wave {
	if px == 0 {
		return nil
	}
	d := newDice(seed, "bend")
	const n = 4
	var waves []Wave
	for range n {
		along, push := d.between(0, 2*math.Pi), d.between(0, 2*math.Pi)
		k := 2 * math.Pi / (side * d.between(0.5, 1))
		a := px * math.Sqrt(2.0/n)
		waves = append(waves, Wave{AX: a * math.Cos(push), AY: a * math.Sin(push), KX: k * math.Cos(along), KY: k * math.Sin(along), Phase: d.between(0, 2*math.Pi)})
	}
	return waves
}

// gridPx is the spacing at which the inverse geometry is solved; between, it is
// interpolated by cubics, which for waves as long as ours errs by less than 0.001 px.
const gridPx = 8

// warpGrid gives frame positions along rows of the photo.
type warpGrid struct {
	w, h int // nodes
	node []geom.Point
}

func (g Geometry) grid(w, h int) *warpGrid {
	inv := g.Frame
	t := &warpGrid{w: (w-1)/gridPx + 4, h: (h-1)/gridPx + 4}
	t.node = make([]geom.Point, t.w*t.h)
	parallelRows(t.h, func(j int) {
		for i := range t.w {
			t.node[j*t.w+i] = inv(geom.Point{X: float64((i - 1) * gridPx), Y: float64((j - 1) * gridPx)})
		}
	})
	return t
}

// row fills line with the frame positions of the pixels of row y; scratch holds a row
// of nodes.
func (t *warpGrid) row(line, scratch []geom.Point, y int) {
	j, wy := y/gridPx, cubicWeights(float64(y%gridPx)/gridPx)
	for i := range scratch {
		var p geom.Point
		for k, w := range wy {
			n := t.node[(j+k)*t.w+i]
			p.X += w * n.X
			p.Y += w * n.Y
		}
		scratch[i] = p
	}
	for x := range line {
		i, wx := x/gridPx, gridWeights[x%gridPx]
		a, b, c, d := scratch[i], scratch[i+1], scratch[i+2], scratch[i+3]
		line[x] = geom.Point{
			X: wx[0]*a.X + wx[1]*b.X + wx[2]*c.X + wx[3]*d.X,
			Y: wx[0]*a.Y + wx[1]*b.Y + wx[2]*c.Y + wx[3]*d.Y,
		}
	}
}

var gridWeights = func() (w [gridPx][4]float64) {
	for i := range w {
		w[i] = cubicWeights(float64(i) / gridPx)
	}
	return w
}()

// cubicWeights are Lagrange's for nodes at −1, 0, 1, 2: exact for cubics.
func cubicWeights(f float64) [4]float64 {
	return [4]float64{
		-f * (f - 1) * (f - 2) / 6, (f + 1) * (f - 1) * (f - 2) / 2,
		-(f + 1) * f * (f - 2) / 2, (f + 1) * f * (f - 1) / 6,
	}
}
