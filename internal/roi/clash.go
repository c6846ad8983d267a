package roi

import (
	"dermtrace/internal/geom"
	"dermtrace/internal/outcome"
)

// Drawn is a region as a person drew it.
type Drawn struct {
	Name, Kind string
	Outline    geom.Polygon
}

// Clash is a pair of regions that share skin though it can only be of one kind.
type Clash struct {
	A, B  string  // names
	Share float64 // of the smaller one's pixels
}

// minClash is the least shared part of the smaller region that counts: hand-drawn
// neighbours overlap by a pixel along their border. Project default.
const minClash = 0.01

// Clashes finds the regions of a w×h photo that overlap though their kinds exclude each
// other: control with anything treated, treated with the comparator, grey with skin.
// Scars lie inside treated skin, and exclude cuts from any.
func Clashes(regions []Drawn, w, h int) []Clash {
	masks := make([]*Mask, len(regions))
	for i, r := range regions {
		masks[i] = Fill(r.Outline, w, h)
	}
	var list []Clash
	for i, a := range regions {
		for j := range i {
			if !exclusive(a.Kind, regions[j].Kind) {
				continue
			}
			least := min(masks[i].Count(), masks[j].Count())
			both := masks[i].And(masks[j]).Count()
			if share := float64(both) / float64(max(least, 1)); share >= minClash {
				list = append(list, Clash{regions[j].Name, a.Name, share})
			}
		}
	}
	return list
}

// exclusive reports whether no skin can be of both kinds.
func exclusive(a, b string) bool {
	either := func(x, y string) bool { return a == x && b == y || a == y && b == x }
	switch {
	case a == outcome.Exclude || b == outcome.Exclude:
		return false
	case (a == outcome.Grey) != (b == outcome.Grey):
		return true
	case (a == outcome.Control) != (b == outcome.Control):
		return true
	}
	return either(outcome.Treated, outcome.Comparator) || either(outcome.Scar, outcome.Comparator)
}
