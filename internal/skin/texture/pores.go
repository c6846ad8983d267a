package texture

import (
	"cmp"
	"math"
	"slices"

	"dermtrace/internal/geom"
	"dermtrace/internal/outcome"
	"dermtrace/internal/raster"
	"dermtrace/internal/roi"
)

// Pores are dark dots of the fine band: minima of the difference of Gaussians of 0.06 and
// 0.24 mm, which answers most to discs of 0.1 to 0.25 mm radius, the size of visible
// pores, round rather than long (project defaults).
const (
	poreDepth     = 0.06 // of light, that a minimum must fall short of its surroundings
	poreMaybe     = 0.03 // half of it: a pore known from another visit is still there
	poreRoundness = 0.4  // smaller over larger curvature, at least
)

// PoresLeastPxPerMM is the resolution below which pores are not counted: there the
// smallest has three pixels across.
const PoresLeastPxPerMM = 20

// UnitSize is the unit of a pore's diameter and a line's width.
const UnitSize = "mm"

// Pore is one dark dot.
type Pore struct {
	X, Y       float64 // pixels of the relief's plane
	Depth      float64 // light that its middle lacks in the fine band
	DiameterMM float64 // of the disc that would answer alike
	Sure       bool    // deep enough to count by itself
}

// CountsPores reports whether the photo resolves pores.
func (r *Relief) CountsPores() bool { return r.grid.PxPerMM >= PoresLeastPxPerMM }

// FindPores lists the dots of at least half the depth that counts, row by row. Below
// [PoresLeastPxPerMM] there are none.
func (r *Relief) FindPores() []Pore {
	if !r.CountsPores() {
		return nil
	}
	p := r.band().detail
	bands := make([][]Pore, (p.H+raster.BandRows-1)/raster.BandRows)
	raster.Bands(p.H, func(y0, y1 int) {
		list := &bands[y0/raster.BandRows]
		for y := max(y0, 1); y < min(y1, p.H-1); y++ {
			row := p.Row(y)
			for x, right := range row[1:] {
				v := row[x]
				if v < -poreMaybe && v <= right && x > 0 && v < row[x-1] && lowest(p, x, y) && r.field.Inside(y*p.W+x) {
					if h := hessianAt(p, x, y); round(h) {
						*list = append(*list, r.pore(x, y, h))
					}
				}
			}
		}
	})
	return slices.Concat(bands...)
}

// pore measures the dot at a minimum. A pit of Gaussian profile and variance s answers
// two Gaussians of variances a < b, with A = s + a and B = s + b, by V ∝ 1/A − 1/B and
// its Laplacian by 2(1/A² − 1/B²), so q = Laplacian/2V = 1/A + 1/B gives A and with it s.
// A disc of radius r answers like a pit of s = r²/2.
func (r *Relief) pore(x, y int, h hessian) Pore {
	v := -float64(r.band().detail.At(x, y))
	a, b := r.grid.px(fineMM), r.grid.px(middleMM)
	d := b*b - a*a
	// A second difference of a Gaussian falls short of its derivative: 2(1 − exp(−q/2)).
	q := -2 * math.Log(max(0.05, 1-(h.xx+h.yy)/(4*v)))
	big := (2 - q*d + math.Sqrt(q*q*d*d+4)) / (2 * q)
	s := max(0, big-a*a)
	// Where the minimum lies between pixels: one Newton step, at most half a pixel.
	held := func(t float64) float64 { return max(-0.5, min(t, 0.5)) }
	return Pore{
		X: float64(x) + held(-h.gx/h.xx), Y: float64(y) + held(-h.gy/h.yy),
		Depth: v, DiameterMM: 2 * math.Sqrt(2*s) * r.grid.mmPerPx(), Sure: v >= poreDepth,
	}
}

// Pores returns the number of pores per square centimetre, with their number as count,
// and their mean diameter.
func (r *Relief) Pores() (density, size outcome.Measurement) {
	if !r.CountsPores() {
		return outcome.Unmeasured(UnitPerArea, outcome.ScaleTooCoarse), outcome.Unmeasured(UnitSize, outcome.ScaleTooCoarse)
	}
	var n int
	var sum, square float64
	for _, p := range r.FindPores() {
		if p.Sure {
			n, sum, square = n+1, sum+p.DiameterMM, square+p.DiameterMM*p.DiameterMM
		}
	}
	px := r.grid.mmPerPx()
	cm2 := r.field.Area() * px * px / 100
	density = outcome.Measurement{Value: outcome.Number(float64(n) / cm2), Unit: UnitPerArea, SD: outcome.NaN(), N: n}
	if n == 0 {
		return density, outcome.Unmeasured(UnitSize, outcome.NothingFound)
	}
	mean := sum / float64(n)
	spread := math.Sqrt(max(0, square/float64(n)-mean*mean))
	return density, outcome.Measurement{Value: outcome.Number(mean), Unit: UnitSize, SD: outcome.Number(spread), N: n}
}

// PoreMap is the pores of one visit with where they lie; it outlives the photo.
type PoreMap struct {
	pores           []Pore
	at              []geom.Point // millimetres in the common frame
	shown           *roi.Mask    // pixels of the relief's plane in which a pore would be found
	reliefFromFrame geom.Transform
}

// PoreMap lists the pores; frameFromRelief takes pixels of the relief's plane to
// millimetres in the common frame. The error is [geom.ErrSingular].
func (r *Relief) PoreMap(frameFromRelief geom.Transform) (*PoreMap, error) {
	back, err := frameFromRelief.Inverse()
	if err != nil {
		return nil, err
	}
	w, h := r.field.Value.W, r.field.Value.H
	m := &PoreMap{pores: r.FindPores(), shown: &roi.Mask{W: w, H: h, In: make([]bool, w*h)}, reliefFromFrame: back}
	for y := 1; y < h-1; y++ {
		for x := 1; x < w-1; x++ {
			m.shown.In[y*w+x] = r.field.Inside(y*w + x)
		}
	}
	for _, p := range m.pores {
		m.at = append(m.at, frameFromRelief.Apply(geom.Point{X: p.X, Y: p.Y}))
	}
	return m, nil
}

// poreJoinMM is how far apart one pore may lie in two visits: the error of alignment.
const poreJoinMM = 0.25

// MatchPores joins the pores of two visits one to one, from the closest on. A pore counts
// if it is sure at either, and is gone or new only if the other shows no dot of half the
// depth there: the same rule both ways, so that chance alone loses and gains as many.
func MatchPores(before, after *PoreMap) outcome.Tally {
	partner := geom.Closest(nearPairs(before.at, after.at), len(before.at), len(after.at))
	taken := make([]bool, len(after.at))
	var t outcome.Tally
	for i, p := range before.pores {
		j := partner[i]
		if j >= 0 {
			taken[j] = true
		}
		switch {
		case j >= 0 && (p.Sure || after.pores[j].Sure):
			t.Persisted++
		case j < 0 && p.Sure && after.shows(before.at[i]):
			t.Gone++
		}
	}
	for j, p := range after.pores {
		if !taken[j] && p.Sure && before.shows(after.at[j]) {
			t.New++
		}
	}
	return t
}

// shows reports whether a pore at that place would have been found.
func (m *PoreMap) shows(at geom.Point) bool {
	p := m.reliefFromFrame.Apply(at)
	return m.shown.Contains(int(math.Round(p.X)), int(math.Round(p.Y)))
}

// nearPairs lists the places of a and b that lie within [poreJoinMM].
func nearPairs(a, b []geom.Point) []geom.Pair {
	var pairs []geom.Pair
	order := make([]int, len(b))
	for j := range order {
		order[j] = j
	}
	slices.SortStableFunc(order, func(p, q int) int { return cmp.Compare(b[p].X, b[q].X) })
	for i, p := range a {
		from, _ := slices.BinarySearchFunc(order, p.X-poreJoinMM, func(j int, x float64) int { return cmp.Compare(b[j].X, x) })
		for _, j := range order[from:] {
			if b[j].X > p.X+poreJoinMM {
				break
			}
			if d := p.Sub(b[j]).Norm(); d <= poreJoinMM {
				pairs = append(pairs, geom.Pair{I: i, J: j, Distance: d})
			}
		}
	}
	return pairs
}

// lowest reports whether (x, y) is below its eight neighbours; of equals the first is.
func lowest(p *raster.Plane, x, y int) bool {
	v := p.At(x, y)
	a, b, c := p.Row(y - 1)[x-1:x+2], p.Row(y)[x-1:x+2], p.Row(y + 1)[x-1:x+2]
	return v < a[0] && v < a[1] && v < a[2] && v < b[0] && v <= b[2] && v <= c[0] && v <= c[1] && v <= c[2]
}

func round(h hessian) bool {
	large, small := h.curvatures()
	return small >= poreRoundness*large
}
