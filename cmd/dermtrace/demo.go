package main

import (
	"context"
	"path/filepath"

	"dermtrace/internal/phantom"

	"github.com/spf13/cobra"
)

func newDemo(t *terminal) *cobra.Command {
	opt := outputOptions{dir: filepath.Join("reports", "demo")}
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "Simulate a course of treatments, analyse it, and say where the report is",
		Long: `demo writes a simulated course of treatments (synthetic skin whose truth is
known) as photos, analyses them as any other series, and prints where the report
is. Nothing is needed but this program.`,
		Args: exactly(0, "no arguments"),
		RunE: func(cmd *cobra.Command, _ []string) error { return runDemo(cmd.Context(), t, opt) },
	}
	opt.flags(cmd)
	return cmd
}

// demoScenario is the simulated course that demo shows.
const demoScenario = "acne-scar course"

func runDemo(ctx context.Context, t *terminal, opt outputOptions) error {
	photos := filepath.Join(opt.dir, "photos")
	script, err := phantom.Scenario(demoScenario)
	if err != nil {
		return err
	}
	t.say("simulating %d visits of synthetic skin in %s", len(script.Visits), photos)
	if err := simulate(ctx, t, photos, script, opt.force); err != nil {
		return err
	}
	opt.dir = filepath.Join(opt.dir, "result")
	return runAnalyze(ctx, t, photos, opt)
}
