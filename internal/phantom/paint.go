package phantom

import (
	"math"

	"dermtrace/internal/geom"
	"dermtrace/internal/optics"
	"dermtrace/internal/raster"
)

// Light on skin (project defaults, by eye against photographs).
const (
	defaultAzimuthDeg = 235  // from the upper left
	defaultLightTilt  = 25   // degrees off the camera's axis
	defaultAmbient    = 0.4  // share of light from all sides
	glareStrength     = 0.11 // of the shine at its brightest, 1 = white
	glarePower        = 26   // narrowness of the shine
	cheekRadiusMM     = 95   // the skin's own curvature
)

// seep is how much of the relief's shading each channel shows: light of long
// wavelengths travels under a furrow and fills it (project default).
var seep = [3]float32{0.86, 0.97, 1}

// lamp is a photo's light in the frame's own directions.
type lamp struct {
	x, y, z    float32 // towards the light
	hx, hy, hz float32 // half way to the camera
	ambient    float32
	glare      float32
}

// lamp turns the light with the pose: the camera and its lamp stand, the skin turned.
func (l Light) lamp(g Geometry) lamp {
	az, tilt := or(l.AzimuthDeg, defaultAzimuthDeg)*math.Pi/180, or(l.TiltDeg, defaultLightTilt)*math.Pi/180
	xx, xy, yx, yy := g.H.Jacobian(geom.Point{X: g.Lens.X, Y: g.Lens.Y})
	x, y := math.Sin(tilt)*math.Cos(az), math.Sin(tilt)*math.Sin(az)
	n := math.Sqrt(math.Abs(xx*yy - xy*yx))
	u, v, z := (xx*x+yx*y)/n, (xy*x+yy*y)/n, math.Cos(tilt)
	h := math.Sqrt(u*u + v*v + (z+1)*(z+1))
	return lamp{
		x: float32(u), y: float32(v), z: float32(z),
		hx: float32(u / h), hy: float32(v / h), hz: float32((z + 1) / h),
		ambient: float32(max(0, or(l.Ambient, defaultAmbient))), glare: float32(max(0, or(l.Glare, 1))) * glareStrength,
	}
}

// painter paints one photo.
type painter struct {
	p      *Phantom
	now    *state
	lamp   lamp
	props  props
	mm     float64
	cx, cy float64
	seed   uint32
}

// paint returns the linear light that the skin sends to the camera.
func (p *Phantom) paint(sh shot, now *state) *raster.RGB {
	s := p.script
	out := raster.NewRGB(s.Width, s.Height)
	grid := sh.geometry.grid(s.Width, s.Height)
	pt := &painter{p: p, now: now, lamp: sh.photo.Light.lamp(sh.geometry), mm: s.MMPerPx, seed: p.skin.seed,
		cx: float64(s.Width) * s.MMPerPx / 2, cy: float64(s.Height) * s.MMPerPx / 2, props: p.props()}
	for _, c := range s.Visits[sh.visit].Skin {
		if c.Region == "" {
			pt.lamp.glare *= float32(1 + c.Gloss)
		}
	}
	raster.Bands(s.Height, func(y0, y1 int) {
		line, scratch := make([]geom.Point, s.Width), make([]geom.Point, grid.w)
		for y := y0; y < y1; y++ {
			grid.row(line, scratch, y)
			r, g, b := out.R.Row(y), out.G.Row(y), out.B.Row(y)
			for x, f := range line {
				r[x], g[x], b[x] = pt.skin(f.X*pt.mm, f.Y*pt.mm)
			}
		}
	})
	pt.props.lay(out, sh)
	return out
}

// skin is the light from a point of the skin, in mm.
func (pt *painter) skin(x, y float64) (r, g, b float32) {
	t := pt.now.at(x, y)
	reliefX, reliefY, dark, fur := pt.p.fine.at(x, y)
	l := &pt.lamp
	// The normal of the relief on a gently round cheek.
	sx := t.relief*reliefX + t.slopeX + float32((pt.cx-x)/cheekRadiusMM)
	sy := t.relief*reliefY + t.slopeY + float32((pt.cy-y)/cheekRadiusMM)
	inv := 1 / float32(math.Sqrt(float64(1+sx*sx+sy*sy)))
	facing := max(0, (l.z-sx*l.x-sy*l.y)*inv) / l.z
	hollow := float32(math.Exp(-float64(t.relief*dark + t.shade)))
	shade := (l.ambient + (1-l.ambient)*facing) * hollow
	shine := max(0, (l.hz-sx*l.hx-sy*l.hy)*inv)
	glare := l.glare * float32(math.Exp(glarePower*2*(float64(shine)-1))) * hollow

	r, g, b = pt.p.colours.RGB(t.melanin, t.blood)
	if t.bile > 0 {
		b *= 1 / (1 + 0.9*t.bile)
		g *= 1 / (1 + 0.12*t.bile)
	}
	r, g, b = covered(t.cover, r, g, b)
	r *= 1 + (shade-1)*seep[0]
	g *= 1 + (shade-1)*seep[1]
	b *= 1 + (shade-1)*seep[2]
	if fur > 0 {
		r += fur * (hairRGB[0] - r)
		g += fur * (hairRGB[1] - g)
		b += fur * (hairRGB[2] - b)
	}
	return r + glare, g + glare, b + glare
}

// Hair, dried blood and horny layer lifted from the skin, in linear light.
var (
	hairRGB  = [3]float32{0.07, 0.045, 0.03}
	crustRGB = [3]float32{0.075, 0.028, 0.018}
	flakeRGB = [3]float32{0.62, 0.55, 0.46}
)

func covered(cover, r, g, b float32) (float32, float32, float32) {
	c, a := crustRGB, cover
	if cover < 0 {
		c, a = flakeRGB, -cover
	}
	if a == 0 {
		return r, g, b
	}
	a = min(a, 1)
	return r + a*(c[0]-r), g + a*(c[1]-g), b + a*(c[2]-b)
}

// props are things that lie on the skin.
type props struct{ sensor optics.Camera }

func (p *Phantom) props() props { return props{p.script.sensor()} }

func (props) lay(*raster.RGB, shot) {}
