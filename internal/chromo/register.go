package chromo

import (
	"math"

	"gonum.org/v1/gonum/mat"

	"dermtrace/internal/raster"
)

// A region's mottles are laid on each other by their red light, which blood hardly changes:
// an exhaustive search on coarse pixels, then Gauss-Newton steps (Lucas & Kanade 1981,
// IJCAI:674) on those and on all. A link needs it to a tenth of a millimetre.
const (
	coarser             = 2         // pixels of a mottle along a coarse one
	searchDeg, everyDeg = 12.0, 3.0 // turns that are tried: photos of one view differ by less
	searchMM            = 4.0       // and shifts, beyond those of the region's middle
	comparedInSearch    = 1000      // pixels, which tell a right place from chance
	comparedInSteps     = 20000
	leastAlike          = 0.3 // correlation below which it is not the same skin (project default)
)

// affine takes a pixel of one mottle to another's: x' = a x + b y + c, y' = d x + e y + f.
type affine [6]float64

// finer is the transform between pixels a coarser-th as large, whose large pixels begin
// where the first small one does.
func (t affine) finer() affine {
	const k, half = float64(coarser), float64(coarser-1) / 2
	return affine{t[0], t[1], k*t[2] + half - (t[0]+t[1])*half, t[3], t[4], k*t[5] + half - (t[3]+t[4])*half}
}

func (t affine) at(x, y int) between {
	u, v := t[0]*float64(x)+t[1]*float64(y)+t[2], t[3]*float64(x)+t[4]*float64(y)+t[5]
	i, j := math.Floor(u), math.Floor(v)
	return between{int(i), int(j), float32(u - i), float32(v - j)}
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
	soft := Field{Value: f.Smooth(1), Weight: weight}
	return layer{soft.blotches(mm).Value, weight, mm}
}

// onto is the transform from the pixels of base to those of the mottle; ok is false where
// they do not show the same skin.
func (m *Mottle) onto(base *Mottle) (t affine, ok bool) {
	t, ok = m.coarse.search(base.coarse)
	if !ok {
		return t, false
	}
	t = m.coarse.refine(base.coarse, t).finer()
	t = m.fine.refine(base.fine, t)
	return t, m.fine.alike(base.fine, t, 1) >= leastAlike
}

// search tries turns and shifts of another layer.
func (l layer) search(from layer) (best affine, ok bool) {
	fx, fy := from.middle()
	x, y := l.middle()
	reach := int(searchMM / l.mm)
	most, every := 0.0, 1+len(from.value.Pix)/comparedInSearch
	for deg := -searchDeg; deg <= searchDeg; deg += everyDeg {
		s, c := math.Sincos(deg * math.Pi / 180)
		s, c = s*from.mm/l.mm, c*from.mm/l.mm
		for dy := -reach; dy <= reach; dy++ {
			for dx := -reach; dx <= reach; dx++ {
				t := affine{c, -s, x + float64(dx) - c*fx + s*fy, s, c, y + float64(dy) - s*fx - c*fy}
				if r := l.alike(from, t, every); r > most {
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

// alike is the correlation over every n-th pixel where both layers count, 0 where that is
// less than half of the other.
func (l layer) alike(from layer, t affine, every int) float64 {
	var n, all, aa, ab, bb float64
	for i := 0; i < len(from.weight.Pix); i += every {
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

// refine takes Gauss-Newton steps from a transform.
func (l layer) refine(from layer, t affine) affine {
	const most, done = 8, 0.01
	for range most {
		step, ok := l.step(from, t)
		if !ok {
			return t
		}
		for a, d := range step {
			t[a] += d
		}
		if math.Abs(step[2])+math.Abs(step[5]) < done {
			return t
		}
	}
	return t
}

// step solves the normal equations of one of them.
func (l layer) step(from layer, t affine) (d affine, ok bool) {
	var normal [36]float64
	var right [6]float64
	for i := 0; i < len(from.weight.Pix); i += 1 + len(from.weight.Pix)/comparedInSteps {
		x, y := i%from.weight.W, i/from.weight.W
		at := t.at(x, y)
		if from.weight.Pix[i] == 0 || !at.inside(l.weight) {
			continue
		}
		gx, gy := at.slope(l.value)
		r := float64(from.value.Pix[i] - at.of(l.value))
		j := [6]float64{gx * float64(x), gx * float64(y), gx, gy * float64(x), gy * float64(y), gy}
		for a := range j {
			right[a] += j[a] * r
			for b := a; b < len(j); b++ {
				normal[a*len(j)+b] += j[a] * j[b]
			}
		}
	}
	var factor mat.Cholesky
	var solved mat.VecDense
	if !factor.Factorize(mat.NewSymDense(len(right), normal[:])) || factor.SolveVecTo(&solved, mat.NewVecDense(len(right), right[:])) != nil {
		return d, false
	}
	for a := range d {
		d[a] = solved.AtVec(a)
	}
	return d, true
}
