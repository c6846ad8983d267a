package study_test

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"dermtrace/internal/phantom"
	"dermtrace/internal/study"
)

var long = flag.Bool("long", false, "run the tests that take minutes")

// tiny is a simulated course of six visits, one photo each, in the smallest photos that
// are still aligned and measured: 200×150 pixels.
func tiny(t *testing.T) map[string][]byte {
	t.Helper()
	script, err := phantom.Scenario("acne-scar course")
	must(t, err)
	dir := t.TempDir()
	must(t, phantom.Write(context.Background(), dir, script.Scaled(0.1), phantom.Options{}))
	files := map[string][]byte{}
	for _, name := range []string{"series.yaml", "2026-01-10.jpg", "2026-01-11.jpg", "2026-01-14.jpg", "2026-02-21.jpg", "2026-04-04.jpg", "2026-07-11.jpg"} {
		files[name], err = os.ReadFile(filepath.Join(dir, name))
		must(t, err)
	}
	files["series.yaml"], _, _ = bytes.Cut(files["series.yaml"], []byte("visits:")) // visits follow from the names
	return files
}

// thousands writes n series, no two photos of which have the same bytes.
func thousands(t *testing.T, n int) (dir string) {
	t.Helper()
	dir = t.TempDir()
	files := tiny(t)
	for i := range n {
		one := filepath.Join(dir, fmt.Sprintf("S%04d", i))
		must(t, os.Mkdir(one, 0o700))
		for name, b := range files {
			if strings.HasSuffix(name, ".jpg") { // a comment after the marker that begins the file
				b = append([]byte{0xff, 0xd8, 0xff, 0xfe, 0, 6, byte(i >> 24), byte(i >> 16), byte(i >> 8), byte(i)}, b[2:]...)
			} else {
				b = bytes.Replace(b, []byte("subject: phantom-acne"), fmt.Appendf(nil, "subject: S%04d", i), 1)
			}
			must(t, os.WriteFile(filepath.Join(one, name), b, 0o600))
		}
	}
	return dir
}

// load is what a study took: processor time does not depend on what else the machine does.
type load struct {
	perSeries float64 // seconds of processor time
	peak      float64 // MiB of memory at most
}

// measure runs a study in a process of its own.
func measure(t *testing.T, dir, out string, n int) load {
	t.Helper()
	cmd := batch(dir, out)
	if b, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%d series: %v\n%s", n, err, b)
	}
	p := cmd.ProcessState
	return load{(p.UserTime() + p.SystemTime()).Seconds() / float64(n), float64(p.SysUsage().(*syscall.Rusage).Maxrss) / 1024}
}

// A thousand series of six visits run to the end, each at the cost of one of a hundred and
// in the memory of a hundred; a second run keeps them all.
func TestAThousandSeriesCostNoMoreEach(t *testing.T) {
	if !*long {
		t.Skip("SKIPPED: 1,110 series take ten minutes of two cores; run with -long")
	}
	got := map[int]load{}
	for _, n := range []int{10, 100, 1000} {
		dir, out := thousands(t, n), filepath.Join(t.TempDir(), "out")
		got[n] = measure(t, dir, out, n)
		t.Logf("%4d series × 6 visits: %.3f s of processor time per series, %.0f MiB at most", n, got[n].perSeries, got[n].peak)
		var p study.Provenance
		b, err := os.ReadFile(filepath.Join(out, "study.json"))
		must(t, err)
		must(t, json.Unmarshal(b, &p))
		if c := p.Counts; c.Series != n || c.Failed != 0 || c.Used != 6*n || c.Photos != 6*n {
			t.Errorf("%d series: %+v", n, c)
		}
		again := measure(t, dir, out, n)
		t.Logf("%4d series, all kept: %.4f s per series, %.0f MiB", n, again.perSeries, again.peak)
		if !(again.perSeries < got[n].perSeries/5) {
			t.Errorf("%d series: a second run costs %.3f s each: they are not kept", n, again.perSeries)
		}
	}
	// Processor time of the same work differs by some tenths with what else a machine does.
	if !(got[1000].perSeries <= 1.2*got[100].perSeries && got[1000].perSeries <= 1.2*got[10].perSeries) {
		t.Errorf("cost per series rises: %+v", got)
	}
	if !(got[1000].peak <= 1.25*got[100].peak) {
		t.Errorf("memory rises with the study: %+v", got)
	}
}
