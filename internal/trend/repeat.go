package trend

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"

	"dermtrace/internal/outcome"
	"dermtrace/internal/stats"
)

// ErrNoRepeats is returned when no subject was photographed at two visits.
var ErrNoRepeats = errors.New("no subject has two visits that could be compared")

// leastSubjects is from how many subjects on reliability and agreement are stated: with
// fewer, their intervals span nearly everything. Project default.
const leastSubjects = 10

// Repeatability is what repeat visits of unchanged skin say about one measure in one
// contrast. The figure is what [Noise] takes; from replicates within visits alone there
// is none, and only WithinSD is known.
type Repeatability struct {
	Figure   Figure         `json:"figure"`
	SEM      outcome.Number `json:"sem"`       // standard deviation of one visit's value, at the mean level
	CV       outcome.Number `json:"cv"`        // SEM over the mean; null where the scale is no ratio
	MDC95    outcome.Number `json:"mdc95"`     // of one region between two visits, by t
	WithinSD outcome.Number `json:"within_sd"` // between photos of one visit, at the mean level
	WithinDF float64        `json:"within_df"`
	Subjects int            `json:"subjects"` // with at least two visits
	Visits   int            `json:"visits"`
	ICC      *ICC           `json:"icc,omitempty"`       // from ten subjects with two or more visits on
	Limits   *Limits        `json:"agreement,omitempty"` // of the second visit with the first
	Warnings []string       `json:"warnings"`
}

// ICC is ICC(2,1), absolute agreement of two days, with its 95 % interval (Shrout &
// Fleiss 1979).
type ICC struct {
	Value outcome.Number    `json:"value"`
	CI95  [2]outcome.Number `json:"ci95"`
}

// Limits are Bland & Altman's: the mean difference second − first visit with its
// interval, and what holds 95 % of differences.
type Limits struct {
	Bias     outcome.Number    `json:"bias"`
	BiasCI95 [2]outcome.Number `json:"bias_ci95"`
	Limits   [2]outcome.Number `json:"limits"`
}

// Repeat measures noise from records of unchanged skin: all their visits are repeats,
// their photos replicates; records of one subject count as one subject. Their treated
// regions, or scars where no treated region has the measure, are taken by themselves and
// against control skin; what they share within a photo is in the error of the first and
// not of the second.
func Repeat(records []*outcome.Record) ([]Repeatability, error) {
	return repeat(records, SourceRepeatability)
}

// repeat is [Repeat] for figures of a source: built-in ones are to be of as much skin as they
// are said to hold from, so that the noise of less skin counts as less.
func repeat(records []*outcome.Record, source string) ([]Repeatability, error) {
	var courses []*course
	measures := map[string]outcome.Definition{}
	for _, rec := range records {
		c := newCourse(rec, Noise{BuiltIn: []Figure{}})
		courses = append(courses, c)
		maps.Copy(measures, rec.Definitions)
	}
	var list []Repeatability
	for _, m := range slices.Sorted(maps.Keys(measures)) {
		for _, contrast := range []string{outcome.Raw, outcome.VsControl} {
			g := repeats{measure: m, contrast: contrast, kind: outcome.Treated, source: source, relative: measures[m].Scale == outcome.Ratio}
			if g.gather(courses); len(g.levels) == 0 {
				g.kind = outcome.Scar
				g.gather(courses)
			}
			if len(g.means) > 0 || g.within().DF > 0 {
				list = append(list, g.repeatability(m, contrast, measures[m]))
			}
		}
	}
	if len(list) == 0 {
		return nil, ErrNoRepeats
	}
	return list, nil
}

// Figures are those of a study that [Noise] would use: with [MinDF] degrees of freedom
// or more between visits.
func Figures(list []Repeatability) []Figure {
	figures := []Figure{}
	for _, r := range list {
		if r.Figure.DF >= MinDF && r.Figure.check() == nil {
			figures = append(figures, r.Figure)
		}
	}
	return figures
}

// FiguresByBand are the figures of each band of skin for itself, as the built-in ones
// are.
func FiguresByBand(records []*outcome.Record) []Figure {
	var figures []Figure
	for _, band := range bands {
		for _, f := range Figures(repeatOf(records, band, SourceRepeatability)) {
			f.Band = band
			figures = append(figures, f)
		}
	}
	return figures
}

// Untreated is the record without the visits that follow a treatment, which are no
// repeats of unchanged skin, and how many those were.
func Untreated(rec *outcome.Record) (untreated *outcome.Record, left int) {
	short := *rec
	short.Visits = slices.DeleteFunc(slices.Clone(rec.Visits), func(v outcome.Visit) bool {
		return slices.ContainsFunc(rec.Treatments, func(t outcome.Treatment) bool {
			_, _, past := after(v, t)
			return past
		})
	})
	return &short, len(rec.Visits) - len(short.Visits)
}

// repeats are the visits of all subjects in one measure and contrast.
type repeats struct {
	measure, contrast, kind, source string

	subjects int
	visits   int
	relative bool
	means    [][]float64 // by subject and region: visit values
	units    []float64   // of each, what a relative difference is relative to
	levels   []float64   // mean square level of each region, of those with one visit too
	photos   [][]float64 // by visit: replicates, relative to the level where relative
	share    float64     // Σ of 1/replicates
}

func (g *repeats) gather(courses []*course) {
	subjects := map[string]bool{}
	for i, c := range courses {
		before := len(g.means)
		for k := range c.tracks {
			if t := &c.tracks[k]; t.measure == g.measure && t.contrast == g.contrast && t.kind == g.kind {
				g.add(t)
			}
		}
		if len(g.means) > before {
			subjects[cmp.Or(c.rec.Series.Subject, fmt.Sprintf("#%d", i))] = true
		}
	}
	g.subjects = len(subjects)
}

// add takes one region's visits if there are two that may be compared, and the
// replicates of any.
func (g *repeats) add(t *track) {
	var values []float64
	var photos [][]float64
	var square, share, scarcity float64
	for v := range t.points {
		if t.usable(v) {
			p := &t.points[v]
			scarcity = max(scarcity, t.scarcity(g.source, p))
			values, photos = append(values, p.value), append(photos, p.photos)
			square += p.meanSquare()
			share += p.share()
		}
	}
	n := float64(len(values))
	if n < 1 || g.relative && !(square > 0) {
		return
	}
	unit := 1.0
	if g.relative {
		unit = math.Sqrt(square / n)
	}
	plenty := math.Sqrt(scarcity)
	for _, p := range photos {
		scaled := calmed(p, plenty)
		for i := range scaled {
			scaled[i] /= unit
		}
		g.photos = append(g.photos, scaled)
	}
	g.levels = append(g.levels, square/n)
	if n < 2 {
		return
	}
	g.means, g.units = append(g.means, calmed(values, plenty)), append(g.units, unit)
	g.visits += len(values)
	g.share += share
}

// calmed are values that differ from their mean by a factor less.
func calmed(values []float64, factor float64) []float64 {
	middle, out := stats.Mean(values), slices.Clone(values)
	if factor != 1 {
		for i, v := range out {
			out[i] = middle + (v-middle)/factor
		}
	}
	return out
}

// between is the spread of visits within subjects and its degrees of freedom: constant
// where the scale is no ratio; on a ratio scale relative, with a constant part beside it
// where enough regions show one, as spots do that come and go at the least size.
func (g *repeats) between() (spread stats.Spread, df float64) {
	pooled := stats.PoolWithin(g.means)
	if !g.relative {
		return stats.Spread{Constant: pooled.Variance}, pooled.DF
	}
	var variance, each, square []float64
	scaled := make([][]float64, len(g.means))
	for i, values := range g.means {
		variance, each = append(variance, stats.Variance(values)), append(each, float64(len(values)-1))
		square = append(square, g.units[i]*g.units[i])
		for _, v := range values {
			scaled[i] = append(scaled[i], v/g.units[i])
		}
	}
	if len(g.means) < leastSubjects {
		return stats.Spread{Relative: stats.PoolWithin(scaled).Variance}, pooled.DF
	}
	return stats.FitSpread(variance, each, square), pooled.DF
}

func (g *repeats) within() stats.Pooled { return stats.PoolWithin(g.photos) }

func (g *repeats) repeatability(measure, contrast string, def outcome.Definition) Repeatability {
	total, df := g.between()
	within := g.within()
	square := stats.Mean(g.levels)
	r := Repeatability{Subjects: g.subjects, Visits: g.visits, WithinDF: within.DF, Warnings: []string{},
		SEM: outcome.NaN(), CV: outcome.NaN(), MDC95: outcome.NaN()}
	r.Figure = Figure{Measure: measure, Unit: def.Unit, Contrast: contrast, DF: df, N: g.subjects, Source: SourceRepeatability}
	level := 1.0
	if g.relative {
		level = math.Sqrt(square)
	}
	r.WithinSD = outcome.Number(math.Sqrt(within.Variance) * level)
	if df == 0 {
		r.Warnings = append(r.Warnings, "one visit per region: the part within a visit only")
		return r
	}
	r.Figure.split(total, within, g)
	sem := math.Sqrt(total.At(square))
	if g.relative && contrast == outcome.Raw {
		r.CV = outcome.Number(sem / level)
	}
	r.SEM = outcome.Number(sem)
	r.MDC95 = outcome.Number(stats.TQuantile(0.975, df) * math.Sqrt2 * sem)
	if df < MinDF {
		r.Warnings = append(r.Warnings, fmt.Sprintf("%g degrees of freedom: verdicts need %d", df, MinDF))
	}
	g.reliability(&r)
	return r
}

// split takes what replicates explain out of the spread between visits, where enough of
// them say what that is: out of the part of its kind first.
func (f *Figure) split(total stats.Spread, within stats.Pooled, g *repeats) {
	w := 0.0
	if within.DF >= MinDF {
		w = within.Variance
	}
	off := w * g.share / float64(g.visits)
	if !g.relative {
		f.SD, f.WithinSD = math.Sqrt(max(0, total.Constant-off)), math.Sqrt(w)
		return
	}
	rest := off - total.Relative
	f.CV, f.WithinCV = math.Sqrt(max(0, -rest)), math.Sqrt(w)
	f.SD = math.Sqrt(max(0, total.Constant-max(0, rest)*stats.Mean(g.levels)))
}

// reliability adds ICC(2,1) and the limits of agreement of the first two visits.
func (g *repeats) reliability(r *Repeatability) {
	if g.subjects < leastSubjects || g.subjects != len(g.means) {
		r.Warnings = append(r.Warnings, fmt.Sprintf("ICC and limits of agreement need %d subjects with one region each", leastSubjects))
		return
	}
	var first, second []float64
	var pairs [][]float64
	for _, v := range g.means {
		first, second, pairs = append(first, v[0]), append(second, v[1]), append(pairs, v[:2])
	}
	if icc, err := stats.ICC(pairs); err == nil {
		r.ICC = &ICC{outcome.Number(icc.ICC21.Value), interval(icc.ICC21.CI)}
	}
	if ba, err := stats.BlandAltman(second, first); err == nil {
		r.Limits = &Limits{outcome.Number(ba.Bias), interval(ba.BiasCI), interval(ba.Limits)}
	}
}

func interval(i stats.Interval) [2]outcome.Number {
	return [2]outcome.Number{outcome.Number(i.Low), outcome.Number(i.High)}
}
