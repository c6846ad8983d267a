package series

import (
	"bytes"
	"context"
	"image/jpeg"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"testing/fstest"
	"time"

	"golang.org/x/sync/errgroup"

	"dermtrace/internal/phantom"
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
// pictures, and prints how many times the decoding of its JPEGs, two at once, that takes.
func BenchmarkSeries12MP(b *testing.B) {
	files := bigCourse(b)
	photos, err := fs.Glob(files, "*.jpg")
	if err != nil || len(photos) != 6 {
		b.Fatal(err, photos)
	}
	var decoding time.Duration
	b.ReportAllocs()
	for b.Loop() {
		b.StopTimer()
		decoding += decodeAll(b, files, photos)
		b.StartTimer()
		if _, err := Analyze(context.Background(), files, Options{}); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(b.Elapsed().Seconds()/decoding.Seconds(), "decodings")
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
			if _, err := Analyze(context.Background(), files, Options{}); err != nil {
				b.Fatal(err)
			}
			took[i] += time.Since(start)
		}
	}
	b.ReportMetric(took[0].Seconds()/took[1].Seconds(), "times-one-core")
}

func decodeAll(b *testing.B, files fstest.MapFS, photos []string) time.Duration {
	start := time.Now()
	var group errgroup.Group
	group.SetLimit(2)
	for _, name := range photos {
		group.Go(func() error {
			_, err := jpeg.Decode(bytes.NewReader(files[name].Data))
			return err
		})
	}
	if err := group.Wait(); err != nil {
		b.Fatal(err)
	}
	return time.Since(start)
}
