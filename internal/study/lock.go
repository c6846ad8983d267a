package study

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// ErrBusy is returned where another process runs the same part of a study into OUT.
var ErrBusy = errors.New("is being written by another 'dermtrace batch' of the same shard")

// lockTries bounds how often a lock file may vanish between its opening and its locking.
const lockTries = 100

// lock keeps a second run of the same shard out of OUT. The system frees the lock of a
// run that was killed. The file is removed at the end, under the lock.
func lock(out string, s Shard) (unlock func(), err error) {
	name := filepath.Join(out, "run", fmt.Sprintf(".lock-%d-%d", s.Index%max(s.Count, 1), max(s.Count, 1)))
	for range lockTries {
		f, err := os.OpenFile(name, os.O_CREATE|os.O_RDWR, 0o600)
		if err != nil {
			return nil, err
		}
		if err := tryLock(f); err != nil {
			f.Close()
			return nil, fmt.Errorf("%s %w", out, err)
		}
		mine, err1 := f.Stat()
		there, err2 := os.Stat(name)
		if err1 == nil && err2 == nil && os.SameFile(mine, there) {
			return func() {
				os.Remove(name) // where an open file cannot be removed, an empty one stays and does no harm
				f.Close()
			}, nil
		}
		f.Close() // the run that held it has just removed it
	}
	return nil, fmt.Errorf("%s %w", out, ErrBusy)
}
