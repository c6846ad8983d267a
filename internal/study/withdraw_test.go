package study_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"dermtrace/internal/study"
)

// three is a study of three series: two of Zaphod's, who consents to research in one of
// them, and one of Trillian's, who does in all.
func three(t *testing.T) (dir string) {
	dir = t.TempDir()
	for _, s := range []struct{ name, subject, consent string }{
		{"Zaphod_left", "Zaphod", "[care, research]"}, {"Zaphod_right", "Zaphod", "[care]"}, {"Trillian", "Trillian", "[care, research]\nminor: true\nguardian: Ford Prefect"},
	} {
		path := filepath.Join(dir, s.name)
		course(t, path, "2026-01-10_2.jpg", "2026-01-11.jpg")
		name := filepath.Join(path, "series.yaml")
		text, err := os.ReadFile(name)
		must(t, err)
		var lines [][]byte
		for line := range bytes.Lines(text) {
			if !bytes.HasPrefix(line, []byte("subject:")) && !bytes.HasPrefix(line, []byte("consent:")) {
				lines = append(lines, line)
			}
		}
		lines = append(lines, []byte("\nsubject: "+s.subject+"\nconsent: "+s.consent+"\n"))
		must(t, os.WriteFile(name, bytes.Join(lines, nil), 0o600))
	}
	must(t, os.WriteFile(filepath.Join(dir, "Zaphod_notes.txt"), []byte("x"), 0o600))
	return dir
}

// bearing lists the files below dir that bear a name, or are named by it.
func bearing(t *testing.T, dir, name string) (list []string) {
	for file, text := range tree(t, dir) {
		if strings.Contains(file, name) || strings.Contains(text, name) {
			list = append(list, file)
		}
	}
	slices.Sort(list)
	return list
}

func TestThePurposeLeavesOutWhoDidNotConsent(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: runs a study")
	}
	dir, out := three(t), filepath.Join(t.TempDir(), "out")
	if c := runAll(t, dir, out); c.LeftOut != 0 || c.Failed != 0 {
		t.Fatalf("for care: %+v", c)
	}
	for m, err := range study.Records(out) {
		if minor := m.Record.Series.Subject == "Trillian"; err != nil || m.Record.Series.Minor != minor || m.Record.Series.Guardian != minor {
			t.Errorf("%s: %+v, %v", m.Folder, m.Record.Series, err)
		}
	}
	if named := bearing(t, out, "Prefect"); len(named) != 0 {
		t.Errorf("a guardian is named in %v", named)
	}
	pairs, left, err := study.Pairs(out, "research")
	if must(t, err); len(pairs) != 1 || left.Consent != 2 {
		t.Errorf("pairs %v, left out %+v; want Trillian's", pairs, left)
	}
	c, err := study.Merge(out, study.MergeOptions{Purpose: "research"})
	if must(t, err); c.LeftOut != 2 {
		t.Errorf("%d series left out, want both of Zaphod's: the narrower consent holds", c.LeftOut)
	}
	for _, name := range []string{"study.csv", "study.parquet", "wide.csv", "redcap.csv", "completeness.csv", "index.html", "fates.csv", "study.json"} {
		b, err := os.ReadFile(filepath.Join(out, name))
		if must(t, err); bytes.Contains(b, []byte("Zaphod")) {
			t.Errorf("%s holds who did not consent", name)
		}
		if name != "redcap.csv" && !bytes.Contains(b, []byte("Trillian")) {
			t.Errorf("%s lacks who did", name)
		}
	}
	coded := 0
	for _, row := range readCSV(t, filepath.Join(out, "fates.csv")) {
		if row["fate"] == "left out" {
			coded++
			if row["code"] != "no_consent" || !strings.HasPrefix(row["reason"], "the consent does not cover research") || row["sha256"] != "" {
				t.Errorf("left out: %v", row)
			}
		}
	}
	if coded != 7 {
		t.Errorf("%d coded fates, want those of two photos and a manifest each, and of the notes", coded)
	}
	if _, err := study.Merge(out, study.MergeOptions{Purpose: "fun"}); err == nil {
		t.Error("a purpose of no consent was taken")
	}
}

func TestWithdrawLeavesNoTraceAndLasts(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: runs a study")
	}
	dir, out := three(t), filepath.Join(t.TempDir(), "out")
	must(t, os.WriteFile(filepath.Join(dir, "plan.yaml"), []byte("primary: {measure: hemoglobin, contrast: vs_control, day: 1}\n"), 0o600))
	runAll(t, dir, out)
	arms := filepath.Join(t.TempDir(), "allocation.csv")
	must(t, os.WriteFile(arms, []byte("subject,arm\nZaphod,roller\nTrillian,sham\n"), 0o600))
	as := study.MergeOptions{Purpose: "research", ADaM: true, Allocation: arms, Mode: 0o640}
	_, err := study.Merge(out, as)
	must(t, err)
	before := tree(t, out)
	w, err := study.Withdraw(out, "Zaphod", study.WithdrawOptions{DryRun: true})
	if must(t, err); w.Series != 2 || len(w.Removed) < 6 || len(w.Photos) != 6 {
		t.Errorf("dry: %d series, %d files to go, photos %v", w.Series, len(w.Removed), w.Photos)
	}
	if after := tree(t, out); len(after) != len(before) {
		t.Error("a dry run removed something")
	}
	if w, err = study.Withdraw(out, "Zaphod", study.WithdrawOptions{}); err != nil || len(w.Named) != 0 {
		t.Fatalf("%v, %+v", err, w)
	}
	if left := bearing(t, out, "Zaphod"); len(left) != 0 {
		t.Errorf("after withdrawal the name is in %v", left)
	}
	once := tree(t, out)
	for name, want := range map[string]string{"study.json": `"purpose": "research"`, "study.csv": "TRTA"} {
		if info, err := os.Stat(filepath.Join(out, "study.csv")); err != nil || info.Mode().Perm() != 0o640 || !strings.Contains(once[name], want) {
			t.Errorf("%s was made anew otherwise than before: no %q, mode %v", name, want, info.Mode())
		}
	}
	if rows := readCSV(t, filepath.Join(out, "study.csv")); len(rows) == 0 || rows[0]["TRTA"] != "sham" {
		t.Error("the allocation that was joined is forgotten")
	}
	sum, err := study.Run(context.Background(), study.Options{Study: dir, Out: out})
	if must(t, err); sum.Series != 1 || sum.Kept != 1 {
		t.Errorf("a later run: %+v, want Trillian's kept alone", sum)
	}
	apart := filepath.Join(t.TempDir(), "again")
	must(t, study.LeaveOutAs(out, apart))
	sum, err = study.Run(context.Background(), study.Options{Study: dir, Out: apart})
	if must(t, err); sum.Series != 1 || len(bearing(t, apart, "Zaphod")) != 0 {
		t.Errorf("a run apart: %+v, want Trillian's alone", sum)
	}
	c, err := study.Merge(out, as)
	if must(t, err); c.Withdrawn != 2 || c.Series != 1 {
		t.Errorf("counts %+v", c)
	}
	for name, text := range tree(t, out) {
		if once[name] != text {
			t.Errorf("%s differs after a later run", name)
		}
	}
	for _, name := range []string{"fates.csv", "completeness.csv"} {
		if n := strings.Count(once[name], ",withdrawn,"); n != 2 {
			t.Errorf("%s has %d withdrawn series, want 2:\n%s", name, n, once[name])
		}
	}
	if _, err := study.Withdraw(out, "Marvin", study.WithdrawOptions{}); err == nil {
		t.Error("a subject of no series was withdrawn")
	}
	if w, err = study.Withdraw(filepath.Join(out, "series", "Trillian"), "Trillian", study.WithdrawOptions{}); err != nil || len(w.Removed) < 4 {
		t.Errorf("single: %v, %+v", err, w)
	}
}
