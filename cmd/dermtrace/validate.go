package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"text/tabwriter"
	"time"

	"dermtrace/internal/folder"
	"dermtrace/internal/validate"

	"github.com/spf13/cobra"
)

// errMissed ends a battery that missed a goal; the table has said which.
var errMissed = errors.New("goals were missed")

// validateOptions are the flags of validate.
type validateOptions struct {
	quick, asJSON           bool
	courses                 int
	data, out               string
	noise, rates, figuresTo string
}

func newValidate(t *terminal) *cobra.Command {
	var o validateOptions
	cmd := &cobra.Command{
		Use:   "validate",
		Short: "Measure this tool's own accuracy on simulated skin",
		Long: `validate photographs simulated skin whose truth is known, measures it as photos
of people are measured, and holds each error against its goal, by band of skin
tone: light (ITA above 41°), medium, dark (below 10°).

--quick takes about a minute. The full battery takes up to an hour; with -o DIR
it goes on where it stopped and leaves validate.json and validate.html there.
--courses N has N courses of unchanged skin, and N with a true change.

--noise FILE writes the noise of unchanged skin, or published figures where they
are larger, as the program has it built in, and judges by it; --flag-rates FILE
writes how often each flag is wrong, and --figures FILE the figures alone.
'make accuracy' keeps all three.

--data DIR scores photos of your own with a truth beside them: series.yaml with
regions named treated and control, and truth.json with, for each photo, its file,
H (nine numbers, frame pixel to photo pixel) and for each region melanin, blood
(volume fractions) and relief_rms_mm. 'dermtrace phantom -o DIR' writes one.

Exit status: 0 every goal was met, 1 a goal was missed, 2 wrong use.`,
		Args: exactly(0, "no arguments"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := o.check(); err != nil {
				return err
			}
			rep, err := o.run(cmd.Context(), t)
			if err != nil {
				return err
			}
			if err := o.keep(rep); err != nil {
				return err
			}
			return t.accuracy(rep, o.out, o.asJSON)
		},
	}
	f := cmd.Flags()
	f.BoolVar(&o.quick, "quick", false, "a small battery, in about a minute")
	f.IntVar(&o.courses, "courses", 0, "unchanged courses, and as many with a true change (default 102)")
	f.StringVar(&o.data, "data", "", "score the photos in this `DIR` against the truth.json beside them")
	f.StringVarP(&o.out, "output", "o", "", "`DIR` for validate.json and validate.html, and for what is done so far")
	f.StringVar(&o.noise, "noise", "", "write the noise of unchanged skin by band to this `FILE`, as the program has it built in, and judge by it")
	f.StringVar(&o.rates, "flag-rates", "", "write how often each flag is wrong to this `FILE`, as the program has it built in")
	f.StringVar(&o.figuresTo, "figures", "", "write the figures without their samples to this `FILE`")
	f.BoolVar(&o.asJSON, "json", false, "print all figures and samples instead of the table")
	return cmd
}

func (o validateOptions) check() error {
	switch {
	case o.data != "" && (o.quick || o.courses != 0 || o.noise != "" || o.rates != ""):
		return usage("--data goes with none of --quick, --courses, --noise, --flag-rates", "leave out one of them")
	case o.quick && o.courses != 0:
		return usage("--quick has its own number of courses", "leave out --courses")
	case o.courses < 0:
		return usage("--courses is how many there are: a number above 0", "leave it out for 102")
	}
	return nil
}

// command is what writes the same files again.
func (o validateOptions) command(file string) string {
	text := "dermtrace validate"
	if o.quick {
		text += " --quick"
	}
	if o.courses > 0 {
		text += fmt.Sprintf(" --courses %d", o.courses)
	}
	if o.noise != "" && file != "--noise" {
		text += " --noise FILE"
	}
	return text + " " + file + " FILE"
}

// keep writes the files that the program has built in.
func (o validateOptions) keep(rep *validate.Report) error {
	today := time.Now().Format(time.DateOnly)
	short := *rep
	short.Samples = nil
	for _, one := range []struct {
		name  string
		write func(io.Writer) error
	}{
		{o.noise, rep.Noise(o.command("--noise"), today).Write},
		{o.rates, rep.FlagRates(o.command("--flag-rates"), today).Write},
		{o.figuresTo, short.Write},
	} {
		if one.name == "" {
			continue
		}
		if err := folder.WriteFile(one.name, one.write); err != nil {
			return err
		}
	}
	return nil
}

func (o validateOptions) run(ctx context.Context, t *terminal) (*validate.Report, error) {
	if o.data != "" {
		if err := isFolder(o.data); err != nil {
			return nil, err
		}
		dir, err := folder.Open(o.data)
		if err != nil {
			return nil, err
		}
		defer dir.Close()
		rep, err := validate.Score(ctx, dir, software())
		if err != nil {
			err = fileError(o.data, err)
		}
		return rep, withHint(err, "see 'dermtrace validate --help' for what the folder must hold")
	}
	var err error
	opt := validate.Options{Quick: o.quick, Courses: o.courses, OwnNoise: o.noise != "", Software: software()}
	if o.out != "" {
		opt.Keep = filepath.Join(o.out, "courses")
		if opt.Program, err = ownHash(opt.Software.Revision); err != nil {
			return nil, err
		}
	}
	step, clear := t.progress("validating")
	defer clear()
	opt.Progress = func(done, all int, _ string) { step(done, all) }
	return validate.Run(ctx, opt)
}

// ownHash tells programs apart that were built from changed sources: "" for a revision
// as it was committed, which says enough.
func ownHash(revision string) (string, error) {
	if revision != "" && !strings.HasSuffix(revision, "+modified") {
		return "", nil
	}
	path, err := os.Executable()
	if err != nil {
		return "", err
	}
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), nil
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
