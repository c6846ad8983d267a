package study_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"dermtrace/internal/study"
	"dermtrace/internal/study/table"
	"dermtrace/internal/study/trial"
)

func TestThePlanComesBeforeTheAllocation(t *testing.T) {
	dir, out := t.TempDir(), filepath.Join(t.TempDir(), "out")
	course(t, filepath.Join(dir, "a"), "2026-01-10_2.jpg", "2026-01-14.jpg")
	arms := filepath.Join(t.TempDir(), "allocation.csv")
	must(t, os.WriteFile(arms, []byte("subject,arm\nphantom-acne,roller\n"), 0o600))
	runAll(t, dir, out)
	if _, err := study.Merge(out, study.MergeOptions{Allocation: arms}); !errors.Is(err, study.ErrPlanLate) {
		t.Errorf("an allocation without a plan: %v", err)
	}
	plan := "primary: {measure: hemoglobin, contrast: vs_control, day: 1}\nvisits: [{name: V0, day: 0}, {name: V1, day: 1}, {name: V2, day: 28, within: 7}]\n"
	must(t, os.WriteFile(filepath.Join(dir, "plan.yaml"), []byte(plan), 0o600))
	runAll(t, dir, out)
	_, err := study.Merge(out, study.MergeOptions{Allocation: arms, ADaM: true})
	must(t, err)
	others := filepath.Join(t.TempDir(), "allocation.csv")
	must(t, os.WriteFile(others, []byte("subject;arm\r\nP9;roller\r\n"), 0o600))
	if c, err := study.Merge(copied(t, out), study.MergeOptions{Allocation: others}); err != nil || c.NoArm != 1 {
		t.Errorf("an allocation of others: %+v, %v", c, err)
	}
	for _, row := range readCSV(t, filepath.Join(out, "study.csv")) {
		if row["TRTA"] != "roller" || row["USUBJID"] != "phantom-acne" || row["PARAMCD"] == "" {
			t.Fatalf("row = %v", row)
		}
	}
	if got := completed(t, out); got != "left V0 used, left V1 used, left V2 missing" {
		t.Errorf("completeness = %s", got)
	}
	plan += "views: [{side: left}, {side: right}]\n"
	must(t, os.WriteFile(filepath.Join(dir, "plan.yaml"), []byte(plan), 0o600))
	runAll(t, dir, out)
	if got := completed(t, out); got != "left V0 used, left V1 used, left V2 missing, right V0 missing, right V1 missing, right V2 missing" {
		t.Errorf("completeness with a planned view that nobody photographed = %s", got)
	}
	foreseen, err := study.Check(context.Background(), study.Options{Study: dir})
	must(t, err)
	if got, want := planned(t, foreseen), readCSV(t, filepath.Join(out, "completeness.csv")); !cmp.Equal(got, want) {
		t.Errorf("check foresees otherwise than it came (-came +foreseen):\n%s", cmp.Diff(want, got))
	}
	_, err = study.Merge(out, study.MergeOptions{Allocation: arms})
	must(t, err)
	b, err := os.ReadFile(filepath.Join(out, "study.json"))
	must(t, err)
	var p study.Provenance
	must(t, json.Unmarshal(b, &p))
	sum := sha256.Sum256([]byte(plan))
	if p.Plan == nil || p.Plan.SHA256 != hex.EncodeToString(sum[:]) || p.Allocation == nil {
		t.Errorf("study.json knows the plan %v, the allocation %v", p.Plan, p.Allocation)
	}
	must(t, os.WriteFile(filepath.Join(dir, "plan.yaml"), []byte(plan+"exclusions: [{subject: phantom-acne, reason: moved away}]\n"), 0o600))
	if c := runAll(t, dir, out); c.Excluded != 1 || c.Measured() != 0 || c.Photos != 0 {
		t.Errorf("with an exclusion: %+v", c)
	}
	if rows := readCSV(t, filepath.Join(out, "study.csv")); len(rows) != 0 {
		t.Errorf("study.csv has %d rows of who is excluded", len(rows))
	}
	for _, row := range readCSV(t, filepath.Join(out, "fates.csv")) {
		if strings.HasSuffix(row["file"], ".jpg") && (row["fate"] != "excluded" || row["code"] != "plan_exclusion" || row["reason"] != "moved away") {
			t.Errorf("fate of an excluded photo: %v", row)
		}
	}
	if rows := readCSV(t, filepath.Join(out, "completeness.csv")); len(rows) != 3 || rows[2]["status"] != "excluded" || rows[2]["planned"] != "V2" || rows[2]["reason"] != "moved away" || rows[2]["subject"] != "phantom-acne" || rows[2]["side"] != "left" {
		t.Errorf("completeness of an excluded series: %v", rows)
	}
	if pairs, left, err := study.Pairs(out, ""); err != nil || len(pairs) != 0 || left.Plan != 1 {
		t.Errorf("pairs of who is excluded: %v, %+v, %v", pairs, left, err)
	}
	if f, err := study.Check(context.Background(), study.Options{Study: dir}); err != nil || f.Series[0].Excluded != "moved away" {
		t.Errorf("check of who is excluded: %+v, %v", f, err)
	}
	must(t, os.WriteFile(arms, make([]byte, trial.MaxTable+1), 0o600))
	if _, err := study.Merge(out, study.MergeOptions{Allocation: arms}); err == nil || !strings.Contains(err.Error(), "allocation.csv: larger than 16 MiB") {
		t.Errorf("an allocation beyond the bound: %v", err)
	}
}

// A plan that could not be carried out is refused before anything is measured.
func TestABrokenPlanIsRefusedAtOnce(t *testing.T) {
	dir, out := t.TempDir(), filepath.Join(t.TempDir(), "out")
	course(t, filepath.Join(dir, "a"))
	must(t, os.WriteFile(filepath.Join(dir, "plan.yaml"), []byte("primary: {measure: roughness, contrast: raw}\nsides: 3\n"), 0o600))
	if _, err := study.Run(context.Background(), study.Options{Study: dir, Out: out}); err == nil || !strings.Contains(err.Error(), "plan.yaml: ") {
		t.Errorf("run: %v", err)
	}
	if _, err := study.Check(context.Background(), study.Options{Study: dir}); err == nil || !strings.Contains(err.Error(), "plan.yaml: ") {
		t.Errorf("check: %v", err)
	}
	if _, err := os.Stat(out); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the folder of the results was made all the same: %v", err)
	}
}

// copied is a copy of a folder.
func copied(t *testing.T, dir string) string {
	t.Helper()
	to := filepath.Join(t.TempDir(), "copy")
	must(t, os.CopyFS(to, os.DirFS(dir)))
	return to
}

// planned is what a check foresees of the planned visits as completeness.csv has it.
func planned(t *testing.T, f *study.Forecast) []map[string]string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "planned.csv")
	file, err := os.Create(path)
	must(t, err)
	rows, err := table.NewCSV(file, table.PlannedColumns, false)
	must(t, err)
	for i := range f.Planned {
		must(t, rows.Write(&f.Planned[i]))
	}
	must(t, errors.Join(rows.Close(), file.Close()))
	return readCSV(t, path)
}

// completed is completeness.csv in short.
func completed(t *testing.T, out string) string {
	t.Helper()
	var list []string
	for _, row := range readCSV(t, filepath.Join(out, "completeness.csv")) {
		list = append(list, row["side"]+" "+row["planned"]+" "+row["status"])
	}
	return strings.Join(list, ", ")
}
