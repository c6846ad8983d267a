package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"dermtrace/internal/folder"
	"dermtrace/internal/outcome"
)

// consentingStudies are two studies of the same ten subjects: P01 agreed to care alone,
// the minor P02 has no guardian, the minor P03 has one, and all others agreed to research.
func consentingStudies(t *testing.T) (dir, other string) {
	t.Helper()
	dir, other = t.TempDir(), t.TempDir()
	splitFace(t, dir, 10, -0.05)
	splitFace(t, other, 10, -0.08)
	agree := func(subject string, change func(*outcome.Series)) {
		for _, root := range []string{dir, other} {
			name := filepath.Join(root, "series", subject, folder.Record)
			rec, err := readRecord(name)
			if err != nil {
				t.Fatal(err)
			}
			change(&rec.Series)
			if err := folder.WriteFile(name, func(w io.Writer) error { return outcome.Write(w, rec) }); err != nil {
				t.Fatal(err)
			}
		}
	}
	for i := range 10 {
		agree(fmt.Sprintf("P%02d", i+1), func(s *outcome.Series) { s.Consent = []string{"care", "research"} })
	}
	agree("P01", func(s *outcome.Series) { s.Consent = []string{"care"} })
	agree("P02", func(s *outcome.Series) { s.Minor = true })
	agree("P03", func(s *outcome.Series) { s.Minor, s.Guardian = true, true })
	return dir, other
}

// Nobody is shown for a purpose that the consent does not cover, and no minor at all for
// whom no guardian consented.
func TestCohortAndCompareLeaveOutWhoDidNotConsent(t *testing.T) {
	dir, other := consentingStudies(t)
	for _, c := range []struct {
		purpose string
		left    []string
		says    string
	}{{"", []string{"P02"}, "1 series is left out, as no guardian consented for a minor"}, {"research", []string{"P01", "P02"}, "2 series are left out, as consent does not cover research"}} {
		to := filepath.Join(t.TempDir(), "cohort")
		out, said := dermtrace(t, exitOK, "cohort", dir, "-o", to, "--purpose", c.purpose)
		if !strings.Contains(strings.ToLower(said), c.says) {
			t.Errorf("cohort for %q said: %s", c.purpose, said)
		}
		list, said := dermtrace(t, exitOK, "compare", dir, other, "--purpose", c.purpose)
		contains(t, said, c.says)
		units, err := os.ReadFile(filepath.Join(to, "units.csv"))
		if err != nil {
			t.Fatal(err)
		}
		flow, err := os.ReadFile(filepath.Join(to, "flow.txt"))
		if err != nil {
			t.Fatal(err)
		}
		for _, text := range []string{out, list, string(units), string(flow)} {
			for _, name := range c.left {
				if strings.Contains(text, name) {
					t.Errorf("%q: %s is named in\n%s", c.purpose, name, text)
				}
			}
		}
		contains(t, string(units), "P03")
		contains(t, list, "series/P03")
	}
}

// An export that can show nobody is refused, and says what is to be asked.
func TestNoExportShowsWhoDidNotConsent(t *testing.T) {
	dir, other := consentingStudies(t)
	one := filepath.Join(dir, "series", "P01")
	_, said := dermtrace(t, exitFailed, "compare", one, "--from", "2026-01-10", "--to", "2026-04-11", "--purpose", "research")
	contains(t, said, "the consent (care) does not cover research")
	for _, args := range [][]string{
		{"compare", filepath.Join(dir, "series", "P02"), "--from", "2026-01-10", "--to", "2026-04-11"},
		{"report", filepath.Join(dir, "series", "P02"), "-o", filepath.Join(t.TempDir(), "r.html")},
		{"report", filepath.Join(dir, "series", "P02"), "-o", filepath.Join(t.TempDir(), "c.html"), "--coded", "--key", filepath.Join(t.TempDir(), "key")},
	} {
		_, said := dermtrace(t, exitFailed, args...)
		contains(t, said, "no guardian consented", "hint: ask a guardian")
	}
	_, said = dermtrace(t, exitFailed, "cohort", dir, "--purpose", "marketing")
	contains(t, said, "no series may be used for marketing")
	dermtrace(t, exitUsage, "compare", dir, other, "--purpose", "fun")
	_, said = dermtrace(t, exitFailed, "blind", dir, "-o", filepath.Join(t.TempDir(), "pack"), "--key", filepath.Join(t.TempDir(), "key"), "--purpose", "marketing")
	contains(t, said, "no series may be shown for marketing")
}
