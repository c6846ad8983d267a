package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"dermtrace/internal/phantom"
)

// shared is a buffer that a running command writes and a test reads.
type shared struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *shared) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *shared) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

// waitFor waits until text stands in the output, at most a minute.
func waitFor(t *testing.T, out *shared, text string) {
	t.Helper()
	for range 1200 {
		if strings.Contains(out.String(), text) {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Fatalf("%q did not appear in\n%s", text, out)
}

// A photo that arrives in pieces is judged once it is whole, one under a temporary name
// when it is renamed, one that was there before never; all keep their bytes.
func TestWatchJudgesWhatArrives(t *testing.T) {
	if testing.Short() {
		t.Skip("SKIPPED: -short; simulates a series")
	}
	series, inbox := filepath.Join(t.TempDir(), "series"), t.TempDir()
	script, err := phantom.Scenario("acne-scar course")
	if err != nil {
		t.Fatal(err)
	}
	script.Visits = script.Visits[:2]
	if err := phantom.Write(t.Context(), series, script.Scaled(0.4), phantom.Options{}); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(filepath.Join(series, "2026-01-10_2.jpg"))
	if err != nil {
		t.Fatal(err)
	}
	put := func(name string, b []byte) {
		if err := os.WriteFile(filepath.Join(inbox, name), b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	put("before.jpg", data)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	out, messages := &shared{}, &shared{}
	done := make(chan error, 1)
	term := &terminal{out: out, err: messages}
	go func() {
		done <- runWatch(ctx, term, inbox, watchOptions{series: series, every: 300 * time.Millisecond})
	}()
	waitFor(t, messages, "1 are there already")

	put("a.jpg", data[:len(data)/2]) // the rest follows within the time of two looks
	time.Sleep(100 * time.Millisecond)
	put("a.jpg", data)
	put("b.jpg.part", data)
	put(".c.jpg", data)
	put("notes.txt", []byte("x"))
	waitFor(t, out, "a.jpg\n  Retake: come closer or use more pixels.\n  redness   GREEN")
	if err := os.Rename(filepath.Join(inbox, "b.jpg.part"), filepath.Join(inbox, "b.jpg")); err != nil {
		t.Fatal(err)
	}
	waitFor(t, out, "b.jpg\n")
	put("broken.jpg", []byte("no picture"))
	waitFor(t, messages, "broken.jpg")
	cancel()
	if code := term.exit(<-done); code != exitInterrupted {
		t.Errorf("exit %d after an interrupt, want %d", code, exitInterrupted)
	}
	for _, never := range []string{"before.jpg", ".part", ".c.jpg", "notes.txt"} {
		if strings.Contains(out.String(), never) {
			t.Errorf("%s was judged:\n%s", never, out)
		}
	}
	if n := strings.Count(out.String(), "a.jpg\n"); n != 1 {
		t.Errorf("a.jpg was judged %d times", n)
	}
	for _, name := range []string{"a.jpg", "b.jpg", "before.jpg"} {
		if b, err := os.ReadFile(filepath.Join(inbox, name)); err != nil || !bytes.Equal(b, data) {
			t.Errorf("%s was changed: %v", name, err)
		}
	}
}
