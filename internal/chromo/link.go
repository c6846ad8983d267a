package chromo

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/stat/distuv"
)

// Link is what a region shows at rest: blotches that those of later photos are held
// against. A flush brings blotches of blood, and evens out those that there were, and lays
// no melanin: melanin that changes as they do is misread ([Link.Leak]), by shine, by a
// camera that sees other colours, by blood of another oxygenation, whichever it is. That
// pigments lie independently of each other is what separates them without any model too
// (Tsumura 1999, JOSA A 16:2169).
type Link struct{ rest []*Mottle }

// NewLink takes a region's photos of the baseline; it is nil where none has a scale.
func NewLink(baseline ...*Mottle) *Link {
	l := &Link{}
	for _, m := range baseline {
		if m != nil {
			l.rest = append(l.rest, m)
		}
	}
	if len(l.rest) == 0 {
		return nil
	}
	return l
}

// tile holds sums over one tile of a region: pixels, and products of the redness around them
// and of the melanin at rest around them with blood as a leak shows it, with the melanin at
// rest, and with melanin.
type tile struct {
	n  float64
	by [2][3]float64
}

const (
	tileMM     = 3.0 // tiles count as independent
	leastTiles = 8
	// linkSigmas bounds what belongs to the skin: beyond so many robust standard deviations
	// lie spots, vessels and needle points, which have both colours of their own (project
	// default).
	linkSigmas = 4
)

// pairing is a mottle at rest and how a later one lies on it.
type pairing struct {
	base *Mottle
	move warp
}

// pairs are those of a photo that show the same skin.
func (l *Link) pairs(now *Mottle) (list []pairing) {
	for _, base := range l.rest {
		if base == now {
			continue // which says nothing
		}
		if move, ok := now.onto(base); ok {
			list = append(list, pairing{base, move})
		}
	}
	return list
}

// since are the tiles of how a photo's mottle differs from one at rest, and what they might be
// as well, where a coarse file keeps it and it is not known how far the skin spreads now.
func (p pairing) since(now *Mottle, s *leakShape) (tiles, doubted []tile) {
	d := p.change(now, s)
	tiles = d.tiles(p.base.mm)
	if now.file.CbStep == 0 || p.base.stepped(p.base.spread()) {
		return tiles, tiles
	}
	spread := p.flushed(now, d)
	if !now.stepped(spread) {
		return tiles, tiles
	}
	seen := func(spread float64) []tile { return p.change(now.asSeen(spread), s).tiles(p.base.mm) }
	return seen(spread), seen(spreadDoubt * spread)
}

func (p pairing) change(now *Mottle, s *leakShape) change {
	return now.shaped(s).less(p.base.shaped(s), &p.move)
}

// tiles sums over tiles of tileMM, those left out that hold nothing.
func (d change) tiles(mmPerPx float64) []tile {
	usual := d[:3].usual()
	around := around(d[2].Value, d[3].Value, d[2].Weight, mmPerPx)
	w, side := usual.W, int(tileMM/mmPerPx)
	across := (w + side - 1) / side
	tiles := make([]tile, across*((usual.H+side-1)/side))
	for i, in := range usual.Pix {
		if in == 0 || !around[0].Inside(i) {
			continue
		}
		t := &tiles[i/w/side*across+i%w/side]
		t.n++
		for a := range around {
			z := float64(around[a].Value.Pix[i])
			t.by[a][0] += z * float64(d[1].Value.Pix[i])
			t.by[a][1] += z * float64(d[3].Value.Pix[i])
			t.by[a][2] += z * float64(d[0].Value.Pix[i])
		}
	}
	return slices.DeleteFunc(tiles, func(t tile) bool { return t.n == 0 })
}

// slope is how melanin follows blood where redness says that there is more, with its standard
// error by the tiles. Redness around a pixel is an instrument for its blood (Reiersøl 1945, Ark
// Mat Astr Fys 32A:4): the noise of the pixel's own blue light, which moves melanin and blood
// together, is none of it. It is ln(R/G) less what ln(G/B) says of shine, which dims a flush
// where it lies and makes more of it a leak. Into darker skin the whole of a flush leaks
// otherwise than into paler skin, and redness changes otherwise there: so the melanin at rest
// is a second cause, and that around a pixel its instrument.
func slope(tiles []tile) (k, se float64) {
	var all tile
	for _, t := range tiles {
		for a := range t.by {
			for b := range t.by[a] {
				all.by[a][b] += t.by[a][b]
			}
		}
	}
	k, g := all.causes(all.by[0][2], all.by[1][2])
	var d2 float64
	for _, t := range tiles {
		var d [2]float64
		for a, by := range t.by {
			d[a] = by[2] - k*by[0] - g*by[1]
		}
		off, _ := all.causes(d[0], d[1])
		d2 += off * off
	}
	return k, math.Sqrt(d2)
}

// causes is how much of blood and of the melanin at rest make products of melanin with both
// surroundings.
func (t *tile) causes(byRedness, byMelanin float64) (k, g float64) {
	r, m := t.by[0], t.by[1]
	det := r[0]*m[1] - r[1]*m[0]
	return (byRedness*m[1] - byMelanin*r[1]) / det, (byMelanin*r[0] - byRedness*m[0]) / det
}

// leakShape is how a leak grows with √blood, per √% on average over a flush of flushPoints:
// as that of a shinier surface does, which is a third steeper at its end than at its
// beginning. Blood of other oxygenation bends half as much, other cameras the other way.
type leakShape struct {
	leak  [shapeNodes]float32 // by the root of blood
	shine float32             // by what ln(R/G) rises with it, where ln(G/B) rises by 1
}

const (
	shapeNodes  = 66
	shapeStep   = 0.05 // √% of blood
	flushPoints = 3    // % of blood
	shinier     = 0.01 // than modelled
)

// shape is that of skin of so much melanin (percent).
func (m *Model) shape(melanin float64) *leakShape {
	shiny := m.shiny()
	var t leakShape
	for i := range t.leak {
		root := float64(i) * shapeStep
		s, _, _ := shiny.at(m.forward.nearest(melanin, root*root))
		t.leak[i] = m.inverse.at(float32(s[0]), float32(s[1])).melanin
	}
	from, to := Root(restingBlood), Root(restingBlood+flushPoints)
	unit := (t.at(to) - t.at(from)) / (to - from)
	for i := range t.leak {
		t.leak[i] /= unit
	}
	mf, q := m.forward.nearest(melanin, restingBlood)
	by := m.forward.shine([2]float64{mf, q})
	t.shine = float32(by[0] / by[1])
	return &t
}

// at is the shape at a root of blood, held at its end.
func (t *leakShape) at(root float32) float32 {
	x := min(root*(1/shapeStep), shapeNodes-1.001)
	i := int(x)
	return t.leak[i] + float32((x-float32(i))*(t.leak[i+1]-t.leak[i]))
}

// Bounds of what is taken for a leak, relative to the skin's melanin and per √% of blood
// (project defaults).
const (
	// What is misread where the model holds, and, as likely, where it does not, as standard
	// deviations over skins, lights, cameras and oxygenations; and what blotches show that are
	// clipped or out of place, which happens so often.
	noLeak, leakSpread      = 0.03, 0.4
	levelSpread             = 0.07 // where dark skin is read by its brightness too
	wrongSpread, wrongOften = 2.0, 0.03
	// Shine and other cameras hide melanin: leaks below zero are as often again as above.
	hidesOften = 2.0
	// Skin whose epidermis sends back blue light that met no blood hides melanin by up to all
	// that is given (1.2 to 1.4 where it scatters as the dermis does, in the two layers of
	// Kubelka and Munk): so often, anywhere up to there. What it sends back hides as many points
	// of paler skin's melanin as of this, 2.4 to 2.7, by adding and doubling too.
	farOften, paleMelanin = 0.1, 2.0
	// New pigment may lie where blood lay and must never pass for a leak: no more is taken
	// off than a surface explains that reflects the least, and not what is modelled: a tenth of
	// the melanin, more of dark skin whose light is not known, and of skin whose tint has told
	// a surface and leaves a duller one possible.
	// What hides melanin does so by more.
	leastReflected = 0.005
	mostDuller     = DefaultSurface - leastReflected
	mostGiven      = 1.5
	// leastDoubt is what tiles cannot tell, because it is alike in all: light that lies
	// otherwise on blotches moves what is taken off by so much of the melanin (project
	// default: with it what is found of simulated skin is off by its standard error).
	leastDoubt = 0.025
)

// Leak is what a photo's melanin is misread by where blood is not as at rest.
type Leak struct {
	found, se float64 // percent per √% of blood
	sure      float64 // the part of found that is certain and cannot be pigment
	doubt     float64 // standard deviation of what the leak may be as well
	shape     *leakShape
	rest      float32 // root of blood
	atRest    float32 // of the shape
}

// Leak reads it from a photo's blotches. melanin and rest are the region's melanin and blood
// at rest, blood is the photo's, in percent; ok is false where the photo tells nothing.
func (l *Link) Leak(now *Mottle, melanin, rest, blood float64) (k Leak, ok bool) {
	if now == nil || !(melanin > 0) {
		return k, false
	}
	k.shape, k.rest = now.model.shape(melanin), Root(float32(rest))
	k.atRest = k.shape.at(k.rest)
	flush := math.Abs(float64(Root(float32(blood)) - k.rest))
	if flush == 0 {
		return k, false // such as a part of the baseline itself
	}
	var tiles, doubted []tile
	for _, p := range l.pairs(now) {
		t, d := p.since(now, k.shape)
		tiles, doubted = append(tiles, t...), append(doubted, d...)
	}
	if len(tiles) < leastTiles {
		return k, false
	}
	k.found, k.se = slope(tiles)
	other, _ := slope(doubted)
	k.se = math.Hypot(k.se, other-k.found)
	if !(k.se > 0 && k.se < melanin) {
		return k, false
	}
	k.se = math.Hypot(k.se, leastDoubt*melanin/flush)
	given := mostGiven * max(1, paleMelanin/melanin)
	sure, doubt := certain(k.found/melanin, k.se/melanin, given, now.model.usualLeak())
	k.sure, k.doubt = max(-given*melanin, min(sure*melanin, now.model.mostTaken(melanin, k.shape))), doubt*melanin
	return k, true
}

// mostTaken is what skin of so much melanin (percent) leaks whose surface is as dull as it may
// be, per √% of blood over a flush of flushPoints; 0 where none has its colour.
func (m *Model) mostTaken(melanin float64, s *leakShape) float64 {
	mf, q := m.forward.nearest(melanin, restingBlood)
	rest, _, _ := m.forward.at(mf, q)
	if m.litAtRest() {
		rest = m.level.rest
	}
	dull := m.duller()
	x, ok := dull.solve([2]float64{rest[0], rest[1]}, [2]float64{mf, q})
	if !ok {
		return 0
	}
	pale, _, _ := dull.at(x[0], x[1])
	red, _, _ := dull.at(x[0], math.Sqrt(x[1]*x[1]+flushPoints/100.))
	from := m.read(float32(rest[0]), float32(rest[1]), float32(rest[2]))
	to := m.read(float32(red[0]), float32(red[1]), float32(red[2]+rest[2]-pale[2]))
	return max(0, float64((to.melanin-from.melanin)/(s.at(Root(to.blood))-s.at(Root(from.blood)))))
}

// usualLeak is the standard deviation of the leaks that the model has.
func (m *Model) usualLeak() float64 {
	if m.litAtRest() {
		return levelSpread
	}
	return leakSpread
}

// certain is the expectation and the standard deviation of a leak found with a standard error, both
// relative to melanin, that is none, spread as leaks usually are, far below them where melanin is
// hidden, anywhere down to what is given at most, or something else that is no leak: a spike, a
// little blunt, and slabs (Mitchell & Beauchamp 1988, JASA 83:1023).
func certain(found, se, given, usual float64) (mean, sd float64) {
	likely := func(spread float64) float64 {
		v := spread*spread + se*se
		return math.Exp(-found*found/v/2) / math.Sqrt(v)
	}
	upTo := func(x float64) float64 { return distuv.UnitNormal.CDF((x - found) / se) }
	leak := likely(usual)
	var far float64
	if found < 0 {
		leak *= hidesOften
		far = farOften * math.Sqrt(2*math.Pi) * (upTo(0) - upTo(-given)) / given
	}
	all := likely(noLeak) + leak + far + wrongOften*likely(wrongSpread)
	if all == 0 {
		return 0, 0
	}
	part := usual * usual / (usual*usual + se*se)
	mean = found * (leak*part + far) / all
	square := leak*part*(found*found*part+se*se) + far*min(found*found+se*se, given*given) + likely(noLeak)*noLeak*noLeak
	return mean, math.Sqrt(max(0, square/all-mean*mean))
}

// At is the melanin that is misread where blood is so, in percent.
func (k *Leak) At(blood float32) float32 {
	return float32(k.sure) * (k.shape.at(Root(blood)) - k.atRest)
}

// Doubt is the standard deviation of what [Leak.At] may be as well.
func (k *Leak) Doubt(blood float32) float64 {
	return math.Abs(k.doubt * float64(k.shape.at(Root(blood))-k.atRest))
}

// PerPoint is the melanin that each point of blood is misread as on the way to so much
// blood, all in percent, and its standard error.
func (k *Leak) PerPoint(blood float64) (found, se float64) {
	const least = 0.01
	to := Root(float32(blood))
	if d := to - k.rest; max(d, -d) < least {
		to = k.rest + least
	}
	per := float64((k.shape.at(to) - k.atRest) / (to*to - k.rest*k.rest))
	return per * k.found, math.Abs(per) * k.se
}
