package series

import (
	"testing"

	"dermtrace/internal/phantom"
)

// Unchanged skin keeps most of its pores and hairs, in a photo from another place; the
// baseline itself has nothing to be compared with.
func TestPoresAndHairsAreFollowed(t *testing.T) {
	long(t)
	script := spotted()
	script.MMPerPx, script.Goals, script.Anatomy = 0.04, []string{"grow hair"}, phantom.Anatomy{HairsPerCM: 12}
	script.Visits[1].Skin = nil
	rec := analyze(t, rendered(t, script))
	for _, p := range rec.Photos {
		for _, r := range p.ROIs {
			if p.Visit == rec.Series.Baseline {
				if r.PoreTally != nil || r.HairTally != nil {
					t.Errorf("%s, %s: the baseline is compared with itself", p.File, r.Name)
				}
				continue
			}
			if r.PoreTally == nil || r.HairTally == nil {
				t.Errorf("%s, %s: pores %v, hairs %v", p.File, r.Name, r.PoreTally, r.HairTally)
				continue
			}
			t.Logf("%s: pores %+v, hairs %+v", r.Name, *r.PoreTally, *r.HairTally)
			if n := *r.PoreTally; r.Name == "treated" && n.Persisted <= n.Gone+n.New {
				t.Errorf("%s: pores of unchanged skin: %+v", r.Name, n)
			}
			if n := *r.HairTally; r.Name == "treated" && n.Persisted <= n.Gone+n.New {
				t.Errorf("%s: hairs of unchanged skin: %+v", r.Name, n)
			}
		}
	}
}
