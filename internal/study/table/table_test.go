package table

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"strconv"
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"dermtrace/internal/outcome"
	"dermtrace/internal/skin"
)

// record is one with every kind of row: two replicates at the baseline, a change, a value
// that was not measured, and texts that a spreadsheet would run.
func record() *outcome.Record {
	nan := outcome.NaN()
	m := func(v outcome.Number) map[string]outcome.Measurement {
		return map[string]outcome.Measurement{
			"hemoglobin": {Value: v, Unit: "% blood", SD: 1, N: 100, Warnings: []string{"uncalibrated"}},
			"roughness":  outcome.Unmeasured("1", "scale_unknown"),
		}
	}
	photo := func(visit string, treated, control outcome.Number) outcome.Photo {
		return outcome.Photo{File: visit + ".jpg", Visit: visit, Quality: outcome.Quality{Verdict: outcome.OK},
			Calibration: outcome.Calibration{Method: "none", ResidualDE00: nan},
			Alignment:   outcome.Alignment{Status: outcome.AlignOK, ErrorPx: nan, ErrorMM: nan, Overlap: nan},
			ROIs:        []outcome.ROI{{Name: "=cheek", Kind: outcome.Treated, Measures: m(treated)}, {Name: "neck", Kind: outcome.Control, Measures: m(control)}}}
	}
	change := func(contrast string, from, to outcome.Number) outcome.Change {
		return outcome.Change{ROI: "=cheek", Measure: "hemoglobin", Unit: "% blood", Visit: "2026-03-01", Against: outcome.AgainstBaseline, Contrast: contrast,
			From: from, To: to, Change: to - from, Percent: nan, CI95: [2]outcome.Number{-1, 2}, MDC95: 1.5, MDCDF: nan, PHolm: nan, Status: outcome.NoChange, Clock: outcome.Eligible}
	}
	return &outcome.Record{
		Schema: outcome.Schema, Software: outcome.Software{Name: "dermtrace", Version: "1"}, Settings: outcome.DefaultSettings(), Definitions: skin.Definitions(),
		Series:  outcome.Series{Subject: "+P1", Baseline: "2026-01-01", MMPerPx: nan},
		Visits:  []outcome.Visit{{Visit: "2026-01-01", At: "2026-01-01", Clock: map[string]string{}}, {Visit: "2026-03-01", At: "2026-03-01", Day: 59, Clock: map[string]string{}}},
		Photos:  []outcome.Photo{photo("2026-01-01", 4, 2), photo("2026-01-01", 5, 2), photo("2026-03-01", 4, 2)},
		Changes: []outcome.Change{change(outcome.Raw, 4.5, 4), change(outcome.VsControl, 2.5, 2)},
	}
}

func TestRows(t *testing.T) {
	rows := Rows(record(), About{Series: "s", Visits: map[string]string{"2026-03-01": "V2"}})
	byKey := map[string]Row{}
	for _, r := range rows {
		byKey[strings.Join([]string{r.Visit, r.ROI, r.Measure, r.Contrast}, " ")] = r
	}
	if len(rows) != 2*2*2+2 || len(byKey) != len(rows) {
		t.Fatalf("%d rows, %d keys", len(rows), len(byKey))
	}
	if r := byKey["2026-01-01 =cheek hemoglobin raw"]; r.Value != 4.5 || *r.Photos != 2 || *r.N != 200 || !r.Baseline || r.From.Known() {
		t.Errorf("baseline row = %+v", r)
	}
	if r := byKey["2026-01-01 =cheek hemoglobin vs_control"]; r.Value != 2.5 || r.N != nil || r.Photos != nil {
		t.Errorf("the baseline's row in the contrast = %+v", r)
	}
	if r := byKey["2026-03-01 =cheek hemoglobin vs_control"]; r.Value != 2 || r.Change != -0.5 || r.From != 2.5 || r.VisitName != "V2" || r.Day != 59 {
		t.Errorf("change row = %+v", r)
	}
	if r := byKey["2026-03-01 neck roughness raw"]; r.Value.Known() || r.Warnings != "scale_unknown" {
		t.Errorf("a value that was not measured = %+v", r)
	}
}

func TestCSVAndParquetHoldTheSame(t *testing.T) {
	for _, adam := range []bool{false, true} {
		rows := Rows(record(), About{Series: "s"})
		rows[0].Value, rows[0].Day = 13.24433805, -3 // more digits than a table has
		var text, binary bytes.Buffer
		c, err := NewCSV(&text, Columns, adam)
		if err != nil {
			t.Fatal(err)
		}
		p := NewParquet(&binary, adam)
		for i := range rows {
			if err := c.Write(&rows[i]); err != nil {
				t.Fatal(err)
			}
			if err := p.Write(&rows[i]); err != nil {
				t.Fatal(err)
			}
		}
		if err := c.Close(); err != nil {
			t.Fatal(err)
		}
		if err := p.Close(); err != nil {
			t.Fatal(err)
		}
		lines, err := csv.NewReader(&text).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		r := parquet.NewReader(bytes.NewReader(binary.Bytes()))
		got := make([]parquet.Row, len(rows)+1)
		n, _ := r.ReadRows(got)
		if n != len(rows) {
			t.Fatalf("parquet has %d rows of %d", n, len(rows))
		}
		for i, name := range lines[0] {
			if f := r.Schema().Fields()[i]; f.Name() != name {
				t.Fatalf("column %d is %s in parquet, %s in CSV", i, f.Name(), name)
			}
			for k := range rows {
				v, cell := got[k][i], lines[k+1][i]
				if v.IsNull() != (cell == "") && v.Kind() != parquet.ByteArray {
					t.Errorf("%s: parquet %v, CSV %q", name, v, cell)
				}
				if f, err := strconv.ParseFloat(cell, 64); v.Kind() == parquet.Double && !v.IsNull() && (err != nil || v.Double() != f) {
					t.Errorf("%s: parquet %v, CSV %s", name, v, cell)
				}
			}
		}
		if cell := lines[1][1]; cell != "'+P1" {
			t.Errorf("a formula stands in the table: %q", cell)
		}
	}
}

func TestNamesOfADaMAreShortAndDifferent(t *testing.T) {
	seen := map[string]string{}
	check := func(name, of string) {
		if len(name) > 8 || name != strings.ToUpper(name) || seen[name] != "" {
			t.Errorf("%s: the name %q is too long, no capital, or that of %s", of, name, seen[name])
		}
		seen[name] = of
	}
	for _, c := range Columns {
		if c.Meaning == "" || c.Type == "" {
			t.Errorf("%s has no meaning or type", c.Name)
		}
		if c.ADaM != "" {
			check(c.ADaM, c.Name)
		}
	}
	for _, name := range []string{"USUBJID", "PARAMCD", "AVAL", "BASE", "CHG", "ABLFL", "AVISIT"} {
		if seen[name] == "" {
			t.Errorf("no column is called %s", name)
		}
	}
	seen = map[string]string{}
	for name := range skin.Definitions() {
		check(Code(name), name)
	}
}

func TestREDCapNamesAreOfItsForm(t *testing.T) {
	seen := map[string]bool{}
	for name := range skin.Definitions() {
		v, c, s := redcapNames(name)
		for _, n := range []string{v, c, s} {
			if len(n) > 26 || seen[n] || strings.Trim(n, "abcdefghijklmnopqrstuvwxyz0123456789_") != "" {
				t.Errorf("%s: the field %q is too long, twice, or of other letters", name, n)
			}
			seen[n] = true
		}
	}
}

func TestSchemaAcceptsRecordsAndRefusesOthers(t *testing.T) {
	text, err := Schema()
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("record.json", doc); err != nil {
		t.Fatal(err)
	}
	schema, err := c.Compile("record.json")
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := outcome.Write(&b, record()); err != nil {
		t.Fatal(err)
	}
	var good map[string]any
	if err := json.Unmarshal(b.Bytes(), &good); err != nil {
		t.Fatal(err)
	}
	if err := schema.Validate(good); err != nil {
		t.Errorf("a record is refused: %v", err)
	}
	good["schema"] = "other"
	if schema.Validate(good) == nil {
		t.Error("a record of another schema is accepted")
	}
	good["schema"] = outcome.Schema
	delete(good, "changes")
	if schema.Validate(good) == nil {
		t.Error("a record without changes is accepted")
	}
}
