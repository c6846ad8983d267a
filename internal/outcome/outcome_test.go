package outcome

import (
	"bytes"
	"encoding/json"
	"math"
	"strings"
	"testing"
)

func TestNumbersThatWereNotMeasuredAreNull(t *testing.T) {
	b, err := json.Marshal([]Number{NaN(), Number(math.Inf(1)), 0, 1.5, 1e-9, 123456789.25})
	if err != nil {
		t.Fatal(err)
	}
	if want := "[null,null,0,1.5,1e-09,123456789]"; string(b) != want {
		t.Errorf("got %s, want %s", b, want)
	}
	var back []Number
	if err := json.Unmarshal(b, &back); err != nil {
		t.Fatal(err)
	}
	if back[0].Known() || back[2] != 0 || back[3] != 1.5 {
		t.Errorf("read back %v", back)
	}
}

func TestRecordRoundTrip(t *testing.T) {
	goal := Improved
	days := 3
	in := &Record{
		Schema:   Schema,
		Settings: DefaultSettings(),
		Visits:   []Visit{{Visit: "2026-01-10", DaysSinceTreatment: &days}},
		Photos:   []Photo{{File: "a.jpg", ROIs: []ROI{{Name: "t", Measures: map[string]Measurement{"a_star": Unmeasured("CIELAB", Uncalibrated)}}}}},
		Changes:  []Change{{Measure: "a_star", Goal: &goal, Change: -1, Percent: NaN()}},
	}
	var one, two bytes.Buffer
	if err := Write(&one, in); err != nil {
		t.Fatal(err)
	}
	out, err := Read(bytes.NewReader(one.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	if err := Write(&two, out); err != nil {
		t.Fatal(err)
	}
	if one.String() != two.String() {
		t.Errorf("a record that was read and written again differs:\n%s\n%s", &one, &two)
	}
}

func TestReadRefusesOtherSchemas(t *testing.T) {
	for _, s := range []string{`{}`, `{"schema":"dermtrace.results/9"}`, `[1,2]`, `{"schema":`} {
		if _, err := Read(strings.NewReader(s)); err == nil {
			t.Errorf("%s was read as a record", s)
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte(`{"schema":"dermtrace.results/1","photos":[{"rois":[{"measures":{"a":{"value":null}}}]}]}`))
	f.Add([]byte(`{"schema":"dermtrace.results/1","changes":[{"ci95":[1]}]}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		if rec, err := Read(bytes.NewReader(b)); err == nil {
			if err := Write(&bytes.Buffer{}, rec); err != nil {
				t.Errorf("read, but cannot be written: %v", err)
			}
		}
	})
}

func TestEmptyListsAreNeverNull(t *testing.T) {
	r := &Record{Schema: Schema, Photos: []Photo{{
		Quality: Quality{Reasons: []Reason{{Code: "x"}}},
		ROIs:    []ROI{{Measures: map[string]Measurement{"a": {Value: 1, SD: 1}}}},
	}}, Visits: []Visit{{}}, Changes: []Change{{}}, Treatments: []Treatment{{}}}
	var b bytes.Buffer
	if err := Write(&b, r); err != nil {
		t.Fatal(err)
	}
	for line := range strings.SplitSeq(b.String(), "\n") {
		for _, key := range []string{"warnings", "spoils", "rois", "skin_state", "reasons", "flags", "goals", "consent", "pictures"} {
			if strings.Contains(line, `"`+key+`": null`) {
				t.Errorf("a list is null: %s", strings.TrimSpace(line))
			}
		}
	}
}
