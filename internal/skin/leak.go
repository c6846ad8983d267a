package skin

import (
	"math"
	"slices"

	"dermtrace/internal/chromo"
	"dermtrace/internal/outcome"
	"dermtrace/internal/raster"
	"dermtrace/internal/skin/pigment"
)

// freezeLink takes how melanin follows blood at rest, from all of the baseline's photos.
func (r *Reference) freezeLink(baseline []*Sheet) {
	var all []chromo.Link
	for _, s := range baseline {
		if l, ok := chromo.LinkOf(s.melanin, s.blood, s.mmPerPx); ok {
			all = append(all, l)
		}
	}
	if len(all) > 0 {
		rest := chromo.JoinLinks(all)
		r.rest = &rest
	}
}

// takeLeak sets the melanin to measure: the sheet's less what a flush leaks into it. The
// separation itself stays frozen: where blood is as at the baseline nothing is taken off.
func (w *work) takeLeak() {
	w.melanin = w.Sheet.melanin
	if w.ref.rest == nil {
		return
	}
	l, ok := chromo.LinkOf(w.Sheet.melanin, w.blood, w.mmPerPx)
	if !ok {
		return
	}
	perRoot, found, se := l.Leak(*w.ref.rest, w.ref.Pigment.Level)
	if perRoot != 0 {
		w.melanin = w.without(float32(perRoot))
	}
	if se < w.ref.Pigment.Level { // else the photo tells nothing
		perPoint := 1 / (math.Sqrt(max(0, w.meanBlood)) + math.Sqrt(max(0, w.ref.Blood))) // of a root, over the change
		w.crossTalk = &outcome.CrossTalk{Of: "hemoglobin", PerPoint: outcome.Number(found * perPoint), SE: outcome.Number(se * perPoint),
			Removed: outcome.Number(w.meanMelanin - w.melanin.Summary().Mean)}
	}
}

// without is the sheet's melanin less so much per √% of blood beyond the baseline's.
func (w *work) without(perRoot float32) chromo.Field {
	from, rest := w.Sheet.melanin, chromo.Root(float32(w.ref.Blood))
	out := raster.New(from.Value.W, from.Value.H)
	raster.Bands(out.H, func(y0, y1 int) {
		for i := y0 * out.W; i < y1*out.W; i++ {
			out.Pix[i] = from.Value.Pix[i] - float32(perRoot*(chromo.Root(w.blood.Value.Pix[i])-rest))
		}
	})
	return chromo.Field{Value: out, Weight: from.Weight}
}

// redder is the rise of blood in percent over the baseline's from which melanin is doubted:
// that from which ITA is withheld.
const redder = 0.5

// leaky adds to a measure of melanin what is known of its cross-talk.
func (w *work) leaky(m outcome.Measurement) outcome.Measurement {
	if m.Unit == pigment.UnitMelanin {
		m.CrossTalk = w.crossTalk
	}
	if w.meanBlood-w.ref.Blood > redder {
		m.Warnings = append(slices.Clone(m.Warnings), outcome.RedderSkin)
	}
	return m
}
