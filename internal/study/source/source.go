// Package source answers: which series of photos does a study hold, and what else
// stands in it?
//
// A study is a folder, a .zip or a .tar, of which every folder with photos or a
// series.yaml is a series; or a flat folder whose photos.csv says which series and visit
// each photo belongs to. Photos are never moved, copied or renamed: a flat folder becomes
// series through io/fs, with a manifest in memory. Times are not interpreted here and no
// pixel is read.
//
// It refuses names that leave the study, links to folders, archives within a study,
// compressed tars, and archives that would expand beyond [Limits]; what it leaves out is
// listed with a reason.
package source

import (
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"dermtrace/internal/folder"
	"dermtrace/internal/manifest"
)

// Study is an opened study.
type Study struct {
	dir   string // of a folder, "" for an archive
	files fs.FS
	close func() error
	left  []Other // entries of an archive that are not in files
}

// Project defaults of [Limits]: ten times the largest study that this tool is meant for;
// no honest archive of photos shrinks a hundredfold.
const (
	defaultEntries   = 2_000_000
	defaultDepth     = 32
	defaultExpansion = 100
)

// Limits bounds what a study may hold. A zero field means its default.
type Limits struct {
	Entries   int // files and folders; default 2,000,000
	Depth     int // folders within folders; default 32
	Expansion int // of an archive, as a multiple of its size; default 100
}

func (l Limits) entries() int   { return or(l.Entries, defaultEntries) }
func (l Limits) depth() int     { return or(l.Depth, defaultDepth) }
func (l Limits) expansion() int { return or(l.Expansion, defaultExpansion) }

func or(v, otherwise int) int {
	if v > 0 {
		return v
	}
	return otherwise
}

// LimitError says that a study is larger than the [Limits].
type LimitError struct{ Problem, Mend string }

func (e *LimitError) Error() string { return e.Problem + "; " + e.Mend }

// Open opens a folder, a .zip or a .tar.
func Open(path string, lim Limits) (*Study, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if info.IsDir() {
		in, err := folder.Open(path)
		if err != nil {
			return nil, err
		}
		return &Study{dir: path, files: in, close: in.Close}, nil
	}
	index := indexers[archiveKind(path)]
	if index == nil {
		return nil, manifest.Problems{{File: path, Text: "is no study", Mend: "give a folder, a .zip or a .tar that is not compressed"}}
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	a := newArchive(lim)
	if err := index(a, f, info.Size()); err != nil {
		f.Close()
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return &Study{files: a, close: f.Close, left: a.left}, nil
}

// Close releases the study.
func (s *Study) Close() error { return s.close() }

// FS is the whole study, for reading single files of it.
func (s *Study) FS() fs.FS { return s.files }

// indexers read the table of contents of each kind of archive.
var indexers = map[string]func(*archive, packed, int64) error{
	"zip": (*archive).indexZip,
	"tar": (*archive).indexTar,
}

// archiveKind is zip, tar, "other" for an archive that is not read, "" for no archive.
func archiveKind(name string) string {
	name = strings.ToLower(name)
	for _, ext := range []string{".tar.gz", ".tgz", ".tar.xz", ".tar.bz2", ".tar.zst", ".7z", ".rar", ".gz"} {
		if strings.HasSuffix(name, ext) {
			return "other"
		}
	}
	switch filepath.Ext(name) {
	case ".zip":
		return "zip"
	case ".tar":
		return "tar"
	}
	return ""
}

// OpenSeries gives the photos of a series as the pipeline wants them: a root with the
// photos and the manifest. A folder is opened by itself, so that no link leaves it.
func (s *Study) OpenSeries(one Series) (fs.FS, io.Closer, error) {
	base, closer := s.files, io.Closer(nopCloser{})
	if s.dir != "" {
		in, err := folder.Open(filepath.Join(s.dir, filepath.FromSlash(one.Dir)))
		if err != nil {
			return nil, nil, err
		}
		base, closer = in, in
	} else if one.Dir != "." {
		sub, err := fs.Sub(s.files, one.Dir)
		if err != nil {
			return nil, nil, err
		}
		base = sub
	}
	if one.rows != nil {
		text, err := one.manifestText(base)
		if err != nil {
			closer.Close()
			return nil, nil, err
		}
		base = newOverlay(base, text, one.rows)
	}
	return base, closer, nil
}

type nopCloser struct{}

func (nopCloser) Close() error { return nil }
