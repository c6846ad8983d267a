package study

import (
	"path"

	"dermtrace/internal/outcome"
	"dermtrace/internal/study/trial"
)

// Pairs lists a before and an after picture of every series of a result folder: the first
// aligned picture of the baseline, and that of the last later visit that has one. Series
// without both are counted, and so are those whose subject's consent does not cover the
// purpose, or whom the plan excludes.
func Pairs(out, purpose string) (pairs []trial.Pair, left LeftOut, err error) {
	plan, err := keptPlan(out)
	if err != nil {
		return nil, left, err
	}
	consenting := Consenting(out, purpose)
	for m, err := range Records(out) {
		if err != nil {
			return nil, left, err
		}
		p, ok := pairOf(m)
		switch {
		case !consenting(m):
			left.Consent++
		case plan.Excluded(m.Record.Series.Subject) != "":
			left.Plan++
		case !ok:
			left.Pair++
		default:
			pairs = append(pairs, p)
		}
	}
	return pairs, left, nil
}

// LeftOut counts the series that [Pairs] left out.
type LeftOut struct {
	Pair    int // no baseline and later visit to show
	Consent int // the consent does not cover the purpose
	Plan    int // the plan excludes the subject
}

// keptPlan is [KeptPlan] as it reads, nil where there was none.
func keptPlan(out string) (*trial.Plan, error) {
	text, err := KeptPlan(out)
	if err != nil || text == "" {
		return nil, err
	}
	return trial.ParsePlan([]byte(text))
}

func pairOf(m Measured) (trial.Pair, bool) {
	visitOf := map[string]string{}
	for _, p := range m.Record.Photos {
		if p.Used() {
			visitOf[p.File] = p.Visit
		}
	}
	aligned := map[string]string{}
	for _, pic := range m.Record.Pictures {
		if v := visitOf[pic.Photo]; pic.Kind == outcome.PictureAligned && v != "" && aligned[v] == "" {
			aligned[v] = path.Join(m.Folder, pic.File)
		}
	}
	base := m.Record.Series.Baseline
	pair := trial.Pair{Series: m.Folder, Before: base, BeforePicture: aligned[base]}
	after := false
	for _, v := range m.Record.Visits {
		if after && aligned[v.Visit] != "" {
			pair.After, pair.AfterPicture = v.Visit, aligned[v.Visit]
		}
		after = after || v.Visit == base
	}
	return pair, pair.BeforePicture != "" && pair.AfterPicture != ""
}
