package report

import (
	"encoding/csv"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"

	"dermtrace/internal/outcome"
)

// csvHeader names the columns of measurements.csv; units stand in a column of
// their own.
func csvHeader() []string {
	return []string{
		"subject", "site", "side", "view", "visit", "at", "phase", "day", "days_since_treatment", "baseline", "skin_state",
		"photo", "sha256", "used", "quality", "quality_reasons", "alignment", "alignment_error_px", "alignment_error_mm",
		"calibration", "calibration_residual_de00",
		"roi", "kind", "pixels", "excluded_fraction",
		"family", "measure", "value", "unit", "sd", "n", "clock", "warnings", "software_version",
	}
}

// MeasurementsCSV writes the tidy table: one row per photo, region and measure, in
// the order of the record and then of the measures' names. A photo in which nothing
// was measured keeps one row whose region and measure are empty, so that no photo is
// missing silently. A value that was not measured is an empty cell. No text cell can
// start a formula: one that would gets an apostrophe.
func MeasurementsCSV(w io.Writer, rec *outcome.Record) error {
	out := csv.NewWriter(w)
	if err := out.Write(csvHeader()); err != nil {
		return err
	}
	x := newIndex(rec)
	for _, p := range rec.Photos {
		for _, row := range photoRows(x, p) {
			if err := out.Write(row); err != nil {
				return err
			}
		}
	}
	out.Flush()
	return out.Error()
}

func photoRows(x *index, p outcome.Photo) [][]string {
	v := x.visit(p.Visit)
	head := photoCells(x.rec, v, p)
	version := text(x.rec.Software.Version)
	var rows [][]string
	for _, r := range p.ROIs {
		region := append(slices.Clone(head), text(r.Name), text(r.Kind), strconv.Itoa(r.Pixels), r.ExcludedFraction.String())
		for _, name := range slices.Sorted(maps.Keys(r.Measures)) {
			m, def := r.Measures[name], x.rec.Definitions[name]
			row := append(slices.Clone(region), text(def.Family), text(name), m.Value.String(), text(m.Unit), m.SD.String(),
				strconv.Itoa(m.N), text(v.Clock[def.Clock]), text(strings.Join(m.Warnings, " ")), version)
			rows = append(rows, row)
		}
	}
	if len(rows) == 0 {
		row := make([]string, len(csvHeader()))
		copy(row, head)
		row[len(row)-1] = version
		rows = [][]string{row}
	}
	return rows
}

func photoCells(rec *outcome.Record, v outcome.Visit, p outcome.Photo) []string {
	s := rec.Series
	since := ""
	if v.DaysSinceTreatment != nil {
		since = strconv.Itoa(*v.DaysSinceTreatment)
	}
	codes := make([]string, len(p.Quality.Reasons))
	for i, r := range p.Quality.Reasons {
		codes[i] = r.Code
	}
	return []string{
		text(s.Subject), text(s.Site), text(s.Side), text(s.View),
		text(p.Visit), text(v.At), text(v.Phase), strconv.Itoa(v.Day), since,
		outcome.CellBool(p.Visit == s.Baseline), text(strings.Join(v.SkinState, " ")),
		text(p.File), text(p.SHA256), outcome.CellBool(p.Used()), text(p.Quality.Verdict), text(strings.Join(codes, " ")),
		text(p.Alignment.Status), p.Alignment.ErrorPx.String(), p.Alignment.ErrorMM.String(),
		text(p.Calibration.Method), p.Calibration.ResidualDE00.String(),
	}
}

// text is a text cell.
func text(s string) string { return outcome.CellText(s) }
