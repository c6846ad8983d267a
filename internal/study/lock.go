package study

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// ErrBusy is returned where another process writes the same part of OUT.
var ErrBusy = errors.New("is being written by another 'dermtrace' (batch of the same shard, merge or withdraw)")

// lockTries bounds how often a lock file may vanish between its opening and its locking.
const lockTries = 100

// lockShard keeps a second run of the same shard, a merge and a withdrawal out of OUT.
// The system frees the lock of a run that was killed.
func lockShard(out string, s Shard) (unlock func(), err error) {
	all, err := lockFile(out, ".lock", true)
	if err != nil {
		return nil, err
	}
	mine, err := lockFile(out, fmt.Sprintf(".lock-%d-%d", s.Index%max(s.Count, 1), max(s.Count, 1)), false)
	if err != nil {
		all()
		return nil, err
	}
	return func() { mine(); all() }, nil
}

// lockWhole keeps every other process out of OUT: tables are made from what stands still.
func lockWhole(out string) (unlock func(), err error) {
	unlock, err = lockFile(out, ".lock", false)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%s %w", out, ErrNoRun)
	}
	return unlock, err
}

// lockFile locks one file of OUT/run. One who has it alone removes it at the end, under
// the lock; of those who share it nobody does, for the others would hold a file that is
// gone.
func lockFile(out, base string, shared bool) (unlock func(), err error) {
	name := filepath.Join(out, "run", base)
	for range lockTries {
		f, err := os.OpenFile(name, os.O_CREATE|os.O_RDWR, 0o600)
		if err != nil {
			return nil, err
		}
		if err := tryLock(f, shared); err != nil {
			f.Close()
			return nil, fmt.Errorf("%s %w", out, err)
		}
		mine, err1 := f.Stat()
		there, err2 := os.Stat(name)
		if err1 == nil && err2 == nil && os.SameFile(mine, there) {
			return func() {
				if !shared {
					os.Remove(name) // where an open file cannot be removed, an empty one stays and does no harm
				}
				f.Close()
			}, nil
		}
		f.Close() // who held it has just removed it
	}
	return nil, fmt.Errorf("%s %w", out, ErrBusy)
}
