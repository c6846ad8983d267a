//go:build unix

package main

import (
	"bytes"
	"image/jpeg"
	"os"
	"path/filepath"
	"testing"
	"time"

	"dermtrace/internal/benchtest"
	"dermtrace/internal/phantom"
)

// twelveMegapixels writes a series of one visit of two photos of 12 megapixels.
func twelveMegapixels(b *testing.B) (dir, file string) {
	b.Helper()
	script, err := phantom.Scenario("acne-scar course")
	if err != nil {
		b.Fatal(err)
	}
	script.Visits = script.Visits[:1]
	dir = b.TempDir()
	if err := phantom.Write(b.Context(), dir, script.Scaled(2), phantom.Options{}); err != nil {
		b.Fatal(err)
	}
	return dir, filepath.Join(dir, "2026-01-10_2.jpg")
}

// BenchmarkCheck12MP prints how much processor time a photo takes to be judged, file to
// findings, in decodings of its JPEG.
func BenchmarkCheck12MP(b *testing.B) {
	_, file := twelveMegapixels(b)
	data, err := os.ReadFile(file)
	if err != nil {
		b.Fatal(err)
	}
	var decoding, checking time.Duration
	b.ReportAllocs()
	for b.Loop() {
		start := benchtest.ProcessorTime(b)
		if _, err := jpeg.Decode(bytes.NewReader(data)); err != nil {
			b.Fatal(err)
		}
		decoded := benchtest.ProcessorTime(b)
		p, err := openSource(b.Context(), file, 0)
		if err != nil {
			b.Fatal(err)
		}
		checkOne(p, nil)
		decoding, checking = decoding+decoded-start, checking+benchtest.ProcessorTime(b)-decoded
	}
	b.ReportMetric(checking.Seconds()/decoding.Seconds(), "decodings")
}

// BenchmarkCheckSeries12MP is the whole of check PHOTO --series DIR.
func BenchmarkCheckSeries12MP(b *testing.B) {
	dir, file := twelveMegapixels(b)
	b.ReportAllocs()
	var used time.Duration
	for b.Loop() {
		start := benchtest.ProcessorTime(b)
		camera, err := (&terminal{err: b.Output()}).openSeries(b.Context(), dir, 0)
		if err != nil {
			b.Fatal(err)
		}
		p, err := openSource(b.Context(), file, 0)
		if err != nil {
			b.Fatal(err)
		}
		checkOne(p, camera)
		used += benchtest.ProcessorTime(b) - start
	}
	b.ReportMetric(used.Seconds()/float64(b.N), "cpu-s/op")
}
