package phantom

import (
	"fmt"
	"math"
)

// anatomy is what the skin has, in mm on the skin, grown over the frame and a margin
// of it on every side. Objects are named, and keep their names over all visits.
type anatomy struct {
	script  Script
	seed    uint32
	area    rect
	pores   []pore
	hairs   []hair
	strands []strand
	spots   []spot
	scars   []scar
	vessels []vessel
	wrinkle []wrinkle
}

// marginShare is how far beyond the frame the skin has objects: a pose that looks
// farther sees bare skin.
const marginShare = 0.3

type pore struct {
	id               string
	at               point
	r, depth, plug   float64 // mm, mm, 0 to 1
	stretch, azimuth float64
}

type hair struct {
	line          curve
	width, opaque float64
}

// spot kinds.
const (
	lentigo = "lentigo"
	pih     = "pih"
	melasma = "melasma"
	naevus  = "naevus"
)

// Fates of spots.
const (
	stays   = "stays"
	faded   = "faded"
	gone    = "gone"
	emerges = "new"
)

type spot struct {
	id, kind         string
	at               point
	r                float64 // mm
	melanin, blood   float64 // added in its middle, volume fractions
	edge             float64 // softness of the outline, share of r
	stretch, azimuth float64
	seed             uint32
	region, fate     string
	residual         float64 // strength at the end of its fate
}

// strength of the spot when its region is so far on the way.
func (s spot) strength(progress float64) float64 {
	if s.fate == emerges {
		return progress
	}
	return 1 - (1-s.residual)*progress
}

// scar kinds.
const (
	icePick = "ice_pick"
	boxcar  = "boxcar"
	rolling = "rolling"
	stria   = "stria"
)

type scar struct {
	id, kind         string
	at               point
	line             curve // of a stria
	r, depth         float64
	stretch, azimuth float64
	blood, melanin   float64
	seed             uint32
	region           string
	loss             float64 // share of depth lost at the end of its fate
}

func (s scar) strength(progress float64) float64 { return 1 - s.loss*progress }

type vessel struct {
	line         curve
	width, blood float64
}

type wrinkle struct {
	line         curve
	width, depth float64
}

// grow makes the anatomy of a script.
func grow(s Script) *anatomy {
	w, h := float64(s.Width)*s.MMPerPx, float64(s.Height)*s.MMPerPx
	m := marginShare * max(w, h)
	a := &anatomy{script: s, seed: s.Seed, area: rect{-m, -m, w + m, h + m}}
	a.growPores()
	a.growHairs()
	a.growStrands()
	a.growSpots()
	a.growScars()
	a.growVessels()
	a.growWrinkles()
	return a
}

// scatter calls fn at random places of that density per cm², evenly: one place in each
// cell of a jittered lattice. Places depend on the seed and the name alone.
func (v rect) scatter(seed uint32, name string, perCM2 float64, fn func(d *dice, at point)) {
	if perCM2 <= 0 {
		return
	}
	cell := 10 / math.Sqrt(perCM2)
	for j := int(math.Floor(v.y0 / cell)); float64(j)*cell < v.y1; j++ {
		for i := int(math.Floor(v.x0 / cell)); float64(i)*cell < v.x1; i++ {
			d := newDice(seed, name, i, j)
			fn(d, point{(float64(i) + d.between(0.03, 0.97)) * cell, (float64(j) + d.between(0.03, 0.97)) * cell})
		}
	}
}

// sow places n objects over the frame's area, and as many more per area around it. The
// first n stand inside the frame.
func (a *anatomy) sow(name string, n int, fn func(d *dice, id string, at point)) {
	w, h := float64(a.script.Width)*a.script.MMPerPx, float64(a.script.Height)*a.script.MMPerPx
	m := marginShare * max(w, h)
	around := (w+2*m)*(h+2*m)/(w*h) - 1
	var taken []point
	for k := range n + int(around*float64(n)) {
		d := newDice(a.seed, name, k)
		var at point
		for range 12 {
			at = a.place(d, k < n, w, h, m)
			if clear(at, taken, 0.6*math.Sqrt(w*h/float64(n+1))) {
				break
			}
		}
		taken = append(taken, at)
		fn(d, fmt.Sprintf("%s-%d", name, k+1), at)
	}
}

func (a *anatomy) place(d *dice, inside bool, w, h, m float64) point {
	if inside {
		return point{d.between(0.03*w, 0.97*w), d.between(0.03*h, 0.97*h)}
	}
	for {
		p := point{d.between(-m, w+m), d.between(-m, h+m)}
		if p.x < 0 || p.x > w || p.y < 0 || p.y > h {
			return p
		}
	}
}

func clear(p point, taken []point, r float64) bool {
	for _, q := range taken {
		if math.Hypot(p.x-q.x, p.y-q.y) < r {
			return false
		}
	}
	return true
}

func (a *anatomy) growPores() {
	n := 0
	a.area.scatter(a.seed, "pore", a.script.Anatomy.PoresPerCM, func(d *dice, at point) {
		n++
		big := math.Exp(0.4 * d.normal())
		a.pores = append(a.pores, pore{
			id: fmt.Sprintf("pore-%d", n), at: at,
			r: 0.085 * clamp(big, 0.5, 2.2), depth: 0.05 * clamp(big, 0.4, 2.5),
			plug: 0.14 * clamp(big, 0.3, 2.2) * d.between(0.4, 1.3), stretch: d.between(1, 1.6), azimuth: d.between(0, math.Pi),
		})
	})
}

// growHairs lets vellus hairs grow with a common slant that turns slowly over the skin.
func (a *anatomy) growHairs() {
	flow := newDice(a.seed, "flow").between(0, 2*math.Pi)
	a.area.scatter(a.seed, "hair", a.script.Anatomy.HairsPerCM, func(d *dice, at point) {
		dir := flow + 0.6*rough(a.seed+91, at.x, at.y, 25) + 0.35*d.normal()
		bend := 0.25 * d.normal()
		length := d.between(1.2, 4.5)
		const steps = 14
		line := curve{at}
		for range steps {
			dir += bend / steps * length
			p := line[len(line)-1]
			line = append(line, point{p.x + math.Cos(dir)*length/steps, p.y + math.Sin(dir)*length/steps})
		}
		a.hairs = append(a.hairs, hair{line: line, width: d.between(0.012, 0.03), opaque: d.between(0.2, 0.8)})
	})
}

func (a *anatomy) growVessels() {
	a.sow("vessel", a.script.Anatomy.Vessels, func(d *dice, _ string, at point) {
		line := a.wander(d, at, d.between(2, 8), 1.3)
		a.vessels = append(a.vessels, vessel{line: line, width: d.between(0.06, 0.13), blood: d.between(0.006, 0.018)})
	})
}

// wander is a curve that turns by about turn radians per mm.
func (a *anatomy) wander(d *dice, at point, length, turn float64) curve {
	const step = 0.2
	dir := d.between(0, 2*math.Pi)
	line := curve{at}
	drift := 0.0
	for range int(length/step) + 1 {
		drift = 0.8*drift + turn*0.6*d.normal()
		dir += drift * step
		p := line[len(line)-1]
		line = append(line, point{p.x + step*math.Cos(dir), p.y + step*math.Sin(dir)})
	}
	return line
}

// growWrinkles draws lines that run more or less alike, as over a forehead.
func (a *anatomy) growWrinkles() {
	along := newDice(a.seed, "wrinkles").between(-0.35, 0.35)
	a.sow("wrinkle", a.script.Anatomy.Wrinkles, func(d *dice, _ string, at point) {
		length := d.between(8, 26)
		dir := along + 0.12*d.normal()
		line := curve{{at.x - math.Cos(dir)*length/2, at.y - math.Sin(dir)*length/2}}
		const step = 0.25
		for range int(length / step) {
			p := line[len(line)-1]
			dir += 0.05 * rough(a.seed+17, p.x, p.y, 3)
			line = append(line, point{p.x + step*math.Cos(dir), p.y + step*math.Sin(dir)})
		}
		a.wrinkle = append(a.wrinkle, wrinkle{line: line, width: d.between(0.15, 0.35), depth: d.between(0.05, 0.16)})
	})
}
