package study

import (
	"os"
	"path/filepath"
	"testing"

	"dermtrace/internal/folder"
	"dermtrace/internal/outcome"
)

func writeRecord(t *testing.T, dir, subject string) {
	t.Helper()
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	f, err := os.Create(filepath.Join(dir, folder.Record))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rec := &outcome.Record{Schema: outcome.Schema}
	rec.Series.Subject = subject
	if err := outcome.Write(f, rec); err != nil {
		t.Fatal(err)
	}
}

func TestRecordsComeInOrderAndABadOneStopsNothing(t *testing.T) {
	dir := t.TempDir()
	writeRecord(t, filepath.Join(dir, "series", "b"), "B")
	writeRecord(t, filepath.Join(dir, "series", "a"), "A")
	bad := filepath.Join(dir, "series", "aa")
	if err := os.MkdirAll(bad, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(bad, folder.Record), []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	var got []string
	for m, err := range Records(dir) {
		if err != nil {
			got = append(got, "error")
			continue
		}
		got = append(got, m.Folder+" "+m.Record.Series.Subject)
	}
	want := []string{"series/a A", "error", "series/b B"}
	if len(got) != 3 || got[0] != want[0] || got[1] != want[1] || got[2] != want[2] {
		t.Errorf("records = %q, want %q", got, want)
	}
	for range Records(filepath.Join(dir, "none")) {
		return
	}
	t.Error("a folder that is not there yields no error")
}
