package phantom

import (
	"math"

	"dermtrace/internal/geom"
	"dermtrace/internal/raster"
)

// Light on skin (project defaults, by eye against photographs).
const (
	defaultAzimuthDeg = 235  // from the upper left
	defaultLightTilt  = 30   // degrees off the camera's axis
	defaultAmbient    = 0.4  // share of light from all sides
	glareStrength     = 0.04 // of the shine at its brightest, 1 = white
	glarePower        = 16   // narrowness of the shine
	cheekRadiusMM     = 95   // the skin's own curvature
)

// seep is how much of the relief's shading each channel shows: light of long
// wavelengths travels under a furrow and fills it (project default).
var seep = [3]float32{0.86, 0.97, 1}

// bounce is how much of a hollow's darkness each channel keeps: light that skin returns
// to skin is redder each time (project default).
var bounce = [3]float32{0.85, 1, 1.03}

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
	coat   *coat
	lamp   lamp
	face   *outline
	mm     float64
	cx, cy float64
}

// paint returns the linear light that the skin sends to the camera.
func (p *Phantom) paint(sh shot, now *state) *raster.RGB {
	s := p.script
	out := raster.NewRGB(s.Width, s.Height)
	grid := sh.geometry.grid(s.Width, s.Height)
	pt := &painter{p: p, now: now, coat: p.coat(sh.visit), lamp: sh.photo.Light.lamp(sh.geometry), mm: s.MMPerPx,
		cx: float64(s.Width) * s.MMPerPx / 2, cy: float64(s.Height) * s.MMPerPx / 2, face: s.faceOutline()}
	raster.Bands(s.Height, func(y0, y1 int) {
		line, scratch := make([]geom.Point, s.Width), make([]geom.Point, grid.w)
		for y := y0; y < y1; y++ {
			grid.row(line, scratch, y)
			r, g, b := out.R.Row(y), out.G.Row(y), out.B.Row(y)
			for x, f := range line {
				r[x], g[x], b[x] = pt.point(f.X*pt.mm, f.Y*pt.mm)
			}
		}
	})
	p.lay(out, sh)
	return out
}

// point is the light from a point in mm on the skin or, in a face, from behind it.
func (pt *painter) point(x, y float64) (r, g, b float32) {
	slopeX, slopeY := (pt.cx-x)/cheekRadiusMM, (pt.cy-y)/cheekRadiusMM
	if pt.face == nil {
		return pt.skin(x, y, float32(slopeX), float32(slopeY))
	}
	share, sx, sy, behind := pt.face.at(x, y, pt.mm)
	if share == 0 {
		return behind[0], behind[1], behind[2]
	}
	r, g, b = pt.skin(x, y, float32(sx), float32(sy))
	a := float32(1 - share)
	return r + a*(behind[0]-r), g + a*(behind[1]-g), b + a*(behind[2]-b)
}

// skin is the light from skin at (x, y) mm whose own form slopes so.
func (pt *painter) skin(x, y float64, slopeX, slopeY float32) (r, g, b float32) {
	t := pt.now.at(x, y)
	reliefX, reliefY, dark, fur := pt.p.fine.at(x, y)
	l := &pt.lamp
	sx := t.relief*reliefX + t.slopeX + slopeX
	sy := t.relief*reliefY + t.slopeY + slopeY
	inv := 1 / float32(math.Sqrt(float64(1+sx*sx+sy*sy)))
	facing := max(0, (l.z-sx*l.x-sy*l.y)*inv) / l.z
	hollow := float32(math.Exp(-float64(t.relief*dark + t.shade)))
	shade := l.ambient + (1-l.ambient)*facing
	shine := max(0, (l.hz-sx*l.hx-sy*l.hy)*inv)
	glare := float32(0)
	if l.glare > 0 {
		glare = l.glare * float32(math.Exp(glarePower*2*(float64(shine)-1))) * hollow * t.gloss
	}

	r, g, b = pt.p.colours.RGB(t.melanin, t.blood)
	r, g, b = bruised(t, r, g, b)
	r, g, b = covered(t.cover, r, g, b)
	r *= (1 + (shade-1)*seep[0]) * (1 + (hollow-1)*bounce[0])
	g *= (1 + (shade-1)*seep[1]) * (1 + (hollow-1)*bounce[1])
	b *= (1 + (shade-1)*seep[2]) * (1 + (hollow-1)*bounce[2])
	if fur > 0 {
		r += fur * (hairRGB[0] - r)
		g += fur * (hairRGB[1] - g)
		b += fur * (hairRGB[2] - b)
	}
	if pt.coat != nil {
		a, c := pt.coat.at(x, y), pt.coat.colour
		r += a * (c[0] - r)
		g += a * (c[1] - g)
		b += a * (c[2] - b)
	}
	return r + glare, g + glare, b + glare
}

// Hair, dried blood and horny layer lifted from the skin, in linear light.
var (
	hairRGB  = [3]float32{0.07, 0.045, 0.03}
	crustRGB = [3]float32{0.1, 0.036, 0.02}
	flakeRGB = [3]float32{0.42, 0.38, 0.33}
)

// bruised tints skin over a bruise: deep blood takes red and leaves blue, bilirubin takes
// blue and a little green (assumed, by eye).
func bruised(t texel, r, g, b float32) (float32, float32, float32) {
	if t.deep == 0 && t.bile == 0 {
		return r, g, b
	}
	r *= 1 / (1 + 0.9*t.deep + 0.05*t.bile)
	g *= 1 / (1 + 0.25*t.deep + 0.12*t.bile)
	b *= 1 / (1 + 0.9*t.bile)
	return r, g, b
}

func covered(cover, r, g, b float32) (float32, float32, float32) {
	c, a := crustRGB, cover
	if cover < 0 { // a flake lets half of the skin's own colour through
		c, a = [3]float32{(r + flakeRGB[0]) / 2, (g + flakeRGB[1]) / 2, (b + flakeRGB[2]) / 2}, -cover
	}
	if a == 0 {
		return r, g, b
	}
	a = min(a, 1)
	return r + a*(c[0]-r), g + a*(c[1]-g), b + a*(c[2]-b)
}
