package align

import (
	"math"
	"math/bits"

	"dermtrace/internal/raster"
)

// A descriptor is what the neighbourhood of a feature looks like: 4×4 histograms of 8
// gradient directions in the feature's own frame (Lowe 2004), each value its square root
// (Arandjelović & Zisserman 2012), quantised to 8 bits; sign marks the values above the mean
// and serves to find candidates fast.
type descriptor struct {
	bins [descriptorLen]uint8
	sign [2]uint64
}

const (
	histSide, histAngles = 4, 8
	descriptorLen        = histSide * histSide * histAngles
	// samplesSide × samplesSide gradients are read per descriptor, binSigma/4 σ apart.
	samplesSide = 16
	// binSigma is the side of one histogram in σ of the feature (Lowe 2004).
	binSigma = 3
	// descriptorReach is how far a descriptor reaches from its feature, in σ: half its
	// diagonal.
	descriptorReach = binSigma * histSide / 2 * math.Sqrt2
	// peakShare is how high a second direction must be to make a feature of its own.
	peakShare = 0.8
	// maxBin cuts the value of one bin before the square root (Lowe 2004).
	maxBin = 0.2
)

// describe returns one feature per dominant direction.
func (k *keypoint) describe(l *level) []feature {
	o := k.octave
	g := o.gauss[min(max(int(math.Round(layers*math.Log2(k.sigma/baseSigma))), 0), len(o.gauss)-1)]
	at, sigma := l.photoFromLevel().Apply(k.place()), k.sigma*o.scale*l.scale
	var out []feature
	for _, angle := range orientations(g, k) {
		if d, ok := describe(g, k, angle); ok {
			out = append(out, feature{at: at, sigma: sigma, angle: angle, desc: d})
		}
	}
	return out
}

const (
	angleBins = 36
	// orientationSide samples reach either way from the keypoint, to three times the width,
	// 1.5 σ, of the Gaussian that weights them (Lowe 2004, section 5).
	orientationSide  = 7
	orientationWidth = 1.5
)

var orientationWeight = func() (w [2*orientationSide + 1][2*orientationSide + 1]float64) {
	for i := range w {
		for j := range w {
			u, v := float64(i-orientationSide)*3/orientationSide, float64(j-orientationSide)*3/orientationSide
			w[i][j] = math.Exp(-(u*u + v*v) / 2)
		}
	}
	return w
}()

// orientations returns the peaks of the histogram of gradient directions around k, at most two.
func orientations(g *raster.Plane, k *keypoint) []float64 {
	var hist [angleBins]float64
	step := 3 * orientationWidth * k.sigma / orientationSide
	for i := range orientationWeight {
		for j, w := range orientationWeight[i] {
			gx, gy, ok := gradient(g, k.x+float64(j-orientationSide)*step, k.y+float64(i-orientationSide)*step)
			if ok {
				addCircular(hist[:], turns(gy, gx)*angleBins, math.Sqrt(gx*gx+gy*gy)*w)
			}
		}
	}
	return peaks(smoothCircular(smoothCircular(hist)))
}

func smoothCircular(h [angleBins]float64) (s [angleBins]float64) {
	for i := range h {
		s[i] = (h[(i+angleBins-1)%angleBins] + h[i] + h[(i+1)%angleBins]) / 3
	}
	return s
}

// addCircular shares v between the two bins beside position a in [0, len(hist)).
func addCircular(hist []float64, a, v float64) {
	i := int(a)
	f := v * (a - float64(i))
	hist[i] += v - f
	if i++; i == len(hist) {
		i = 0
	}
	hist[i] += f
}

func peaks(h [angleBins]float64) []float64 {
	top := 0
	for i := range h {
		if h[i] > h[top] {
			top = i
		}
	}
	if h[top] == 0 {
		return nil
	}
	out := []float64{peakAngle(h, top)}
	second := -1
	for i := range h {
		l, r := h[(i+angleBins-1)%angleBins], h[(i+1)%angleBins]
		if i != top && h[i] > l && h[i] >= r && h[i] >= peakShare*h[top] && (second < 0 || h[i] > h[second]) {
			second = i
		}
	}
	if second >= 0 {
		out = append(out, peakAngle(h, second))
	}
	return out
}

func peakAngle(h [angleBins]float64, i int) float64 {
	l, c, r := h[(i+angleBins-1)%angleBins], h[i], h[(i+1)%angleBins]
	off := 0.0
	if d := l - 2*c + r; d != 0 {
		off = (l - r) / 2 / d
	}
	return (float64(i) + off) * 2 * math.Pi / angleBins
}

// gradient reads the central differences of g at the pixel nearest to (x, y).
func gradient(g *raster.Plane, x, y float64) (gx, gy float64, ok bool) {
	i, j := int(x+0.5), int(y+0.5)
	if x < 0.5 || y < 0.5 || i >= g.W-1 || j >= g.H-1 {
		return 0, 0, false
	}
	p := j*g.W + i
	return float64(g.Pix[p+1] - g.Pix[p-1]), float64(g.Pix[p+g.W] - g.Pix[p-g.W]), true
}

// A sample is one of the places that a descriptor reads: its position in the feature's
// frame in steps, its weight, and the histograms that it is shared between.
type sample struct {
	u, v  float64
	n     int
	hist  [4]int
	share [4]float64
}

// samples is the fixed pattern: a Gaussian of half the descriptor's width weights it (Lowe
// 2004, section 6.1), and each place is shared bilinearly between the nearest histograms.
var samples = func() (out [samplesSide * samplesSide]sample) {
	for k := range out {
		i, j := k/samplesSide, k%samplesSide
		s := sample{u: float64(j) - (samplesSide-1)/2.0, v: float64(i) - (samplesSide-1)/2.0}
		w := math.Exp(-(s.u*s.u + s.v*s.v) / (2 * (samplesSide / 2) * (samplesSide / 2)))
		row, col := sampleCell(i), sampleCell(j)
		for _, r := range [2]int{int(math.Floor(row)), int(math.Floor(row)) + 1} {
			for _, c := range [2]int{int(math.Floor(col)), int(math.Floor(col)) + 1} {
				if r >= 0 && c >= 0 && r < histSide && c < histSide {
					s.hist[s.n] = (r*histSide + c) * histAngles
					s.share[s.n] = w * (1 - math.Abs(row-float64(r))) * (1 - math.Abs(col-float64(c)))
					s.n++
				}
			}
		}
		out[k] = s
	}
	return out
}()

// sampleCell is the position of sample i in units of histograms.
func sampleCell(i int) float64 { return (float64(i)+0.5)*histSide/samplesSide - 0.5 }

// describe reads the gradients in a square turned by angle. It refuses a square that
// leaves the picture by more than a fifth.
func describe(g *raster.Plane, k *keypoint, angle float64) (descriptor, bool) {
	var hist [descriptorLen]float64
	step := binSigma * k.sigma * histSide / samplesSide
	c, s := math.Cos(angle), math.Sin(angle)
	missing := 0
	for i := range samples {
		p := &samples[i]
		gx, gy, ok := gradient(g, k.x+step*(c*p.u-s*p.v), k.y+step*(s*p.u+c*p.v))
		if !ok {
			missing++
			continue
		}
		mag := math.Sqrt(gx*gx + gy*gy)
		a := turns(c*gy-s*gx, c*gx+s*gy) * histAngles
		for n := range p.n {
			addCircular(hist[p.hist[n]:p.hist[n]+histAngles], a, mag*p.share[n])
		}
	}
	if missing > samplesSide*samplesSide/5 {
		return descriptor{}, false
	}
	return quantize(&hist)
}

func quantize(hist *[descriptorLen]float64) (descriptor, bool) {
	var d descriptor
	var n float64
	for _, v := range hist {
		n += v * v
	}
	if n == 0 {
		return d, false
	}
	n = math.Sqrt(n)
	var sum float64
	for i, v := range hist {
		hist[i] = min(v/n, maxBin)
		sum += hist[i]
	}
	var mean float64
	for i, v := range hist {
		hist[i] = math.Sqrt(v / sum)
		mean += hist[i] / descriptorLen
	}
	for i, v := range hist {
		d.bins[i] = uint8(min(math.Round(512*v), 255))
		if v > mean {
			d.sign[i/64] |= 1 << (i % 64)
		}
	}
	return d, true
}

// mirrored returns the descriptor of the same place in a mirrored photo: rows across
// the feature's direction change places and directions change sign.
func (d *descriptor) mirrored() descriptor {
	var m descriptor
	for r := range histSide {
		for c := range histSide {
			for a := range histAngles {
				from := (r*histSide+c)*histAngles + a
				to := ((histSide-1-r)*histSide+c)*histAngles + (histAngles-a)%histAngles
				m.bins[to] = d.bins[from]
				if d.sign[from/64]>>(from%64)&1 == 1 {
					m.sign[to/64] |= 1 << (to % 64)
				}
			}
		}
	}
	return m
}

// hamming is the number of signs in which two descriptors differ.
func (d *descriptor) hamming(e *descriptor) int {
	return bits.OnesCount64(d.sign[0]^e.sign[0]) + bits.OnesCount64(d.sign[1]^e.sign[1])
}

// distance is the squared Euclidean distance of the quantised bins.
func (d *descriptor) distance(e *descriptor) int {
	s := 0
	for i := range d.bins {
		v := int(d.bins[i]) - int(e.bins[i])
		s += v * v
	}
	return s
}
