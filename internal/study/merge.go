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
	"slices"
	"strings"

	"dermtrace/internal/folder"
	"dermtrace/internal/outcome"
	"dermtrace/internal/skin"
	"dermtrace/internal/study/source"
	"dermtrace/internal/study/table"
	"dermtrace/internal/study/trial"
)

// StudySchema names the layout of study.json.
const StudySchema = "dermtrace.study/1"

// MergeOptions of [Merge].
type MergeOptions struct {
	ADaM       bool   // study.csv and study.parquet carry the names of ADaM
	Allocation string // file that says which arm each subject was given; "": none is joined
	Purpose    string // what the tables are for: subjects whose consent does not cover it are left out; "": care
	Mode       fs.FileMode
	Software   outcome.Software
}

// Provenance is study.json: what the tables rest on.
type Provenance struct {
	Schema     string            `json:"schema"`
	Software   outcome.Software  `json:"software"`
	Inputs     string            `json:"inputs_sha256"` // over the keys of all series
	Plan       *foundPlan        `json:"plan"`          // as it was before anything was measured; null: none
	Allocation *FileHash         `json:"allocation"`    // joined after the plan was fixed; null: none
	Names      string            `json:"names"`         // tidy | adam
	Purpose    string            `json:"purpose,omitempty"`
	Counts     Counts            `json:"counts"`
	Series     []ProvenanceEntry `json:"series"`
	Tables     []FileHash        `json:"tables"`
}

// Counts of a study.
type Counts struct {
	Series  int `json:"series"`
	Failed  int `json:"failed"`
	Pending int `json:"not_run"`
	Photos  int `json:"photos"`
	Used    int `json:"used"`

	LeftOut   int `json:"left_out,omitempty"`  // series whose subject's consent does not cover the purpose
	Withdrawn int `json:"withdrawn,omitempty"` // series whose subject withdrew; not among Series
}

// ProvenanceEntry is one series of study.json.
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
	f, err := readFound(out)
	if err != nil {
		return Counts{}, fmt.Errorf("%s %w", out, err)
	}
	m := &merger{out: out, opt: opt, found: f, first: map[string]string{}, consent: consents{}}
	m.study = Provenance{Schema: StudySchema, Software: opt.Software, Plan: f.Plan, Names: "tidy", Purpose: opt.Purpose, Series: []ProvenanceEntry{}}
	if opt.ADaM {
		m.study.Names = "adam"
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
	out        string
	opt        MergeOptions
	found      *found
	plan       *trial.Plan
	allocation trial.Allocation
	visits     map[string][]string // by subject: its visits in order of time
	consent    consents
	first      map[string]string // by hash: the first file that has it
	study      Provenance
	tables     *tables
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
	if m.opt.Allocation == "" {
		return nil
	}
	if m.plan == nil {
		return ErrPlanLate
	}
	text, err := os.ReadFile(m.opt.Allocation)
	if err != nil {
		return err
	}
	sum := sha256.Sum256(text)
	m.study.Allocation = &FileHash{filepath.Base(m.opt.Allocation), hex.EncodeToString(sum[:])}
	m.allocation, err = trial.ParseAllocation(text)
	return err
}

// readEntries counts, and gathers what needs all series at once.
func (m *merger) readEntries() error {
	h := sha256.New()
	m.visits = map[string][]string{}
	for _, s := range m.found.Series {
		p := ProvenanceEntry{Series: s.Series, Folder: seriesFolder(s.Name)}
		m.study.Counts.Series++
		e, err := readEntry(m.out, s.Name)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			m.study.Counts.Pending++
		case err != nil:
			return fmt.Errorf("run/%s.json: %w", s.Name, err)
		default:
			p.Key, p.Record, p.Error = e.Key, e.Record, e.Error
			m.visits[e.Subject] = append(m.visits[e.Subject], e.Order...)
			if e.Error != "" {
				m.study.Counts.Failed++
			} else {
				m.consent.add(owner(e), e.Consent)
			}
		}
		fmt.Fprintf(h, "%s\n", p.Key)
		m.study.Series = append(m.study.Series, p)
	}
	m.study.Counts.Withdrawn = len(m.found.Gone)
	m.leaveOut()
	for subject, list := range m.visits {
		slices.SortFunc(list, func(a, b string) int { return strings.Compare(inTime.Replace(a), inTime.Replace(b)) })
		m.visits[subject] = slices.Compact(list)
	}
	m.study.Inputs = hex.EncodeToString(h.Sum(nil))
	return nil
}

// owner is whose a series is; a nameless one is its own.
func owner(e *entry) string {
	if e.Subject != "" {
		return "subject " + e.Subject
	}
	return "series " + e.Series
}

// leaveOut marks the series that the tables must not hold.
func (m *merger) leaveOut() {
	if m.opt.Purpose == "" {
		return
	}
	for i, s := range m.found.Series {
		p := &m.study.Series[i]
		if p.Record == "" {
			continue
		}
		e, err := readEntry(m.out, s.Name)
		if err == nil && !m.consent.covers(owner(e), m.opt.Purpose) {
			p.Left = "the consent does not cover " + m.opt.Purpose
			m.study.Counts.LeftOut++
			delete(m.visits, e.Subject)
		}
	}
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
	for i, s := range m.found.Series {
		if err := m.series(s, &m.study.Series[i]); err != nil {
			return fmt.Errorf("%s: %w", s.Series, err)
		}
	}
	for _, o := range m.found.Others {
		if err := m.tables.fates.Write(&table.Fate{File: o.File, Fate: otherFate(o), Code: o.Code, Reason: o.Text, Mend: o.Mend}); err != nil {
			return err
		}
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
	return folder.WriteFile(filepath.Join(m.out, "study.json"), write(append(b, '\n')))
}

// otherFate is the word for a file that belongs to no series.
func otherFate(o source.Other) string {
	switch o.Code {
	case "plan", "list", "shared":
		return FateManifest
	case "not_named":
		return FateSetAside
	case "unreadable", "link", "list_refused", "too_deep", "bad_name", "name_twice", "encrypted", "special", "archive":
		return FateRefused
	}
	return FateIgnored
}

// series adds one series to every table.
func (m *merger) series(s foundSeries, p *ProvenanceEntry) error {
	if p.Key == "" {
		if err := m.tables.fates.Write(&table.Fate{File: s.Series, Series: s.Series, Fate: FatePending, Code: "not_run", Reason: "its series has not been run yet", Mend: "run its shard"}); err != nil {
			return err
		}
		return m.tables.page.row(m, s, nil, nil)
	}
	e, err := readEntry(m.out, s.Name)
	if err != nil {
		return err
	}
	if p.Left != "" {
		for i := range e.Files {
			e.Files[i].Fate, e.Files[i].Code, e.Files[i].Reason, e.Files[i].Mend = FateLeftOut, "no_consent", p.Left, "ask for this consent, and write it into series.yaml"
		}
		return m.fates(e)
	}
	if err := m.fates(e); err != nil {
		return err
	}
	if e.Error != "" {
		return m.tables.page.row(m, s, e, nil)
	}
	rec, err := readRecord(os.DirFS(m.out), path.Join(p.Folder, folder.Record))
	if err != nil {
		return err
	}
	about := table.About{Series: s.Series, Input: inputsHash(e.Inputs), Visits: e.Visits, Arm: m.allocation.Arm(rec.Series.Subject, rec.Series.Side)}
	if err := m.tables.record(table.Rows(rec, about), completeness(rec, s.Series, m.plan)); err != nil {
		return err
	}
	return m.tables.page.row(m, s, e, rec)
}

// inputsHash is a hash over the hashes of a series' inputs.
func inputsHash(inputs []input) string {
	h := sha256.New()
	for _, in := range inputs {
		fmt.Fprintf(h, "%s  %s\n", in.SHA256, in.File)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// fates writes the files of a series.
func (m *merger) fates(e *entry) error {
	for _, f := range e.Files {
		if f.Fate != FateManifest {
			m.study.Counts.Photos++
			if f.Fate == FateUsed {
				m.study.Counts.Used++
			}
			if f.SHA256 != "" {
				if other, seen := m.first[f.SHA256]; seen && f.SameFileAs == "" {
					f.SameFileAs = other
				} else if !seen {
					m.first[f.SHA256] = f.File
				}
			}
		}
		row := table.Fate{File: f.File, Series: f.Series, Visit: f.Visit, Fate: f.Fate, Code: f.Code, Reason: f.Reason, Mend: f.Mend,
			SHA256: f.SHA256, SameFileAs: f.SameFileAs, Warnings: strings.Join(f.Warnings, " ")}
		if err := m.tables.fates.Write(&row); err != nil {
			return err
		}
	}
	return nil
}
