package study

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
)

func TestOneRunOfAShardAtATime(t *testing.T) {
	out := t.TempDir()
	if err := os.Mkdir(filepath.Join(out, "run"), 0o700); err != nil {
		t.Fatal(err)
	}
	stale := filepath.Join(out, "run", ".lock-0-1") // as a killed run leaves it
	if err := os.WriteFile(stale, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	unlock, err := lock(out, Shard{})
	if err != nil {
		t.Fatal("a stale lock holds: ", err)
	}
	if _, err := lock(out, Shard{}); !errors.Is(err, ErrBusy) {
		t.Errorf("second run: %v, want %v", err, ErrBusy)
	}
	other, err := lock(out, Shard{Index: 2, Count: 2})
	if err != nil {
		t.Fatal("another shard: ", err)
	}
	if _, err := lock(out, Shard{Index: 0, Count: 2}); !errors.Is(err, ErrBusy) {
		t.Errorf("shards 0/2 and 2/2 are the same: %v", err)
	}
	other()
	unlock()
	again, err := lock(out, Shard{})
	if err != nil {
		t.Fatal(err)
	}
	again()
	if left, _ := os.ReadDir(filepath.Join(out, "run")); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
}
