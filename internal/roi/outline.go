package roi

import (
	"dermtrace/internal/geom"
)

// largest returns the patch of m, joined along the sides of its pixels, whose weights
// add up to most; of equal ones the first from the top.
func largest(m *Mask, weight func(i int) int) *Mask {
	label := make([]int32, len(m.In))
	var bestLabel, count int32
	best := 0
	for i, in := range m.In {
		if !in || label[i] != 0 {
			continue
		}
		count++
		if n := m.flood(label, i, count, weight); n > best {
			best, bestLabel = n, count
		}
	}
	out := newMask(m.Bounds())
	for i := range out.In {
		out.In[i] = bestLabel != 0 && label[i] == bestLabel
	}
	return out
}

// flood labels the patch that holds pixel i and adds up its weights.
func (m *Mask) flood(label []int32, i int, with int32, weight func(i int) int) int {
	stack := []int{i}
	label[i] = with
	n := 0
	for len(stack) > 0 {
		i := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		n += weight(i)
		x := i % m.W
		visit := func(j int, ok bool) {
			if ok && m.In[j] && label[j] == 0 {
				label[j] = with
				stack = append(stack, j)
			}
		}
		visit(i-1, x > 0)
		visit(i+1, x < m.W-1)
		visit(i-m.W, i >= m.W)
		visit(i+m.W, i < len(m.In)-m.W)
	}
	return n
}

// grow returns the pixels of within that lie at most r pixels from m; both have the
// same box.
func grow(m, within *Mask, r int) *Mask {
	out := newMask(m.Bounds())
	for i, in := range m.In {
		if !in {
			continue
		}
		x, y := i%m.W, i/m.W
		for dy := -r; dy <= r; dy++ {
			for dx := -r; dx <= r; dx++ {
				j := i + dy*m.W + dx
				if dx*dx+dy*dy <= r*r && x+dx >= 0 && x+dx < m.W && y+dy >= 0 && y+dy < m.H {
					out.In[j] = within.In[j]
				}
			}
		}
	}
	return out
}

// traceOutline walks once around the first patch of m. Its holes are inside.
func traceOutline(m *Mask) geom.Polygon {
	for i, in := range m.In {
		if in {
			return m.walk(i%m.W, i/m.W, func(int, int) {})
		}
	}
	return nil
}

// simplifyCells are the tolerances tried, in cells, from smooth to exact: a staircase
// of cells deviates from the line it stands for by less than one.
var simplifyCells = []float64{1, 0.5, 0}

// simplify drops corners that lie closer to the outline of the rest than a cell
// (Douglas & Peucker 1973 Cartographica 10:112), as long as the result does not cross
// itself.
func simplify(g geom.Polygon) geom.Polygon {
	for _, tol := range simplifyCells {
		far := 0
		for i, p := range g {
			if p.Sub(g[0]).Norm() > g[far].Sub(g[0]).Norm() {
				far = i
			}
		}
		ring := append(append(geom.Polygon{}, g...), g[0])
		out := append(thin(ring[:far+1], tol), thin(ring[far:], tol)...)
		if len(out) >= 3 && !out.Crosses() {
			return out
		}
	}
	return g
}

// thin simplifies an open line and returns it without its last point.
func thin(line geom.Polygon, tol float64) geom.Polygon {
	if len(line) < 2 {
		return nil
	}
	a, b := line[0], line[len(line)-1]
	far, beside := 0, -1.0
	for i := 1; i < len(line)-1; i++ {
		if d := besidePx(a, b, line[i]); d > beside {
			far, beside = i, d
		}
	}
	if beside <= tol {
		return geom.Polygon{a}
	}
	return append(thin(line[:far+1], tol), thin(line[far:], tol)...)
}
