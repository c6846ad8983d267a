package source

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"unicode"

	"dermtrace/internal/folder"
	"dermtrace/internal/manifest"
	"dermtrace/internal/photo"
)

// Found says what a study holds: every file is in one of the two lists.
type Found struct {
	Series []Series // in order of ID
	Others []Other  // in order of File
}

// Series is one series of a study.
type Series struct {
	ID     string   // its folder in the study, or what photos.csv calls it
	Name   string   // ID as the name of a folder that every system can hold, unique in the study
	Dir    string   // folder of the study that its names start from
	Files  []string // photos and manifest in that folder, in order of name
	Listed bool     // its manifest stands in the folder
	Err    error    // why it cannot be run at all, e.g. errors of photos.csv

	rows []row // of photos.csv; nil for a folder
}

// Flat reports that the series was made from photos.csv.
func (s Series) Flat() bool { return s.rows != nil }

// Path is the name in the study of a file of the series.
func (s Series) Path(file string) string { return path.Join(s.Dir, file) }

// Other is a file or folder that belongs to no series.
type Other struct {
	File string `json:"file"`
	Code string `json:"code"`
	Text string `json:"text"`
	Mend string `json:"mend"`
}

// Codes of files that say something about the photos of the study.
const (
	codePlan   = "plan"
	codeList   = "list"
	codeShared = "shared"
)

// Read reports that the file is no photo but was read for what it says.
func (o Other) Read() bool { return o.Code == codePlan || o.Code == codeList || o.Code == codeShared }

// ResultMark is the file whose presence says that a folder is the OUT of a batch.
const ResultMark = "run/found.json"

// PlanFile is the plan of a trial, in the root of a study.
const PlanFile = "plan.yaml"

// Find walks the study. Folders that hold results of this program are left out, and so
// is skip, a folder of the study ("" for none).
func (s *Study) Find(ctx context.Context, lim Limits, skip string) (*Found, error) {
	w := &walk{ctx: ctx, fsys: s.files, lim: lim, skip: skip, found: &Found{Others: slices.Clone(s.left)}}
	if err := w.folder(".", 0); err != nil {
		return nil, err
	}
	slices.SortFunc(w.found.Series, func(a, b Series) int { return strings.Compare(a.ID, b.ID) })
	slices.SortStableFunc(w.found.Others, func(a, b Other) int { return strings.Compare(a.File, b.File) })
	nameAll(w.found.Series)
	return w.found, nil
}

type walk struct {
	ctx   context.Context
	fsys  fs.FS
	lim   Limits
	skip  string
	found *Found
	count int
}

func (w *walk) leave(file, code, text, mend string) {
	w.found.Others = append(w.found.Others, Other{file, code, text, mend})
}

// folder takes up one folder and those below it.
func (w *walk) folder(dir string, depth int) error {
	entries, err := w.entries(dir, depth)
	if err != nil {
		return err
	}
	var below []string
	here := Series{ID: dir, Dir: dir}
	flat := slices.ContainsFunc(entries, func(e fs.DirEntry) bool { return e.Name() == FlatFile && !e.IsDir() })
	for _, e := range entries {
		name := path.Join(dir, e.Name())
		switch {
		case name == w.skip:
		case e.IsDir() && !strings.HasPrefix(e.Name(), "."):
			below = append(below, name)
		default:
			w.file(&here, name, e)
		}
	}
	switch {
	case flat:
		w.flat(here)
	case len(here.Files) > 0:
		w.found.Series = append(w.found.Series, here)
	}
	for _, name := range below {
		if err := w.folder(name, depth+1); err != nil {
			return err
		}
	}
	return nil
}

// entries lists a folder; none where it is not to be entered.
func (w *walk) entries(dir string, depth int) ([]fs.DirEntry, error) {
	if err := w.ctx.Err(); err != nil {
		return nil, err
	}
	if depth > w.lim.depth() {
		w.leave(dir, "too_deep", fmt.Sprintf("more than %d folders deep", w.lim.depth()), "move it up")
		return nil, nil
	}
	entries, err := fs.ReadDir(w.fsys, dir)
	switch {
	case err != nil && dir == ".":
		return nil, err
	case err != nil:
		w.leave(dir, "unreadable", "the folder cannot be read", "check its permissions")
		return nil, nil
	case w.isResult(dir, entries):
		w.leave(dir, "result", "the folder holds results of dermtrace", "")
		return nil, nil
	}
	if w.count += len(entries); w.count > w.lim.entries() {
		return nil, &LimitError{fmt.Sprintf("the study holds more than %d files", w.lim.entries()), "split it"}
	}
	return entries, nil
}

func (w *walk) isResult(dir string, entries []fs.DirEntry) bool {
	for _, e := range entries {
		if e.Name() == folder.Record && !e.IsDir() {
			return true
		}
	}
	_, err := fs.Stat(w.fsys, path.Join(dir, ResultMark))
	return err == nil
}

// file puts one file into the series or among the others.
func (w *walk) file(here *Series, name string, e fs.DirEntry) {
	base := e.Name()
	switch {
	case base == manifest.FileName || base == "series.yml":
		here.Files, here.Listed = append(here.Files, base), true
	case base == FlatFile:
	case base == PlanFile && here.Dir == ".":
		w.leave(name, codePlan, "the plan of the study", "")
	case strings.HasPrefix(base, "."):
		w.leave(name, "hidden", "is hidden", "")
	case photo.IsPhotoName(base) && w.linkedFolder(name, e):
		w.leave(name, "link", "is a link to a folder", "put the folder itself there")
	case photo.IsPhotoName(base):
		here.Files = append(here.Files, base)
	case e.Type()&fs.ModeSymlink != 0:
		w.leave(name, "link", "is a link to no photo", "put the file or folder itself there")
	case archiveKind(base) != "":
		w.leave(name, "archive", "an archive within a study is not opened", "unpack it, or run it by itself")
	default:
		w.leave(name, "no_photo", "is no photo by its name", "")
	}
}

func (w *walk) linkedFolder(name string, e fs.DirEntry) bool {
	if e.Type()&fs.ModeSymlink == 0 {
		return false
	}
	info, err := fs.Stat(w.fsys, name)
	return err == nil && info.IsDir()
}

// nameAll gives each series the name of its result folder.
func nameAll(list []Series) {
	count := map[string]int{}
	for i := range list {
		list[i].Name = plainName(list[i].ID)
		count[strings.ToLower(list[i].Name)]++
	}
	for i := range list {
		if count[strings.ToLower(list[i].Name)] > 1 {
			list[i].Name = marked(list[i].Name, list[i].ID)
		}
	}
}

// maxName bounds the name of a result folder: with the longest names of files in it, a
// path stays below what every system can hold.
const maxName = 80

// plainName turns an ID into letters, digits, blanks' stand-ins and dots. Where that
// loses something, a mark of the ID is added, so that different IDs never share a name
// unless they differ in case alone.
func plainName(id string) string {
	if id == "." {
		return "series"
	}
	lost := strings.Contains(id, "__")
	name := strings.Map(func(r rune) rune {
		switch {
		case r == '/':
			return '\x00'
		case r < 128 && (unicode.IsLetter(r) || unicode.IsDigit(r)) || strings.ContainsRune("-_.", r):
			return r
		}
		lost = true
		return '_'
	}, id)
	name = strings.ReplaceAll(name, "\x00", "__")
	if len(name) > maxName {
		name, lost = name[:maxName], true
	}
	if strings.HasPrefix(name, ".") || strings.HasSuffix(name, ".") {
		name, lost = "_"+strings.Trim(name, ".")+"_", true
	}
	if lost {
		return marked(name, id)
	}
	return name
}

func marked(name, id string) string {
	sum := sha256.Sum256([]byte(id))
	return name + "-" + hex.EncodeToString(sum[:4])
}

// printable drops control characters, of which archives' names may have any.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == unicode.ReplacementChar {
			return '_'
		}
		return r
	}, s)
}

// Why is what is wrong with a series, and the mend.
func Why(err error) (text, mend string) {
	var problems manifest.Problems
	if errors.As(err, &problems) && len(problems) > 0 {
		p := problems[0]
		text = p.Where() + p.Text
		if len(problems) > 1 {
			text += fmt.Sprintf(" (and %d more)", len(problems)-1)
		}
		return text, p.Mend
	}
	return strings.ReplaceAll(err.Error(), "\n", "; "), ""
}
