package optics

import "math"

// The table's axes: melanin in steps of 0.2 %, and the root of blood, in which colour is
// nearly straight. Linear interpolation between nodes is then true to 1e-4 of white.
const (
	melaninNodes, melaninStep = 301, 0.002 // 0 to 0.6
	rootNodes, rootStep       = 201, 0.004 // blood 0 to 0.64
)

// Table is the linear RGB of skin over melanin and blood, for pictures of millions of
// pixels. It is immutable and may be shared.
type Table struct {
	node [][3]float32 // root of blood by melanin
}

// Table tabulates skin with the other fields of s under the camera c.
func (s Skin) Table(c Camera) *Table {
	s.Melanin, s.Blood = 0, 0
	s = s.withDefaults()
	var epidermis [melaninNodes]Spectrum
	for i := range epidermis {
		s.Melanin = float64(i) * melaninStep
		epidermis[i] = s.epidermis()
	}
	t := &Table{node: make([][3]float32, melaninNodes*rootNodes)}
	for j := range rootNodes {
		root := float64(j) * rootStep
		s.Blood = root * root
		dermis := s.dermis()
		for i, e := range epidermis {
			for k := range e {
				e[k] = (1-s.Surface)*e[k]*dermis[k] + s.Surface
			}
			rgb := c.RGB(e)
			t.node[j*melaninNodes+i] = [3]float32{float32(rgb[0]), float32(rgb[1]), float32(rgb[2])}
		}
	}
	return t
}

// RGB is the linear colour of skin of these volume fractions. Values beyond the table
// (melanin 0.6, blood 0.64) are held at its edge.
func (t *Table) RGB(melanin, blood float32) (r, g, b float32) {
	x := held(melanin/melaninStep, melaninNodes)
	y := held(float32(math.Sqrt(float64(max(blood, 0))))/rootStep, rootNodes)
	i, j := int(x), int(y)
	fx, fy := x-float32(i), y-float32(j)
	at := t.node[j*melaninNodes+i:]
	p, q := &at[0], &at[1]
	u, v := &at[melaninNodes], &at[melaninNodes+1]
	return mix(p[0], q[0], u[0], v[0], fx, fy), mix(p[1], q[1], u[1], v[1], fx, fy), mix(p[2], q[2], u[2], v[2], fx, fy)
}

// held keeps x where a node follows it.
func held(x float32, nodes int) float32 {
	return max(0, min(x, float32(nodes)-1.001))
}

func mix(p, q, u, v, fx, fy float32) float32 {
	top := p + float32(fx*(q-p))
	bottom := u + float32(fx*(v-u))
	return top + float32(fy*(bottom-top))
}
