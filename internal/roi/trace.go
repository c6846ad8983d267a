package roi

import "dermtrace/internal/geom"

// Trace walks around every patch and every hole of a mask, along the sides of its
// pixels: patches clockwise on screen, holes the other way round. Together, by the
// even-odd rule, the rings enclose exactly the pixels of m, and no two cross.
func (m *Mask) Trace() []geom.Polygon {
	var rings []geom.Polygon
	seen := make([]bool, len(m.In)) // pixels whose upper side was walked
	for i, in := range m.In {
		if !in || seen[i] || m.at(i%m.W, i/m.W-1) {
			continue
		}
		rings = append(rings, m.walk(i%m.W, i/m.W, func(x, y int) { seen[y*m.W+x] = true }))
	}
	return rings
}

// at is membership by place in the box.
func (m *Mask) at(x, y int) bool { return x >= 0 && y >= 0 && x < m.W && y < m.H && m.In[y*m.W+x] }

// walk goes once around a ring that begins at the top-left corner of pixel (x0, y0) of
// the box, whose upper side is a border; upper is told each pixel whose upper side it
// passes. Where two pixels touch at a corner only, it keeps to its own.
func (m *Mask) walk(x0, y0 int, upper func(x, y int)) geom.Polygon {
	// The pixels ahead to the left and to the right of a step that leaves a corner east,
	// south, west or north; the patch is always on the right.
	ahead := [4][2][2]int{{{0, -1}, {0, 0}}, {{0, 0}, {-1, 0}}, {{-1, 0}, {-1, -1}}, {{-1, -1}, {0, -1}}}
	step := [4][2]int{{1, 0}, {0, 1}, {-1, 0}, {0, -1}}
	x, y, dir := x0, y0, 0
	var g geom.Polygon
	for {
		if dir == 0 {
			upper(x, y)
		}
		x, y = x+step[dir][0], y+step[dir][1]
		left, right := ahead[dir][0], ahead[dir][1]
		turned := dir
		switch {
		case !m.at(x+right[0], y+right[1]):
			turned = (dir + 1) % 4
		case m.at(x+left[0], y+left[1]):
			turned = (dir + 3) % 4
		}
		if turned != dir {
			g = append(g, geom.Point{X: float64(x+m.X0) - 0.5, Y: float64(y+m.Y0) - 0.5})
			dir = turned
		}
		if x == x0 && y == y0 && dir == 0 {
			return g
		}
	}
}
