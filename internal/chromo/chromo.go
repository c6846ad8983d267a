// Package chromo separates a photo of skin into what colours it: melanin and
// haemoglobin in percent, and shading, the light that fell on it.
//
// Input is linear light on the sRGB primaries, as corrected as it can be. In log light
// skin is nearly a sum: two pigments, each with a direction, and a grey part that is
// light, relief and exposure (Tsumura 1999, JOSA A 16:2169). Where that bends, on dark
// skin and strong flushes, a table of a forward model of skin takes over: the two
// ratios ln(R/G) and ln(G/B), from which light cancels, index melanosome and blood
// volume fraction, and what remains of ln G after the modelled reflectance is the
// shading. The linear separation is the table's tangent ([Model.Basis]).
//
// A [Model] is made once per series, settled at the baseline ([Model.Settle]) and never
// refitted to a photo: a basis of its own would turn one visit's change into another's
// scale. Values are model-equivalent. On dark skin, where the surface outshines blue, the
// settled model also uses how bright the skin is, which known light makes possible. What a
// flush is misread as is not modelled but seen: a [Link] tells it from the blotches that the
// flush has changed since the baseline, pixel by pixel.
//
// Limits, on simulated skin with shine, a flush of 3 points or half of it. The surface's
// reflection adds 0.01 to 0.04 of white and cannot be told from paler skin by one colour: from
// a model with 0.0125, a surface 0.0075 off makes 10 % of light skin's melanin of a flush,
// shine of 0.02 a third. Of that a [Link] leaves 3 % of the melanin in the root mean square,
// at worst 12 %; on another hand's simulator at most 8 % of skin as modelled or beside a card,
// 19 % with other oxygenation, 21 % of raw light skin. A coarse JPEG
// says less: one code of Cb is a fifth of light skin's melanin or more, blocks are kept in steps
// of 1.1 codes at quality 75, and light skin spreads over 0.2 to 0.4 of a step, so that blotches
// come out up to twice as strong, or hardly at all, as their mean happens to lie. Where the
// baseline's file is finer that is undone ([File]): the flush's photo coded again, at qualities
// from 67 to 80, shows leaks that are off those seen before by 5 to 16 % of light skin's melanin
// in the root mean square, 2 to 4 of medium skin's; as the file has them by 16 to 20 and 4 to 6.
// What stays is that means of regions lie up to 0.3 codes off, control skin's most, and what
// hides where a mean lies in the middle of a step. How brightness follows colour
// from blotch to blotch ([Tint]) tells the surface of brown skin to 0.005, of medium skin
// where it is far from the modelled, and hardly anything of light skin: there 0.004 of it is a
// twentieth of the melanin in a flush, and the modelled one stays. Dark skin is read by its
// brightness too, and a card tells the light beside the skin: a fall-off of a quarter across
// the photo moves melanin by a tenth, and more where it misleads the [Link].
//
// Tried and left: the surface from melanin and blood that vary independently at rest (good to
// 0.005 where blood is as mottled as it is in the project's phantom, misled where it is not),
// from the colours of spots, told by their red light (good to 0.005 on brown and darker skin,
// 0.01 too shiny on medium, nothing on light skin), and from the colours of relief (what it
// finds depends on how the lamp stands); blotches of the flush's photo alone, which melanin's
// own mottle and blue noise hide (a fifth of the precision); blotches wider than 4 mm (shine
// that lies otherwise is as wide); blotches freed from what the baseline's mottle foretells of
// them (raw colours keep a third more of the leak, the rest is as good); redness as the share
// (R-G)/(G-B), which is free of all shine (medium and dark skin leaks a third less, but it has
// more of a JPEG's steps in blue, and light skin leaks up to a tenth more); two slopes, at
// rest and in the flush, for leaks that bend otherwise than shine's (those steps hide the one
// at rest); standard errors that count neighbouring tiles, weights against odd tiles, and skin
// without the surroundings of spots (nothing changes); surroundings 0.3 mm farther out, which
// no block of a coarse JPEG reaches (9 % instead of 11 there, on the other simulator 27 instead
// of 25, and less precise everywhere); brightness from 8 % of melanin on (a fall-off of light
// of a quarter makes 13 % of melanin); the tint by slopes at the mean colour
// alone (0.004 too shiny where patches are strong), and with every surface as likely as photos
// show it (light skin under much shine is then right, but under usual shine and casts a flush
// leaks 8 % instead of 4 %), or as in the standard deviation of that range (what is left is
// smaller, and a [Link] takes less of it for certain: 15 % instead of 11 at worst); Cb of a
// coarse file as brightness and Cr of the same block foretell it within its step, by a censored
// regression in windows of 16 blocks (where one step is all there is the spread is anyone's
// guess, and means stay as far off); what is far out told without melanin's change (spots
// count then: as much nearer on one skin as farther on another); leaks that add melanin
// expected to end where pigment begins (reckoned: other dark skin leaks 13 % instead of 5); what
// each place leaks by its own melanin, as a shinier surface shows it (skin as modelled 8 % instead of 5,
// other oxygenation 38); and instead of the melanin at rest as a second cause (of skin a fifth of which
// is spots, another hand's, 3 % in the root mean square) spots left out of what is summed (5, dark
// skin 10), or of the surroundings too (dark skin 15); with it, blood around a pixel for redness
// (the project's dark skin 9 % instead of 4). What is left of most photos is what their blotches
// cannot tell: found leaks scatter about the true ones by their standard errors, on both simulators,
// with no common sign.
//
// Refused: nothing, since the table answers every colour; instead [Trust] says how much
// of a region was too dark for a ratio, clipped, or unlike any modelled skin.
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

// Shading is the shading plane alone, for texture.
func (m *Model) Shading(rgb *raster.RGB) *raster.Plane {
	s := raster.New(rgb.W(), rgb.H())
	raster.Bands(s.H, func(y0, y1 int) {
		for i := y0 * s.W; i < y1*s.W; i++ {
			u, v, g := m.ratios(rgb.R.Pix[i], rgb.G.Pix[i], rgb.B.Pix[i])
			s.Pix[i] = g - m.inverse.baseAt(u, v)
		}
	})
	return s
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
