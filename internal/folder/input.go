package folder

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"unicode/utf8"
)

// Errors of reading.
var (
	ErrLinkOut = errors.New("is a link that leaves the folder of photos (put a copy of the file into the folder)")
	ErrSpecial = errors.New("is no plain file (a pipe, device or socket is never read)")
	ErrName    = errors.New("has a name that is not written in UTF-8 (rename the file)")
)

// Input is a folder that a user named to be read. Nothing outside it can be reached
// through it, whatever names a manifest holds and wherever links point; what is no
// plain file is refused before it is opened, for opening a pipe may wait for ever.
type Input struct {
	root *os.Root
	fsys fs.FS
}

// Open opens dir for reading.
func Open(dir string) (*Input, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	return &Input{root, root.FS()}, nil
}

// Close releases the folder.
func (in *Input) Close() error { return in.root.Close() }

// Open implements [fs.FS].
func (in *Input) Open(name string) (fs.File, error) {
	info, err := in.Stat(name)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() && !info.IsDir() {
		return nil, &fs.PathError{Op: "open", Path: name, Err: ErrSpecial}
	}
	return in.fsys.Open(name)
}

// Stat implements [fs.StatFS]. It follows links as far as they stay inside.
func (in *Input) Stat(name string) (fs.FileInfo, error) {
	if !utf8.ValidString(name) { // what fs calls an invalid argument
		return nil, &fs.PathError{Op: "open", Path: name, Err: ErrName}
	}
	info, err := fs.Stat(in.fsys, name)
	if err != nil && in.throughLink(name) && !errors.Is(err, fs.ErrNotExist) {
		return nil, &fs.PathError{Op: "open", Path: name, Err: ErrLinkOut}
	}
	return info, err
}

// throughLink reports that name or a folder on the way to it is a link.
func (in *Input) throughLink(name string) bool {
	for ; name != "." && name != "/"; name = path.Dir(name) {
		if info, err := in.root.Lstat(name); err == nil && info.Mode()&fs.ModeSymlink != 0 {
			return true
		}
	}
	return false
}

// ReadDir implements [fs.ReadDirFS].
func (in *Input) ReadDir(name string) ([]fs.DirEntry, error) {
	list, err := fs.ReadDir(in.fsys, name)
	if err != nil {
		return nil, fmt.Errorf("the folder cannot be read: %w", err)
	}
	return list, nil
}
