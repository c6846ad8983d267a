package study

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"dermtrace/internal/study/source"
	"dermtrace/internal/study/trial"
)

func TestAPlanIsReadWholeOrNotAtAll(t *testing.T) {
	dir := t.TempDir()
	read := func(text string) (*foundPlan, error) {
		if err := os.WriteFile(filepath.Join(dir, source.PlanFile), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		st, err := source.Open(dir, source.Limits{})
		if err != nil {
			t.Fatal(err)
		}
		defer st.Close()
		return planOf(st)
	}
	if p, err := read(strings.Repeat("#", trial.MaxPlan)); err != nil || len(p.Text) != trial.MaxPlan {
		t.Errorf("a plan at the bound: %v", err)
	}
	if p, err := read(strings.Repeat("#", trial.MaxPlan+1)); err == nil || p != nil {
		t.Error("a plan beyond the bound was cut short")
	}
}
