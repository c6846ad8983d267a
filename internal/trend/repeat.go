package trend

import (
	"errors"
	"math"

	"dermtrace/internal/outcome"
	"dermtrace/internal/stats"
)

// ErrNoRepeats is returned when no subject was photographed at two visits.
var ErrNoRepeats = errors.New("no subject has two visits that could be compared")

// leastSubjects is from how many subjects on reliability and agreement are stated: with
// fewer, their intervals span nearly everything. Project default.
const leastSubjects = 10

// Repeatability is what repeat visits of unchanged skin say about one measure in one
// contrast. The figure is what [Noise] takes.
type Repeatability struct {
	Figure   Figure           `json:"figure"`
	SEM      float64          `json:"sem"`      // standard deviation of one visit's value, at the mean level
	CV       float64          `json:"cv"`       // SEM over the mean; NaN where the scale is no ratio
	MDC95    float64          `json:"mdc95"`    // of one region between two visits, by t
	Subjects int              `json:"subjects"` // with at least two visits
	Visits   int              `json:"visits"`
	ICC      *stats.Estimate  `json:"icc,omitempty"`       // ICC(2,1), from ten subjects with two or more visits on
	Limits   *stats.Agreement `json:"agreement,omitempty"` // of the second visit with the first
	Warnings []string         `json:"warnings"`
}

// Repeat measures noise from records of unchanged skin, one per subject: all their
// visits are repeats, their photos replicates. Their treated regions are taken by
// themselves and against control skin; what they share within a photo is in the error
// of the second and not of the first.
func Repeat(records []*outcome.Record) ([]Repeatability, error) {
	if len(records) == 0 {
		return nil, ErrNoRepeats
	}
	var list []Repeatability
	for _, m := range newCourse(records[0], Noise{BuiltIn: []Figure{}}).measures {
		def := records[0].Definitions[m]
		for _, contrast := range []string{outcome.Raw, outcome.VsControl} {
			g := gather(records, m, contrast)
			if g.subjects > 0 {
				list = append(list, g.repeatability(m, contrast, def))
			}
		}
	}
	if len(list) == 0 {
		return nil, ErrNoRepeats
	}
	return list, nil
}

// repeats are the visits of all subjects in one measure and contrast.
type repeats struct {
	subjects int
	visits   int
	relative bool
	means    [][]float64 // by subject and region: visit values
	levels   []float64   // of each, the mean square level
	photos   [][]float64 // by visit: replicates, relative to the level where relative
	share    float64     // Σ of 1/replicates
}

func gather(records []*outcome.Record, measure, contrast string) repeats {
	g := repeats{relative: records[0].Definitions[measure].Scale == outcome.Ratio}
	for _, rec := range records {
		before := len(g.means)
		c := newCourse(rec, Noise{BuiltIn: []Figure{}})
		for k := range c.tracks {
			if t := &c.tracks[k]; t.measure == measure && t.contrast == contrast && t.kind == outcome.Treated {
				g.add(t)
			}
		}
		if len(g.means) > before {
			g.subjects++
		}
	}
	return g
}

// add takes one region's visits if there are two that may be compared.
func (g *repeats) add(t *track) {
	var values []float64
	var photos [][]float64
	var square, share float64
	for v := range t.points {
		if t.usable(v) {
			p := &t.points[v]
			values, photos = append(values, p.value), append(photos, p.photos)
			square += p.meanSquare()
			share += p.share()
		}
	}
	n := float64(len(values))
	if n < 2 || g.relative && !(square > 0) {
		return
	}
	unit := 1.0
	if g.relative {
		unit = math.Sqrt(square / n)
	}
	for _, p := range photos {
		scaled := make([]float64, len(p))
		for i, v := range p {
			scaled[i] = v / unit
		}
		g.photos = append(g.photos, scaled)
	}
	g.means, g.levels = append(g.means, values), append(g.levels, square/n)
	g.visits += len(values)
	g.share += share
}

// between pools the variance of visits within subjects, relative where relative.
func (g *repeats) between() stats.Pooled {
	scaled := make([][]float64, len(g.means))
	for i, values := range g.means {
		unit := 1.0
		if g.relative {
			unit = math.Sqrt(g.levels[i])
		}
		for _, v := range values {
			scaled[i] = append(scaled[i], v/unit)
		}
	}
	return stats.PoolWithin(scaled)
}

func (g *repeats) repeatability(measure, contrast string, def outcome.Definition) Repeatability {
	total, within := g.between(), stats.PoolWithin(g.photos)
	f := Figure{Measure: measure, Unit: def.Unit, Contrast: contrast, DF: total.DF, N: g.subjects, Source: SourceRepeatability}
	b, w := total.Variance, 0.0
	if within.DF >= MinDF {
		w = within.Variance
		b = max(0, b-w*g.share/float64(g.visits))
	}
	level := math.Sqrt(stats.Mean(g.levels))
	r := Repeatability{Subjects: g.subjects, Visits: g.visits, SEM: math.Sqrt(total.Variance), CV: math.NaN(), Warnings: []string{}}
	if g.relative {
		f.CV, f.WithinCV, r.CV = math.Sqrt(b), math.Sqrt(w), r.SEM
		r.SEM *= level
	} else {
		f.SD, f.WithinSD = math.Sqrt(b), math.Sqrt(w)
	}
	r.Figure = f
	r.MDC95 = stats.TQuantile(0.975, total.DF) * math.Sqrt2 * r.SEM
	if total.DF < MinDF {
		r.Warnings = append(r.Warnings, "fewer than 5 degrees of freedom: this figure is not used for verdicts")
	}
	g.reliability(&r)
	return r
}

// reliability adds ICC(2,1) and the limits of agreement of the first two visits.
func (g *repeats) reliability(r *Repeatability) {
	if g.subjects < leastSubjects || g.subjects != len(g.means) {
		r.Warnings = append(r.Warnings, "ICC and limits of agreement need 10 subjects with one region each")
		return
	}
	var first, second []float64
	var pairs [][]float64
	for _, v := range g.means {
		first, second, pairs = append(first, v[0]), append(second, v[1]), append(pairs, v[:2])
	}
	if icc, err := stats.ICC(pairs); err == nil {
		r.ICC = &icc.ICC21
	}
	if ba, err := stats.BlandAltman(second, first); err == nil {
		r.Limits = &ba
	}
}
