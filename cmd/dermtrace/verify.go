package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"

	"dermtrace/internal/folder"
	"dermtrace/internal/outcome"
	"dermtrace/internal/photo"
	"dermtrace/internal/series"
	"dermtrace/internal/study"
	"dermtrace/internal/trend"

	"github.com/spf13/cobra"
)

// errUnverified ends a verification that found differences, which have been listed.
var errUnverified = errors.New("the results could not be reproduced from these photos")

func newVerify(t *terminal) *cobra.Command {
	var noise string
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "verify RESULTS PHOTOS",
		Short: "Measure again and compare: do these results come from these photos?",
		Long: `verify hashes the photos again, measures them again, and lists every input, value
and verdict that differs from RESULTS: a folder that 'dermtrace analyze' wrote, with
the series' folder of photos, or one that 'dermtrace batch' wrote, with the study.
Neither is changed.

Exit status: 0 nothing differs, or the version of this program alone, 1 something else
does, 2 wrong use.`,
		Args: exactly(2, "a folder of results and the photos that they were made from"),
		RunE: func(cmd *cobra.Command, args []string) error {
			info, err := os.Stat(args[0])
			if err != nil {
				return withHint(err, "give a folder that 'dermtrace analyze' or 'dermtrace batch' wrote")
			}
			noise, err := readNoise(noise)
			if err != nil {
				return err
			}
			again := verifySeries
			if _, err := os.Stat(filepath.Join(args[0], folder.Record)); err != nil && info.IsDir() {
				again = verifyStudy
			}
			list, all, err := again(cmd.Context(), t, args[0], args[1], noise)
			if err != nil {
				return err
			}
			return t.verified(list, all, asJSON)
		},
	}
	f := cmd.Flags()
	f.StringVar(&noise, "noise", "", "the noise `FILE` that 'analyze' or 'batch' was given")
	f.BoolVar(&asJSON, "json", false, "print what differs as JSON")
	return cmd
}

// verifySeries measures one series anew, with the settings of its record.
func verifySeries(ctx context.Context, t *terminal, results, photos string, noise trend.Noise) ([]differing, int, error) {
	old, err := readRecord(results)
	if err != nil {
		return nil, 0, err
	}
	if err := isFolder(photos); err != nil {
		return nil, 0, err
	}
	fsys, err := folder.Open(photos)
	if err != nil {
		return nil, 0, err
	}
	defer fsys.Close()
	step, clear := t.progress("measuring")
	res, err := series.Analyze(ctx, fsys, series.Options{
		Software: software(), Noise: noise, Progress: step, NoPictures: true,
		Limits: photo.Limits{Megapixels: old.Settings.MaxMegapixels},
	})
	clear()
	if err != nil {
		return nil, 0, inFolder(photos, err)
	}
	return differences(map[string]*outcome.Record{".": old}, map[string]*outcome.Record{".": res.Record}, []string{"."}), 1, nil
}

// verifyStudy measures a whole study anew, in a folder of its own.
func verifyStudy(ctx context.Context, t *terminal, results, dir string, noise trend.Noise) ([]differing, int, error) {
	before, order, err := recordsOf(results, nil)
	if err != nil {
		return nil, 0, err
	}
	tmp, err := os.MkdirTemp("", "dermtrace-verify-")
	if err != nil {
		return nil, 0, err
	}
	defer os.RemoveAll(tmp)
	if err := study.LeaveOutAs(results, tmp); err != nil {
		return nil, 0, err
	}
	var opt study.Options
	for _, rec := range before {
		opt.Limits.Megapixels = max(opt.Limits.Megapixels, rec.Settings.MaxMegapixels)
	}
	opt.Study, opt.Out, opt.Software, opt.Noise = dir, tmp, software(), noise
	if _, err := study.Run(ctx, opt); err != nil {
		return nil, 0, err
	}
	after, order, err := recordsOf(tmp, order)
	if err != nil {
		return nil, 0, err
	}
	return differences(before, after, order), len(order), nil
}

// verified prints what differs and fails where anything does that was measured or read.
func (t *terminal) verified(list []differing, all int, asJSON bool) error {
	if asJSON {
		if err := t.json(list); err != nil {
			return err
		}
	} else {
		t.printDiffering(list, all)
	}
	for _, d := range list {
		if d.Only != "" {
			return errUnverified
		}
		for _, one := range d.Differences {
			if one.Kind != trend.DiffSoftware {
				return errUnverified
			}
		}
	}
	return nil
}
