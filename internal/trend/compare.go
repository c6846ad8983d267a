package trend

import (
	"fmt"

	"dermtrace/internal/outcome"
)

// Compare returns the rows of any two visits of an assessed record, as those of Assess
// but exploratory: against names the earlier choice, no row is primary and none has a
// p value. The noise of a row rests on visits up to the later of the two.
func Compare(rec *outcome.Record, noise Noise, from, to string) ([]outcome.Change, error) {
	a, err := visitIndex(rec, from)
	if err != nil {
		return nil, err
	}
	b, err := visitIndex(rec, to)
	if err != nil {
		return nil, err
	}
	pair := *rec
	pair.Series.Baseline = from
	c := newCourse(&pair, noise)
	rows := []outcome.Change{}
	for k := range c.tracks {
		c.tracks[k].def.Primary = false
		rows = append(rows, c.row(&c.tracks[k], from, a, b))
	}
	return rows, nil
}

func visitIndex(rec *outcome.Record, id string) (int, error) {
	for i, v := range rec.Visits {
		if v.Visit == id {
			return i, nil
		}
	}
	return 0, fmt.Errorf("the record has no visit %q", id)
}
