package phantom

import (
	"math"
	"slices"
)

// state is the skin of one visit: what paint needs at every point.
type state struct {
	grid
	texels []texel
	plain  bool // no texel has a slope, shade, cover or bruise of its own
}

// texel is the skin at one place.
type texel struct {
	melanin, blood float32 // volume fractions
	slopeX, slopeY float32 // of scars and flakes
	relief         float32 // factor on furrows and pores
	shade          float32 // darkening of hollows, natural logarithm
	cover          float32 // 0 to 1 a crust, 0 to −1 a flake
	gloss          float32 // factor on the shine
	deep, bile     float32 // of a bruise: blood below the skin, and the bilirubin it turns to
}

// state draws the skin of a visit.
func (p *Phantom) state(visit int) *state {
	s := &state{grid: p.base.grid, texels: make([]texel, p.base.w*p.base.h)}
	height := make([]float32, len(s.texels))
	s.begin(p, visit)
	for _, o := range p.skin.spots {
		s.addSpot(o, o.strength(p.progress(visit, o.region).spots))
	}
	for _, o := range p.skin.scars {
		s.addScar(o, o.strength(p.progress(visit, o.region).scars), height)
	}
	for n, c := range p.script.Visits[visit].Skin {
		s.apply(c, p, newDice(p.skin.seed, "visit", n), height)
	}
	s.slopes(height)
	s.plain = !slices.ContainsFunc(s.texels, func(t texel) bool {
		return t.slopeX != 0 || t.slopeY != 0 || t.shade != 0 || t.cover != 0 || t.deep != 0 || t.bile != 0
	})
	return s
}

// course is how far a region's spots and scars are towards their fates.
type course struct{ spots, scars float64 }

func (p *Phantom) progress(visit int, region string) course {
	var q course
	for _, c := range p.script.Visits[visit].Skin {
		if c.Region == "" || c.Region == region {
			q = course{min(1, q.spots+c.Spots), min(1, q.scars+c.Scars)}
		}
	}
	return q
}

// begin fills in the tone of the day: the base with the visit's drift.
func (s *state) begin(p *Phantom, visit int) {
	drift := func(name string) (melanin, blood float64) {
		d := newDice(p.skin.seed, "drift "+name, visit)
		return p.script.Drift.Melanin * d.normal(), p.script.Drift.Blood * d.normal()
	}
	m, b := drift("")
	regions := make([][2]float32, len(p.masks))
	if p.script.Drift.Independent {
		m, b = 0, 0
		for i, r := range p.script.Regions {
			x, y := drift(r.Name)
			regions[i] = [2]float32{float32(x), float32(y)}
		}
	}
	all := [2]float32{float32(math.Exp(m)), float32(math.Exp(b))}
	factor := func(w, d float32) float32 { return float32(math.Exp(float64(w * d))) }
	var inside [][2]float32 // the factors where a region is whole, which is nearly everywhere
	for _, d := range regions {
		inside = append(inside, [2]float32{factor(1, d[0]), factor(1, d[1])})
	}
	parallelRows(s.h, func(j int) {
		for k := j * s.w; k < (j+1)*s.w; k++ {
			t := &s.texels[k]
			t.melanin, t.blood, t.relief = all[0]*p.base.melanin[k], all[1]*p.base.blood[k], 1
			t.gloss = p.base.oil[k]
			for i, d := range regions {
				switch w := p.masks[i][k]; {
				case w == 1:
					t.melanin *= inside[i][0]
					t.blood *= inside[i][1]
				case w > 0:
					t.melanin *= factor(w, d[0])
					t.blood *= factor(w, d[1])
				}
			}
		}
	})
}

func (s *state) addSpot(o spot, strength float64) {
	if strength == 0 {
		return
	}
	s.around(o.at.x, o.at.y, o.reach(), func(k int, dx, dy float64) {
		f := strength * o.outline(dx, dy)
		s.texels[k].melanin += float32(f * o.melanin)
		s.texels[k].blood += float32(f * o.blood)
		if o.kind == naevus {
			s.texels[k].relief *= float32(1 - 0.5*f)
		}
	})
}

// scarShade is how much darker the floor of a scar is per mm of depth (project default).
const scarShade = 0.35

func (s *state) addScar(o scar, strength float64, height []float32) {
	press := func(k int, f float64) {
		t := &s.texels[k]
		height[k] -= float32(f * strength * o.depth)
		t.shade += float32(f * strength * o.depth * scarShade)
		t.melanin += float32(f * o.melanin)
		t.blood += float32(f * o.blood * strength)
		t.relief *= float32(1 - 0.35*f)
	}
	if o.kind != stria {
		s.around(o.at.x, o.at.y, o.reach(), func(k int, dx, dy float64) { press(k, o.floor(dx, dy)) })
		return
	}
	o.line.near(s.grid, 2*o.r, func(k int, d, along float64) {
		x, y := s.x(k%s.w), s.y(k/s.w)
		w := o.r * math.Sqrt(math.Sin(math.Pi*clamp(along, 0.001, 0.999))) * (1 + 0.25*rough(o.seed, x, y, 2.5))
		press(k, (1-smoothstep(0.5*w, 1.1*w, d))*(0.85+0.15*rough(o.seed+1, x, y, 0.9)))
	})
}

// apply draws one change of a region, or of all skin.
func (s *state) apply(c Change, p *Phantom, d *dice, height []float32) {
	mask := p.maskOf(c.Region)
	weight := func(k int) float32 {
		if mask == nil {
			return 1
		}
		return mask[k]
	}
	parallelRows(s.h, func(j int) {
		for k := j * s.w; k < (j+1)*s.w; k++ {
			w := weight(k)
			if w == 0 {
				continue
			}
			t, base := &s.texels[k], p.base
			flush := base.blotch[k] * (0.85 + 0.5*min(base.follicle[k], 1.5))
			t.blood = max(0, t.blood+w*float32(c.Blood)*flush)
			t.melanin = max(0, t.melanin+w*(float32(c.Melanin)+float32(c.Patchy)*base.patch[k]))
			t.relief *= 1 + w*float32(c.Relief)
			t.gloss *= 1 + w*float32(c.Gloss)
		}
	})
	s.bruise(c, mask, p)
	s.points(c, weight, p, d)
	s.peel(c, weight, p, height)
	s.tracks(c, weight, p, height)
}

func (p *Phantom) maskOf(region string) []float32 {
	for i, r := range p.script.Regions {
		if r.Name == region {
			return p.masks[i]
		}
	}
	return nil
}

// points scatters needle points that bled and crusts, where the mask is. Both stand in
// short rows, as the needles of a roller do.
func (s *state) points(c Change, weight func(int) float32, p *Phantom, d *dice) {
	put := func(name string, perCM, lo, hi float64, fn func(t *texel, f float64)) {
		seed := d.bits()
		p.skin.area.scatter(seed, name, perCM, func(e *dice, at point) {
			k := s.texelAt(at)
			if k < 0 || e.unit() > float64(weight(k)) {
				return
			}
			r, v := max(e.between(lo, hi), 0.9*s.texel), e.between(0.4, 1)
			s.around(at.x, at.y, 2.5*r, func(k int, dx, dy float64) {
				rr := math.Hypot(dx, dy)/r + 0.18*rough(seed, dx+at.x, dy+at.y, 1.5*r)
				fn(&s.texels[k], v*math.Exp(-rr*rr))
			})
		})
	}
	put("points", c.Points, 0.07, 0.16, func(t *texel, f float64) { t.blood += float32(0.14 * f) })
	put("crusts", c.Crusts, 0.15, 0.4, func(t *texel, f float64) { t.cover = max(t.cover, float32(min(0.85, f))) })
}

func (s *state) texelAt(p point) int {
	i, j := int(math.Round((p.x-s.x0)/s.texel)), int(math.Round((p.y-s.y0)/s.texel))
	if i < 0 || j < 0 || i >= s.w || j >= s.h {
		return -1
	}
	return j*s.w + i
}

// peel lifts flakes of horny layer: pale, with raised edges.
func (s *state) peel(c Change, weight func(int) float32, p *Phantom, height []float32) {
	if c.Peeling == 0 {
		return
	}
	seed := p.skin.seed + 61
	s.each(func(k int, x, y float64) {
		w := float64(weight(k))
		if w == 0 {
			return
		}
		edge := 1.6 - 2.4*c.Peeling*w
		f := smoothstep(edge, edge+0.5, 0.7*rough(seed, x, y, 2.2)+0.6*rough(seed+1, x, y, 0.7)+0.45*rough(seed+2, x, y, 0.25))
		s.texels[k].cover -= float32(0.6 * f)
		height[k] += float32(0.03 * f)
	})
}

// bruise lays blood under the middle of a region; with the days it turns to bilirubin.
func (s *state) bruise(c Change, mask []float32, p *Phantom) {
	r, ok := p.script.region(c.Region)
	if c.Bruise == 0 || !ok {
		return
	}
	g := r.mm(p.script.MMPerPx)
	m, size := g.Centroid(), 0.22*math.Sqrt(g.Area())
	fresh := math.Exp(-c.BruiseDay / 4)
	seed := p.skin.seed + 71
	s.around(m.X, m.Y, 3*size, func(k int, dx, dy float64) {
		d := math.Hypot(dx, dy)/size + 0.3*rough(seed, dx, dy, 0.9*size) + 0.12*rough(seed+1, dx, dy, 0.3*size)
		f := c.Bruise * math.Exp(-d*d) * float64(mask[k])
		s.texels[k].blood += float32(f * fresh)
		s.texels[k].deep += float32(8 * f * fresh)
		s.texels[k].bile += float32(6 * f * (1 - fresh) * math.Exp(-c.BruiseDay/10))
	})
}

// slopes differentiates the height of scars and flakes.
func (s *state) slopes(h []float32) {
	per := float32(1 / (2 * s.texel))
	parallelRows(s.h, func(j int) {
		up, down := max(j-1, 0)*s.w, min(j+1, s.h-1)*s.w
		for i := range s.w {
			t := &s.texels[j*s.w+i]
			t.slopeX = (h[j*s.w+min(i+1, s.w-1)] - h[j*s.w+max(i-1, 0)]) * per
			t.slopeY = (h[down+i] - h[up+i]) * per
		}
	})
}

// at reads the skin at a point.
func (s *state) at(x, y float64) (v texel) {
	i, wx := taps((x-s.x0)/s.texel, s.w)
	j, wy := taps((y-s.y0)/s.texel, s.h)
	for b, q := range wy {
		row := s.texels[(j+b)*s.w+i : (j+b)*s.w+i+3]
		for a := range row {
			t, w := &row[a], q*wx[a]
			v.melanin += w * t.melanin
			v.blood += w * t.blood
			v.relief += w * t.relief
			v.gloss += w * t.gloss
			if s.plain {
				continue
			}
			v.slopeX += w * t.slopeX
			v.slopeY += w * t.slopeY
			v.shade += w * t.shade
			v.cover += w * t.cover
			v.deep += w * t.deep
			v.bile += w * t.bile
		}
	}
	return v
}
