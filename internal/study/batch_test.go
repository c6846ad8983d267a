package study_test

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"dermtrace/internal/phantom"
	"dermtrace/internal/study"
	"dermtrace/internal/study/source"
	"dermtrace/internal/study/table"
)

// small is a simulated course of three visits of 600×450 pixels, photographed once.
var small = sync.OnceValues(func() (map[string][]byte, error) {
	script, err := phantom.Scenario("acne-scar course")
	if err != nil {
		return nil, err
	}
	script.Visits = script.Visits[:3]
	dir, err := os.MkdirTemp("", "dermtrace-study-test-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	if err := phantom.Write(context.Background(), dir, script.Scaled(0.3), phantom.Options{}); err != nil {
		return nil, err
	}
	files := map[string][]byte{}
	for _, name := range []string{"series.yaml", "2026-01-10.jpg", "2026-01-10_2.jpg", "2026-01-11.jpg", "2026-01-14.jpg"} {
		if files[name], err = os.ReadFile(filepath.Join(dir, name)); err != nil {
			return nil, err
		}
	}
	text, _, _ := bytes.Cut(files["series.yaml"], []byte("visits:")) // visits follow from the names
	files["series.yaml"] = text
	return files, nil
})

// course writes the small course into dir, without the photos named.
func course(t testing.TB, dir string, without ...string) {
	t.Helper()
	files, err := small()
	must(t, err)
	must(t, os.MkdirAll(dir, 0o700))
	for name, b := range files {
		if slices.Contains(without, name) {
			continue
		}
		must(t, os.WriteFile(filepath.Join(dir, name), b, 0o600))
	}
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// runAll runs a study and merges it.
func runAll(t testing.TB, dir, out string) study.Counts {
	t.Helper()
	_, err := study.Run(context.Background(), study.Options{Study: dir, Out: out})
	must(t, err)
	c, err := study.Merge(out, study.MergeOptions{})
	must(t, err)
	return c
}

// tree is every file below dir with its bytes.
func tree(t testing.TB, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	must(t, filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		rel, _ := filepath.Rel(dir, path)
		files[filepath.ToSlash(rel)] = string(b)
		return err
	}))
	return files
}

// same fails unless two folders hold the same bytes.
func same(t *testing.T, a, b string) {
	t.Helper()
	one, two := tree(t, a), tree(t, b)
	for name, text := range one {
		if other, ok := two[name]; !ok {
			t.Errorf("%s is missing", name)
		} else if other != text {
			t.Errorf("%s differs", name)
		}
	}
	for name := range two {
		if _, ok := one[name]; !ok {
			t.Errorf("%s is left over", name)
		}
	}
}

// readCSV reads a table as maps by column.
func readCSV(t *testing.T, path string) []map[string]string {
	t.Helper()
	b, err := os.ReadFile(path)
	must(t, err)
	lines, err := csv.NewReader(bytes.NewReader(b)).ReadAll()
	must(t, err)
	var rows []map[string]string
	for _, cells := range lines[1:] {
		row := map[string]string{}
		for i, name := range lines[0] {
			row[name] = cells[i]
		}
		rows = append(rows, row)
	}
	return rows
}

// mixed writes a study of good, broken, duplicate, misdated, non-image, unreadable and
// linked files.
func mixed(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	good, bad := filepath.Join(dir, "P001", "cheek"), filepath.Join(dir, "P002")
	course(t, good)
	course(t, bad, "2026-01-11.jpg")
	files, err := small()
	must(t, err)
	write := func(name string, b []byte) { must(t, os.WriteFile(filepath.Join(dir, name), b, 0o600)) }
	write("P002/2026-01-11.jpg", files["2026-01-11.jpg"][:2000]) // broken
	write("P002/2026-02-21.jpg", files["2026-01-14.jpg"])        // another visit's bytes
	write("P002/notes.txt", []byte("met at noon"))               // no image
	write("P002/2026-01-15.jpg", []byte("no picture"))           // no picture inside
	write("P002/archive.zip", []byte("PK"))                      // archive
	must(t, os.Symlink("/etc/hostname", filepath.Join(bad, "2026-03-01.jpg")))
	must(t, os.Symlink(good, filepath.Join(dir, "linked")))
	must(t, os.MkdirAll(filepath.Join(dir, "P003"), 0o700))
	write("P003/2026-01-10.jpg", []byte("nothing can be measured here"))
	must(t, os.MkdirAll(filepath.Join(dir, "P004"), 0o700))
	write("P004/series.yaml", []byte("subjekt: P004\n"))
	write("P004/2026-01-10.jpg", files["2026-01-10.jpg"])
	return dir
}

func TestAMixedStudyGivesEveryFileAFate(t *testing.T) {
	dir, out := mixed(t), filepath.Join(t.TempDir(), "out")
	c := runAll(t, dir, out)
	if c.Series != 4 || c.Failed != 2 || c.Used >= c.Photos {
		t.Errorf("counts = %+v", c)
	}
	fates := map[string]map[string]string{}
	for _, row := range readCSV(t, filepath.Join(out, "fates.csv")) {
		fates[row["file"]] = row
		if row["fate"] != "used" && row["fate"] != "manifest" && (row["code"] == "" || row["reason"] == "") {
			t.Errorf("%s: fate %q without a reason", row["file"], row["fate"])
		}
	}
	must(t, filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			rel, _ := filepath.Rel(dir, path)
			if fates[filepath.ToSlash(rel)] == nil {
				t.Errorf("%s has no fate", rel)
			}
		}
		return err
	}))
	for file, want := range map[string]string{
		"P001/cheek/2026-01-10.jpg": "used", "P002/2026-01-10.jpg": "used", "P002/2026-01-11.jpg": "refused",
		"P002/2026-01-15.jpg": "refused", "P002/2026-02-21.jpg": "used", "P002/notes.txt": "ignored", "P002/archive.zip": "refused",
		"P002/2026-03-01.jpg": "refused", "linked": "refused", "P003/2026-01-10.jpg": "refused", "P004/2026-01-10.jpg": "refused",
		"P004/series.yaml": "manifest",
	} {
		if got := fates[file]["fate"]; got != want {
			t.Errorf("%s: fate %q (%s), want %q", file, got, fates[file]["reason"], want)
		}
	}
	if got := fates["P002/2026-02-21.jpg"]["same_file_as"]; got != "P002/2026-01-14.jpg" {
		t.Error("a photo with another visit's bytes is not told")
	}
	if got := fates["P002/2026-01-10.jpg"]["same_file_as"]; got != "P001/cheek/2026-01-10.jpg" {
		t.Errorf("same_file_as across series = %q", got)
	}
	var visits []string
	for _, row := range readCSV(t, filepath.Join(out, "completeness.csv")) {
		visits = append(visits, row["series"]+" "+row["planned"]+" "+row["status"]+" "+row["reason"])
	}
	for _, want := range []string{"P002 2026-01-11 refused", "P002 2026-02-21 used ", "P003 2026-01-10 refused series_failed", "P004  refused series_failed"} {
		if !slices.ContainsFunc(visits, func(row string) bool { return strings.HasPrefix(row, want) }) {
			t.Errorf("completeness.csv has no %q:\n%s", want, strings.Join(visits, "\n"))
		}
	}
	checkTables(t, out)
	accepts(t, out)
	loads(t, out)
}

// checkTables holds the tables against the records.
func checkTables(t *testing.T, out string) {
	t.Helper()
	rows := readCSV(t, filepath.Join(out, "study.csv"))
	found := map[string]string{}
	for _, r := range rows {
		found[strings.Join([]string{r["series"], r["visit"], r["roi"], r["measure"], r["contrast"]}, "|")] = r["change"]
	}
	for m, err := range study.Records(out) {
		must(t, err)
		id := strings.ReplaceAll(strings.TrimPrefix(m.Folder, "series/"), "__", "/")
		for _, c := range m.Record.Changes {
			if c.Against != "baseline" {
				continue
			}
			key := strings.Join([]string{id, c.Visit, c.ROI, c.Measure, c.Contrast}, "|")
			if got, ok := found[key]; !ok || got != c.Change.String() {
				t.Fatalf("%s: change %q in the table, %q in the record", key, got, c.Change)
			}
		}
	}
	var p study.Provenance
	b, err := os.ReadFile(filepath.Join(out, "study.json"))
	must(t, err)
	must(t, json.Unmarshal(b, &p))
	if len(p.Tables) < 9 || p.Schema != study.StudySchema {
		t.Errorf("study.json = %+v", p)
	}
	described := map[string]bool{}
	for _, row := range readCSV(t, filepath.Join(out, "dictionary.csv")) {
		described[row["table"]+" "+row["name"]] = row["meaning"] != ""
	}
	for _, name := range []string{"study.csv", "fates.csv", "completeness.csv"} {
		for column := range readCSV(t, filepath.Join(out, name))[0] {
			if !described[name+" "+column] {
				t.Errorf("dictionary.csv does not describe %s of %s", column, name)
			}
		}
	}
	page, err := os.ReadFile(filepath.Join(out, "index.html"))
	must(t, err)
	for _, want := range []string{`<a href="series/P002/report.html">P002</a>`, `data-state="failed"`, "data-refused", "<polyline", "no detectable change"} {
		if !strings.Contains(string(page), want) {
			t.Errorf("index.html lacks %s", want)
		}
	}
}

func TestResultsDoNotDependOnHowTheyWereMade(t *testing.T) {
	dir := t.TempDir()
	course(t, filepath.Join(dir, "a"), "2026-01-10_2.jpg", "2026-01-14.jpg")
	course(t, filepath.Join(dir, "b"), "2026-01-10_2.jpg", "2026-01-11.jpg")
	course(t, filepath.Join(dir, "c"), "2026-01-14.jpg", "2026-01-11.jpg")
	whole := filepath.Join(t.TempDir(), "whole")
	runAll(t, dir, whole)

	sharded := filepath.Join(t.TempDir(), "sharded")
	for _, i := range []int{2, 1, 3} {
		_, err := study.Run(context.Background(), study.Options{Study: dir, Out: sharded, Workers: 1, Memory: 0.001, Shard: study.Shard{Index: i, Count: 3}}) // less than one photo takes
		must(t, err)
		_, err = study.Merge(sharded, study.MergeOptions{})
		must(t, err)
	}
	same(t, whole, sharded)

	again, err := study.Run(context.Background(), study.Options{Study: dir, Out: whole})
	must(t, err)
	if again.Kept != 3 {
		t.Errorf("kept %d of 3 finished series", again.Kept)
	}
	files, _ := small()
	must(t, os.WriteFile(filepath.Join(dir, "c", "2026-01-14.jpg"), files["2026-01-14.jpg"], 0o600))
	again, err = study.Run(context.Background(), study.Options{Study: dir, Out: whole})
	must(t, err)
	if again.Kept != 2 {
		t.Errorf("kept %d series, of which one of 3 has a new photo", again.Kept)
	}
}

// accepts fails unless the schema that ships in the program accepts every record.
func accepts(t *testing.T, out string) {
	t.Helper()
	text, err := table.Schema()
	must(t, err)
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	must(t, err)
	c := jsonschema.NewCompiler()
	must(t, c.AddResource("record.json", doc))
	schema, err := c.Compile("record.json")
	must(t, err)
	names, err := filepath.Glob(filepath.Join(out, "series", "*", "results.json"))
	must(t, err)
	for _, name := range names {
		f, err := os.Open(name)
		must(t, err)
		record, err := jsonschema.UnmarshalJSON(f)
		must(t, errors.Join(err, f.Close()))
		if err := schema.Validate(record); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if len(names) == 0 {
		t.Error("no record was validated")
	}
}

func TestAnArchiveGivesTheSameBytesAsItsFolder(t *testing.T) {
	dir := t.TempDir()
	course(t, filepath.Join(dir, "a"), "2026-01-10_2.jpg", "2026-01-14.jpg")
	packed := filepath.Join(t.TempDir(), "study.zip")
	f, err := os.Create(packed)
	must(t, err)
	z := zip.NewWriter(f)
	must(t, z.AddFS(os.DirFS(dir)))
	must(t, errors.Join(z.Close(), f.Close()))
	plain, unpacked := filepath.Join(t.TempDir(), "a"), filepath.Join(t.TempDir(), "b")
	runAll(t, dir, plain)
	runAll(t, packed, unpacked)
	same(t, plain, unpacked)
}

func TestCheckSaysWhatABatchWouldDo(t *testing.T) {
	f, err := study.Check(context.Background(), study.Options{Study: mixed(t)})
	must(t, err)
	var got []string
	for _, s := range f.Series {
		got = append(got, s.Series+" "+s.Verdict)
	}
	if want := "P001/cheek ok, P002 doubtful, P003 unusable, P004 unusable"; strings.Join(got, ", ") != want {
		t.Errorf("forecast = %s, want %s", strings.Join(got, ", "), want)
	}
	if !slices.ContainsFunc(f.Series[1].Refused, func(o source.Other) bool {
		return o.File == "P002/2026-01-11.jpg" && o.Text == "JPEG: is cut short"
	}) {
		t.Errorf("a photo that is cut short is no refusal: %+v", f.Series[1].Refused)
	}
}

// Photos that vanish while a study is run are a refusal of their series, not the end.
func TestPhotosThatVanishEndNothing(t *testing.T) {
	dir, out := t.TempDir(), filepath.Join(t.TempDir(), "out")
	for _, name := range []string{"a", "b", "c", "d"} {
		must(t, os.Mkdir(filepath.Join(dir, name), 0o700))
		must(t, os.WriteFile(filepath.Join(dir, name, "2026-01-10.jpg"), []byte("no picture "+name), 0o600))
	}
	vanish := func(p study.Progress) {
		if p.Series == "a" {
			must(t, os.RemoveAll(filepath.Join(dir, "b")))
			must(t, os.Remove(filepath.Join(dir, "c", "2026-01-10.jpg")))
		}
	}
	sum, err := study.Run(context.Background(), study.Options{Study: dir, Out: out, Workers: 1, Progress: vanish})
	if err != nil || sum.Series != 4 || sum.Failed != 4 {
		t.Errorf("%+v, %v", sum, err)
	}
	_, err = study.Merge(out, study.MergeOptions{})
	must(t, err)
	for _, row := range readCSV(t, filepath.Join(out, "fates.csv")) {
		if row["fate"] != "refused" || row["reason"] == "" {
			t.Errorf("fate: %v", row)
		}
		if gone := row["series"] == "b" || row["series"] == "c"; gone != (row["sha256"] == "") {
			t.Errorf("%s: hash %q", row["series"], row["sha256"])
		}
	}
}
