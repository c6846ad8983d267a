package validate

import (
	"slices"
	"testing"

	"dermtrace/internal/outcome"
	"dermtrace/internal/trend"
)

// unchangedScalp is a record of hair that is counted now as so many, now as twice that.
func unchangedScalp(count outcome.Number) *outcome.Record {
	rec := &outcome.Record{Series: outcome.Series{Baseline: day(0)}}
	for i, n := range []int{0, 14, 28, 56, 98, 182} {
		rec.Visits = append(rec.Visits, outcome.Visit{Visit: day(n), At: day(n)})
		measures := map[string]outcome.Measurement{
			"roughness":   {Value: 0.3 + 0.1*outcome.Number(i%2), Unit: "1"},
			"hair_length": {Value: 2, Unit: "mm"},
			"hair_count":  {Value: count * (1 + outcome.Number(i%2)), Unit: "1"},
		}
		rec.Photos = append(rec.Photos, outcome.Photo{File: day(n) + ".jpg", Visit: day(n), Quality: outcome.Quality{Verdict: "ok"},
			Alignment: outcome.Alignment{Status: outcome.AlignOK}, ROIs: []outcome.ROI{{Name: "treated", Kind: outcome.Treated, Measures: measures}}})
	}
	return rec
}

// Scalps say how much hair scatters, for skin of any tone, but for its length.
func TestScalpsGiveTheNoiseOfHair(t *testing.T) {
	list := builtInOfHair([]*outcome.Record{unchangedScalp(20), unchangedScalp(25)})
	for _, f := range list {
		if !ofHair(f.Measure) || f.Measure == "hair_length" || f.Band != "" {
			t.Errorf("%+v", f)
		}
	}
	i := slices.IndexFunc(list, func(f trend.Figure) bool { return f.Measure == "hair_count" && f.Contrast == outcome.Raw })
	if i < 0 || !(list[i].CV > 0.2) {
		t.Errorf("of hair: %+v", list[max(i, 0):])
	}
}

// Every script of a scalp can be drawn, and no two are of one seed.
func TestScalpsCanBeDrawn(t *testing.T) {
	seen := map[uint32]bool{}
	for _, c := range scalps() {
		if seen[c.script.Seed] || c.script.Scalp == nil {
			t.Errorf("%s: seed %d", c.name, c.script.Seed)
		}
		seen[c.script.Seed] = true
		_ = c.key(Options{}) // writes the script, which is checked
	}
}
