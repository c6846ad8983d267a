package main

import (
	"fmt"
	"io"
	"strings"

	"dermtrace/internal/outcome"
	"dermtrace/internal/skin"

	"github.com/spf13/cobra"
)

func newIndices(t *terminal) *cobra.Command {
	var asJSON, asMarkdown bool
	cmd := &cobra.Command{
		Use:   "indices",
		Short: "List everything that is measured, with units and sources",
		Args:  exactly(0, "no arguments"),
		RunE: func(*cobra.Command, []string) error {
			switch {
			case asJSON:
				return t.json(skin.Definitions())
			case asMarkdown:
				return indicesMarkdown(t.out)
			}
			for _, i := range skin.Indices() {
				t.print("%-18s %-20s %-9s %-10s %s", i.Name, i.Unit, i.Family, i.Scale, i.Meaning)
				t.print("%-18s needs: %s; goals: %s; %s", "", needs(i), goals(i.Definition), i.Reference)
			}
			return nil
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print the definitions as JSON")
	cmd.Flags().BoolVar(&asMarkdown, "markdown", false, "print the table of the README")
	return cmd
}

// indicesMarkdown is the table in the README.
func indicesMarkdown(w io.Writer) error {
	fmt.Fprintln(w, "| measure | unit | what it means | needs | source |")
	fmt.Fprintln(w, "|---|---|---|---|---|")
	for _, i := range skin.Indices() {
		_, err := fmt.Fprintf(w, "| `%s` | %s | %s | %s | %s |\n", i.Name, i.Unit, i.Meaning, needs(i), i.Reference)
		if err != nil {
			return err
		}
	}
	return nil
}

func needs(i skin.Index) string {
	var list []string
	if i.Needs.PxPerMM > 0 {
		list = append(list, fmt.Sprintf("%g px/mm", i.Needs.PxPerMM))
	}
	if i.Needs.Light {
		list = append(list, "known light")
	}
	if i.Needs.Exposure {
		list = append(list, "known exposure")
	}
	if i.Needs.Sharpness {
		list = append(list, "sharpness")
	}
	if len(list) == 0 {
		return noNumber
	}
	return strings.Join(list, ", ")
}

func goals(d outcome.Definition) string {
	var list []string
	for _, goal := range []string{"smooth texture", "fade spots", "reduce redness", "even tone", "match surround", "grow hair"} {
		if dir, ok := d.GoalDirection[goal]; ok {
			list = append(list, goal+" "+dir)
		}
	}
	if len(list) == 0 {
		return "none"
	}
	return strings.Join(list, ", ")
}
