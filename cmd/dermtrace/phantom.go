package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"dermtrace/internal/folder"
	"dermtrace/internal/phantom"

	"github.com/spf13/cobra"
)

type phantomOptions struct {
	dir      string
	scenario string
	script   string
	seed     uint32
	scale    float64
	print    bool
	force    bool
}

func newPhantom(t *terminal) *cobra.Command {
	var opt phantomOptions
	cmd := &cobra.Command{
		Use:   "phantom -o DIR",
		Short: "Simulate a course of photos of synthetic skin with known truth",
		Long: fmt.Sprintf(`phantom writes a simulated course of photos with series.yaml and truth.json: where
every point of skin is in each photo, how much melanin and blood each region has,
the height of its relief, and each spot's fate.

Scenarios: %s.

--print-script prints a scenario as YAML, to be changed and given to --script.
Effects that follow published figures name them; the rest are labelled assumed.`, strings.Join(phantom.Scenarios(), ", ")),
		Args: exactly(0, "no arguments"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if opt.dir == "" && !opt.print {
				return usage("phantom needs a folder to write", "add -o DIR")
			}
			return runPhantom(cmd.Context(), t, opt)
		},
	}
	f := cmd.Flags()
	f.StringVarP(&opt.dir, "output", "o", "", "`DIR` for the photos; created, or replaced when it holds an earlier phantom")
	f.StringVar(&opt.scenario, "scenario", demoScenario, "named course")
	f.StringVar(&opt.script, "script", "", "`YAML` file that tells the course, instead of a scenario")
	f.Uint32Var(&opt.seed, "seed", 0, "other skin and other photos of the same course (0: the course's own)")
	f.Float64Var(&opt.scale, "scale", 1, "pixels per mm, as a factor: 2 gives photos of 12 megapixels")
	f.BoolVar(&opt.print, "print-script", false, "print the script and write nothing")
	f.BoolVar(&opt.force, "force", false, "write into a folder that holds other files (they stay)")
	return cmd
}

func runPhantom(ctx context.Context, t *terminal, opt phantomOptions) error {
	script, err := readScript(opt)
	if err != nil {
		return err
	}
	if opt.seed != 0 {
		script.Seed = opt.seed
	}
	if opt.scale < 0.1 || opt.scale > 4 {
		return usage("--scale must lie between 0.1 and 4", "2 gives photos of 12 megapixels")
	}
	if opt.scale != 1 {
		script = script.Scaled(opt.scale)
	}
	if opt.print {
		return phantom.WriteScript(t.out, script)
	}
	if err := simulate(ctx, t, opt.dir, script, opt.force); err != nil {
		return err
	}
	t.print("%s", opt.dir)
	return nil
}

func readScript(opt phantomOptions) (phantom.Script, error) {
	if opt.script == "" {
		s, err := phantom.Scenario(opt.scenario)
		if err != nil {
			return s, usage("there is no scenario '"+opt.scenario+"'", "one of: "+strings.Join(phantom.Scenarios(), ", "))
		}
		return s, nil
	}
	f, err := os.Open(opt.script)
	if err != nil {
		return phantom.Script{}, withHint(err, "'dermtrace phantom --print-script' prints one to begin with")
	}
	defer f.Close()
	s, err := phantom.ReadScript(f)
	if err != nil {
		return s, withHint(fileError(opt.script, err), "'dermtrace phantom --print-script' shows every key")
	}
	return s, nil
}

// simulate writes a course, with progress.
func simulate(ctx context.Context, t *terminal, dir string, script phantom.Script, force bool) error {
	step, clear := t.progress("photographing")
	err := phantom.Write(ctx, dir, script, phantom.Options{
		Force: force, Progress: func(_ string, done, all int) { step(done, all) },
	})
	clear()
	if errors.Is(err, folder.ErrOccupied) {
		return withHint(err, "choose another folder, or add --force to write beside them")
	}
	return err
}
