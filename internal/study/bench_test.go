package study_test

import (
	"context"
	"fmt"
	"path/filepath"
	"runtime"
	"testing"

	"dermtrace/internal/study"
)

// many writes n series of two small photos each.
func many(b *testing.B, n int) string {
	b.Helper()
	dir := b.TempDir()
	for i := range n {
		course(b, filepath.Join(dir, fmt.Sprintf("s%04d", i)), "2026-01-10_2.jpg", "2026-01-14.jpg")
	}
	return dir
}

// BenchmarkCores compares one core with two: the second is to give at least 1.8 times.
func BenchmarkCores(b *testing.B) {
	dir := many(b, 12)
	for _, cores := range []int{1, 2} {
		b.Run(fmt.Sprintf("cores=%d", cores), func(b *testing.B) {
			defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(cores))
			for b.Loop() {
				_, err := study.Run(context.Background(), study.Options{Study: dir, Out: filepath.Join(b.TempDir(), "out"), Workers: cores})
				must(b, err)
			}
		})
	}
}
