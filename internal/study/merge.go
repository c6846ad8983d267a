package study

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"dermtrace/internal/folder"
	"dermtrace/internal/outcome"
	"dermtrace/internal/skin"
	"dermtrace/internal/study/table"
	"dermtrace/internal/study/trial"
)

// StudySchema names the layout of study.json.
const StudySchema = "dermtrace.study/1"

// studyFile tells what the tables rest on.
const studyFile = "study.json"

// MergeOptions of [Merge].
type MergeOptions struct {
	ADaM       bool   // study.csv and study.parquet carry the names of ADaM
	Allocation string // file that says which arm each subject was given; "": none is joined
	Purpose    string // what the tables are for: subjects whose consent does not cover it are left out; "": care
	Mode       fs.FileMode
	Software   outcome.Software

	again *Provenance // the tables as they were last made; nil: made as the above says
}

// Provenance is study.json: what the tables rest on.
type Provenance struct {
	Schema     string            `json:"schema"`
	Software   outcome.Software  `json:"software"`
	Inputs     string            `json:"inputs_sha256"`  // over the keys of all series
	Plan       *foundPlan        `json:"plan"`           // as it was before anything was measured; null: none
	Allocation *FileHash         `json:"allocation"`     // joined after the plan was fixed; null: none
	Arms       []Arm             `json:"arms,omitempty"` // that the allocation gave those in the tables
	Names      string            `json:"names"`          // tidy | adam
	Purpose    string            `json:"purpose,omitempty"`
	Counts     Counts            `json:"counts"`
	Series     []ProvenanceEntry `json:"series"`
	Tables     []FileHash        `json:"tables"`
}

// Counts of a study. Every series is in one of the classes from Failed to Excluded, or
// was measured and is in the tables.
type Counts struct {
	Series  int `json:"series"`
	Failed  int `json:"failed"`
	Pending int `json:"not_run"`
	Photos  int `json:"photos"`
	Used    int `json:"used"`

	Excluded  int `json:"excluded,omitempty"`  // series whose subject the plan leaves out
	LeftOut   int `json:"left_out,omitempty"`  // series whose subject's consent does not cover the purpose
	Withdrawn int `json:"withdrawn,omitempty"` // series whose subject withdrew; not among Series
	NoArm     int `json:"no_arm,omitempty"`    // measured series that the allocation gives no arm
}

// Measured counts the series in the tables.
func (c Counts) Measured() int { return c.Series - c.Failed - c.Pending - c.Excluded - c.LeftOut }

// ProvenanceEntry is one series of study.json. Of a series that the consent leaves out it
// tells nothing but that.
type ProvenanceEntry struct {
	Series string `json:"series"`
	Folder string `json:"folder"`
	Key    string `json:"key"`           // "" when not run yet
	Record string `json:"record_sha256"` // "" when it failed
	Error  string `json:"error"`
	Left   string `json:"left_out,omitempty"` // why it is in no table
}

// FileHash is a file and its hash.
type FileHash struct {
	File   string `json:"file"`
	SHA256 string `json:"sha256"`
}

// ErrPlanLate is returned where an allocation is to be joined to a study whose plan was
// not fixed first.
var ErrPlanLate = errors.New("the study has no plan.yaml: write one and run 'dermtrace batch' before the allocation is joined")

// Merge makes the tables of OUT from what has been run so far. Running it again, or after
// shards in any order, gives the same bytes.
func Merge(out string, opt MergeOptions) (Counts, error) {
	if err := CheckPurpose(opt.Purpose); err != nil {
		return Counts{}, err
	}
	unlock, err := lockWhole(out)
	if err != nil {
		return Counts{}, err
	}
	defer unlock()
	return merge(out, opt)
}

// merge makes the tables of an OUT that is locked.
func merge(out string, opt MergeOptions) (Counts, error) {
	f, err := readFound(out)
	if err != nil {
		return Counts{}, fmt.Errorf("%s %w", out, err)
	}
	m := &merger{out: out, opt: opt, found: f, first: map[string]string{}, said: map[string]bool{}, photographed: photographed{}}
	m.study = Provenance{Schema: StudySchema, Software: opt.Software, Plan: f.Plan, Names: "tidy", Purpose: opt.Purpose, Series: []ProvenanceEntry{}}
	if opt.ADaM {
		m.study.Names = namesADaM
	}
	if err := m.readTrial(); err != nil {
		return Counts{}, err
	}
	if err := m.readEntries(); err != nil {
		return Counts{}, err
	}
	if err := clean(out); err != nil {
		return Counts{}, err
	}
	if err := m.write(); err != nil {
		return Counts{}, err
	}
	return m.study.Counts, nil
}

// merger is one call of Merge.
type merger struct {
	out          string
	opt          MergeOptions
	found        *found
	plan         *trial.Plan
	allocation   trial.Allocation
	visits       map[string][]string // by subject: its visits in order of time
	places       []place             // of the series, in the order of found
	hidden       []string            // names of whom the consent leaves out
	first        map[string]string   // by hash: the first file that has it
	said         map[string]bool     // files that say something about photos
	photographed photographed
	study        Provenance
	tables       *tables
}

// readTrial reads the plan, and the allocation only where there is one.
func (m *merger) readTrial() error {
	if m.found.Plan != nil {
		plan, err := trial.ParsePlan([]byte(m.found.Plan.Text))
		if err != nil {
			return err
		}
		m.plan = plan
	}
	if last := m.opt.again; last != nil && last.Allocation != nil {
		m.study.Allocation, m.allocation = last.Allocation, allocationOf(last.Arms)
	}
	if m.opt.Allocation == "" {
		return nil
	}
	if m.plan == nil {
		return ErrPlanLate
	}
	text, err := folder.ReadFile(m.opt.Allocation, trial.MaxTable)
	if err != nil {
		return err
	}
	sum := sha256.Sum256(text)
	m.study.Allocation = &FileHash{filepath.Base(m.opt.Allocation), hex.EncodeToString(sum[:])}
	if m.allocation, err = trial.ParseAllocation(text); err != nil {
		return fmt.Errorf("%s: %w", m.opt.Allocation, err)
	}
	return nil
}

// inTime makes the names of visits sort as they took place: they begin with ISO dates.
var inTime = strings.NewReplacer("-before", "-0", "-after", "-1")

// clean removes what a killed run left half-written in OUT.
func clean(out string) error {
	var errs []error
	for _, pattern := range []string{partialTables, ".study.json-*", "run/.*.json-*"} {
		names, err := filepath.Glob(filepath.Join(out, filepath.FromSlash(pattern)))
		errs = append(errs, err)
		for _, name := range names {
			errs = append(errs, os.RemoveAll(name))
		}
	}
	return errors.Join(errs...)
}

// write goes over the series once and writes all tables.
func (m *merger) write() (err error) {
	definitions := skin.Definitions()
	if m.tables, err = newTables(m.out, m.opt, definitions, m.visits); err != nil {
		return err
	}
	defer m.tables.discard() // after commit there is nothing left to discard
	if err := m.tables.page.begin(m); err != nil {
		return err
	}
	for _, p := range m.places {
		if err := m.series(p); err != nil {
			return fmt.Errorf("%s: %w", p.Series, err)
		}
	}
	if err := m.unphotographed(); err != nil {
		return err
	}
	if err := m.others(); err != nil {
		return err
	}
	if err := m.codedFates(); err != nil {
		return err
	}
	for _, g := range m.found.Gone {
		if err := m.gone(g); err != nil {
			return err
		}
	}
	if err := m.tables.page.end(m); err != nil {
		return err
	}
	if m.study.Tables, err = m.tables.commit(m.opt.Mode); err != nil {
		return err
	}
	b, err := json.MarshalIndent(m.study, "", " ")
	if err != nil {
		return err
	}
	return folder.WriteFile(filepath.Join(m.out, studyFile), write(append(b, '\n')))
}

// unphotographed writes the planned views of which a subject has no series. While series
// wait to be run nobody knows what is missing.
func (m *merger) unphotographed() error {
	if m.study.Counts.Pending > 0 {
		return nil
	}
	return m.tables.record(nil, m.photographed.lacks(m.plan))
}

// series adds one series to every table.
func (m *merger) series(p place) error {
	switch p.class {
	case leftOut:
		return nil
	case pending:
		if err := m.tables.fates.Write(&table.Fate{File: p.Series, Series: p.Series, Fate: FatePending, Code: "not_run", Reason: "its series has not been run yet", Mend: "run its shard"}); err != nil {
			return err
		}
		return m.tables.page.row(p.foundSeries, nil, nil)
	}
	e, err := readEntry(m.out, p.Name)
	if err != nil {
		return err
	}
	switch p.class {
	case excluded:
		return m.excluded(p, e)
	case failing:
		return m.failed(p, e)
	}
	if err := m.fates(e); err != nil {
		return err
	}
	rec, err := m.record(p)
	if err != nil {
		return err
	}
	m.photographed.note(rec)
	arm := m.arm(rec.Series.Subject, rec.Series.Side)
	if m.allocation != nil && arm == "" {
		m.study.Counts.NoArm++
	}
	about := table.About{Series: p.Series, Input: inputsHash(e.Inputs), Visits: e.Visits, Arm: arm}
	if err := m.tables.record(table.Rows(rec, about), completeness(rec, p.Series, m.plan)); err != nil {
		return err
	}
	return m.tables.page.row(p.foundSeries, e, rec)
}

// failed adds a series that could not be measured: its visits were refused or are missing.
func (m *merger) failed(p place, e *entry) error {
	if err := m.fates(e); err != nil {
		return err
	}
	rows := wholly(p.Series, m.plan, table.VisitRefused, seriesFailed)
	if e.Said != nil {
		rec := e.Said.record(e.Subject)
		m.photographed.note(rec)
		rows = completeness(rec, p.Series, m.plan)
	}
	if err := m.tables.record(nil, rows); err != nil {
		return err
	}
	return m.tables.page.row(p.foundSeries, e, nil)
}

// excluded names the files of a subject that the plan leaves out, and its visits.
func (m *merger) excluded(p place, e *entry) error {
	for i := range e.Files {
		if f := &e.Files[i]; f.Fate != FateManifest {
			f.Fate, f.Code, f.Reason, f.Mend = FateExcluded, "plan_exclusion", p.why, ""
		}
	}
	if err := m.fates(e); err != nil {
		return err
	}
	of, err := m.of(p, e)
	return errors.Join(err, m.tables.record(nil, excludedRows(p.Series, m.plan, p.why, of)))
}

// of says what a series is of: by its record, or, where it failed, by its manifest.
func (m *merger) of(p place, e *entry) (outcome.Series, error) {
	switch {
	case e.Said != nil:
		return e.Said.record(e.Subject).Series, nil
	case e.Error != "":
		return outcome.Series{Subject: e.Subject}, nil
	}
	rec, err := m.record(p)
	if err != nil {
		return outcome.Series{}, err
	}
	return rec.Series, nil
}

// record reads the record of a series.
func (m *merger) record(p place) (*outcome.Record, error) {
	return readRecord(os.DirFS(m.out), path.Join(seriesFolder(p.Name), folder.Record))
}

// inputsHash is a hash over the hashes of a series' inputs.
func inputsHash(inputs []input) string {
	h := sha256.New()
	for _, in := range inputs {
		fmt.Fprintf(h, "%s  %s\n", in.SHA256, in.File)
	}
	return hex.EncodeToString(h.Sum(nil))
}
