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

// partial holds the files of an unfinished run inside the result folder; marker stands
// there while an earlier result gives way to a new one. A run that was killed leaves
// either behind, and the next one takes up the folder as ours.
const (
	partial = ".dermtrace-partial"
	marker  = ".dermtrace-replacing"
)

// pictures is the folder that a new result replaces as a whole.
const pictures = "pictures"

// ErrOccupied is returned for a folder that holds something else than results.
var ErrOccupied = errors.New("holds files that are no dermtrace result")

// Staged is a result folder in the making: files gather in a hidden folder inside
// it and take their places together in [Staged.Commit].
type Staged struct {
	// Mode is that of the files; 0 means [Private]. Set it before the first Write.
	Mode fs.FileMode

	disk  disk
	dir   string
	made  bool // dir was not there before, and holds nothing but what is staged
	ours  bool // what stands in dir is an earlier result or nothing
	names []string
}

// Stage prepares dir for a new result. It is created when missing; an earlier
// result stays untouched until Commit; any other content is refused with
// [ErrOccupied] unless force is set, which then leaves foreign files in place.
func Stage(dir string, force bool) (*Staged, error) { return stage(system{}, dir, force) }

func stage(d disk, dir string, force bool) (*Staged, error) {
	_, err := os.Lstat(dir)
	made := errors.Is(err, fs.ErrNotExist)
	if err := d.mkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	ours, err := isOurs(dir)
	if err != nil {
		return nil, err
	}
	if !ours && !force {
		return nil, fmt.Errorf("%s %w", dir, ErrOccupied)
	}
	if err := d.removeAll(filepath.Join(dir, partial)); err != nil {
		return nil, err
	}
	return &Staged{disk: d, dir: dir, made: made, ours: ours}, d.mkdirAll(filepath.Join(dir, partial), 0o700)
}

// isOurs reports that dir holds a result, what a killed run left of one, or nothing.
func isOurs(dir string) (bool, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return false, err
	}
	if len(entries) == 0 || len(entries) == 1 && entries[0].Name() == partial {
		return true, nil
	}
	return slices.ContainsFunc(entries, func(e fs.DirEntry) bool {
		return e.Name() == Record || e.Name() == marker
	}), nil
}

func (s *Staged) mode() fs.FileMode {
	if s.Mode == 0 {
		return Private
	}
	return s.Mode
}

// Write adds one file; name is relative, with /.
func (s *Staged) Write(name string, write func(io.Writer) error) error {
	if !fs.ValidPath(name) {
		panic("folder: invalid name " + name)
	}
	path := filepath.Join(s.dir, partial, filepath.FromSlash(name))
	if err := s.disk.mkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	if err := writeFile(s.disk, path, s.mode(), write); err != nil {
		return err
	}
	s.names = append(s.names, name)
	return nil
}

// FS gives what has been written so far.
func (s *Staged) FS() fs.FS { return os.DirFS(filepath.Join(s.dir, partial)) }

// Commit removes an earlier result's record and pictures and moves the new files to
// their places, the record last. Interrupted at any point it leaves a folder
// without a record or with a complete one. Pictures that no earlier result of ours
// can have put there stay.
func (s *Staged) Commit() error {
	s.made = false // from here on it holds a result
	if s.ours {
		if err := s.clear(); err != nil {
			return err
		}
	}
	slices.SortStableFunc(s.names, func(a, b string) int { return rank(a) - rank(b) })
	for _, name := range s.names {
		to := filepath.Join(s.dir, filepath.FromSlash(name))
		if err := s.disk.mkdirAll(filepath.Dir(to), folderMode(s.mode())); err != nil {
			return err
		}
		if err := s.disk.rename(filepath.Join(s.dir, partial, filepath.FromSlash(name)), to); err != nil {
			return err
		}
	}
	if err := s.Discard(); err != nil {
		return err
	}
	return s.disk.removeAll(filepath.Join(s.dir, marker))
}

// clear takes the earlier result away, the record first.
func (s *Staged) clear() error {
	if err := s.disk.mkdirAll(filepath.Join(s.dir, marker), 0o700); err != nil {
		return err
	}
	if mode := folderMode(s.mode()); mode != 0o700 {
		if err := s.disk.chmod(s.dir, mode); err != nil {
			return err
		}
	}
	for _, old := range []string{Record, pictures} {
		if err := s.disk.removeAll(filepath.Join(s.dir, old)); err != nil {
			return err
		}
	}
	return nil
}

func rank(name string) int {
	if name == Record {
		return 1
	}
	return 0
}

// Discard removes what was staged, and the folder too where it was made for that; whatever
// else is in it stays.
func (s *Staged) Discard() error {
	err := s.disk.removeAll(filepath.Join(s.dir, partial))
	if err == nil && s.made {
		err = s.disk.remove(s.dir)
	}
	return err
}
