package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"text/tabwriter"

	"dermtrace/internal/folder"
	"dermtrace/internal/outcome"
	"dermtrace/internal/study"
	"dermtrace/internal/trend"

	"github.com/spf13/cobra"
)

func newRepeatability(t *terminal) *cobra.Command {
	var file string
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "repeatability DIR [-o noise.json]",
		Short: "Measure this clinic's own photo noise from repeat visits",
		Long: `repeatability reads the results of repeat visits of unchanged skin, as 'analyze'
or 'batch' wrote them, and says how much each measure differs for no reason.

Ten people photographed on two days give everything: the standard error of
measurement (SEM), the smallest change that is real (MDC95), ICC(2,1) with its
interval, and limits of agreement (Bland-Altman). One person on six days or more
gives SEM, CV and MDC95. Several photos of one visit give the part within a visit
alone. Visits after a treatment are left out.

With -o the figures are kept in a file that 'analyze --noise FILE' takes: they then
come before anything else that the tool knows about noise. Figures with fewer than
5 degrees of freedom are printed, but not kept.`,
		Args: exactly(1, "one folder of results"),
		RunE: func(_ *cobra.Command, args []string) error { return runRepeatability(t, args[0], file, asJSON) },
	}
	cmd.Flags().StringVarP(&file, "output", "o", "", "noise `FILE` to write")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print all figures instead of the table")
	return cmd
}

// repeats is what repeatability prints as JSON.
type repeats struct {
	Series   int                   `json:"series"`
	LeftOut  int                   `json:"visits_after_treatment"` // not used
	Measures []trend.Repeatability `json:"measures"`
}

func runRepeatability(t *terminal, dir, file string, asJSON bool) error {
	records, left, err := t.untreated(dir)
	if err != nil {
		return err
	}
	if left > 0 {
		t.say("%d visits after a treatment were left out: they are no repeats of unchanged skin", left)
	}
	list, err := trend.Repeat(records)
	if errors.Is(err, trend.ErrNoRepeats) {
		return withHint(fileError(dir, err), "photograph the same unchanged skin on two days or more: ten people twice is best")
	}
	if err != nil {
		return err
	}
	if file != "" {
		if err := t.keepNoise(dir, file, records, list); err != nil {
			return err
		}
	}
	if asJSON {
		return t.json(repeats{len(records), left, list})
	}
	return t.printRepeatability(list)
}

// untreated reads all records below dir, without their visits after a treatment.
func (t *terminal) untreated(dir string) (records []*outcome.Record, left int, err error) {
	for m, err := range study.Records(dir) {
		if err != nil {
			return nil, 0, err
		}
		short, n := trend.Untreated(m.Record)
		records, left = append(records, short), left+n
	}
	if len(records) == 0 {
		return nil, 0, withHint(fmt.Errorf("%s holds no results", dir), "give a folder that 'dermtrace analyze' or 'dermtrace batch' wrote")
	}
	return records, left, nil
}

func (t *terminal) keepNoise(dir, file string, records []*outcome.Record, list []trend.Repeatability) error {
	f := trend.NoiseFile{Schema: trend.NoiseSchema, Command: "dermtrace repeatability", Figures: trend.Figures(list)}
	for _, rec := range records {
		for _, v := range rec.Visits {
			f.Date = max(f.Date, v.At)
		}
	}
	if len(f.Figures) == 0 {
		err := fmt.Errorf("%s: no figure has %d degrees of freedom, so there is none to keep", dir, trend.MinDF)
		return withHint(err, "add people or days: six days of one person, or two days of six people")
	}
	return folder.WriteFile(file, func(w io.Writer) error { return f.Write(w) })
}

func (t *terminal) printRepeatability(list []trend.Repeatability) error {
	w := tabwriter.NewWriter(t.out, 0, 4, 2, ' ', 0)
	fmt.Fprintln(w, "measure\tcontrast\tunit\tSEM\tCV\tMDC95\twithin visit\tICC(2,1)\tbias, 95 % limits\tdf\tsubjects")
	notes := []string{}
	for _, r := range list {
		cv, icc, limits := noNumber, noNumber, noNumber
		if r.CV.Known() {
			cv = short(100*r.CV) + " %"
		}
		if r.ICC != nil {
			icc = fmt.Sprintf("%s (%s to %s)", short(r.ICC.Value), short(r.ICC.CI95[0]), short(r.ICC.CI95[1]))
		}
		if r.Limits != nil {
			limits = fmt.Sprintf("%s, %s to %s", short(r.Limits.Bias), short(r.Limits.Limits[0]), short(r.Limits.Limits[1]))
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%g\t%d\n", r.Figure.Measure, r.Figure.Contrast, r.Figure.Unit,
			short(r.SEM), cv, short(r.MDC95), short(r.WithinSD), icc, limits, r.Figure.DF, r.Subjects)
		for _, note := range r.Warnings {
			if !slices.Contains(notes, note) {
				notes = append(notes, note)
			}
		}
	}
	if err := w.Flush(); err != nil {
		return err
	}
	for _, note := range notes {
		t.say("%s", note)
	}
	return nil
}

// readNoise reads the file of a repeatability study; no file is no study.
func readNoise(path string) (trend.Noise, error) {
	if path == "" {
		return trend.Noise{}, nil
	}
	const mend = "give a file that 'dermtrace repeatability DIR -o FILE' wrote"
	b, err := os.ReadFile(path)
	if err != nil {
		return trend.Noise{}, withHint(err, mend)
	}
	f, err := trend.ReadNoise(bytes.NewReader(b))
	if err != nil {
		return trend.Noise{}, withHint(fileError(path, err), mend)
	}
	sum := sha256.Sum256(b)
	return trend.Noise{Repeatability: f.Figures, SHA256: hex.EncodeToString(sum[:])}, nil
}
