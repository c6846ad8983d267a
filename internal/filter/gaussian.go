// Package filter makes planes from planes: smoothing, shrinking, warping, gradients.
//
// Every length is in pixels of the plane that it is applied to. At the edge the
// picture is mirrored about its outermost pixel centres (… 2 1 | 0 1 2 …), so that a
// constant stays constant. Nothing here knows about colour, light or skin.
package filter

import (
	"math"

	"dermtrace/internal/raster"
)

// directSigmaPx is the largest σ convolved directly. Wider Gaussians are taken on a
// shrunken plane: there they are at least directSigmaPx/2 pixels wide, where the
// box and the bilinear kernel that lead there and back are narrow beside them.
const directSigmaPx = 8

// truncate is the half-width of a kernel in σ; beyond 4 σ lie 6e-5 of a Gaussian. The outermost
// tap, which stands for half a pixel to either side, is the one that reaches nearest to it.
const truncate = 4

// Gaussian returns p smoothed by a Gaussian of standard deviation sigmaPx ≥ 0
// pixels. Up to 8 px the kernel is the sampled Gaussian cut at 4 σ; beyond, the
// plane is shrunk first, which keeps the cost per pixel constant and differs from
// the exact result by less than 1 % of the step at an ideal edge. The result is borrowed.
func Gaussian(p *raster.Plane, sigmaPx float64) *raster.Plane {
	switch {
	case sigmaPx < 0 || math.IsNaN(sigmaPx):
		panic("filter: negative sigma")
	case sigmaPx < 0.05 || p.W == 0 || p.H == 0:
		return p.Clone()
	case sigmaPx > directSigmaPx && min(p.W, p.H) > 4:
		return wideGaussian(p, sigmaPx)
	}
	return convolve(p, gaussianKernel(sigmaPx))
}

// wideGaussian shrinks by f, smooths and enlarges. Variances add: a box of f pixels
// has (f²−1)/12 and the linear interpolation between nodes f pixels apart f²/6.
func wideGaussian(p *raster.Plane, sigmaPx float64) *raster.Plane {
	f := min(int(2*sigmaPx/directSigmaPx), min(p.W, p.H)/2)
	f = max(f, 2)
	f2 := float64(f * f)
	rest := sigmaPx*sigmaPx - (f2-1)/12 - f2/6
	shrunk := Shrink(p, f)
	small := Gaussian(shrunk, math.Sqrt(rest)/float64(f))
	defer GiveBack(shrunk, small)
	return enlarge(small, p.W, p.H, f)
}

// gaussianKernel returns the half kernel k[0], k[1], … of a Gaussian, normalised so
// that k[0] + 2 Σ k[i] = 1.
func gaussianKernel(sigmaPx float64) []float32 {
	r := max(1, int(math.Round(truncate*sigmaPx)))
	w := make([]float64, r+1)
	sum := 0.0
	for i := range w {
		w[i] = math.Exp(-float64(i*i) / (2 * sigmaPx * sigmaPx))
		sum += w[i]
		if i > 0 {
			sum += w[i]
		}
	}
	k := make([]float32, r+1)
	for i := range k {
		k[i] = float32(w[i] / sum)
	}
	return k
}

// convolve applies a symmetric half kernel along rows, then along columns.
func convolve(p *raster.Plane, k []float32) *raster.Plane {
	rows := Borrow(p.W, p.H)
	defer GiveBack(rows)
	raster.Bands(p.H, func(y0, y1 int) {
		line := make([]float32, p.W+2*(len(k)-1))
		for y := y0; y < y1; y++ {
			pad(line, p.Row(y), len(k)-1)
			convolveRow(rows.Row(y), line, k)
		}
	})
	out := Borrow(p.W, p.H)
	raster.Bands(p.H, func(y0, y1 int) {
		for y := y0; y < y1; y++ {
			convolveColumns(out.Row(y), rows, y, k)
		}
	})
	return out
}

// pad copies src into line with r mirrored pixels on either side.
func pad(line, src []float32, r int) {
	copy(line[r:], src)
	for i := 1; i <= r; i++ {
		line[r-i] = src[Mirror(-i, len(src))]
		line[r+len(src)-1+i] = src[Mirror(len(src)-1+i, len(src))]
	}
}

// convolveRow is dst[x] = k[0] line[x+r] + Σ k[i] (line[x+r−i] + line[x+r+i]).
func convolveRow(dst, line, k []float32) {
	r := len(k) - 1
	sumTaps(dst, k, func(i int) []float32 { return line[r+i:] })
}

// convolveColumns is convolveRow along the columns that cross row y.
func convolveColumns(dst []float32, p *raster.Plane, y int, k []float32) {
	sumTaps(dst, k, func(i int) []float32 { return p.Row(Mirror(y+i, p.H)) })
}

// sumTaps is dst[x] = k[0] row(0)[x] + Σ k[i] (row(−i)[x] + row(i)[x]), added in order of i: the first
// one to three with the middle, then three at a time, so that dst is seldom read and written.
func sumTaps(dst, k []float32, row func(i int) []float32) {
	three := func(i int) [6][]float32 {
		return [6][]float32{row(-i), row(i), row(-i - 1), row(i + 1), row(-i - 2), row(i + 2)}
	}
	i := 2 + (len(k)-2)%3
	switch i {
	case 2:
		firstTap(dst, [3][]float32{row(0), row(-1), row(1)}, k[0], k[1])
	case 3:
		firstTwoTaps(dst, [5][]float32{row(0), row(-1), row(1), row(-2), row(2)}, [3]float32(k))
	case 4:
		firstThreeTaps(dst, row(0), three(1), [4]float32(k))
	}
	for ; i < len(k); i += 3 {
		addThreeTaps(dst, three(i), [3]float32(k[i:]))
	}
}

func firstTap(dst []float32, rows [3][]float32, k0, k1 float32) {
	n := len(dst)
	m, a, b := rows[0][:n], rows[1][:n], rows[2][:n]
	for x := range dst {
		dst[x] = float32(k0*m[x]) + float32(k1*(a[x]+b[x]))
	}
}

func firstTwoTaps(dst []float32, rows [5][]float32, k [3]float32) {
	n := len(dst)
	m, a, b, c, d := rows[0][:n], rows[1][:n], rows[2][:n], rows[3][:n], rows[4][:n]
	k0, k1, k2 := k[0], k[1], k[2]
	for x := range dst {
		v := float32(k0*m[x]) + float32(k1*(a[x]+b[x]))
		dst[x] = v + float32(k2*(c[x]+d[x]))
	}
}

func firstThreeTaps(dst, middle []float32, rows [6][]float32, k [4]float32) {
	n := len(dst)
	m, a, b, c, d, e, f := middle[:n], rows[0][:n], rows[1][:n], rows[2][:n], rows[3][:n], rows[4][:n], rows[5][:n]
	k0, k1, k2, k3 := k[0], k[1], k[2], k[3]
	for x := range dst {
		v := float32(k0*m[x]) + float32(k1*(a[x]+b[x]))
		v += float32(k2 * (c[x] + d[x]))
		dst[x] = v + float32(k3*(e[x]+f[x]))
	}
}

func addThreeTaps(dst []float32, rows [6][]float32, k [3]float32) {
	n := len(dst)
	a, b, c, d, e, f := rows[0][:n], rows[1][:n], rows[2][:n], rows[3][:n], rows[4][:n], rows[5][:n]
	k0, k1, k2 := k[0], k[1], k[2]
	for x, v := range dst {
		v += float32(k0 * (a[x] + b[x]))
		v += float32(k1 * (c[x] + d[x]))
		dst[x] = v + float32(k2*(e[x]+f[x]))
	}
}

// Mirror folds an index outside [0, n) back into it about the outermost pixels.
func Mirror(i, n int) int {
	if n == 1 {
		return 0
	}
	period := 2 * (n - 1)
	i %= period
	if i < 0 {
		i += period
	}
	if i >= n {
		i = period - i
	}
	return i
}
