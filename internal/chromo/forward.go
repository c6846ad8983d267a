package chromo

import "math"

// The modelled skin is tabulated over the melanosome fraction m and the root q of the
// blood fraction: log reflectance is nearly straight in m (Beer's law in the epidermis)
// and in √blood (diffusion in the dermis), so that a cubic through few nodes is exact
// to far below noise.
const (
	mNodes, mStep = 92, 0.01  // m from 0 to 0.91: skin has 0.013 to 0.43 (Jacques 1998), its spots more
	qNodes, qStep = 32, 0.01  // q from 0.01 to 0.32
	qFirst        = 0.01      // blood 0.01 %, skin has 0.2 to 7 %
	mLow          = 0.005     // ends of the domain in which the model is believed;
	qLow, qHigh   = 0.02, 0.3 // beyond, the inverse is continued along its tangent
)

// leastRatio bounds the domain at the dark end. There the surface's reflection swamps
// blue and the two colour ratios stop telling melanin from blood: the determinant of
// their derivatives falls to zero and changes sign. The domain ends where it has
// fallen to this share of its value at referenceM (project default).
const (
	leastRatio = 0.3
	referenceM = 0.10
)

// state is what light tells of a patch of skin: u = ln(R/G), v = ln(G/B), which no
// light changes, and g = ln G.
type state [3]float64

// forwardTable is the modelled state over (m, q), and the dark end of its domain.
type forwardTable struct {
	node [qNodes][mNodes]state
	mMax [qNodes]float64
}

// newForward tabulates rgb, the linear light of skin of melanosome fraction m and
// blood fraction b under the light that makes a white surface (1, 1, 1).
func newForward(rgb func(m, b float64) [3]float64) *forwardTable {
	t := &forwardTable{}
	for j := range qNodes {
		q := qFirst + float64(j)*qStep
		for i := range mNodes {
			t.node[j][i] = stateOf(rgb(float64(i)*mStep, q*q))
		}
	}
	for j := range t.mMax {
		t.mMax[j] = t.darkEnd(qFirst + float64(j)*qStep)
	}
	return t
}

func stateOf(c [3]float64) state {
	var l [3]float64
	for i, v := range c {
		l[i] = math.Log(max(v, Floor))
	}
	return state{l[0] - l[1], l[1] - l[2], l[1]}
}

// darkEnd is the largest m at which the colour ratios still tell m from q well.
func (t *forwardTable) darkEnd(q float64) float64 {
	_, dm, dq := t.at(referenceM, q)
	least := leastRatio * math.Abs(cross(dm, dq))
	m := referenceM
	for m < float64(mNodes-2)*mStep {
		_, dm, dq := t.at(m, q)
		if math.Abs(cross(dm, dq)) < least {
			break
		}
		m += mStep / 4
	}
	return m
}

// cross is the determinant of the derivatives of (u, v).
func cross(dm, dq state) float64 { return dm[0]*dq[1] - dm[1]*dq[0] }

// at interpolates the table by cubic convolution (Keys 1981, IEEE ASSP 29:1153, a = −½)
// and returns the state and its derivatives by m and q.
func (t *forwardTable) at(m, q float64) (s, dm, dq state) {
	i, wm, wdm := taps(m/mStep, mNodes)
	j, wq, wdq := taps((q-qFirst)/qStep, qNodes)
	for b := range 4 {
		row := (*[4]state)(t.node[j+b-1][i-1:])
		for k := range s {
			along := wm[0]*row[0][k] + wm[1]*row[1][k] + wm[2]*row[2][k] + wm[3]*row[3][k]
			s[k] += wq[b] * along
			dm[k] += wq[b] / mStep * (wdm[0]*row[0][k] + wdm[1]*row[1][k] + wdm[2]*row[2][k] + wdm[3]*row[3][k])
			dq[k] += wdq[b] / qStep * along
		}
	}
	return s, dm, dq
}

// taps returns the node below x, the cubic weights of the four nodes around and their
// derivatives.
func taps(x float64, n int) (i int, w, d [4]float64) {
	i = max(1, min(int(math.Floor(x)), n-3))
	f := x - float64(i)
	f2, f3 := f*f, f*f*f
	w = [4]float64{-f3/2 + f2 - f/2, 1.5*f3 - 2.5*f2 + 1, -1.5*f3 + 2*f2 + f/2, f3/2 - f2/2}
	d = [4]float64{-1.5*f2 + 2*f - 0.5, 4.5*f2 - 5*f, -4.5*f2 + 4*f + 0.5, 1.5*f2 - f}
	return i, w, d
}

// covers reports whether (m, q) lies in the domain in which the model is believed.
func (t *forwardTable) covers(x [2]float64) bool {
	return x[0] >= mLow && x[1] >= qLow && x[1] <= qHigh && x[0] <= t.end(x[1])
}

// nearest is the skin of the domain closest to these percentages.
func (t *forwardTable) nearest(melanin, blood float64) (m, q float64) {
	q = max(qLow, min(math.Sqrt(max(0, blood/100)), qHigh))
	return max(mLow, min(melanin/100, t.end(q))), q
}

// end is mMax between its nodes.
func (t *forwardTable) end(q float64) float64 {
	x := (q - qFirst) / qStep
	i := max(0, min(int(x), qNodes-2))
	f := x - float64(i)
	a, b := t.endAt(i), t.endAt(i+1)
	return a + f*(b-a)
}

// endAt is mMax at a node, sought where it is not tabulated.
func (t *forwardTable) endAt(i int) float64 {
	if t.mMax[i] == 0 {
		return t.darkEnd(qFirst + float64(i)*qStep)
	}
	return t.mMax[i]
}
