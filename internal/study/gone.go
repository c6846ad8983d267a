package study

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"dermtrace/internal/folder"
	"dermtrace/internal/study/source"
	"dermtrace/internal/study/table"
)

// withdrawnSchema names the layout of run/withdrawn.json.
const withdrawnSchema = "dermtrace.withdrawn/1"

// withdrawnFile keeps who withdrew, as hashes. A hash of a name hides it from readers, not
// from who has a list of names to try.
const withdrawnFile = "withdrawn.json"

// withdrawnNote is run/withdrawn.json.
type withdrawnNote struct {
	Schema   string   `json:"schema"`
	Subjects []string `json:"subjects"` // hashes, sorted
	Series   []string `json:"series"`   // of the ids of their series, for those whose manifest cannot be read
}

func hashOf(kind, name string) string {
	sum := sha256.Sum256([]byte(withdrawnSchema + "\n" + kind + "\n" + name))
	return hex.EncodeToString(sum[:])
}

func readWithdrawn(out string) (*withdrawnNote, error) {
	n := &withdrawnNote{Schema: withdrawnSchema, Subjects: []string{}, Series: []string{}}
	b, err := os.ReadFile(filepath.Join(out, "run", withdrawnFile))
	if errors.Is(err, fs.ErrNotExist) {
		return n, nil
	}
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal(b, n); err != nil {
		return nil, fmt.Errorf("run/%s: %w", withdrawnFile, err)
	}
	if n.Schema != withdrawnSchema {
		return nil, fmt.Errorf("run/%s %w", withdrawnFile, errSchema)
	}
	return n, nil
}

// add notes a subject and its series.
func (n *withdrawnNote) add(out, subject string, ids []string) error {
	n.Subjects = append(n.Subjects, hashOf("subject", subject))
	for _, id := range ids {
		n.Series = append(n.Series, hashOf("series", id))
	}
	slices.Sort(n.Subjects)
	slices.Sort(n.Series)
	n.Subjects, n.Series = slices.Compact(n.Subjects), slices.Compact(n.Series)
	return n.keep(out)
}

func (n *withdrawnNote) keep(out string) error {
	b, err := json.MarshalIndent(n, "", " ")
	if err != nil {
		return err
	}
	return folder.WriteFile(filepath.Join(out, "run", withdrawnFile), write(append(b, '\n')))
}

// LeaveOutAs makes a run into out leave out the subjects who withdrew from other results.
func LeaveOutAs(results, out string) error {
	note, err := readWithdrawn(results)
	if err != nil || len(note.Subjects) == 0 {
		return err
	}
	if err := os.MkdirAll(filepath.Join(out, "run"), 0o700); err != nil {
		return err
	}
	return note.keep(out)
}

// goneSeries is a series whose subject withdrew, without a name.
type goneSeries struct {
	Code string `json:"code"`
}

// gone holds, by id of the series, the names that its subject must not be found under.
type gone map[string]string

// goneFrom finds the series of a study that belong to subjects who withdrew.
func goneFrom(ctx context.Context, st *source.Study, f *source.Found, opt Options) (gone, error) {
	note, err := readWithdrawn(opt.Out)
	if err != nil || len(note.Subjects) == 0 {
		return nil, err
	}
	g := gone{}
	for _, s := range f.Series {
		subject := subjectIn(ctx, st, s, opt)
		if slices.Contains(note.Subjects, hashOf("subject", subject)) || slices.Contains(note.Series, hashOf("series", s.ID)) {
			g[s.ID] = subject
			if subject == "" {
				g[s.ID] = s.ID
			}
		}
	}
	return g, nil
}

// subjectIn is whom a series is of, as its manifest says; "" where that cannot be read.
func subjectIn(ctx context.Context, st *source.Study, s source.Series, opt Options) string {
	if s.Err != nil {
		return ""
	}
	fsys, closer, err := st.OpenSeries(s)
	if err != nil {
		return ""
	}
	defer closer.Close()
	_, m, err := load(ctx, fsys, opt.Limits)
	if err != nil {
		return ""
	}
	return m.Subject
}

// take leaves the series of g, and files that carry their names, out of what was found.
func (g gone) take(f *found) *found {
	names := map[string]bool{}
	f.Series = slices.DeleteFunc(f.Series, func(s foundSeries) bool {
		subject, out := g[s.Series]
		if out {
			names[subject], names[s.Series] = true, true
			f.Gone = append(f.Gone, goneSeries{Code: goneCode(s.Series)})
		}
		return out
	})
	slices.SortFunc(f.Gone, func(a, b goneSeries) int { return strings.Compare(a.Code, b.Code) })
	f.Others = slices.DeleteFunc(f.Others, func(o source.Other) bool {
		for name := range names {
			if bears(o.File, name) || bears(o.Text, name) || bears(o.Mend, name) {
				return true
			}
		}
		return false
	})
	return f
}

// goneCode names a series whose subject withdrew.
func goneCode(id string) string { return "withdrawn-" + hashOf("series", id)[:12] }

// bears reports that a text holds a name as a word: P1 is in P1_left.jpg, not in P10.jpg.
func bears(text, name string) bool {
	part := func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }
	for at := 0; name != ""; {
		i := strings.Index(text[at:], name)
		if i < 0 {
			return false
		}
		before, after := text[:at+i], text[at+i+len(name):]
		last, _ := utf8.DecodeLastRuneInString(before)
		first, _ := utf8.DecodeRuneInString(after)
		if !part(last) && !part(first) {
			return true
		}
		at += i + 1
	}
	return false
}

// gone writes what the tables say of a series whose subject withdrew.
func (m *merger) gone(g goneSeries) error {
	row := table.Fate{File: g.Code, Series: g.Code, Fate: FateGone, Code: "withdrawn", Reason: "the subject withdrew; the files are not named"}
	if err := m.tables.fates.Write(&row); err != nil {
		return err
	}
	return m.tables.record(nil, wholly(g.Code, m.plan, table.VisitWithdrawn, "the subject withdrew"))
}
