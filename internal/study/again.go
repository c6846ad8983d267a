package study

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"dermtrace/internal/folder"
	"dermtrace/internal/study/trial"
)

// namesADaM is Provenance.Names of tables that carry the names of ADaM.
const namesADaM = "adam"

// Arm is what the allocation gave one side of a subject. The tables hold it too; here it
// outlives the file of the allocation, which stands elsewhere.
type Arm struct {
	Subject string `json:"subject"`
	Side    string `json:"side"`
	Arm     string `json:"arm"`
}

// arm finds the arm of a side of a subject, and keeps it.
func (m *merger) arm(subject, side string) string {
	arm := m.allocation.Arm(subject, side)
	if one := (Arm{subject, side, arm}); arm != "" && !slices.Contains(m.study.Arms, one) {
		m.study.Arms = append(m.study.Arms, one)
	}
	return arm
}

func allocationOf(arms []Arm) trial.Allocation {
	a := trial.Allocation{}
	for _, one := range arms {
		a[[2]string{one.Subject, one.Side}] = one.Arm
	}
	return a
}

// lastMerge says how the tables of out were last made: with which names, for which
// purpose, with which allocation and who may read them. Tables that were never made are
// made as by default.
func lastMerge(out string) (MergeOptions, error) {
	b, err := os.ReadFile(filepath.Join(out, studyFile))
	if errors.Is(err, fs.ErrNotExist) {
		return MergeOptions{}, nil
	}
	if err != nil {
		return MergeOptions{}, err
	}
	var last Provenance
	if err := json.Unmarshal(b, &last); err != nil {
		return MergeOptions{}, fmt.Errorf("%s: %w", studyFile, err)
	}
	opt := MergeOptions{ADaM: last.Names == namesADaM, Purpose: last.Purpose, again: &last}
	if info, err := os.Stat(filepath.Join(out, "study.csv")); err == nil && info.Mode().Perm() != folder.Private {
		opt.Mode = info.Mode().Perm()
	}
	return opt, CheckPurpose(opt.Purpose)
}
