package series

import (
	"math"
	"testing"

	"dermtrace/internal/phantom"
)

// Unchanged skin keeps most of its pores and hairs, in a photo from another place; the
// baseline itself has nothing to be compared with. In control skin as many hairs are seen as there
// are, though half of its tiles witness.
func TestPoresAndHairsAreFollowed(t *testing.T) {
	long(t)
	script := spotted()
	script.MMPerPx, script.Goals, script.Anatomy = 0.04, []string{"grow hair"}, phantom.Anatomy{HairsPerCM: -1}
	script.Scalp = &phantom.Scalp{PerCM2: 40}
	script.Visits[1].Skin = nil
	rec := analyze(t, rendered(t, script))
	for _, p := range rec.Photos {
		for _, r := range p.ROIs {
			if d := float64(r.Measures["hair_density"].Value); r.Name != "mark" && !(math.Abs(d/40-1) < 0.3) {
				t.Errorf("%s, %s: %.1f hairs on a cm², want 40", p.File, r.Name, d)
			}
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
