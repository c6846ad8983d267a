package pigment

import (
	"math"

	"dermtrace/internal/chromo"
	"dermtrace/internal/geom"
	"dermtrace/internal/outcome"
	"dermtrace/internal/raster"
)

// Bounds between the fates of outcome.Spot, as ratios of contrast (project defaults). Each
// fate is the mirror of another or of itself, so that swapping the visits swaps them and
// chance alone fades as many spots as it darkens.
const (
	fadedBelow = 0.8  // and darkened above its inverse
	goneBelow  = 0.25 // and new above its inverse
)

// largeMM is the diameter from which a mark needs eyes whatever it does (the D of the
// ABCDE rule, Abbasi 2004, JAMA 292:2771).
const largeMM = 6.0

// Visit is the melanin of one region at one visit, with where its map lies.
type Visit struct {
	Melanin      chromo.Field
	MMPerPx      float64        // of the map
	FrameFromMap geom.Transform // map pixels to millimetres in the common frame
	Blood        float64        // of the region, percent

	// Luma is the natural logarithm of the photo's luma on the same pixels, and Darkening how
	// much of it 1 % of melanin more takes away from skin of so much (percent): what JPEG keeps
	// when it rounds colour off.
	Luma      *raster.Plane
	Darkening func(melanin float64) float64

	// Bend moves a place of the frame, in millimetres, to where FrameFromMap alone would
	// take it for the map to show what is there; nil: that needs no bending.
	Bend func(geom.Point) geom.Point
}

// Matched is one spot seen at either visit and measured at both.
type Matched struct {
	At            geom.Point // millimetres in the common frame
	RadiusMM      float64
	Before, After float64 // melanin above that of the plain skin around, percent, weighed alike at both visits
	Error         float64 // standard error of their difference, by what plain skin did; not of what both share
	Doubt         float64 // standard error that blood which changed adds to it, the same way for all spots
	Fate          string  // a fate of outcome.Spot
	NeedsEyes     bool    // new, darkening or large: for a person to look at, never "improved"
}

// Comparison is what the spots of a region did between two visits.
type Comparison struct {
	Spots   []Matched // that are clear enough at either visit for their fate to be told
	AreaMM2 float64   // of skin that both visits show

	// Burden is the sum of contrast times area in percent · mm² of all that is no mottle at
	// either visit, whether or not its fate can be told, less the mottle beneath.
	BurdenBefore, BurdenAfter float64
	Summed                    int // of such places

	// Spots that surely became at least twice as dark, new ones among them, and those that
	// surely lost half. Fainter ones than those of Spots count too: no single one of them
	// is believed.
	Appeared, Receded int
}

// Marks are the blobs of one visit, found once for all visits that it is compared with.
type Marks struct {
	ground  *ground
	blobs   []blob
	melanin chromo.Field
	mmPerPx float64 // of that
}

// Mark finds what may be spots of a visit. The error is [geom.ErrSingular].
func (v Visit) Mark() (*Marks, error) {
	g, err := v.lay()
	if err != nil {
		return nil, err
	}
	return &Marks{g, g.blobs(), v.Melanin, v.MMPerPx}, nil
}

// Compare joins the spots of both visits one to one and measures the union at both in the
// same way. Choosing at one visit alone would see the chosen fade by chance (regression
// to the mean). Spots that either visit does not show whole are left out.
func Compare(before, after *Marks) Comparison { return gather(before, after).compare() }

// Alone are the spots of one visit as if nothing had become of them: their burden is what
// that of later visits is told from.
func (m *Marks) Alone() Comparison {
	p := &pair{before: m.ground, after: m.ground, there: m.ground.in(m.ground), union: m.blobs, area: m.ground.area(m.ground.field.Weight)}
	p.perhaps = m.ground.without(m.ground.field.Weight, clearOf(m.blobs))
	plain := m.ground.without(m.ground.field.Weight, m.blobs)
	p.take(plain, plain)
	return p.compare()
}

// compare measures the union at both visits.
func (p *pair) compare() Comparison {
	defer p.forget()
	c := Comparison{AreaMM2: p.area}
	for _, b := range p.union {
		m, ok := p.measure(b)
		if !ok {
			continue
		}
		c.add(p, p.checked(b, m).doubted(p.before.blood, p.after.blood), p.at(b.size))
	}
	return c
}

// add takes up a place of which r is known at its size.
func (c *Comparison) add(p *pair, m Matched, r *rises) {
	big, small := max(m.Before, m.After), min(m.Before, m.After)
	if big >= notMottle*max(r.plain, m.Error) {
		area := math.Pi * m.RadiusMM * m.RadiusMM / discShare
		before, after := p.beneath(r)
		c.BurdenBefore, c.BurdenAfter, c.Summed = c.BurdenBefore+area*(m.Before-before), c.BurdenAfter+area*(m.After-after), c.Summed+1
	}
	if m = m.judged(); m.told(r.mottle) {
		c.Spots = append(c.Spots, m)
	}
	if big-small >= sureOfChange*m.change() && big >= max(notMottle*r.plain, visible*p.level()) && small < big/2 {
		if m.After > m.Before {
			c.Appeared++
		} else {
			c.Receded++
		}
	}
}

// How clear a spot must be (project defaults).
const (
	// clearly is how many standard errors of change a spot has to stand out for its fate to be
	// told, and how many standard deviations of mottle are enough: one in six, a boundary 0.2
	// from its fate, is then crossed by chance once in ten.
	clearly = 7.0

	// outOfMottle is how many standard deviations of mottle a spot has to stand out to be one:
	// as many as sureOfChange. Mottle beneath it stays when it fades or goes: the fate is told
	// where mottleDecides standard deviations of it, 95 in 100, do not decide.
	outOfMottle   = sureOfChange
	mottleDecides = 1.96

	// A count of spots needs less of each: sureOfChange standard errors of change, as noise
	// alone makes on less than a place in 100 cm², on what is not mottle.
	sureOfChange = 4.5
	notMottle    = 3.0

	// visible is the least contrast of a spot that counts, relative to the skin's melanin: half
	// of what counts as pigmented takes 1 % of luma from tan skin, as little as an eye notices.
	visible = leastContrast / 2

	// chosen is how many standard deviations of mottle lie beneath a spot on average, for its place
	// and size are those that look darkest: the mean of the darker half of mottle, √(2/π).
	chosen = 0.8

	// beyondChance is how many standard errors a contrast must have changed by to be no
	// persisting one: nine in ten that do not change stay within.
	beyondChance = 1.64
)

// PerRootBlood is the standard deviation of the natural logarithm of what a spot's contrast is read
// as, for each √% that blood has changed by: other oxygenation, shine and scattering than modelled
// make more or less of pigment under more blood. On 110 flushes of simulated skin of any optics the
// sums of unchanged spots rose or fell by 0.28 in the root mean square.
const PerRootBlood = 0.3

// doubted is how much of a contrast blood may have made.
func (m Matched) doubted(before, after float64) Matched {
	change := float64(chromo.Root(float32(after)) - chromo.Root(float32(before)))
	m.Doubt = PerRootBlood * math.Abs(change) * math.Sqrt(max(0, m.Before)*max(0, m.After))
	return m
}

// change is the standard error of what a contrast changed by.
func (m Matched) change() float64 { return math.Hypot(m.Error, m.Doubt) }

// judged names the fate of a spot. A contrast that chance has made negative counts as 0, and
// one whose change may be chance persists.
func (m Matched) judged() Matched {
	a, b := max(0, m.Before), max(0, m.After)
	switch {
	case math.Abs(m.After-m.Before) < beyondChance*m.change():
		m.Fate = outcome.SpotPersisted
	case b < goneBelow*a:
		m.Fate = outcome.SpotGone
	case a < goneBelow*b:
		m.Fate = outcome.SpotNew
	case b < fadedBelow*a:
		m.Fate = outcome.SpotFaded
	case a < fadedBelow*b:
		m.Fate = outcome.SpotDarkened
	default:
		m.Fate = outcome.SpotPersisted
	}
	m.NeedsEyes = m.Fate == outcome.SpotNew || m.Fate == outcome.SpotDarkened || 2*m.RadiusMM > largeMM
	return m
}

// told reports whether a spot is clear enough for its fate to be told.
func (m Matched) told(mottle float64) bool {
	both, big := math.Hypot(m.Before, m.After), max(m.Before, m.After)
	return both >= clearly*m.Error && (both >= clearly*mottle ||
		big >= outOfMottle*mottle && (m.Fate == outcome.SpotPersisted || m.mottles() >= mottleDecides*mottle))
}

// mottles is how much mottle beneath a spot, seen at both visits, would put it on a boundary
// between fates.
func (m Matched) mottles() float64 {
	least := math.Inf(1)
	for _, ratio := range []float64{fadedBelow, goneBelow} {
		least = min(least, math.Abs(m.After-ratio*m.Before)/(1-ratio), math.Abs(m.Before-ratio*m.After)/(1-ratio))
	}
	return least
}

// Gained is how many of Spots are new, less those that are gone.
func (c Comparison) Gained() int {
	n := 0
	for _, m := range c.Spots {
		switch m.Fate {
		case outcome.SpotNew:
			n++
		case outcome.SpotGone:
			n--
		}
	}
	return n
}

// Change is the summed burden after over before, less 1: −0.2 is a fifth less pigment in
// spots. NaN without spots.
func (c Comparison) Change() float64 {
	if c.BurdenBefore <= 0 {
		return math.NaN()
	}
	return c.BurdenAfter/c.BurdenBefore - 1
}
