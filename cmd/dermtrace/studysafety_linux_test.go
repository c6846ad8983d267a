package main

import (
	"encoding/csv"
	"errors"
	"html"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
	"unicode"
)

// hostileStudy is a study of two series whose names are a formula and a terminal's order.
func hostileStudy(t *testing.T) string {
	t.Helper()
	dir := twoSeries(t)
	for from, to := range map[string]string{"a": "=1+1", "b": "b\x1b[2J<script>"} {
		if err := os.Rename(filepath.Join(dir, from), filepath.Join(dir, to)); err != nil {
			t.Fatal(err)
		}
		name := filepath.Join(dir, to, "series.yaml")
		text, err := os.ReadFile(name)
		if err == nil {
			err = os.WriteFile(name, []byte(strings.Replace(string(text), "subject: phantom-acne", "subject: \"@S"+from+"\"", 1)), 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "-notes\x1b[31m.txt"), []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	return dir
}

// Verbs of studies open no socket, change no photo, write files for their owner alone,
// cells that no spreadsheet runs, pages that hold no foreign markup, and nothing to a
// terminal that it would obey.
func TestStudiesAreAsSafeAsSeries(t *testing.T) {
	if testing.Short() {
		t.Skip("SKIPPED: -short; a study takes a while")
	}
	dir, to := hostileStudy(t), t.TempDir()
	before := hashes(t, dir)
	out, pack, key := filepath.Join(to, "out"), filepath.Join(to, "pack"), filepath.Join(to, "key.json")
	for _, step := range [][]string{
		{"check", dir}, {"batch", dir, "-o", out}, {"merge", out, "--names", "adam"}, {"merge", out}, {"cohort", out}, {"compare", out, out},
		{"blind", out, "-o", pack, "--key", key}, {"rate"}, {"unblind", pack, "--key", key, "-o", filepath.Join(to, "scores.csv")},
		{"report", filepath.Join(out, "series", first(t, out)), "-o", filepath.Join(to, "r.html")}, {"withdraw", out, "@Sb"},
	} {
		if step[0] == "rate" {
			if err := os.WriteFile(filepath.Join(pack, "ratings.csv"), []byte("pair,rater,score\n1,=A,2\n2,=A,1\n"), 0o600); err != nil {
				t.Fatal(err)
			}
			continue
		}
		if step[0] == "report" {
			step[1] = filepath.Join(out, "series", first(t, out))
		}
		b, err := program(noSockets, step...).CombinedOutput()
		var exit *exec.ExitError
		if err != nil && !(errors.As(err, &exit) && exit.ExitCode() == exitPartial) {
			t.Fatalf("%v: %v\n%s", step, err, b)
		}
		if i := strings.IndexFunc(string(b), func(r rune) bool { return unicode.IsControl(r) && r != '\n' && r != '\t' }); i >= 0 {
			t.Errorf("%v: a control character reaches the terminal: %q", step[0], b[max(0, i-20):i+10])
		}
		checkFiles(t, to)
	}
	after := hashes(t, dir)
	if len(after) != len(before) {
		t.Errorf("%d files in the study, %d before", len(after), len(before))
	}
	for path, sum := range before {
		if after[path] != sum {
			t.Errorf("%q changed", path)
		}
	}
}

// first is the first result folder of a study, "" before there is any.
func first(t *testing.T, out string) string {
	t.Helper()
	entries, err := os.ReadDir(filepath.Join(out, "series"))
	if errors.Is(err, fs.ErrNotExist) {
		return ""
	}
	if err != nil {
		t.Fatal(err)
	}
	return entries[0].Name()
}

// checkFiles looks at the modes of all files below dir, at the cells of tables, and for
// markup in pages that came from a name.
func checkFiles(t *testing.T, dir string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || path == dir {
			return err
		}
		info, err := d.Info()
		if want := map[bool]fs.FileMode{false: 0o600, true: 0o700}[d.IsDir()]; err == nil && info.Mode().Perm() != want {
			t.Errorf("%s has mode %o, want %o", path, info.Mode().Perm(), want)
		}
		switch filepath.Ext(path) {
		case ".csv":
			checkCells(t, path)
		case ".html", ".svg":
			b, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			if strings.Contains(string(b), "[2J<script>") {
				t.Errorf("%s holds the markup of a name", path)
			}
			if strings.HasSuffix(path, ".html") && !strings.Contains(html.UnescapeString(string(b)), `http-equiv="Content-Security-Policy" content="default-src 'none'`) {
				t.Errorf("%s has no strict policy", path)
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// checkCells refuses cells that a spreadsheet takes for a formula.
func checkCells(t *testing.T, path string) {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	in := csv.NewReader(f)
	in.FieldsPerRecord = -1
	rows, err := in.ReadAll()
	if err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	ours := filepath.Base(path) == "ratings.csv" // which the rater wrote
	for _, row := range rows {
		for _, cell := range row {
			if _, err := strconv.ParseFloat(cell, 64); err != nil && cell != "" && strings.ContainsRune("=+-@\t\r", rune(cell[0])) && !ours {
				t.Fatalf("%s: a cell begins a formula: %q", path, cell)
			}
		}
	}
}

// A disk that is full while a study is measured leaves no table; one that is full while
// the tables are made leaves those that were there.
func TestAFullDiskEndsAStudy(t *testing.T) {
	if testing.Short() {
		t.Skip("SKIPPED: -short; a study takes a while")
	}
	dir, out := twoSeries(t), filepath.Join(t.TempDir(), "out")
	full := func(args ...string) {
		t.Helper()
		b, err := program(smallFiles, args...).CombinedOutput()
		var exit *exec.ExitError
		if !errors.As(err, &exit) || exit.ExitCode() != exitFailed || !strings.Contains(string(b), "file too large") {
			t.Errorf("%v: status %v, said %q", args[0], err, b)
		}
	}
	full("batch", dir, "-o", out)
	for name := range contents(t, out) {
		if base := filepath.Base(name); base == "results.json" || base == "study.csv" || base == "study.json" {
			t.Errorf("a full disk left %s", name)
		}
	}
	if b, err := program("", "batch", dir, "-o", out).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, b)
	}
	before := contents(t, out)
	full("merge", out, "--names", "adam")
	if b, err := program("", "merge", out).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, b)
	}
	after := contents(t, out)
	for name, text := range before {
		if after[name] != text {
			t.Errorf("%s differs after a full disk", name)
		}
	}
	if len(after) != len(before) {
		t.Errorf("%d files, before %d", len(after), len(before))
	}
}

// An interrupted batch ends with 130 and is taken up again: the same bytes.
func TestAnInterruptedBatchIsTakenUpAgain(t *testing.T) {
	if testing.Short() {
		t.Skip("SKIPPED: -short; a study takes a while")
	}
	dir, whole, stopped := twoSeries(t), filepath.Join(t.TempDir(), "whole"), filepath.Join(t.TempDir(), "stopped")
	start := time.Now()
	if b, err := program("", "batch", dir, "-o", whole).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, b)
	}
	took := time.Since(start)
	for _, part := range []time.Duration{took / 5, took / 2} {
		cmd := program("", "batch", dir, "-o", stopped)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(part)
		cmd.Process.Signal(syscall.SIGINT) // it may have ended before
		if err := cmd.Wait(); err != nil && cmd.ProcessState.ExitCode() != exitInterrupted && cmd.ProcessState.ExitCode() != -1 {
			t.Errorf("interrupted: status %d", cmd.ProcessState.ExitCode())
		}
	}
	if b, err := program("", "batch", dir, "-o", stopped).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, b)
	}
	one, two := contents(t, whole), contents(t, stopped)
	for name, text := range one {
		if two[name] != text {
			t.Errorf("%s differs", name)
		}
	}
	if len(one) != len(two) {
		t.Errorf("%d files, uninterrupted %d", len(two), len(one))
	}
}
