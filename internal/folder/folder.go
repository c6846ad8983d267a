// Package folder writes result files so that nobody ever sees half of one.
//
// It answers: may results go into this folder, and is what stands there whole? A
// file is written under a temporary name beside its place and renamed. A result
// folder holds [Record] last of all, so that a folder with a record is complete.
package folder

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
)

// Record is the file whose presence says that a result folder is complete.
const Record = "results.json"

// partial holds the files of an unfinished run inside the result folder.
const partial = ".dermtrace-partial"

// ErrOccupied is returned for a folder that holds something else than results.
var ErrOccupied = errors.New("holds files that are no dermtrace result")

// WriteFile writes one file whole: under a temporary name first, then renamed, with
// mode 0600. The folder must exist.
func WriteFile(path string, write func(io.Writer) error) (err error) {
	tmp, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+"-*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			tmp.Close()
			os.Remove(tmp.Name())
		}
	}()
	if err = write(tmp); err != nil {
		return err
	}
	if err = tmp.Sync(); err != nil {
		return err
	}
	if err = tmp.Close(); err != nil {
		return err
	}
	return os.Rename(tmp.Name(), path)
}

// Staged is a result folder in the making: files gather in a hidden folder inside
// it and take their places together in [Staged.Commit].
type Staged struct {
	dir   string
	names []string
}

// Stage prepares dir for a new result. It is created when missing; an earlier
// result stays untouched until Commit; any other content is refused with
// [ErrOccupied] unless force is set, which then leaves foreign files in place.
func Stage(dir string, force bool) (*Staged, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	if err := mayWrite(dir, force); err != nil {
		return nil, err
	}
	if err := os.RemoveAll(filepath.Join(dir, partial)); err != nil {
		return nil, err
	}
	return &Staged{dir: dir}, os.Mkdir(filepath.Join(dir, partial), 0o700)
}

func mayWrite(dir string, force bool) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	entries = slices.DeleteFunc(entries, func(e fs.DirEntry) bool { return e.Name() == partial })
	if len(entries) == 0 || force {
		return nil
	}
	if _, err := os.Stat(filepath.Join(dir, Record)); err == nil {
		return nil
	}
	return fmt.Errorf("%s %w", dir, ErrOccupied)
}

// Write adds one file; name is relative, with /.
func (s *Staged) Write(name string, write func(io.Writer) error) error {
	if !fs.ValidPath(name) {
		panic("folder: invalid name " + name)
	}
	path := filepath.Join(s.dir, partial, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	if err := WriteFile(path, write); err != nil {
		return err
	}
	s.names = append(s.names, name)
	return nil
}

// FS gives what has been written so far.
func (s *Staged) FS() fs.FS { return os.DirFS(filepath.Join(s.dir, partial)) }

// Commit removes an earlier result's record and pictures and moves the new files to
// their places, the record last. Interrupted at any point it leaves a folder
// without a record or with a complete one.
func (s *Staged) Commit() error {
	for _, old := range []string{Record, "pictures"} {
		if err := os.RemoveAll(filepath.Join(s.dir, old)); err != nil {
			return err
		}
	}
	slices.SortStableFunc(s.names, func(a, b string) int { return rank(a) - rank(b) })
	for _, name := range s.names {
		to := filepath.Join(s.dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(to), 0o700); err != nil {
			return err
		}
		if err := os.Rename(filepath.Join(s.dir, partial, filepath.FromSlash(name)), to); err != nil {
			return err
		}
	}
	return s.Discard()
}

func rank(name string) int {
	if name == Record {
		return 1
	}
	return 0
}

// Discard removes what was staged and leaves the rest of the folder alone.
func (s *Staged) Discard() error { return os.RemoveAll(filepath.Join(s.dir, partial)) }
