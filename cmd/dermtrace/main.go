// Command dermtrace measures what treatments did to skin from photographs.
//
// Results go to stdout, everything else to stderr. Exit status: 0 done, 1 failed,
// 2 wrong use, 3 done but some photos could not be used, 130 interrupted.
package main

import (
	"context"
	"errors"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/spf13/cobra"
)

// Exit codes are part of the interface: scripts depend on them.
const (
	exitOK          = 0
	exitFailed      = 1
	exitUsage       = 2
	exitPartial     = 3
	exitInterrupted = 130
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// run is the whole program with its streams as arguments, for tests.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	t := &terminal{out: stdout, err: stderr}
	root := newRoot(t)
	root.SetArgs(args)
	root.SetOut(stdout)
	root.SetErr(stderr)
	return t.exit(root.ExecuteContext(ctx))
}

func newRoot(t *terminal) *cobra.Command {
	root := &cobra.Command{
		Use:   "dermtrace",
		Short: "Measure what treatments did to skin, from photographs",
		Long: `dermtrace aligns follow-up photos of skin to a baseline, measures redness,
pigmentation and texture in the treated region, says which changes are larger
than photo noise, and writes a report.

Start with:  dermtrace demo

It is research and documentation software, not a medical device, and not for
moles or suspicious lesions.

Exit status: 0 done, 1 failed, 2 wrong use, 3 done but some photos could not be
used, 130 interrupted.`,
		SuggestionsMinimumDistance: 2,

		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				return unknownVerb(cmd, args[0])
			}
			return cmd.Help()
		},
	}
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		if cmd == root && cmd.Flags().NArg() > 0 { // a verb that does not exist, before flags that only verbs have
			return unknownVerb(cmd, cmd.Flags().Arg(0))
		}
		return usage(err.Error(), "see 'dermtrace "+strings.TrimPrefix(cmd.CommandPath()+" --help'", "dermtrace "))
	})
	root.AddCommand(
		newDemo(t), newInit(t), newRegions(t), newAnalyze(t), newReport(t),
		newAlign(t), newMeasure(t), newCheck(t), newWatch(t), newGhost(t),
		newPhantom(t), newValidate(t), newVerify(t), newIndices(t), newVersion(t),
		newBatch(t), newMerge(t), newSchema(t), newBlind(t), newUnblind(t),
		newCompare(t), newWithdraw(t), newRepeatability(t), newCohort(t),
	)
	return root
}

func unknownVerb(cmd *cobra.Command, verb string) error {
	hint := "see 'dermtrace --help'"
	if near := cmd.SuggestionsFor(verb); len(near) > 0 {
		hint = "did you mean 'dermtrace " + near[0] + "'?"
	}
	return usage("there is no command '"+verb+"'", hint)
}

// exactly asks for n arguments, named in the hint.
func exactly(n int, what string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) != n {
			return usage(cmd.Name()+" takes "+what, "usage: "+cmd.UseLine())
		}
		return nil
	}
}

// atLeastOne asks for one argument or more.
func atLeastOne(what string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) == 0 {
			return usage(cmd.Name()+" takes "+what, "usage: "+cmd.UseLine())
		}
		return nil
	}
}

// exit prints err as this program's messages are printed and gives the exit status.
func (t *terminal) exit(err error) int {
	var wrong *usageError
	switch {
	case err == nil:
		return exitOK
	case errors.Is(err, context.Canceled):
		t.say("interrupted")
		return exitInterrupted
	case errors.Is(err, errPartial):
		return exitPartial
	case errors.As(err, &wrong):
		t.say("%s", wrong.what)
		t.hint(wrong.hint)
		return exitUsage
	}
	t.fail(err)
	return exitFailed
}
