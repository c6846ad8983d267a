package table

import (
	"encoding/csv"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"

	"dermtrace/internal/outcome"
)

// instrument is the name of the form in REDCap.
const instrument = "dermtrace"

// redcapHead are the columns that REDCap itself needs, then those of the form.
var redcapHead = []string{"record_id", "redcap_event_name", "redcap_repeat_instrument", "redcap_repeat_instance"}

// redcapFields are the form's fields before those of the measures.
var redcapFields = []struct {
	name, label, validation string
	cell                    func(*Row) any
}{
	{"dt_series", "Series", "", func(r *Row) any { return r.Series }},
	{"dt_site", "Site", "", func(r *Row) any { return r.Site }},
	{"dt_side", "Side", "", func(r *Row) any { return r.Side }},
	{"dt_view", "View", "", func(r *Row) any { return r.View }},
	{"dt_visit", "Visit", "", func(r *Row) any { return r.Visit }},
	{"dt_day", "Day", "integer", func(r *Row) any { return r.Day }},
	{"dt_roi", "Region", "", func(r *Row) any { return r.ROI }},
	{"dt_kind", "Kind of region", "", func(r *Row) any { return r.Kind }},
	{"dt_version", "Version of dermtrace", "", func(r *Row) any { return r.Software }},
}

// REDCap writes an import for a longitudinal project with one repeating form: a row per
// subject, visit, series and region. The event is that of the subject's n-th visit,
// visit_n_arm_1; the instance counts the rows of a subject and event.
type REDCap struct {
	out      *csv.Writer
	measures []string
	visits   map[string][]string // by subject, in order of time
	instance map[[2]string]int
}

// NewREDCap writes the header; visits lists each subject's visits in order of time.
func NewREDCap(w io.Writer, definitions map[string]outcome.Definition, visits map[string][]string) (*REDCap, error) {
	t := &REDCap{csv.NewWriter(w), slices.Sorted(maps.Keys(definitions)), visits, map[[2]string]int{}}
	header := slices.Clone(redcapHead)
	for _, f := range redcapFields {
		header = append(header, f.name)
	}
	for _, m := range t.measures {
		value, change, status := redcapNames(m)
		header = append(header, value, change, status)
	}
	header = append(header, instrument+"_complete")
	return t, t.out.Write(header)
}

// redcapNames are the three fields of a measure, at most 26 letters each as REDCap asks.
func redcapNames(measure string) (value, change, status string) {
	const most = 21
	short := "dt_" + strings.ToLower(measure)
	if len(short) > most {
		short = "dt_" + strings.ToLower(Code(measure))
	}
	return short, short + "_chg", short + "_st"
}

// Write adds the rows of one record, which must be in the order of [Rows]. The change is
// that against control where there is one, else the raw one.
func (t *REDCap) Write(rows []Row) error {
	return eachRegion(rows, t.line)
}

func (t *REDCap) line(rows []Row) error {
	r := &rows[0]
	event := fmt.Sprintf("visit_%d_arm_1", 1+slices.Index(t.visits[r.Subject], r.Visit))
	key := [2]string{r.Subject, event}
	t.instance[key]++
	id := r.Subject
	if id == "" {
		id = r.Series
	}
	cells := []string{cell(id), event, instrument, strconv.Itoa(t.instance[key])}
	for _, f := range redcapFields {
		cells = append(cells, cell(f.cell(r)))
	}
	raw, compared := map[string]*Row{}, map[string]*Row{}
	for i := range rows {
		switch rows[i].Contrast {
		case outcome.Raw:
			raw[rows[i].Measure] = &rows[i]
			if compared[rows[i].Measure] == nil {
				compared[rows[i].Measure] = &rows[i]
			}
		case outcome.VsControl:
			compared[rows[i].Measure] = &rows[i]
		}
	}
	for _, m := range t.measures {
		value, change, status := "", "", ""
		if v := raw[m]; v != nil {
			value = cell(v.Value)
		}
		if c := compared[m]; c != nil {
			change, status = cell(c.Change), cell(c.Status)
		}
		cells = append(cells, value, change, status)
	}
	return t.out.Write(append(cells, "2")) // 2: complete
}

// Close writes what is left.
func (t *REDCap) Close() error {
	t.out.Flush()
	return t.out.Error()
}

// redcapDictionary are the columns of a REDCap data dictionary, as REDCap names them.
var redcapDictionary = []string{"Variable / Field Name", "Form Name", "Section Header", "Field Type", "Field Label",
	"Choices, Calculations, OR Slider Labels", "Field Note", "Text Validation Type OR Show Slider Number",
	"Text Validation Min", "Text Validation Max", "Identifier?", "Branching Logic (Show field only if...)",
	"Required Field?", "Custom Alignment", "Question Number (surveys only)", "Matrix Group Name", "Matrix Ranking?", "Field Annotation"}

// REDCapDictionary writes the data dictionary that fits the import.
func REDCapDictionary(w io.Writer, definitions map[string]outcome.Definition) error {
	out := csv.NewWriter(w)
	if err := out.Write(redcapDictionary); err != nil {
		return err
	}
	line := func(name, form, label, note, validation string) error {
		cells := make([]string, len(redcapDictionary))
		cells[0], cells[1], cells[3], cells[4], cells[6], cells[7] = name, form, "text", outcome.CellText(label), outcome.CellText(note), validation
		return out.Write(cells)
	}
	errs := []error{line("record_id", "enrolment", "Record ID", "", "")}
	for _, f := range redcapFields {
		errs = append(errs, line(f.name, instrument, f.label, "", f.validation))
	}
	for _, m := range slices.Sorted(maps.Keys(definitions)) {
		d := definitions[m]
		value, change, status := redcapNames(m)
		errs = append(errs, line(value, instrument, m+" ("+d.Unit+")", d.Meaning, "number"),
			line(change, instrument, m+": change from baseline ("+d.Unit+")", "less the control's where there is one", "number"),
			line(status, instrument, m+": status", "", ""))
	}
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}
