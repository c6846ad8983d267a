// Package folder reads the folders that users name and writes result files so that
// nobody ever sees half of one.
//
// It answers: may results go into this folder, is what stands there whole, and may
// this file be read? A file is written under a temporary name beside its place and
// renamed. A result folder holds [Record] last of all, so that a folder with a record
// is complete. Photos are read through [Open], which refuses links that leave the
// folder and everything that is no plain file.
package folder

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// Record is the file whose presence says that a result folder is complete.
const Record = "results.json"

// Private is the mode of files unless the user says otherwise: photos of skin and what
// was measured on them concern nobody but the account that made them.
const Private fs.FileMode = 0o600

// disk is what writing asks of the operating system; tests put one there that fails.
type disk interface {
	create(dir, pattern string) (*os.File, error)
	chmod(path string, mode fs.FileMode) error
	sync(f *os.File) error
	rename(from, to string) error
	remove(path string) error
	removeAll(path string) error
	mkdirAll(path string, mode fs.FileMode) error
}

type system struct{}

func (system) create(dir, pattern string) (*os.File, error) { return os.CreateTemp(dir, pattern) }
func (system) chmod(path string, mode fs.FileMode) error    { return os.Chmod(path, mode) }
func (system) sync(f *os.File) error                        { return f.Sync() }
func (system) rename(from, to string) error                 { return os.Rename(from, to) }
func (system) remove(path string) error                     { return os.Remove(path) }
func (system) removeAll(path string) error                  { return os.RemoveAll(path) }
func (system) mkdirAll(path string, m fs.FileMode) error    { return os.MkdirAll(path, m) }

// WriteFile writes one file whole: under a temporary name first, then renamed, with
// the mode [Private]. The folder must exist.
func WriteFile(path string, write func(io.Writer) error) error {
	return writeFile(system{}, path, Private, write)
}

func writeFile(d disk, path string, mode fs.FileMode, write func(io.Writer) error) (err error) {
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		return fmt.Errorf("%s is a folder, not a file", path)
	}
	tmp, err := d.create(filepath.Dir(path), filepath.Base(temporary(path))+"*")
	if err != nil {
		return named(err, path)
	}
	defer func() {
		if err != nil {
			err = named(err, path)
			tmp.Close()
			d.remove(tmp.Name()) // what went wrong first is what the user must hear
		}
	}()
	if err = write(tmp); err != nil {
		return err
	}
	if mode != Private { // the mode that temporary files have
		if err = d.chmod(tmp.Name(), mode); err != nil {
			return err
		}
	}
	if err = d.sync(tmp); err != nil {
		return err
	}
	if err = tmp.Close(); err != nil {
		return err
	}
	return d.rename(tmp.Name(), path)
}

// named is an error of the temporary file under the name of the one that was asked for.
func named(err error, path string) error {
	var p *fs.PathError
	if errors.As(err, &p) && strings.HasPrefix(p.Path, temporary(path)) {
		return &fs.PathError{Op: p.Op, Path: path, Err: p.Err}
	}
	return err
}

// temporary is how the name begins that a file has until it is whole.
func temporary(path string) string {
	return filepath.Join(filepath.Dir(path), "."+filepath.Base(path)+"-")
}

// folderMode lets those enter a folder who may read its files.
func folderMode(file fs.FileMode) fs.FileMode { return file | 0o700 | file&0o444>>2 }
