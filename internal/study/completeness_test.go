package study

import (
	"testing"

	"dermtrace/internal/study/trial"
)

func TestAVisitCountsForTheNearestPlannedOne(t *testing.T) {
	plan := &trial.Plan{Visits: []trial.Visit{{Name: "V1", Day: 28, Within: 14}, {Name: "V2", Day: 56, Within: 14}, {Name: "V3", Day: 180}}}
	for day, want := range map[int]int{13: -1, 14: 0, 41: 0, 42: 0, 43: 1, 70: 1, 71: -1, 179: -1, 180: 2} {
		if got := meant(plan, day); got != want {
			t.Errorf("day %d counts for planned visit %d, want %d", day, got, want)
		}
	}
}
