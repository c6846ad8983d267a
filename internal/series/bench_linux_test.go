package series

import (
	"os"
	"regexp"
	"runtime/debug"
	"strconv"
	"testing"
	"time"

	"dermtrace/internal/benchtest"
)

// BenchmarkProcessor12MP is BenchmarkSeries12MP in processor time, which depends little
// on what else the machine does.
func BenchmarkProcessor12MP(b *testing.B) {
	compareWithDecoding(b, func() time.Duration { return benchtest.ProcessorTime(b) })
}

// BenchmarkPeakMemory12MP prints the most memory that a course of six photos of 12
// megapixels held at once, of the largest round.
func BenchmarkPeakMemory12MP(b *testing.B) {
	files := bigCourse(b)
	most := 0.0
	for b.Loop() {
		debug.FreeOSMemory() // what made the photos is no part of it
		if err := os.WriteFile("/proc/self/clear_refs", []byte("5"), 0); err != nil {
			b.Skip("SKIPPED: the peak of memory cannot be reset: ", err)
		}
		wholeCourse(b, files)
		most = max(most, peakMiB(b))
	}
	b.ReportMetric(most, "MiB-peak")
}

var peak = regexp.MustCompile(`VmHWM:\s+(\d+) kB`)

func peakMiB(b *testing.B) float64 {
	b.Helper()
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		b.Fatal(err)
	}
	m := peak.FindSubmatch(status)
	if m == nil {
		b.Fatalf("no peak in\n%s", status)
	}
	kB, err := strconv.Atoi(string(m[1]))
	if err != nil {
		b.Fatal(err)
	}
	return float64(kB) / 1024
}
