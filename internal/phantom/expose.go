package phantom

import (
	"bytes"
	"image"
	"image/jpeg"
	"math"

	"dermtrace/internal/filter"
	"dermtrace/internal/raster"
)

// opticsBlurPx is the blur of any lens and of demosaicing, on top of the sampling's own;
// red and blue are sampled half as finely as green.
const opticsBlurPx, mosaicBlurPx = 0.35, 0.7

// noiseAtWhite is the standard deviation that Noise 1 has at white, and noiseAtBlack
// what remains in the dark (project default: a phone indoors).
const noiseAtWhite, noiseAtBlack = 0.01, 0.0008

// expose does to linear light what the camera did: light's fall-off, blur, exposure,
// white balance, noise, tone curve and sharpening. seen becomes linear light again.
func (p *Phantom) expose(seen *raster.RGB, sh shot) {
	c, gains := sh.photo.Camera, sh.photo.Camera.gains()
	sh.photo.Light.fall(seen)
	for k, pl := range []*raster.Plane{seen.R, seen.G, seen.B} {
		for i := range pl.Pix {
			pl.Pix[i] *= gains[k]
		}
		blurred := filter.Gaussian(smear(pl, c.Motion), math.Hypot(opticsBlurPx, c.Blur))
		if c.Noise > 0 {
			grain(blurred, c.Noise, newDice(p.script.Seed, sh.photo.File, k).bits())
		}
		if k != 1 && c.Noise > 0 {
			blurred = filter.Gaussian(blurred, mosaicBlurPx)
		}
		develop(blurred, c)
		copy(pl.Pix, blurred.Pix)
	}
}

// gains are what exposure and white balance multiply each channel by.
func (c Camera) gains() [3]float32 {
	var g [3]float32
	for k := range g {
		g[k] = float32(math.Exp2(c.ExposureEV) * or(c.WB[k], 1))
	}
	return g
}

// fall is the light's gradient along its azimuth and the lens's vignette.
func (l Light) fall(seen *raster.RGB) {
	if l.Gradient == 0 && l.Vignette == 0 {
		return
	}
	s, c := math.Sincos(or(l.AzimuthDeg, defaultAzimuthDeg) * math.Pi / 180)
	w, h := float64(seen.W()-1)/2, float64(seen.H()-1)/2
	d := math.Hypot(w, h)
	parallelRows(seen.H(), func(y int) {
		r, g, b := seen.R.Row(y), seen.G.Row(y), seen.B.Row(y)
		for x := range r {
			u, v := (float64(x)-w)/d, (float64(y)-h)/d
			f := float32((1 + l.Gradient/2*(u*c+v*s)) * (1 - l.Vignette*(u*u+v*v)))
			r[x], g[x], b[x] = r[x]*f, g[x]*f, b[x]*f
		}
	})
}

// smear is a hand that moved sideways by so many pixels during the exposure.
func smear(p *raster.Plane, px float64) *raster.Plane {
	n := int(px)
	if n < 2 {
		return p
	}
	q := raster.New(p.W, p.H)
	parallelRows(p.H, func(y int) {
		src, dst := p.Row(y), q.Row(y)
		for x := range dst {
			var s float32
			for i := range n {
				s += src[filter.Mirror(x+i-n/2, p.W)]
			}
			dst[x] = s / float32(n)
		}
	})
	return q
}

// grain adds noise of variance a·light + b: photons and reading.
func grain(p *raster.Plane, strength float64, seed uint32) {
	a := float32(noiseAtWhite * noiseAtWhite * strength * strength)
	b := float32(noiseAtBlack * noiseAtBlack * strength * strength)
	parallelRows(p.H, func(y int) {
		row := p.Row(y)
		for x, v := range row {
			row[x] = v + float32(math.Sqrt(float64(a*max(v, 0)+b)))*gauss(hash(uint32(x), uint32(y), seed))
		}
	})
}

// gauss turns 32 random bits into a number of mean 0 and variance 1: the sum of four
// bytes, of variance 4·(256²−1)/12.
func gauss(h uint32) float32 {
	s := int(h&255) + int(h>>8&255) + int(h>>16&255) + int(h>>24) - 510
	return float32(s) * (1 / 147.8)
}

// develop applies tone curve and sharpening to encoded values and decodes them again.
func develop(p *raster.Plane, c Camera) {
	if c.Tone == 0 && c.Sharpen == 0 {
		return
	}
	parallelRows(p.H, func(y int) {
		row := p.Row(y)
		for x, v := range row {
			row[x] = curve3(encodeSRGB(v), float32(c.Tone))
		}
	})
	if c.Sharpen > 0 {
		soft := filter.Gaussian(p, 1)
		for i, v := range soft.Pix {
			p.Pix[i] += float32(float32(c.Sharpen) * (p.Pix[i] - v))
		}
	}
	parallelRows(p.H, func(y int) {
		row := p.Row(y)
		for x, v := range row {
			row[x] = decodeSRGB(v)
		}
	})
}

// curve3 mixes v with the S-curve 3v² − 2v³, which keeps black, middle and white.
func curve3(v, strength float32) float32 {
	if v <= 0 || v >= 1 {
		return v
	}
	return v + strength*0.5*(v*v*(3-2*v)-v)
}

func encodeSRGB(v float32) float32 {
	if v <= 0.0031308 {
		return 12.92 * v
	}
	return float32(1.055*math.Pow(float64(v), 1/2.4) - 0.055)
}

func decodeSRGB(v float32) float32 {
	if v <= 0.04045 {
		return v / 12.92
	}
	return float32(math.Pow((float64(v)+0.055)/1.055, 2.4))
}

// codes encode linear light to 8 bits by a table of 2^14 steps over the root of light,
// which is finer than half a code everywhere.
var codes = func() (t [1 << 14]uint8) {
	for i := range t {
		u := (float64(i) + 0.5) / (1 << 14)
		t[i] = uint8(math.Round(255 * clamp(float64(encodeSRGB(float32(u*u))), 0, 1)))
	}
	return t
}()

func code(v float32) uint8 {
	if !(v > 0) {
		return 0
	}
	return codes[min(len(codes)-1, int(math.Sqrt(float64(min(v, 1)))*(1<<14)))]
}

// encode makes a JPEG in sRGB.
func encode(c *raster.RGB, quality int) ([]byte, error) {
	img := image.NewRGBA(image.Rect(0, 0, c.W(), c.H()))
	parallelRows(c.H(), func(y int) {
		r, g, b := c.R.Row(y), c.G.Row(y), c.B.Row(y)
		out := img.Pix[y*img.Stride : y*img.Stride+4*len(r)]
		for x := range r {
			out[4*x], out[4*x+1], out[4*x+2], out[4*x+3] = code(r[x]), code(g[x]), code(b[x]), 255
		}
	})
	var buf bytes.Buffer
	if err := jpeg.Encode(&buf, img, &jpeg.Options{Quality: quality}); err != nil {
		return nil, err
	}
	return buf.Bytes(), nil
}
