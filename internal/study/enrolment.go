package study

import (
	"errors"
	"io/fs"
)

// Enrolment is how many series of a study came how far, for the head of a flow in the
// manner of CONSORT (Schulz et al. 2010, BMJ 340:c332).
type Enrolment struct {
	Found     int `json:"found"`
	Withdrawn int `json:"withdrawn"`
	Pending   int `json:"not_run"`
	Failed    int `json:"failed"`
	Measured  int `json:"measured"`
}

// Enrolled counts the series of OUT; nil for a folder that 'dermtrace batch' did not make.
func Enrolled(out string) (*Enrolment, error) {
	f, err := readFound(out)
	if errors.Is(err, ErrNoRun) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	n := &Enrolment{Found: len(f.Series) + len(f.Gone), Withdrawn: len(f.Gone)}
	for _, s := range f.Series {
		e, err := readEntry(out, s.Name)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			n.Pending++
		case err != nil:
			return nil, err
		case e.Error != "":
			n.Failed++
		default:
			n.Measured++
		}
	}
	return n, nil
}

// KeptPlan is the plan as 'dermtrace batch' found it before anything was measured, "" where
// there was none.
func KeptPlan(out string) (string, error) {
	f, err := readFound(out)
	switch {
	case errors.Is(err, ErrNoRun):
		return "", nil
	case err != nil:
		return "", err
	case f.Plan == nil:
		return "", nil
	}
	return f.Plan.Text, nil
}
