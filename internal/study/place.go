package study

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"dermtrace/internal/study/source"
	"dermtrace/internal/study/table"
)

// place is where a series of the study stands in the tables.
type place struct {
	foundSeries
	class   class
	why     string // it is in no table
	subject string
	owner   string
	files   int
}

// class is what became of a series.
type class int

const (
	measured class = iota
	failing        // it could not be measured
	pending        // it was not run yet
	excluded       // the plan leaves its subject out
	leftOut        // the consent does not cover the purpose
)

// readEntries finds the place of every series, counts them, and gathers what needs all of
// them at once.
func (m *merger) readEntries() error {
	h, consent, visits := sha256.New(), consents{}, map[string][]string{}
	entries := make([]ProvenanceEntry, len(m.found.Series))
	m.visits = map[string][]string{}
	for i, s := range m.found.Series {
		p := place{foundSeries: s, class: pending}
		entries[i] = ProvenanceEntry{Series: s.Series, Folder: seriesFolder(s.Name)}
		e, err := readEntry(m.out, s.Name)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("run/%s.json: %w", s.Name, err)
		}
		if err == nil {
			p.reached(e)
			if e.Error == "" || e.Said != nil {
				consent.add(p.owner, e.consent())
			}
			entries[i].Key, entries[i].Record, entries[i].Error = e.Key, e.Record, e.Error
			visits[s.Series] = e.Order
		}
		m.places = append(m.places, p)
	}
	for i := range m.places {
		p := &m.places[i]
		m.leave(p, consent)
		m.count(p.class)
		if p.class == leftOut {
			continue
		}
		if p.class == measured {
			m.visits[p.subject] = append(m.visits[p.subject], visits[p.Series]...)
		}
		entries[i].Left = p.why
		fmt.Fprintf(h, "%s\n", entries[i].Key)
		m.study.Series = append(m.study.Series, entries[i])
	}
	for i := range m.study.Counts.LeftOut {
		m.study.Series = append(m.study.Series, ProvenanceEntry{Series: leftOutCode(i), Left: m.noConsent()})
	}
	m.study.Counts.Withdrawn = len(m.found.Gone)
	m.hide()
	m.sortVisits()
	m.study.Inputs = hex.EncodeToString(h.Sum(nil))
	return nil
}

// reached takes from its entry how far a series came.
func (p *place) reached(e *entry) {
	p.class, p.subject, p.owner, p.files = measured, e.Subject, owner(e), len(e.Files)
	if e.Error != "" {
		p.class = failing
	}
}

// sortVisits puts the visits of each subject in order of time.
func (m *merger) sortVisits() {
	for subject, list := range m.visits {
		slices.SortFunc(list, func(a, b string) int { return strings.Compare(inTime.Replace(a), inTime.Replace(b)) })
		m.visits[subject] = slices.Compact(list)
	}
}

// owner is whose a series is; a nameless one is its own.
func owner(e *entry) string {
	if e.Subject != "" {
		return "subject " + e.Subject
	}
	return "series " + e.Series
}

// leave takes a series out that the tables must not hold. What nobody knows of a consent
// counts as none.
func (m *merger) leave(p *place, c consents) {
	care := m.opt.Purpose == "" || m.opt.Purpose == purposeCare
	known := p.class == measured || c[p.owner].scopes != nil
	switch {
	case known && !c.covers(p.owner, m.opt.Purpose), !known && !care:
		p.class, p.why = leftOut, m.noConsent()
	case p.class != pending && m.plan.Excluded(p.subject) != "":
		p.class, p.why = excluded, m.plan.Excluded(p.subject)
	}
}

func (m *merger) noConsent() string {
	if m.opt.Purpose == "" {
		return "no guardian consented for a minor"
	}
	return "the consent does not cover " + m.opt.Purpose
}

func (m *merger) count(c class) {
	n := &m.study.Counts
	n.Series++
	switch c {
	case failing:
		n.Failed++
	case pending:
		n.Pending++
	case excluded:
		n.Excluded++
	case leftOut:
		n.LeftOut++
	}
}

// leftOutCode names a series that the consent leaves out, by nothing but its number.
func leftOutCode(i int) string { return fmt.Sprintf("left-out-%d", i+1) }

// codedFates writes one line for each file that the consent leaves out, without its name.
func (m *merger) codedFates() error {
	row := table.Fate{Fate: FateLeftOut, Code: "no_consent", Reason: m.noConsent() + "; it is not named", Mend: "ask for this consent, and write it into series.yaml"}
	n := 0
	for _, p := range m.places {
		if p.class != leftOut {
			continue
		}
		row.Series = leftOutCode(n)
		n++
		for k := range max(p.files, 1) {
			row.File = fmt.Sprintf("%s/%d", row.Series, k+1)
			if err := m.tables.fates.Write(&row); err != nil {
				return err
			}
		}
	}
	row.Series = ""
	for _, o := range m.found.Others {
		if m.bearsLeftOut(o) {
			n++
			row.File = leftOutCode(n - 1)
			if err := m.tables.fates.Write(&row); err != nil {
				return err
			}
		}
	}
	return nil
}

// hide gathers the names of whom the consent leaves out. A plan that names one of them is
// told by its hash alone.
func (m *merger) hide() {
	for _, p := range m.places {
		if p.class == leftOut {
			m.hidden = append(m.hidden, p.subject, p.Series)
		}
	}
	if plan := m.study.Plan; plan != nil && m.namesLeftOut(plan.Text) {
		m.study.Plan = &foundPlan{SHA256: plan.SHA256}
	}
}

// bearsLeftOut reports that a file of no series is named after who is left out.
func (m *merger) bearsLeftOut(o source.Other) bool {
	return m.namesLeftOut(o.File) || m.namesLeftOut(o.Text) || m.namesLeftOut(o.Mend)
}

func (m *merger) namesLeftOut(text string) bool {
	return slices.ContainsFunc(m.hidden, func(name string) bool { return bears(text, name) })
}
