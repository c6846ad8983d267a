package table

import (
	"encoding/csv"
	"io"
	"maps"
	"slices"
	"strconv"

	"dermtrace/internal/outcome"
)

// wideHead are the columns of wide.csv before those of the measures.
var wideHead = []string{"series", "subject", "site", "side", "view", "visit", "visit_name", "at", "phase", "day", "days_since_treatment", "baseline", "arm", "roi", "kind"}

// contrasts are those of which a wide table has columns, with what their names end in.
var contrasts = []string{outcome.Raw, outcome.VsControl, outcome.VsComparator}

// Wide writes one row per series, visit and region, with columns for each measure:
// its value, its change and its status in each contrast. The columns are those of the
// definitions, whatever was measured.
type Wide struct {
	out      *csv.Writer
	measures []string
	cells    []string
}

// NewWide writes the header.
func NewWide(w io.Writer, definitions map[string]outcome.Definition) (*Wide, error) {
	t := &Wide{out: csv.NewWriter(w), measures: slices.Sorted(maps.Keys(definitions))}
	header := slices.Clone(wideHead)
	for _, m := range t.measures {
		for _, c := range contrasts {
			for _, part := range wideParts {
				header = append(header, wideName(m, c, part))
			}
		}
	}
	return t, t.out.Write(header)
}

// wideParts are what wide.csv holds of each measure and contrast.
var wideParts = []string{"value", "change", "status"}

// wideName is the column of a part of a measure in a contrast.
func wideName(measure, contrast, part string) string {
	name := measure
	if contrast != outcome.Raw {
		name += "_" + contrast
	}
	if part != "value" {
		name += "_" + part
	}
	return name
}

// Write adds the rows of one record, which must be in the order of [Rows].
func (t *Wide) Write(rows []Row) error {
	return eachRegion(rows, t.line)
}

func (t *Wide) line(rows []Row) error {
	byName := map[[2]string]*Row{}
	for i := range rows {
		byName[[2]string{rows[i].Measure, rows[i].Contrast}] = &rows[i]
	}
	r := rows[0]
	t.cells = t.cells[:0]
	for _, v := range []any{r.Series, r.Subject, r.Site, r.Side, r.View, r.Visit, r.VisitName, r.At, r.Phase, r.Day, r.Since, r.Baseline, r.Arm, r.ROI, r.Kind} {
		t.cells = append(t.cells, cell(v))
	}
	for _, m := range t.measures {
		for _, c := range contrasts {
			if r := byName[[2]string{m, c}]; r != nil {
				t.cells = append(t.cells, cell(r.Value), cell(r.Change), cell(r.Status))
			} else {
				t.cells = append(t.cells, "", "", "")
			}
		}
	}
	return t.out.Write(t.cells)
}

// Close writes what is left.
func (t *Wide) Close() error {
	t.out.Flush()
	return t.out.Error()
}

// Entry is one row of dictionary.csv.
type Entry struct{ Table, Name, ADaM, Type, Unit, Meaning, Family, Scale, Reference, Version string }

// DictionaryColumns are the columns of dictionary.csv.
var DictionaryColumns = []Column[Entry]{
	{"table", "", Text, "", "file that has the column, or “measure” for a value of the column measure", func(e *Entry) any { return e.Table }},
	{"name", "", Text, "", "name of the column or measure", func(e *Entry) any { return e.Name }},
	{"adam", "", Text, "", "its name in an analysis data set", func(e *Entry) any { return e.ADaM }},
	{"type", "", Text, "", "text, integer, number or truth", func(e *Entry) any { return e.Type }},
	{"unit", "", Text, "", "unit", func(e *Entry) any { return e.Unit }},
	{"meaning", "", Text, "", "what it says", func(e *Entry) any { return e.Meaning }},
	{"family", "", Text, "", "of a measure", func(e *Entry) any { return e.Family }},
	{"scale", "", Text, "", "of a measure: ratio, interval, count or proportion", func(e *Entry) any { return e.Scale }},
	{"reference", "", Text, "", "source of a measure", func(e *Entry) any { return e.Reference }},
	{"version", "", Text, "", "of a measure's definition", func(e *Entry) any { return e.Version }},
}

// Describe lists the columns of a table for the dictionary.
func Describe[R any](table string, columns []Column[R]) []Entry {
	var list []Entry
	for _, c := range columns {
		list = append(list, Entry{Table: table, Name: c.Name, ADaM: c.ADaM, Type: c.Type, Unit: c.Unit, Meaning: c.Meaning})
	}
	return list
}

// DescribeMeasures lists the measures, and their columns of wide.csv.
func DescribeMeasures(definitions map[string]outcome.Definition) []Entry {
	var measures, wide []Entry
	for _, name := range slices.Sorted(maps.Keys(definitions)) {
		d := definitions[name]
		measures = append(measures, Entry{Table: "measure", Name: name, ADaM: Code(name), Type: Float, Unit: d.Unit, Meaning: d.Meaning,
			Family: d.Family, Scale: d.Scale, Reference: d.Reference, Version: strconv.Itoa(d.Version)})
		for _, c := range contrasts {
			wide = append(wide,
				Entry{Table: "wide.csv", Name: wideName(name, c, "value"), Type: Float, Unit: d.Unit, Meaning: name + ", contrast " + c + ", mean over the visit's photos", Family: d.Family},
				Entry{Table: "wide.csv", Name: wideName(name, c, "change"), Type: Float, Unit: d.Unit, Meaning: "its change from the baseline", Family: d.Family},
				Entry{Table: "wide.csv", Name: wideName(name, c, "status"), Type: Text, Meaning: "what can be said of that change", Family: d.Family})
		}
	}
	for _, name := range wideHead {
		for _, c := range Columns {
			if c.Name == name {
				wide = append(wide, Entry{Table: "wide.csv", Name: name, Type: c.Type, Unit: c.Unit, Meaning: c.Meaning})
			}
		}
	}
	return append(measures, wide...)
}
