package calib

import (
	"math"

	"dermtrace/internal/geom"
)

// Blobs of like size that stand in rows and columns form a lattice. It is grown from a
// corner of three blobs, following the local steps, so that perspective bends it.

// node is a blob with its place in a lattice.
type node struct {
	col, row int
	at       geom.Point
	u, v     geom.Point // local steps to the next column and row
	blob     int
}

// Bounds on lattices.
const (
	// minNodes is the least number of patches seen as blobs; the others are found by
	// the lattice and tested by colour and edges.
	minNodes = 6
	// nearStep and farStep bound the pitch in sides of a blob: gaps are 0 to 45 % of a
	// patch, and blobs lose a pixel or two along each side.
	nearStep, farStep = 0.95, 2.1
	// likeArea bounds the ratio of neighbouring blobs' areas.
	likeArea = 2.5
	// offStep is how far, in steps, a blob may stand from where it is expected.
	offStep = 0.25
	// steepest is cos of the least angle between the steps as seen by a blob, and
	// unequal the largest ratio of their lengths.
	steepest, unequal = 0.5, 1.5
	// maxBlobs and maxLattices bound the search in pictures full of flat pieces.
	maxBlobs, maxLattices = 1500, 40
)

// findLattices returns the lattices of at least minNodes, in two rows and columns at
// least, largest first found; a blob starts none if it is in one already.
func findLattices(blobs []blob) [][]node {
	if len(blobs) > maxBlobs {
		blobs = blobs[:maxBlobs]
	}
	var out [][]node
	used := make([]bool, len(blobs))
	for i := range blobs {
		if used[i] || len(out) == maxLattices {
			continue
		}
		best := bestFrom(blobs, i)
		if len(best) < minNodes || !isPlane(best) {
			continue
		}
		for _, n := range best {
			used[n.blob] = true
		}
		out = append(out, best)
	}
	return out
}

// bestFrom grows a lattice from every corner at blob i and keeps the largest.
func bestFrom(blobs []blob, i int) []node {
	near := neighbours(blobs, i)
	var best []node
	for a, j := range near {
		for _, k := range near[a+1:] {
			u, v := blobs[j].at.Sub(blobs[i].at), blobs[k].at.Sub(blobs[i].at)
			if !square(blobs[i].whiten(u), blobs[i].whiten(v)) {
				continue
			}
			if u.X*v.Y-u.Y*v.X < 0 {
				u, v = v, u
			}
			if g := grow(blobs, node{at: blobs[i].at, u: u, v: v, blob: i}); len(g) > len(best) {
				best = g
			}
		}
	}
	return best
}

// neighbours lists blobs of like area one step away.
func neighbours(blobs []blob, i int) []int {
	var out []int
	b := blobs[i]
	reach := 4 * farStep * b.side()
	for j, o := range blobs {
		d := o.at.Sub(b.at)
		if j == i || math.Abs(d.X) > reach || math.Abs(d.Y) > reach || !alike(b, o) {
			continue
		}
		if r := b.whiten(d).Norm(); r >= nearStep && r <= farStep {
			out = append(out, j)
		}
	}
	return out
}

func alike(a, b blob) bool { return a.area <= likeArea*b.area && b.area <= likeArea*a.area }

// whiten measures d in sides of the blob, as if it were a square seen straight on:
// d ↦ S^(−1/2) d / √12 with S its spread.
func (b blob) whiten(d geom.Point) geom.Point {
	xx, xy, yy := b.spread[0], b.spread[1], b.spread[2]
	s := math.Sqrt(xx*yy - xy*xy) // √det
	t := math.Sqrt(xx + yy + 2*s)
	// S^(1/2) = (S + s·1)/t, and its inverse is the adjugate over det^(1/2).
	a, c, e := (xx+s)/t, xy/t, (yy+s)/t
	k := 1 / (s * math.Sqrt(12))
	return geom.Point{X: k * (e*d.X - c*d.Y), Y: k * (a*d.Y - c*d.X)}
}

// square reports whether two steps are about as long and upright.
func square(u, v geom.Point) bool {
	lu, lv := u.Norm(), v.Norm()
	dot := math.Abs(u.X*v.X+u.Y*v.Y) / (lu * lv)
	return dot <= steepest && lu <= unequal*lv && lv <= unequal*lu
}

// grow follows the steps from a first node, nearest first.
func grow(blobs []blob, first node) []node {
	taken := map[[2]int]bool{{0, 0}: true}
	inUse := map[int]bool{first.blob: true}
	nodes := []node{first}
	for i := 0; i < len(nodes) && len(nodes) < 2*gridCells; i++ {
		n := nodes[i]
		for _, d := range [4][2]int{{1, 0}, {-1, 0}, {0, 1}, {0, -1}} {
			place := [2]int{n.col + d[0], n.row + d[1]}
			if taken[place] {
				continue
			}
			step := geom.Point{X: float64(d[0])*n.u.X + float64(d[1])*n.v.X, Y: float64(d[0])*n.u.Y + float64(d[1])*n.v.Y}
			j := nearest(blobs, geom.Point{X: n.at.X + step.X, Y: n.at.Y + step.Y}, offStep*step.Norm())
			if j < 0 || inUse[j] || !alike(blobs[n.blob], blobs[j]) {
				continue
			}
			next := node{col: place[0], row: place[1], at: blobs[j].at, u: n.u, v: n.v, blob: j}
			next.turn(d, next.at.Sub(n.at))
			taken[place], inUse[j] = true, true
			nodes = append(nodes, next)
		}
	}
	return nodes
}

// turn takes the step just made, half, into the local steps.
func (n *node) turn(d [2]int, step geom.Point) {
	mix := func(s geom.Point, sign int) geom.Point {
		k := float64(sign)
		return geom.Point{X: (s.X + k*step.X) / 2, Y: (s.Y + k*step.Y) / 2}
	}
	if d[0] != 0 {
		n.u = mix(n.u, d[0])
	} else {
		n.v = mix(n.v, d[1])
	}
}

// nearest is the blob nearest to p within r, −1 for none.
func nearest(blobs []blob, p geom.Point, r float64) int {
	best := -1
	for j, b := range blobs {
		if d := b.at.Sub(p).Norm(); d <= r {
			best, r = j, d
		}
	}
	return best
}

// isPlane reports whether nodes stand in two rows and two columns at least.
func isPlane(nodes []node) bool {
	cols, rows := false, false
	for _, n := range nodes {
		cols = cols || n.col != nodes[0].col
		rows = rows || n.row != nodes[0].row
	}
	return cols && rows
}
