package main

import (
	"errors"
	"fmt"
	"path/filepath"

	"dermtrace/internal/study"

	"github.com/spf13/cobra"
)

func newMerge(t *terminal) *cobra.Command {
	var mode fileMode
	var opt tableOptions
	cmd := &cobra.Command{
		Use:   "merge OUT",
		Short: "Make the tables of a study from what its shards measured",
		Long: `merge makes the tables and index.html of OUT from the results that 'dermtrace batch'
left there. Run again it gives the same bytes.

Exit status: 0 done, 1 failed, 2 wrong use, 3 done but some photos or series could
not be used or were not run yet.`,
		Args: exactly(1, "one folder of results"),
		RunE: func(_ *cobra.Command, args []string) error {
			if err := opt.check(); err != nil {
				return err
			}
			return runMerge(t, args[0], mode, opt)
		},
	}
	cmd.Flags().Var(&mode, "mode", "permissions of the files, as an octal number")
	opt.flags(cmd)
	return cmd
}

func runMerge(t *terminal, out string, mode fileMode, opt tableOptions) error {
	c, err := study.Merge(out, study.MergeOptions{
		ADaM: opt.names == "adam", Allocation: opt.allocation, Purpose: opt.purpose, Mode: mode.FileMode, Software: software(),
	})
	switch {
	case errors.Is(err, study.ErrBusy):
		return withHint(err, "wait until every shard is done")
	case errors.Is(err, study.ErrNoRun):
		return withHint(err, "run 'dermtrace batch STUDY -o "+typed(out)+"' first")
	case err != nil:
		return err
	}
	t.print("series        %d measured, %d failed", c.Measured(), c.Failed)
	t.print("photos        %d of %d used", c.Used, c.Photos)
	t.print("tables        %s", filepath.Join(out, "study.csv"))
	t.print("overview      %s", filepath.Join(out, "index.html"))
	if c.NoArm > 0 {
		t.say("%d series have no arm: the allocation names neither their subject nor its side", c.NoArm)
	}
	if c.LeftOut > 0 {
		t.say("%s; the tables do not name them", leftOut(c.LeftOut, opt.purpose))
	}
	if c.Excluded > 0 {
		t.say("%s; %s says why", excluded(c.Excluded), filepath.Join(out, "fates.csv"))
	}
	if c.Withdrawn > 0 {
		t.say("%s, as the subject withdrew", isLeftOut(c.Withdrawn))
	}
	if c.Pending > 0 {
		t.say("%d of %d series have not been run yet", c.Pending, c.Series)
	}
	if c.Used < c.Photos {
		t.say("%d of %d photos could not be used; %s says why", c.Photos-c.Used, c.Photos, filepath.Join(out, "fates.csv"))
	}
	return worst(c.Measured(), c.Failed+c.Pending > 0 || c.Used < c.Photos)
}

// excluded says how many series the plan takes out.
func excluded(n int) string {
	return isLeftOut(n) + ", as the plan excludes the subject"
}

// leftOut says how many series an export leaves out for want of consent.
func leftOut(n int, purpose string) string {
	if purpose == "" {
		return isLeftOut(n) + ", as no guardian consented for a minor"
	}
	return isLeftOut(n) + ", as consent does not cover " + purpose
}

func isLeftOut(n int) string {
	if n == 1 {
		return "1 series is left out"
	}
	return fmt.Sprintf("%d series are left out", n)
}
