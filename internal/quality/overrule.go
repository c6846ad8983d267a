package quality

import "dermtrace/internal/outcome"

// Overrule lets findings pass that the user gave a reason for, by code: they stay in the
// record with that reason and no longer count for the verdict.
func Overrule(q *outcome.Quality, reasons map[string]string) {
	passed := false
	for i := range q.Reasons {
		if why, ok := reasons[q.Reasons[i].Code]; ok {
			q.Reasons[i].Overruled = why
			passed = true
		}
	}
	if passed {
		q.Verdict = verdictOf(q.Reasons)
	}
}

// verdictOf is the worst level of the findings that count.
func verdictOf(reasons []outcome.Reason) string {
	worst := outcome.OK
	for _, r := range reasons {
		switch {
		case r.Overruled != "":
		case r.Level == outcome.Unusable:
			return outcome.Unusable
		default:
			worst = outcome.Doubtful
		}
	}
	return worst
}
