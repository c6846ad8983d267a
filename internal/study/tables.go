package study

import (
	"bufio"
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"dermtrace/internal/folder"
	"dermtrace/internal/outcome"
	"dermtrace/internal/study/table"
)

// partialTables holds the tables while they are written.
const partialTables = ".tables-partial"

// tables are all files that one pass over the series fills.
type tables struct {
	out   string
	names []string
	files []*os.File
	bufs  []*bufio.Writer

	study   *table.CSV[table.Row]
	parquet *table.Parquet
	wide    *table.Wide
	fates   *table.CSV[table.Fate]
	planned *table.CSV[table.Planned]
	redcap  *table.REDCap
	page    *page
}

// newTables opens every table and writes the headers, and those that need no series whole.
func newTables(out string, opt MergeOptions, definitions map[string]outcome.Definition, visits map[string][]string) (*tables, error) {
	t := &tables{out: out}
	if err := os.MkdirAll(filepath.Join(out, partialTables), 0o700); err != nil {
		return nil, err
	}
	err := t.open(opt, definitions, visits)
	if err != nil {
		t.discard()
	}
	return t, err
}

func (t *tables) open(opt MergeOptions, definitions map[string]outcome.Definition, visits map[string][]string) error {
	var errs []error
	create := func(name string) *bufio.Writer {
		w, err := t.create(name)
		errs = append(errs, err)
		return w
	}
	add := func(err error) { errs = append(errs, err) }
	var err error
	t.study, err = table.NewCSV(create("study.csv"), table.Columns, opt.ADaM)
	add(err)
	t.parquet = table.NewParquet(create("study.parquet"), opt.ADaM)
	t.wide, err = table.NewWide(create("wide.csv"), definitions)
	add(err)
	t.fates, err = table.NewCSV(create("fates.csv"), table.FateColumns, false)
	add(err)
	t.planned, err = table.NewCSV(create("completeness.csv"), table.PlannedColumns, false)
	add(err)
	t.redcap, err = table.NewREDCap(create("redcap.csv"), definitions, visits)
	add(err)
	add(table.REDCapDictionary(create("redcap_dictionary.csv"), definitions))
	add(dictionary(create("dictionary.csv"), definitions))
	t.page, err = newPage(create("index.html"))
	add(err)
	return errors.Join(errs...)
}

func (t *tables) create(name string) (*bufio.Writer, error) {
	f, err := os.OpenFile(filepath.Join(t.out, partialTables, name), os.O_CREATE|os.O_TRUNC|os.O_WRONLY, folder.Private)
	w := bufio.NewWriterSize(f, 1<<16)
	if err == nil {
		t.names, t.files, t.bufs = append(t.names, name), append(t.files, f), append(t.bufs, w)
	}
	return w, err
}

// dictionary writes dictionary.csv: every column of every table, and every measure.
func dictionary(w *bufio.Writer, definitions map[string]outcome.Definition) error {
	out, err := table.NewCSV(w, table.DictionaryColumns, false)
	if err != nil {
		return err
	}
	list := table.Describe("study.csv", table.Columns)
	list = append(list, table.Describe("fates.csv", table.FateColumns)...)
	list = append(list, table.Describe("completeness.csv", table.PlannedColumns)...)
	list = append(list, table.DescribeMeasures(definitions)...)
	for i := range list {
		if err := out.Write(&list[i]); err != nil {
			return err
		}
	}
	return out.Close()
}

// record adds the rows of one series.
func (t *tables) record(rows []table.Row, planned []table.Planned) error {
	for i := range rows {
		if err := errors.Join(t.study.Write(&rows[i]), t.parquet.Write(&rows[i])); err != nil {
			return err
		}
	}
	for i := range planned {
		if err := t.planned.Write(&planned[i]); err != nil {
			return err
		}
	}
	return errors.Join(t.wide.Write(rows), t.redcap.Write(rows))
}

// commit closes the tables and moves them to their places.
func (t *tables) commit(mode fs.FileMode) ([]FileHash, error) {
	err := errors.Join(t.study.Close(), t.parquet.Close(), t.wide.Close(), t.fates.Close(), t.planned.Close(), t.redcap.Close())
	for i, f := range t.files {
		err = errors.Join(err, t.bufs[i].Flush(), f.Sync(), f.Close())
	}
	t.files = nil
	if err != nil {
		return nil, err
	}
	var list []FileHash
	partial := filepath.Join(t.out, partialTables)
	for _, name := range t.names {
		sum, _, err := hashFile(os.DirFS(partial), name)
		if err != nil {
			return nil, err
		}
		list = append(list, FileHash{name, sum})
		if mode != 0 {
			if err := os.Chmod(filepath.Join(partial, name), mode); err != nil {
				return nil, err
			}
		}
	}
	for _, name := range t.names {
		if err := os.Rename(filepath.Join(partial, name), filepath.Join(t.out, name)); err != nil {
			return nil, err
		}
	}
	return list, os.Remove(partial)
}

func (t *tables) discard() {
	for _, f := range t.files {
		f.Close()
	}
	os.RemoveAll(filepath.Join(t.out, partialTables)) // what went wrong first is what the user must hear
}
