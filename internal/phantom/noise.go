package phantom

import "math"

// hash mixes three integers into 32 random bits (the finaliser of MurmurHash3, applied
// after each). Integers alone decide it, so every machine agrees.
func hash(a, b, c uint32) uint32 { return mix(a*mixA ^ b*mixB ^ c*mixC) }

// Multipliers that spread integers over all bits (those of xxHash).
const mixA, mixB, mixC uint32 = 0x9e3779b1, 0x85ebca77, 0xc2b2ae3d

func mix(h uint32) uint32 {
	h ^= h >> 16
	h *= 0x85ebca6b
	h ^= h >> 13
	h *= 0xc2b2ae35
	return h ^ h>>16
}

// dice are independent random numbers named by a stream: the n-th number of a stream
// does not depend on what other streams gave.
type dice struct{ stream, key, n uint32 }

func newDice(seed uint32, name string, keys ...int) *dice {
	h := seed
	for _, c := range []byte(name) {
		h = hash(h, uint32(c), 1)
	}
	for _, k := range keys {
		h = hash(h, uint32(k), 2)
	}
	return &dice{stream: h, key: hash(h, 3, 4)}
}

func (d *dice) bits() uint32 {
	d.n++
	return hash(d.stream, d.key, d.n)
}

// unit is uniform in [0, 1).
func (d *dice) unit() float64 { return float64(d.bits()) / (1 << 32) }

func (d *dice) between(a, b float64) float64 { return a + (b-a)*d.unit() }

// normal has mean 0 and variance 1: the sum of twelve uniform numbers less six, which
// reaches 6 at most.
func (d *dice) normal() float64 {
	s := -6.0
	for range 12 {
		s += d.unit()
	}
	return s
}

// gradients are sixteen directions of the noise.
var gradients = func() (g [16][2]float32) {
	for i := range g {
		s, c := math.Sincos(float64(i) * math.Pi / 8)
		g[i] = [2]float32{float32(c), float32(s)}
	}
	return g
}()

// gradientsOf are those at the corners of a lattice cell.
func gradientsOf(seed, i, j uint32) (a, b, c, d *[2]float32) {
	x0, y0, z := i*mixA, j*mixB, seed*mixC
	x1, y1 := x0+mixA, y0+mixB
	return &gradients[mix(x0^y0^z)>>28], &gradients[mix(x1^y0^z)>>28], &gradients[mix(x0^y1^z)>>28], &gradients[mix(x1^y1^z)>>28]
}

// noise is gradient noise of one lattice cell per unit with quintic blending (Perlin
// 2002, ACM TOG 21:681), in about [−0.7, 0.7] with variance 0.06, and its derivatives.
func noise(seed uint32, x, y float32) (v, dx, dy float32) {
	fi, fj := floor(x), floor(y)
	u, w := x-fi, y-fj
	a, b, c, d := gradientsOf(seed, uint32(int32(fi)), uint32(int32(fj)))
	va, vb := a[0]*u+a[1]*w, b[0]*(u-1)+b[1]*w
	vc, vd := c[0]*u+c[1]*(w-1), d[0]*(u-1)+d[1]*(w-1)
	su, du := quintic(u)
	sw, dw := quintic(w)
	k1, k2, k3 := vb-va, vc-va, va-vb-vc+vd
	v = va + su*k1 + sw*k2 + su*sw*k3
	dx = a[0] + su*(b[0]-a[0]) + sw*(c[0]-a[0]) + su*sw*(a[0]-b[0]-c[0]+d[0]) + du*(k1+sw*k3)
	dy = a[1] + su*(b[1]-a[1]) + sw*(c[1]-a[1]) + su*sw*(a[1]-b[1]-c[1]+d[1]) + dw*(k2+su*k3)
	return v, dx, dy
}

// level is noise without its derivatives: the same value in half the time.
func level(seed uint32, x, y float32) float32 {
	fi, fj := floor(x), floor(y)
	u, w := x-fi, y-fj
	a, b, c, d := gradientsOf(seed, uint32(int32(fi)), uint32(int32(fj)))
	va, vb := a[0]*u+a[1]*w, b[0]*(u-1)+b[1]*w
	vc, vd := c[0]*u+c[1]*(w-1), d[0]*(u-1)+d[1]*(w-1)
	su, sw := u*u*u*(u*(u*6-15)+10), w*w*w*(w*(w*6-15)+10)
	k1, k2, k3 := vb-va, vc-va, va-vb-vc+vd
	return va + su*k1 + sw*k2 + su*sw*k3
}

func quintic(t float32) (s, ds float32) {
	return t * t * t * (t*(t*6-15) + 10), 30 * t * t * (t*(t-2) + 1)
}

func floor(x float32) float32 {
	i := float32(int32(x))
	if i > x {
		i--
	}
	return i
}

// noiseSD makes one octave of noise of variance 1.
const noiseSD = 0.245

// rough is noise of unit variance at a wavelength in mm. Each seed turns its lattice, so
// that no direction of the skin is favoured.
func rough(seed uint32, x, y, wavelength float64) float64 {
	g := &turns[seed&15]
	u, w := float32(x/wavelength), float32(y/wavelength)
	return float64(level(seed, g[0]*u-g[1]*w, g[1]*u+g[0]*w)) / noiseSD
}

// turns are sixteen turns of a lattice, none along an axis.
var turns = func() (g [16][2]float32) {
	for i := range g {
		s, c := math.Sincos((float64(5*i%16) + 0.37) * math.Pi / 32)
		g[i] = [2]float32{float32(c), float32(s)}
	}
	return g
}()

// smoothstep rises from 0 at a to 1 at b.
func smoothstep(a, b, x float64) float64 {
	t := max(0, min(1, (x-a)/(b-a)))
	return t * t * (3 - 2*t)
}

func clamp(x, lo, hi float64) float64 { return max(lo, min(x, hi)) }
