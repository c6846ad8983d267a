package study_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"dermtrace/internal/study"
)

// asBatch names the variable that makes this test binary run a study and exit.
const asBatch = "DERMTRACE_TEST_BATCH"

func TestMain(m *testing.M) {
	if dir, set := os.LookupEnv(asBatch); set {
		out := os.Getenv(asBatch + "_OUT")
		_, err := study.Run(context.Background(), study.Options{Study: dir, Out: out, Workers: 2})
		if err == nil {
			_, err = study.Merge(out, study.MergeOptions{})
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// A batch is killed ten times at random moments and then left to finish: same bytes as one
// that nobody disturbed, and no half-written record at any time.
func TestTenKillsLeaveTheSameBytes(t *testing.T) {
	if testing.Short() {
		t.Skip("SKIPPED: -short; ten kills take a minute")
	}
	dir := t.TempDir()
	for _, name := range []string{"a", "b"} {
		course(t, filepath.Join(dir, name), "2026-01-11.jpg", "2026-01-10_2.jpg")
	}
	whole, killed := filepath.Join(t.TempDir(), "whole"), filepath.Join(t.TempDir(), "killed")
	start := time.Now()
	runAll(t, dir, whole)
	usual := time.Since(start)
	random := rand.New(rand.NewPCG(11, 12))
	for range 10 {
		cmd := batch(dir, killed)
		must(t, cmd.Start())
		time.Sleep(time.Duration(random.Float64() * 0.6 * float64(usual)))
		must(t, cmd.Process.Kill())
		_ = cmd.Wait() // it was killed
		for _, err := range study.Records(killed) {
			if err != nil && !os.IsNotExist(err) {
				t.Errorf("after a kill: %v", err)
			}
		}
	}
	if out, err := batch(dir, killed).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	same(t, whole, killed)
}

func batch(dir, out string) *exec.Cmd {
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), asBatch+"="+dir, asBatch+"_OUT="+out)
	return cmd
}
