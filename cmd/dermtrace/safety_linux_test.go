package main

import (
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// No verb opens a socket, name look-ups included: the kernel would kill it. That it
// does is proved by a program that tries.
func TestNoSocketIsOpened(t *testing.T) {
	err := program(probe).Run()
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.Sys().(syscall.WaitStatus).Signal() != syscall.SIGSYS {
		t.Fatalf("a program that opens a socket ended with %v: the guard does not hold", err)
	}
	walk(t, noSockets, course(t), t.TempDir())
}

// A full disk is an error that says so, with no half-written result.
func TestFullDisk(t *testing.T) {
	out := filepath.Join(t.TempDir(), "out")
	b, err := program(smallFiles, "analyze", course(t), "-o", out).CombinedOutput()
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.ExitCode() != exitFailed || !strings.Contains(string(b), "file too large") {
		t.Errorf("status %v, said %q", err, b)
	}
	if _, err := os.Lstat(out); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the folder of the results was left behind: %v", err)
	}
}

// A folder that cannot be written is said so before anything is measured.
func TestReadOnlyTarget(t *testing.T) {
	if os.Geteuid() == 0 {
		t.Log("as root every folder can be written: tried on a folder of the kernel's")
	}
	b, err := program("", "analyze", course(t), "-o", "/proc/dermtrace-out").CombinedOutput()
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.ExitCode() != exitFailed || !strings.Contains(string(b), "/proc/dermtrace-out") {
		t.Errorf("status %v, said %q", err, b)
	}
}
