package study

import (
	"bytes"

	"dermtrace/internal/folder"
	"dermtrace/internal/outcome"
	"dermtrace/internal/report"
	"dermtrace/internal/series"
)

// Files of a result folder beside the record.
const (
	reportFile       = "report.html"
	measurementsFile = "measurements.csv"
)

// WriteResult writes the outputs of one series and commits them; the report is made from
// the record and the pictures just as a later 'dermtrace report' would.
func WriteResult(out *folder.Staged, res *series.Result) error {
	for _, p := range res.Pictures {
		if err := out.Write(p.Name, write(p.Bytes)); err != nil {
			return err
		}
	}
	var csv, html, record bytes.Buffer
	if err := report.MeasurementsCSV(&csv, res.Record); err != nil {
		return err
	}
	if err := report.HTML(&html, res.Record, out.FS(), report.Options{}); err != nil {
		return err
	}
	if err := outcome.Write(&record, res.Record); err != nil {
		return err
	}
	for _, f := range []struct {
		name string
		text *bytes.Buffer
	}{{measurementsFile, &csv}, {reportFile, &html}, {folder.Record, &record}} {
		if err := out.Write(f.name, write(f.text.Bytes())); err != nil {
			return err
		}
	}
	return out.Commit()
}
