package folder

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
)

func text(s string) func(io.Writer) error {
	return func(w io.Writer) error { _, err := io.WriteString(w, s); return err }
}

func names(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	for _, e := range entries {
		list = append(list, e.Name())
	}
	return list
}

func TestAFailedWriteLeavesTheOldFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.txt")
	if err := WriteFile(path, text("old")); err != nil {
		t.Fatal(err)
	}
	boom := errors.New("boom")
	err := WriteFile(path, func(w io.Writer) error { io.WriteString(w, "ne"); return boom })
	if !errors.Is(err, boom) {
		t.Errorf("error = %v", err)
	}
	if b, _ := os.ReadFile(path); string(b) != "old" {
		t.Errorf("file = %q", b)
	}
	if n := names(t, filepath.Dir(path)); len(n) != 1 {
		t.Errorf("left behind: %v", n)
	}
}

func TestNothingIsSeenBeforeCommit(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new", "out")
	s, err := Stage(dir, false)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{Record, "pictures/a.jpg"} {
		if err := s.Write(name, text("1")); err != nil {
			t.Fatal(err)
		}
	}
	if n := names(t, dir); len(n) != 1 || n[0] != partial {
		t.Errorf("visible before commit: %v", n)
	}
	if err := s.Commit(); err != nil {
		t.Fatal(err)
	}
	if n := names(t, dir); len(n) != 2 {
		t.Errorf("after commit: %v", n)
	}
}

func TestADiscardedRunLeavesNoFolderBehind(t *testing.T) {
	made, there := filepath.Join(t.TempDir(), "made"), t.TempDir()
	for _, dir := range []string{made, there} {
		s, err := Stage(dir, false)
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Write(Record, func(io.Writer) error { return nil }); err != nil {
			t.Fatal(err)
		}
		if err := s.Discard(); err != nil {
			t.Error(err)
		}
	}
	if _, err := os.Stat(made); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the folder that was made for the run: %v", err)
	}
	if left, err := os.ReadDir(there); err != nil || len(left) > 0 {
		t.Errorf("the folder that was there holds %v, %v", left, err)
	}
}

func TestAnEarlierResultIsReplacedWithItsPictures(t *testing.T) {
	dir := t.TempDir()
	for _, picture := range []string{"pictures/old.jpg", "pictures/new.jpg"} {
		s, err := Stage(dir, false)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range []string{Record, picture} {
			if err := s.Write(name, text("x")); err != nil {
				t.Fatal(err)
			}
		}
		if err := s.Commit(); err != nil {
			t.Fatal(err)
		}
	}
	if n := names(t, filepath.Join(dir, "pictures")); len(n) != 1 || n[0] != "new.jpg" {
		t.Errorf("pictures = %v", n)
	}
}

func TestAForeignFolderIsRefusedWithoutForce(t *testing.T) {
	dir := t.TempDir()
	foreign := filepath.Join(dir, "thesis.doc")
	if err := os.WriteFile(foreign, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Stage(dir, false); !errors.Is(err, ErrOccupied) {
		t.Errorf("error = %v, want ErrOccupied", err)
	}
	s, err := Stage(dir, true)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Commit(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(foreign); err != nil {
		t.Error("force removed a foreign file")
	}
}

// What a user hears of is the file that was asked for, not the temporary one beside it.
func TestErrorsNameTheFileThatWasAskedFor(t *testing.T) {
	path := filepath.Join(t.TempDir(), "none", "a.html")
	err := WriteFile(path, text("x"))
	var p *fs.PathError
	if !errors.As(err, &p) || p.Path != path || !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("error = %v, want one of %s", err, path)
	}
}
