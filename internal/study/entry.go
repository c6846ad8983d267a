package study

import (
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"

	"dermtrace/internal/folder"
	"dermtrace/internal/manifest"
	"dermtrace/internal/outcome"
	"dermtrace/internal/study/source"
)

// entry is run/NAME.json: that a series is done, from what, and what became of its files.
type entry struct {
	Schema  string            `json:"schema"`
	Series  string            `json:"series"`
	Key     string            `json:"key"` // of inputs, settings, definitions and version
	Inputs  []input           `json:"inputs"`
	Record  string            `json:"record_sha256"` // of results.json, "" when the series failed
	Error   string            `json:"error"`
	Mend    string            `json:"mend"`
	Files   []Fate            `json:"files"`
	Subject string            `json:"subject"`
	Consent []string          `json:"consent"`
	Order   []string          `json:"visits"`      // in order of time
	Visits  map[string]string `json:"visit_names"` // by visit: what photos.csv calls it

	Minor    bool        `json:"minor,omitempty"`
	Guardian bool        `json:"guardian,omitempty"` // somebody consented for the minor
	Said     *unmeasured `json:"said,omitempty"`     // of a series that failed though its manifest can be read
}

func (e *entry) consent() consent { return consent{e.Consent, e.Minor, e.Guardian} }

// input is a file that the result rests on.
type input struct {
	File   string `json:"file"`
	SHA256 string `json:"sha256"` // "" when it cannot be read
	Bytes  int64  `json:"bytes"`
	Drawn  bool   `json:"drawn,omitempty"` // no photo: regions are drawn in it
}

// Fate is what became of one file of a study.
type Fate struct {
	File       string   `json:"file"` // relative to the study, with /
	Series     string   `json:"series"`
	Visit      string   `json:"visit"`
	Fate       string   `json:"fate"`
	Code       string   `json:"code"`
	Reason     string   `json:"reason"`
	Mend       string   `json:"mend"`
	SHA256     string   `json:"sha256"`
	SameFileAs string   `json:"same_file_as"` // an earlier file with the same bytes
	Warnings   []string `json:"warnings"`
}

// Values of Fate.Fate.
const (
	FateUsed     = "used"      // measured
	FateRefused  = "refused"   // a photo that could not be used
	FateSetAside = "set aside" // the user said so, or no visit names it
	FateManifest = "manifest"  // says something about photos
	FateIgnored  = "ignored"   // no photo
	FatePending  = "not run"   // its series is not done yet
	FateExcluded = "excluded"  // the plan leaves the subject out
	FateLeftOut  = "left out"  // the consent does not cover the purpose
	FateGone     = "withdrawn" // the subject withdrew: nothing of it is kept
)

func entryPath(out, name string) string { return filepath.Join(out, "run", name+".json") }

func readEntry(out, name string) (*entry, error) {
	b, err := os.ReadFile(entryPath(out, name))
	if err != nil {
		return nil, err
	}
	var e entry
	if err := json.Unmarshal(b, &e); err != nil {
		return nil, err
	}
	if e.Schema != foundSchema {
		return nil, errSchema
	}
	return &e, nil
}

func writeEntry(out, name string, e *entry) error {
	b, err := json.MarshalIndent(e, "", " ")
	if err != nil {
		return err
	}
	return folder.WriteFile(entryPath(out, name), write(append(b, '\n')))
}

func write(b []byte) func(io.Writer) error {
	return func(w io.Writer) error { _, err := w.Write(b); return err }
}

// done returns the entry of a series that is finished under this key and whose results
// stand there as they were written, nil otherwise.
func done(out, name, key string) *entry {
	e, err := readEntry(out, name)
	if err != nil || e.Key != key {
		return nil
	}
	switch {
	case e.Error != "" && e.Said == nil:
		return nil // its manifest could not be read, which takes no time: what it then says may have changed
	case e.Error != "":
		return e
	}
	dir := filepath.Join(out, filepath.FromSlash(seriesFolder(name)))
	sum, _, err := hashFile(os.DirFS(dir), folder.Record)
	if err != nil || sum != e.Record {
		return nil
	}
	for _, file := range []string{reportFile, measurementsFile} {
		if _, err := os.Stat(filepath.Join(dir, file)); err != nil {
			return nil
		}
	}
	return e
}

// filesOf are the files of a series, those that its regions are drawn in included: their
// hashes, and which say something about photos.
func filesOf(s source.Series, inputs []input) (files []string, sums map[string]string, says map[string]bool) {
	files, sums, says = slices.Clone(s.Files), map[string]string{}, map[string]bool{}
	for _, in := range inputs {
		sums[in.File] = in.SHA256
		if says[in.File] = in.Drawn; in.Drawn && !slices.Contains(files, in.File) {
			files = append(files, in.File)
		}
	}
	for _, name := range s.Files {
		says[name] = says[name] || name == manifest.FileName || name == "series.yml" || name == source.FlatFile
	}
	return files, sums, says
}

// fatesOf tells what became of the files of a series that was measured.
func fatesOf(s source.Series, rec *outcome.Record, inputs []input) []Fate {
	files, sums, says := filesOf(s, inputs)
	var list []Fate
	seen := map[string]bool{}
	for _, p := range rec.Photos {
		seen[p.File] = true
		f := Fate{File: s.Path(p.File), Series: s.ID, Visit: p.Visit, Fate: FateUsed, SHA256: sums[p.File], Warnings: noticesOf(rec, p.File)}
		if p.SameFileAs != "" {
			f.SameFileAs = s.Path(p.SameFileAs)
		}
		if !p.Used() {
			why := p.WhyUnused()
			f.Fate, f.Code, f.Reason, f.Mend = FateRefused, why.Code, why.Text, why.Mend
			if why.Code == notUsed {
				f.Fate = FateSetAside
			}
		}
		list = append(list, f)
	}
	for _, name := range files {
		if seen[name] {
			continue
		}
		f := Fate{File: s.Path(name), Series: s.ID, SHA256: sums[name], Fate: FateManifest, Warnings: []string{}}
		if !says[name] {
			f.Fate, f.Code, f.Reason, f.Mend = unlisted(rec, name)
		}
		list = append(list, f)
	}
	return list
}

// failedFates tells what became of the files of a series that could not be measured.
func failedFates(s source.Series, e *entry) []Fate {
	files, sums, says := filesOf(s, e.Inputs)
	var list []Fate
	for _, name := range files {
		f := Fate{File: s.Path(name), Series: s.ID, SHA256: sums[name], Fate: FateRefused, Code: seriesFailed, Reason: e.Error, Mend: e.Mend, Warnings: []string{}}
		if e.Said != nil {
			f.Visit = e.Said.Photos[name]
		}
		if says[name] {
			f.Fate = FateManifest
		}
		list = append(list, f)
	}
	return list
}

func noticesOf(rec *outcome.Record, file string) []string {
	codes := []string{}
	for _, n := range rec.Warnings {
		if n.Photo == file && !slices.Contains(codes, n.Code) {
			codes = append(codes, n.Code)
		}
	}
	return codes
}

// unlisted is what became of a photo that belongs to no visit.
func unlisted(rec *outcome.Record, file string) (fate, code, reason, mend string) {
	fate, code, reason, mend = FateSetAside, manifest.PhotoUnnamed, "no visit names it", "name it under visits: if it is to be measured"
	if i := slices.IndexFunc(rec.Warnings, func(n outcome.Notice) bool { return n.Photo == file }); i >= 0 {
		reason = rec.Warnings[i].Text
		if rec.Warnings[i].Code == outcome.PhotoUndated {
			fate, code, mend = FateRefused, outcome.PhotoUndated, manifest.DateMend(file)
		}
	}
	return fate, code, reason, mend
}

// Reason codes: of a photo that the user set aside, and of all photos of a series that
// could not be measured.
const (
	notUsed      = "not_used"
	seriesFailed = "series_failed"
)

// removeResult takes away the result of an earlier run of a series that now fails, the
// record first.
func removeResult(dir string) error {
	var errs []error
	for _, name := range []string{folder.Record, "pictures", reportFile, measurementsFile, ".dermtrace-partial", ".dermtrace-replacing"} {
		errs = append(errs, os.RemoveAll(filepath.Join(dir, name)))
	}
	if entries, err := os.ReadDir(dir); err == nil && len(entries) == 0 {
		errs = append(errs, os.Remove(dir))
	}
	return errors.Join(errs...)
}
