package study

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"

	"dermtrace/internal/folder"
	"dermtrace/internal/skin"
	"dermtrace/internal/study/source"
	"dermtrace/internal/study/trial"
)

// goodPlan reads the plan of the study of this name and refuses one that could not be carried
// out, before hours are spent; nil where it has none.
func goodPlan(study string, st *source.Study) (*foundPlan, *trial.Plan, error) {
	found, err := planOf(st)
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", study, err)
	}
	if found == nil {
		return nil, nil, nil
	}
	plan, err := trial.ParsePlan([]byte(found.Text))
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", study, err)
	}
	if _, known := skin.Definitions()[plan.Primary.Measure]; !known {
		return nil, nil, fmt.Errorf("%s: %w: primary: there is no measure %q; 'dermtrace indices' lists them", study, trial.ErrPlan, plan.Primary.Measure)
	}
	return found, plan, nil
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
	b, err := folder.ReadAtMost(f, trial.MaxPlan)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", trial.ErrPlan, err)
	}
	sum := sha256.Sum256(b)
	return &foundPlan{SHA256: hex.EncodeToString(sum[:]), Text: string(b)}, nil
}
