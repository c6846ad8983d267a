package align

import (
	"math"
	"math/cmplx"

	"gonum.org/v1/gonum/dsp/fourier"

	"dermtrace/internal/geom"
	"dermtrace/internal/raster"
)

// Blocks weigh sizes and directions of structure by their contrast; each wave of it still says where it lies, by the
// phase of what frame and photo share of it (Kuglin & Hines 1975).

// A wave is what the photo shows of the frame's structure of one wave vector k, in radians per pixel of the level.
type wave struct {
	k    geom.Point
	ring int
	// phase is by how much the photo's leads, weight the inverse of its variance.
	phase, weight float64
}

const (
	// finestRing is that of π/1.6 radians, beyond which the cubics no longer read what is there, and minShared the
	// least coherence of a wave: below, the grid of JPEG shows.
	coarsestRing, finestRing, minShared = 2, blockPx * 10 / 32, 0.2
	// rings is the number of sizes.
	rings = finestRing - coarsestRing + 1
	// anotherPicture is the phase in radians from which on a wave is another picture, not one moved aside.
	anotherPicture = 0.7
	// phaseError is what sampling leaves of a phase, in radians.
	phaseError = 0.01
)

// A waveNumber is a place in the transform of a block, and the opposite one.
type waveNumber struct {
	at, opposite, ring int
	k                  geom.Point
}

// waveNumbers are the half that tells all.
var waveNumbers = func() (out []waveNumber) {
	const unit = 2 * math.Pi / blockPx
	for i := range finestRing + 1 {
		for j := -finestRing; j <= finestRing; j++ {
			u, v := float64(j), float64(i)
			ring := int(math.Round(math.Hypot(u, v)))
			if ring < coarsestRing || ring > finestRing || i == 0 && j < 0 {
				continue
			}
			at := func(i, j int) int { return (i+blockPx)%blockPx*blockPx + (j+blockPx)%blockPx }
			out = append(out, waveNumber{at(i, j), at(-i, -j), ring - coarsestRing, geom.Point{X: unit * u, Y: unit * v}})
		}
	}
	return out
}()

// A cross holds, by wave number, the sums over blocks of what frame and photo have in common, and of what each has.
type cross struct {
	both         []complex128
	frame, photo []float64
	blocks       int
	fft          *fourier.CmplxFFT
	grid         []complex128 // of one block
}

func newCross() *cross {
	n := len(waveNumbers)
	return &cross{make([]complex128, n), make([]float64, n), make([]float64, n), 0, fourier.NewCmplxFFT(blockPx), make([]complex128, blockPx*blockPx)}
}

// waves compares the solution's blocks with the photo.
func (s *solution) waves(photo []*level) []wave {
	const chunk = 32 // blocks that are summed by themselves, whatever the number of cores
	sums := make([]*cross, (len(s.votes)+chunk-1)/chunk)
	l := s.stack.levels[s.level]
	raster.Parallel(len(sums), func(i int) {
		sums[i] = newCross()
		for _, v := range s.votes[i*chunk : min((i+1)*chunk, len(s.votes))] {
			if !v.sure() {
				continue
			}
			if patch := v.block.patch(l, photo, s.warp); patch != nil {
				sums[i].add(l.plane, patch, v.block)
			}
		}
	})
	all := newCross()
	for _, c := range sums {
		all.merge(c)
	}
	return all.waves(s.stack.independence(s.level))
}

// add counts a block of the frame and what the photo shows there.
func (c *cross) add(frame, photo *raster.Plane, b *block) {
	if !c.together(frame, photo, b) {
		return
	}
	fft2(c.fft, c.grid, false)
	for n, w := range waveNumbers {
		f, p := apart(c.grid[w.at], c.grid[w.opposite])
		c.both[n] += cmplx.Conj(f) * p
		c.frame[n] += real(f)*real(f) + imag(f)*imag(f)
		c.photo[n] += real(p)*real(p) + imag(p)*imag(p)
	}
	c.blocks++
}

// apart returns what the transform of f + ip says of f and of p, real both, from its values at opposite places.
func apart(a, b complex128) (f, p complex128) {
	return complex((real(a)+real(b))/2, (imag(a)-imag(b))/2), complex((imag(a)+imag(b))/2, (real(b)-real(a))/2)
}

// together lays the contrast of a block in the frame and, imaginary, in the photo on the grid, under the window;
// false where either has none.
func (c *cross) together(frame, photo *raster.Plane, b *block) bool {
	var sumF, sumP float64
	for i, w := range window {
		f, p := frame.Row(b.y + i)[b.x:], photo.Row(probeRim + i)[probeRim:]
		for j, u := range window {
			sumF, sumP = sumF+w*u*float64(f[j]), sumP+w*u*float64(p[j])
		}
	}
	meanF, meanP := sumF/windowSum, sumP/windowSum
	var varF, varP float64
	for i, w := range window {
		f, p := frame.Row(b.y + i)[b.x:], photo.Row(probeRim + i)[probeRim:]
		for j, u := range window {
			x, y := w*u*(float64(f[j])-meanF), w*u*(float64(p[j])-meanP)
			c.grid[i*blockPx+j], varF, varP = complex(x, y), varF+x*x, varP+y*y
		}
	}
	if !(varF > 0 && varP > 0) {
		return false
	}
	// Every block counts alike: a card's edges outweigh all skin.
	perF, perP := 1/math.Sqrt(varF), 1/math.Sqrt(varP)
	for k, v := range c.grid {
		c.grid[k] = complex(perF*real(v), perP*imag(v))
	}
	return true
}

func (c *cross) merge(o *cross) {
	for k := range c.both {
		c.both[k] += o.both[k]
		c.frame[k] += o.frame[k]
		c.photo[k] += o.photo[k]
	}
	c.blocks += o.blocks
}

// waves reads the phases, of blocks of which that share is independent of each other.
func (c *cross) waves(independent float64) (out []wave) {
	known := 2 * float64(c.blocks) * independent * waveShare
	for n, w := range waveNumbers {
		re, im := real(c.both[n]), imag(c.both[n])
		shared, phase := (re*re+im*im)/(c.frame[n]*c.photo[n]), math.Atan2(im, re)
		if shared >= minShared*minShared && math.Abs(phase) <= anotherPicture {
			variance := (1-shared)/(shared*known) + phaseError*phaseError
			out = append(out, wave{w.k, w.ring, phase, 1 / variance})
		}
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
