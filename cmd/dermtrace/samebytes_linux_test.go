package main

import (
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// twoSeries is a study of two short series.
func twoSeries(t *testing.T) string {
	t.Helper()
	dir, from := t.TempDir(), course(t)
	text, err := os.ReadFile(filepath.Join(from, "series.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	head, _, _ := strings.Cut(string(text), "visits:") // visits follow from the names
	for name, photos := range map[string][]string{"a": {"2026-01-10.jpg", "2026-01-14.jpg"}, "b": {"2026-01-10.jpg", "2026-01-10_2.jpg", "2026-01-11.jpg"}} {
		files := map[string][]byte{"series.yaml": []byte(head)}
		for _, p := range photos {
			if files[p], err = os.ReadFile(filepath.Join(from, p)); err != nil {
				t.Fatal(err)
			}
		}
		if err := os.Mkdir(filepath.Join(dir, name), 0o700); err != nil {
			t.Fatal(err)
		}
		for p, b := range files {
			if err := os.WriteFile(filepath.Join(dir, name, p), b, 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	return dir
}

// way is one way to run the same study.
type way struct {
	name  string
	cmd   *exec.Cmd
	cores int
}

// sameOutput runs a study in several ways and fails where a byte differs.
func sameOutput(t *testing.T, outs []string, ways []way) {
	t.Helper()
	var first map[string]string
	for i, w := range ways {
		w.cmd.Env = append(w.cmd.Environ(), fmt.Sprintf("GOMAXPROCS=%d", w.cores))
		if b, err := w.cmd.CombinedOutput(); err != nil {
			t.Fatalf("%s: %v\n%s", w.name, err, b)
		}
		files := contents(t, outs[i])
		if first == nil {
			first = files
		}
		if len(files) != len(first) || len(files) < 15 {
			t.Errorf("%s: %d files, not %d", w.name, len(files), len(first))
		}
		for name, text := range first {
			if files[name] != text {
				t.Errorf("%s: %s differs from that of %s", w.name, name, ways[0].name)
			}
		}
	}
}

// contents are the files below dir.
func contents(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		name, _ := filepath.Rel(dir, path)
		files[name] = string(b)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// Neither the number of cores nor that of series at once is in the results: records,
// pictures, reports, tables.
func TestTheSameBytesOnAnyNumberOfCores(t *testing.T) {
	if testing.Short() {
		t.Skip("SKIPPED: -short; a study is run three times")
	}
	dir := twoSeries(t)
	var outs []string
	var ways []way
	for _, c := range [][2]int{{1, 1}, {2, 16}, {4, 3}} {
		out := filepath.Join(t.TempDir(), "out")
		outs = append(outs, out)
		ways = append(ways, way{fmt.Sprintf("-j %d on %d cores", c[0], c[1]), program("", "batch", dir, "-o", out, "-j", fmt.Sprint(c[0])), c[1]})
	}
	sameOutput(t, outs, ways)
}

// The race detector's build, which schedules otherwise, gives the same bytes.
func TestTheSameBytesFromTheRaceBuild(t *testing.T) {
	if !*long {
		t.Skip("SKIPPED: the build with the race detector takes minutes; run with -long")
	}
	if _, err := exec.LookPath("gcc"); err != nil {
		t.Skip("SKIPPED: no gcc, which the race detector is linked with")
	}
	dir, bin := twoSeries(t), t.TempDir()
	var outs []string
	var ways []way
	for _, b := range []struct {
		name string
		env  string
		args []string
	}{{"plain", "CGO_ENABLED=0", nil}, {"race", "CGO_ENABLED=1", []string{"-race"}}} {
		path, out := filepath.Join(bin, b.name), filepath.Join(t.TempDir(), "out")
		build := exec.Command("go", append(append([]string{"build"}, b.args...), "-o", path, ".")...)
		build.Env = append(os.Environ(), b.env)
		if text, err := build.CombinedOutput(); err != nil {
			t.Fatalf("%s build: %v\n%s", b.name, err, text)
		}
		outs = append(outs, out)
		ways = append(ways, way{b.name + " build", exec.Command(path, "batch", dir, "-o", out), 2})
	}
	sameOutput(t, outs, ways)
}
