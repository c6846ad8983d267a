package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime/debug"
	"strconv"
	"strings"
	"time"

	"dermtrace/internal/folder"
	"dermtrace/internal/study"

	"github.com/schollz/progressbar/v3"
	"github.com/spf13/cobra"
	"golang.org/x/term"
)

// batchOptions say what part of a study is run and where its results go.
type batchOptions struct {
	dir           string
	workers       int
	memory        float64
	shard         shardFlag
	force         bool
	mode          fileMode
	maxMegapixels float64
	noise         string // file of a repeatability study
	tables        tableOptions
}

// tableOptions say how tables are named and what is joined to them.
type tableOptions struct {
	names      string
	allocation string
	purpose    string
}

func (o *tableOptions) flags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVar(&o.names, "names", "tidy", "names of the columns of study.csv and study.parquet: tidy or adam")
	f.StringVar(&o.allocation, "allocation", "", "`CSV` subject,arm or subject,side,arm, joined to the tables; needs a plan.yaml in the study")
	f.StringVar(&o.purpose, "purpose", "", "what the tables are for: care, research, publication or marketing; subjects without this consent are left out")
}

func (o *tableOptions) check() error {
	if o.names != "tidy" && o.names != "adam" {
		return usage("there are no names '"+o.names+"'", "write --names tidy or --names adam")
	}
	return checkPurpose(o.purpose)
}

// checkPurpose refuses what no consent can cover.
func checkPurpose(purpose string) error {
	if err := study.CheckPurpose(purpose); err != nil {
		return usage(err.Error(), "leave --purpose out for the care of your own patients")
	}
	return nil
}

func newBatch(t *terminal) *cobra.Command {
	var opt batchOptions
	cmd := &cobra.Command{
		Use:   "batch STUDY -o OUT",
		Short: "Measure every series of a study and write tables",
		Long: `batch measures every series below STUDY: a folder, a .zip or a .tar with a folder
of photos per series, or a flat folder with photos.csv ('dermtrace init STUDY
--study' drafts one). OUT then holds series/NAME/ with the results of each, the tables
study.csv, study.parquet, wide.csv, fates.csv, completeness.csv, dictionary.csv,
redcap.csv and redcap_dictionary.csv, study.json and index.html.

Stopped at any moment and started again, it goes on where it was: series whose
photos, settings and versions are unchanged are kept.

A plan.yaml in STUDY, written before anything is measured, names what the study is about
and what is to be photographed; all but primary may be left out:

  primary: {measure: roughness, contrast: vs_control, day: 180, within: 14}
  alpha: 0.05
  visits: [{name: V0, day: 0}, {name: V1, day: 28, within: 7}]
  views: [{site: cheek, side: left}, {site: cheek, side: right}]
  exclusions: [{subject: P003, reason: moved away}]

--shard i/n runs one of n parts, counted from 0 or from 1, for schedulers that start
n of them; afterwards 'dermtrace merge OUT' makes the tables.

Exit status: 0 done, 1 failed, 2 wrong use, 3 done but some photos or series could
not be used, 130 interrupted.`,
		Args: exactly(1, "one study: a folder, a .zip or a .tar"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if opt.dir == "" {
				return usage("batch needs a folder for its results", "add -o OUT")
			}
			if err := opt.tables.check(); err != nil {
				return err
			}
			if opt.tables.allocation != "" && (inside(opt.tables.allocation, args[0]) || inside(opt.tables.allocation, opt.dir)) {
				return usage("the allocation lies where the photos or their results are", "keep it elsewhere: who measures must not see it")
			}
			return runBatch(cmd.Context(), t, args[0], opt)
		},
	}
	f := cmd.Flags()
	f.StringVarP(&opt.dir, "output", "o", "", "`DIR` for the results; created, or gone on with")
	f.IntVarP(&opt.workers, "jobs", "j", 0, "`series` at once (default: one per core)")
	f.Float64Var(&opt.memory, "memory", 0, "`GiB` that may be used (default 4)")
	f.Var(&opt.shard, "shard", "run part i of n only, as i/n")
	f.BoolVar(&opt.force, "force", false, "write into a folder that holds other files (they stay)")
	f.Var(&opt.mode, "mode", "permissions of the files, as an octal number; folders can be entered by those who may read")
	f.StringVar(&opt.noise, "noise", "", "this clinic's own photo noise, a `FILE` that 'repeatability' wrote")
	limitFlag(cmd, &opt.maxMegapixels)
	opt.tables.flags(cmd)
	return cmd
}

func runBatch(ctx context.Context, t *terminal, dir string, opt batchOptions) error {
	if opt.workers < 0 || opt.memory < 0 {
		return usage("-j and --memory cannot be negative", "leave them out for the defaults")
	}
	noise, err := readNoise(opt.noise)
	if err != nil {
		return err
	}
	memory := opt.memory
	if memory == 0 {
		memory = study.DefaultMemory
	}
	debug.SetMemoryLimit(int64(memory * (1 << 30))) // garbage goes sooner when the bound is near
	step, clear := t.batchProgress(dir, time.Now())
	sum, err := study.Run(ctx, study.Options{
		Study: dir, Out: opt.dir, Workers: opt.workers, Memory: memory, Shard: opt.shard.Shard, Force: opt.force,
		Mode: opt.mode.FileMode, Software: software(), Limits: limits(opt.maxMegapixels), Noise: noise, Progress: step,
	})
	clear()
	switch {
	case errors.Is(err, folder.ErrOccupied):
		return withHint(err, "choose another folder, or add --force to write beside them")
	case errors.Is(err, study.ErrBusy):
		return withHint(err, "wait until it is done, or give each process its own --shard i/n")
	case errors.Is(err, study.ErrNoSeries):
		return withHint(fileError(dir, err), "give a folder with photos, or with folders of photos")
	case err != nil:
		return err
	}
	if opt.shard.Count > 1 {
		t.print("series        %d in this shard, %d failed, %d kept from an earlier run", sum.Series, sum.Failed, sum.Kept)
		t.say("when all %d shards are done, run 'dermtrace merge %s'", opt.shard.Count, typed(opt.dir))
		return worst(sum.Series-sum.Failed, sum.Failed > 0 || sum.Used < sum.Photos)
	}
	return runMerge(t, opt.dir, opt.mode, opt.tables)
}

// worst is the end of a run of which something was left out, or everything.
func worst(good int, partial bool) error {
	switch {
	case good == 0:
		return errors.New("no series could be measured")
	case partial:
		return errPartial
	}
	return nil
}

// batchProgress shows series done, throughput and time left: a bar on a terminal, plain
// lines elsewhere.
func (t *terminal) batchProgress(dir string, start time.Time) (step func(study.Progress), clear func()) {
	f, ok := t.err.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		fresh := 0
		return func(p study.Progress) {
			if !p.Kept && p.Err == "" { // neither takes the time of one that is measured
				fresh++
			}
			t.say("%d/%d %s: %s%s", p.Done, p.Total, seriesName(p.Series, dir), howItWent(p), pace(p, fresh, time.Since(start)))
		}, func() {}
	}
	var bar *progressbar.ProgressBar
	step = func(p study.Progress) {
		if bar == nil {
			bar = progressbar.NewOptions(p.Total, progressbar.OptionSetWriter(f), progressbar.OptionSetDescription("series"),
				progressbar.OptionShowCount(), progressbar.OptionShowIts(), progressbar.OptionSetItsString("series"),
				progressbar.OptionSetPredictTime(true), progressbar.OptionClearOnFinish(), progressbar.OptionSetWidth(30))
		}
		if p.Err != "" {
			bar.Clear() // a progress bar that cannot be drawn is no failure
			t.say("%s: %s", seriesName(p.Series, dir), howItWent(p))
		}
		bar.Set(p.Done) // as above
	}
	return step, func() {
		if bar != nil {
			bar.Clear() // as above
		}
	}
}

func howItWent(p study.Progress) string {
	switch {
	case p.Mend != "":
		return "failed: " + p.Err + " (" + p.Mend + ")"
	case p.Err != "":
		return "failed: " + p.Err
	case p.Kept:
		return "kept"
	}
	return fmt.Sprintf("%d of %d photos used", p.Used, p.Photos)
}

// pace is the throughput so far and the time that the rest will take at it.
func pace(p study.Progress, fresh int, passed time.Duration) string {
	if fresh == 0 || p.Done == p.Total {
		return ""
	}
	each := passed / time.Duration(fresh)
	left := (time.Duration(p.Total-p.Done) * each).Round(time.Second)
	return fmt.Sprintf(" (%s series/min, %s left)", strconv.FormatFloat(60/each.Seconds(), 'f', 1, 64), left)
}

// shardFlag is a flag of the form i/n.
type shardFlag struct{ study.Shard }

func (s *shardFlag) String() string {
	if s.Count == 0 {
		return ""
	}
	return fmt.Sprintf("%d/%d", s.Index, s.Count)
}

func (s *shardFlag) Type() string { return "i/n" }

func (s *shardFlag) Set(text string) error {
	first, second, found := strings.Cut(text, "/")
	i, err1 := strconv.Atoi(first)
	n, err2 := strconv.Atoi(second)
	if !found || err1 != nil || err2 != nil || n < 1 || i < 0 || i > n {
		return errors.New("write it as 3/8, with i from 1 to n or from 0 to n-1")
	}
	s.Shard = study.Shard{Index: i, Count: n}
	return nil
}
