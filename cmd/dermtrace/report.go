package main

import (
	"io"
	"os"
	"path/filepath"

	"dermtrace/internal/folder"
	"dermtrace/internal/outcome"
	"dermtrace/internal/report"

	"github.com/spf13/cobra"
)

func newReport(t *terminal) *cobra.Command {
	var file, audience string
	var opt report.Options
	cmd := &cobra.Command{
		Use:   "report RESULTS.json -o FILE",
		Short: "Render the report of an earlier result again",
		Long: `report renders a results.json, with the pictures beside it, as one HTML file.
Pictures that are gone are said in the report; its numbers do not need them.`,
		Args: exactly(1, "one results.json"),
		RunE: func(_ *cobra.Command, args []string) error {
			if file == "" {
				return usage("report needs a file to write", "add -o FILE")
			}
			switch audience {
			case "clinician":
			case "patient":
				opt.Patient = true
			default:
				return usage("--for takes clinician or patient, not '"+audience+"'", "leave it out for the clinician's report")
			}
			return runReport(t, args[0], file, opt)
		},
	}
	f := cmd.Flags()
	f.StringVarP(&file, "output", "o", "", "HTML file to write")
	f.BoolVar(&opt.OnePage, "one-page", false, "the essentials on one printed page")
	f.BoolVar(&opt.Sensitive, "sensitive", false, "open with the pictures hidden")
	f.StringVar(&audience, "for", "clinician", "clinician, or patient: the pair and one plain sentence per goal")
	return cmd
}

func runReport(t *terminal, results, file string, opt report.Options) error {
	rec, err := readRecord(results)
	if err != nil {
		return err
	}
	pictures := os.DirFS(filepath.Dir(results))
	err = folder.WriteFile(file, func(w io.Writer) error { return report.HTML(w, rec, pictures, opt) })
	if err != nil {
		return err
	}
	t.print("%s", file)
	return nil
}

// readRecord reads a results.json, or the one in a result folder.
func readRecord(path string) (*outcome.Record, error) {
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		path = filepath.Join(path, folder.Record)
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, withHint(err, "give the results.json that 'dermtrace analyze' wrote")
	}
	defer f.Close()
	rec, err := outcome.Read(f)
	if err != nil {
		return nil, withHint(fileError(path, err), "give the results.json that 'dermtrace analyze' wrote")
	}
	return rec, nil
}
