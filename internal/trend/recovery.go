package trend

import (
	"fmt"
	"math"

	"dermtrace/internal/outcome"
	"dermtrace/internal/stats"
)

// Reasons why a recovery could not be described.
const (
	reasonContinuous  = "the next treatment followed within %d days: one continuous course"
	reasonNoReference = "no visit before the treatment could be compared"
	reasonNoVisit     = "no visit between this treatment and the next could be compared"
	reasonNoNoise     = "no estimate of photo noise: nothing can be told from baseline"
	reasonSmall       = "the rise is within measurement error"
	reasonLate        = "no visit within %d days of the treatment: no peak was seen"
	reasonNoTime      = "the hours of visit or treatment are not known"
	reasonFew         = "fewer than three visits from the peak on"
	reasonNoFall      = "the values do not fall towards baseline"
	reasonLong        = "the half-life is longer than the visits span"
	reasonApart       = "the visits lie too far apart, or the noise is too large, to bound the half-life"
)

// leastVisits from the peak on are needed for a half-life.
const leastVisits = 3

// sample is one visit after a treatment.
type sample struct {
	visit int
	days  float64
	exact bool
	rise  float64 // over the reference
	m     margin
}

// recoveries describes how redness settles after each treatment, in the contrast that
// verdicts rest on, for measures whose differences mean something everywhere on their
// scale. The reference is the last visit before the treatment at which redness of an
// earlier treatment was no longer acute: what the skin returns to is what it was. No
// normal course is assumed.
func (c *course) recoveries() []outcome.Recovery {
	list := []outcome.Recovery{}
	for k := range c.tracks {
		t := &c.tracks[k]
		if !t.recovers() {
			continue
		}
		treatments := c.inOrder(t.name)
		for i, one := range treatments {
			var next *outcome.Treatment
			if i+1 < len(treatments) {
				next = &treatments[i+1]
			}
			list = append(list, c.recovery(t, one, next))
		}
	}
	return list
}

func (t *track) recovers() bool {
	scaled := t.def.Scale == outcome.Ratio || t.def.Scale == outcome.Interval
	return t.trusted && t.def.Family == outcome.Redness && scaled && t.kind != outcome.Comparator
}

func (c *course) recovery(t *track, treatment outcome.Treatment, next *outcome.Treatment) outcome.Recovery {
	nan := outcome.NaN()
	r := outcome.Recovery{
		ROI: t.name, Measure: t.measure, Unit: t.def.Unit, Treatment: treatment.At, Peak: nan, PeakHours: nan,
		HalfLifeDays: nan, HalfLifeCI95: [2]outcome.Number{nan, nan}, LastAboveDay: nan, FirstWithinDay: nan,
	}
	if next != nil && gapDays(treatment, *next) < c.rec.Settings.CourseGapDays {
		r.Reason = fmt.Sprintf(reasonContinuous, c.rec.Settings.CourseGapDays)
		return r
	}
	samples, reference, reason := c.samples(t, treatment, next)
	if reason != "" {
		r.Reason = reason
		return r
	}
	peak := describePeak(&r, samples, c.rec.Settings.AcuteDays)
	describeReturn(&r, samples)
	if reason := c.halfLife(&r, t, samples[peak:], reference); reason != "" {
		r.Reason = join(r.Reason, reason)
	}
	return r
}

// samples are the visits after a treatment and before the next, and the reference.
func (c *course) samples(t *track, treatment outcome.Treatment, next *outcome.Treatment) (list []sample, reference int, reason string) {
	ref := c.referenceBefore(t, treatment)
	if ref < 0 {
		return nil, 0, reasonNoReference
	}
	noise := true
	for v := range c.rec.Visits {
		days, exact, ok := after(c.rec.Visits[v], treatment)
		if !ok || !t.usable(v) {
			continue
		}
		if next != nil {
			if _, _, past := after(c.rec.Visits[v], *next); past {
				continue
			}
		}
		m, known := c.margin(t, upTo(ref, v))
		noise = noise && known
		list = append(list, sample{v, days, exact, t.points[v].value - t.points[ref].value, m})
	}
	switch {
	case len(list) == 0:
		return nil, 0, reasonNoVisit
	case !noise:
		return nil, 0, reasonNoNoise
	}
	return list, ref, ""
}

func (t *track) usable(v int) bool { return t.points[v].known && !t.points[v].barred }

// referenceBefore is the latest usable visit before the treatment, from the baseline
// on, that is outside the acute window; −1: none.
func (c *course) referenceBefore(t *track, treatment outcome.Treatment) int {
	for v := len(c.rec.Visits) - 1; v >= c.baseline; v-- {
		visit := c.rec.Visits[v]
		if _, _, past := after(visit, treatment); past || !t.usable(v) || Acute(visit, c.rec.Settings) {
			continue
		}
		return v
	}
	return -1
}

// describePeak notes the highest observed rise, where a visit was soon enough to see
// one, and returns its place.
func describePeak(r *outcome.Recovery, list []sample, acuteDays int) int {
	at := 0
	for i, s := range list {
		if s.rise > list[at].rise {
			at = i
		}
	}
	p := list[at]
	if list[0].days > float64(acuteDays) {
		r.Reason = fmt.Sprintf(reasonLate, acuteDays)
		return at
	}
	r.Peak = outcome.Number(p.rise)
	if p.exact || p.days > 0 {
		r.PeakHours = outcome.Number(math.Round(2400*p.days) / 100)
	} else {
		r.Reason = reasonNoTime
	}
	return at
}

// describeReturn brackets the return: the last visit beyond noise, and the first after
// it that is within. Before any visit is beyond, it is the first visit.
func describeReturn(r *outcome.Recovery, list []sample) {
	last := -1
	for i, s := range list {
		if s.rise > s.m.half {
			last = i
		}
	}
	day := func(s sample) outcome.Number { return outcome.Number(math.Round(100*s.days) / 100) }
	if last >= 0 {
		r.LastAboveDay = day(list[last])
	}
	if last+1 < len(list) {
		r.FirstWithinDay = day(list[last+1])
	}
}

// halfLife fits the visits from the peak on, and says why it cannot. The plateau is the
// reference, as surely as one visit knows it.
func (c *course) halfLife(r *outcome.Recovery, t *track, list []sample, reference int) string {
	if list[0].rise <= list[0].m.half {
		return reasonSmall
	}
	if len(list) < leastVisits {
		return reasonFew
	}
	var days, values []float64
	opt := stats.DecayOptions{Plateau: t.points[reference].value}
	opt.PlateauSigma, _ = c.single(t, reference, list[0].visit)
	for _, s := range list {
		sigma, df := c.single(t, s.visit, s.visit)
		days, values = append(days, s.days-list[0].days), append(values, t.points[s.visit].value)
		opt.Sigma, opt.DF = append(opt.Sigma, sigma), opt.DF+df/float64(len(list))
	}
	d, err := stats.FitDecay(days, values, opt)
	switch {
	case err != nil:
		return reasonNoFall
	case d.HalfLife > days[len(days)-1]:
		return reasonLong
	case !(d.CI.Low > 0) || math.IsInf(d.CI.High, 1):
		return reasonApart
	}
	amplitude, plateau := outcome.Number(d.Amplitude), outcome.Number(d.Plateau)
	r.Amplitude, r.Plateau, r.PlateauFixed = &amplitude, &plateau, d.Fixed
	r.HalfLifeDays = outcome.Number(d.HalfLife)
	r.HalfLifeCI95 = [2]outcome.Number{outcome.Number(d.CI.Low), outcome.Number(d.CI.High)}
	return ""
}

// single is the standard deviation of one visit's value as known at a visit: that of a
// difference between two like it over √2.
func (c *course) single(t *track, v, known int) (sigma, df float64) {
	m, _ := c.margin(t, span{v, v, known})
	return m.se / math.Sqrt2, m.df
}

func join(a, b string) string {
	if a == "" {
		return b
	}
	return a + "; " + b
}
