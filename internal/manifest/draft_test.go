package manifest

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func taken(name string, h, m int) File {
	return File{Name: name, Taken: time.Date(2026, 2, 21, h, m, 0, 0, time.UTC)}
}

// TestDraft compares with testdata/draft.yaml, which a person has read.
func TestDraft(t *testing.T) {
	files := append(photos("2026-01-10_before_1.jpg", "2026-01-10_before_2.jpg", "2026-01-10_after.jpg", "2026-01-12 left: #1.jpg", "2026-01-14T0930.jpg", "scan.png"),
		taken("IMG_2.jpg", 9, 31), taken("IMG_1.jpg", 9, 30))
	got, err := Draft(folder("", files), files)
	if err != nil {
		t.Fatal(err)
	}
	want, err := os.ReadFile("testdata/draft.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(want), string(got)); d != "" {
		t.Errorf("draft differs from testdata/draft.yaml (- want, + got):\n%s", d)
	}
	checkMarks(t, string(got), files)
	s := mustLoad(t, confirm(string(got)), files)
	var ids []string
	for _, v := range s.Visits {
		ids = append(ids, fmt.Sprintf("%s %d", v.ID, len(v.Photos)))
	}
	if d := cmp.Diff([]string{"2026-01-10-before 2", "2026-01-10-after 1", "2026-01-12 1", "2026-01-14 1", "2026-02-21 2", "2026-05-01 1"}, ids); d != "" {
		t.Error(d)
	}
	if len(s.Treatments) != 1 || s.Treatments[0].At.Date() != "2026-01-10" || s.Frame != "2026-01-10_before_1.jpg" {
		t.Errorf("treatments %v, frame %q", s.Treatments, s.Frame)
	}
}

// confirm deletes the marks and fills the gaps, as a person would.
func confirm(draft string) string {
	return strings.ReplaceAll(strings.ReplaceAll(strings.ReplaceAll(draft, `"?"`, "2026-05-01"), " ?\n", "\n"), " ?  ", "  ")
}

// checkMarks expects a problem on each line of the draft that holds a mark, no other.
func checkMarks(t *testing.T, draft string, files []File) {
	t.Helper()
	_, err := Load(folder(draft, files), files)
	var p Problems
	if !errors.As(err, &p) {
		t.Fatalf("a draft was loaded: %v", err)
	}
	marked := map[int]bool{}
	for _, q := range p {
		if q.Text != guessText {
			t.Errorf("%v", q)
		}
		marked[q.Line] = true
	}
	for i, line := range strings.Split(draft, "\n") {
		value, _, _ := strings.Cut(line, "#")
		if want := strings.Contains(value, "?"); marked[i+1] != want {
			t.Errorf("line %d reported: %v, want %v: %s", i+1, marked[i+1], want, line)
		}
	}
}

func TestDraftOfPhotosWithoutDates(t *testing.T) {
	files := photos("a.jpg", "b.jpg")
	got, err := Draft(folder("", files), files)
	if err != nil {
		t.Fatal(err)
	}
	checkMarks(t, string(got), files)
	_, err = Load(folder(confirm(string(got)), files), files)
	if err == nil || !strings.Contains(err.Error(), "cannot be told from") {
		t.Errorf("two visits of one date: %v", err)
	}
}

func TestDraftRefuses(t *testing.T) {
	files := photos("2026-01-10.jpg")
	want := "series.yaml: this folder has a manifest already; edit it, or delete it to have it drafted anew"
	if _, err := Draft(folder("site: cheek", files), files); err == nil || err.Error() != want {
		t.Errorf("%v, want %s", err, want)
	}
	if _, err := Draft(folder("", nil), nil); err == nil || err.Error() != noPhotos(folder("", nil)).Error() {
		t.Errorf("empty folder: %v", err)
	}
}
