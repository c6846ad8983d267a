//go:build unix

package folder

import (
	"errors"
	"path/filepath"
	"syscall"
	"testing"
)

// Opening a pipe that nobody writes to waits for ever.
func TestAPipeIsRefusedUnopened(t *testing.T) {
	dir := t.TempDir()
	must(t, syscall.Mkfifo(filepath.Join(dir, "a.jpg"), 0o600))
	in, err := Open(dir)
	must(t, err)
	defer in.Close()
	if _, err := in.Open("a.jpg"); !errors.Is(err, ErrSpecial) {
		t.Errorf("error = %v", err)
	}
}
