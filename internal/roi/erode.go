package roi

import "math"

// Erode returns the pixels of m from which every pixel whose centre is at most r
// pixels away is in m too. What lies beside the box, and so beside the photo, is out.
//
// For a pixel (x, y) and a column c let g be the distance, along the column, from row
// y to the nearest pixel that is out. The column drops the pixels of row y with
// (x−c)² ≤ r² − g². The dropped stretches are summed as differences, so that the cost
// per pixel does not depend on r.
func (m *Mask) Erode(r float64) *Mask {
	out := newMask(m.Bounds())
	if !(r >= 1) || out.W == 0 {
		copy(out.In, m.In)
		return out
	}
	reach := min(int(r), max(m.W, m.H))
	half := make([]int, reach+1) // half[g] = ⌊√(r² − g²)⌋
	for g := range half {
		half[g] = min(int(math.Sqrt(r*r-float64(g*g))), m.W)
	}
	gaps := m.columnGaps(reach)
	diff := make([]int32, m.W+1)
	for y := range m.H {
		clear(diff)
		drop := func(a, b int) { // [a, b]
			diff[max(a, 0)]++
			diff[min(b+1, m.W)]--
		}
		drop(0, half[0]-1)
		drop(m.W-half[0], m.W-1)
		for c, g := range gaps[y*m.W : (y+1)*m.W] {
			if int(g) <= reach {
				drop(c-half[g], c+half[g])
			}
		}
		keepRow(out.In[y*m.W:(y+1)*m.W], m.In[y*m.W:(y+1)*m.W], diff)
	}
	return out
}

func keepRow(dst, in []bool, diff []int32) {
	var covered int32
	for x := range dst {
		covered += diff[x]
		dst[x] = in[x] && covered == 0
	}
}

// columnGaps returns, for each pixel, the distance along its column to the nearest
// pixel that is out, at most limit+1.
func (m *Mask) columnGaps(limit int) []int32 {
	g := make([]int32, len(m.In))
	full := int32(limit + 1)
	for y := range m.H {
		row := g[y*m.W : (y+1)*m.W]
		for x, in := range m.In[y*m.W : (y+1)*m.W] {
			switch {
			case !in:
			case y == 0:
				row[x] = 1
			default:
				row[x] = min(g[(y-1)*m.W+x]+1, full)
			}
		}
	}
	for x := range m.W {
		g[(m.H-1)*m.W+x] = min(g[(m.H-1)*m.W+x], 1)
	}
	for y := m.H - 2; y >= 0; y-- {
		row, below := g[y*m.W:(y+1)*m.W], g[(y+1)*m.W:(y+2)*m.W]
		for x := range row {
			row[x] = min(row[x], below[x]+1)
		}
	}
	return g
}
