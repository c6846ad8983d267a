package study

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"

	"dermtrace/internal/folder"
	"dermtrace/internal/outcome"
	"dermtrace/internal/study/table"
)

// Difference is one thing in which two result folders differ, and why.
type Difference struct {
	Series string   `json:"series"`
	What   string   `json:"what"` // added | removed | failed | recovered | input | status | value
	Row    string   `json:"row"`  // visit, region, measure and contrast of a value or status
	Old    string   `json:"old"`
	New    string   `json:"new"`
	Why    []string `json:"why"` // input changed: FILE, software version, definition of MEASURE, settings
}

// Diff lists in which series, values and statuses two OUTs of a study differ. Numbers are
// compared as they stand in the tables. Why is the same for all rows of a series: what
// changed of its inputs, its settings, the version, and the measure's own definition.
func Diff(oldOut, newOut string) ([]Difference, error) {
	a, err := readFound(oldOut)
	if err != nil {
		return nil, err
	}
	b, err := readFound(newOut)
	if err != nil {
		return nil, err
	}
	list := []Difference{}
	for _, id := range seriesOf(a, b) {
		one, err := diffSeries(id, sideOf(a, oldOut, id), sideOf(b, newOut, id))
		if err != nil {
			return nil, err
		}
		list = append(list, one...)
	}
	return list, nil
}

func seriesOf(both ...*found) []string {
	var ids []string
	for _, f := range both {
		for _, s := range f.Series {
			ids = append(ids, s.Series)
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// side is a series in one of the two folders.
type side struct{ out, name string }

func sideOf(f *found, out, id string) side {
	for _, s := range f.Series {
		if s.Series == id {
			return side{out, s.Name}
		}
	}
	return side{}
}

// read gives the entry and the record of a series; nil where it has none.
func (s side) read() (*entry, *outcome.Record, error) {
	if s.name == "" {
		return nil, nil, nil
	}
	e, err := readEntry(s.out, s.name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil, nil
	}
	if err != nil || e.Error != "" {
		return e, nil, err
	}
	rec, err := readRecord(os.DirFS(filepath.Clean(s.out)), path.Join(seriesFolder(s.name), folder.Record))
	return e, rec, err
}

func diffSeries(id string, older, newer side) ([]Difference, error) {
	e1, r1, err := older.read()
	if err != nil {
		return nil, err
	}
	e2, r2, err := newer.read()
	if err != nil {
		return nil, err
	}
	switch {
	case e1 == nil && e2 == nil:
		return nil, nil
	case e1 == nil:
		return []Difference{{Series: id, What: "added", Why: []string{}}}, nil
	case e2 == nil:
		return []Difference{{Series: id, What: "removed", Why: []string{}}}, nil
	case r1 == nil && r2 == nil:
		return nil, nil
	case r2 == nil:
		return []Difference{{Series: id, What: "failed", New: e2.Error, Why: inputChanges(e1, e2)}}, nil
	case r1 == nil:
		return []Difference{{Series: id, What: "recovered", Old: e1.Error, Why: inputChanges(e1, e2)}}, nil
	case e1.Record == e2.Record:
		return nil, nil
	}
	return diffRows(id, r1, r2, append(inputChanges(e1, e2), runChanges(r1, r2)...)), nil
}

// inputChanges names the files that came, went or changed.
func inputChanges(e1, e2 *entry) []string {
	old, why := map[string]string{}, []string{}
	for _, in := range e1.Inputs {
		old[in.File] = in.SHA256
	}
	for _, in := range e2.Inputs {
		sum, was := old[in.File]
		switch {
		case !was:
			why = append(why, "input added: "+in.File)
		case sum != in.SHA256:
			why = append(why, "input changed: "+in.File)
		}
		delete(old, in.File)
	}
	for _, in := range e1.Inputs {
		if _, gone := old[in.File]; gone {
			why = append(why, "input removed: "+in.File)
		}
	}
	return why
}

// runChanges names what changed of the program and its settings.
func runChanges(r1, r2 *outcome.Record) []string {
	var why []string
	if r1.Software != r2.Software {
		why = append(why, "software: "+r1.Software.Version+" "+r1.Software.Revision+" → "+r2.Software.Version+" "+r2.Software.Revision)
	}
	s1, err1 := json.Marshal(r1.Settings)
	s2, err2 := json.Marshal(r2.Settings)
	if err1 == nil && err2 == nil && string(s1) != string(s2) {
		why = append(why, "settings")
	}
	return why
}

func diffRows(id string, r1, r2 *outcome.Record, why []string) []Difference {
	old := map[string]table.Row{}
	for _, r := range table.Rows(r1, table.About{}) {
		old[rowName(r)] = r
	}
	var list []Difference
	add := func(what string, r table.Row, before, after string) {
		if before == after {
			return
		}
		reasons := slices.Clone(why)
		if d1, d2 := r1.Definitions[r.Measure].Version, r2.Definitions[r.Measure].Version; d1 != d2 {
			reasons = append(reasons, "definition of "+r.Measure)
		}
		list = append(list, Difference{Series: id, What: what, Row: rowName(r), Old: before, New: after, Why: reasons})
	}
	for _, r := range table.Rows(r2, table.About{}) {
		was, ok := old[rowName(r)]
		delete(old, rowName(r))
		if !ok {
			add("added", r, "", r.Value.String())
			continue
		}
		add("value", r, was.Value.String(), r.Value.String())
		add("status", r, was.Status, r.Status)
	}
	for _, r := range table.Rows(r1, table.About{}) {
		if was, left := old[rowName(r)]; left {
			add("removed", was, was.Value.String(), "")
		}
	}
	return list
}

func rowName(r table.Row) string { return r.Visit + " " + r.ROI + " " + r.Measure + " " + r.Contrast }
