package texture

import (
	"cmp"
	"math"
	"slices"

	"dermtrace/internal/geom"
	"dermtrace/internal/outcome"
	"dermtrace/internal/raster"
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
			for x, v := range p.Row(y) {
				if v < -poreMaybe && x > 0 && x < p.W-1 && r.field.Inside(y*p.W+x) && lowest(p, x, y) {
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

// Fates of pores between two visits.
const (
	PorePersisted = "persisted"
	PoreGone      = "gone"
	PoreNew       = "new"
)

// PoreVisit is the relief of one visit with where its plane lies.
type PoreVisit struct {
	Relief          *Relief
	FrameFromRelief geom.Transform // pixels of the relief's plane to millimetres in the common frame
}

// MatchedPore is one pore seen at either visit. Where it is gone or new, the missing side
// is the zero Pore.
type MatchedPore struct {
	At            geom.Point // millimetres in the common frame
	Before, After Pore
	Fate          string
}

// poreJoinMM is how far apart one pore may lie in two visits: the error of alignment.
const poreJoinMM = 0.25

// MatchPores joins the pores of two visits one to one, from the closest on. A pore counts
// if it is sure at either, and is gone or new only if the other shows no dot of half the
// depth there: the same rule both ways, so that chance alone loses and gains as many.
// Pores that the other region does not show are left out. The error is
// [geom.ErrSingular].
func MatchPores(before, after PoreVisit) ([]MatchedPore, error) {
	a, b := before.Relief.FindPores(), after.Relief.FindPores()
	atA, atB := before.places(a), after.places(b)
	partner := nearestPairs(atA, atB)
	taken := make([]bool, len(b))
	var list []MatchedPore
	for i, p := range a {
		if j := partner[i]; j >= 0 {
			taken[j] = true
			if p.Sure || b[j].Sure {
				list = append(list, MatchedPore{atA[i], p, b[j], PorePersisted})
			}
		}
	}
	lost, err := after.missing(a, atA, func(i int) bool { return partner[i] >= 0 })
	if err != nil {
		return nil, err
	}
	gained, err := before.missing(b, atB, func(j int) bool { return taken[j] })
	if err != nil {
		return nil, err
	}
	for _, i := range lost {
		list = append(list, MatchedPore{At: atA[i], Before: a[i], Fate: PoreGone})
	}
	for _, j := range gained {
		list = append(list, MatchedPore{At: atB[j], After: b[j], Fate: PoreNew})
	}
	return list, nil
}

func (v PoreVisit) places(list []Pore) []geom.Point {
	at := make([]geom.Point, len(list))
	for i, p := range list {
		at[i] = v.FrameFromRelief.Apply(geom.Point{X: p.X, Y: p.Y})
	}
	return at
}

// missing lists the sure pores of the other visit that have no partner though this
// visit shows their place.
func (v PoreVisit) missing(list []Pore, at []geom.Point, paired func(i int) bool) ([]int, error) {
	reliefFromFrame, err := v.FrameFromRelief.Inverse()
	if err != nil {
		return nil, err
	}
	var alone []int
	field := v.Relief.field
	for i, p := range list {
		q := reliefFromFrame.Apply(at[i])
		x, y := int(math.Round(q.X)), int(math.Round(q.Y))
		shown := x >= 1 && y >= 1 && x < field.Value.W-1 && y < field.Value.H-1 && field.Inside(y*field.Value.W+x)
		if p.Sure && shown && !paired(i) {
			alone = append(alone, i)
		}
	}
	return alone, nil
}

// nearestPairs pairs places one to one within [poreJoinMM], the closest first; −1 where
// a place of a has no partner.
func nearestPairs(a, b []geom.Point) []int {
	type pair struct {
		i, j     int
		distance float64
	}
	var pairs []pair
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
				pairs = append(pairs, pair{i, j, d})
			}
		}
	}
	slices.SortFunc(pairs, func(p, q pair) int {
		return cmp.Or(cmp.Compare(p.distance, q.distance), cmp.Compare(p.i, q.i), cmp.Compare(p.j, q.j))
	})
	partner, taken := make([]int, len(a)), make([]bool, len(b))
	for i := range partner {
		partner[i] = -1
	}
	for _, p := range pairs {
		if partner[p.i] < 0 && !taken[p.j] {
			partner[p.i], taken[p.j] = p.j, true
		}
	}
	return partner
}

// lowest reports whether (x, y) is below its eight neighbours; of equals the first is.
func lowest(p *raster.Plane, x, y int) bool {
	v := p.At(x, y)
	a, b, c := p.Row(y - 1)[x-1:x+2], p.Row(y)[x-1:x+2], p.Row(y + 1)[x-1:x+2]
	return v < a[0] && v < a[1] && v < a[2] && v < b[0] && v <= b[2] && v <= c[0] && v <= c[1] && v <= c[2]
}

func round(h hessian) bool {
	large, small, _, _ := h.eigen()
	return small >= poreRoundness*large
}
