package main

import (
	"errors"
	"path/filepath"

	"dermtrace/internal/study"

	"github.com/spf13/cobra"
)

// withdrawOptions are what the verb was asked for.
type withdrawOptions struct {
	dryRun bool
	mode   fileMode
	tables tableOptions
}

func newWithdraw(t *terminal) *cobra.Command {
	var opt withdrawOptions
	cmd := &cobra.Command{
		Use:   "withdraw OUT SUBJECT",
		Short: "Remove what was derived from the photos of a subject who withdrew",
		Long: `withdraw removes the results of SUBJECT from OUT, a folder of 'dermtrace batch' or of
'dermtrace analyze', without asking. The tables of a study are made again, and OUT keeps
a note (a hash, not the name), so that a later batch does not measure the subject
again. Photos, and what was written elsewhere, are listed: they are yours to delete.`,
		Args: exactly(2, "a folder of results and a subject"),
		RunE: func(_ *cobra.Command, args []string) error {
			if err := opt.tables.check(); err != nil {
				return err
			}
			return runWithdraw(t, args[0], args[1], opt)
		},
	}
	cmd.Flags().BoolVar(&opt.dryRun, "dry-run", false, "list what would be removed, and remove nothing")
	cmd.Flags().Var(&opt.mode, "mode", "permissions of the tables, as an octal number")
	opt.tables.flags(cmd)
	return cmd
}

func runWithdraw(t *terminal, out, subject string, opt withdrawOptions) error {
	if subject == "" {
		return usage("withdraw needs the name of a subject", "give it as subject: in series.yaml has it")
	}
	w, err := study.Withdraw(out, subject, study.WithdrawOptions{DryRun: opt.dryRun, Merge: study.MergeOptions{
		ADaM: opt.tables.names == "adam", Allocation: opt.tables.allocation, Purpose: opt.tables.purpose,
		Mode: opt.mode.FileMode, Software: software(),
	}})
	switch {
	case errors.Is(err, study.ErrNoSubject):
		return withHint(err, "give the name as subject: in series.yaml has it, and the folder given to -o")
	case err != nil:
		return err
	}
	verb := "removed"
	if opt.dryRun {
		verb = "to go"
	}
	for _, file := range w.Removed {
		t.print("%-13s %s", verb, filepath.Join(out, filepath.FromSlash(file)))
	}
	t.print("series        %d", w.Series)
	for _, file := range w.Named {
		t.print("remains       %s bears the name", filepath.Join(out, filepath.FromSlash(file)))
	}
	for _, file := range w.Photos {
		t.print("remains       %s, in the folder of the photos", file)
	}
	t.print("remains       wherever they were written: packs and keys of blind, reports, cohorts, noise files, copies")
	return nil
}
