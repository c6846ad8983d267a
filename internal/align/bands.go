package align

import (
	"math"
	"math/cmplx"

	"gonum.org/v1/gonum/dsp/fourier"

	"dermtrace/internal/geom"
	"dermtrace/internal/raster"
)

// A blurred photo has lost the fine structure that a lamp hardly displaces, and its levels, coarse
// alike, drift apart by little more than their noise. Yet each size of structure still says where it
// lies, by the phases of what frame and photo share (Kuglin & Hines 1975): the finer the nearer to the
// truth. Blocks weigh sizes by their contrast, so coarse relief speaks loudest; here each size speaks
// for itself, and what they tend to is where the skin lies.

// A band is structure of one size.
type band struct {
	// wave is the wave number, in radians per pixel of the level.
	wave float64
	// d is where the photo shows such structure, less where the warp puts it, in pixels of the
	// level, and variance that of either coordinate.
	d        geom.Point
	variance float64
}

const (
	// minBlurred is the reach from which on a photo is blurred: sharp ones have 1 to 1.02, those blurred by
	// σ 1.5 px 1.1 to 2.5.
	minBlurred = 1.1
	// finestBand is that of π/1.6 radians, beyond which the cubics no longer read what is there, and
	// minShared the least coherence of a band: below, the grid of JPEG shows.
	coarsestBand, finestBand, minShared = 2, blockPx / 3.2, 0.2
	// minBands is the least number of bands that show where finer ones tend.
	minBands = 4
)

// A cross holds, by wave number, the sums over blocks of what frame and photo have in common, and of what each has.
type cross struct {
	both         [blockPx * blockPx]complex128
	frame, photo [blockPx * blockPx]float64
	blocks       int
}

// bands compares the solution's blocks with the photo.
func (s *solution) bands(photo []*level) []band {
	const chunk = 16 // blocks that are summed by themselves, whatever the number of cores
	sums := make([]cross, (len(s.votes)+chunk-1)/chunk)
	l := s.stack.levels[s.level]
	raster.Parallel(len(sums), func(i int) {
		fft := fourier.NewCmplxFFT(blockPx)
		for _, v := range s.votes[i*chunk : min((i+1)*chunk, len(s.votes))] {
			if !v.sure() {
				continue
			}
			if patch := v.block.patch(l, photo, s.warp); patch != nil {
				sums[i].add(fft, l.plane, patch, v.block)
			}
		}
	})
	var all cross
	for i := range sums {
		all.merge(&sums[i])
	}
	return all.bands(s.stack.independence(s.level))
}

// add counts a block of the frame and what the photo shows there.
func (c *cross) add(fft *fourier.CmplxFFT, frame, photo *raster.Plane, b *block) {
	g := together(frame, photo, b)
	if g == nil {
		return
	}
	fft2(fft, g, false)
	for i := range blockPx {
		for j := range blockPx {
			k := i*blockPx + j
			a, b := g[k], cmplx.Conj(g[(blockPx-i)%blockPx*blockPx+(blockPx-j)%blockPx])
			f, p := (a+b)/2, (a-b)/complex(0, 2)
			c.both[k] += cmplx.Conj(f) * p
			c.frame[k] += real(f)*real(f) + imag(f)*imag(f)
			c.photo[k] += real(p)*real(p) + imag(p)*imag(p)
		}
	}
	c.blocks++
}

// together is the contrast of a block in the frame and, imaginary, in the photo, under the window; nil where either is
// black.
func together(frame, photo *raster.Plane, b *block) []complex128 {
	var sumF, sumP float64
	for i, w := range window {
		f, p := frame.Row(b.y + i)[b.x:], photo.Row(probeRim + i)[probeRim:]
		for j, u := range window {
			sumF, sumP = sumF+w*u*float64(f[j]), sumP+w*u*float64(p[j])
		}
	}
	if !(sumF > 0 && sumP > 0) {
		return nil
	}
	g := make([]complex128, blockPx*blockPx)
	for i, w := range window {
		f, p := frame.Row(b.y + i)[b.x:], photo.Row(probeRim + i)[probeRim:]
		for j, u := range window {
			g[i*blockPx+j] = complex(w*u*(float64(f[j])*windowSum/sumF-1), w*u*(float64(p[j])*windowSum/sumP-1))
		}
	}
	return g
}

func (c *cross) merge(o *cross) {
	for k := range c.both {
		c.both[k] += o.both[k]
		c.frame[k] += o.frame[k]
		c.photo[k] += o.photo[k]
	}
	c.blocks += o.blocks
}

// bands reads the displacements from the slopes of the phases, of blocks of which that share is independent of each
// other.
func (c *cross) bands(independent float64) (out []band) {
	const unit = 2 * math.Pi / blockPx
	for n := coarsestBand; n <= finestBand; n++ {
		var shared, count, waves, squares, x, y float64
		for i := range blockPx {
			for j := range blockPx {
				u, v := float64((j+blockPx/2)%blockPx-blockPx/2), float64((i+blockPx/2)%blockPx-blockPx/2)
				r, k := math.Hypot(u, v), i*blockPx+j
				if int(math.Round(r)) != n || !(c.frame[k] > 0 && c.photo[k] > 0) {
					continue
				}
				both := c.both[k] / complex(math.Sqrt(c.frame[k]*c.photo[k]), 0)
				shared, count, waves, squares = shared+real(both), count+1, waves+unit*r, squares+unit*unit*r*r
				x, y = x-unit*u*imag(both), y-unit*v*imag(both)
			}
		}
		s := shared / count
		if !(s >= minShared) {
			break
		}
		half := s * squares / 2 // of which either coordinate has half
		known := s * half / (1 - s*s) * float64(c.blocks) * independent * waveShare
		out = append(out, band{waves / count, geom.Point{X: x / half, Y: y / half}, 1 / known})
	}
	return out
}

// waveShare is the share of the wave numbers that a block tells independently of each other: the window mixes
// neighbours.
var waveShare = func() float64 {
	var squares, fourths float64
	for _, w := range window {
		squares, fourths = squares+w*w, fourths+w*w*w*w
	}
	s := squares * squares / (blockPx * fourths)
	return s * s
}()

// limit is what bands of ever finer structure tend to, and its standard error: the a of d = a + b·exp(−(wave/width)²),
// the displacement of relief by a lamp on phantoms. All widths that the bands span, and all sizes of b about the least
// drift, are weighed by how well they explain the bands.
func limit(bands []band, least float64) (d geom.Point, se float64) {
	const octaves, widths = 3, 5
	var sum, squares float64
	for n := range widths {
		width := 0.4 * math.Exp2(float64(n)/2)
		for k := -octaves; k <= octaves; k++ {
			a, variance, w := tend(bands, width, least*math.Exp2(float64(k)))
			sum += w
			d.X, d.Y = d.X+w*a.X, d.Y+w*a.Y
			squares += w * (2*variance + a.X*a.X + a.Y*a.Y)
		}
	}
	d.X, d.Y = d.X/sum, d.Y/sum
	return d, math.Sqrt(max(squares/sum-d.X*d.X-d.Y*d.Y, 0))
}

// tend fits a + b·exp(−(wave/width)²) to the bands, b being of size sd, and returns a, the variance of either coordinate,
// and how likely the bands are then.
func tend(bands []band, width, sd float64) (a geom.Point, variance, likely float64) {
	var n [3]float64 // the normal equations of a and b
	var p, q geom.Point
	var rest float64
	for _, s := range bands {
		f := math.Exp(-s.wave * s.wave / (width * width))
		w := 1 / (s.variance + bandError*bandError)
		n[0], n[1], n[2] = n[0]+w, n[1]+w*f, n[2]+w*f*f
		p, q = geom.Point{X: p.X + w*s.d.X, Y: p.Y + w*s.d.Y}, geom.Point{X: q.X + w*f*s.d.X, Y: q.Y + w*f*s.d.Y}
		rest += w * (s.d.X*s.d.X + s.d.Y*s.d.Y)
	}
	n[2] += 1 / (sd * sd)
	det := n[0]*n[2] - n[1]*n[1]
	a = geom.Point{X: (n[2]*p.X - n[1]*q.X) / det, Y: (n[2]*p.Y - n[1]*q.Y) / det}
	b := geom.Point{X: (n[0]*q.X - n[1]*p.X) / det, Y: (n[0]*q.Y - n[1]*p.Y) / det}
	rest -= a.X*p.X + a.Y*p.Y + b.X*q.X + b.Y*q.Y
	return a, n[2] / det, math.Exp(-rest/2) / (det * sd * sd)
}

// bandError is what sampling leaves of a band: of the two pictures of many blocks less than of those of one.
const bandError = floorPx / 2
