package filter

import (
	"math"
	"math/rand/v2"
	"strconv"
	"testing"

	"dermtrace/internal/geom"
	"dermtrace/internal/raster"
)

func noise(w, h int) *raster.Plane {
	r := rand.New(rand.NewPCG(1, 2))
	p := raster.New(w, h)
	for i := range p.Pix {
		p.Pix[i] = float32(r.NormFloat64())
	}
	return p
}

// A step smoothed by σ is the normal distribution function of the distance to it.
func TestGaussianOfAStepIsTheNormalDistribution(t *testing.T) {
	p := raster.New(600, 40)
	for y := range p.H {
		for x := 300; x < p.W; x++ {
			p.Set(x, y, 1)
		}
	}
	// A sampled kernel sums by the midpoint rule: its error is max|φ'|/(24 σ²) ≈ 0.01/σ².
	for _, tt := range []struct{ sigma, tol float64 }{{1, 0.011}, {2, 0.003}, {8, 0.0005}, {12, 0.01}, {40, 0.01}} {
		q := Gaussian(p, tt.sigma)
		for x := 200; x < 400; x++ {
			d := (float64(x) - 299.5) / tt.sigma
			want := 0.5 * math.Erfc(-d/math.Sqrt2)
			if got := float64(q.At(x, 20)); !(math.Abs(got-want) <= tt.tol) {
				t.Fatalf("σ %g at %d: %g, want %g ± %g", tt.sigma, x, got, want, tt.tol)
			}
		}
	}
}

// Smoothing white noise by σ leaves 1/(4πσ²) of its variance.
func TestGaussianOfWhiteNoise(t *testing.T) {
	p := noise(512, 512)
	for _, sigma := range []float64{2, 6, 16} {
		q := Gaussian(p, sigma)
		var s float64
		for _, v := range q.Pix {
			s += float64(v) * float64(v)
		}
		got, want := s/float64(len(q.Pix)), 1/(4*math.Pi*sigma*sigma)
		if !(math.Abs(got/want-1) <= 0.15) {
			t.Errorf("σ %g: variance %g, want %g", sigma, got, want)
		}
	}
}

// Against the definition, tap by tap in order and to the last bit, along rows and then columns.
func TestGaussianIsTheSumOfItsTaps(t *testing.T) {
	for _, sigma := range []float64{0.4, 0.6, 1.2, 2.4} { // kernels of even and odd reach
		p, k := noise(19, 7), gaussianKernel(sigma)
		sum := func(q *raster.Plane, x, y, dx, dy int) float32 {
			at := func(i int) float32 { return q.At(Mirror(x+i*dx, q.W), Mirror(y+i*dy, q.H)) }
			s := k[0] * at(0)
			for i := 1; i < len(k); i++ {
				s += float32(k[i] * (at(-i) + at(i)))
			}
			return s
		}
		rows, got := raster.New(p.W, p.H), Gaussian(p, sigma)
		for i := range rows.Pix {
			rows.Pix[i] = sum(p, i%p.W, i/p.W, 1, 0)
		}
		for i, v := range got.Pix {
			if want := sum(rows, i%p.W, i/p.W, 0, 1); v != want {
				t.Fatalf("σ %g, pixel %d: %g, want %g", sigma, i, v, want)
			}
		}
	}
}

func TestConstantsStayConstant(t *testing.T) {
	p := raster.New(33, 21)
	for i := range p.Pix {
		p.Pix[i] = 0.25
	}
	for name, q := range map[string]*raster.Plane{"gaussian": Gaussian(p, 3), "wide": Gaussian(p, 30), "shrink": Shrink(p, 4)} {
		for i, v := range q.Pix {
			if !(math.Abs(float64(v)-0.25) <= 1e-6) {
				t.Fatalf("%s: pixel %d is %g", name, i, v)
			}
		}
	}
}

func TestBilinearAtAPixelIsThatPixel(t *testing.T) {
	p := noise(40, 30)
	if v := Bilinear(p, geom.Point{X: 13, Y: 8}); v != p.At(13, 8) {
		t.Errorf("at a pixel %g, want %g", v, p.At(13, 8))
	}
	if v := float64(Bilinear(p, geom.Point{X: 42, Y: 8})); !math.IsNaN(v) {
		t.Errorf("outside %g, want NaN", v)
	}
}

// Against the definition: the mean of a block, narrower ones at the edges.
func TestShrinkTakesMeansOfBlocks(t *testing.T) {
	for _, f := range []int{2, 3, 5, 64} {
		p := noise(61, 35)
		q := Shrink(p, f)
		if q.W != (61+f-1)/f || q.H != (35+f-1)/f {
			t.Fatalf("by %d: %d×%d", f, q.W, q.H)
		}
		for y := range q.H {
			for x := range q.W {
				var sum, n float64
				for v := y * f; v < min((y+1)*f, p.H); v++ {
					for u := x * f; u < min((x+1)*f, p.W); u++ {
						sum, n = sum+float64(p.At(u, v)), n+1
					}
				}
				if got := float64(q.At(x, y)); !(math.Abs(got-sum/n) <= 1e-5) {
					t.Fatalf("by %d: (%d, %d) is %g, want %g", f, x, y, got, sum/n)
				}
			}
		}
	}
}

func TestMirror(t *testing.T) {
	for _, tt := range []struct{ i, n, want int }{{-1, 5, 1}, {5, 5, 3}, {0, 1, 0}, {7, 1, 0}, {-9, 5, 1}, {4, 5, 4}} {
		if got := Mirror(tt.i, tt.n); got != tt.want {
			t.Errorf("Mirror(%d, %d) = %d, want %d", tt.i, tt.n, got, tt.want)
		}
	}
}

func BenchmarkGaussian(b *testing.B) {
	p := noise(4000, 3000)
	for _, sigma := range []float64{2, 30} {
		b.Run(map[float64]string{2: "sigma2", 30: "sigma30"}[sigma], func(b *testing.B) {
			b.SetBytes(int64(4 * len(p.Pix)))
			b.ReportAllocs()
			for b.Loop() {
				Gaussian(p, sigma)
			}
		})
	}
}

func BenchmarkShrink(b *testing.B) {
	p := noise(4000, 3000)
	for _, f := range []int{2, 3, 6} {
		b.Run(strconv.Itoa(f), func(b *testing.B) {
			b.SetBytes(int64(4 * len(p.Pix)))
			b.ReportAllocs()
			for b.Loop() {
				Shrink(p, f)
			}
		})
	}
}
