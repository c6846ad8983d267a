package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"dermtrace/internal/folder"
	"dermtrace/internal/manifest"
	"dermtrace/internal/outcome"
	"dermtrace/internal/series"
	"dermtrace/internal/study"

	"github.com/spf13/cobra"
)

// outputOptions say where results go.
type outputOptions struct {
	dir           string
	force         bool
	json          bool
	mode          fileMode
	noise         string // file of a repeatability study
	maxMegapixels float64
}

func (o *outputOptions) flags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVarP(&o.dir, "output", "o", o.dir, "`DIR` for the results; created, or replaced when it holds earlier ones")
	f.BoolVar(&o.force, "force", false, "write into a folder that holds other files (they stay)")
	f.BoolVar(&o.json, "json", false, "print the record instead of the summary")
	f.Var(&o.mode, "mode", "permissions of the files, as an octal number; folders can be entered by those who may read")
	f.StringVar(&o.noise, "noise", "", "this clinic's own photo noise, a `FILE` that 'repeatability' wrote")
	limitFlag(cmd, &o.maxMegapixels)
}

func newAnalyze(t *terminal) *cobra.Command {
	var opt outputOptions
	cmd := &cobra.Command{
		Use:   "analyze SERIES -o DIR",
		Short: "Measure one series of photos and write record and report",
		Long: `analyze measures one folder of photos of one site: results.json,
measurements.csv, report.html and pictures/ in DIR.

The folder may hold a series.yaml that says which visit each photo belongs to,
where the treated and the untreated skin is, and when treatments were ('dermtrace
init SERIES' drafts one). All of it is optional.

Exit status: 0 done, 1 failed, 2 wrong use, 3 done but some photos could not be
used, 130 interrupted.`,
		Args: exactly(1, "one folder of photos"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if opt.dir == "" {
				return usage("analyze needs a folder for its results", "add -o DIR")
			}
			return runAnalyze(cmd.Context(), t, args[0], opt)
		},
	}
	opt.flags(cmd)
	return cmd
}

func runAnalyze(ctx context.Context, t *terminal, seriesDir string, opt outputOptions) error {
	if err := isFolder(seriesDir); err != nil {
		return err
	}
	noise, err := readNoise(opt.noise)
	if err != nil {
		return err
	}
	out, err := folder.Stage(opt.dir, opt.force)
	if errors.Is(err, folder.ErrOccupied) {
		return withHint(err, "choose another folder, or add --force to write beside them")
	}
	if err != nil {
		return err
	}
	out.Mode = opt.mode.FileMode
	defer out.Discard() // after Commit there is nothing left to discard

	photos, err := folder.Open(seriesDir)
	if err != nil {
		return err
	}
	defer photos.Close()
	step, clear := t.progress("measuring")
	res, err := series.Analyze(ctx, photos, series.Options{
		Software: software(), Limits: limits(opt.maxMegapixels), Noise: noise, Progress: step,
	})
	clear()
	if err != nil {
		return inFolder(seriesDir, err)
	}
	if err := study.WriteResult(out, res); err != nil {
		return err
	}
	err = t.summary(res.Record, opt)
	if slices.ContainsFunc(res.Record.Warnings, func(n outcome.Notice) bool { return n.Code == outcome.RegionsGuessed }) {
		t.hintRegions(seriesDir)
	}
	return err
}

// hintRegions is said of a series whose skin was found, not drawn.
func (t *terminal) hintRegions(seriesDir string) {
	t.hint("draw the treated and the untreated skin with 'dermtrace regions " + typed(seriesDir) + "'")
}

// summary prints what a person wants first, and fails with errPartial when photos
// were left out.
func (t *terminal) summary(rec *outcome.Record, opt outputOptions) error {
	used, found := 0, len(rec.Photos)+rec.Undated()
	for _, p := range rec.Photos {
		if p.Used() {
			used++
			continue
		}
		t.say("%s could not be used: %s", p.File, p.WhyUnused())
	}
	t.sayDoubts(rec, time.Now())
	if opt.json {
		if err := t.json(rec); err != nil {
			return err
		}
	} else {
		t.print("photos        %d of %d used", used, found)
		t.printSummary(rec)
		t.print("report        %s", filepath.Join(opt.dir, "report.html"))
	}
	if used < found {
		return errPartial
	}
	return nil
}

// farAhead is how far in the future a visit or treatment is surely misdated, for the clock of this machine
// may be wrong as well (project default).
const farAhead = 366 * 24 * time.Hour

// sayDoubts says what the user most likely did not mean.
func (t *terminal) sayDoubts(rec *outcome.Record, now time.Time) {
	for _, n := range rec.Warnings {
		switch n.Code {
		case manifest.PhotoUnnamed, outcome.PhotoUndated:
			t.say("%s: %s", n.Photo, n.Text)
		case outcome.RegionsOverlap:
			t.say("%s Draw them apart.", n.Text)
		}
	}
	for _, p := range rec.Photos {
		if p.Used() && p.SameFileAs != "" {
			t.say("%s has the same bytes as %s, so that nothing can have changed: put the right photo there", p.File, p.SameFileAs)
		}
	}
	latest := now.Add(farAhead).Format(time.DateOnly)
	for _, v := range rec.Visits {
		if v.At > latest {
			t.say("the visit %s lies more than a year in the future: check its date", v.Visit)
		}
	}
	for _, treated := range rec.Treatments {
		if treated.At > latest {
			t.say("the treatment %s lies more than a year in the future: check its date", treated.At)
		}
	}
}

func (t *terminal) printSummary(rec *outcome.Record) {
	t.print("baseline      %s", rec.Series.Baseline)
	for _, c := range headlines(rec) {
		t.print("%-13s %s in %s, %s vs baseline: %s", c.Measure, c.Contrast, c.ROI, c.Visit, changed(c))
	}
	for _, f := range rec.Flags {
		t.print("flag          %s, %s: %s", f.Visit, f.Level, f.Text)
	}
	for _, n := range rec.NotAssessed {
		t.print("not assessed  %s: %s", n.What, n.Why)
	}
}

// changed is a change in words: with its interval where it could be compared, else with what
// there is against it.
func changed(c outcome.Change) string {
	if c.Status != outcome.NotComparable {
		change, interval, detectable := inDigits(c)
		return fmt.Sprintf("%s (95 %% %s, detectable from %s): %s", strings.TrimSpace(change+" "+unitText(c.Unit)), interval, detectable, c.Verdict())
	}
	if len(c.Warnings) == 0 {
		return c.Status
	}
	return c.Status + " (" + strings.ReplaceAll(strings.Join(c.Warnings, ", "), "_", " ") + ")"
}

// headlines are the primary measures at the last visit, in the contrast of most trust.
func headlines(rec *outcome.Record) []outcome.Change {
	best := map[string]outcome.Change{}
	var order []string
	for _, c := range rec.Changes {
		if !c.Primary || c.Against != outcome.AgainstBaseline {
			continue
		}
		key := c.ROI + "\x00" + c.Measure
		old, seen := best[key]
		if !seen {
			order = append(order, key)
		}
		if !seen || c.Visit > old.Visit || c.Visit == old.Visit && c.Contrast == outcome.VsControl {
			best[key] = c
		}
	}
	var list []outcome.Change
	for _, key := range order {
		list = append(list, best[key])
	}
	return list
}
