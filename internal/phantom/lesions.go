package phantom

import (
	"fmt"
	"math"

	"dermtrace/internal/geom"
)

// growSpots makes spots of all kinds and gives each its fate.
func (a *anatomy) growSpots() {
	n := a.script.Anatomy
	base := a.script.Tone.Melanin
	a.sow(lentigo, n.Spots, func(d *dice, id string, at point) {
		r := 0.9 * math.Exp(0.5*d.normal())
		a.addSpot(d, spot{id: id, kind: lentigo, at: at, r: clamp(r, 0.35, 3.5), edge: d.between(0.1, 0.25),
			melanin: (0.016 + 0.3*base) * d.between(0.35, 1.2)})
	})
	a.sow(pih, n.PIH, func(d *dice, id string, at point) {
		a.addSpot(d, spot{id: id, kind: pih, at: at, r: d.between(1, 2.6), edge: d.between(0.35, 0.7),
			melanin: (0.012 + 0.35*base) * d.between(0.4, 1), blood: 0.012 * d.between(0, 1)})
	})
	a.sow(melasma, n.Melasma, func(d *dice, id string, at point) {
		a.addSpot(d, spot{id: id, kind: melasma, at: at, r: d.between(5, 11), edge: d.between(0.25, 0.4),
			melanin: (0.015 + 0.35*base) * d.between(0.7, 1.1)})
	})
	a.sow(naevus, n.Naevi, func(d *dice, id string, at point) {
		a.addSpot(d, spot{id: id, kind: naevus, at: at, r: d.between(0.7, 1.8), edge: d.between(0.12, 0.25),
			melanin: 0.08 + base*d.between(0.25, 0.6)})
	})
	for k := range max(0, a.script.Fates.NewSpots) {
		d := newDice(a.seed, emerges, k)
		if at, ok := a.treatedPlace(d); ok {
			a.addSpot(d, spot{id: fmt.Sprintf("new-%d", k+1), kind: lentigo, at: at, r: d.between(0.6, 1.6), edge: d.between(0.15, 0.4),
				melanin: (0.016 + 0.3*base) * d.between(0.5, 1), fate: emerges})
		}
	}
}

// treatedPlace is a place in a region whose spots change.
func (a *anatomy) treatedPlace(d *dice) (point, bool) {
	w, h := float64(a.script.Width)*a.script.MMPerPx, float64(a.script.Height)*a.script.MMPerPx
	for range 500 {
		at := a.place(d, true, w, h, 0)
		if a.script.spotsChange(a.regionAt(at)) {
			return at, true
		}
	}
	return point{}, false
}

// spotsChange reports whether any visit moves a region's spots towards their fates.
func (s Script) spotsChange(region string) bool {
	for _, v := range s.Visits {
		for _, c := range v.Skin {
			if region != "" && c.Spots > 0 && (c.Region == region || c.Region == "") {
				return true
			}
		}
	}
	return false
}

// addSpot gives the spot its outline, region and fate. Naevi stay as they are, and so
// does everything outside the regions whose spots change.
func (a *anatomy) addSpot(d *dice, s spot) {
	s.stretch, s.azimuth, s.seed = d.between(1, 1.7), d.between(0, math.Pi), d.bits()
	s.region = a.regionAt(s.at)
	s.residual = 1
	chance := d.unit()
	vanish, fade := max(0, a.script.Fates.Gone), max(0, a.script.Fates.Faded)
	switch {
	case s.fate == emerges:
	case s.kind == naevus || !a.script.spotsChange(s.region):
		s.fate = stays
	case chance < vanish:
		s.fate, s.residual = gone, 0
	case chance < vanish+fade:
		s.fate, s.residual = faded, or(a.script.Fates.Residual, d.between(1.0/3, 2.0/3))
	default:
		s.fate = stays
	}
	a.spots = append(a.spots, s)
}

// regionAt names the region that holds p, "" if none.
func (a *anatomy) regionAt(p point) string {
	for _, r := range a.script.Regions {
		if inside(r.mm(a.script.MMPerPx), p) {
			return r.Name
		}
	}
	return ""
}

// inside counts the sides that a ray to the right crosses.
func inside(g geom.Polygon, p point) bool {
	in := false
	for i, a := range g {
		b := g[(i+1)%len(g)]
		if (a.Y > p.y) != (b.Y > p.y) && p.x < a.X+(p.y-a.Y)*(b.X-a.X)/(b.Y-a.Y) {
			in = !in
		}
	}
	return in
}

// outline is how much of the spot there is at an offset from its middle, 0 to 1: a
// disc whose radius noise makes irregular, with pigment that thins to a net of pores.
func (s spot) outline(dx, dy float64) float64 {
	c, n := math.Cos(s.azimuth), math.Sin(s.azimuth)
	u, v := (dx*c+dy*n)/math.Sqrt(s.stretch), (dy*c-dx*n)*math.Sqrt(s.stretch)
	d := math.Hypot(u, v) / s.r
	if d > 2 {
		return 0
	}
	f := 1 - d + 0.13*rough(s.seed, dx, dy, 0.9*s.r) + 0.07*rough(s.seed+1, dx, dy, 0.4*s.r) + 0.04*rough(s.seed+2, dx, dy, 0.3)
	in := smoothstep(-s.edge/2, 1.5*s.edge, f)
	if in == 0 {
		return 0
	}
	net := 0.16 * rough(s.seed+3, dx, dy, 0.45)
	if s.kind == melasma {
		net += 0.25 * rough(s.seed+4, dx, dy, 1.4)
	}
	return in * max(0, 0.9+net)
}

// area is that of the spot, each place by how much of the spot there is.
func (s spot) area() float64 {
	const across = 72 // places along the widest spot
	sum, step := 0.0, 2*s.reach()/across
	for j := range across {
		for i := range across {
			sum += s.outline((float64(i)+0.5)*step-s.reach(), (float64(j)+0.5)*step-s.reach())
		}
	}
	return sum * step * step
}

// reach is how far from its middle a spot can be seen.
func (s spot) reach() float64 { return 1.8 * s.r * math.Sqrt(s.stretch) }

// pit is a shape of acne scars: radii and depths in mm, and what of the depth a course takes.
type pit struct {
	kind     string
	n        int
	r, depth [2]float64
	loss     float64
}

func (s Script) pits() []pit {
	n, f := s.Anatomy, s.Fates
	return []pit{
		{icePick, n.IcePick, [2]float64{0.3, 0.65}, [2]float64{0.35, 0.8}, f.IcePick},
		{boxcar, n.Boxcar, [2]float64{0.8, 2}, [2]float64{0.2, 0.45}, f.Boxcar},
		{rolling, n.Rolling, [2]float64{2, 3.8}, [2]float64{0.3, 0.65}, f.Rolling},
	}
}

// dig makes a scar of the shape.
func (p pit) dig(d *dice, id string, at point) scar {
	return scar{id: id, kind: p.kind, at: at, r: d.between(p.r[0], p.r[1]), depth: d.between(p.depth[0], p.depth[1]), loss: max(0, p.loss)}
}

// growScars makes acne scars and stretch marks.
func (a *anatomy) growScars() {
	for _, p := range a.script.pits() {
		a.sow(p.kind, p.n, func(d *dice, id string, at point) { a.addScar(d, p.dig(d, id, at)) })
		a.growInRegions(p)
	}
	a.growStriae()
}

// growInRegions makes the scars that regions are drawn around.
func (a *anatomy) growInRegions(p pit) {
	for _, r := range a.script.Regions {
		if r.Scar != p.kind {
			continue
		}
		g := r.mm(a.script.MMPerPx)
		m, d := g.Centroid(), newDice(a.seed, "scar of "+r.Name)
		s := p.dig(d, r.Name, point{m.X, m.Y})
		s.r = min(s.r, math.Sqrt(g.Area()/math.Pi))
		a.addScar(d, s)
	}
}

func (a *anatomy) growStriae() {
	n, f := a.script.Anatomy, a.script.Fates
	along := newDice(a.seed, "striae").between(0, math.Pi)
	a.sow(stria, n.Striae, func(d *dice, id string, at point) {
		s := scar{id: id, kind: stria, at: at, r: d.between(0.7, 1.6), depth: d.between(0.02, 0.08), loss: max(0, f.Striae)}
		dir, length := along+0.15*d.normal(), d.between(12, 35)
		s.line = curve{{at.x - math.Cos(dir)*length/2, at.y - math.Sin(dir)*length/2}}
		const step = 0.5
		for range int(length / step) {
			p := s.line[len(s.line)-1]
			dir += 0.04 * rough(a.seed+23, p.x, p.y, 6)
			s.line = append(s.line, point{p.x + step*math.Cos(dir), p.y + step*math.Sin(dir)})
		}
		a.addScar(d, s)
	})
}

// addScar colours a scar: half are red, half are paler than the skin around.
func (a *anatomy) addScar(d *dice, s scar) {
	s.stretch, s.azimuth, s.seed = d.between(1, 1.5), d.between(0, math.Pi), d.bits()
	s.region = a.regionAt(s.at)
	s.blood = a.script.Tone.Blood * d.between(-0.25, 0.6)
	s.melanin = -a.script.Tone.Melanin * d.between(0, 0.25)
	if s.kind == stria { // young ones red, old ones pale
		s.blood = a.script.Tone.Blood * [2]float64{1.1, -0.45}[d.bits()>>31]
		s.melanin = -a.script.Tone.Melanin * d.between(0.25, 0.45)
	}
	a.scars = append(a.scars, s)
}

// floor is the depth of the scar's floor at an offset from its middle, 0 to 1.
func (s scar) floor(dx, dy float64) float64 {
	c, n := math.Cos(s.azimuth), math.Sin(s.azimuth)
	u, v := (dx*c+dy*n)/math.Sqrt(s.stretch), (dy*c-dx*n)*math.Sqrt(s.stretch)
	d := math.Hypot(u, v)/s.r + 0.1*rough(s.seed, dx, dy, 1.2*s.r)
	switch s.kind {
	case icePick:
		return math.Exp(-d * d * 1.2)
	case boxcar:
		d += 0.09 * rough(s.seed+2, dx, dy, 0.5*s.r)
		return (1 - smoothstep(0.55, 1.15, d)) * (1 + 0.1*rough(s.seed+1, dx, dy, 0.7))
	default:
		return math.Exp(-d * d)
	}
}

func (s scar) reach() float64 { return 2.6 * s.r * math.Sqrt(s.stretch) }
