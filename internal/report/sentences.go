package report

import (
	"fmt"
	"strings"

	"dermtrace/internal/outcome"
)

// Sentences of English. Like texts, they hold words only: every number and name
// comes from the record.

func (t *texts) day(n int) string { return fmt.Sprintf(dayFormat, n) }

func (t *texts) visits(n int) string { return plural(n, "visit", "visits") }

func (t *texts) span(from, to string, days int) string {
	if from == to {
		return from
	}
	return fmt.Sprintf("%s to %s (%s)", from, to, plural(days, "day", "days"))
}

func (t *texts) photosUsed(used, all int) string {
	return fmt.Sprintf("%d of %s used", used, plural(all, "photo", "photos"))
}

func (t *texts) copies(n int) string {
	if n == 1 {
		return "1 photo is the same file as another visit's"
	}
	return fmt.Sprintf("%d photos are the same files as other visits'", n)
}

func (t *texts) unlikeFiles(n int) string {
	if n == 1 {
		return "no verdict on texture in 1 photo, whose file keeps less than the baseline’s"
	}
	return fmt.Sprintf("no verdict on texture in %d photos, whose files keep less than the baseline’s", n)
}

func (t *texts) byHand(overruled, assisted int) string {
	var parts []string
	if overruled > 0 {
		parts = append(parts, plural(overruled, "photo", "photos")+" used although a finding speaks against it (overruled)")
	}
	if assisted > 0 {
		parts = append(parts, plural(assisted, "photo", "photos")+" placed with landmarks set by hand")
	}
	return strings.Join(parts, ", ")
}

func (t *texts) lightSet(by lights) string {
	var parts []string
	say := func(n int, words string) {
		switch {
		case n == 0:
		case n == by.card+by.control+by.grey+by.none:
			parts = append(parts, words)
		default:
			parts = append(parts, fmt.Sprintf("%s in %d", words, n))
		}
	}
	say(by.card, "light set from a colour card")
	say(by.control, "light set from control skin")
	say(by.grey, "light set from a grey reference")
	say(by.none, "redness and pigment uncalibrated (no colour card, no control skin): no verdict")
	return strings.Join(parts, ", ")
}

func (t *texts) placed(px, mm string) string {
	if mm != "" {
		return fmt.Sprintf("placed with an error of %s (%s)", px, mm)
	}
	return "placed with an error of " + px
}

func (t *texts) noScale() string { return "size on skin unknown: nothing in millimetres" }

// moved says by how much something changed. up is the direction.
func (t *texts) moved(what, by string, up bool) string {
	if up {
		return fmt.Sprintf("%s rose by %s", what, by)
	}
	return fmt.Sprintf("%s fell by %s", what, by)
}

// seen is moved for what may not be stated as found.
func (t *texts) seen(what, by string, up bool) string {
	if up {
		return fmt.Sprintf("%s reads higher by %s", what, by)
	}
	return fmt.Sprintf("%s reads lower by %s", what, by)
}

func (t *texts) byChance(p string) string {
	if p == "–" {
		return "It was not tested together with the other pre-named measures of this visit, so it is not stated as found."
	}
	return fmt.Sprintf("That is beyond its own measurement error, but among all pre-named measures of this visit it may be chance (p %s after Holm).", p)
}

func (t *texts) still(what, by string) string {
	return fmt.Sprintf("%s changed by %s, which these photos cannot tell from no change", what, by)
}

func (t *texts) inRegion(what, region string) string {
	return fmt.Sprintf("%s in “%s”", what, region)
}

func (t *texts) bounds(interval, mdc string) string {
	switch {
	case interval != "" && mdc != "":
		return fmt.Sprintf(" (95 %% interval %s; detectable from %s)", interval, mdc)
	case interval != "":
		return fmt.Sprintf(" (95 %% interval %s; no estimate of photo noise)", interval)
	case mdc != "":
		return fmt.Sprintf(" (detectable from %s)", mdc)
	}
	return ""
}

// flagRates says how often a flag is wrong on skin of that tone, as far as it was measured.
func (t *texts) flagRates(f outcome.Flag) string {
	var parts []string
	if f.FalseRate != nil && f.FalseRate.Known() {
		parts = append(parts, fmt.Sprintf("raised in %s of %d courses without a change", wholePercent(*f.FalseRate), f.FalseN))
	}
	if f.MissRate != nil && f.MissRate.Known() {
		parts = append(parts, fmt.Sprintf("missed in %s of %d with %s", wholePercent(*f.MissRate), f.MissN, f.Effect))
	}
	if len(parts) == 0 {
		return ""
	}
	return fmt.Sprintf("On simulated %s skin this flag is %s.", f.Band, strings.Join(parts, " and "))
}

func wholePercent(share outcome.Number) string { return withUnit(number(100*share, 0), "%") }

// source says whose noise a detectable change rests on, of how many subjects, courses or
// visits, and its degrees of freedom.
func (t *texts) source(c *outcome.Change) string {
	if c.MDCSource == "" {
		return ""
	}
	text := " " + named(t.sources, c.MDCSource)
	if c.MDCN > 0 {
		text += fmt.Sprintf(", n"+nbsp+"%d", c.MDCN)
	}
	if c.MDCDF.Known() {
		text += ", df" + nbsp + number(c.MDCDF, 0)
	}
	return text
}

func (t *texts) between(from, to string, c *outcome.Change) string {
	against := t.against(c.Contrast)
	if c.Weight != nil {
		against += " in proportion"
	}
	return fmt.Sprintf(" between %s and %s%s.", from, to, against)
}

func (t *texts) against(contrast string) string {
	switch contrast {
	case "vs_control":
		return ", against control skin"
	case "vs_comparator":
		return ", against the comparator"
	}
	return ""
}

func (t *texts) changeIn(contrast string) string { return t.ColChange + t.against(contrast) }

func (t *texts) notComparable(what, visit string) string {
	return fmt.Sprintf("%s on %s cannot be compared with baseline.", what, visit)
}

func (t *texts) tooEarly(what string, days int) string {
	return fmt.Sprintf("%s: no visit is late enough yet. It counts from %s after the latest treatment.", what, plural(days, "day", "days"))
}

func (t *texts) noTreatment(what string) string {
	return what + ": no treatment is recorded, so no visit counts as its outcome. The curves show every visit."
}

func (t *texts) noVisit(what string) string {
	return what + ": no follow-up visit could be compared with baseline."
}

func (t *texts) noMeasure() string { return "No measure in this record stands for this goal." }

func (t *texts) afterTreatments(what string, treatments []string, how string) string {
	if n := len(treatments); n > 1 {
		return fmt.Sprintf("%s after the treatments of %s and %s %s", what, strings.Join(treatments[:n-1], ", "), treatments[n-1], how)
	}
	return fmt.Sprintf("%s after the treatment of %s %s", what, treatments[0], how)
}

// settled says how a measure went back to baseline after a treatment.
func (t *texts) settled(r outcome.Recovery) string {
	s := t.recovered(known(r.FirstWithinDay), known(r.LastAboveDay))
	if r.HalfLifeDays.Known() {
		interval := ""
		if r.HalfLifeCI95[0].Known() && r.HalfLifeCI95[1].Known() {
			interval = t.dash(significant(r.HalfLifeCI95[0], 2), significant(r.HalfLifeCI95[1], 2))
		}
		s += t.halfLife(significant(r.HalfLifeDays, 2), interval)
	}
	s += "."
	if r.Reason != "" {
		s += " " + capital(strings.TrimSuffix(r.Reason, ".")) + "."
	}
	return s
}

func (t *texts) recovered(firstWithin, lastAbove string) string {
	switch {
	case firstWithin != "" && lastAbove != "":
		return fmt.Sprintf("was first within measurement error of baseline on day %s, still above it on day %s", firstWithin, lastAbove)
	case firstWithin != "":
		return fmt.Sprintf("was within measurement error of baseline on day %s, the first visit that could tell", firstWithin)
	case lastAbove != "":
		return fmt.Sprintf("was still above baseline on day %s, the last visit that could tell", lastAbove)
	}
	return "could not be followed"
}

func (t *texts) halfLife(days, interval string) string {
	if interval == "" {
		return fmt.Sprintf("; half of it was gone in %s days", days)
	}
	return fmt.Sprintf("; half of it was gone in %s days (95 %% interval %s)", days, interval)
}

func (t *texts) plain(what, status string, up bool) string {
	switch status {
	case "improved":
		return what + ": better than at the start, by more than the photos’ own error."
	case "worsened":
		return what + ": not better; it moved the other way by more than the photos’ own error. Please talk about it."
	case "no detectable change":
		return what + ": no change that the photos can show."
	case "increased", "decreased":
		if up {
			return what + ": more than at the start, by more than the photos’ own error."
		}
		return what + ": less than at the start, by more than the photos’ own error."
	case unproven:
		return what + ": there may be a change, but the photos do not show it for certain."
	case "not comparable":
		return what + ": the photos cannot be compared."
	}
	return what + ": too early to say."
}

func (t *texts) dash(a, b string) string { return a + " to " + b }

func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
