package chromo

import (
	"math"
	"sync"

	"dermtrace/internal/raster"
)

// The inverse is tabulated over u = ln(R/G) and v = ln(G/B) on a square grid and read
// by linear interpolation: between nodes 1/50 apart it is off by less than 0.01 %
// melanin. The range covers the modelled skin and the casts of uncorrected light.
const (
	uFirst, uLast  = -0.8, 3.0
	vFirst, vLast  = -0.8, 3.2
	uvStep         = 0.02
	uNodes, vNodes = 191, 201 // (last − first)/step + 1
)

// answer is what one pair of colour ratios says.
type answer struct {
	melanin, blood float32 // percent
	base           float32 // modelled ln G of a white-lit flat patch
	beyond         float32 // 1 outside the modelled skin, 0 inside
}

// inverseTable holds the answers row by row, u along the row.
type inverseTable []answer

// newInverse solves the nodes that modelled skin can have, spreading from ordinary
// skin so that each starts from a neighbour's answer, and continues the answers
// outwards.
func newInverse(t *forwardTable) inverseTable {
	inv := make(inverseTable, uNodes*vNodes)
	found := make([][2]float64, len(inv))
	for k := range inv {
		inv[k].beyond = 1
	}
	ordinary, _, _ := t.at(ordinaryMelanin/100, math.Sqrt(restingBlood/100))
	seed := nodeOf(ordinary[1], vFirst)*uNodes + nodeOf(ordinary[0], uFirst)
	start, ok := t.solve(nodeRatios(seed), [2]float64{referenceM, 0.1})
	if !ok {
		panic("chromo: the model has no ordinary skin")
	}
	found[seed], inv[seed] = start, t.answer(start)
	for queue := []int{seed}; len(queue) > 0; queue = queue[1:] {
		for _, k := range neighbours(queue[0]) {
			if inv[k].beyond == 0 {
				continue
			}
			if x, ok := t.solve(nodeRatios(k), found[queue[0]]); ok {
				found[k], inv[k] = x, t.answer(x)
				queue = append(queue, k)
			}
		}
	}
	t.extend(inv, found)
	return inv
}

func nodeOf(x, first float64) int { return int(math.Round((x - first) / uvStep)) }

func nodeRatios(k int) [2]float64 {
	return [2]float64{uFirst + float64(k%uNodes)*uvStep, vFirst + float64(k/uNodes)*uvStep}
}

// neighbours are the up to four nodes beside node k.
func neighbours(k int) []int {
	var list []int
	if k%uNodes > 0 {
		list = append(list, k-1)
	}
	if k%uNodes < uNodes-1 {
		list = append(list, k+1)
	}
	if k >= uNodes {
		list = append(list, k-uNodes)
	}
	if k < uNodes*(vNodes-1) {
		list = append(list, k+uNodes)
	}
	return list
}

// solve finds the (m, q) of the domain with the given colour ratios; ok is false where there
// is none.
func (t *forwardTable) solve(uv, x [2]float64) (mq [2]float64, ok bool) {
	mq, ok = t.newton(uv, x)
	return mq, ok && t.covers(mq)
}

// newton finds the (m, q) with the given colour ratios, of the domain or not, by Newton steps.
func (t *forwardTable) newton(uv, x [2]float64) (mq [2]float64, ok bool) {
	const steps, solved, longest = 12, 1e-9, 0.05
	for range steps {
		s, dm, dq := t.at(x[0], x[1])
		ru, rv := uv[0]-s[0], uv[1]-s[1]
		if math.Abs(ru)+math.Abs(rv) < solved {
			return x, true
		}
		step := solve2(dm, dq, ru, rv)
		part := min(1, longest/max(math.Abs(step[0]), math.Abs(step[1])))
		x[0], x[1] = x[0]+part*step[0], x[1]+part*step[1]
	}
	return x, false
}

// solve2 is the change of (m, q) that changes the ratios by (du, dv).
func solve2(dm, dq state, du, dv float64) [2]float64 {
	det := cross(dm, dq)
	return [2]float64{(du*dq[1] - dv*dq[0]) / det, (dm[0]*dv - dm[1]*du) / det}
}

func (t *forwardTable) answer(x [2]float64) answer {
	s, _, _ := t.at(x[0], x[1])
	return answer{melanin: float32(100 * x[0]), blood: float32(100 * x[1] * x[1]), base: float32(s[2])}
}

// reach is how far from modelled skin, in the ratios, a tangent is followed; beyond it
// the answer is held. It spans a cast of a third and the noise of dark blue.
const reach = 0.3

// tangent continues the inverse from a node at the edge of the model.
type tangent struct {
	i, j     int        // of the node, in u and v
	at       [3]float64 // m, q and modelled ln G there
	byU, byV [3]float64 // and their derivatives
}

func (t *forwardTable) tangent(node int, x [2]float64) tangent {
	s, dm, dq := t.at(x[0], x[1])
	along := func(du, dv float64) [3]float64 {
		d := solve2(dm, dq, du, dv)
		return [3]float64{d[0], d[1], dm[2]*d[0] + dq[2]*d[1]}
	}
	return tangent{i: node % uNodes, j: node / uNodes, at: [3]float64{x[0], x[1], s[2]}, byU: along(1, 0), byV: along(0, 1)}
}

// extend continues the inverse outwards by its tangents at the edge of the model,
// weighted by the inverse fourth power of their distance: every colour has one answer,
// it changes smoothly, and noise at the edge stays symmetric.
func (t *forwardTable) extend(inv inverseTable, found [][2]float64) {
	var edge []tangent
	for k := range inv {
		for _, n := range neighbours(k) {
			if inv[k].beyond == 0 && inv[n].beyond == 1 {
				edge = append(edge, t.tangent(k, found[k]))
				break
			}
		}
	}
	raster.Parallel(vNodes, func(j int) {
		for k := j * uNodes; k < (j+1)*uNodes; k++ {
			if inv[k].beyond == 1 {
				inv[k] = blend(k, edge)
			}
		}
	})
}

// weights are those of tangents by the distance of their nodes in steps of u and v, and the
// part of the way that each is followed.
var weights = sync.OnceValue(func() *[vNodes][uNodes][2]float64 {
	var w [vNodes][uNodes][2]float64
	for j := range w {
		for i := range w[j] {
			du, dv := float64(i)*uvStep, float64(j)*uvStep
			d2 := du*du + dv*dv
			w[j][i] = [2]float64{1 / (d2 * d2), min(1, reach/math.Sqrt(d2))}
		}
	}
	return &w
})

func blend(k int, edge []tangent) answer {
	var total float64
	var x [3]float64
	i, j, table := k%uNodes, k/uNodes, weights()
	for n := range edge {
		t := &edge[n]
		across, down := i-t.i, j-t.j
		by := &table[max(down, -down)][max(across, -across)]
		du, dv, w, part := float64(across)*uvStep, float64(down)*uvStep, by[0], by[1]
		total += w
		x[0] += w * (t.at[0] + part*(t.byU[0]*du+t.byV[0]*dv))
		x[1] += w * (t.at[1] + part*(t.byU[1]*du+t.byV[1]*dv))
		x[2] += w * (t.at[2] + part*(t.byU[2]*du+t.byV[2]*dv))
	}
	m, q := x[0]/total, x[1]/total
	return answer{melanin: float32(100 * m), blood: float32(100 * q * math.Abs(q)), base: float32(x[2] / total), beyond: 1}
}

// corner is the first of the four nodes around (u, v), held at the edge of the table, and the
// parts of the way to the next.
func corner(u, v float32) (k int, fx, fy float32) {
	fx = held((u-uFirst)*(1/uvStep), uNodes-1.001)
	fy = held((v-vFirst)*(1/uvStep), vNodes-1.001)
	i, j := int(fx), int(fy)
	return j*uNodes + i, fx - float32(i), fy - float32(j)
}

// held is x between 0 and the most, 0 for what is no number.
func held(x, most float32) float32 {
	switch {
	case !(x > 0):
		return 0
	case x > most:
		return most
	}
	return x
}

// at interpolates the answer at (u, v), held at the edge of the table.
func (inv inverseTable) at(u, v float32) answer {
	k, fx, fy := corner(u, v)
	four := (*[uNodes + 2]answer)(inv[k:])
	a, b, c, d := &four[0], &four[1], &four[uNodes], &four[uNodes+1]
	wa, wb, wc, wd := (1-fx)*(1-fy), fx*(1-fy), (1-fx)*fy, fx*fy
	return answer{
		melanin: float32(wa*a.melanin) + float32(wb*b.melanin) + float32(wc*c.melanin) + float32(wd*d.melanin),
		blood:   float32(wa*a.blood) + float32(wb*b.blood) + float32(wc*c.blood) + float32(wd*d.blood),
		base:    float32(wa*a.base) + float32(wb*b.base) + float32(wc*c.base) + float32(wd*d.base),
		beyond:  float32(wa*a.beyond) + float32(wb*b.beyond) + float32(wc*c.beyond) + float32(wd*d.beyond),
	}
}
