package chromo

import (
	"math"
	"sync"

	"dermtrace/internal/optics"
	"dermtrace/internal/raster"
)

// Baseline is what a series shows of its skin at the visit that it is compared with.
type Baseline struct {
	Colour     [3]float64 // mean linear light of its regions
	LightKnown bool       // later visits are brought to the same light, by card or control skin
	Tint       Tint       // of its regions
}

// Bounds of what a baseline tells of the model.
const (
	// The least melanin of skin is 1.3 % (Jacques 1998): where less is read the surface shines
	// more than modelled.
	leastSkin = 1.3
	// From this darkness on (percent melanin; brown skin and darker, spots of medium skin)
	// brightness is used beside the ratios: there a third of the blue light comes from the
	// surface (project default).
	darkMelanin = 14.5
)

// Settle is the model as the baseline of a series wants it, frozen for all its photos.
//
// Photos are taken to be developed, or raw where that makes the skin more ordinary. The surface
// becomes the one that the baseline's tint tells and under which its skin is not lighter than
// any; where no surface makes it likely, a camera that is not known is replaced by the relative
// of real cameras that makes it ordinary skin. Where the light is known the baseline's brightness
// becomes the level that the brightness of dark skin is read against, and of spots of medium skin
// that are as dark; the surface of dark skin becomes the one that makes it skin at rest, within
// what surfaces are.
func (m *Model) Settle(b Baseline) *Model {
	u, v, g := m.ratios(float32(b.Colour[0]), float32(b.Colour[1]), float32(b.Colour[2]))
	if !m.options.Matched {
		m = m.asWritten(u, v, g)
	}
	if a := m.inverse.at(u, v); dark(a) {
		if b.LightKnown {
			return m.rested(u, v, g)
		}
		return m
	}
	tint := b.Tint.against()
	if m.options.Camera == nil {
		m = m.likelier(u, v, tint)
	}
	likeliest := m.surfaced(u, v, often, tint)
	m = m.withSurface(likeliest.surface).maybe(likeliest.least)
	rest := m.inverse.at(u, v)
	if !b.LightKnown || rest.melanin < darkMelanin/2 {
		return m // spots of light skin are not so dark, and its shadows in a flush would pass for them
	}
	return m.lit(state{float64(u), float64(v), float64(g)}, float64(g-rest.base), darkMelanin)
}

// likelier is the model of a camera that is not known: the developed one to which this colour
// is the most ordinary skin, where that is likelier by far, whatever the surface.
func (m *Model) likelier(u, v float32, tint unlikely) *Model {
	far := func(m *Model) float64 {
		likeliest := m.surfaced(u, v, anyhow, tint)
		return likeliest.unlikely + oddity(100*likeliest.skin[0], 100*likeliest.skin[1]*likeliest.skin[1])
	}
	found := far(m)
	if found <= unnamedMargin {
		return m
	}
	if other := m.relative(u, v); far(other)+unnamedMargin < found {
		return other
	}
	return m
}

// rested is the model of dark skin of this colour in known light, taken to be at rest: with
// the surface that makes its blood ordinary, and read by its brightness too.
func (m *Model) rested(u, v, g float32) *Model {
	m = m.withSurface(m.surfaced(u, v, anyhow, func(_ *forwardTable, x [2]float64) float64 {
		blood := math.Log(x[1]*x[1]*100/restingBlood) / bloodSpread
		return blood * blood
	}).surface)
	a := m.inverse.at(u, v)
	x := m.forward.fit(observed{at: state{float64(u), float64(v)}, sigma: [3]float64{sigmaU, sigmaV, math.Inf(1)}, restsOnBlood: true}, m.forward.from(a))
	at, _, _ := m.forward.at(x[0], x[1])
	return m.lit(state{float64(u), float64(v), float64(g)}, float64(g)-at[2], -litWidth)
}

// lit is the model that reads skin darker than from (percent melanin) by its brightness too, all
// skin from -litWidth, against a colour at rest and ln of the light there.
func (m *Model) lit(rest state, level float64, from float32) *Model {
	settled := *m
	settled.level = m.levelled(rest, level)
	settled.level.from = from
	return &settled
}

// dark reports whether this is the answer of dark skin. Darker than any that is modelled is
// dark whatever its blood: less surface than modelled shows so.
func dark(a answer) bool {
	return darkness(a) > darkMelanin || a.beyond > 0 && float64(a.melanin) > darkMelanin
}

// darkness is the melanin of skin at rest, percent. More surface than modelled shows as
// less melanin and more blood than skin at rest has; their product says how dark it is.
func darkness(a answer) float64 {
	return float64(a.melanin) * math.Sqrt(max(0, float64(a.blood))/restingBlood)
}

// relative is the model of the developed camera to which this colour is the most ordinary
// skin.
func (m *Model) relative(u, v float32) *Model {
	var best Model
	least := math.Inf(1)
	for _, r := range developed() {
		a := r.inverse.at(u, v)
		if d := oddity(float64(a.melanin), float64(a.blood)); d < least {
			best, least = *r, d
		}
	}
	best.options = m.options
	best.options.Matched = false
	return &best
}

// developed are the models of the default skin in the photos of any developed camera.
var developed = sync.OnceValue(func() []*Model {
	cameras := optics.Developed()
	models := make([]*Model, len(cameras))
	raster.Parallel(len(cameras), func(i int) { models[i] = tabulated(Options{}, cameras[i]) })
	return models
})

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

// read is the answer to one colour: by its ratios and, the darker it is, by its brightness.
func (m *Model) read(u, v, g float32) answer {
	a := m.inverse.at(u, v)
	if m.level == nil {
		return a
	}
	lit := m.level.at(u, v, g)
	share := held((lit.melanin-m.level.from)*(1/litWidth), 1)
	a.melanin += float32(share * (lit.melanin - a.melanin))
	a.blood += float32(share * (lit.blood - a.blood))
	a.base += float32(share * (lit.base - a.base))
	return a
}

// litAtRest reports whether skin itself is read by its brightness, not its spots alone.
func (m *Model) litAtRest() bool { return m.level != nil && m.level.from < 0 }

// litWidth is the melanin over which brightness comes in, in percent: brown skin's spots are
// this much darker (project default).
const litWidth = darkMelanin / 2

// levelTable holds the answers to all three observations, on a lattice around the
// baseline's colour that spans flushes, spots, relief and glare; beyond it they are
// held. Read by linear interpolation it is off by 0.05 % melanin (root mean square).
type levelTable struct {
	rest, first state    // the baseline's, and the lattice's first
	node        []answer // ln(R/G) slowest, ln G fastest
	from        float32  // percent melanin: the least that is read so (lit)
}

const (
	levelStep                             = 0.07
	levelNodesU, levelNodesV, levelNodesG = 19, 25, 39
)

// levelled solves the lattice around a colour; level is ln of the light there. Each answer is
// sought from the brighter one's or from that of the ratios, whichever is nearer: ratios of skin
// that the surface outshines are those of much paler skin too.
func (m *Model) levelled(around state, level float64) *levelTable {
	t := &levelTable{rest: around, node: make([]answer, levelNodesU*levelNodesV*levelNodesG)}
	t.first = state{around[0] - levelStep*(levelNodesU-1)/2, around[1] - levelStep*(levelNodesV-1)/2, around[2] - levelStep*(levelNodesG-1)*2/3}
	raster.Parallel(levelNodesU*levelNodesV, func(column int) {
		i, j := column/levelNodesV, column%levelNodesV
		at := state{t.first[0] + levelStep*float64(i), t.first[1] + levelStep*float64(j)}
		byRatios := m.forward.from(m.inverse.at(float32(at[0]), float32(at[1])))
		x := byRatios
		for k := levelNodesG - 1; k >= 0; k-- {
			at[2] = t.first[2] + levelStep*float64(k) - level
			o := observed{at: at, sigma: [3]float64{sigmaU, sigmaV, sigmaG}}
			if m.forward.miss(o, byRatios) < m.forward.miss(o, x) {
				x = byRatios
			}
			x = m.forward.fit(o, x)
			t.node[column*levelNodesG+k] = m.forward.answer(x)
		}
	})
	return t
}

func (t *levelTable) at(u, v, g float32) answer {
	i, fu := cell(u, t.first[0], levelNodesU)
	j, fv := cell(v, t.first[1], levelNodesV)
	k, fg := cell(g, t.first[2], levelNodesG)
	n := (i*levelNodesV+j)*levelNodesG + k
	const nextU, nextV = levelNodesV * levelNodesG, levelNodesG
	var out answer
	out.add((1-fu)*(1-fv), t.node[n:n+2], fg)
	out.add((1-fu)*fv, t.node[n+nextV:n+nextV+2], fg)
	out.add(fu*(1-fv), t.node[n+nextU:n+nextU+2], fg)
	out.add(fu*fv, t.node[n+nextU+nextV:n+nextU+nextV+2], fg)
	return out
}

// add adds the weighted answer f of the way from the first to the second of a pair.
func (a *answer) add(weight float32, pair []answer, f float32) {
	p, q := &pair[0], &pair[1]
	a.melanin += float32(weight * (p.melanin + float32(f*(q.melanin-p.melanin))))
	a.blood += float32(weight * (p.blood + float32(f*(q.blood-p.blood))))
	a.base += float32(weight * (p.base + float32(f*(q.base-p.base))))
}

// cell is the node below x and how far x lies beyond it, held in the lattice.
func cell(x float32, first float64, nodes int) (i int, f float32) {
	y := held((x-float32(first))*(1/levelStep), float32(nodes)-1.001)
	i = int(y)
	return i, y - float32(i)
}

// observed is a colour with the standard deviations of its parts.
type observed struct {
	at           state
	sigma        [3]float64
	restsOnBlood bool // blood is held near that of skin at rest
}

// from is an answer as skin (m, √blood), held in the table.
func (t *forwardTable) from(a answer) [2]float64 {
	return [2]float64{hold(float64(a.melanin)/100, mLow, mLast), hold(math.Sqrt(max(0, float64(a.blood)/100)), qLow, qLast)}
}

// miss is how far skin is from an observation, in standard deviations squared.
func (t *forwardTable) miss(o observed, x [2]float64) (sum float64) {
	s, _, _ := t.at(x[0], x[1])
	for k := range s {
		d := (o.at[k] - s[k]) / o.sigma[k]
		sum += d * d
	}
	return sum
}

// fit is the skin (m, √blood) of least squares to an observation, by Gauss-Newton steps
// from skin in the table, held in it.
func (t *forwardTable) fit(o observed, x [2]float64) [2]float64 {
	const steps, longest, done = 8, 0.04, 1e-4
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
