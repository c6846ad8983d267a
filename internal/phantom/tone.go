package phantom

import (
	"math"

	"dermtrace/internal/geom"
)

// finestToneMM is the texel of everything that light in the skin blurs, and of scars.
const finestToneMM = 0.06

// basePlane is the tone that persists over visits: melanin and blood as volume
// fractions, and patterns that changes follow.
type basePlane struct {
	grid
	melanin, blood []float32
	follicle       []float32 // 1 around pores, 0 between
	blotch         []float32 // unevenness of a flush, mean about 1
	oil            []float32 // unevenness of the shine, mean about 1
	patch          []float32 // unevenness of hyperpigmentation, mean about 1
}

// tone draws what colours the skin at rest.
func (a *anatomy) tone(v rect, texel float64) *basePlane {
	g := newGrid(v, texel)
	n := g.w * g.h
	b := &basePlane{grid: g, melanin: make([]float32, n), blood: make([]float32, n),
		follicle: make([]float32, n), blotch: make([]float32, n), oil: make([]float32, n), patch: make([]float32, n)}
	t, mottle := a.script.Tone, max(0, a.script.Anatomy.Mottle)
	g.each(func(k int, x, y float64) {
		b.melanin[k] = float32(t.Melanin * math.Exp(mottle*a.melaninMottle(x, y)))
		b.blood[k] = float32(t.Blood * math.Exp(mottle*a.bloodMottle(x, y)))
		b.blotch[k] = float32(math.Exp(0.22*rough(a.seed+41, x, y, 7) + 0.16*rough(a.seed+42, x, y, 2.2) + 0.12*rough(a.seed+43, x, y, 0.7) - 0.045))
		b.oil[k] = float32(max(0.15, 1+0.28*rough(a.seed+46, x, y, 11)+0.22*rough(a.seed+47, x, y, 2.5)))
		b.patch[k] = float32(math.Exp(0.5*rough(a.seed+44, x, y, 5) + 0.35*rough(a.seed+45, x, y, 1.6) - 0.18))
	})
	for _, p := range a.pores {
		g.around(p.at.x, p.at.y, 1.2, func(k int, dx, dy float64) {
			b.follicle[k] += float32(math.Exp(-(dx*dx + dy*dy) / (2 * 0.3 * 0.3)))
		})
	}
	for _, v := range a.vessels {
		v.fill(g, b.blood)
	}
	return b
}

// Mottle of healthy skin, as standard deviations of the logarithm by wavelength: a
// slow drift over centimetres, blotches, and the grain that light in the skin leaves.
// Assumed, by eye against photographs.
func (a *anatomy) melaninMottle(x, y float64) float64 {
	return 0.06*rough(a.seed+31, x, y, 22) + 0.05*rough(a.seed+32, x, y, 6) +
		0.04*rough(a.seed+33, x, y, 1.7) + 0.045*rough(a.seed+34, x, y, 0.55) + 0.04*rough(a.seed+30, x, y, 0.24)
}

func (a *anatomy) bloodMottle(x, y float64) float64 {
	net := level(a.seed+37, float32(x/3), float32(y/3))
	return 0.11*rough(a.seed+35, x, y, 14) + 0.1*rough(a.seed+36, x, y, 4) +
		0.14*(1-4*math.Abs(float64(net))) + 0.1*rough(a.seed+38, x, y, 1.1) + 0.08*rough(a.seed+39, x, y, 0.45)
}

// fill adds a vessel's blood, blurred by the skin above it.
func (v vessel) fill(g grid, blood []float32) {
	w := max(v.width, 0.8*g.texel)
	v.line.near(g, 4*w, func(k int, d, along float64) {
		blood[k] += float32(v.blood * math.Exp(-d*d/(2*w*w)) * math.Sqrt(math.Sin(math.Pi*clamp(along, 0.02, 0.98))))
	})
}

// A region's change fades out across its border, from inMM inside of it to outMM
// outside, and the border itself wanders by up to raggedMM: hands are not rulers (project
// default). Farther than outMM + raggedMM from its region nothing changes.
const (
	inMM, outMM = 0.5, 3.5
	raggedMM    = 1.2
)

// mask is 1 inside a region and 0 away from it.
func (b *basePlane) mask(g geom.Polygon, seed uint32) []float32 {
	m := make([]float32, b.w*b.h)
	lo, hi := g.Bounds()
	b.each(func(k int, x, y float64) {
		if far := outMM + raggedMM; x < lo.X-far || x > hi.X+far || y < lo.Y-far || y > hi.Y+far {
			return
		}
		d := signedDistance(g, point{x, y})
		if d < -outMM-raggedMM {
			return
		}
		if d < inMM+raggedMM {
			d += raggedMM * clamp(0.6*rough(seed+51, x, y, 5)+0.3*rough(seed+52, x, y, 1.5), -1, 1)
		}
		m[k] = float32(smoothstep(-outMM, inMM, d))
	})
	return m
}

// signedDistance is how far p lies inside the polygon, negative outside.
func signedDistance(g geom.Polygon, p point) float64 {
	best := math.Inf(1)
	for i, a := range g {
		c := g[(i+1)%len(g)]
		d, _ := toSegment(p, point{a.X, a.Y}, point{c.X, c.Y})
		best = min(best, d)
	}
	if inside(g, p) {
		return best
	}
	return -best
}
