package study

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"dermtrace/internal/folder"
	"dermtrace/internal/outcome"
)

// Withdrawal is what [Withdraw] did, or would do, and what it left.
type Withdrawal struct {
	Series  int
	Removed []string // files, relative to OUT
	Photos  []string // the subject's photos and manifests, relative to the study
	Named   []string // files left in OUT that still bear the name
	Before  bool     // the subject had been withdrawn already
}

// WithdrawOptions of [Withdraw].
type WithdrawOptions struct {
	DryRun   bool
	Software outcome.Software
}

// ErrNoSubject is returned where nothing is of the subject.
var ErrNoSubject = errors.New("holds nothing of this subject")

// Withdraw removes what was derived from a subject's photos from out, the OUT of a study
// or a single result folder. A study keeps a note, so that a later run leaves the
// subject alone, and its tables are made again as they were made last. The note is written
// first: stopped at any moment, calling it again ends the work.
func Withdraw(out, subject string, opt WithdrawOptions) (*Withdrawal, error) {
	unlock, err := lockWhole(out)
	if errors.Is(err, ErrNoRun) {
		return withdrawSingle(out, subject, opt)
	}
	if err != nil {
		return nil, err
	}
	defer unlock()
	f, err := readFound(out)
	if err != nil {
		return nil, fmt.Errorf("%s %w", out, err)
	}
	note, err := readWithdrawn(out)
	if err != nil {
		return nil, err
	}
	w := &withdrawing{out: out, subject: subject, found: f, series: gone{}, names: map[string]bool{}}
	w.Before = slices.Contains(note.Subjects, hashOf("subject", subject))
	if err := w.find(); err != nil {
		return nil, err
	}
	if len(w.names) == 0 && !w.Before {
		return nil, fmt.Errorf("%s %w", out, ErrNoSubject)
	}
	if opt.DryRun {
		return &w.Withdrawal, nil
	}
	return &w.Withdrawal, w.carryOut(note, opt.Software)
}

// carryOut does what was found to be done.
func (w *withdrawing) carryOut(note *withdrawnNote, by outcome.Software) error {
	last, err := lastMerge(w.out)
	if err != nil {
		return err
	}
	last.Software = by
	if err := note.add(w.out, w.subject, slices.Collect(maps.Keys(w.series))); err != nil {
		return err
	}
	if err := w.remove(); err != nil {
		return err
	}
	if _, err := merge(w.out, last); err != nil {
		return err
	}
	w.Named, err = bearers(w.out, w.subject)
	return err
}

// withdrawing is one call of Withdraw on the OUT of a study.
type withdrawing struct {
	Withdrawal
	out, subject string
	found        *found
	series       gone            // by id
	names        map[string]bool // of folders and entries
}

// find lists the series of the subject: by their entries, by their records, and, where a
// series failed before its manifest was read, by its id.
func (w *withdrawing) find() error {
	entries, err := filepath.Glob(filepath.Join(w.out, "run", "*.json"))
	if err != nil {
		return err
	}
	for _, file := range entries {
		name := strings.TrimSuffix(filepath.Base(file), ".json")
		e, err := readEntry(w.out, name)
		if err != nil || e.Key == "" {
			continue // no entry of a series
		}
		if e.Subject == w.subject || e.Subject == "" && bears(e.Series, w.subject) {
			w.names[name], w.series[e.Series] = true, w.subject
			for _, f := range e.Files {
				w.Photos = append(w.Photos, f.File)
			}
		}
	}
	for m, err := range Records(filepath.Join(w.out, "series")) {
		if err == nil && m.Record.Series.Subject == w.subject {
			w.names[m.Folder] = true
		}
	}
	for _, s := range w.found.Series {
		if w.names[s.Name] || s.Series == w.subject {
			w.names[s.Name], w.series[s.Series] = true, w.subject
		}
	}
	w.Series = len(w.names)
	slices.Sort(w.Photos)
	return w.list()
}

// list gathers the files that go.
func (w *withdrawing) list() error {
	for _, name := range slices.Sorted(maps.Keys(w.names)) {
		err := fs.WalkDir(os.DirFS(w.out), seriesFolder(name), func(file string, d fs.DirEntry, err error) error {
			if errors.Is(err, fs.ErrNotExist) {
				return nil
			}
			if err == nil && !d.IsDir() {
				w.Removed = append(w.Removed, file)
			}
			return err
		})
		if err != nil {
			return err
		}
		if _, err := os.Lstat(entryPath(w.out, name)); err == nil {
			w.Removed = append(w.Removed, path.Join("run", name+".json"))
		}
	}
	return nil
}

// remove takes the results away, the entries last, and writes anew what was found.
func (w *withdrawing) remove() error {
	for _, name := range slices.Sorted(maps.Keys(w.names)) {
		if err := os.RemoveAll(filepath.Join(w.out, filepath.FromSlash(seriesFolder(name)))); err != nil {
			return err
		}
	}
	if err := writeFound(w.out, w.series.take(w.found)); err != nil {
		return err
	}
	for name := range w.names {
		if err := os.Remove(entryPath(w.out, name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

// bearers lists the files outside series/ that still bear the name: foreign files, or a
// plan that names the subject.
func bearers(out, subject string) (list []string, err error) {
	root := os.DirFS(out)
	err = fs.WalkDir(root, ".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case name == "series":
			return fs.SkipDir
		}
		if !d.Type().IsRegular() {
			return nil
		}
		b, err := fs.ReadFile(root, name)
		if bears(string(b), subject) {
			list = append(list, name)
		}
		return err
	})
	return list, err
}

// withdrawSingle removes the result in a folder of 'analyze'.
func withdrawSingle(out, subject string, opt WithdrawOptions) (*Withdrawal, error) {
	rec, err := readRecord(os.DirFS(out), folder.Record)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%s %w", out, ErrNoSubject)
	}
	if err != nil {
		return nil, err
	}
	if rec.Series.Subject != subject {
		return nil, fmt.Errorf("%s %w", out, ErrNoSubject)
	}
	w := &Withdrawal{Series: 1}
	for _, name := range []string{folder.Record, reportFile, measurementsFile} {
		if _, err := os.Lstat(filepath.Join(out, name)); err == nil {
			w.Removed = append(w.Removed, name)
		}
	}
	pictures, err := fs.Glob(os.DirFS(out), "pictures/*")
	if err != nil {
		return nil, err
	}
	w.Removed = append(w.Removed, pictures...)
	for _, p := range rec.Photos {
		w.Photos = append(w.Photos, p.File)
	}
	if opt.DryRun {
		return w, nil
	}
	if err := removeResult(out); err != nil {
		return nil, err
	}
	if _, err := os.Stat(out); err == nil {
		w.Named, err = bearers(out, subject)
		return w, err
	}
	return w, nil
}
