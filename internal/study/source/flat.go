package source

import (
	"cmp"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"dermtrace/internal/folder"
	"dermtrace/internal/manifest"
)

// FlatFile says which series and visit each photo of a flat folder belongs to.
const FlatFile = "photos.csv"

// Columns of photos.csv; file and subject are needed, the others may be left out.
var Columns = []string{"file", "subject", "site", "side", "view", "visit", "at", "phase", "replicate"}

// row is one line of photos.csv.
type row struct {
	line                                              int
	file, subject, site, side, view, visit, at, phase string
	replicate                                         int
}

// maxFlatBytes bounds photos.csv: a million photos take some 100 MB.
const maxFlatBytes = 256 << 20

// Guess is what marks a cell that a draft guessed and nobody confirmed.
const Guess = "?"

// flat makes series of a folder with photos.csv.
func (w *walk) flat(here Series) {
	csvName := path.Join(here.Dir, FlatFile)
	rows, problems := w.readRows(csvName)
	named := map[string]bool{}
	groups := map[string]*Series{}
	var order []string
	for _, r := range rows {
		named[r.file] = true
		key := r.id()
		if here.Dir != "." {
			key = here.Dir + "/" + key
		}
		s := groups[key]
		if s == nil {
			s = &Series{ID: key, Dir: here.Dir}
			groups[key], order = s, append(order, key)
		}
		s.Files, s.rows = append(s.Files, r.file), append(s.rows, r)
	}
	for _, key := range order {
		s := groups[key]
		slices.Sort(s.Files)
		w.found.Series = append(w.found.Series, *s)
	}
	if len(problems) > 0 {
		w.found.Series = append(w.found.Series, Series{ID: csvName, Dir: here.Dir, Files: []string{FlatFile}, Err: problems})
	} else {
		w.leave(csvName, codeList, "says which series each photo belongs to", "")
	}
	for _, f := range here.Files {
		switch {
		case named[f]:
		case f == manifest.FileName:
			w.leave(path.Join(here.Dir, f), codeShared, "holds for every series of "+FlatFile, "")
		case len(rows) == 0:
			w.leave(path.Join(here.Dir, f), "list_refused", FlatFile+" must be put right first", "")
		default:
			w.leave(path.Join(here.Dir, f), "not_named", FlatFile+" does not name it", "add a line for it if it is to be measured")
		}
	}
}

// id tells the series of a row from others.
func (r row) id() string {
	parts := []string{r.subject}
	for _, p := range []string{r.site, r.side, r.view} {
		if p != "" {
			parts = append(parts, p)
		}
	}
	return strings.ReplaceAll(strings.Join(parts, " "), "/", "_")
}

// readRows reads photos.csv. Lines that are wrong are left out and told.
func (w *walk) readRows(name string) ([]row, manifest.Problems) {
	text, err := readAtMost(w.fsys, name, maxFlatBytes)
	if err != nil {
		return nil, manifest.Problems{{File: FlatFile, Text: err.Error(), Mend: "check the file"}}
	}
	rows, problems := parseFlat(text)
	base := path.Dir(name)
	rows = slices.DeleteFunc(rows, func(r row) bool {
		if _, err := fs.Stat(w.fsys, path.Join(base, r.file)); err != nil && errors.Is(err, fs.ErrNotExist) {
			problems = append(problems, manifest.Problem{File: FlatFile, Line: r.line, Text: fmt.Sprintf("there is no file %q", r.file), Mend: "put the photo there, or delete the line"})
			return true
		}
		return false
	})
	return rows, problems
}

func readAtMost(fsys fs.FS, name string, limit int64) ([]byte, error) {
	f, err := fsys.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return folder.ReadAtMost(f, limit)
}

// parseFlat reads the text of photos.csv, with commas, semicolons or tabs. While a guess
// is left in it, no row is given at all.
func parseFlat(text []byte) ([]row, manifest.Problems) {
	in, err := folder.CSV(text)
	if err != nil {
		return nil, manifest.Problems{badLine(err)}
	}
	in.FieldsPerRecord, in.TrimLeadingSpace = -1, true
	header, err := in.Read()
	if err != nil {
		return nil, manifest.Problems{{File: FlatFile, Line: 1, Text: "has no header", Mend: "begin with the line " + strings.Join(Columns, ",")}}
	}
	column, problems := columns(header)
	if len(problems) > 0 {
		return nil, problems
	}
	var rows []row
	guesses := false
	seen := map[string]int{}
	for {
		cells, err := in.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, append(problems, badLine(err))
		}
		line, _ := in.FieldPos(0)
		r, wrong := readRow(cells, column, line)
		if r.file != "" && seen[r.file] > 0 {
			wrong = append(wrong, manifest.Problem{File: FlatFile, Line: line, Text: fmt.Sprintf("the photo %q is already on line %d", r.file, seen[r.file]), Mend: "delete one of the two lines"})
		}
		seen[r.file] = line
		guesses = guesses || slices.ContainsFunc(cells, guessed)
		problems = append(problems, wrong...)
		if len(wrong) == 0 {
			rows = append(rows, r)
		}
	}
	if guesses {
		rows = nil
	}
	return rows, problems
}

// guessed reports whether a cell is a guess that nobody confirmed.
func guessed(cell string) bool { return strings.HasSuffix(strings.TrimSpace(cell), Guess) }

// badLine says where the text is no CSV.
func badLine(err error) manifest.Problem {
	p := manifest.Problem{File: FlatFile, Text: err.Error(), Mend: "write it as a spreadsheet exports CSV"}
	var bad *csv.ParseError
	if errors.As(err, &bad) {
		p.Line, p.Text = bad.Line, bad.Err.Error()
	}
	return p
}

func columns(header []string) (map[string]int, manifest.Problems) {
	var problems manifest.Problems
	column := map[string]int{}
	for i, name := range header {
		name = strings.ToLower(strings.TrimSpace(name))
		if !slices.Contains(Columns, name) {
			problems = append(problems, manifest.Problem{File: FlatFile, Line: 1, Text: fmt.Sprintf("the column %q is not known", name), Mend: "the columns are " + strings.Join(Columns, ",")})
		}
		if _, twice := column[name]; twice {
			problems = append(problems, manifest.Problem{File: FlatFile, Line: 1, Text: fmt.Sprintf("the column %q stands there twice", name), Mend: "delete one"})
		}
		column[name] = i
	}
	for _, name := range Columns[:2] {
		if _, ok := column[name]; !ok {
			problems = append(problems, manifest.Problem{File: FlatFile, Line: 1, Text: fmt.Sprintf("there is no column %q", name), Mend: "add it"})
		}
	}
	return column, problems
}

func readRow(cells []string, column map[string]int, line int) (row, manifest.Problems) {
	var problems manifest.Problems
	fail := func(text, mend string) {
		problems = append(problems, manifest.Problem{File: FlatFile, Line: line, Text: text, Mend: mend})
	}
	cell := func(name string) string {
		i, ok := column[name]
		if !ok || i >= len(cells) {
			return ""
		}
		return strings.TrimSpace(cells[i])
	}
	r := row{line: line, file: cell("file"), subject: cell("subject"), site: cell("site"), side: cell("side"), view: cell("view"),
		visit: cell("visit"), at: cell("at"), phase: cell("phase")}
	if r.file != "" {
		r.file = path.Clean(r.file)
	}
	switch {
	case r.file == "":
		fail("names no file", "name one, or delete the line")
	case !fs.ValidPath(r.file) || strings.ContainsAny(r.file, "\\:") || r.file == ".":
		fail(fmt.Sprintf("%q is no path inside the study", r.file), "name a file of this folder, with / between folders")
	}
	if r.subject == "" {
		fail("names no subject", "say whose skin it is")
	}
	if slices.ContainsFunc(cells, guessed) {
		fail("a guess is marked ?", "put the value right and delete the ?")
	}
	if text := cell("replicate"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 0 {
			fail(fmt.Sprintf("replicate: %q is no number", text), "count from 1")
		}
		r.replicate = n
	}
	return r, problems
}

// visitsOf groups the rows of a series by what they say of the visit, and orders
// replicates by their number. Photos of a visit that has a name may differ in their times
// of day: it begins with the first.
func visitsOf(rows []row) [][]row {
	var groups [][]row
	index := map[[3]string]int{}
	for _, r := range rows {
		key := [3]string{r.visit, r.at, r.phase}
		switch {
		case r.visit == "" && r.at == "":
			key[0] = "file " + r.file
		case r.visit != "":
			key[1] = r.at[:min(len(r.at), len(time.DateOnly))]
		}
		i, ok := index[key]
		if !ok {
			i = len(groups)
			index[key] = i
			groups = append(groups, nil)
		}
		groups[i] = append(groups[i], r)
	}
	for _, g := range groups {
		slices.SortStableFunc(g, func(a, b row) int { return cmp.Compare(a.replicate, b.replicate) })
	}
	return groups
}
