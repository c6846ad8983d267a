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

// Nothing of this skin changes but its blood, and its optics are not as modelled. What the flush
// makes of contrasts of pigment and relief stays within what these say they are misread by; at rest
// nothing is doubted.
func TestAFlushDoubtsContrasts(t *testing.T) {
	const px, mm = 420, 0.05
	treated := roi.Fill(geom.Polygon{{X: 20, Y: 20}, {X: 400, Y: 20}, {X: 400, Y: 400}, {X: 20, Y: 400}}, px, px)
	for name, tone := range map[string]phantom.Tone{
		"venous":   {Melanin: 0.06, Oxygenation: 0.62, ScatterB: 1.2},
		"arterial": {Melanin: 0.035, Oxygenation: 0.85, Surface: 0.03, ScatterA: 40, ScatterB: 1.6},
	} {
		s := phantom.Script{Name: name, Seed: 5100, Width: px, Height: px, MMPerPx: mm, Tone: tone,
			Anatomy: phantom.Anatomy{Spots: 8, PIH: 3, Mottle: 1.4}, Regions: []phantom.Region{{Name: "treated", Kind: "treated", Polygon: [][2]float64{{20, 20}, {400, 20}, {400, 400}, {20, 400}}}}}
		for i, day := range []string{"2026-01-10", "2026-01-11", "2026-02-10"} {
			v := phantom.Visit{At: day, Photos: []phantom.Photo{{File: day + ".jpg", Light: phantom.Light{Glare: 0.5}, Camera: phantom.Camera{Noise: 1}}}}
			if i == 1 {
				v.Skin = []phantom.Change{{Blood: 0.025}}
			}
			s.Visits = append(s.Visits, v)
		}
		visits := measuredVisits(t, s, treated, 1/mm)
		for _, measure := range []string{"evenness", "pigmented_area", "mmasi_like", "spot_burden", "roughness", "texture_coarse", "line_density", "line_width", "pore_density"} {
			base, flush, rest := visits[0][measure], visits[1][measure], visits[2][measure]
			talk := flush.CrossTalk
			if talk == nil || talk.Of != "hemoglobin" || !slices.Contains(flush.Warnings, outcome.RedderSkin) {
				t.Errorf("%s: %s in a flush is not doubted: %+v", name, measure, flush)
				continue
			}
			if calm := rest.CrossTalk; calm != nil && calm.Of == talk.Of || slices.Contains(rest.Warnings, outcome.RedderSkin) {
				t.Errorf("%s: %s at rest is doubted: %+v", name, measure, rest)
			}
			off := math.Abs(float64(flush.Value - base.Value))
			t.Logf("%s: %s moves by %.2f of its doubt", name, measure, off/float64(talk.ValueSE))
			if !(off < 2.6*float64(talk.ValueSE)) { // 99 in 100
				t.Errorf("%s: %s goes from %v to %v, doubted by %v", name, measure, base.Value, flush.Value, talk.ValueSE)
			}
		}
	}
}

// measuredVisits measures one region at each visit against the first.
func measuredVisits(t *testing.T, s phantom.Script, mask *roi.Mask, pxPerMM float64) (list []map[string]outcome.Measurement) {
	t.Helper()
	p, err := phantom.New(s)
	if err != nil {
		t.Fatal(err)
	}
	var ref skin.Reference
	for i := range p.Photos() {
		photo, err := p.Photo(i)
		if err != nil {
			t.Fatal(err)
		}
		sheet := skin.Prepare(skin.Region{RGB: photo.Pixels, Mask: mask, PxPerMM: pxPerMM, Model: model})
		if i == 0 {
			ref = skin.Freeze(sheet)
		}
		list = append(list, skin.Measure(sheet, ref))
	}
	return list
}
