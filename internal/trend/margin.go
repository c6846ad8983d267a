package trend

import (
	"math"

	"dermtrace/internal/outcome"
	"dermtrace/internal/stats"
)

// margin is the error of one change.
type margin struct {
	se, df float64
	// half is half the width of the 95 % interval, which is the MDC95:
	// t·√(Σ over both visits of σ_b² + σ_w²/k), that is t·√2·√(σ_b² + σ_w²/k) where both
	// visits have the same level and number of replicates.
	half        float64
	source      string
	n           int // behind the source: subjects or courses, or visits of the witness
	provisional bool
	small       bool // a region has less skin than the source
}

// span is a change from visit from to visit to, judged by what is known of noise at the
// visit known.
type span struct{ from, to, known int }

// upTo is a change as known at its later visit.
func upTo(from, to int) span { return span{from, to, max(from, to)} }

// margin of a change of t, from the most trusted source that can tell; false where none
// can. To its error is added, in squares, that of the light as it was estimated for the
// very photos of both visits, which a bad light makes large: a source knows usual light
// only. Usual light is thereby counted twice, which errs on the side of no change. That of
// cross-talk is added too, as each photo told it: a source knows skin that is neither redder
// nor darker. The degrees of freedom stay those of the source.
func (c *course) margin(t *track, s span) (margin, bool) {
	m, ok := c.trusted(t, s)
	if ok {
		from, to := &t.points[s.from], &t.points[s.to]
		m.se = math.Sqrt(float64(m.se*m.se) + from.light + to.light + from.talk + to.talk)
		m.half = c.quantile(m.df) * m.se
	}
	return m, ok
}

// quantile is t(0.975; df), remembered: the rows of one visit share few df.
func (c *course) quantile(df float64) float64 {
	t, ok := c.quantiles[df]
	if !ok {
		t = stats.TQuantile(0.975, df)
		c.quantiles[df] = t
	}
	return t
}

// trusted takes the first source that can tell, with one exception: the witness half
// may raise the built-in error, but not lower it. Its tiles lie between those that set
// the light, so what differs between control skin and a region farther off (the fall
// of light, glare, the body itself) is taken out of it, while it is in the change.
func (c *course) trusted(t *track, s span) (margin, bool) {
	if f, ok := c.find(c.noise.Repeatability, t, s); ok {
		return t.byFigure(f, SourceRepeatability, s)
	}
	witness, seen := t.byWitness(s)
	f, ok := c.find(c.noise.BuiltIn, t, s)
	if !ok {
		return witness, seen
	}
	builtIn, ok := t.byFigure(f, SourceBuiltIn, s)
	if seen && (!ok || witness.se > builtIn.se) {
		return witness, true
	}
	return builtIn, ok
}

// byFigure takes σ_b from a figure, and σ_w from the replicates of this course where
// they have MinDF degrees of freedom, else from the figure too.
func (t *track) byFigure(f Figure, source string, s span) (margin, bool) {
	a, b := &t.points[s.from], &t.points[s.to]
	moreA, moreB := t.scarcity(source, a), t.scarcity(source, b)
	between := float64(moreA*f.between(a.meanSquare())) + float64(moreB*f.between(b.meanSquare()))
	parts := []stats.Part{{Weight: 1, Variance: between, DF: f.DF}}
	if own := pooledWithin(t.points, s.known); own.DF >= MinDF {
		parts = append(parts, stats.Part{Weight: a.share() + b.share(), Variance: own.Variance, DF: own.DF})
	} else {
		parts[0].Variance += float64(moreA*f.within(a.meanSquare())*a.share()) + float64(moreB*f.within(b.meanSquare())*b.share())
	}
	m, ok := newMargin(source, parts)
	m.n, m.provisional, m.small = f.N, f.Provisional, max(moreA, moreB) > 1
	return m, ok
}

// byWitness takes the variance between visits from what the witness half of control
// skin did up to the visit known: relative to its mean for a ratio scale, else in the
// unit. Counts and proportions are refused, and regions with far more or less of it
// than control skin: their spread depends on how much there is. In a difference both
// regions enter with that variance and no covariance is taken off: the course cannot
// tell how much of the error of two regions is shared between visits, so the error is
// at most what is stated.
//
// Replicates add what their own visits cannot average out: where the contrast has
// MinDF degrees of freedom of them, the witness's own share of it is taken out of its
// variance and the contrast's put in, which holds the covariance within a photo.
func (t *track) byWitness(s span) (margin, bool) {
	w, ok := t.witnessOf(s.known)
	if !ok {
		return margin{}, false
	}
	a, b := &t.points[s.from], &t.points[s.to]
	level := float64(a.regions + b.regions)
	if t.def.Scale == outcome.Ratio {
		level = a.square + b.square
	}
	parts := []stats.Part{{Weight: level, Variance: w.variance, DF: w.df}}
	own := pooledWithin(t.points, s.known)
	rest := w.variance - w.share*w.within.Variance
	if own.DF >= MinDF && w.within.DF >= MinDF && rest > 0 {
		parts = append(parts,
			stats.Part{Weight: -level * w.share, Variance: w.within.Variance, DF: w.within.DF},
			stats.Part{Weight: a.share() + b.share(), Variance: own.Variance, DF: own.DF})
	}
	m, ok := newMargin(SourceWitness, parts)
	m.n = w.visits
	return m, ok
}

// alike is the factor between control skin and the region up to which a relative spread
// is taken to be the same: the little that control skin has of spots says nothing about
// the spread of many. Project default.
const alike = 3

// witnessed is the spread of control skin over visits, relative for a ratio scale.
type witnessed struct {
	variance, df float64
	visits       int
	share        float64 // mean of 1/replicates
	within       stats.Pooled
}

func (t *track) witnessOf(last int) (w witnessed, ok bool) {
	if t.def.Scale != outcome.Ratio && t.def.Scale != outcome.Interval || t.witness == nil {
		return w, false
	}
	var values, groups = []float64{}, [][]float64{}
	for _, p := range t.witness[:last+1] {
		if p.known && !p.barred {
			values, groups = append(values, p.value), append(groups, p.photos)
			w.share += p.share()
		}
	}
	n := float64(len(values))
	if n-1 < MinDF {
		return w, false
	}
	unit := 1.0
	if t.def.Scale == outcome.Ratio {
		unit = stats.Mean(values)
		if level := math.Abs(t.baseline.value); !(level <= alike*unit && unit <= alike*level) {
			return w, false
		}
	}
	w.variance, w.df, w.share = stats.Variance(values)/(unit*unit), n-1, w.share/n
	w.visits = len(values)
	w.within = stats.PoolWithin(groups)
	w.within.Variance /= unit * unit
	return w, unit > 0 && w.variance > 0
}

// newMargin adds the parts. A sum that is not above zero knows no error.
func newMargin(source string, parts []stats.Part) (margin, bool) {
	variance, df := stats.Satterthwaite(parts...)
	m := margin{se: math.Sqrt(variance), df: df, source: source}
	return m, m.se > 0 && m.df > 0
}

// meanSquare is the mean of the squared values of the regions that enter.
func (p *point) meanSquare() float64 { return p.square / float64(p.regions) }

// share is 1/k: what replicates leave of their own variance.
func (p *point) share() float64 { return 1 / float64(len(p.photos)) }
