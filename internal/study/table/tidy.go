package table

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"dermtrace/internal/outcome"
)

// Row is one row of study.csv: one measure in one contrast in one region at one visit.
type Row struct {
	Series, Subject, Site, Side, View string
	Visit, VisitName, At, Phase       string
	Day                               int
	Since                             *int
	Baseline                          bool
	ROI, Kind                         string
	Family, Measure, Contrast, Unit   string
	Value, SD                         outcome.Number
	N, Photos                         *int // nil in a contrast
	From, Change, Percent             outcome.Number
	Low, High, MDC95                  outcome.Number
	MDCSource                         string
	PHolm                             outcome.Number
	Primary                           bool
	Status, Goal, Clock, Warnings     string
	Version                           int
	Software, Input, Arm              string
}

// About is what a table needs to know of a series beside its record.
type About struct {
	Series string            // as the study calls it
	Input  string            // hash of all its input files
	Visits map[string]string // by visit: the name that the study gives it
	Arm    string            // of the allocation, "" where none was joined
}

// Columns of study.csv and study.parquet, in order.
var Columns = []Column[Row]{
	{"series", "SERIESID", Text, "", "the series: its folder in the study, or subject, site, side and view of photos.csv", func(r *Row) any { return r.Series }},
	{"subject", "USUBJID", Text, "", "whose skin it is", func(r *Row) any { return r.Subject }},
	{"site", "SITE", Text, "", "where on the body", func(r *Row) any { return r.Site }},
	{"side", "SIDE", Text, "", "left, right or midline, the patient's", func(r *Row) any { return r.Side }},
	{"view", "VIEW", Text, "", "direction of the camera", func(r *Row) any { return r.View }},
	{"visit", "AVISIT", Text, "", "the visit: its date, with the time or phase where one date has several", func(r *Row) any { return r.Visit }},
	{"visit_name", "AVISITC", Text, "", "what photos.csv calls the visit", func(r *Row) any { return r.VisitName }},
	{"at", "ADTC", Text, "ISO 8601", "when the visit was", func(r *Row) any { return r.At }},
	{"phase", "APHASE", Text, "", "before or after the treatment of that date", func(r *Row) any { return r.Phase }},
	{"day", "ADY", Integer, "d", "days since the first treatment; without one, since the first visit", func(r *Row) any { return r.Day }},
	{"days_since_treatment", "TRTDY", Integer, "d", "days since the latest treatment; empty before the first", func(r *Row) any { return r.Since }},
	{"baseline", "", Truth, "", "this is the visit that others are compared with", func(r *Row) any { return r.Baseline }},
	{"baseline_flag", "ABLFL", Text, "", "Y at the baseline, else empty", func(r *Row) any { return flag(r.Baseline) }},
	{"arm", "TRTA", Text, "", "arm of the allocation, once it was joined", func(r *Row) any { return r.Arm }},
	{"roi", "REGION", Text, "", "name of the region", func(r *Row) any { return r.ROI }},
	{"kind", "REGKIND", Text, "", "treated, control, comparator or scar", func(r *Row) any { return r.Kind }},
	{"family", "PARCAT1", Text, "", "redness, pigment, texture or hair", func(r *Row) any { return r.Family }},
	{"measure", "PARAM", Text, "", "what was measured: see the dictionary", func(r *Row) any { return r.Measure }},
	{"measure_code", "PARAMCD", Text, "", "the measure in at most eight letters", func(r *Row) any { return Code(r.Measure) }},
	{"contrast", "CONTRAST", Text, "", "raw, or the region less the control (vs_control; of spots, lines, pores and hairs that it has more of, in proportion to the baseline) or the comparator (vs_comparator)", func(r *Row) any { return r.Contrast }},
	{"unit", "AVALU", Text, "", "unit of value, sd, from, change, interval and detectable change", func(r *Row) any { return r.Unit }},
	{"value", "AVAL", Float, "see unit", "mean over the photos of the visit, in the contrast", func(r *Row) any { return r.Value }},
	{"sd", "AVALSD", Float, "see unit", "spread within the region, mean over the photos; raw contrast only", func(r *Row) any { return r.SD }},
	{"n", "AVALN", Integer, "", "pixels or objects, over the photos of the visit; raw contrast only", func(r *Row) any { return r.N }},
	{"photos", "NPHOTO", Integer, "", "photos of the visit that were used and show the region; raw contrast only", func(r *Row) any { return r.Photos }},
	{"from", "BASE", Float, "see unit", "value at the baseline, in the contrast", func(r *Row) any { return r.From }},
	{"change", "CHG", Float, "see unit", "value less that at the baseline", func(r *Row) any { return r.Change }},
	{"percent", "PCHG", Float, "%", "change as a share of the baseline, where the scale is a ratio", func(r *Row) any { return r.Percent }},
	{"ci95_low", "CHGLCL", Float, "see unit", "lower end of the 95 % interval of the change", func(r *Row) any { return r.Low }},
	{"ci95_high", "CHGUCL", Float, "see unit", "upper end of the 95 % interval of the change", func(r *Row) any { return r.High }},
	{"mdc95", "MDC95", Float, "see unit", "minimal detectable change", func(r *Row) any { return r.MDC95 }},
	{"mdc_source", "MDCSRC", Text, "", "where the detectable change comes from", func(r *Row) any { return r.MDCSource }},
	{"p_holm", "PVALHOLM", Float, "", "p value after Holm over the visit's primary measures", func(r *Row) any { return r.PHolm }},
	{"primary", "PRIMFL", Truth, "", "the pre-named measure of its family", func(r *Row) any { return r.Primary }},
	{"status", "STATUS", Text, "", "increased, decreased, no detectable change or not comparable", func(r *Row) any { return r.Status }},
	{"goal", "GOAL", Text, "", "improved or worsened, where a goal says which direction is better", func(r *Row) any { return r.Goal }},
	{"clock", "CLOCK", Text, "", "outside, eligible or mature: is the visit late enough for an outcome?", func(r *Row) any { return r.Clock }},
	{"warnings", "WARNINGS", Text, "", "codes of doubts, separated by blanks", func(r *Row) any { return r.Warnings }},
	{"definition_version", "PARAMVER", Integer, "", "version of the measure's definition", func(r *Row) any { return r.Version }},
	{"software_version", "SWVER", Text, "", "version of dermtrace", func(r *Row) any { return r.Software }},
	{"input_sha256", "INPUTSHA", Text, "", "hash over the hashes of all input files of the series", func(r *Row) any { return r.Input }},
}

func flag(v bool) string {
	if v {
		return "Y"
	}
	return ""
}

// eachRegion hands on the rows of one region at one visit after another. They must be in
// the order of [Rows].
func eachRegion(rows []Row, line func([]Row) error) error {
	for len(rows) > 0 {
		n := 1
		for n < len(rows) && rows[n].Visit == rows[0].Visit && rows[n].ROI == rows[0].ROI {
			n++
		}
		if err := line(rows[:n]); err != nil {
			return err
		}
		rows = rows[n:]
	}
	return nil
}

// rowKey tells the rows of a record apart.
type rowKey struct{ visit, roi, measure, contrast string }

// Rows are the rows of one record: every measure of every region and visit in the raw
// contrast, and every change against the baseline. The baseline's own value in a contrast
// is that which its changes start from.
func Rows(rec *outcome.Record, about About) []Row {
	changes, starts, kinds := map[rowKey]*outcome.Change{}, map[rowKey]outcome.Number{}, rec.Kinds()
	var contrasts []rowKey
	for i := range rec.Changes {
		c := &rec.Changes[i]
		if c.Against != outcome.AgainstBaseline {
			continue
		}
		key := rowKey{c.Visit, c.ROI, c.Measure, c.Contrast}
		changes[key] = c
		start := rowKey{rec.Series.Baseline, c.ROI, c.Measure, c.Contrast}
		if _, seen := starts[start]; !seen {
			starts[start] = c.From
			contrasts = append(contrasts, start)
		}
		contrasts = append(contrasts, key)
	}
	values := valuesOf(rec)
	keys := slices.Collect(maps.Keys(values))
	for _, k := range contrasts {
		if _, raw := values[k]; !raw {
			keys = append(keys, k)
		}
	}
	slices.SortFunc(keys, order(rec))
	var rows []Row
	for _, k := range slices.Compact(keys) {
		r := newRow(rec, about, k)
		r.Kind = kinds[k.roi]
		if v := values[k]; v != nil {
			v.fill(&r)
		} else if k.visit == rec.Series.Baseline {
			r.Value = starts[k]
		}
		if c := changes[k]; c != nil {
			r.change(c)
		}
		rows = append(rows, r)
	}
	return rows
}

// order is that of the visits, then of the regions, then of names.
func order(rec *outcome.Record) func(a, b rowKey) int {
	visits, regions := map[string]int{}, map[string]int{}
	for i, v := range rec.Visits {
		visits[v.Visit] = i
	}
	for _, p := range rec.Photos {
		for _, r := range p.ROIs {
			if _, seen := regions[r.Name]; !seen {
				regions[r.Name] = len(regions)
			}
		}
	}
	return func(a, b rowKey) int {
		return cmp.Or(cmp.Compare(visits[a.visit], visits[b.visit]), cmp.Compare(regions[a.roi], regions[b.roi]),
			cmp.Compare(a.roi, b.roi), cmp.Compare(a.measure, b.measure), cmp.Compare(a.contrast, b.contrast))
	}
}

// value gathers the replicates of a visit.
type value struct {
	value, sd []float64
	n, photos int
	warnings  []string
}

// valuesOf gathers the raw values of every visit, region and measure over the photos that
// were used.
func valuesOf(rec *outcome.Record) map[rowKey]*value {
	all := map[rowKey]*value{}
	for _, p := range rec.Photos {
		if !p.Used() {
			continue
		}
		for _, roi := range p.ROIs {
			for name, m := range roi.Measures {
				key := rowKey{p.Visit, roi.Name, name, outcome.Raw}
				v := all[key]
				if v == nil {
					v = &value{}
					all[key] = v
				}
				v.add(m)
			}
		}
	}
	return all
}

func (v *value) add(m outcome.Measurement) {
	v.warnings = append(v.warnings, m.Warnings...)
	if !m.Value.Known() {
		return
	}
	v.photos++
	v.n += m.N
	v.value = append(v.value, float64(m.Value))
	if m.SD.Known() {
		v.sd = append(v.sd, float64(m.SD))
	}
}

func (v *value) fill(r *Row) {
	r.Value, r.SD, r.N, r.Photos = mean(v.value), mean(v.sd), &v.n, &v.photos
	r.Warnings = codes(v.warnings)
}

// mean is the mean of the values in order of size, so that no order of photos shows.
func mean(x []float64) outcome.Number {
	if len(x) == 0 {
		return outcome.NaN()
	}
	sum := 0.0
	for _, v := range slices.Sorted(slices.Values(x)) {
		sum += v
	}
	return outcome.Number(sum / float64(len(x)))
}

// codes joins warnings, each once, in order of name.
func codes(list []string) string {
	list = slices.Clone(list)
	slices.Sort(list)
	return strings.Join(slices.Compact(list), " ")
}

// newRow fills in all that the record says of the row's visit and measure.
func newRow(rec *outcome.Record, about About, k rowKey) Row {
	nan, s, def := outcome.NaN(), rec.Series, rec.Definitions[k.measure]
	r := Row{
		Series: about.Series, Subject: s.Subject, Site: s.Site, Side: s.Side, View: s.View,
		Visit: k.visit, VisitName: about.Visits[k.visit], Baseline: k.visit == s.Baseline, Arm: about.Arm,
		ROI: k.roi, Family: def.Family, Measure: k.measure, Contrast: k.contrast, Unit: def.Unit,
		Value: nan, SD: nan, From: nan, Change: nan, Percent: nan, Low: nan, High: nan, MDC95: nan, PHolm: nan,
		Version: def.Version, Software: rec.Software.Version, Input: about.Input,
	}
	for _, v := range rec.Visits {
		if v.Visit == k.visit {
			r.At, r.Phase, r.Day, r.Since, r.Clock = v.At, v.Phase, v.Day, v.DaysSinceTreatment, v.Clock[def.Clock]
		}
	}
	return r
}

// change fills in what the comparison with the baseline gave.
func (r *Row) change(c *outcome.Change) {
	if !r.Value.Known() {
		r.Value = c.To
	}
	r.From, r.Change, r.Percent, r.Low, r.High = c.From, c.Change, c.Percent, c.CI95[0], c.CI95[1]
	r.MDC95, r.MDCSource, r.PHolm, r.Primary = c.MDC95, c.MDCSource, c.PHolm, c.Primary
	r.Status, r.Clock = c.Status, c.Clock
	if c.Goal != nil {
		r.Goal = *c.Goal
	}
	r.Warnings = codes(append(strings.Fields(r.Warnings), c.Warnings...))
}

// Code is the name of a measure as ADaM wants it: at most eight capitals and digits.
// Vowels go first, from the end, then letters from the end.
func Code(measure string) string {
	const most = 8
	code := []byte(strings.ToUpper(strings.ReplaceAll(measure, "_", "")))
	for i := len(code) - 1; i > 0 && len(code) > most; i-- {
		if strings.IndexByte("AEIOU", code[i]) >= 0 {
			code = slices.Delete(code, i, i+1)
		}
	}
	return string(code[:min(len(code), most)])
}
