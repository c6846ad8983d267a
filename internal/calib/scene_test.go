package calib

import (
	"bytes"
	"image"
	"image/color"
	"image/jpeg"
	"math"
	"math/rand/v2"
	"sync"

	"dermtrace/internal/cie"
	"dermtrace/internal/filter"
	"dermtrace/internal/geom"
	"dermtrace/internal/raster"
)

// scene says how a test picture is made: skin of any colour, perhaps a card on it,
// light, optics and file.
type scene struct {
	w, h     int
	withCard bool
	area     float64    // of the card's cells, share of the frame
	turn     float64    // radians
	tilt     float64    // radians
	tiltAxis float64    // radians
	half     float64    // of a patch, cells
	board    [4]float64 // margin beyond the cells: left, top, right, bottom
	edition  cie.Edition
	cast     [3]float64
	gradient [2]float64 // ln, across the frame
	shadow   *shadow
	blurPx   float64
	noise    float64
	exposure float64 // of the lightest channel; 0: random
	quality  int     // JPEG
	melanin  float64 // of the skin, 0 light to 1 dark
	mosaic   bool    // a board of 6×4 other colours instead of the card's
	marks    bool    // hairs and moles
	cover    func(x, y float64) bool
	seed     uint64
}

// shadow is a half-plane of less light with a soft edge.
type shadow struct{ nx, ny, at, soft, factor float64 }

func randomScene(seed uint64, withCard bool) scene {
	rng := rand.New(rand.NewPCG(seed, 77))
	between := func(a, b float64) float64 { return a + (b-a)*rng.Float64() }
	s := scene{
		w: 900, h: 675, withCard: withCard, seed: seed,
		area: between(0.03, 0.30), turn: between(0, 2*math.Pi), tilt: between(0, 0.6), tiltAxis: between(0, 2*math.Pi),
		half: between(0.39, 0.46), board: [4]float64{between(0.1, 0.5), between(0.1, 0.8), between(0.1, 0.5), between(0.1, 0.8)},
		edition: cie.After2014, gradient: [2]float64{between(-0.125, 0.125), between(-0.125, 0.125)},
		blurPx: between(0.4, 1.5), noise: between(0.003, 0.015), quality: 70 + rng.IntN(26), melanin: rng.Float64(),
	}
	if rng.IntN(2) == 0 {
		s.edition = cie.Before2014
	}
	if seed%2 == 1 { // patches down to 18 pixels
		s.w, s.h = 640, 480
	}
	for k := range s.cast {
		s.cast[k] = between(0.75, 1.25)
	}
	if rng.IntN(3) == 0 {
		a := between(0, 2*math.Pi)
		s.shadow = &shadow{math.Cos(a), math.Sin(a), between(-0.3, 0.3), between(2, 20), between(0.4, 0.8)}
	}
	s.marks = rng.IntN(2) == 0
	s.mosaic = !withCard && rng.IntN(4) == 0
	return s
}

// pose returns the homography of the card, seen by a camera whose focal length is 1.2
// times the frame's width, wholly within the frame.
func (s scene) pose() geom.Transform {
	rng := rand.New(rand.NewPCG(s.seed, 78))
	scale := math.Sqrt(s.area * float64(s.w*s.h) / gridCells)
	var h geom.Transform
	for range 400 {
		f := 1.2 * float64(s.w)
		x, y := (rng.Float64()-0.5)*float64(s.w), (rng.Float64()-0.5)*float64(s.h)
		h = s.project(scale, x, y, f)
		inside, quad := true, geom.Polygon{}
		for i, c := range cardCorners {
			grown := geom.Point{X: c.X + math.Copysign(0.1, float64([4]int{-1, 1, 1, -1}[i])), Y: c.Y + math.Copysign(0.1, float64([4]int{-1, -1, 1, 1}[i]))}
			p := h.Apply(grown)
			quad = append(quad, h.Apply(c))
			inside = inside && p.X > 3 && p.Y > 3 && p.X < float64(s.w-4) && p.Y < float64(s.h-4)
		}
		scale *= math.Sqrt(s.area * float64(s.w*s.h) / quad.Area())
		if !inside {
			s.area *= 0.995 // where a large card has no room
		}
		if inside && math.Abs(quad.Area()/(s.area*float64(s.w*s.h))-1) < 0.02 {
			return h
		}
	}
	return h
}

// project turns the card in its plane, tilts it and looks at it.
func (s scene) project(scale, x, y, f float64) geom.Transform {
	sin, cos := math.Sincos(s.turn)
	ax, ay := math.Cos(s.tiltAxis), math.Sin(s.tiltAxis)
	st, ct := math.Sincos(s.tilt)
	// Rodrigues rotation about (ax, ay, 0), first two columns.
	r := [3][2]float64{{ct + ax*ax*(1-ct), ax * ay * (1 - ct)}, {ax * ay * (1 - ct), ct + ay*ay*(1-ct)}, {-ay * st, ax * st}}
	var m [3][2]float64
	for i := range 3 {
		m[i][0] = scale * (r[i][0]*cos + r[i][1]*sin)
		m[i][1] = scale * (-r[i][0]*sin + r[i][1]*cos)
	}
	plane := geom.Transform{m[0][0], m[0][1], x, m[1][0], m[1][1], y, m[2][0] / f, m[2][1] / f, 1}
	plane = plane.Mul(geom.Translation(-2.5, -1.5))
	return geom.Translation(float64(s.w-1)/2, float64(s.h-1)/2).Mul(plane)
}

// skinDetail is fractal detail that all scenes cut their skin from.
var skinDetail = sync.OnceValue(func() [2]*raster.Plane { return [2]*raster.Plane{fractalPlane(11), fractalPlane(12)} })

func fractalPlane(seed uint64) *raster.Plane {
	rng := rand.New(rand.NewPCG(seed, 7))
	out := raster.New(1200, 900)
	for sigma := 0.7; sigma <= 60; sigma *= 2.2 {
		n := raster.New(out.W, out.H)
		for i := range n.Pix {
			n.Pix[i] = float32(rng.NormFloat64())
		}
		fine := filter.Gaussian(n, sigma)
		for i := range out.Pix {
			out.Pix[i] += float32(0.1*sigma) * fine.Pix[i]
		}
	}
	return out
}

// skinMarks is ln of what hairs and moles leave of the light.
var skinMarks = sync.OnceValue(func() *raster.Plane { return marksPlane(13) })

func marksPlane(seed uint64) *raster.Plane {
	rng := rand.New(rand.NewPCG(seed, 7))
	out := raster.New(1200, 900)
	dot := func(x, y, r, depth float64) {
		for v := int(y - r - 1); v <= int(y+r+1); v++ {
			for u := int(x - r - 1); u <= int(x+r+1); u++ {
				if u >= 0 && v >= 0 && u < out.W && v < out.H && math.Hypot(float64(u)-x, float64(v)-y) < r {
					out.Set(u, v, float32(-depth))
				}
			}
		}
	}
	for range 60 { // moles
		dot(1200*rng.Float64(), 900*rng.Float64(), 2+14*rng.Float64()*rng.Float64(), 0.3+rng.Float64())
	}
	for range 120 { // hairs
		x, y, a := 1200*rng.Float64(), 900*rng.Float64(), 2*math.Pi*rng.Float64()
		bend := 0.02 * rng.NormFloat64()
		for range 40 + rng.IntN(160) {
			dot(x, y, 1, 1.2)
			x, y, a = x+math.Cos(a), y+math.Sin(a), a+bend
		}
	}
	return out
}

// render makes the picture as a file would give it, and the card's place in it.
func (s scene) render() (*raster.RGB, geom.Transform) {
	rng := rand.New(rand.NewPCG(s.seed, 79))
	photoFromCard := s.pose()
	cardFromPhoto, err := photoFromCard.Inverse()
	if err != nil {
		panic(err)
	}
	colours := chartRGB(s.edition)
	if s.mosaic {
		for n := range colours {
			for k := range 3 {
				colours[n][k] = 0.03 + 0.8*rng.Float64()*rng.Float64()
			}
		}
	}
	skin := [3]float64{math.Exp(-0.6 - 1.0*s.melanin), math.Exp(-1.1 - 1.6*s.melanin), math.Exp(-1.4 - 2.1*s.melanin)}
	ox, oy := rng.IntN(1200-s.w+1), rng.IntN(900-s.h+1)
	exposure := (0.55 + 0.35*rng.Float64()) / max(s.cast[0], s.cast[1], s.cast[2])
	if s.exposure > 0 {
		exposure = s.exposure
	}
	c := raster.NewRGB(s.w, s.h)
	detail, marks := skinDetail(), skinMarks()
	raster.Bands(s.h, func(y0, y1 int) {
		for y := y0; y < y1; y++ {
			for x := range s.w {
				relief, mottle := float64(detail[0].At(x+ox, y+oy)), float64(detail[1].At(x+ox, y+oy))
				if s.marks {
					relief += float64(marks.At(x+ox, y+oy)) / 0.3
				}
				back := [3]float64{skin[0] * math.Exp(0.3*relief+0.1*mottle), skin[1] * math.Exp(0.3*relief+0.3*mottle), skin[2] * math.Exp(0.3*relief+0.25*mottle)}
				v := back
				if s.withCard || s.mosaic {
					v = s.cardPixel(cardFromPhoto, x, y, colours, back)
				}
				light := exposure * s.lightAt(x, y)
				for k, p := range c.Planes() {
					p.Set(x, y, float32(max(0, v[k])*light*s.cast[k]))
				}
			}
		}
	})
	for _, p := range []**raster.Plane{&c.R, &c.G, &c.B} {
		*p = filter.Gaussian(*p, s.blurPx)
		for i, v := range (*p).Pix {
			(*p).Pix[i] = v + float32(s.noise)*float32(math.Sqrt(float64(v)))*float32(rng.NormFloat64())
		}
	}
	return throughJPEG(c, s.quality), photoFromCard
}

func (s scene) lightAt(x, y int) float64 {
	u, v := float64(x)/float64(s.w)-0.5, float64(y)/float64(s.h)-0.5
	l := math.Exp(s.gradient[0]*2*u + s.gradient[1]*2*v)
	if s.shadow != nil {
		d := (u*s.shadow.nx + v*s.shadow.ny - s.shadow.at) * float64(s.w) / s.shadow.soft
		l *= 1 - (1-s.shadow.factor)/(1+math.Exp(-d))
	}
	return l
}

// cardPixel is the mean of 3×3 points of a pixel.
func (s scene) cardPixel(cardFromPhoto geom.Transform, x, y int, colours [gridCells][3]float64, back [3]float64) (v [3]float64) {
	far := cardFromPhoto.Apply(geom.Point{X: float64(x), Y: float64(y)})
	if !(far.X > -2 && far.Y > -2 && far.X < 7.5 && far.Y < 5.5) {
		return back
	}
	for i := range 9 {
		p := geom.Point{X: float64(x) + float64(i%3-1)/3, Y: float64(y) + float64(i/3-1)/3}
		q := cardFromPhoto.Apply(p)
		at := back
		if q.X > -0.5-s.board[0] && q.Y > -0.5-s.board[1] && q.X < 5.5+s.board[2] && q.Y < 3.5+s.board[3] {
			at = [3]float64{0.025, 0.025, 0.026}
			col, row := int(math.Round(q.X)), int(math.Round(q.Y))
			if col >= 0 && col < 6 && row >= 0 && row < 4 && math.Abs(q.X-float64(col)) < s.half && math.Abs(q.Y-float64(row)) < s.half {
				at = colours[6*row+col]
			}
		}
		if s.cover != nil && s.cover(q.X, q.Y) {
			at = back
		}
		for k := range 3 {
			v[k] += at[k] / 9
		}
	}
	return v
}

// throughJPEG is what the file's 8-bit codes keep.
func throughJPEG(c *raster.RGB, quality int) *raster.RGB {
	im := image.NewRGBA(image.Rect(0, 0, c.W(), c.H()))
	code := func(v float32) uint8 { return uint8(math.Round(255 * cie.Encode(float64(max(0, min(v, 1)))))) }
	raster.Bands(c.H(), func(y0, y1 int) {
		for y := y0; y < y1; y++ {
			for x := range c.W() {
				im.SetRGBA(x, y, color.RGBA{code(c.R.At(x, y)), code(c.G.At(x, y)), code(c.B.At(x, y)), 255})
			}
		}
	})
	var buf bytes.Buffer
	if err := jpeg.Encode(&buf, im, &jpeg.Options{Quality: quality}); err != nil {
		panic(err)
	}
	back, err := jpeg.Decode(&buf)
	if err != nil {
		panic(err)
	}
	lut := cie.DecodeTable(256)
	out := raster.NewRGB(c.W(), c.H())
	yc := back.(*image.YCbCr)
	raster.Bands(c.H(), func(y0, y1 int) {
		for y := y0; y < y1; y++ {
			for x := range c.W() {
				i, j := yc.YOffset(x, y), yc.COffset(x, y)
				r, g, b := color.YCbCrToRGB(yc.Y[i], yc.Cb[j], yc.Cr[j])
				out.R.Set(x, y, lut[r])
				out.G.Set(x, y, lut[g])
				out.B.Set(x, y, lut[b])
			}
		}
	})
	return out
}

// cornerErrors are the distances of the corners found from the true ones.
func cornerErrors(c Card, truth geom.Transform) (e [4]float64) {
	for i, q := range quadOf(truth) {
		e[i] = c.Corners[i].Sub(q).Norm()
	}
	return e
}
