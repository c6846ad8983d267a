package series

import (
	"bytes"
	"context"
	"errors"
	"image/jpeg"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"testing/fstest"
	"time"

	"golang.org/x/sync/errgroup"

	"dermtrace/internal/outcome"
	"dermtrace/internal/phantom"
	"dermtrace/internal/report"
	"dermtrace/internal/stats"
)

// bigCourse is a simulated course of six photos of 12 megapixels.
func bigCourse(b *testing.B) fstest.MapFS {
	b.Helper()
	script, err := phantom.Scenario("acne-scar course")
	if err != nil {
		b.Fatal(err)
	}
	script.Visits = script.Visits[:5]
	dir := b.TempDir()
	if err := phantom.Write(context.Background(), dir, script.Scaled(2), phantom.Options{}); err != nil {
		b.Fatal(err)
	}
	files := fstest.MapFS{}
	names, _ := filepath.Glob(filepath.Join(dir, "*"))
	for _, name := range names {
		data, err := os.ReadFile(name)
		if err != nil {
			b.Fatal(err)
		}
		files[filepath.Base(name)] = &fstest.MapFile{Data: data}
	}
	return files
}

// BenchmarkSeries12MP measures a course of six photos of 12 megapixels with all its
// pictures and its report, and prints how many times the decoding of its JPEGs, on as many
// cores, that takes.
func BenchmarkSeries12MP(b *testing.B) {
	started := time.Now()
	compareWithDecoding(b, func() time.Duration { return time.Since(started) })
}

// rounds is how many times a course is analysed, each time between two decodings.
const rounds = 5

// compareWithDecoding prints the medians of what a course and the decoding of its JPEGs take
// by a clock, and their ratio. Both are measured by turns, as a machine may slow down.
func compareWithDecoding(b *testing.B, clock func() time.Duration) {
	files := bigCourse(b)
	photos, err := fs.Glob(files, "*.jpg")
	if err != nil || len(photos) != 6 {
		b.Fatal(err, photos)
	}
	took := func(do func()) float64 {
		runtime.GC() // nobody pays for what another left behind
		start := clock()
		do()
		return (clock() - start).Seconds()
	}
	decode := func() { decodeAll(b, files, photos) }
	var decoding, series []float64
	for b.Loop() {
		decoding = append(decoding, took(decode))
		for range rounds {
			series = append(series, took(func() { wholeCourse(b, files) }))
			decoding = append(decoding, took(decode))
		}
	}
	b.ReportMetric(0, "ns/op") // an operation is many
	b.ReportMetric(stats.Median(decoding), "s/decoding")
	b.ReportMetric(stats.Median(series), "s/series")
	b.ReportMetric(stats.Median(series)/stats.Median(decoding), "decodings")
}

// wholeCourse makes all that the tool makes of a course.
func wholeCourse(b *testing.B, files fs.FS) {
	res, err := Analyze(context.Background(), files, Options{})
	if err != nil {
		b.Fatal(err)
	}
	pictures := fstest.MapFS{}
	for _, p := range res.Pictures {
		pictures[p.Name] = &fstest.MapFile{Data: p.Bytes}
	}
	err = errors.Join(report.MeasurementsCSV(io.Discard, res.Record), outcome.Write(io.Discard, res.Record),
		report.HTML(io.Discard, res.Record, pictures, report.Options{}))
	if err != nil {
		b.Fatal(err)
	}
}

// BenchmarkTwoCores12MP prints how many times faster two cores are than one within one
// series. On a machine that is busy otherwise the figure says nothing.
func BenchmarkTwoCores12MP(b *testing.B) {
	files := bigCourse(b)
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	var took [2]time.Duration
	for b.Loop() {
		for i := range took {
			runtime.GOMAXPROCS(i + 1)
			start := time.Now()
			wholeCourse(b, files)
			took[i] += time.Since(start)
		}
	}
	b.ReportMetric(took[0].Seconds()/took[1].Seconds(), "times-one-core")
}

// decodeAll decodes photos on all cores, by the decoder that photo calls and with nothing else
// that opening a photo takes.
func decodeAll(b *testing.B, files fstest.MapFS, photos []string) {
	var group errgroup.Group
	group.SetLimit(runtime.GOMAXPROCS(0))
	for _, name := range photos {
		group.Go(func() error {
			_, err := jpeg.Decode(bytes.NewReader(files[name].Data))
			return err
		})
	}
	if err := group.Wait(); err != nil {
		b.Fatal(err)
	}
}
