package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"dermtrace/internal/folder"
	"dermtrace/internal/outcome"
	"dermtrace/internal/trend"
)

// splitFace writes the records of a made-up study: two sides per subject, the comparator
// drawn on the same photo, three visits, an effect on roughness from the second on.
func splitFace(t *testing.T, dir string, subjects int, effect float64) {
	t.Helper()
	rng := rand.New(rand.NewPCG(3, 5))
	def := outcome.Definition{Unit: "1", Family: outcome.Texture, Scale: outcome.Ratio, Clock: outcome.Texture, Primary: true, Version: 1}
	for i := range subjects {
		rec := &outcome.Record{Schema: outcome.Schema, Settings: outcome.DefaultSettings(), Definitions: map[string]outcome.Definition{"roughness": def}}
		rec.Series = outcome.Series{Subject: fmt.Sprintf("P%02d", i+1), Baseline: "2026-01-10"}
		rec.Treatments = []outcome.Treatment{{At: "2026-01-10"}}
		level := 0.2 + 0.02*rng.NormFloat64()
		for v, date := range []string{"2026-01-10", "2026-02-21", "2026-04-11"} {
			days := []int{0, 42, 91}[v]
			visit := outcome.Visit{Visit: date, At: date, Day: days}
			if v > 0 {
				visit.DaysSinceTreatment = &days
			}
			rec.Visits = append(rec.Visits, visit)
			p := outcome.Photo{File: date + ".jpg", Visit: date, Quality: outcome.Quality{Verdict: outcome.OK}, Alignment: outcome.Alignment{Status: outcome.AlignOK}}
			moved := effect * (1 + 0.2*rng.NormFloat64())
			for _, r := range []struct{ name, kind string }{{"sham", outcome.Comparator}, {"needled", outcome.Treated}} {
				x := level + 0.002*rng.NormFloat64()
				if r.kind == outcome.Treated && v > 0 {
					x += moved
				}
				p.ROIs = append(p.ROIs, outcome.ROI{Name: r.name, Kind: r.kind, Measures: map[string]outcome.Measurement{"roughness": {Value: outcome.Number(x), Unit: "1"}}})
			}
			rec.Photos = append(rec.Photos, p)
			rec.Scores = append(rec.Scores, outcome.Score{At: date, Scale: "goodman_baron", Rater: "A", Value: outcome.Number(3 + 20*moved*float64(min(v, 1)))})
		}
		trend.Assess(rec, trend.Noise{})
		name := filepath.Join(dir, "series", rec.Series.Subject, folder.Record)
		if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := folder.WriteFile(name, func(w io.Writer) error { return outcome.Write(w, rec) }); err != nil {
			t.Fatal(err)
		}
	}
}

// dermtrace runs the program and fails on another exit status.
func dermtrace(t *testing.T, status int, args ...string) (stdout, stderr string) {
	t.Helper()
	var out, err bytes.Buffer
	if got := run(context.Background(), args, &out, &err); got != status {
		t.Fatalf("%v: status %d, want %d\n%s%s", args, got, status, out.String(), err.String())
	}
	return out.String(), err.String()
}

func contains(t *testing.T, text string, wants ...string) {
	t.Helper()
	for _, want := range wants {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in\n%s", want, text)
		}
	}
}

func TestCompareTwoVisitsAndTwoResults(t *testing.T) {
	a, b := t.TempDir(), t.TempDir()
	splitFace(t, a, 1, -0.05)
	splitFace(t, b, 1, -0.08)
	out, _ := dermtrace(t, exitOK, "compare", filepath.Join(a, "series", "P01"), "--from", "2026-02-21", "--to", "2026-04-11")
	contains(t, out, "Exploratory comparison of 2026-04-11 with 2026-02-21", "roughness", "built-in, n ", outcome.NoChange)
	out, _ = dermtrace(t, exitOK, "compare", filepath.Join(a, "series", "P01"), "--from", "2026-02-21", "--to", "2026-04-11", "--json")
	var got exploratory
	if err := json.Unmarshal([]byte(out), &got); err != nil || len(got.Changes) != 3 || got.Changes[0].Primary {
		t.Errorf("%v: %s", err, out)
	}
	_, text := dermtrace(t, exitFailed, "compare", filepath.Join(a, "series", "P01"), "--from", "2026-02-21", "--to", "2020-01-01")
	contains(t, text, "no visit", "its visits are 2026-01-10, 2026-02-21, 2026-04-11")

	out, _ = dermtrace(t, exitOK, "compare", a, a)
	contains(t, out, "0 of 1 series differ")
	out, _ = dermtrace(t, exitOK, "compare", a, b)
	contains(t, out, "1 of 1 series differ", "series/P01: because of input", "value      2026-02-21.jpg, needled, roughness")
	splitFace(t, b, 2, -0.08)
	out, _ = dermtrace(t, exitOK, "compare", a, b)
	contains(t, out, "series/P02: only in the new folder")
	dermtrace(t, exitUsage, "compare", a)
	dermtrace(t, exitFailed, "compare", a, t.TempDir())
}

func TestRepeatabilityGivesNoiseThatAnalyzeTakes(t *testing.T) {
	dir, file := t.TempDir(), filepath.Join(t.TempDir(), "noise.json")
	splitFace(t, dir, 1, 0)
	_, text := dermtrace(t, exitFailed, "repeatability", dir)
	contains(t, text, "2 visits after a treatment", "hint: photograph the same unchanged skin")

	repeats := t.TempDir()
	splitFace(t, repeats, 12, 0)
	for i := range 12 {
		name := filepath.Join(repeats, "series", fmt.Sprintf("P%02d", i+1), folder.Record)
		rec, err := readRecord(name)
		if err != nil {
			t.Fatal(err)
		}
		rec.Treatments = nil
		if err := folder.WriteFile(name, func(w io.Writer) error { return outcome.Write(w, rec) }); err != nil {
			t.Fatal(err)
		}
	}
	out, _ := dermtrace(t, exitOK, "repeatability", repeats, "-o", file)
	contains(t, out, "roughness", "ICC(2,1)", "24  12")
	noise, err := readNoise(file)
	if err != nil || len(noise.Repeatability) != 1 || noise.Repeatability[0].DF != 24 || len(noise.SHA256) != 64 {
		t.Fatalf("%+v, %v", noise, err)
	}
	out, _ = dermtrace(t, exitOK, "compare", filepath.Join(dir, "series", "P01"), "--from", "2026-01-10", "--to", "2026-04-11", "--noise", file)
	contains(t, out, "repeatability, n 12, df 24")
	_, text = dermtrace(t, exitFailed, "compare", filepath.Join(dir, "series", "P01"), "--from", "2026-01-10", "--to", "2026-04-11", "--noise", filepath.Join(dir, "series", "P01", folder.Record))
	contains(t, text, "not a noise file", "hint: give a file")
}

const splitPlan = "primary: {measure: roughness, contrast: vs_comparator, day: 90, within: 10}\nexclusions: [{subject: P03, reason: withdrew}]\n"

func TestCohortComparesArmsAsPlanned(t *testing.T) {
	dir := t.TempDir()
	splitFace(t, dir, 14, -0.05)
	plan, err := json.Marshal(map[string]any{"schema": "dermtrace.run/2", "plan": map[string]string{"text": splitPlan}})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Join(dir, "run"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "run", "found.json"), plan, 0o600); err != nil {
		t.Fatal(err)
	}
	out, text := dermtrace(t, exitOK, "cohort", dir)
	contains(t, out, "Planned analysis: roughness, raw, split-face, day 90 ± 10", "paired t", "n 13", "signed rank", "mixed model", "beyond measurement error", "goodman_baron")
	if text != "" {
		t.Errorf("said: %s", text)
	}
	var res cohortResult
	b, err := os.ReadFile(filepath.Join(dir, "cohort", "cohort.json"))
	if err == nil {
		err = json.Unmarshal(b, &res)
	}
	if err != nil || len(res.Findings) != 1 {
		t.Fatalf("%v, %s", err, b)
	}
	f := res.Findings[0]
	if a := f.Analyses[0]; !(a.CI95[0] <= -0.05 && -0.05 <= a.CI95[1] && a.CI95[1] < 0 && a.P < 0.01) || a.N != 13 {
		t.Errorf("%+v", a)
	}
	if g := f.Grades[0]; !(g.Rho > 0.5) || g.N != 13 {
		t.Errorf("%+v", g)
	}
	if c := f.Changed[0]; f.Arms[0] != "treated" || c.Decreased != 13 || c.N != 13 {
		t.Errorf("%+v", f.Changed)
	}
	flow, err := os.ReadFile(filepath.Join(dir, "cohort", "flow.txt"))
	if err != nil {
		t.Fatal(err)
	}
	contains(t, string(flow), "14 subjects in 14 series", "1 excluded by the plan", "P03: withdrew", "treated: 13 measured", "13 analysed")
	for _, name := range []string{"results.csv", "units.csv", "methods.txt", "course_roughness.svg", "change_roughness.svg"} {
		if info, err := os.Stat(filepath.Join(dir, "cohort", name)); err != nil || info.Size() == 0 {
			t.Errorf("%s: %v", name, err)
		}
	}
	// The same plan with other words is another plan, and a late one explores.
	late := filepath.Join(t.TempDir(), "plan.yaml")
	if err := os.WriteFile(late, []byte(splitPlan+"notes: later\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	out, text = dermtrace(t, exitOK, "cohort", dir, "--plan", late)
	contains(t, out, "Exploratory analysis: roughness")
	contains(t, text, "not the one that stood in the study")
}

func TestCohortOfParallelArmsAndOfTooFew(t *testing.T) {
	dir, table := t.TempDir(), filepath.Join(t.TempDir(), "allocation.csv")
	splitFace(t, dir, 14, -0.05)
	rows := "subject,arm\n"
	for i := range 14 {
		rows += fmt.Sprintf("P%02d,%s\n", i+1, []string{"deep", "sham"}[i%2])
		name := filepath.Join(dir, "series", fmt.Sprintf("P%02d", i+1), folder.Record)
		rec, err := readRecord(name)
		if err != nil {
			t.Fatal(err)
		}
		for k := range rec.Photos {
			rec.Photos[k].ROIs = rec.Photos[k].ROIs[1:]
		}
		if err := folder.WriteFile(name, func(w io.Writer) error { return outcome.Write(w, rec) }); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(table, []byte(rows), 0o600); err != nil {
		t.Fatal(err)
	}
	out, _ := dermtrace(t, exitOK, "cohort", dir, "--allocation", table, "--day", "90")
	contains(t, out, "Exploratory analysis: roughness, raw, parallel, day 90 ± 14", "unpaired t", "deep − sham", "rank sum", "n 14", "visit 3 (day 91) × deep")
	out, _ = dermtrace(t, exitOK, "cohort", dir)
	contains(t, out, "one arm, last visit of each subject", "one arm: a change has no comparison")

	few := t.TempDir()
	splitFace(t, few, 4, -0.05)
	out, _ = dermtrace(t, exitOK, "cohort", few)
	contains(t, out, "not done: too few subjects: 4 with both arms at both visits, at least 6 are needed", "mixed model")
	_, text := dermtrace(t, exitFailed, "cohort", t.TempDir())
	contains(t, text, "holds no results")
}
