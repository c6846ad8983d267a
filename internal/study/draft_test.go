package study

import (
	"strings"
	"testing"
	"time"

	"dermtrace/internal/manifest"
	"dermtrace/internal/photo"
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

func TestVisitsAreNumberedByDate(t *testing.T) {
	at := func(day, minute int) time.Time { return time.Date(2026, 1, day, 9, minute, 0, 0, time.UTC) }
	files := []manifest.File{
		{Name: "2026-02-21_P1_after.jpg"}, {Name: "2026-02-21_P1_before.jpg"}, {Name: "2026-01-10_P1.jpg"}, {Name: "2026-01-10_P1_again.jpg"},
		{Name: "P2_b.jpg", Taken: at(11, 31)}, {Name: "P2_a.jpg", Taken: at(11, 30)}, {Name: "P2_c.jpg", Taken: at(12, 0)}, {Name: "P3.jpg"},
	}
	d, err := Draft(t.Context(), nil, files, photo.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"2026-02-21_P1_after.jpg,P1 ?,,,,V3,2026-02-21,after ?,", "2026-02-21_P1_before.jpg,P1 ?,,,,V2,2026-02-21,before ?,",
		"2026-01-10_P1.jpg,P1 ?,,,,V1,2026-01-10,,1", "2026-01-10_P1_again.jpg,P1 ?,,,,V1,2026-01-10,,2",
		"P2_b.jpg,P2 ?,,,,V1 ?,2026-01-11T09:31 ?,,1", "P2_a.jpg,P2 ?,,,,V1 ?,2026-01-11T09:30 ?,,2",
		"P2_c.jpg,P2 ?,,,,V2 ?,2026-01-12T09:00 ?,,", "P3.jpg,P3 ?,,,,,?,,",
	} {
		if !strings.Contains(string(d.Text), "\n"+want+"\n") {
			t.Errorf("no line %s in\n%s", want, d.Text)
		}
	}
}
