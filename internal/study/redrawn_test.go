package study_test

import (
	"context"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"dermtrace/internal/study"
)

// Regions that are drawn in a file of their own are an input as the manifest is: drawn anew,
// their series is measured again; and the file is told as one that was read.
func TestRedrawnRegionsAreMeasuredAgain(t *testing.T) {
	if testing.Short() {
		t.Skip("SKIPPED: -short; three series take a while")
	}
	dir, out := t.TempDir(), filepath.Join(t.TempDir(), "out")
	at := filepath.Join(dir, "a")
	course(t, at, "2026-01-10_2.jpg", "2026-01-11.jpg")
	b, err := os.ReadFile(filepath.Join(at, "series.yaml"))
	must(t, err)
	head, rest, _ := strings.Cut(string(b), "rois:")
	drawn, rest, _ := strings.Cut(rest, "treatments:")
	draw := func(text string) {
		must(t, os.WriteFile(filepath.Join(at, "regions.yaml"), []byte(text), 0o600))
	}
	must(t, os.WriteFile(filepath.Join(at, "series.yaml"), []byte(head+"regions: regions.yaml\ntreatments:"+rest), 0o600))
	run := func() (kept, failed int) {
		sum, err := study.Run(context.Background(), study.Options{Study: dir, Out: out})
		must(t, err)
		return sum.Kept, sum.Failed
	}
	first := "rois:" + drawn
	smaller := regexp.MustCompile(`polygon: .*`).ReplaceAllString(first, "polygon: [[70, 70], [200, 70], [200, 300], [70, 300]]")
	smaller = strings.Replace(smaller, "[[70, 70], [200, 70], [200, 300], [70, 300]]", "[[220, 70], [300, 70], [300, 300], [220, 300]]", 1)
	for i, step := range []struct {
		text         string
		kept, failed int
	}{{first, 0, 0}, {first, 1, 0}, {smaller, 0, 0}, {"rois: [", 0, 1}, {"rois: {", 0, 1}, {smaller, 0, 0}} {
		draw(step.text)
		if kept, failed := run(); kept != step.kept || failed != step.failed {
			t.Errorf("run %d: %d kept and %d failed, want %d and %d", i, kept, failed, step.kept, step.failed)
		}
	}
	_, err = study.Merge(out, study.MergeOptions{})
	must(t, err)
	var fates []string
	for _, row := range readCSV(t, filepath.Join(out, "fates.csv")) {
		fates = append(fates, row["file"]+" "+row["fate"])
	}
	if got, want := strings.Join(fates, ", "), "a/2026-01-10.jpg used, a/2026-01-14.jpg used, a/series.yaml manifest, a/regions.yaml manifest"; got != want {
		t.Errorf("fates: %s, want %s", got, want)
	}
}
