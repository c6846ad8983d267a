package main

import (
	"errors"
	"path/filepath"

	"dermtrace/internal/study"

	"github.com/spf13/cobra"
)

func newWithdraw(t *terminal) *cobra.Command {
	var dryRun bool
	cmd := &cobra.Command{
		Use:   "withdraw OUT SUBJECT",
		Short: "Remove what was derived from the photos of a subject who withdrew",
		Long: `withdraw removes the results of SUBJECT from OUT, a folder of 'dermtrace batch' or of
'dermtrace analyze', without asking. The tables of a study are made again as they were
last made (names, purpose, allocation), and OUT keeps a note (a hash, not the name), so
that a later batch does not measure the subject again. Photos, and what was written elsewhere, are listed: they are yours to delete.`,
		Args: exactly(2, "a folder of results and a subject"),
		RunE: func(_ *cobra.Command, args []string) error {
			return runWithdraw(t, args[0], args[1], dryRun)
		},
	}
	cmd.Flags().BoolVar(&dryRun, "dry-run", false, "list what would be removed, and remove nothing")
	return cmd
}

func runWithdraw(t *terminal, out, subject string, dryRun bool) error {
	if subject == "" {
		return usage("withdraw needs the name of a subject", "give it as subject: in series.yaml has it")
	}
	w, err := study.Withdraw(out, subject, study.WithdrawOptions{DryRun: dryRun, Software: software()})
	switch {
	case errors.Is(err, study.ErrNoSubject):
		return withHint(err, "give the name as subject: in series.yaml has it, and the folder given to -o")
	case errors.Is(err, study.ErrBusy):
		return withHint(err, "wait until it is done, then withdraw")
	case err != nil:
		return err
	}
	verb := "removed"
	if dryRun {
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
