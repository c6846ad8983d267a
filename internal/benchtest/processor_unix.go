//go:build unix

package benchtest

import (
	"syscall"
	"testing"
	"time"
)

// ProcessorTime is what all cores have spent on this process so far, in its own code and in
// the system's.
func ProcessorTime(b *testing.B) time.Duration {
	b.Helper()
	var r syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &r); err != nil {
		b.Fatal(err)
	}
	return time.Duration(r.Utime.Nano() + r.Stime.Nano())
}
