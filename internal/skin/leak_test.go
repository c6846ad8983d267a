package skin_test

import (
	"math"
	"slices"
	"testing"

	"dermtrace/internal/geom"
	"dermtrace/internal/outcome"
	"dermtrace/internal/phantom"
	"dermtrace/internal/roi"
	"dermtrace/internal/skin"
)

// Shine and a foreign oxygenation let a flush pass for less melanin. The photo of the flush
// says so itself, and most of it is taken off; nothing is at rest.
func TestAFlushShowsItsOwnCrossTalk(t *testing.T) {
	treated := roi.Fill(geom.Polygon{{X: 40, Y: 40}, {X: 250, Y: 40}, {X: 250, Y: 380}, {X: 40, Y: 380}}, tonePx, tonePx)
	for _, c := range []struct {
		name string
		tone phantom.Tone
	}{
		{"shine, light", phantom.Tone{Melanin: 0.025}},
		{"shine, medium", phantom.Tone{Melanin: 0.07}},
		{"shine and oxygenation 0.6, light", phantom.Tone{Melanin: 0.03, Oxygenation: 0.6}},
	} {
		c.tone.Blood = 0.0125
		s := toneScript(c.tone, "", 1)
		s.Visits = slices.Concat(s.Visits[:2], s.Visits[:1])
		s.Visits[2].At, s.Visits[2].Photos = "2026-02-10", []phantom.Photo{{File: "rest.jpg", Light: phantom.Light{Glare: 1}, Camera: phantom.Camera{Noise: 1}}}
		p, err := phantom.New(s)
		if err != nil {
			t.Fatal(err)
		}
		var sheets []*skin.Sheet
		for i := range p.Photos() {
			photo, err := p.Photo(i)
			if err != nil {
				t.Fatal(err)
			}
			sheets = append(sheets, skin.Prepare(skin.Region{RGB: photo.Pixels, Mask: treated, PxPerMM: 1 / toneMM, Model: model}))
		}
		ref := skin.Freeze(sheets[0])
		melanin := func(i int, ref skin.Reference) outcome.Measurement { return skin.Measure(sheets[i], ref)["melanin"] }
		base, flush, rest := melanin(0, ref), melanin(1, ref), melanin(2, ref)
		raw := float64(melanin(1, skin.Freeze()).Value/base.Value) - 1
		got := float64(flush.Value/base.Value) - 1
		t.Logf("%s: a flush reads as %+.1f %% melanin, %+.1f %% as it is", c.name, 100*got, 100*raw)
		if !(math.Abs(got) < math.Abs(raw)/2) {
			t.Errorf("%s: %.3f of %.3f is left", c.name, got, raw)
		}
		talk := flush.CrossTalk
		if talk == nil || talk.Of != "hemoglobin" || !(float64(talk.PerPoint) < 0) || !(talk.SE > 0) {
			t.Fatalf("%s: cross-talk %+v", c.name, talk)
		}
		if calm := rest.CrossTalk; !(talk.ValueSE > 0) || calm != nil && !(calm.ValueSE < talk.ValueSE/10) {
			t.Errorf("%s: error of the value %v in a flush, at rest %+v", c.name, talk.ValueSE, calm)
		}
		near(t, "removed", float64(talk.Removed), raw*float64(base.Value)-got*float64(base.Value), 1e-4)
		if !slices.Contains(flush.Warnings, outcome.RedderSkin) || slices.Contains(rest.Warnings, outcome.RedderSkin) {
			t.Errorf("%s: warned of %v and at rest %v", c.name, flush.Warnings, rest.Warnings)
		}
		near(t, "at rest", float64(rest.Value/melanin(2, skin.Freeze()).Value), 1, 0.003)
		if base.CrossTalk != nil {
			t.Errorf("%s: the baseline tells of cross-talk: %+v", c.name, base.CrossTalk)
		}
	}
}
