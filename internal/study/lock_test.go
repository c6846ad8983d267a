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
	unlock, err := lockShard(out, Shard{})
	if err != nil {
		t.Fatal("a stale lock holds: ", err)
	}
	if _, err := lockShard(out, Shard{}); !errors.Is(err, ErrBusy) {
		t.Errorf("second run: %v, want %v", err, ErrBusy)
	}
	other, err := lockShard(out, Shard{Index: 2, Count: 2})
	if err != nil {
		t.Fatal("another shard: ", err)
	}
	if _, err := lockShard(out, Shard{Index: 0, Count: 2}); !errors.Is(err, ErrBusy) {
		t.Errorf("shards 0/2 and 2/2 are the same: %v", err)
	}
	other()
	unlock()
	again, err := lockShard(out, Shard{})
	if err != nil {
		t.Fatal(err)
	}
	again()
	if left, _ := os.ReadDir(filepath.Join(out, "run")); len(left) != 1 || left[0].Name() != ".lock" {
		t.Errorf("left behind: %v, want the lock that shards share", left)
	}
}

// Tables are made, and subjects withdrawn, only while nobody measures.
func TestAMergeAndAWithdrawalWaitForNoShard(t *testing.T) {
	out := t.TempDir()
	if err := os.Mkdir(filepath.Join(out, "run"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := writeFound(out, &found{Schema: foundSchema}); err != nil {
		t.Fatal(err)
	}
	unlock, err := lockShard(out, Shard{Index: 1, Count: 2})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Merge(out, MergeOptions{}); !errors.Is(err, ErrBusy) {
		t.Errorf("merge beside a running shard: %v, want %v", err, ErrBusy)
	}
	if _, err := Withdraw(out, "P1", WithdrawOptions{}); !errors.Is(err, ErrBusy) {
		t.Errorf("withdrawal beside a running shard: %v, want %v", err, ErrBusy)
	}
	unlock()
	whole, err := lockWhole(out)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := lockShard(out, Shard{}); !errors.Is(err, ErrBusy) {
		t.Errorf("a shard beside a merge: %v, want %v", err, ErrBusy)
	}
	whole()
	if _, err := Merge(out, MergeOptions{}); err != nil {
		t.Error(err)
	}
	if left, _ := filepath.Glob(filepath.Join(out, "run", ".*")); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
}
