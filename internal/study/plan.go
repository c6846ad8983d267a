package study

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"

	"dermtrace/internal/study/source"
	"dermtrace/internal/study/trial"
)

// goodPlan reads the study's plan and refuses one that could not be carried out, before
// hours are spent; nil where it has none.
func goodPlan(st *source.Study) (*foundPlan, *trial.Plan, error) {
	found, err := planOf(st)
	if err != nil || found == nil {
		return nil, nil, err
	}
	plan, err := trial.ParsePlan([]byte(found.Text))
	return found, plan, err
}

// planOf reads the study's plan before anything is measured; nil where it has none.
func planOf(st *source.Study) (*foundPlan, error) {
	f, err := st.FS().Open(source.PlanFile)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, trial.MaxPlan+1))
	if err != nil {
		return nil, err
	}
	if len(b) > trial.MaxPlan { // half a plan is another plan
		return nil, fmt.Errorf("%s: larger than %d MiB", source.PlanFile, trial.MaxPlan>>20)
	}
	sum := sha256.Sum256(b)
	return &foundPlan{SHA256: hex.EncodeToString(sum[:]), Text: string(b)}, nil
}
