package main

import (
	"encoding/csv"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// mixedStudy is a study of good, broken, duplicate, misdated, non-image, unreadable and
// linked files.
func mixedStudy(t *testing.T) string {
	t.Helper()
	dir, from := t.TempDir(), course(t)
	copies := func(to string, names ...string) {
		for _, name := range names {
			b, err := os.ReadFile(filepath.Join(from, name))
			if err == nil {
				err = errors.Join(os.MkdirAll(filepath.Join(dir, to), 0o700), os.WriteFile(filepath.Join(dir, to, name), b, 0o600))
			}
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	write := func(name, text string, mode fs.FileMode) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), mode); err != nil {
			t.Fatal(err)
		}
	}
	manifest, err := os.ReadFile(filepath.Join(from, "series.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	head, _, _ := strings.Cut(string(manifest), "visits:") // visits follow from the names
	photo, err := os.ReadFile(filepath.Join(from, "2026-01-14.jpg"))
	if err != nil {
		t.Fatal(err)
	}
	copies("good", "series.yaml", "2026-01-10.jpg", "2026-01-10_2.jpg", "2026-01-11.jpg", "2026-01-14.jpg")
	copies("bad", "2026-01-10.jpg", "2026-01-14.jpg")
	write("bad/series.yaml", head, 0o600)
	write("bad/2026-02-01.jpg", string(photo[:2000]), 0o600)
	write("bad/2026-02-02.jpg", string(photo), 0o600)
	write("bad/2026-02-03.jpg", string(photo)+"unreadable", 0)
	write("bad/2026-02-04.jpg", "no picture", 0o600)
	write("bad/notes.txt", "met at noon", 0o600)
	write("outside.jpg", string(photo), 0o600)
	for name, to := range map[string]string{"bad/2026-02-05.jpg": "../outside.jpg", "bad/2026-02-06.jpg": "2026-01-14.jpg", "bad/2026-02-07.jpg": "gone.jpg", "linked": "good"} {
		if err := os.Symlink(to, filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	copies("misdated", "2026-01-10.jpg", "2026-01-11.jpg")
	write("misdated/series.yaml", head+"visits:\n  - {at: 2026-01-10, photos: [2026-01-10.jpg]}\n  - {at: 2026-01-14, photos: [2026-01-11.jpg]}\n", 0o600)
	copies("undated", "2026-01-10.jpg")
	write("undated/2026-02-30.jpg", string(photo), 0o600)
	if err := errors.Join(os.Mkdir(filepath.Join(dir, "locked"), 0o700), os.Chmod(filepath.Join(dir, "locked"), 0)); err != nil {
		t.Fatal(err)
	}
	return dir
}

// A study of everything that can be wrong ends with 3, with correct tables, and with a
// fate and its reason for every file.
func TestAMixedStudyEndsWithThree(t *testing.T) {
	if testing.Short() {
		t.Skip("SKIPPED: -short; a study takes a while")
	}
	dir, out := mixedStudy(t), filepath.Join(t.TempDir(), "out")
	said, err := program(plainUser, "batch", dir, "-o", out).CombinedOutput()
	var exit *exec.ExitError
	if errors.As(err, &exit) && exit.ExitCode() == exitAllMighty {
		t.Skip("SKIPPED: root cannot be made to obey modes here; run as another user")
	}
	if !errors.As(err, &exit) || exit.ExitCode() != exitPartial {
		t.Fatalf("ended with %v, want status %d\n%s", err, exitPartial, said)
	}
	contains(t, string(said), "series        4 measured, 1 failed", "photos        11 of 18 used")
	got := map[string]string{}
	for _, row := range fateRows(t, out) {
		got[row[0]] = strings.TrimSpace(row[3] + " " + row[4] + " " + row[9])
		if row[3] != "used" && row[3] != "manifest" && (row[4] == "" || row[5] == "") {
			t.Errorf("no reason: %v", row)
		}
	}
	const broken, failed = "refused unreadable", "refused series_failed"
	for file, fate := range map[string]string{
		"good/2026-01-10.jpg": "used", "good/2026-01-10_2.jpg": "used", "good/2026-01-11.jpg": "used", "good/2026-01-14.jpg": "used", "good/series.yaml": "manifest",
		"bad/2026-01-10.jpg": "used", "bad/2026-01-14.jpg": "used", "bad/2026-02-01.jpg": broken, "bad/2026-02-02.jpg": "used  same_file_as",
		"bad/2026-02-03.jpg": broken, "bad/2026-02-04.jpg": broken, "bad/2026-02-05.jpg": broken, "bad/2026-02-06.jpg": "used  same_file_as",
		"bad/2026-02-07.jpg": broken, "bad/series.yaml": "manifest", "bad/notes.txt": "ignored no_photo", "outside.jpg": failed, "linked": "refused link", "locked": broken,
		"misdated/2026-01-10.jpg": "used", "misdated/2026-01-11.jpg": "used  time_disagrees", "misdated/series.yaml": "manifest",
		"undated/2026-01-10.jpg": "used  regions_guessed", "undated/2026-02-30.jpg": "refused photo_undated",
	} {
		if got[file] != fate {
			t.Errorf("%s: %q, want %q", file, got[file], fate)
		}
	}
	if series := seriesIn(t, out); series != "bad good misdated undated" {
		t.Errorf("study.csv has rows of %s", series)
	}
	if err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		name, _ := filepath.Rel(dir, path)
		if err == nil && got[filepath.ToSlash(name)] == "" && (!d.IsDir() || name == "locked") {
			t.Errorf("%s has no fate", name)
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
}

// fateRows are the lines of fates.csv.
func fateRows(t *testing.T, out string) [][]string {
	return tableRows(t, filepath.Join(out, "fates.csv"))
}

// seriesIn names the series that have rows in study.csv.
func seriesIn(t *testing.T, out string) string {
	var list []string
	for _, row := range tableRows(t, filepath.Join(out, "study.csv")) {
		if !slices.Contains(list, row[0]) {
			list = append(list, row[0])
		}
	}
	return strings.Join(list, " ")
}

// tableRows are the lines of a table below its header.
func tableRows(t *testing.T, name string) [][]string {
	t.Helper()
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rows[1:]
}
