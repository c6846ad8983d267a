package main

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// Without a browser --pdf says what to do, and leaves nothing behind.
func TestPDFWithoutABrowserSaysSo(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	out := filepath.Join(t.TempDir(), "r.pdf")
	err := printPDF(context.Background(), "report.html", out)
	var h *hintedError
	if err == nil || !errors.As(err, &h) || !strings.Contains(err.Error(), "no Chromium was found") || !strings.Contains(h.hint, "install chromium") {
		t.Errorf("%v", err)
	}
	if _, err := os.Stat(out); !errors.Is(err, fs.ErrNotExist) {
		t.Error("a file was left behind")
	}
}

// The key is new, its owner's alone, and never overwritten.
func TestTheKeyIsPrivateAndKept(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "key")
	first, err := codingKey(path, filepath.Join(dir, "results"), filepath.Join(dir, "report.html"))
	if err != nil {
		t.Fatal(err)
	}
	again, err := codingKey(path, filepath.Join(dir, "results"), filepath.Join(dir, "report.html"))
	if err != nil || string(again) != string(first) || len(first) != 64 {
		t.Errorf("%q then %q, %v", first, again, err)
	}
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v", info.Mode())
	}
	for _, shared := range []string{filepath.Join(dir, "results", "key"), filepath.Join(dir, "report.html")} {
		if _, err := codingKey(shared, filepath.Join(dir, "results"), filepath.Join(dir, "report.html")); err == nil {
			t.Errorf("%s: accepted", shared)
		}
	}
}
