package calib

import (
	"math"
	"slices"

	"dermtrace/internal/cie"
	"dermtrace/internal/geom"
	"dermtrace/internal/raster"
)

// The card's own coordinates: patch n (0 dark skin … 23 black) is centred on
// (n mod 6, n div 6), so that cells are squares of side 1.
const (
	gridCols  = 6
	gridRows  = 4
	gridCells = gridCols * gridRows
)

// cardCorners are the corners of the 6×4 cells at patch 1, 6, 24 and 19.
var cardCorners = [4]geom.Point{{X: -0.5, Y: -0.5}, {X: 5.5, Y: -0.5}, {X: 5.5, Y: 3.5}, {X: -0.5, Y: 3.5}}

func cellAt(n int) geom.Point {
	return geom.Point{X: float64(n % gridCols), Y: float64(n / gridCols)}
}

// placement is a way to lay the card onto a lattice.
type placement struct {
	photoFromCard geom.Transform
	score         float64 // rank correlation of the patches with the card's, mean of three
	cut           bool    // some patches are beside the picture
	inside        int     // nodes that fall on patches
	floor         float64 // of light, for logarithms: logFloor of the lightest patch
}

// Bounds on placements.
const (
	// minScore is the least rank correlation. Any other quarter turn of the card scores
	// below 0.45, shifts by a row below 0.6 (from the card's own colours); strong casts
	// leave ranks alone, and a shadow over half the card costs 0.1.
	minScore = 0.75
	// minCutScore and minCutPatches are those of a card that the edge of the picture cuts:
	// fewer patches agree by chance more easily. Project defaults.
	minCutScore   = 0.85
	minCutPatches = gridCells / 2
	// minInside is the least share of a lattice's nodes that fall on patches: beside the
	// card other flat things may join in.
	minInside = 0.7
	// offPlane is how far, in steps, a node may lie from the lattice's homography.
	offPlane = 0.25
)

// place returns the best placement on a lattice, of a whole card if there is one.
func place(nodes []node, logs [3]*raster.Plane) (placement, bool) {
	photoFromLattice, nodes, err := latticePlane(nodes)
	if err != nil {
		return placement{}, false
	}
	best := placement{score: math.Inf(-1), cut: true}
	chart := logFeatures(chartLogs())
	need := int(math.Ceil(minInside * float64(len(nodes))))
	for turn := range 4 {
		for _, at := range offsets(nodes, turn, max(need, 4)) {
			p := placement{photoFromCard: photoFromLattice.Mul(latticeFromCard(turn, at.col, at.row)), inside: at.count}
			colours, seen := peek(logs, p.photoFromCard)
			p.score, p.cut = orderScore(colours, seen, chart), len(seen) < gridCells
			if p.counts() && p.betterThan(best) {
				best = p
			}
		}
	}
	return best, best.counts()
}

// counts reports whether the patches seen have the card's order.
func (p placement) counts() bool {
	if p.cut {
		return p.score >= minCutScore
	}
	return p.score >= minScore
}

// betterThan compares two placements that count: a whole card is better than a cut one.
func (p placement) betterThan(q placement) bool {
	if p.cut != q.cut {
		return q.cut
	}
	return p.score > q.score
}

// latticePlane fits the lattice's homography and drops nodes that do not lie on it.
func latticePlane(nodes []node) (geom.Transform, []node, error) {
	for {
		var a, b []geom.Point
		for _, n := range nodes {
			a, b = append(a, geom.Point{X: float64(n.col), Y: float64(n.row)}), append(b, n.at)
		}
		h, err := fitHomography(a, b, nil)
		if err != nil {
			return h, nil, err
		}
		worst, off := -1, offPlane
		for i, n := range nodes {
			if d := h.Apply(a[i]).Sub(n.at).Norm() / n.u.Norm(); !(d <= off) {
				worst, off = i, d
			}
		}
		if worst < 0 {
			return h, nodes, nil
		}
		if nodes = slices.Delete(slices.Clone(nodes), worst, worst+1); len(nodes) < minNodes || !isPlane(nodes) {
			return h, nil, errNoHomography
		}
	}
}

// quarter turns a lattice place by turn right angles.
func quarter(turn, col, row int) (int, int) {
	for range turn {
		col, row = -row, col
	}
	return col, row
}

// latticeFromCard undoes the quarter turns and the offset that offsets found.
func latticeFromCard(turn, col, row int) geom.Transform {
	t := geom.Translation(float64(col), float64(row))
	for range turn {
		t = geom.Transform{0, 1, 0, -1, 0, 0, 0, 0, 1}.Mul(t)
	}
	return t
}

// offset is the turned place of the card's first patch, and how many nodes then fall
// on patches.
type offset struct{ col, row, count int }

// offsets lists where the card's first patch may be so that at least need nodes fall
// on patches.
func offsets(nodes []node, turn, need int) []offset {
	c0, r0, c1, r1 := math.MaxInt, math.MaxInt, math.MinInt, math.MinInt
	places := make([][2]int, len(nodes))
	for i, n := range nodes {
		c, r := quarter(turn, n.col, n.row)
		places[i] = [2]int{c, r}
		c0, r0, c1, r1 = min(c0, c), min(r0, r), max(c1, c), max(r1, r)
	}
	var out []offset
	for r := r0 - gridRows + 1; r <= r1; r++ {
		for c := c0 - gridCols + 1; c <= c1; c++ {
			count := 0
			for _, p := range places {
				if p[0] >= c && p[0] < c+gridCols && p[1] >= r && p[1] < r+gridRows {
					count++
				}
			}
			if count >= need {
				out = append(out, offset{c, r, count})
			}
		}
	}
	return out
}

// peek reads the middle of every patch and lists those that lie in the picture.
func peek(logs [3]*raster.Plane, photoFromCard geom.Transform) (colours [gridCells][3]float64, seen []int) {
	seen = make([]int, 0, gridCells)
	for n := range colours {
		if c, ok := peekAt(logs, photoFromCard, cellAt(n)); ok {
			colours[n], seen = c, append(seen, n)
		}
	}
	return colours, seen
}

// peekAt is the mean around a point of the card; ok is false beside the picture.
func peekAt(logs [3]*raster.Plane, photoFromCard geom.Transform, c geom.Point) (colour [3]float64, ok bool) {
	const reach, points = 0.2, 2
	for i := -points; i <= points; i++ {
		for j := -points; j <= points; j++ {
			p := photoFromCard.Apply(geom.Point{X: c.X + reach*float64(i)/points, Y: c.Y + reach*float64(j)/points})
			x, y := int(math.Round(p.X)), int(math.Round(p.Y))
			if !(p.X > -0.5 && p.Y > -0.5) || x >= logs[0].W || y >= logs[0].H {
				return colour, false
			}
			for k := range 3 {
				colour[k] += float64(logs[k].At(x, y)) / ((2*points + 1) * (2*points + 1))
			}
		}
	}
	return colour, true
}

// patchFloor is logFloor of the lightest patch's largest channel.
func patchFloor(logs [3]*raster.Plane, photoFromCard geom.Transform) float64 {
	colours, _ := peek(logs, photoFromCard)
	top := math.Log(logRange)
	for _, c := range colours {
		top = max(top, c[0], c[1], c[2])
	}
	return logFloor * min(1, math.Exp(top))
}

// orderScore is the mean of Spearman's rank correlations of ln G, ln R/G and ln B/G
// between what was read and the card: a cast or an exposure adds the same to all
// patches and a tone curve bends them alike, which leaves ranks as they are.
func orderScore(colours [gridCells][3]float64, seen []int, chart [3][gridCells]float64) float64 {
	if len(seen) < minCutPatches {
		return math.Inf(-1)
	}
	var sum float64
	for k, v := range logFeatures(colours) {
		sum += spearman(ranks(v, seen), ranks(chart[k], seen)) / 3
	}
	return sum
}

func logFeatures(c [gridCells][3]float64) (f [3][gridCells]float64) {
	for n, v := range c {
		f[0][n], f[1][n], f[2][n] = v[1], v[0]-v[1], v[2]-v[1]
	}
	return f
}

// chartLogs is ln of the card; the editions differ in no rank by more than a neighbour.
func chartLogs() (logs [gridCells][3]float64) {
	for n, c := range chartRGB(cie.After2014) {
		for k := range 3 {
			logs[n][k] = math.Log(max(c[k], logFloor))
		}
	}
	return logs
}

// chartRGB is the card in linear sRGB.
func chartRGB(e cie.Edition) (out [gridCells][3]float64) {
	m := cie.RGBFromXYZ().Mul(cie.Adapt(cie.D50(), cie.D65()))
	for n, xyz := range chartXYZ(e) {
		out[n] = m.Apply(xyz)
	}
	return out
}

// chartXYZ is the card in XYZ under D50.
func chartXYZ(e cie.Edition) [gridCells][3]float64 {
	patches, err := cie.ColorChecker(e)
	if err != nil {
		panic("calib: " + err.Error())
	}
	var out [gridCells][3]float64
	for n, p := range patches {
		out[n] = cie.XYZFromLab(p.Lab, cie.D50())
	}
	return out
}

// ranks are those of the patches seen, from 0, the mean rank for equals.
func ranks(v [gridCells]float64, seen []int) []float64 {
	out := make([]float64, len(seen))
	for i, n := range seen {
		for j, m := range seen {
			switch {
			case v[m] < v[n]:
				out[i]++
			case v[m] == v[n] && j != i:
				out[i] += 0.5
			}
		}
	}
	return out
}

// spearman is the correlation of two sets of ranks.
func spearman(a, b []float64) float64 {
	mean := float64(len(a)-1) / 2
	var ab, aa, bb float64
	for i := range a {
		x, y := a[i]-mean, b[i]-mean
		ab, aa, bb = ab+x*y, aa+x*x, bb+y*y
	}
	if aa == 0 || bb == 0 {
		return 0
	}
	return ab / math.Sqrt(aa*bb)
}
