package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"text/tabwriter"
	"time"

	"dermtrace/internal/folder"
	"dermtrace/internal/validate"

	"github.com/spf13/cobra"
)

// errMissed ends a battery that missed a goal; the table has said which.
var errMissed = errors.New("goals were missed")

func newValidate(t *terminal) *cobra.Command {
	var quick, asJSON bool
	var data, out, noise string
	cmd := &cobra.Command{
		Use:   "validate",
		Short: "Measure this tool's own accuracy on simulated skin",
		Long: `validate photographs simulated skin whose truth is known, measures it as photos
of people are measured, and holds each error against its goal, by band of skin
tone: light (ITA above 41°), medium, dark (below 10°).

--quick takes about a minute. The full battery takes up to an hour; with -o DIR
it goes on where it stopped and leaves validate.json and validate.html there.

--data DIR scores photos of your own with a truth beside them: series.yaml with
regions named treated and control, and truth.json with, for each photo, its file,
H (nine numbers, frame pixel to photo pixel) and for each region melanin, blood
(volume fractions) and relief_rms_mm. 'dermtrace phantom -o DIR' writes one.

Exit status: 0 every goal was met, 1 a goal was missed, 2 wrong use.`,
		Args: exactly(0, "no arguments"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if data != "" && (quick || noise != "") {
				return usage("--data goes with neither --quick nor --noise", "leave out one of them")
			}
			rep, err := runValidate(cmd.Context(), t, quick, data, out)
			if err != nil {
				return err
			}
			if noise != "" {
				file := rep.Noise(validateCommand(quick), time.Now().Format(time.DateOnly))
				if err := folder.WriteFile(noise, file.Write); err != nil {
					return err
				}
			}
			return t.accuracy(rep, out, asJSON)
		},
	}
	f := cmd.Flags()
	f.BoolVar(&quick, "quick", false, "a small battery, in about a minute")
	f.StringVar(&data, "data", "", "score the photos in this folder against the truth.json beside them")
	f.StringVarP(&out, "output", "o", "", "folder for validate.json and validate.html, and for what is done so far")
	f.StringVar(&noise, "noise", "", "write the noise of unchanged skin by band to this file, as the program has it built in")
	f.BoolVar(&asJSON, "json", false, "print all figures and samples instead of the table")
	return cmd
}

func validateCommand(quick bool) string {
	if quick {
		return "dermtrace validate --quick --noise FILE"
	}
	return "dermtrace validate --noise FILE"
}

func runValidate(ctx context.Context, t *terminal, quick bool, data, out string) (*validate.Report, error) {
	if data != "" {
		if err := isFolder(data); err != nil {
			return nil, err
		}
		dir, err := folder.Open(data)
		if err != nil {
			return nil, err
		}
		defer dir.Close()
		rep, err := validate.Score(ctx, dir, software())
		return rep, withHint(err, "see 'dermtrace validate --help' for what the folder must hold")
	}
	opt := validate.Options{Quick: quick, Software: software()}
	if out != "" {
		opt.Keep = filepath.Join(out, "courses")
	}
	step, clear := t.progress("validating")
	defer clear()
	opt.Progress = func(done, all int, _ string) { step(done, all) }
	return validate.Run(ctx, opt)
}

// accuracy prints the table and writes the files.
func (t *terminal) accuracy(rep *validate.Report, out string, asJSON bool) error {
	if out != "" {
		if err := os.MkdirAll(out, 0o700); err != nil {
			return err
		}
		for name, write := range map[string]func(io.Writer) error{"validate.json": rep.Write, "validate.html": rep.HTML} {
			if err := folder.WriteFile(filepath.Join(out, name), write); err != nil {
				return err
			}
		}
	}
	if asJSON {
		if err := t.json(rep); err != nil {
			return err
		}
	} else {
		w := tabwriter.NewWriter(t.out, 0, 4, 2, ' ', 0)
		fmt.Fprintln(w, "goal\tlight\tmedium\tdark\twhat")
		for _, r := range rep.Rows() {
			fmt.Fprint(w, r.Goal)
			for _, c := range r.Cells {
				fmt.Fprint(w, "\t", mark(c.Verdict), c.Value)
			}
			fmt.Fprintf(w, "\t%s\n", r.Text)
		}
		if err := w.Flush(); err != nil {
			return err
		}
	}
	if !rep.Passed() {
		return errMissed
	}
	return nil
}

// mark sets a missed goal apart without colour.
func mark(verdict string) string {
	if verdict == validate.Missed {
		return "✗ "
	}
	return ""
}
