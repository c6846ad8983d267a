package chromo

import (
	"math"

	"gonum.org/v1/gonum/mat"

	"dermtrace/internal/filter"
	"dermtrace/internal/raster"
)

// A region's mottles are laid on each other by their red light, which blood hardly changes:
// upright or by an exhaustive search on coarse pixels, then by Gauss-Newton steps (Lucas &
// Kanade 1981, IJCAI:674) on those and on all. A link needs it to a tenth of a pixel: skin
// that lies beside its own follows no law of leaks. So the map is a polynomial in the end,
// which perspective and a gentle stretch are.
const (
	coarser             = 2         // pixels of a mottle along a coarse one
	searchDeg, everyDeg = 12.0, 3.0 // turns that are tried: photos of one view differ by less
	searchMM            = 3.0       // and shifts, beyond those of the region's middle
	comparedInSearch    = 500       // pixels, which tell a right place from chance
	comparedInSteps     = 10000
	// Correlations (project defaults) below which it is not the same skin, and from which
	// there is no need to search.
	leastAlike, surelyAlike = 0.3, 0.6
)

// Terms of a polynomial in x and y of the first and third order.
const affine, cubic = 3, 10

// warp takes a pixel of one mottle to another's by polynomials in the first's coordinates,
// counted from a middle in units that make them at most about 1.
type warp struct {
	x0, y0, unit float64
	terms        int // that are not 0
	x, y         [cubic]float64
}

// powers are the terms at a pixel.
func (t *warp) powers(x, y int) (p [cubic]float64) {
	a, b := (float64(x)-t.x0)/t.unit, (float64(y)-t.y0)/t.unit
	p[0], p[1], p[2] = 1, a, b
	if t.terms > affine {
		p[3], p[4], p[5] = a*a, a*b, b*b
		p[6], p[7], p[8], p[9] = a*p[3], a*p[4], a*p[5], b*p[5]
	}
	return p
}

func (t *warp) at(x, y int) between {
	p := t.powers(x, y)
	var u, v float64
	for k := range t.terms {
		u, v = u+t.x[k]*p[k], v+t.y[k]*p[k]
	}
	i, j := math.Floor(u), math.Floor(v)
	return between{int(i), int(j), float32(u - i), float32(v - j)}
}

// row is the warp along a row of pixels: a polynomial in x alone.
func (t *warp) row(y int) (r rowWarp) {
	r.x0, r.unit = t.x0, t.unit
	b := (float64(y) - t.y0) / t.unit
	for i, c := range [2]*[cubic]float64{&t.x, &t.y} {
		r.c[i] = [4]float64{c[0] + b*c[2], c[1]}
		if t.terms > affine {
			r.c[i] = [4]float64{c[0] + b*(c[2]+b*(c[5]+b*c[9])), c[1] + b*(c[4]+b*c[8]), c[3] + b*c[7], c[6]}
		}
	}
	return r
}

type rowWarp struct {
	x0, unit float64
	c        [2][4]float64 // of x and y, by the power of the first's x
}

func (r *rowWarp) at(x int) between {
	a, p, q := (float64(x)-r.x0)/r.unit, &r.c[0], &r.c[1]
	u, v := p[0]+a*(p[1]+a*(p[2]+a*p[3])), q[0]+a*(q[1]+a*(q[2]+a*q[3]))
	i, j := math.Floor(u), math.Floor(v)
	return between{int(i), int(j), float32(u - i), float32(v - j)}
}

// finer is the warp between pixels a coarser-th as large, whose large pixels begin where
// the first small one does.
func (t warp) finer() warp {
	const k, half = float64(coarser), float64(coarser-1) / 2
	t.x0, t.y0, t.unit = k*t.x0+half, k*t.y0+half, k*t.unit
	for i := range t.x {
		t.x[i], t.y[i] = k*t.x[i], k*t.y[i]
	}
	t.x[0], t.y[0] = t.x[0]+half, t.y[0]+half
	return t
}

// between is a place between four pixels, the upper left of which is (i, j).
type between struct {
	i, j   int
	fx, fy float32
}

// inside reports whether all four are there and count.
func (b between) inside(weight *raster.Plane) bool {
	if b.i < 0 || b.j < 0 || b.i+1 >= weight.W || b.j+1 >= weight.H {
		return false
	}
	k := b.j*weight.W + b.i
	return weight.Pix[k] > 0 && weight.Pix[k+1] > 0 && weight.Pix[k+weight.W] > 0 && weight.Pix[k+weight.W+1] > 0
}

// of interpolates a plane there.
func (b between) of(p *raster.Plane) float32 {
	k := b.j*p.W + b.i
	top := p.Pix[k] + float32(b.fx*(p.Pix[k+1]-p.Pix[k]))
	bottom := p.Pix[k+p.W] + float32(b.fx*(p.Pix[k+p.W+1]-p.Pix[k+p.W]))
	return top + float32(b.fy*(bottom-top))
}

// slope is the derivative of a plane there.
func (b between) slope(p *raster.Plane) (x, y float64) {
	k := b.j*p.W + b.i
	p00, p10, p01, p11 := p.Pix[k], p.Pix[k+1], p.Pix[k+p.W], p.Pix[k+p.W+1]
	across := p11 - p01 - p10 + p00
	return float64(p10 - p00 + float32(b.fy*across)), float64(p01 - p00 + float32(b.fx*across))
}

// layer is ln R at the scale of blotches.
type layer struct {
	value, weight *raster.Plane // weights are 0 or 1
	mm            float64       // per pixel
}

func newLayer(f Field, mm float64) layer {
	weight := raster.New(f.Value.W, f.Value.H)
	for i := range weight.Pix {
		if f.Inside(i) {
			weight.Pix[i] = 1
		}
	}
	soft := f.Smooth(1)
	broad := NewField(soft, weight).Smooth(blotchToMM / mm)
	defer filter.GiveBack(broad)
	for i, v := range broad.Pix {
		soft.Pix[i] -= v
	}
	return layer{soft, weight, mm}
}

// onto is the warp from the pixels of base to those of the mottle; ok is false where they do
// not show the same skin.
func (m *Mottle) onto(base *Mottle) (t warp, ok bool) {
	t = m.coarse.refine(base.coarse, m.coarse.upright(base.coarse))
	if m.coarse.alike(base.coarse, &t, comparedInSteps) < surelyAlike {
		if t, ok = m.coarse.search(base.coarse); !ok {
			return t, false
		}
		t = m.coarse.refine(base.coarse, t)
	}
	t = m.fine.refine(base.fine, t.finer())
	t.terms = cubic
	t = m.fine.refine(base.fine, t)
	return t, m.fine.alike(base.fine, &t, comparedInSteps) >= leastAlike
}

// upright lays another layer's middle on this one's.
func (l layer) upright(from layer) warp {
	t := warp{terms: affine, unit: float64(max(from.weight.W, from.weight.H)) / 2}
	t.x0, t.y0 = from.middle()
	t.x[0], t.y[0] = l.middle()
	t.x[1], t.y[2] = t.unit*from.mm/l.mm, t.unit*from.mm/l.mm
	return t
}

// search tries turns and shifts of another layer.
func (l layer) search(from layer) (best warp, ok bool) {
	start := l.upright(from)
	reach := int(searchMM / l.mm)
	most := 0.0
	for deg := -searchDeg; deg <= searchDeg; deg += everyDeg {
		s, c := math.Sincos(deg * math.Pi / 180)
		t := start
		t.x[1], t.x[2], t.y[1], t.y[2] = c*start.x[1], -s*start.x[1], s*start.x[1], c*start.x[1]
		for dy := -reach; dy <= reach; dy++ {
			for dx := -reach; dx <= reach; dx++ {
				t.x[0], t.y[0] = start.x[0]+float64(dx), start.y[0]+float64(dy)
				if r := l.alike(from, &t, comparedInSearch); r > most {
					best, most = t, r
				}
			}
		}
	}
	return best, most > 0
}

// middle is the centre of what counts.
func (l layer) middle() (x, y float64) {
	var n float64
	for i, w := range l.weight.Pix {
		x, y, n = x+float64(w)*float64(i%l.weight.W), y+float64(w)*float64(i/l.weight.W), n+float64(w)
	}
	return x / n, y / n
}

// alike is the correlation over so many of the pixels where both layers count, 0 where that is
// less than half of the other.
func (l layer) alike(from layer, t *warp, compared int) float64 {
	var n, all, aa, ab, bb float64
	for i := 0; i < len(from.weight.Pix); i += 1 + len(from.weight.Pix)/compared {
		if from.weight.Pix[i] == 0 {
			continue
		}
		all++
		at := t.at(i%from.weight.W, i/from.weight.W)
		if !at.inside(l.weight) {
			continue
		}
		a, b := float64(from.value.Pix[i]), float64(at.of(l.value))
		n, aa, ab, bb = n+1, aa+a*a, ab+a*b, bb+b*b
	}
	if !(n > all/2) || !(aa > 0 && bb > 0) {
		return 0
	}
	return ab / math.Sqrt(aa*bb)
}

// refine takes Gauss-Newton steps from a warp, in the terms that it has.
func (l layer) refine(from layer, t warp) warp {
	const most, done = 8, 0.005
	for range most {
		step, ok := l.step(from, &t)
		if !ok {
			return t
		}
		for k := range t.terms {
			t.x[k], t.y[k] = t.x[k]+step[k], t.y[k]+step[t.terms+k]
		}
		if math.Abs(step[0])+math.Abs(step[t.terms]) < done {
			return t
		}
	}
	return t
}

// Products of two terms are powers of x and y again, up to twice the order: of the pairs of a
// cubic's terms a third differ. They are listed as terms are, by order and then by the power of y.
const mostProducts = 28

// productsOf counts those of so many terms.
func productsOf(terms int) int {
	n := 2 * order(terms-1)
	return (n + 1) * (n + 2) / 2
}

// product is which one that of the terms a and b is.
func product(a, b int) int {
	m, n := order(a), order(b)
	return (m+n)*(m+n+1)/2 + a - m*(m+1)/2 + b - n*(n+1)/2
}

// order is that of the k-th term or product.
func order(k int) int {
	n := 0
	for (n+1)*(n+2)/2 <= k {
		n++
	}
	return n
}

// products fills p with the first of them at a pixel.
func (t *warp) products(p []float64, x, y int) {
	a, b := (float64(x)-t.x0)/t.unit, (float64(y)-t.y0)/t.unit
	p[0] = 1
	for n, next := 1, 1; next < len(p); n++ {
		last := p[next-n : next]
		for i, v := range last {
			p[next+i] = a * v
		}
		p[next+n] = b * last[n-1]
		next += n + 1
	}
}

// step solves the normal equations of one of them: of x first, then of y.
func (l layer) step(from layer, t *warp) (step []float64, ok bool) {
	n := t.terms
	var all, xx, xy, yy [mostProducts]float64
	p, right := all[:productsOf(n)], make([]float64, 2*n)
	for i := 0; i < len(from.weight.Pix); i += 1 + len(from.weight.Pix)/comparedInSteps {
		if from.weight.Pix[i] == 0 {
			continue
		}
		x, y := i%from.weight.W, i/from.weight.W
		at := t.at(x, y)
		if !at.inside(l.weight) {
			continue
		}
		gx, gy := at.slope(l.value)
		r := float64(from.value.Pix[i] - at.of(l.value))
		t.products(p, x, y)
		for a, v := range p[:n] {
			right[a], right[n+a] = right[a]+gx*r*v, right[n+a]+gy*r*v
		}
		gxx, gxy, gyy := gx*gx, gx*gy, gy*gy
		for a, v := range p {
			xx[a], xy[a], yy[a] = xx[a]+gxx*v, xy[a]+gxy*v, yy[a]+gyy*v
		}
	}
	normal := mat.NewSymDense(2*n, nil)
	for a := range n {
		for b := range n {
			k := product(a, b)
			normal.SetSym(a, b, xx[k])
			normal.SetSym(a, n+b, xy[k])
			normal.SetSym(n+a, n+b, yy[k])
		}
	}
	var factor mat.Cholesky
	var solved mat.VecDense
	if !factor.Factorize(normal) || factor.SolveVecTo(&solved, mat.NewVecDense(2*n, right)) != nil {
		return nil, false
	}
	return solved.RawVector().Data, true
}
