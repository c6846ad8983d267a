package chromo

import (
	"sync"

	"dermtrace/internal/optics"
	"dermtrace/internal/raster"
)

// Model turns linear light into melanin, blood and shading. It is immutable and may be
// shared.
type Model struct {
	inverse inverseTable
	forward *forwardTable
	logs    *LogTable
	options Options
	camera  optics.Camera // options' own, or what stands for it

	// The same skin under any surface, and under those that leaks are told by: made when first
	// asked for.
	surfaces      func() []surfaceTable
	shiny, duller func() *forwardTable

	level *levelTable // of dark skin; nil: light cancels
}

// Maps are the separation of one picture, pixel by pixel.
type Maps struct {
	Melanin    *raster.Plane // percent melanosomes of the epidermis
	Hemoglobin *raster.Plane // percent blood of the dermis
	Shading    *raster.Plane // natural logarithm of the light on the skin, 0 = as on the white reference
	Beyond     *raster.Plane // 1 where the colour is unlike any modelled skin, 0 inside
	by         *Model
}

// Separate evaluates the model at every pixel. On pixels of a photo's full resolution
// noise bends the answer: average linear light to the scale of the question first
// ([raster.Shrink]), and take fine shading from [Model.Shading].
func (m *Model) Separate(rgb *raster.RGB) *Maps {
	w, h := rgb.W(), rgb.H()
	maps := &Maps{Melanin: raster.New(w, h), Hemoglobin: raster.New(w, h), Shading: raster.New(w, h), Beyond: raster.New(w, h), by: m}
	raster.Bands(h, func(y0, y1 int) {
		for i := y0 * w; i < y1*w; i++ {
			u, v, g := m.ratios(rgb.R.Pix[i], rgb.G.Pix[i], rgb.B.Pix[i])
			a := m.read(u, v, g)
			maps.Melanin.Pix[i], maps.Hemoglobin.Pix[i] = a.melanin, a.blood
			maps.Shading.Pix[i], maps.Beyond.Pix[i] = g-a.base, a.beyond
		}
	})
	return maps
}

// ratios are ln(R/G), ln(G/B) and ln G, each channel held at [Floor]; NaN is held too.
func (m *Model) ratios(r, g, b float32) (u, v, lnG float32) {
	lr, lg, lb := m.logs.Ln(r), m.logs.Ln(g), m.logs.Ln(b)
	return lr - lg, lg - lb, lg
}

// Basis is the linear separation at given skin (percent, held in the model): how −ln of red, green and
// blue light rise per percent of melanin, per percent of blood, and with darkness (1,
// 1, 1), as columns. Its inverse's rows are the classical separation.
func (m *Model) Basis(melanin, blood float64) [3][3]float64 {
	mf, q := m.forward.nearest(melanin, blood)
	_, dm, dq := m.forward.at(mf, q)
	perM, perB := 0.01, 0.01/(2*q)
	var b [3][3]float64
	for i, s := range [2]state{dm, dq} {
		k := [2]float64{perM, perB}[i]
		b[0][i], b[1][i], b[2][i] = -(s[2]+s[0])*k, -s[2]*k, -(s[2]-s[1])*k
	}
	for i := range b {
		b[i][2] = 1
	}
	return b
}

// Trust says how far maps of a region can be believed, as shares of its pixels.
type Trust struct {
	Floor   float64 // some channel at the floor: too dark for a ratio
	Clipped float64 // some channel at the top of the encoding
	Beyond  float64 // unlike any modelled skin
}

// clippedCode is the linear light of code 250 of 255, from which a channel counts as
// overexposed.
const clippedCode = 0.9560

// TrustOf counts the doubtful pixels of a picture and its maps. gain is the factor that
// calibration applied to each channel, (1, 1, 1) for none: clipping happens before it.
func TrustOf(rgb *raster.RGB, maps *Maps, weight *raster.Plane, gain [3]float64) Trust {
	var top [3]float32
	for c, g := range gain {
		top[c] = float32(clippedCode * g)
	}
	bands := make([][4]float64, (rgb.H()+raster.BandRows-1)/raster.BandRows)
	raster.Bands(rgb.H(), func(y0, y1 int) {
		sum := &bands[y0/raster.BandRows] // of the weight of floor, clipped, beyond and all pixels
		for i := y0 * rgb.W(); i < y1*rgb.W(); i++ {
			k := float64(weight.Pix[i])
			if !(k > 0) {
				continue
			}
			r, g, b := rgb.R.Pix[i], rgb.G.Pix[i], rgb.B.Pix[i]
			if !(r > Floor && g > Floor && b > Floor) {
				sum[0] += k
			}
			if r >= top[0] || g >= top[1] || b >= top[2] {
				sum[1] += k
			}
			sum[2] += k * float64(maps.Beyond.Pix[i])
			sum[3] += k
		}
	})
	var all [4]float64
	for _, b := range bands {
		for i, v := range b {
			all[i] += v
		}
	}
	return Trust{Floor: all[0] / all[3], Clipped: all[1] / all[3], Beyond: all[2] / all[3]}
}

// Options choose the modelled camera and skin. The zero value is the documented default.
type Options struct {
	Camera  *optics.Camera // nil: unknown; the CIE observer through sRGB, which developed photos aim at
	Matched bool           // a colour card brought the photos to that observer, as near as patches bring skin
	Skin    optics.Skin    // its melanin and blood are ignored; Surface 0 stands for DefaultSurface
	raw     bool           // the photos turned out not to be developed
}

// DefaultSurface is the flat reflection of the skin's surface in the model: the middle of
// the 0.005 to 0.02 by which diffusion models are short of real skin.
const DefaultSurface = 0.0125

// NewModel tabulates the model. It takes some 50 ms: make one per series. The default one is
// made once.
func NewModel(opt Options) *Model {
	if opt == (Options{}) {
		return defaultModel()
	}
	camera := optics.SRGB()
	if opt.Camera != nil {
		camera = *opt.Camera
	}
	return tabulated(opt, camera)
}

var defaultModel = sync.OnceValue(func() *Model { return tabulated(Options{}, optics.SRGB()) })

func tabulated(opt Options, camera optics.Camera) *Model {
	skin := opt.Skin
	if skin.Surface == 0 {
		skin.Surface = DefaultSurface
	}
	forward := newForward(func(m, b float64) [3]float64 {
		skin.Melanin, skin.Blood = m, b
		return camera.RGB(skin.Reflectance())
	})
	m := &Model{forward: forward, inverse: newInverse(forward), logs: NewLogTable(), options: opt, camera: camera}
	m.surfaces = sync.OnceValue(m.anySurface)
	m.shiny, m.duller = m.reflecting(shinier), m.reflecting(-mostDuller)
	return m
}

// CameraKnown reports whether the colours that the model reads are those that it was
// made for: the camera was named, or a card stood in for it.
func (m *Model) CameraKnown() bool { return m.options.Camera != nil || m.options.Matched }
