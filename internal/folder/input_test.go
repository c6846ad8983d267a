package folder

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"testing/fstest"
)

func TestInputStaysInsideItsFolder(t *testing.T) {
	outside := filepath.Join(t.TempDir(), "secret.jpg")
	dir := t.TempDir()
	must(t, os.WriteFile(outside, []byte("x"), 0o600))
	must(t, os.WriteFile(filepath.Join(dir, "a.jpg"), []byte("x"), 0o600))
	must(t, os.Mkdir(filepath.Join(dir, "sub"), 0o700))
	must(t, os.Symlink("a.jpg", filepath.Join(dir, "inside.jpg")))
	must(t, os.Symlink(outside, filepath.Join(dir, "out.jpg")))
	must(t, os.Symlink(filepath.Dir(outside), filepath.Join(dir, "outdir")))
	must(t, os.Symlink("gone.jpg", filepath.Join(dir, "dangling.jpg")))

	in, err := Open(dir)
	must(t, err)
	defer in.Close()
	for name, want := range map[string]error{
		"a.jpg": nil, "inside.jpg": nil, "sub": nil,
		"out.jpg": ErrLinkOut, "outdir/secret.jpg": ErrLinkOut,
		"a\xe9.jpg": ErrName, "dangling.jpg": fs.ErrNotExist, "missing.jpg": fs.ErrNotExist, "../a.jpg": fs.ErrInvalid,
	} {
		f, err := in.Open(name)
		if err == nil {
			f.Close()
		}
		if !errors.Is(err, want) || want == nil && err != nil {
			t.Errorf("%s: error = %v, want %v", name, err, want)
		}
	}
}

func TestInputIsAnOrdinaryFileSystem(t *testing.T) {
	dir := t.TempDir()
	must(t, os.MkdirAll(filepath.Join(dir, "sub"), 0o700))
	must(t, os.WriteFile(filepath.Join(dir, "sub", "a.jpg"), []byte("x"), 0o600))
	in, err := Open(dir)
	must(t, err)
	defer in.Close()
	if err := fstest.TestFS(in, "sub/a.jpg"); err != nil {
		t.Error(err)
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
