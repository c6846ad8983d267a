package main

import (
	"runtime"
	"runtime/debug"

	"dermtrace/internal/outcome"

	"github.com/spf13/cobra"
)

// version is the release; CHANGELOG.md says what changed in it.
const version = "0.1.0"

// software names this program in every record it writes.
func software() outcome.Software {
	s := outcome.Software{Name: "dermtrace", Version: version, Go: runtime.Version()}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return s
	}
	for _, kv := range info.Settings {
		switch {
		case kv.Key == "vcs.revision":
			s.Revision = kv.Value + s.Revision
		case kv.Key == "vcs.modified" && kv.Value == "true":
			s.Revision += "+modified"
		}
	}
	return s
}

func newVersion(t *terminal) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "version",
		Short: "Print the version",
		Args:  exactly(0, "no arguments"),
		RunE: func(*cobra.Command, []string) error {
			s := software()
			if asJSON {
				return t.json(s)
			}
			t.print("%s %s %s %s/%s", s.Name, s.Version, s.Go, runtime.GOOS, runtime.GOARCH)
			if s.Revision != "" {
				t.print("revision %s", s.Revision)
			}
			return nil
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print as JSON")
	return cmd
}
