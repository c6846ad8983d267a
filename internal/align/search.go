package align

import (
	"cmp"
	"math"
	"math/cmplx"
	"slices"

	"gonum.org/v1/gonum/dsp/fourier"

	"dermtrace/internal/filter"
	"dermtrace/internal/geom"
	"dermtrace/internal/raster"
)

// Where features fail (smooth skin, a changed view), every turn and size of the photo is laid
// over the frame at every place, on small pictures, and the best are handed to the blocks.
const (
	// searchPx bounds the longer side of the pictures; searchSide, at least twice that
	// and free of large prime factors, holds them without wrapping round.
	searchPx, searchSide = 96, 192
	// The turns and sizes tried: what a person with a camera and no guide leaves.
	turnStep, turnsTried = math.Pi / 24, 4
	sizeStep, sizesTried = 1.19, 2
	// searchHypotheses go to the blocks, from peaks at least searchPeakMinDist pixels apart, at
	// which the pictures share at least minSearchOverlap of the smaller.
	searchHypotheses  = 10
	minSearchOverlap  = 0.3
	searchPeakMinDist = 5
	// minSearchArea is the least number of pixels with picture: a thirtieth of them.
	minSearchArea = 300
	// searchBand is the σ in pixels below which structure is kept, and half the σ over which its
	// contrast is made even; searchFloor, 1 % of light, keeps empty surfaces from being blown up.
	searchBand, searchFloor = 3.0, 0.01
)

// A spectrum is the Fourier transform of a small, locally normalised picture (real part)
// and of its coverage (imaginary part, until split).
type spectrum struct {
	signal, cover []complex128
	area          float64
}

// small is the picture for the search: band-passed ln of light over its local contrast.
type small struct {
	l      *level
	signal *raster.Plane
	cover  *raster.Plane
}

func newSmall(ls []*level) *small {
	l := ls[len(ls)-1].ln()
	for max(l.plane.W, l.plane.H) > searchPx {
		l = l.half()
	}
	c := raster.New(l.plane.W, l.plane.H)
	for y := range c.H {
		for x := range c.W {
			if !l.isVoid(geom.Point{X: float64(x), Y: float64(y)}) {
				c.Set(x, y, 1)
			}
		}
	}
	return &small{l, normalize(l.plane, c), c}
}

// normalize returns cover·(v − mean)/contrast, mean and contrast by Gaussians over the
// covered pixels (normalised convolution, Knutsson & Westin 1993).
func normalize(p, cover *raster.Plane) *raster.Plane {
	n := filter.Gaussian(cover, searchBand)
	d := covered(p, cover, func(v, _ float32) float32 { return v })
	m := filter.Gaussian(d, searchBand)
	for i, v := range p.Pix {
		d.Pix[i] = 0
		if cover.Pix[i] > 0 {
			d.Pix[i] = v - m.Pix[i]/n.Pix[i]
		}
	}
	sq := covered(d, cover, func(v, _ float32) float32 { return v * v })
	e := filter.Gaussian(sq, 2*searchBand)
	n = filter.Gaussian(cover, 2*searchBand)
	for i := range d.Pix {
		if cover.Pix[i] > 0 {
			d.Pix[i] /= float32(math.Sqrt(float64(e.Pix[i]/n.Pix[i])) + searchFloor)
		}
	}
	return d
}

func covered(p, cover *raster.Plane, fn func(v, c float32) float32) *raster.Plane {
	q := raster.New(p.W, p.H)
	for i, v := range p.Pix {
		if cover.Pix[i] > 0 {
			q.Pix[i] = fn(v, cover.Pix[i])
		}
	}
	return q
}

// spectrum transforms the picture as seen through smallFromGrid.
func (s *small) spectrum(smallFromGrid geom.Transform) *spectrum {
	grid := make([]complex128, searchSide*searchSide)
	area := 0.0
	for y := range searchSide {
		for x := range searchSide {
			q := smallFromGrid.Apply(geom.Point{X: float64(x), Y: float64(y)})
			c := filter.Bilinear(s.cover, q)
			if c > 0.9 {
				grid[y*searchSide+x] = complex(float64(filter.Bilinear(s.signal, q)), 1)
				area++
			}
		}
	}
	fft2(fourier.NewCmplxFFT(searchSide), grid, false)
	out := &spectrum{make([]complex128, len(grid)), make([]complex128, len(grid)), area}
	for y := range searchSide {
		for x := range searchSide {
			i := y*searchSide + x
			j := (searchSide-y)%searchSide*searchSide + (searchSide-x)%searchSide
			a, b := grid[i], cmplx.Conj(grid[j])
			out.signal[i], out.cover[i] = (a+b)/2, (a-b)/complex(0, 2)
		}
	}
	return out
}

// fft2 transforms a square grid in place, forwards or backwards, without scaling.
func fft2(fft *fourier.CmplxFFT, g []complex128, back bool) {
	side := fft.Len()
	line := make([]complex128, side)
	for pass := range 2 {
		for i := range side {
			at, step := i*side, 1
			if pass == 1 {
				at, step = i, side
			}
			for k := range line {
				line[k] = g[at+k*step]
			}
			if back {
				fft.Sequence(line, line)
			} else {
				fft.Coefficients(line, line)
			}
			for k, v := range line {
				g[at+k*step] = v
			}
		}
	}
}

// A peak is a place of high correlation.
type peak struct {
	t     geom.Transform
	score float64
}

// search returns the transforms with the highest correlation, best first.
func (f *Frame) search(p *photo) []hypothesis {
	a, b := f.small, newSmall(p.red)
	if f.spectrum().area < minSearchArea {
		return nil
	}
	if a.l.plane.W < 16 || a.l.plane.H < 16 || b.l.plane.W < 16 || b.l.plane.H < 16 {
		return nil
	}
	var views []geom.Transform
	for i := -turnsTried; i <= turnsTried; i++ {
		for j := -sizesTried; j <= sizesTried; j++ {
			views = append(views, searchView(a, b, float64(i)*turnStep, math.Pow(sizeStep, float64(j))))
		}
	}
	found := make([][]peak, len(views))
	raster.Parallel(len(views), func(i int) { found[i] = a.peaks(f.spectrum(), b, views[i]) })
	all := slices.Concat(found...)
	slices.SortStableFunc(all, func(x, y peak) int { return cmp.Compare(y.score, x.score) })
	var out []hypothesis
	for _, k := range all {
		if len(out) == searchHypotheses {
			break
		}
		t := b.l.photoFromLevel().Mul(k.t).Mul(a.l.levelFromPhoto())
		out = append(out, hypothesis{photoFromFrame: t})
	}
	return out
}

// searchView returns the transform from the grid to b's small picture that turns and scales about
// the middle and undoes the difference in size of the two small pictures' pixels: photos of one
// series are mostly framed alike.
func searchView(a, b *small, angle, size float64) geom.Transform {
	fit := float64(max(b.l.plane.W, b.l.plane.H)) / float64(max(a.l.plane.W, a.l.plane.H))
	cb := geom.Translation(float64(b.l.plane.W-1)/2, float64(b.l.plane.H-1)/2)
	ca := geom.Translation(-float64(a.l.plane.W-1)/2, -float64(a.l.plane.H-1)/2)
	return cb.Mul(geom.Similarity(fit*size, angle, 0, 0)).Mul(ca)
}

// peaks correlates b, seen through view, with the frame at every shift and returns the
// best places as transforms from a's to b's small pixels. The score is the correlation in its
// standard errors: Σ fg/√n.
func (a *small) peaks(frame *spectrum, b *small, view geom.Transform) []peak {
	half := geom.Translation(-searchSide/4, -searchSide/4)
	g := b.spectrum(view.Mul(half))
	// Both correlations are real, so one transform carries them side by side.
	prod := make([]complex128, len(g.signal))
	for i := range prod {
		prod[i] = g.signal[i]*cmplx.Conj(frame.signal[i]) + 1i*g.cover[i]*cmplx.Conj(frame.cover[i])
	}
	fft2(fourier.NewCmplxFFT(searchSide), prod, true)
	score := make([]float64, len(prod))
	norm := 1 / float64(searchSide*searchSide)
	for i := range prod {
		n := imag(prod[i]) * norm
		if n >= minSearchOverlap*min(frame.area, g.area) && n > 1 {
			score[i] = real(prod[i]) * norm / math.Sqrt(n)
		}
	}
	var out []peak
	for range 2 {
		i := argmax(score)
		if score[i] <= 0 {
			break
		}
		x, y := i%searchSide, i/searchSide
		dx, dy := float64(wrap(x)), float64(wrap(y))
		out = append(out, peak{view.Mul(half).Mul(geom.Translation(dx, dy)), score[i]})
		suppress(score, x, y)
	}
	return out
}

func wrap(i int) int {
	if i >= searchSide/2 {
		return i - searchSide
	}
	return i
}

func argmax(v []float64) int {
	best := 0
	for i, x := range v {
		if x > v[best] {
			best = i
		}
	}
	return best
}

func suppress(score []float64, x, y int) {
	for dy := -searchPeakMinDist; dy <= searchPeakMinDist; dy++ {
		for dx := -searchPeakMinDist; dx <= searchPeakMinDist; dx++ {
			i, j := (x+dx+searchSide)%searchSide, (y+dy+searchSide)%searchSide
			score[j*searchSide+i] = 0
		}
	}
}
