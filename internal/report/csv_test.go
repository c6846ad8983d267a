package report

import (
	"bytes"
	"encoding/csv"
	"slices"
	"strings"
	"testing"

	"dermtrace/internal/outcome"
)

func table(t *testing.T, rec *outcome.Record) (header []string, rows []map[string]string) {
	t.Helper()
	var b bytes.Buffer
	if err := MeasurementsCSV(&b, rec); err != nil {
		t.Fatal(err)
	}
	all, err := csv.NewReader(&b).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, cells := range all[1:] {
		row := map[string]string{}
		for i, c := range cells {
			row[all[0][i]] = c
		}
		rows = append(rows, row)
	}
	return all[0], rows
}

// Five used photos with two regions of six measures, and one row for the refused photo.
func TestOneRowPerPhotoRegionAndMeasure(t *testing.T) {
	_, rows := table(t, record())
	if len(rows) != 5*2*6+1 {
		t.Fatalf("%d rows, want 61", len(rows))
	}
	find := func(photo, roi, measure string) map[string]string {
		i := slices.IndexFunc(rows, func(r map[string]string) bool {
			return r["photo"] == photo && r["roi"] == roi && r["measure"] == measure
		})
		if i < 0 {
			t.Fatalf("no row for %s %s %s", photo, roi, measure)
		}
		return rows[i]
	}
	for _, tt := range []struct{ photo, roi, measure, column, want string }{
		{"2026-05-09.jpg", "treated", "roughness", "value", "0.0293"},
		{"2026-05-09.jpg", "treated", "roughness", "unit", "1"},
		{"2026-05-09.jpg", "treated", "roughness", "clock", "mature"},
		{"2026-05-09.jpg", "treated", "roughness", "day", "119"},
		{"2026-05-09.jpg", "treated", "roughness", "days_since_treatment", "91"},
		{"2026-01-10.jpg", "treated", "roughness", "days_since_treatment", ""},
		{"2026-01-10.jpg", "control", "hemoglobin", "baseline", "TRUE"},
		{"2026-01-10.jpg", "control", "hemoglobin", "alignment_error_px", ""},
		{"2026-01-11.jpg", "treated", "ita", "value", ""},
		{"2026-01-11.jpg", "treated", "ita", "warnings", "red_skin"},
		{"2026-02-21.jpg", "", "", "used", "FALSE"},
		{"2026-02-21.jpg", "", "", "quality_reasons", "other_side"},
	} {
		if got := find(tt.photo, tt.roi, tt.measure)[tt.column]; got != tt.want {
			t.Errorf("%s %s %s: %s is %q, want %q", tt.photo, tt.roi, tt.measure, tt.column, got, tt.want)
		}
	}
}

// A spreadsheet takes a text cell that starts with one of these for a formula. A
// negative number is a number.
func TestNoTextCellStartsAFormula(t *testing.T) {
	numeric := []string{"value", "sd", "day", "days_since_treatment", "n", "pixels", "excluded_fraction", "alignment_error_px", "alignment_error_mm", "calibration_residual_de00"}
	for _, attack := range []string{"=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "＝1", "=HYPERLINK(\"http://x\",\"y\")"} {
		rec := hostile(t, attack)
		rec.Photos[0].ROIs[0].Measures["hemoglobin"] = outcome.Measurement{Value: -2.5, Unit: attack, SD: 1}
		_, rows := table(t, rec)
		for _, row := range rows {
			for column, cell := range row {
				bare := strings.TrimLeft(cell, " ")
				if bare != "" && strings.ContainsAny(bare[:1], "=+-@\t\r") && !slices.Contains(numeric, column) || strings.HasPrefix(bare, "＝") {
					t.Fatalf("%q: %s starts a formula: %q", attack, column, cell)
				}
			}
		}
		if rows[slices.IndexFunc(rows, func(r map[string]string) bool { return r["measure"] == "hemoglobin" })]["value"] != "-2.5" {
			t.Error("a negative number was quoted")
		}
	}
}

func TestEmptyRecordGivesTheHeader(t *testing.T) {
	header, rows := table(t, &outcome.Record{})
	if len(rows) != 0 || !slices.Equal(header, csvHeader()) {
		t.Errorf("%v %v", header, rows)
	}
}
