package report

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"dermtrace/internal/outcome"
)

// photoRow is one photo in the table of fit, place and light.
type photoRow struct {
	Visit, File, Camera string
	Fit, FitClass       string
	Reasons             []string
	Place, PlaceClass   string
	PlaceNotes          []string
	Light, LightClass   string
	LightNotes          []string
}

func photoTable(t *texts, x *index, once saidOnce) []photoRow {
	var rows []photoRow
	for _, p := range x.rec.Photos {
		r := photoRow{Visit: x.visitLabel(t, p.Visit), File: p.File}
		if c := camera(t, p); c != once.Camera {
			r.Camera = c
		}
		r.Fit, r.FitClass = named(t.verdicts, p.Quality.Verdict), mark(p.Quality.Verdict)
		for _, q := range p.Quality.Reasons {
			s := capital(strings.TrimSuffix(q.Text, ".")) + "."
			switch {
			case q.Overruled != "":
				s += " " + fmt.Sprintf(t.Overruled, q.Overruled)
			case q.Mend != "":
				s += " " + capital(strings.TrimSuffix(q.Mend, ".")) + "."
			}
			r.Reasons = append(r.Reasons, s)
		}
		r.Place, r.PlaceClass = named(t.verdicts, p.Alignment.Status), mark(p.Alignment.Status)
		r.PlaceNotes = placeNotes(t, p.Alignment)
		r.Light, r.LightClass = light(t, p)
		r.LightNotes = lightNotes(t, p.Calibration, once.Light)
		rows = append(rows, r)
	}
	return rows
}

func camera(t *texts, p outcome.Photo) string {
	parts := []string{}
	if p.Width > 0 && p.Height > 0 {
		parts = append(parts, fmt.Sprintf("%d × %d px", p.Width, p.Height))
	}
	if p.Camera != "" {
		parts = append(parts, p.Camera)
	}
	if p.Profile != "" {
		parts = append(parts, fmt.Sprintf(t.ColourProfile, p.Profile))
	}
	return strings.Join(parts, ", ")
}

// mark is the class of a verdict's sign.
func mark(verdict string) string {
	switch verdict {
	case outcome.OK, outcome.AlignFrame:
		return "good"
	case outcome.Doubtful:
		return "doubt"
	case "":
		return ""
	}
	return "bad"
}

func placeNotes(t *texts, a outcome.Alignment) []string {
	var list []string
	if a.ErrorPx.Known() && a.Status != outcome.AlignFrame {
		s := fmt.Sprintf(t.PlaceError, t.atMost(a.ErrorPx, 2, "px"))
		if a.ErrorMM.Known() {
			s += " (" + t.atMost(a.ErrorMM, 3, "mm") + ")"
		}
		list = append(list, s)
	}
	if a.Model != "" && a.Status != outcome.AlignFrame {
		list = append(list, a.Model)
	}
	if a.Overlap.Known() && a.Status != outcome.AlignFrame {
		list = append(list, fmt.Sprintf(t.Shows, withUnit(number(100*a.Overlap, 0), "%")))
	}
	if a.Assisted {
		list = append(list, t.Assisted)
	}
	if a.Reason != "" {
		list = append(list, capital(a.Reason))
	}
	return list
}

// lightNotes say what else is known of the light of a photo, but for what is said once
// of all.
func lightNotes(t *texts, c outcome.Calibration, everywhere string) []string {
	var list []string
	if c.GradientRemoved {
		list = append(list, t.GradientRemoved)
	}
	if c.Reason != "" && c.Reason != everywhere {
		list = append(list, capital(c.Reason))
	}
	return list
}

// saidOnce is what every photo says, and what every follow-up that is used says of its
// light: told above the table, not in each row.
type saidOnce struct{ Camera, Light string }

func (x *index) saidOnce(t *texts) saidOnce {
	var cameras, lights []string
	for _, p := range x.rec.Photos {
		cameras = append(cameras, camera(t, p))
		if p.Used() && p.Alignment.Status != outcome.AlignFrame {
			lights = append(lights, p.Calibration.Reason)
		}
	}
	return saidOnce{inOneVoice(cameras), inOneVoice(lights)}
}

// inOneVoice is what two or more say, and all of them; "" if there is no such thing.
func inOneVoice(said []string) string {
	if len(said) < 2 || len(slices.Compact(said)) > 1 {
		return ""
	}
	return said[0]
}

// overruled counts the used photos that a user's word or hand made usable.
func (x *index) overruled() (overruled, assisted int) {
	for _, p := range x.rec.Photos {
		if !p.Used() {
			continue
		}
		if p.Alignment.Assisted {
			assisted++
		}
		if slices.ContainsFunc(p.Quality.Reasons, func(r outcome.Reason) bool { return r.Overruled != "" }) {
			overruled++
		}
	}
	return overruled, assisted
}

// unlikeFiles counts the used photos whose files dropped what the baseline's kept.
func (x *index) unlikeFiles() (n int) {
	dropped := func(m outcome.Measurement) bool { return slices.Contains(m.Warnings, outcome.LossyFile) }
	for _, p := range x.rec.Photos {
		if p.Used() && slices.ContainsFunc(p.ROIs, func(r outcome.ROI) bool {
			return slices.ContainsFunc(slices.Collect(maps.Values(r.Measures)), dropped)
		}) {
			n++
		}
	}
	return n
}

func light(t *texts, p outcome.Photo) (words, class string) {
	c := p.Calibration
	words = named(t.methodsOfLight, c.Method)
	if c.ResidualDE00.Known() {
		words += ", ΔE00" + nbsp + significant(c.ResidualDE00, 2)
	}
	if c.Method == "none" || c.Method == "" {
		return words, "doubt"
	}
	return words, "good"
}

// leftOut lists every photo that is not used and every value that was withheld, what
// shares a reason on one line.
func leftOut(t *texts, x *index) []string {
	var photos, values grouped
	for _, p := range x.rec.Photos {
		if !p.Used() {
			photos.add(refusal(t, p), fmt.Sprintf("%s (%s)", x.visitLabel(t, p.Visit), p.File))
			continue
		}
		for _, r := range p.ROIs {
			withheld(t, &values, x.visitLabel(t, p.Visit), r)
		}
	}
	list := photos.lines(func(why, which string) string { return which + ". " + why })
	return append(list, values.lines(func(what, visits string) string { return visits + " – " + what })...)
}

// withheld adds a region's missing values, with their reason.
func withheld(t *texts, values *grouped, visit string, r outcome.ROI) {
	byReason := map[string][]string{}
	for _, name := range slices.Sorted(maps.Keys(r.Measures)) {
		if !r.Measures[name].Value.Known() {
			why := warningSentences(r.WhyMissing(name))
			byReason[why] = append(byReason[why], named(t.measures, name))
		}
	}
	for _, why := range slices.Sorted(maps.Keys(byReason)) {
		values.add(strings.TrimSpace(fmt.Sprintf("%s: %s. %s", r.Name, strings.Join(byReason[why], ", "), why)), visit)
	}
}

// notices are the record's warnings with what they concern, what is said of several once.
func notices(x *index) []string {
	var g grouped
	for _, n := range x.rec.Warnings {
		text := n.Text
		if text == "" {
			text = warningSentences([]string{n.Code})
		}
		g.add(text, strings.Trim(n.Photo+", "+n.ROI, ", "))
	}
	return g.lines(func(text, about string) string {
		if about != "" {
			about += ": "
		}
		return about + text
	})
}

type definitionRow struct{ Name, Unit, Meaning, Reference string }

func definitionRows(t *texts, x *index) []definitionRow {
	var rows []definitionRow
	for _, f := range x.families() {
		for _, name := range x.definitions(f) {
			d := x.rec.Definitions[name]
			ref := d.Reference
			if d.Version > 0 {
				ref = strings.TrimPrefix(fmt.Sprintf("%s; version %d", ref, d.Version), "; ")
			}
			rows = append(rows, definitionRow{capital(named(t.measures, name)), d.Unit, d.Meaning, ref})
		}
	}
	return rows
}

// provenance is what someone needs to make the same numbers again.
func provenance(t *texts, x *index, hash string) []pair {
	s, r := x.rec.Software, x.rec.Series
	software := strings.TrimSpace(s.Name + " " + s.Version)
	for _, more := range []string{s.Revision, s.Go} {
		if more != "" {
			software += ", " + more
		}
	}
	scale := t.ScaleNone
	if r.MMPerPx.Known() {
		scale = withUnit(significant(r.MMPerPx, 3), t.PerPixel)
	}
	list := []pair{
		{t.Software, software}, {t.RecordHash, hash + " (" + t.RecordHashNote + ", " + x.rec.Schema + ")"},
		{t.Frame, r.Frame}, {t.Baseline, x.visitLabel(t, r.Baseline)}, {t.ScaleMM, scale},
	}
	return append(list, settingRows(t, x.rec.Settings)...)
}

func settingRows(t *texts, s outcome.Settings) []pair {
	rows := []pair{
		{"calibration", s.Calibration}, {"max_megapixels", number(outcome.Number(s.MaxMegapixels), 0)},
		{"eligible_days", fmt.Sprint(s.EligibleDays)}, {"mature_days", fmt.Sprint(s.MatureDays)},
		{"acute_days", fmt.Sprint(s.AcuteDays)}, {"course_gap_days", fmt.Sprint(s.CourseGapDays)},
	}
	for i, r := range rows {
		if slices.Contains(s.Defaults, r.Key) {
			rows[i].Value += " (" + t.ProjectDefault + ")"
		}
		rows[i].Key = capital(named(t.settings, r.Key))
	}
	return rows
}
