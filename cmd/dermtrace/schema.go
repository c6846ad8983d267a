package main

import (
	"dermtrace/internal/study/table"

	"github.com/spf13/cobra"
)

func newSchema(t *terminal) *cobra.Command {
	return &cobra.Command{
		Use:   "schema",
		Short: "Print the JSON Schema of results.json",
		Args:  exactly(0, "no arguments"),
		RunE: func(*cobra.Command, []string) error {
			text, err := table.Schema()
			if err != nil {
				return err
			}
			_, err = t.out.Write(text)
			return err
		},
	}
}
