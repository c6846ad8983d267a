package manifest

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
)

// maxBytes bounds series.yaml, and regions.yaml. A course of 20 visits with freehand regions takes some
// 50 kB.
const maxBytes = 1 << 20

// maxLinks bounds a chain of symbolic links; Linux stops at 40, no honest folder has
// more than one or two.
const maxLinks = 8

var (
	errOutside = errors.New("leads out of the series folder")
	errLinks   = errors.New("is a chain of symbolic links")
	errForm    = errors.New("is no path inside the series folder")
)

// readManifest returns the text of series.yaml, nil when there is none.
func readManifest(fsys fs.FS) ([]byte, error) {
	text, err := readText(fsys, FileName)
	if errors.Is(err, fs.ErrNotExist) {
		if _, err := fs.Stat(fsys, "series.yml"); err == nil {
			return nil, Problems{{File: "series.yml", Text: "the manifest is called series.yaml", Mend: "rename this file to series.yaml"}}
		}
		return nil, nil
	}
	return text, err
}

// readText returns the text of a file of at most maxBytes, never nil where there is one.
func readText(fsys fs.FS, name string) ([]byte, error) {
	if err := inside(fsys, name); err != nil {
		return nil, Problems{{File: name, Text: "this file " + err.Error(), Mend: "put the file itself into the folder"}}
	}
	f, err := fsys.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxBytes+1))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if len(text) > maxBytes {
		return nil, Problems{{File: name, Text: "larger than 1 MiB", Mend: "draw the regions with fewer points"}}
	}
	if text == nil {
		text = []byte{}
	}
	return text, nil
}

var driveLetter = regexp.MustCompile(`^[A-Za-z]:`)

// cleanName makes the path that a user wrote the name that io/fs knows.
func cleanName(s string) (string, error) {
	if strings.Contains(s, "\\") || driveLetter.MatchString(s) || path.IsAbs(s) || slices.Contains(strings.Split(s, "/"), "..") {
		return "", errForm
	}
	name := path.Clean(s)
	if !fs.ValidPath(name) || name == "." {
		return "", errForm
	}
	return name, nil
}

// inside reports whether name, with every symbolic link on its way followed, stays in
// fsys. Names that do not exist stay inside.
func inside(fsys fs.FS, name string) error {
	for range maxLinks {
		at, target, err := firstLink(fsys, name)
		if err != nil || at == "" {
			return err
		}
		next := path.Join(path.Dir(at), target, strings.TrimPrefix(name, at))
		if path.IsAbs(target) || strings.Contains(target, "\\") || !fs.ValidPath(next) {
			return errOutside
		}
		name = next
	}
	return errLinks
}

// firstLink finds the first symbolic link on the way to name, at "" when there is none.
func firstLink(fsys fs.FS, name string) (at, target string, err error) {
	for i := range len(name) + 1 {
		if i < len(name) && name[i] != '/' {
			continue
		}
		info, err := fs.Lstat(fsys, name[:i])
		if err != nil {
			return "", "", nil
		}
		if info.Mode()&fs.ModeSymlink != 0 {
			target, err := fs.ReadLink(fsys, name[:i])
			if err != nil {
				return "", "", errOutside
			}
			return name[:i], target, nil
		}
	}
	return "", "", nil
}

// inventory is the folder's photos by name, and their names in order.
type inventory struct {
	byName map[string]File
	names  []string
}

func newInventory(files []File) inventory {
	inv := inventory{byName: make(map[string]File, len(files))}
	for _, f := range files {
		if _, twice := inv.byName[f.Name]; !twice {
			inv.byName[f.Name] = f
			inv.names = append(inv.names, f.Name)
		}
	}
	slices.Sort(inv.names)
	return inv
}

// dropPaintings takes the pictures that hold regions from the photos.
func (inv *inventory) dropPaintings(rois []ROI) {
	inv.names = slices.DeleteFunc(inv.names, func(name string) bool {
		return slices.ContainsFunc(rois, func(r ROI) bool { return r.File == name })
	})
}
