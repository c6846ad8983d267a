package phantom

import (
	"fmt"
	"math"

	"dermtrace/internal/geom"
)

// Scalp is terminal hair, clipped as for a trichogram. It grows over the whole frame.
type Scalp struct {
	PerCM2   float64 `yaml:"per_cm2"`
	LengthMM float64 `yaml:"length_mm,omitempty"` // mean; default 2
	ThickUM  float64 `yaml:"thick_um,omitempty"`  // mean; default 65
	Grey     float64 `yaml:"grey,omitempty"`      // 0 black, 0.1 brown, 1 white
	LieDeg   float64 `yaml:"lie_deg,omitempty"`   // SD by which hair lies otherwise from visit to visit, all of it and each by itself
	Clip     float64 `yaml:"clip,omitempty"`      // SD of the logarithm of its length from visit to visit
}

// strand is a terminal hair.
type strand struct {
	root      point
	dir, bend float64 // radians, radians per mm
	length    float64 // mm
	width     float64 // mm
	opaque    float64
	region    string
	rank      float64 // 0 to 1: of a loss by a share, those below it go
	fresh     bool    // there only where hair is gained: of a gain by a share, those below it come
}

// growStrands gives each place of a scalp a hair, and as many places one that may come.
func (a *anatomy) growStrands() {
	s := a.script.Scalp
	if s == nil {
		return
	}
	flow := newDice(a.seed, "whorl").between(0, 2*math.Pi)
	for _, name := range []string{"strand", "new strand"} {
		a.area.scatter(a.seed, name, s.PerCM2, func(d *dice, at point) {
			a.strands = append(a.strands, strand{
				root: at, dir: flow + 0.5*rough(a.seed+92, at.x, at.y, 20) + 0.3*d.normal(), bend: 0.12 * d.normal(),
				length: or(s.LengthMM, 2) * d.between(0.7, 1.3), width: or(s.ThickUM, 65) / 1000 * clamp(1+0.18*d.normal(), 0.5, 1.5),
				opaque: d.between(0.75, 1), region: a.regionAt(at), rank: d.unit(), fresh: name != "strand",
			})
		})
	}
}

// gain is the relative change of a region's hairs, thicken that of their thickness.
func (s Script) gain(visit int, region string) (gain, thicken float64) {
	for _, c := range s.Visits[visit].Skin {
		if c.Region == "" || c.Region == region {
			gain, thicken = gain+c.Hairs, thicken+c.Shafts
		}
	}
	return gain, thicken
}

// line is the hair as it lies at a visit; ok is false where it is not there.
func (h strand) line(s Script, seed uint32, n, visit int) (line curve, width float64, ok bool) {
	gain, thicken := s.gain(visit, h.region)
	if h.fresh && h.rank >= gain || !h.fresh && h.rank < -gain {
		return nil, 0, false
	}
	day, own := newDice(seed, "lie", visit), newDice(seed, "lie", visit, n)
	dir := h.dir + s.Scalp.LieDeg*math.Pi/180*(day.normal()+own.normal())
	length := h.length * math.Exp(s.Scalp.Clip*day.normal())
	const steps = 14
	line = curve{h.root}
	for range steps {
		dir += h.bend * length / steps
		p := line[len(line)-1]
		line = append(line, point{p.x + math.Cos(dir)*length/steps, p.y + math.Sin(dir)*length/steps})
	}
	return line, h.width * (1 + thicken), true
}

// coat is the terminal hair of a visit: how much of the skin it covers, in 255ths.
type coat struct {
	grid
	cover  []uint8
	colour [3]float32
}

// Hair with most pigment and without, in linear light.
var (
	blackRGB = [3]float32{0.03, 0.02, 0.015}
	greyRGB  = [3]float32{0.62, 0.58, 0.52}
)

// coat lays the hair of a visit; nil where there is none.
func (p *Phantom) coat(visit int) *coat {
	if p.script.Scalp == nil {
		return nil
	}
	c := &coat{grid: p.fine.grid, cover: make([]uint8, len(p.fine.texels)), colour: blackRGB}
	for i := range c.colour {
		c.colour[i] += float32(p.script.Scalp.Grey) * (greyRGB[i] - blackRGB[i])
	}
	for n, h := range p.skin.strands {
		if line, width, ok := h.line(p.script, p.skin.seed, n, visit); ok {
			line.near(c.grid, width/2+c.texel, func(k int, d, _ float64) {
				v := uint8(255 * h.opaque * clamp((width/2-d)/c.texel+0.5, 0, 1))
				c.cover[k] = max(c.cover[k], v)
			})
		}
	}
	return c
}

// at is the share of skin that is covered at a point.
func (c *coat) at(x, y float64) (v float32) {
	i, wx := taps((x-c.x0)/c.texel, c.w)
	j, wy := taps((y-c.y0)/c.texel, c.h)
	for b, q := range wy {
		row := c.cover[(j+b)*c.w+i:]
		v += q * (wx[0]*float32(row[0]) + wx[1]*float32(row[1]) + wx[2]*float32(row[2]))
	}
	return v / 255
}

// hairsIn is half the number of ends of terminal hair inside the polygon, and the mean thickness
// of the hairs that they are of, in µm.
func (p *Phantom) hairsIn(g geom.Polygon, visit int) (hairs, thickUM float64) {
	for n, h := range p.skin.strands {
		line, width, ok := h.line(p.script, p.skin.seed, n, visit)
		if !ok {
			continue
		}
		for _, end := range [2]point{line[0], line[len(line)-1]} {
			if inside(g, end) {
				hairs += 0.5
				thickUM += 1000 * width / 2
			}
		}
	}
	return hairs, thickUM / max(hairs, 0.5)
}

// scalp bounds what grows of hair.
func (c *checker) scalp(s *Scalp) {
	if s == nil {
		return
	}
	c.within("scalp per_cm2", s.PerCM2, 1, 500)
	for _, v := range []struct {
		name      string
		v, lo, hi float64
	}{
		{"length_mm", or(s.LengthMM, 2), 0.2, 30}, {"thick_um", or(s.ThickUM, 65), 10, 200}, {"grey", s.Grey, 0, 1},
		{"lie_deg", s.LieDeg, 0, 45}, {"clip", s.Clip, 0, 0.5},
	} {
		c.within(fmt.Sprintf("scalp %s", v.name), v.v, v.lo, v.hi)
	}
}
