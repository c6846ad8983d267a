package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"dermtrace/internal/folder"
	"dermtrace/internal/outcome"
	"dermtrace/internal/report"
	"dermtrace/internal/study"

	"github.com/spf13/cobra"
)

// reportOptions are what the verb was asked for.
type reportOptions struct {
	file, audience, key, paper, purpose string
	pdf, coded                          bool
	form                                report.Options
}

func newReport(t *terminal) *cobra.Command {
	var opt reportOptions
	cmd := &cobra.Command{
		Use:   "report RESULTS.json -o FILE",
		Short: "Render the report of an earlier result again",
		Long: `report renders a results.json, with the pictures beside it, as one HTML file, or
with --pdf as PDF through an installed Chromium. Pictures that are gone are said in
the report; its numbers do not need them.

--coded cuts the pictures to the regions and replaces names and file names by codes
that the key in --key FILE can make again, and dates by days since the first
treatment. What was written freely (notes, devices, reasons) is left out. Such a
report is not anonymous: skin can be recognised.`,
		Args: exactly(1, "one results.json"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := opt.check(); err != nil {
				return err
			}
			return runReport(cmd.Context(), t, args[0], opt)
		},
	}
	f := cmd.Flags()
	f.StringVarP(&opt.file, "output", "o", "", "`FILE` to write")
	f.BoolVar(&opt.form.OnePage, "one-page", false, "the essentials on one printed page")
	f.BoolVar(&opt.form.Sensitive, "sensitive", false, "open with the pictures hidden")
	f.StringVar(&opt.audience, "for", "clinician", "clinician, or patient: the pair and one plain sentence per goal")
	f.BoolVar(&opt.pdf, "pdf", false, "write PDF, printed by an installed Chromium")
	f.StringVar(&opt.paper, "paper", "", "a4 or letter; default: the printer's, a4 for --pdf")
	f.BoolVar(&opt.coded, "coded", false, "codes for names, days for dates, pictures cut to the regions")
	f.StringVar(&opt.key, "key", "", "`FILE` of the key of --coded; made if absent")
	f.StringVar(&opt.purpose, "purpose", "", "care, research, publication or marketing: refuse without this consent")
	return cmd
}

// check refuses what does not go together.
func (opt *reportOptions) check() error {
	if opt.file == "" {
		return usage("report needs a file to write", "add -o FILE")
	}
	switch opt.audience {
	case "clinician":
	case "patient":
		opt.form.Patient = true
	default:
		return usage("--for takes clinician or patient, not '"+opt.audience+"'", "leave it out for the clinician's report")
	}
	switch opt.paper {
	case "a4", "letter":
		opt.form.Paper = opt.paper
	case "":
	default:
		return usage("--paper takes a4 or letter, not '"+opt.paper+"'", "leave it out: the printer's own paper is then taken, A4 for --pdf")
	}
	if named := strings.EqualFold(filepath.Ext(opt.file), ".pdf"); named != opt.pdf {
		if named {
			return usage(opt.file+" would hold HTML", "add --pdf, or give -o a name that ends in .html")
		}
		return usage(opt.file+" would hold PDF", "give -o a name that ends in .pdf, or leave out --pdf")
	}
	if opt.pdf && opt.paper == "" {
		opt.form.Paper = "a4"
	}
	if opt.key != "" && !opt.coded {
		return usage("--key is the key of --coded", "add --coded, or leave the key out")
	}
	return checkPurpose(opt.purpose)
}

func runReport(ctx context.Context, t *terminal, results string, opt reportOptions) error {
	rec, err := readRecord(results)
	if err != nil {
		return err
	}
	if err := mayShow(results, rec, opt.purpose); err != nil {
		return err
	}
	dir := results
	if info, err := os.Stat(results); err != nil || !info.IsDir() {
		dir = filepath.Dir(results)
	}
	var pictures fs.FS = os.DirFS(dir)
	if opt.coded {
		key, err := codingKey(opt.key, dir, opt.file)
		if err != nil {
			return err
		}
		named := len(rec.Pictures)
		if rec, pictures, err = codedForm(rec, pictures, key); err != nil {
			return err
		}
		if named > 0 && len(rec.Pictures) == 0 {
			t.say("the coded report has no pictures: without drawn regions they cannot be cut to them")
		}
		opt.form.Coded = true
	}
	if err := writeReport(ctx, rec, pictures, opt); err != nil {
		return err
	}
	t.print("%s", opt.file)
	return nil
}

// mayShow refuses to show a record for a purpose that its consent does not cover.
func mayShow(results string, rec *outcome.Record, purpose string) error {
	switch {
	case study.Covers(rec.Series, purpose):
		return nil
	case rec.Series.Minor && !rec.Series.Guardian:
		return withHint(fileError(results, errors.New("the subject is a minor, and no guardian consented")),
			"ask a guardian; then write the name under guardian: in series.yaml and run 'dermtrace analyze' again")
	}
	return withHint(fileError(results, fmt.Errorf("the consent (%s) does not cover %s", strings.Join(rec.Series.Consent, ", "), purpose)),
		"ask the patient; then write it under consent: in series.yaml and run 'dermtrace analyze' again")
}

func writeReport(ctx context.Context, rec *outcome.Record, pictures fs.FS, opt reportOptions) error {
	write := func(w io.Writer) error { return report.HTML(w, rec, pictures, opt.form) }
	if !opt.pdf {
		return folder.WriteFile(opt.file, write)
	}
	dir, err := os.MkdirTemp("", "dermtrace-report-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	html := filepath.Join(dir, "report.html")
	if err := folder.WriteFile(html, write); err != nil {
		return err
	}
	return printPDF(ctx, html, opt.file)
}

// readRecord reads a results.json, or the one in a result folder.
func readRecord(path string) (*outcome.Record, error) {
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		path = filepath.Join(path, folder.Record)
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, withHint(err, "give the results.json that 'dermtrace analyze' wrote")
	}
	defer f.Close()
	rec, err := outcome.Read(f)
	if err != nil {
		return nil, withHint(fileError(path, err), "give the results.json that 'dermtrace analyze' wrote")
	}
	return rec, nil
}
