package study

import (
	"strings"

	"dermtrace/internal/study/source"
	"dermtrace/internal/study/table"
)

// otherFate is the word for a file that belongs to no series.
func otherFate(o source.Other) string {
	if o.Read() {
		return FateManifest
	}
	switch o.Code {
	case "not_named":
		return FateSetAside
	case "unreadable", "link", "list_refused", "too_deep", "bad_name", "name_twice", "encrypted", "special", "archive":
		return FateRefused
	}
	return FateIgnored
}

// others writes the fates of files that belong to no series.
func (m *merger) others() error {
	for _, o := range m.found.Others {
		if m.said[o.File] || m.bearsLeftOut(o) {
			continue
		}
		if err := m.tables.fates.Write(&table.Fate{File: o.File, Fate: otherFate(o), Code: o.Code, Reason: o.Text, Mend: o.Mend}); err != nil {
			return err
		}
	}
	return nil
}

// fates writes the files of a series.
func (m *merger) fates(e *entry) error {
	for _, f := range e.Files {
		if f.Fate == FateManifest {
			if m.said[f.File] {
				continue // several series may share a drawing
			}
			m.said[f.File] = true
		}
		if f.Fate != FateManifest && f.Fate != FateExcluded {
			m.countPhoto(&f)
		}
		row := table.Fate{File: f.File, Series: f.Series, Visit: f.Visit, Fate: f.Fate, Code: f.Code, Reason: f.Reason, Mend: f.Mend,
			SHA256: f.SHA256, SameFileAs: f.SameFileAs, Warnings: strings.Join(f.Warnings, " ")}
		if err := m.tables.fates.Write(&row); err != nil {
			return err
		}
	}
	return nil
}

// countPhoto counts a photo of the study, and finds the first one with the same bytes.
func (m *merger) countPhoto(f *Fate) {
	m.study.Counts.Photos++
	if f.Fate == FateUsed {
		m.study.Counts.Used++
	}
	if f.SHA256 == "" {
		return
	}
	if other, seen := m.first[f.SHA256]; !seen {
		m.first[f.SHA256] = f.File
	} else if f.SameFileAs == "" {
		f.SameFileAs = other
	}
}
