package geom

import (
	"slices"
	"testing"
)

func TestTheClosestArePairedFirst(t *testing.T) {
	pairs := []Pair{{0, 0, 2}, {0, 1, 3}, {1, 0, 1}, {2, 2, 5}, {2, 1, 5}, {3, 2, 5}}
	if got, want := Closest(pairs, 5, 3), []int{1, 0, 2, -1, -1}; !slices.Equal(got, want) {
		t.Errorf("partners %v, want %v", got, want)
	}
	if got := Closest(nil, 2, 0); !slices.Equal(got, []int{-1, -1}) {
		t.Errorf("without pairs: %v", got)
	}
}
