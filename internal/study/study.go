// Package study runs the pipeline of package series over every series of a study and
// gathers what they yielded.
//
// It answers: which series are there, which of them are done, what did they yield, and
// what became of every file? It measures nothing itself. A study's result folder OUT
// holds
//
//	series/NAME/     one result folder per series, as 'analyze' writes it
//	run/found.json   what was found in the study: series, and files that are none of theirs
//	run/NAME.json    one entry per series that is done: its inputs' hashes, or why it failed
//	run/withdrawn.json  who withdrew, as hashes: never measured again
//	study.csv ...    the tables, written from the above alone
//
// Nothing in OUT depends on the clock, the machine, the number of cores or the order in
// which series were run: a run that was killed and taken up again, or done in shards,
// leaves the same bytes. It refuses what series refuses; one bad series never stops the
// rest.
package study

import (
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"os"
	"path"
	"path/filepath"

	"dermtrace/internal/folder"
	"dermtrace/internal/outcome"
)

// Measured is one series of a result folder.
type Measured struct {
	Folder string // of results.json, relative to the folder that was walked, with /; "." is that folder
	Record *outcome.Record
}

// Records walks dir, the OUT of a study or any tree of result folders, and yields the
// records in the order of their folders' names, one in memory at a time. A record that
// cannot be read is yielded as an error that names it, and the walk goes on.
func Records(dir string) iter.Seq2[Measured, error] {
	return func(yield func(Measured, error) bool) {
		root := os.DirFS(dir)
		stopped := false
		err := fs.WalkDir(root, ".", func(name string, d fs.DirEntry, err error) error {
			if err != nil {
				return within(dir, err)
			}
			if d.IsDir() || path.Base(name) != folder.Record {
				return nil
			}
			rec, err := readRecord(root, name)
			if !yield(Measured{Folder: path.Dir(name), Record: rec}, within(dir, err)) {
				stopped = true
				return fs.SkipAll
			}
			return nil
		})
		if err != nil && !stopped {
			yield(Measured{}, err)
		}
	}
}

// within names the place of a failed system call by the folder that it was found below.
func within(dir string, err error) error {
	if p := (*fs.PathError)(nil); errors.As(err, &p) {
		return &fs.PathError{Op: p.Op, Path: filepath.Join(dir, p.Path), Err: p.Err}
	}
	return err
}

// readRecord reads one results.json.
func readRecord(fsys fs.FS, name string) (*outcome.Record, error) {
	f, err := fsys.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	rec, err := outcome.Read(f)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return rec, nil
}
