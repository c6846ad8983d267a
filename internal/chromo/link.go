package chromo

import "math"

// Link is how blood varies over a region at the scale of blotches, and melanin with it. A
// flush brings blotches of blood and lays no melanin: melanin that follows the new
// blotches is misread ([Link.Leak]), by shine, by a camera that sees other colours, by
// blood of another oxygenation, whichever it is. That pigments lie independently of each
// other is what separates them without any model too (Tsumura 1999, JOSA A 16:2169).
type Link struct {
	blood float64 // variance of √blood, in which colour is nearly straight
	both  float64 // its covariance with melanin
	tiles []tile
}

// tile holds sums over one tile of a region: pixels, squares of √blood, products.
type tile struct{ n, qq, mq float64 }

// Scales of a link, in millimetres (project defaults): noise and hair lie below the
// blotches, form and fall-off of light above; tiles of tileMM count as independent.
const (
	blotchFromMM, blotchToMM = 0.3, 2.0
	tileMM                   = 3.0
	leastTiles               = 8
)

// LinkOf evaluates melanin and blood (percent) of a region on pixels of mmPerPx. ok is
// false without a scale and where the region is too small to tell.
func LinkOf(melanin, blood Field, mmPerPx float64) (l Link, ok bool) {
	if !(mmPerPx > 0) || mmPerPx > blotchFromMM || melanin.Empty() {
		return Link{}, false
	}
	root := blood.Value.Clone()
	for i, v := range root.Pix {
		root.Pix[i] = Root(v)
	}
	m, q := melanin.blotches(mmPerPx), Field{Value: root, Weight: blood.Weight}.blotches(mmPerPx)
	l.tiles = tilesOf(m, q, max(1, int(tileMM/mmPerPx)))
	if len(l.tiles) < leastTiles {
		return Link{}, false
	}
	l.sum()
	return l, true
}

// Root is the square root of blood, 0 where noise has made it negative.
func Root(blood float32) float32 { return float32(math.Sqrt(float64(max(blood, 0)))) }

// JoinLinks is the link of one region over several photos of it.
func JoinLinks(list []Link) Link {
	var l Link
	for _, one := range list {
		l.tiles = append(l.tiles, one.tiles...)
	}
	l.sum()
	return l
}

func (l *Link) sum() {
	var all tile
	for _, t := range l.tiles {
		all = tile{all.n + t.n, all.qq + t.qq, all.mq + t.mq}
	}
	l.blood, l.both = all.qq/all.n, all.mq/all.n
}

// blotches keeps the scales of a link.
func (f Field) blotches(mmPerPx float64) Field {
	fine, coarse := f.Smooth(blotchFromMM/mmPerPx), f.Smooth(blotchToMM/mmPerPx)
	for i := range fine.Pix {
		fine.Pix[i] -= coarse.Pix[i]
	}
	return Field{Value: fine, Weight: f.Weight}
}

// linkSigmas bounds what belongs to the skin: beyond so many robust standard deviations lie
// spots, vessels and needle points, which have both colours of their own (project default).
const linkSigmas = 3

// tilesOf sums over tiles of side pixels, those left out that hold nothing.
func tilesOf(m, q Field, side int) []tile {
	_, sm := medianMAD(everyNth(m.inside()))
	_, sq := medianMAD(everyNth(q.inside()))
	farM, farQ := float32(linkSigmas*sm), float32(linkSigmas*sq)
	w := m.Value.W
	across := (w + side - 1) / side
	tiles := make([]tile, across*((m.Value.H+side-1)/side))
	for i, a := range m.Value.Pix {
		b := q.Value.Pix[i]
		if !m.Inside(i) || !(max(a, -a) <= farM && max(b, -b) <= farQ) {
			continue
		}
		t := &tiles[i/w/side*across+i%w/side]
		t.n++
		t.qq += float64(b) * float64(b)
		t.mq += float64(a) * float64(b)
	}
	full := tiles[:0]
	for _, t := range tiles {
		if t.n > 0 {
			full = append(full, t)
		}
	}
	return full
}

// scatter is the standard error of the covariance about one at rest that melanin's
// following blood by k has changed.
func (l Link) scatter(k float64, rest Link) float64 {
	var n, d2 float64
	for _, t := range l.tiles {
		d := t.mq - rest.both*t.n - k*(t.qq-rest.blood*t.n)
		n, d2 = n+t.n, d2+d*d
	}
	return math.Sqrt(d2) / n
}

// Bounds of what is taken for a leak (project defaults).
const (
	// Skin's own link may have changed by this share of it.
	restChange = 0.25
	// Below this many standard errors there is no leak; beyond, as much of it as the
	// garrote leaves, 1 − (leastZ/z)⁴ (after Breiman 1995, Technometrics 37:373, but
	// steeper: all of it where it is certain).
	leastZ = 1.5
	// Per √% of blood, relative to melanin. New pigment may lie where blood lay and must
	// never pass for a leak: no more is taken off than the least surface reflection, 0.005,
	// explains. Shine and other cameras hide melanin, and by more.
	mostTaken, mostGiven = 0.10, 1.0
)

// Leak is what melanin is misread by: percent per √% of blood, by how melanin follows the
// blood that has come or gone since the link at rest. found is what is read there with
// its standard error; removable is the part of it that is certain and cannot be pigment,
// 0 at rest. level is the region's melanin at rest.
func (l Link) Leak(rest Link, level float64) (removable, found, se float64) {
	more := l.blood - rest.blood
	if more == 0 || !(level > 0) {
		return 0, math.NaN(), math.Inf(1)
	}
	found = (l.both - rest.both) / more
	own := rest.scatter(rest.both/rest.blood, Link{})
	se = math.Hypot(math.Hypot(l.scatter(found, rest), own), restChange*rest.both) / math.Abs(more)
	z := math.Abs(found / se)
	if !(z > leastZ) {
		return 0, found, se
	}
	sure := 1 - math.Pow(leastZ/z, 4)
	sure *= min(1, math.Abs(more)/min(l.blood, rest.blood)) // blotches that hardly changed tell little
	return max(-mostGiven*level, min(sure*found, mostTaken*level)), found, se
}
