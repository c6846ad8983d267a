package study

import (
	"testing"

	"dermtrace/internal/outcome"
)

// The overview is about the treated side of a face, whatever the regions are called.
func TestTheOverviewShowsTheTreatedRegion(t *testing.T) {
	rec := &outcome.Record{
		Visits: []outcome.Visit{{Visit: "2026-01-10"}, {Visit: "2026-07-09", Day: 180}},
		Photos: []outcome.Photo{{ROIs: []outcome.ROI{{Name: "another arm", Kind: outcome.Comparator}, {Name: "treated", Kind: outcome.Treated}}}},
	}
	rec.Series.Baseline = "2026-01-10"
	for _, r := range []struct {
		roi, contrast string
		change        outcome.Number
	}{{"another arm", outcome.Raw, 1}, {"another arm", outcome.VsControl, 2}, {"treated", outcome.Raw, 3}, {"treated", outcome.VsControl, 4}, {"treated", outcome.VsComparator, 5}} {
		rec.Changes = append(rec.Changes, outcome.Change{ROI: r.roi, Measure: "roughness", Visit: "2026-07-09", Against: outcome.AgainstBaseline, Contrast: r.contrast, Change: r.change, MDC95: 1})
	}
	if c := cellOf(rec, headMeasure{Name: "roughness"}); c.Value != "+4.0" {
		t.Errorf("the cell says %s, want the treated region against control skin", c.Value)
	}
}

// A change beyond noise that may not be stated as found is neither better nor worse.
func TestTheOverviewStatesNoMoreThanIsFound(t *testing.T) {
	worsened := outcome.Worsened
	c := outcome.Change{Status: outcome.Increased, Goal: &worsened, Primary: true, Against: outcome.AgainstBaseline, Clock: outcome.Mature, PHolm: 0.15}
	if class := classOf(c); class != "moved" {
		t.Errorf("with p 0.15 the cell is %q", class)
	}
	c.PHolm = 0.01
	if class := classOf(c); class != "worse" {
		t.Errorf("with p 0.01 the cell is %q", class)
	}
}
