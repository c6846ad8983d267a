package trend

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"dermtrace/internal/outcome"
)

// Codes of flags.
const (
	FlagRedness  = "redness_not_settling"
	FlagPigment  = "pigment_rising"
	FlagSpots    = "new_dark_spots"
	FlagTexture  = "texture_worsening"
	FlagTram     = "tram_tracks"
	FlagPatch    = "patch_test_reaction"
	levelWatch   = "watch"
	levelReview  = "review"
	measureTotal = "melanin" // whole-region pigment has no goal, but its rise is watched
)

// Bounds of flags in days after the latest treatment, all project defaults.
const (
	pigmentWatchDays  = 7
	pigmentReviewDays = 14
	patchReviewDays   = 2 // a reaction of a patch test is read at 48 hours
)

// watched is one question that flags answer.
type watched struct {
	code, what string
	measure    string // "": the primary measure of the family
	also       string // a second measure, asked where the first raises nothing
	family     string
	from       int // days after the latest treatment, that day included
	matters    func(v outcome.Visit, s outcome.Settings) bool
	patch      bool // asked of patch-test regions only, others of all but those
}

// questions lists what is watched. Each asks the latest visit that can tell.
// How long redness is given to settle is a setting: microneedling alone is described as
// 1-3 days, with radiofrequency as 7 (Wu 2022). Tram tracks raise relief of 0.24 to 1
// mm, which holds the rims of scars; finer ones add to the length of lines. Skin that gets
// rougher as a whole raises that flag too.
func questions(s outcome.Settings) []watched {
	always := func(outcome.Visit, outcome.Settings) bool { return true }
	acuteToEligible := func(v outcome.Visit, s outcome.Settings) bool { return *v.DaysSinceTreatment < s.EligibleDays }
	eligible := func(v outcome.Visit, s outcome.Settings) bool { return *v.DaysSinceTreatment >= s.EligibleDays }
	return []watched{
		{code: FlagRedness, what: "redness not settling", family: outcome.Redness, from: s.RecoveryDays, matters: acuteToEligible},
		{code: FlagPigment, what: "pigment rising", measure: measureTotal, family: outcome.Pigment, from: pigmentWatchDays, matters: always},
		{code: FlagSpots, what: "new dark spots", family: outcome.Pigment, from: pigmentReviewDays, matters: always},
		{code: FlagTexture, what: "texture worsening", family: outcome.Texture, matters: eligible},
		{code: FlagTram, what: "tram tracks", measure: "texture_coarse", also: "line_density", family: outcome.Texture, matters: eligible},
		{code: FlagPatch, what: "patch-test reaction", family: outcome.Redness, from: 1, matters: always, patch: true},
	}
}

// FlagCodes lists the flags in the order in which they are asked.
func FlagCodes() []string {
	var codes []string
	for _, q := range questions(outcome.DefaultSettings()) {
		codes = append(codes, q.code)
	}
	return codes
}

// raise lists the flags, and what could not be asked. No flag is never "all clear".
func (c *course) raise() ([]outcome.Flag, []outcome.NotAssessed) {
	if why := c.noCourse(); why != "" {
		return []outcome.Flag{}, []outcome.NotAssessed{{What: "Any change", Why: why}}
	}
	if len(c.rec.Treatments) == 0 {
		none := outcome.NotAssessed{What: "Flags", Why: "No treatment is recorded, and each flag counts the days since one."}
		return []outcome.Flag{}, append([]outcome.NotAssessed{none}, c.unanswered()...)
	}
	flags, missing := c.askAll()
	return flags, append(missing, c.unanswered()...)
}

// noCourse says why nothing can be compared with anything, "" where something can.
func (c *course) noCourse() string {
	if c.baseline < 0 {
		return "No visit can serve as baseline."
	}
	for v := c.baseline + 1; v < len(c.rec.Visits); v++ {
		if len(c.photos[v]) > 0 {
			return ""
		}
	}
	return "No visit after the baseline has a photo that can be used, so no flag was asked either."
}

// askAll asks every question of every region.
func (c *course) askAll() (flags []outcome.Flag, missing []outcome.NotAssessed) {
	flags = []outcome.Flag{}
	for _, q := range questions(c.rec.Settings) {
		regions := 0
		for _, r := range c.regions {
			if r.kind != outcome.Treated && r.kind != outcome.Scar || isPatch(r) != q.patch {
				continue
			}
			regions++
			f, why := c.ask(q, r, c.measureFor(q))
			if f == nil && q.also != "" {
				if g, whyNot := c.ask(q, r, q.also); g != nil || whyNot == "" {
					f, why = g, whyNot
				}
			}
			if f != nil {
				flags = append(flags, *f)
			}
			if why != "" {
				missing = append(missing, outcome.NotAssessed{What: fmt.Sprintf("Flag: %s (%s)", q.what, r.name), Why: why})
			}
		}
		if regions == 0 {
			missing = append(missing, outcome.NotAssessed{What: "Flag: " + q.what, Why: q.noRegion()})
		}
	}
	return flags, missing
}

// isPatch reports whether a region is a patch test: by its name, the manifest having no
// kind for it.
func isPatch(r region) bool { return strings.Contains(strings.ToLower(r.name), "patch") }

func (q watched) noRegion() string {
	if q.patch {
		return "No region is named “patch”."
	}
	return "No treated region or scar is drawn."
}

// Reasons why a question cannot be asked.
const (
	whyNoMeasure = "The baseline has no value of %s in this region."
	whyNoLight   = "Neither control skin nor a colour card in both photos: a rise of light would look the same."
	whyNoVisit   = "No visit at the days that it is watched (from day %d after a treatment) could be compared."
)

// ask puts one question to one measure of one region: the flag, or why it cannot be
// answered.
func (c *course) ask(q watched, r region, measure string) (*outcome.Flag, string) {
	if q.code == FlagSpots {
		return c.askSpots(q, r)
	}
	t := c.track(r, measure)
	if t == nil {
		return nil, c.whyNoBaseline(r, measure, q.family)
	}
	noLight := false
	for v := len(c.rec.Visits) - 1; v > c.baseline; v-- {
		visit := c.rec.Visits[v]
		days := visit.DaysSinceTreatment
		if days == nil || *days < q.from || !q.matters(visit, c.rec.Settings) || !t.usable(v) {
			continue
		}
		ref := c.referenceFor(q, t, v)
		if ref < 0 || !t.usable(ref) {
			continue
		}
		if colour(q.family) && t.contrast == outcome.Raw && !(c.byCard(ref) && c.byCard(v)) {
			noLight = true
			continue
		}
		if m, ok := c.margin(t, upTo(ref, v)); ok {
			return c.flag(q, t, ref, v, m), ""
		}
	}
	if noLight {
		return nil, whyNoLight
	}
	return nil, fmt.Sprintf(whyNoVisit, q.from)
}

// measureFor is the measure that a question is put to, "" where the record has none.
func (c *course) measureFor(q watched) string {
	if q.measure != "" {
		return q.measure
	}
	for _, m := range c.measures {
		if d := c.rec.Definitions[m]; d.Primary && d.Family == q.family {
			return m
		}
	}
	return ""
}

// nameOr is what a reader calls a measure, or the family where it has none.
func nameOr(measure, family string) string {
	if measure == "" {
		return family
	}
	return strings.ReplaceAll(measure, "_", " ")
}

// track of a region and measure in the contrast that verdicts rest on, nil: none.
func (c *course) track(r region, measure string) *track {
	for k := range c.tracks {
		if t := &c.tracks[k]; t.region == r && t.measure == measure && t.trusted {
			return t
		}
	}
	return nil
}

// referenceFor is what a rise is measured from: before the latest treatment for what
// settles after each, the baseline for what builds up over the course.
func (c *course) referenceFor(q watched, t *track, v int) int {
	if q.family != outcome.Redness {
		return c.baseline
	}
	var latest *outcome.Treatment
	for _, one := range c.inOrder(t.name) {
		if _, _, past := after(c.rec.Visits[v], one); past {
			latest = &one
		}
	}
	if latest == nil {
		return -1
	}
	return c.referenceBefore(t, *latest)
}

// byCard reports whether a card set the light of every used photo of a visit.
func (c *course) byCard(v int) bool {
	for _, p := range c.photos[v] {
		if p.Calibration.Method != "card" {
			return false
		}
	}
	return len(c.photos[v]) > 0
}

// flag is raised by a rise beyond measurement error; all that is watched is worse when
// it rises.
func (c *course) flag(q watched, t *track, ref, v int, m margin) *outcome.Flag {
	rise := t.points[v].value - t.points[ref].value
	if rise <= m.half {
		return nil
	}
	days := *c.rec.Visits[v].DaysSinceTreatment
	what := titled(q.what)
	if q.also != "" {
		what += " (" + strings.ReplaceAll(t.measure, "_", " ") + ")"
	}
	text := fmt.Sprintf("%s: %s above %s on day %d after the latest treatment (detectable from %s).",
		what, withUnit(rise, t.def.Unit), c.rec.Visits[ref].Visit, days, withUnit(m.half, t.def.Unit))
	if q.code == FlagRedness {
		text += fmt.Sprintf(" Recovery within %d days is assumed.", c.rec.Settings.RecoveryDays)
	}
	return c.rated(&outcome.Flag{Code: q.code, ROI: t.name, Visit: c.rec.Visits[v].Visit, Level: c.level(q, t, v, days), Text: text})
}

// level is review, or watch while it may yet pass.
func (c *course) level(q watched, t *track, v, days int) string {
	early := false
	switch q.code {
	case FlagRedness:
		early = days < 2*c.rec.Settings.RecoveryDays
	case FlagPigment:
		early = days < pigmentReviewDays || !c.settled(t.region, v)
	case FlagPatch:
		early = days < patchReviewDays
	}
	if early {
		return levelWatch
	}
	return levelReview
}

// settled reports whether redness of the region is within measurement error of its
// baseline: strong redness still bends the reading of pigment.
func (c *course) settled(r region, v int) bool {
	t := c.track(r, c.measureFor(watched{family: outcome.Redness}))
	if t == nil || !t.usable(v) {
		return false
	}
	m, ok := c.margin(t, upTo(c.baseline, v))
	return ok && t.points[v].value-t.points[c.baseline].value <= m.half
}

// litAfter reports whether the light of any photo after the baseline is known.
func (c *course) litAfter() bool {
	for v := c.baseline + 1; v < len(c.rec.Visits); v++ {
		for _, p := range c.photos[v] {
			if p.Calibration.Method != "none" && p.Calibration.Method != "" {
				return true
			}
		}
	}
	return false
}

// unanswered lists the families that this course cannot speak of at all: for want of a
// known light, or of a baseline value of the primary measure.
func (c *course) unanswered() []outcome.NotAssessed {
	light := c.litAfter()
	var list []outcome.NotAssessed
	for _, m := range c.measures {
		def := c.rec.Definitions[m]
		if !def.Primary {
			continue
		}
		if colour(def.Family) && !light {
			list = append(list, outcome.NotAssessed{What: titled(def.Family), Why: "Without a colour card or control skin the light of the photos is unknown."})
			continue
		}
		for _, r := range c.regions {
			if (r.kind == outcome.Treated || r.kind == outcome.Scar) && c.track(r, m) == nil {
				list = append(list, outcome.NotAssessed{What: titled(def.Family) + " (" + r.name + ")", Why: c.whyNoBaseline(r, m, def.Family)})
			}
		}
	}
	return list
}

// whyNoBaseline is what the baseline's photos say of a value that they do not have.
func (c *course) whyNoBaseline(r region, measure, family string) string {
	said := []string{fmt.Sprintf(whyNoMeasure, nameOr(measure, family))}
	for _, p := range c.photos[c.baseline] {
		for _, g := range p.ROIs {
			if g.Name != r.name {
				continue
			}
			for _, code := range g.WhyMissing(measure) {
				if text := outcome.WarningText(code); text != "" && !slices.Contains(said, text) {
					said = append(said, text)
				}
			}
		}
	}
	return strings.Join(said, " ")
}

func titled(s string) string { return strings.ToUpper(s[:1]) + s[1:] }

func withUnit(v float64, unit string) string {
	s := strconv.FormatFloat(v, 'g', 3, 64)
	if unit == "" || unit == "1" {
		return s
	}
	return s + " " + unit
}
