package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

var long = flag.Bool("long", false, "run the tests that take minutes")

// machines are the processors that the same course is measured on: two generations of
// one family, which fuse multiplications with additions differently, and another family.
var machines = []struct {
	name string
	env  []string
	run  []string // before the program
}{
	{"amd64 v1", []string{"GOARCH=amd64", "GOAMD64=v1"}, nil},
	{"amd64 v3", []string{"GOARCH=amd64", "GOAMD64=v3"}, nil},
	{"arm64", []string{"GOARCH=arm64"}, []string{"qemu-aarch64-static"}},
}

// The same course gives the same statuses on every processor, and every number within
// 1e-6 of itself.
func TestTheSameOnEveryProcessor(t *testing.T) {
	if !*long {
		t.Skip("SKIPPED: three builds and an emulator take minutes; run with -long")
	}
	photos, dir := course(t), t.TempDir()
	var first any
	for _, m := range machines {
		if m.run != nil {
			if _, err := exec.LookPath(m.run[0]); err != nil {
				t.Errorf("%s is absent (Debian: qemu-user-static): %s is not tried", m.run[0], m.name)
				continue
			}
		}
		binary, out := filepath.Join(dir, strings.ReplaceAll(m.name, " ", "-")), filepath.Join(dir, "out "+m.name)
		build := exec.Command("go", "build", "-o", binary, ".")
		build.Env = append(append(os.Environ(), "CGO_ENABLED=0"), m.env...)
		if b, err := build.CombinedOutput(); err != nil {
			t.Fatalf("%s: %v\n%s", m.name, err, b)
		}
		line := slices.Concat(m.run, []string{binary, "analyze", photos, "-o", out})
		if b, err := exec.Command(line[0], line[1:]...).CombinedOutput(); err != nil {
			t.Fatalf("%s: %v\n%s", m.name, err, b)
		}
		record := readJSON(t, filepath.Join(out, "results.json"))
		if first == nil {
			first = record
			continue
		}
		worst := sameValue(t, m.name, "", first, record)
		t.Logf("%s against %s: worst relative difference %.2g", m.name, machines[0].name, worst)
	}
}

func readJSON(t *testing.T, path string) any {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var v any
	if err := json.Unmarshal(b, &v); err != nil {
		t.Fatal(err)
	}
	return v
}

// nearZero is below what any number of the record means (the smallest are the two terms
// of perspective, which move a corner of 12 megapixels by 0.04 px at that size): smaller
// ones are held to the same absolute difference.
const nearZero = 1e-5

// sameValue compares two records and returns the largest relative difference of numbers.
func sameValue(t *testing.T, machine, at string, a, b any) (worst float64) {
	t.Helper()
	switch x := a.(type) {
	case map[string]any:
		y, _ := b.(map[string]any)
		for name := range x {
			worst = max(worst, sameValue(t, machine, at+"."+name, x[name], y[name]))
		}
		return worst
	case []any:
		y, _ := b.([]any)
		if len(x) != len(y) {
			t.Errorf("%s: %s has %d entries, not %d", machine, at, len(y), len(x))
			return math.Inf(1)
		}
		for i := range x {
			worst = max(worst, sameValue(t, machine, fmt.Sprintf("%s[%d]", at, i), x[i], y[i]))
		}
		return worst
	case float64:
		y, ok := b.(float64)
		d := math.Abs(x-y) / max(math.Abs(x), math.Abs(y), nearZero)
		if !ok || !(d <= 1e-6) {
			t.Errorf("%s: %s is %v, not %v", machine, at, b, a)
		}
		return d
	}
	if a != b {
		t.Errorf("%s: %s is %v, not %v", machine, at, b, a)
	}
	return 0
}
