package validate

import (
	"slices"

	"dermtrace/internal/outcome"
	"dermtrace/internal/skin"
	"dermtrace/internal/trend"
)

// What a course says beyond its numbers (rows, headlines, flags) depends on which noise
// it is judged by. Records are therefore kept without verdicts and judged when all of
// them are there.

// bare is a record as photographed: what verdicts are made from, and nothing else.
func bare(rec *outcome.Record) *outcome.Record {
	return &outcome.Record{Schema: rec.Schema, Settings: rec.Settings, Series: rec.Series, Treatments: rec.Treatments, Visits: rec.Visits, Photos: rec.Photos}
}

// definitions are those of every record.
var definitions = skin.Definitions()

// assessed is a bare record with its verdicts.
func assessed(rec *outcome.Record, noise trend.Noise) *outcome.Record {
	own := defined(rec)
	own.Visits = slices.Clone(rec.Visits) // Assess writes their clocks
	trend.Assess(own, noise)
	return own
}

func defined(rec *outcome.Record) *outcome.Record {
	own := *rec
	own.Definitions = definitions
	return &own
}

// visitsOf is a record as it would be with only the visits of these days: photos are
// measured one by one, so nothing in them would differ.
func visitsOf(rec *outcome.Record, days ...int) *outcome.Record {
	kept := func(visit string) bool {
		return slices.ContainsFunc(rec.Visits, func(v outcome.Visit) bool {
			return v.Visit == visit && slices.ContainsFunc(days, func(n int) bool { return v.At == day(n) })
		})
	}
	own := *rec
	own.Visits = slices.DeleteFunc(slices.Clone(rec.Visits), func(v outcome.Visit) bool { return !kept(v.Visit) })
	own.Photos = slices.DeleteFunc(slices.Clone(rec.Photos), func(p outcome.Photo) bool { return !kept(p.Visit) })
	return &own
}

// changeOf is the row of treated skin against the baseline at the visit of a day.
func changeOf(rec *outcome.Record, measure, contrast string, n int) (outcome.Change, bool) {
	i := slices.IndexFunc(rec.Changes, func(c outcome.Change) bool {
		return c.ROI == "treated" && c.Measure == measure && c.Contrast == contrast && c.Against == outcome.AgainstBaseline && c.Visit == day(n)
	})
	if i < 0 {
		return outcome.Change{}, false
	}
	return rec.Changes[i], true
}

// judge asks a bare record what its kind is for.
func (c course) judge(rec *outcome.Record, noise trend.Noise) []Sample {
	s := sampler{course: c.name, band: c.tone.band}
	switch c.kind {
	case still:
		s.unchanged(assessed(rec, noise))
	case alone:
		s.rows(aloneBeyond, assessed(rec, noise), anyMeasure)
	case scalp:
		s.rows(hairBeyond, assessed(rec, noise), ofHair)
	case better:
		s.success(assessed(rec, noise), c.measure, c.change)
	case marked:
		s.complicated(rec, complications(c.tone), noise)
	}
	return s.list
}

// unchanged counts what a course without a change says all the same.
func (s *sampler) unchanged(rec *outcome.Record) {
	s.rows(rowBeyond, rec, anyMeasure)
	s.is(falseHeadline, "", false, len(trend.Headline(rec)) > 0)
	s.is(falseFlag, "", false, len(rec.Flags) > 0)
	for _, code := range trend.FlagCodes() {
		if code != trend.FlagPatch {
			s.is(falseOf(code), "", false, flagged(rec, code, "", "treated"))
		}
	}
}

func anyMeasure(string) bool { return true }

// rows counts the rows of some measures that say a change.
func (s *sampler) rows(question string, rec *outcome.Record, of func(measure string) bool) {
	rows, beyond := 0, 0
	for _, c := range rec.Changes {
		if of(c.Measure) && c.Status != outcome.NotComparable {
			rows++
			if c.Status != outcome.NoChange {
				beyond++
			}
		}
	}
	s.share(question, "", beyond, rows)
}

// success asks whether the headline has a true change, and whether the intervals of that
// measure hold it.
func (s *sampler) success(rec *outcome.Record, measure string, change float64) {
	towards := outcome.Increased
	if change < 0 {
		towards = outcome.Decreased
	}
	told := slices.ContainsFunc(trend.Headline(rec), func(c outcome.Change) bool {
		return c.ROI == "treated" && c.Measure == measure && c.Status == towards
	})
	s.is(detected, measure, true, told)
	for _, n := range betterDays[1:] {
		if row, ok := changeOf(rec, measure, outcome.VsControl, n); ok && row.MDC95.Known() {
			s.is(trueCovered, measure, true, float64(row.CI95[0]) <= change && change <= float64(row.CI95[1]))
		}
	}
}

// complicated asks at each complication's visit, by itself, whether its flag is raised,
// and at the last whether that of the patch test is, where nothing happened.
func (s *sampler) complicated(rec *outcome.Record, list []complication, noise trend.Noise) {
	for _, c := range list {
		own := assessed(visitsOf(rec, 0, c.day), noise)
		s.is(missedOf(c.code, c.level), c.effect, false, !flagged(own, c.code, c.level, c.region))
	}
	last := assessed(visitsOf(rec, 0, list[len(list)-1].day), noise)
	s.is(falseOf(trend.FlagPatch), "", false, flagged(last, trend.FlagPatch, "", "patch"))
}

// flagged reports a flag of a region, at a level if one is named.
func flagged(rec *outcome.Record, code, level, region string) bool {
	return slices.ContainsFunc(rec.Flags, func(f outcome.Flag) bool {
		return f.Code == code && f.ROI == region && (level == "" || f.Level == level)
	})
}

// Questions about one flag.
func falseOf(code string) string { return "false_" + code }

func missedOf(code, level string) string {
	if level == "" {
		return "missed_" + code
	}
	return "missed_" + code + "_" + level
}

// leastHalf is the least number of unchanged courses that can judge each other: fewer
// say nothing about each other's noise.
const leastHalf = 12

// ofScars are the measures that scars alone have; the noise of others is of treated skin, of which
// a study says nothing about a few square millimetres.
var ofScars = func() map[string]bool {
	set := map[string]bool{}
	for _, index := range skin.Indices() {
		set[index.Name] = index.Needs.Surround
	}
	return set
}()

// crossed judges each half of the unchanged courses by the noise that the other half
// shows, as a clinic's own study would: whether 95 % intervals deserve their name when
// noise is known, neither from the courses themselves nor from published figures.
func crossed(list []course, records []*outcome.Record) []Sample {
	if len(list) < 2*leastHalf {
		return nil
	}
	var halves [2][]*outcome.Record
	half := func(i int) int { return i / len(tones) % 2 } // each half has all tones
	for i, rec := range records {
		halves[half(i)] = append(halves[half(i)], defined(rec))
	}
	var noise [2]trend.Noise
	for i := range noise {
		noise[i] = trend.Noise{Repeatability: trend.FiguresByBand(halves[1-i]), BuiltIn: []trend.Figure{}}
	}
	var samples []Sample
	for i, rec := range records {
		s := sampler{course: list[i].name, band: list[i].tone.band}
		rows, holds := 0, 0
		for _, c := range assessed(rec, noise[half(i)]).Changes {
			if c.MDC95.Known() && (c.ROI == "treated" || ofScars[c.Measure]) {
				rows++
				if c.CI95[0] <= 0 && 0 <= c.CI95[1] {
					holds++
				}
			}
		}
		s.share(covered, "", holds, rows)
		samples = append(samples, s.list...)
	}
	return samples
}
