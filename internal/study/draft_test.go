package study

import (
	"testing"
	"time"

	"dermtrace/internal/manifest"
)

func TestWordsOfFileNames(t *testing.T) {
	taken := time.Date(2026, 1, 10, 16, 30, 0, 0, time.UTC)
	for name, want := range map[string][6]string{
		"2026-01-10_P001_cheek_left_before_1.jpg": {"P001", "cheek", "left", "", "2026-01-10", "before"},
		"AB-12 forehead R oblique 20260110.jpg":   {"AB-12", "forehead", "right", "oblique", "2026-01-10 ?", ""},
		"IMG_2345.jpg":                            {"", "", "", "", "2026-01-10T16:30 ?", ""},
		"DSC01234.jpg":                            {"", "", "", "", "2026-01-10T16:30 ?", ""},
		"P1010001.jpg":                            {"", "", "", "", "2026-01-10T16:30 ?", ""},
		"S7-chin-post.jpg":                        {"S7", "chin", "", "", "2026-01-10T16:30 ?", "after"},
	} {
		r := rowOfName(manifest.File{Name: name, Taken: taken})
		if got := [6]string{r.subject, r.site, r.side, r.view, r.mark("at", r.at), r.phase}; got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
		if r.subject != "" && !r.guessed["subject"] {
			t.Errorf("%s: the subject is a guess and not marked", name)
		}
	}
}

func TestSeveralSubjectsMakeAStudy(t *testing.T) {
	one := []manifest.File{{Name: "2026-01-10.jpg"}, {Name: "2026-01-11.jpg"}}
	two := []manifest.File{{Name: "P1_2026-01-10.jpg"}, {Name: "P2_2026-01-11.jpg"}}
	if Subjects(one) > 1 || Subjects(two) != 2 {
		t.Errorf("subjects: %d and %d", Subjects(one), Subjects(two))
	}
}
