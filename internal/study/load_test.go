package study_test

import (
	"bytes"
	"encoding/csv"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// Programs that read every table of a folder as people do, without an argument, and print
// of each column: file, number, name, rows, whether it is of numbers (or of nothing), and
// how many are missing.
const (
	inR = `for (f in list.files(commandArgs(TRUE)[1], pattern = "csv$", full.names = TRUE)) {
  d <- read.csv(f)
  for (i in seq_along(d)) cat(basename(f), i, names(d)[i], nrow(d), is.numeric(d[[i]]) || all(is.na(d[[i]])), sum(is.na(d[[i]])), sep = "\t", fill = FALSE, "\n")
}`
	inPandas = `import glob, os, sys, pandas
for f in sorted(glob.glob(sys.argv[1] + "/*.csv")):
    d = pandas.read_csv(f)
    for i, n in enumerate(d.columns):
        c = d[n]
        print(os.path.basename(f), i + 1, n, len(d), str(not pandas.api.types.is_bool_dtype(c) and (pandas.api.types.is_numeric_dtype(c) or c.isna().all())).upper(), c.isna().sum(), "", sep="\t")`
	parquetInPandas = `import sys, pandas
a, b = pandas.read_parquet(sys.argv[1] + "/study.parquet"), pandas.read_csv(sys.argv[1] + "/study.csv")
assert list(a.columns) == list(b.columns) and len(a) == len(b), (a.shape, b.shape)
assert (a["value"].isna() == b["value"].isna()).all() and ((a["value"] - b["value"]).abs().fillna(0) < 1e-12).all()`
)

// loads holds what R and pandas see of the tables in out against their cells.
func loads(t *testing.T, out string) {
	for _, tool := range []struct {
		name    string
		present []string // a command that succeeds where it is installed
		read    []string
	}{
		{"R", []string{"Rscript", "--version"}, []string{"Rscript", "-e", inR}},
		{"pandas", []string{"python3", "-c", "import pandas"}, []string{"python3", "-c", inPandas}},
	} {
		t.Run(tool.name, func(t *testing.T) {
			if err := exec.Command(tool.present[0], tool.present[1:]...).Run(); err != nil {
				t.Skipf("SKIPPED: %s is absent (%v); the tables were not loaded in it", tool.name, err)
			}
			seen, err := exec.Command(tool.read[0], append(tool.read[1:], out)...).CombinedOutput()
			if err != nil {
				t.Fatalf("%v\n%s", err, seen)
			}
			columns := 0
			for line := range strings.Lines(string(seen)) {
				f := strings.Split(strings.TrimRight(line, "\t\n"), "\t")
				if len(f) != 6 {
					t.Fatalf("it says: %s", line)
				}
				columns++
				sameColumn(t, filepath.Join(out, f[0]), f)
			}
			if columns < 100 {
				t.Errorf("%d columns were compared", columns)
			}
		})
	}
	t.Run("parquet in pandas", func(t *testing.T) {
		if err := exec.Command("python3", "-c", "import pandas; pandas.io.parquet.get_engine('auto')").Run(); err != nil {
			t.Skipf("SKIPPED: pandas cannot read Parquet here (%v); study.parquet was not loaded in it", err)
		}
		if b, err := exec.Command("python3", "-c", parquetInPandas, out).CombinedOutput(); err != nil {
			t.Errorf("%v\n%s", err, b)
		}
	})
}

// sameColumn compares what a tool says of a column with its cells.
func sameColumn(t *testing.T, file string, says []string) {
	t.Helper()
	b, err := os.ReadFile(file)
	must(t, err)
	lines, err := csv.NewReader(bytes.NewReader(b)).ReadAll()
	must(t, err)
	i, err := strconv.Atoi(says[1])
	must(t, err)
	numbers, missing := true, 0
	for _, cells := range lines[1:] {
		_, err := strconv.ParseFloat(cells[i-1], 64)
		switch {
		case cells[i-1] == "":
			missing++
		case err != nil:
			numbers = false
		}
	}
	name := filepath.Base(file) + " " + lines[0][i-1]
	form := filepath.Base(file) == "redcap_dictionary.csv" // whose names are REDCap's own, with blanks
	if says[2] != lines[0][i-1] && !form || says[3] != strconv.Itoa(len(lines)-1) {
		t.Errorf("%s is called %s and has %s rows, not %d", name, says[2], says[3], len(lines)-1)
	}
	if (says[4] == "TRUE") != numbers {
		t.Errorf("%s: read as numbers is %s, want %v", name, says[4], numbers)
	}
	if numbers && says[5] != strconv.Itoa(missing) {
		t.Errorf("%s: %s values are missing, want %d", name, says[5], missing)
	}
}
