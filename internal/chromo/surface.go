package chromo

import (
	"math"
	"slices"
	"sync"

	"dermtrace/internal/raster"
)

// What the surface reflects lies on top of what skin does and is no pigment. How much that is
// shows in how brightness follows colour ([Tint]), where the lightest skin is read as lighter
// than skin can be, and where on dark skin the surface is a good part of the light.
const (
	leastSurface, mostSurface = 0, 0.040 // up to a dielectric of index 1.4, 0.028, and oil on it
	surfaceStep               = 0.0005   // on dark skin four times that turns a fifth of the melanin
	// About the modelled surface, as standard deviations: as models fall short of bare skin, and
	// as photos show oil and sweat besides.
	bareSpread, surfaceSpread = 0.004, (mostSurface - leastSurface) / 2
)

func (m *Model) surface() float64 {
	if s := m.options.Skin.Surface; s != 0 {
		return s
	}
	return DefaultSurface
}

// withSurface is the model of the same skin with another surface.
func (m *Model) withSurface(s float64) *Model {
	if s == m.surface() {
		return m
	}
	opt := m.options
	opt.Skin.Surface = s
	return tabulated(opt, m.camera)
}

// surfaceTable is what a camera sees of skin of a surface.
type surfaceTable struct {
	*forwardTable
	surface float64
}

// anySurface are the tables of the same skin under every surface that photos show, surfaceStep
// apart, the modelled one among them.
func (m *Model) anySurface() []surfaceTable {
	from, to := int((leastSurface-m.surface())/surfaceStep), int((mostSurface-m.surface())/surfaceStep)
	list := make([]surfaceTable, to-from+1)
	raster.Parallel(len(list), func(i int) {
		s := m.surface() + float64(from+i)*surfaceStep
		list[i] = surfaceTable{m.forward.resurfaced(m.surface(), s), s}
	})
	return list
}

// reflecting is the table of the same skin whose surface reflects so much more.
func (m *Model) reflecting(more float64) func() *forwardTable {
	return sync.OnceValue(func() *forwardTable { return m.forward.resurfaced(m.surface(), m.surface()+more) })
}

// maybe is the model whose surface may as well reflect only so much.
func (m *Model) maybe(least float64) *Model {
	less := m.surface() - max(least, leastReflected)
	if less < mostDuller+surfaceStep/2 {
		return m // as any model may
	}
	doubted := *m
	doubted.duller = m.reflecting(-less)
	return &doubted
}

// resurfaced is the table of the same skin with another surface: light is the diffuse part
// times (1 − s), plus s.
func (t *forwardTable) resurfaced(from, to float64) *forwardTable {
	other := &forwardTable{}
	relit := func(ln float64) float64 { return (math.Exp(ln)-from)/(1-from)*(1-to) + to }
	for j := range t.node {
		for i, s := range t.node[j] {
			other.node[j][i] = stateOf([3]float64{relit(s[0] + s[2]), relit(s[2]), relit(s[2] - s[1])})
		}
	}
	return other
}

// unlikely is how unlikely skin of (m, √blood) is under a table's surface, in standard
// deviations squared.
type unlikely func(t *forwardTable, x [2]float64) float64

// surfaced is skin (m, √blood; 0 where none has the colour) under a surface, how unlikely that
// surface is, and the least surface that is not excluded.
type surfaced struct {
	surface  float64
	skin     [2]float64
	unlikely float64
	least    float64
}

// excluded is how much more unlikely than the likeliest a surface is that is not thought of: two
// standard deviations.
const excluded = 4.0

// surfaced is skin of this colour under the likeliest surface, such that no skin is lighter
// than any where that can be; strange is how unlikely one is by itself that lies so far off
// the modelled.
func (m *Model) surfaced(u, v float32, strange func(off float64) float64, evidence unlikely) surfaced {
	const lightest = leastSkin / 100
	at, x := [2]float64{float64(u), float64(v)}, [2]float64{referenceM, math.Sqrt(restingBlood / 100)}
	best := surfaced{surface: mostSurface, unlikely: math.Inf(1)}
	var all []surfaced
	for _, t := range m.surfaces() {
		s := t.surface
		y, ok := t.solve(at, x)
		if !ok {
			continue // no skin of this surface has the colour
		}
		x = y
		first := math.IsInf(best.unlikely, 1)
		if x[0] < lightest {
			if first {
				best.surface, best.skin = s, x
			}
			continue
		}
		if first && best.skin[0] > 0 { // where skin is the lightest there is
			s = best.surface + (s-best.surface)*(lightest-best.skin[0])/(x[0]-best.skin[0])
		}
		all = append(all, surfaced{surface: s, skin: x, unlikely: strange(s-m.surface()) + evidence(t.forwardTable, x)})
		if q := all[len(all)-1]; q.unlikely < best.unlikely {
			best = q
		}
	}
	best.least = best.surface
	if len(all) == 0 {
		best.unlikely = strange(best.surface - m.surface())
		return best
	}
	best.least = all[slices.IndexFunc(all, func(q surfaced) bool { return q.unlikely <= best.unlikely+excluded })].surface
	return best
}

// often is how unlikely a surface is that lies so far off the modelled, in standard deviations
// squared: bare skin and shinier are alike often.
func often(off float64) float64 {
	likely := func(spread float64) float64 { return math.Exp(-off*off/(spread*spread)/2) / spread }
	return -2 * math.Log((likely(bareSpread)+likely(surfaceSpread))/(1/bareSpread+1/surfaceSpread))
}

// anyhow is the same where any surface is as good as photos show: less would have darker skin
// than brown read as brown under a usual surface with the blood of a flush.
func anyhow(off float64) float64 { return off * off / (surfaceSpread * surfaceSpread) }
