// Package internal_test holds the floor plan of the house: which package may know which.
package internal_test

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// floors is the plan. A package imports only packages of lower floors.
var floors = map[string]int{
	"raster": 1, "geom": 1, "stats": 1, "cie": 1, "outcome": 1, "folder": 1, "browsertest": 1, "benchtest": 1,
	"photo": 2, "manifest": 2, "filter": 2, "roi": 2, "optics": 2, "trend": 2, "report": 2,
	"chromo": 3, "align": 3, "calib": 3, "quality": 3, "phantom": 3, "render": 3, "regions": 3,
	"skin/erythema": 4, "skin/pigment": 4, "skin/texture": 4, "skin/hair": 4,
	"skin": 5, "series": 6, "study": 7, "validate": 7,
	"study/source": 6, "study/table": 6, "study/trial": 6,
}

// onlyIn names the one folder that may import a module.
var onlyIn = map[string]string{
	"github.com/disintegration/imaging": "internal/render",
	"github.com/spf13/cobra":            "cmd/dermtrace",
	"gonum.org/v1/plot":                 "internal/report",
}

func TestFloors(t *testing.T) {
	for _, f := range goFiles(t, ".") {
		pkg := filepath.ToSlash(filepath.Dir(f))
		if pkg == "." {
			continue
		}
		floor, known := floors[pkg]
		if !known {
			t.Errorf("%s: package %s has no floor: add it to the plan", f, pkg)
			continue
		}
		for _, imp := range imports(t, f) {
			other, ours := strings.CutPrefix(imp, "dermtrace/internal/")
			if ours && other != pkg && floors[other] >= floor {
				t.Errorf("%s on floor %d imports %s on floor %d", f, floor, other, floors[other])
			}
		}
	}
}

func TestModulesStayWhereTheyBelong(t *testing.T) {
	for _, f := range append(goFiles(t, "."), goFiles(t, "../cmd")...) {
		folder := filepath.ToSlash(filepath.Dir(filepath.Join("internal", f)))
		for _, imp := range imports(t, f) {
			for module, home := range onlyIn {
				if (imp == module || strings.HasPrefix(imp, module+"/")) && folder != home {
					t.Errorf("%s imports %s, which belongs in %s", f, imp, home)
				}
			}
		}
	}
}

func TestNoPackageReachesForTheNetwork(t *testing.T) {
	for _, f := range append(goFiles(t, "."), goFiles(t, "../cmd")...) {
		for _, imp := range imports(t, f) {
			if imp == "net" || imp == "net/http" || strings.HasPrefix(imp, "net/http/") {
				t.Errorf("%s imports %s: the program has no network access", f, imp)
			}
		}
	}
}

func TestEveryPackageSaysWhatItAnswers(t *testing.T) {
	said := map[string]bool{}
	for _, f := range goFiles(t, ".") {
		file, err := parser.ParseFile(token.NewFileSet(), f, nil, parser.ParseComments|parser.PackageClauseOnly)
		if err != nil {
			t.Fatal(err)
		}
		pkg := filepath.ToSlash(filepath.Dir(f))
		said[pkg] = said[pkg] || strings.HasPrefix(file.Doc.Text(), "Package ")
	}
	for pkg, ok := range said {
		if !ok {
			t.Errorf("package %s has no package comment", pkg)
		}
	}
}

// goFiles lists the sources below dir, tests and test data left out.
func goFiles(t *testing.T, dir string) []string {
	t.Helper()
	var files []string
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		switch {
		case os.IsNotExist(err):
			return nil
		case err != nil:
			return err
		case d.IsDir() && d.Name() == "testdata":
			return filepath.SkipDir
		case strings.HasSuffix(path, ".go") && !strings.HasSuffix(path, "_test.go"):
			files = append(files, path)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func imports(t *testing.T, file string) []string {
	t.Helper()
	parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly)
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	for _, s := range parsed.Imports {
		path, err := strconv.Unquote(s.Path.Value)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, path)
	}
	return list
}
