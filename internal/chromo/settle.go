package chromo

import (
	"math"

	"dermtrace/internal/optics"
)

// Baseline is what a series shows of its skin at the visit that it is compared with.
type Baseline struct {
	Colour     [3]float64 // mean linear light of its regions
	LightKnown bool       // later visits are brought to the same light, by card or control skin
}

// Bounds of what a baseline tells of the model.
const (
	// The least melanin of skin is 1.3 % (Jacques 1998); a reading well below it says that
	// the camera is not the one assumed.
	leastMelanin = 0.8
	// From here on (percent; brown skin and darker) brightness is used beside the ratios:
	// there a third of the blue light comes from the surface (project default).
	darkMelanin = 12.0
)

// Settle is the model as the baseline of a series wants it, frozen for all its photos; it
// is m itself for most skin.
//
// Where an unknown camera makes the skin impossibly light, a relative of real cameras that
// makes it ordinary skin is taken instead. Where the skin is dark and its light known, the
// baseline's brightness becomes the level that brightness is read against.
func (m *Model) Settle(b Baseline) *Model {
	u, v, g := m.ratios(float32(b.Colour[0]), float32(b.Colour[1]), float32(b.Colour[2]))
	a := m.inverse.at(u, v)
	if !m.CameraKnown() && a.melanin < leastMelanin {
		return m.relative(u, v)
	}
	if !b.LightKnown || !(a.melanin > darkMelanin) {
		return m
	}
	x := m.forward.fit(observed{at: state{float64(u), float64(v)}, sigma: [3]float64{sigmaU, sigmaV, math.Inf(1)}, restsOnBlood: true}, a)
	at, _, _ := m.forward.at(x[0], x[1])
	level := float64(g) - at[2]
	dark := *m
	dark.level = &level
	return &dark
}

// relative is the model of the developed camera to which this colour is the most ordinary
// skin.
func (m *Model) relative(u, v float32) *Model {
	best, least := m, math.Inf(1)
	for _, c := range optics.Developed() {
		r := tabulated(m.options, c)
		a := r.inverse.at(u, v)
		if d := oddity(float64(a.melanin), float64(a.blood)); d < least {
			best, least = r, d
		}
	}
	return best
}

// Ordinary skin, as logarithms: light to medium melanin around 4 % give or take a factor
// of e, blood around restingBlood give or take half (project defaults within the published
// 1.3 to 43 % and 0.2 to 7 %).
const (
	ordinaryMelanin = 4.0
	restingBlood    = 1.25
	bloodSpread     = 0.4
)

// oddity is how far skin (percent) is from ordinary, in standard deviations squared.
func oddity(melanin, blood float64) float64 {
	if !(melanin > 0 && blood > 0) {
		return math.MaxFloat64
	}
	m, b := math.Log(melanin/ordinaryMelanin), math.Log(blood/restingBlood)/bloodSpread
	return m*m + b*b
}

// What the three observations of dark skin are worth, as standard deviations: ln(R/G);
// ln(G/B), which a surface reflection 0.007 off the modelled one moves by 0.1 on dark skin;
// and ln G, as even as light between treated and control skin is (project defaults).
const (
	sigmaU, sigmaV, sigmaG = 0.03, 0.1, 0.06
)

// read is the answer to one colour.
func (m *Model) read(u, v, g float32) answer {
	a := m.inverse.at(u, v)
	if m.level == nil {
		return a
	}
	x := m.forward.fit(observed{at: state{float64(u), float64(v), float64(g) - *m.level}, sigma: [3]float64{sigmaU, sigmaV, sigmaG}}, a)
	b := m.forward.answer(x)
	b.beyond = a.beyond
	return b
}

// observed is a colour with the standard deviations of its parts.
type observed struct {
	at           state
	sigma        [3]float64
	restsOnBlood bool // blood is held near that of skin at rest
}

// fit is the skin (m, √blood) of least squares to an observation, by Gauss-Newton steps
// from a first answer, held in the table.
func (t *forwardTable) fit(o observed, start answer) [2]float64 {
	const steps, longest, done = 8, 0.04, 1e-4
	x := [2]float64{hold(float64(start.melanin)/100, mLow, mLast), hold(math.Sqrt(max(0, float64(start.blood)/100)), qLow, qLast)}
	for range steps {
		dx := t.step(o, x)
		part := min(1, longest/max(math.Abs(dx[0]), math.Abs(dx[1])))
		next := [2]float64{hold(x[0]+part*dx[0], mLow, mLast), hold(x[1]+part*dx[1], qLow, qLast)}
		moved := math.Abs(next[0]-x[0]) + math.Abs(next[1]-x[1])
		x = next
		if moved < done {
			break
		}
	}
	return x
}

// Ends of the table.
const (
	mLast = (mNodes - 2) * mStep
	qLast = qFirst + (qNodes-2)*qStep
)

func hold(v, low, high float64) float64 { return max(low, min(v, high)) }

// step solves the normal equations of one Gauss-Newton step.
func (t *forwardTable) step(o observed, x [2]float64) [2]float64 {
	s, dm, dq := t.at(x[0], x[1])
	var mm, mq, qq, rm, rq float64
	for k := range s {
		w := 1 / (o.sigma[k] * o.sigma[k])
		r := w * (o.at[k] - s[k])
		mm, mq, qq = mm+w*dm[k]*dm[k], mq+w*dm[k]*dq[k], qq+w*dq[k]*dq[k]
		rm, rq = rm+r*dm[k], rq+r*dq[k]
	}
	if o.restsOnBlood {
		rest := math.Sqrt(restingBlood / 100)
		w := 1 / (bloodSpread / 2 * rest * bloodSpread / 2 * rest)
		qq, rq = qq+w, rq+w*(rest-x[1])
	}
	det := mm*qq - mq*mq
	return [2]float64{(rm*qq - rq*mq) / det, (mm*rq - mq*rm) / det}
}
