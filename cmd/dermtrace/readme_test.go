package main

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"

	"dermtrace/internal/validate"
)

var update = flag.Bool("update", false, "write the README's generated parts")

const readme = "../../README.md"

// section is the text between <!-- name --> and <!-- /name --> in the README.
func section(t *testing.T, text, name string) (start, end int) {
	t.Helper()
	open, shut := fmt.Sprintf("<!-- %s -->\n", name), fmt.Sprintf("<!-- /%s -->", name)
	start, end = strings.Index(text, open)+len(open), strings.Index(text, shut)
	if start < len(open) || end < start {
		t.Fatalf("the README has no section %q", name)
	}
	return start, end
}

// holds compares a generated part of the README with what the program says now.
func holds(t *testing.T, name, want string) {
	t.Helper()
	b, err := os.ReadFile(readme)
	if err != nil {
		t.Fatal(err)
	}
	text := string(b)
	start, end := section(t, text, name)
	if text[start:end] == want {
		return
	}
	if !*update {
		t.Errorf("the README's %s is not what the program says; run: go test ./cmd/dermtrace -run TestREADME -update\n--- README\n%s--- program\n%s", name, text[start:end], want)
		return
	}
	if err := os.WriteFile(readme, []byte(text[:start]+want+text[end:]), 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestREADMEListsTheIndices(t *testing.T) {
	var out bytes.Buffer
	if err := indicesMarkdown(&out); err != nil {
		t.Fatal(err)
	}
	holds(t, "indices", out.String())
}

// The table of accuracy is that of the last full battery, kept as its figures.
func TestREADMEShowsTheAccuracy(t *testing.T) {
	b, err := os.ReadFile("../../internal/validate/testdata/full.json")
	if err != nil {
		t.Fatal(err)
	}
	var rep validate.Report
	if err := json.Unmarshal(b, &rep); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	rep.Markdown(&out)
	holds(t, "accuracy", out.String())
}

func TestREADMEShowsTheDemo(t *testing.T) {
	if testing.Short() {
		t.Skip("SKIPPED: -short; the demo takes half a minute")
	}
	dir := t.TempDir()
	home, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(dir)
	var stdout, stderr bytes.Buffer
	if code := run(context.Background(), []string{"demo", "-o", "reports/demo"}, &stdout, &stderr); code != exitOK {
		t.Fatalf("demo: status %d\n%s", code, &stderr)
	}
	t.Chdir(home)
	holds(t, "demo", "```\n$ make demo\n"+stdout.String()+"```\n")
}

func TestREADMEKnowsEveryCommand(t *testing.T) {
	b, err := os.ReadFile(readme)
	if err != nil {
		t.Fatal(err)
	}
	root := newRoot(&terminal{out: &bytes.Buffer{}, err: &bytes.Buffer{}})
	named := map[string]bool{"version": true} // too plain for the table
	for _, row := range regexp.MustCompile("(?m)^\\| (`[^|]*)\\|").FindAllStringSubmatch(string(b), -1) {
		for _, m := range regexp.MustCompile("`([a-z]+)").FindAllStringSubmatch(row[1], -1) {
			named[m[1]] = true
		}
	}
	for _, c := range root.Commands() {
		if !named[c.Name()] && c.Name() != "help" && c.Name() != "completion" {
			t.Errorf("the README's table of commands has no %q", c.Name())
		}
	}
}

func TestCHANGELOGHasThisVersion(t *testing.T) {
	b, err := os.ReadFile("../../CHANGELOG.md")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(b), "## "+version) {
		t.Errorf("CHANGELOG.md has no entry for %s", version)
	}
}
