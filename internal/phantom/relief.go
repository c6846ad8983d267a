package phantom

import "math"

// finestTexelMM bounds the texels of the relief: nothing in it is narrower than 0.04 mm.
// Coarser pictures use texels of texelPerPixel of a pixel.
const (
	finestTexelMM = 0.02
	texelPerPixel = 0.75
)

// finePlane is the relief that persists: its slope in x and y, how dark its hollows
// are, how much hair covers it, and its height, scaled to 16 bits.
type finePlane struct {
	grid
	texels [][4]int16
	height []int16
}

// Units of the 16-bit texels: slopes to ±4, darkness and hair to ±1.6, height to ±0.8 mm.
const (
	slopeUnit  = 8000
	darkUnit   = 20000
	heightUnit = 40000
)

// relief draws furrows, pores, wrinkles and hairs.
func (a *anatomy) relief(v rect, texel float64) *finePlane {
	g := newGrid(v, texel)
	h := make([]float32, g.w*g.h)
	dark := make([]float32, g.w*g.h)
	cover := make([]float32, g.w*g.h)
	net := newFurrows(a.seed, max(0, a.script.Anatomy.FurrowUM)/1000, texel)
	g.each(func(k int, x, y float64) {
		z := net.height(x, y)
		h[k] = z
		dark[k] = min(0.25, furrowShade*max(0, -z))
	})
	for _, p := range a.pores {
		p.dig(g, h, dark)
	}
	for _, w := range a.wrinkle {
		w.fold(g, h, dark)
	}
	for _, t := range a.hairs {
		t.grow(g, cover)
	}
	return quantise(g, h, dark, cover)
}

// furrowShade is how much darker a furrow is per mm of depth, for the sky that it does
// not see (project default).
const furrowShade = 1.5

func quantise(g grid, h, dark, cover []float32) *finePlane {
	f := &finePlane{grid: g, texels: make([][4]int16, len(h)), height: make([]int16, len(h))}
	per := float32(slopeUnit / (2 * g.texel))
	parallelRows(g.h, func(j int) {
		up, down := max(j-1, 0)*g.w, min(j+1, g.h-1)*g.w
		for i := range g.w {
			k := j*g.w + i
			left, right := h[j*g.w+max(i-1, 0)], h[j*g.w+min(i+1, g.w-1)]
			f.texels[k] = [4]int16{
				short((right - left) * per), short((h[down+i] - h[up+i]) * per),
				short(dark[k] * darkUnit), short(cover[k] * darkUnit),
			}
			f.height[k] = short(h[k] * heightUnit)
		}
	})
	return f
}

func short(v float32) int16 { return int16(max(-32767, min(32767, v))) }

// at reads the relief at a point on the skin: slopes, darkness, cover.
func (f *finePlane) at(x, y float64) (sx, sy, dark, cover float32) {
	i, wx := taps((x-f.x0)/f.texel, f.w)
	j, wy := taps((y-f.y0)/f.texel, f.h)
	for b, q := range wy {
		row := f.texels[(j+b)*f.w+i:]
		t0, t1, t2 := &row[0], &row[1], &row[2]
		w0, w1, w2 := q*wx[0], q*wx[1], q*wx[2]
		sx += w0*float32(t0[0]) + w1*float32(t1[0]) + w2*float32(t2[0])
		sy += w0*float32(t0[1]) + w1*float32(t1[1]) + w2*float32(t2[1])
		dark += w0*float32(t0[2]) + w1*float32(t1[2]) + w2*float32(t2[2])
		cover += w0*float32(t0[3]) + w1*float32(t1[3]) + w2*float32(t2[3])
	}
	return sx / slopeUnit, sy / slopeUnit, dark / darkUnit, cover / darkUnit
}

// furrows is the net of lines of the skin: long lines in three directions that cross
// each other, as the primary furrows do, and a finer net of cells between them. Lines
// wander, fade and return.
type furrows struct {
	seed  uint32
	depth float32 // of a primary line, mm
	soft  float32 // least half width, mm: what a texel can hold
	lines [3]lineSet
}

// lineSet is one family of nearly parallel lines: where noise, long in one direction
// and short across, crosses zero.
type lineSet struct {
	seed         uint32
	cos, sin     float32
	along, apart float32 // wavelengths, mm
	width, depth float32 // mm, share
}

func newFurrows(seed uint32, depth, texel float64) furrows {
	f := furrows{seed: seed, depth: float32(depth), soft: float32(1.2 * texel)}
	d := newDice(seed, "furrows")
	turn := d.between(0, math.Pi)
	for k := range f.lines {
		s, c := math.Sincos(turn + float64(k)*math.Pi/3 + d.between(-0.2, 0.2))
		f.lines[k] = lineSet{
			seed: d.bits(), cos: float32(c), sin: float32(s),
			along: float32(d.between(1.5, 2.4)), apart: float32(d.between(0.6, 0.85)),
			width: float32(d.between(0.045, 0.065)), depth: float32([3]float64{1, 0.85, 0.6}[k]),
		}
	}
	return f
}

func (f *furrows) height(x64, y64 float64) float32 {
	x, y := float32(x64), float32(y64)
	// The skin is stretched unevenly: lines bend over centimetres and tremble over tenths.
	bx := level(f.seed+1, x/13, y/13)
	by := level(f.seed+2, x/13, y/13)
	tx, ty, _ := noise(f.seed+3, x/0.6, y/0.6)
	wx, wy := x+2.6*bx+0.06*tx, y+2.6*by+0.06*ty
	var z float32
	for k := range f.lines {
		z -= f.lines[k].at(wx, wy, f.soft)
	}
	strong := level(f.seed+4, x/4, y/4)
	z *= 0.85 + 0.7*strong
	d := cells(f.seed+5, wx/0.42, wy/0.42) * 0.42
	fade := level(f.seed+6, x/1.1, y/1.1)
	z -= (0.42 + 0.6*fade) * profile(d, max(0.032, f.soft))
	grain := level(f.seed+7, x/0.15, y/0.15)
	fine := level(f.seed+8, x/0.075, y/0.075)
	return f.depth * (z + 0.2*grain + 0.1*fine)
}

// at is the depth that the lines of the set have at a point, in units of the deepest.
func (l *lineSet) at(x, y, soft float32) float32 {
	u, v := x*l.cos+y*l.sin, y*l.cos-x*l.sin
	n, du, dv := noise(l.seed, u/l.along, v/l.apart)
	du, dv = du/l.along, dv/l.apart
	slope := float32(math.Sqrt(float64(du*du+dv*dv))) + 0.25
	fade := level(l.seed+1, u/2.2, v/1.3)
	return l.depth * max(0, 0.75+1.3*fade) * profile(n/slope, max(l.width, soft))
}

// profile is the depth of a line at a distance d from its middle: a trench of half
// width w between plateaus that bulge.
func profile(d, w float32) float32 {
	t := d * d / (w * w)
	near := 1 / (1 + t)
	return 0.8*near*near + 0.2/(1+t/14)
}

// cells is the distance to the nearest edge of a cell of jittered points, in cells
// (Worley 1996; the distance to a bisector is (d2² − d1²) / 2|p2 − p1|).
func cells(seed uint32, x, y float32) float32 {
	fi, fj := floor(x), floor(y)
	d1, d2 := float32(1e9), float32(1e9)
	var p1, p2 [2]float32
	for j := float32(-1); j <= 1; j++ {
		for i := float32(-1); i <= 1; i++ {
			h := hash(uint32(int32(fi+i)), uint32(int32(fj+j)), seed)
			p := [2]float32{fi + i + float32(h&0xffff)/65536, fj + j + float32(h>>16)/65536}
			d := (p[0]-x)*(p[0]-x) + (p[1]-y)*(p[1]-y)
			if d < d1 {
				d2, p2 = d1, p1
				d1, p1 = d, p
			} else if d < d2 {
				d2, p2 = d, p
			}
		}
	}
	gx, gy := p2[0]-p1[0], p2[1]-p1[1]
	return (d2 - d1) / (2*float32(math.Sqrt(float64(gx*gx+gy*gy))) + 1e-6)
}

// dig makes the pore's pit: a soft ellipse with a rim, and a plug that is darker.
func (p pore) dig(g grid, h, dark []float32) {
	c, s := math.Cos(p.azimuth), math.Sin(p.azimuth)
	r := max(p.r, 1.2*g.texel)
	fill := (p.r / r) * (p.r / r)
	g.around(p.at.x, p.at.y, 4*r, func(k int, dx, dy float64) {
		u, v := (dx*c+dy*s)/p.stretch, dy*c-dx*s
		t := (u*u + v*v) / (r * r)
		h[k] -= float32(fill * p.depth * (math.Exp(-t) - 0.18*math.Exp(-t/4)))
		dark[k] += float32(fill * p.plug * math.Exp(-1.6*t))
	})
}

// fold presses a wrinkle in, deepest in its middle.
func (w wrinkle) fold(g grid, h, dark []float32) {
	w.line.near(g, 6*w.width, func(k int, d, along float64) {
		deep := w.depth * math.Sin(math.Pi*along)
		t := d * d / (w.width * w.width)
		h[k] -= float32(deep * (0.6*math.Exp(-t) + 0.4*math.Exp(-t/7)))
		dark[k] += float32(1.1 * deep * math.Exp(-t))
	})
}

// grow covers the skin with the hair, which tapers to its tip.
func (t hair) grow(g grid, cover []float32) {
	sigma := max(t.width/2, 0.6*g.texel)
	full := min(1, t.width/(2.5*sigma)) * t.opaque
	t.line.near(g, 3*sigma, func(k int, d, along float64) {
		v := float32(full * math.Exp(-d*d/(2*sigma*sigma)) * (1 - 0.8*along))
		cover[k] = max(cover[k], v)
	})
}
