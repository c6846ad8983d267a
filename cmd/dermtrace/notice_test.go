package main

import (
	"fmt"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const (
	noticeFile = "../../NOTICE"
	// noticeMark ends the part of NOTICE that people write.
	noticeMark = "The licences of these modules, as their authors wrote them, follow.\n"
)

// TestNOTICE holds the licences in NOTICE against the modules that the program links on
// any system it is released for; -update writes them.
func TestNOTICE(t *testing.T) {
	b, err := os.ReadFile(noticeFile)
	if err != nil {
		t.Fatal(err)
	}
	head, _, found := strings.Cut(string(b), noticeMark)
	if !found {
		t.Fatalf("NOTICE lost its line %q", noticeMark)
	}
	var text strings.Builder
	text.WriteString(head + noticeMark)
	for _, m := range linkedModules(t) {
		fmt.Fprintf(&text, "\n%s\n%s\n%s\n", strings.Repeat("=", 80), m.path, strings.Repeat("=", 80))
		for _, file := range licenceFiles(t, m) {
			licence, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			fmt.Fprintf(&text, "\n%s\n", strings.TrimSpace(strings.ReplaceAll(string(licence), "\r\n", "\n")))
		}
		if !strings.Contains(head, path.Base(strings.TrimSuffix(strings.TrimSuffix(m.path, "/v3"), "/v4"))) {
			t.Errorf("the list at the head of NOTICE does not name %s", m.path)
		}
	}
	if text.String() == string(b) {
		return
	}
	if !*update {
		t.Fatal("NOTICE is not what its modules' licences say; run 'make notice'")
	}
	if err := os.WriteFile(noticeFile, []byte(text.String()), 0o644); err != nil {
		t.Fatal(err)
	}
}

type linkedModule struct{ path, dir string }

// linkedModules are the modules of which code ends up in a released program.
func linkedModules(t *testing.T) []linkedModule {
	t.Helper()
	var list []linkedModule
	for _, system := range []string{"linux", "darwin", "windows"} {
		cmd := exec.Command("go", "list", "-deps", "-f", "{{with .Module}}{{if not .Main}}{{.Path}}\t{{.Dir}}{{end}}{{end}}", ".")
		cmd.Env = append(os.Environ(), "GOOS="+system, "CGO_ENABLED=0")
		cmd.Stderr = os.Stderr
		out, err := cmd.Output()
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(out)) {
			if path, dir, ok := strings.Cut(strings.TrimSpace(line), "\t"); ok {
				list = append(list, linkedModule{path, dir})
			}
		}
	}
	slices.SortFunc(list, func(a, b linkedModule) int { return strings.Compare(a.path, b.path) })
	return slices.Compact(list)
}

// licenceFiles are the files at the root of a module that hold its terms.
func licenceFiles(t *testing.T, m linkedModule) []string {
	t.Helper()
	entries, err := os.ReadDir(m.dir)
	if err != nil {
		t.Fatal(err)
	}
	var files []string
	for _, e := range entries {
		name := strings.ToUpper(e.Name())
		if !e.IsDir() && (strings.HasPrefix(name, "LICENSE") || strings.HasPrefix(name, "COPYING") || strings.HasPrefix(name, "NOTICE")) {
			files = append(files, filepath.Join(m.dir, e.Name()))
		}
	}
	if len(files) == 0 {
		t.Fatalf("%s has no licence file", m.path)
	}
	return files
}
