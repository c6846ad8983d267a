package series

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"dermtrace/internal/cie"
	"dermtrace/internal/outcome"
)

// A control region that is too small to be split sets the light and witnesses nothing: no
// change of colour against it has a value, and each says why.
func TestAControlTooSmallToSplitWitnessesNothing(t *testing.T) {
	script := litScript(0.05)
	script.Card, script.Visits = nil, script.Visits[:2]
	script.Regions = script.Regions[:2]
	script.Regions[1].Polygon = [][2]float64{{200, 200}, {275, 200}, {275, 260}, {200, 260}}
	rec := analyze(t, rendered(t, script.Scaled(0.4)))
	if k := photoOf(t, rec, litFlush).Calibration; k.Method != "control" || k.WitnessTiles != 0 {
		t.Errorf("the light is by %q, %d tiles witness it", k.Method, k.WitnessTiles)
	}
	raw := 0
	for _, c := range rec.Changes {
		f := rec.Definitions[c.Measure].Family
		switch {
		case c.Contrast == outcome.Raw:
			raw++
		case f != outcome.Redness && f != outcome.Pigment: // no light sets what these are
		case c.To.Known() || c.Change.Known() || c.Status != outcome.NotComparable || !slices.Contains(c.Warnings, outcome.ControlTooSmall):
			t.Errorf("%s is held against skin that set the light: %v, %s, %v", c.Measure, c.Change, c.Status, c.Warnings)
		}
	}
	if raw == 0 || !slices.ContainsFunc(rec.Warnings, func(n outcome.Notice) bool { return n.Code == outcome.ControlTooSmall && n.ROI == "left" }) {
		t.Errorf("%d rows, warnings %+v", raw, rec.Warnings)
	}
}

// covered puts something dark over four patches of the card.
func covered(t *testing.T, file []byte) *fstest.MapFile {
	return &fstest.MapFile{Data: repaint(t, file, func(x, y int, c [3]float64) [3]float64 {
		if x > 330 && x < 385 && y > 440 && y < 600 {
			return [3]float64{0.02, 0.02, 0.02}
		}
		return c
	})}
}

// A card that is partly hidden sets no light, and record and camera say so.
func TestAHiddenCardIsSaid(t *testing.T) {
	script := litScript(0.05)
	script.Visits = script.Visits[:2]
	files := rendered(t, script.Scaled(0.4)) // whose series.yaml describes the card
	hidden := covered(t, files[litFlush].Data)

	camera, err := NewAtCamera(t.Context(), files, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if c := camera.Card(); c.PitchMM != script.Card.PitchMM || c.Edition != cie.Before2014 {
		t.Errorf("the series says of its card %+v", c)
	}
	whole, j := judge(t, camera, files[litFlush].Data), judge(t, camera, hidden.Data)
	if whole.Lights[0].Colour != Green || whole.Calibration.Method != "card" {
		t.Errorf("a whole card: %+v by %s", whole.Lights, whole.Calibration.Method)
	}
	if j.Lights[0].Colour != Amber || j.Lights[0].Why != outcome.WarningText(outcome.CardHidden) || j.Calibration.Method != "control" {
		t.Errorf("a hidden card: %+v by %s", j.Lights, j.Calibration.Method)
	}
	if !strings.Contains(j.Calibration.Reason, "partly hidden") {
		t.Errorf("the record says %q", j.Calibration.Reason)
	}
	if j.Lights[0].mend != lightMends[outcome.CardHidden] {
		t.Errorf("mend %q", j.Lights[0].mend)
	}

	files[litBase] = covered(t, files[litBase].Data)
	rec := analyze(t, files)
	if !slices.ContainsFunc(rec.Warnings, func(n outcome.Notice) bool { return n.Code == outcome.CardHidden && n.Photo == litBase }) {
		t.Errorf("hidden in the frame: %+v", rec.Warnings)
	}
}
