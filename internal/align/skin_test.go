package align_test

import (
	"math"
	"math/rand/v2"

	"dermtrace/internal/filter"
	"dermtrace/internal/geom"
	"dermtrace/internal/raster"
)

// skin is an endless synthetic texture that is known at every point, not at pixels: dark,
// long blobs of three sizes (patches, creases, pores), placed by hashing a grid. Photos of
// it are computed point by point, so that a warp is exact and nothing is resampled.
type skin struct {
	seed uint64
	// unit is the size of a pore's cell in frame pixels.
	unit float64
	// faint scales the contrast of everything; 1 is that of freckled skin.
	faint float64
}

// cells lists the sizes of the texture: cell side in units, contrast in ln, blob size in cells.
var texture = []struct{ side, contrast, size float64 }{
	{1, 0.10, 0.16}, {3.3, 0.12, 0.14}, {14, 0.20, 0.22},
}

// at returns the texture's ln of reflectance at p.
func (s skin) at(p geom.Point) float64 {
	sum := 0.0
	for k, c := range texture {
		side := c.side * s.unit
		i0, j0 := math.Floor(p.X/side), math.Floor(p.Y/side)
		for dj := -1.0; dj <= 1; dj++ {
			for di := -1.0; di <= 1; di++ {
				sum -= c.contrast * s.blob(uint64(k), i0+di, j0+dj, p, side, c.size)
			}
		}
	}
	return s.faint * sum
}

// blob is the value at p of the one blob of cell (i, j).
func (s skin) blob(k uint64, i, j float64, p geom.Point, side, size float64) float64 {
	h := s.seed*0x9E3779B97F4A7C15 + k*0xBF58476D1CE4E5B9 + uint64(int64(i))*0x94D049BB133111EB + uint64(int64(j))*0xD6E8FEB86659FD93
	next := func() float64 {
		h += 0x9E3779B97F4A7C15
		z := h
		z = (z ^ z>>30) * 0xBF58476D1CE4E5B9
		z = (z ^ z>>27) * 0x94D049BB133111EB
		z ^= z >> 31
		return float64(z>>11) / (1 << 53)
	}
	x, y := (i+next())*side, (j+next())*side
	angle, long, strength := math.Pi*next(), 1+1.2*next(), 0.2+next()
	c, n := math.Cos(angle), math.Sin(angle)
	u, v := (c*(p.X-x)+n*(p.Y-y))/(size*side*long), (c*(p.Y-y)-n*(p.X-x))/(size*side)
	if u*u+v*v > 60 {
		return 0 // below 1e-13
	}
	return strength * math.Exp(-(u*u+v*v)/2)
}

// shot says how a photo of the skin is taken.
type shot struct {
	w, h int
	// frameFromPhoto says which point of the skin a pixel sees.
	frameFromPhoto func(geom.Point) geom.Point
	// gain scales the three colours, slope is the light's relative gradient across the photo.
	gain  [3]float64
	slope float64
	// flush is the redness, as the loss of ln green, of a round area in frame pixels.
	flush       float64
	flushCenter geom.Point
	flushRadius float64
	// blurPx, noise and seed are the camera's; noise is per 8-bit sRGB step.
	blurPx, noise float64
	seed          uint64
}

func plain(w, h int, frameFromPhoto func(geom.Point) geom.Point) shot {
	return shot{w: w, h: h, frameFromPhoto: frameFromPhoto, gain: [3]float64{1, 1, 1}, noise: 1}
}

// take renders the photo: light, flush, camera blur, noise and 8-bit sRGB steps.
func (s skin) take(c shot) *raster.RGB {
	out := raster.NewRGB(c.w, c.h)
	base := [3]float64{0.42, 0.24, 0.17}
	melanin, blood := [3]float64{1, 1.5, 2.1}, [3]float64{0.06, 1, 0.75}
	raster.Bands(c.h, func(y0, y1 int) {
		for y := y0; y < y1; y++ {
			for x := range c.w {
				p := c.frameFromPhoto(geom.Point{X: float64(x), Y: float64(y)})
				v := s.at(p)
				light := 1 + c.slope*(float64(x)/float64(c.w)-0.5)
				d := p.Sub(c.flushCenter).Norm() / max(c.flushRadius, 1)
				f := c.flush * math.Exp(-d*d)
				for k, plane := range out.Planes() {
					plane.Set(x, y, float32(base[k]*c.gain[k]*light*math.Exp(melanin[k]*v-blood[k]*f)))
				}
			}
		}
	})
	for k, plane := range []**raster.Plane{&out.R, &out.G, &out.B} {
		if c.blurPx > 0 {
			*plane = filter.Gaussian(*plane, c.blurPx)
		}
		develop(*plane, c.noise, rand.New(rand.NewPCG(c.seed, uint64(k))))
	}
	return out
}

// develop adds noise and rounds to 8-bit sRGB, clipped at its ends.
func develop(p *raster.Plane, noise float64, r *rand.Rand) {
	for i, v := range p.Pix {
		s := 255 * encode(math.Min(math.Max(float64(v), 0), 1))
		s = math.Round(math.Min(math.Max(s+noise*r.NormFloat64(), 0), 255))
		p.Pix[i] = decode[int(s)]
	}
}

func encode(v float64) float64 {
	if v <= 0.0031308 {
		return 12.92 * v
	}
	return 1.055*math.Pow(v, 1/2.4) - 0.055
}

var decode = func() (t [256]float32) {
	for i := range t {
		v := float64(i) / 255
		if v <= 0.04045 {
			t[i] = float32(v / 12.92)
		} else {
			t[i] = float32(math.Pow((v+0.055)/1.055, 2.4))
		}
	}
	return t
}()

// still is the frame's own view.
func still(p geom.Point) geom.Point { return p }

// through is the view of a camera whose photo is photoFromFrame of the frame.
func through(photoFromFrame geom.Transform) func(geom.Point) geom.Point {
	inv, err := photoFromFrame.Inverse()
	if err != nil {
		panic(err)
	}
	return inv.Apply
}

// about is the similarity that turns and scales about the picture's centre, then moves.
func about(w, h int, scale, angle, dx, dy float64) geom.Transform {
	cx, cy := float64(w-1)/2, float64(h-1)/2
	return geom.Translation(cx+dx, cy+dy).Mul(geom.Similarity(scale, angle, 0, 0)).Mul(geom.Translation(-cx, -cy))
}
