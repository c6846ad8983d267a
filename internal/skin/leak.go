package skin

import (
	"math"
	"slices"

	"dermtrace/internal/chromo"
	"dermtrace/internal/outcome"
	"dermtrace/internal/raster"
)

// freezeLink keeps what the baseline's photos show at the scale of blotches.
func (r *Reference) freezeLink(baseline []*Sheet) {
	var rest []*chromo.Mottle
	for _, s := range baseline {
		rest = append(rest, s.mottle())
	}
	r.rest = chromo.NewLink(rest...)
}

// mottle is made once: the baseline's photos are measured too.
func (s *Sheet) mottle() *chromo.Mottle {
	if s.blotches == nil {
		s.blotches = chromo.MottleOf(s.light, s.Maps, s.counts, s.mmPerPx).From(s.file)
	}
	return s.blotches
}

// takeLeak sets the melanin to measure: the sheet's less what a flush leaks into it. The
// separation itself stays frozen: where blood is as at the baseline nothing is taken off.
func (w *work) takeLeak() {
	w.melanin, w.ofMelanin = w.Sheet.melanin, w.Sheet.ofMelanin
	if w.ref.rest == nil {
		return
	}
	leak, ok := w.ref.rest.Leak(w.mottle(), w.ref.Pigment.Level, w.ref.Blood, w.ofBlood.Mean)
	if !ok {
		return
	}
	w.melanin = w.without(&leak)
	w.ofMelanin = w.melanin.Summary()
	perPoint, se := leak.PerPoint(w.ofBlood.Mean)
	w.crossTalk = &outcome.CrossTalk{Of: "hemoglobin", PerPoint: outcome.Number(perPoint), SE: outcome.Number(se),
		ValueSE: outcome.Number(leak.Doubt(float32(w.ofBlood.Mean))),
		Removed: outcome.Number(w.Sheet.ofMelanin.Mean - w.ofMelanin.Mean)}
}

// without is the sheet's melanin less what leaks into it.
func (w *work) without(leak *chromo.Leak) chromo.Field {
	from := w.Sheet.melanin
	out := raster.New(from.Value.W, from.Value.H)
	raster.Bands(out.H, func(y0, y1 int) {
		for i := y0 * out.W; i < y1*out.W; i++ {
			out.Pix[i] = from.Value.Pix[i] - leak.At(w.blood.Value.Pix[i])
		}
	})
	return chromo.Field{Value: out, Weight: from.Weight}
}

// leaky adds to the mean of melanin what is known of its cross-talk.
func (w *work) leaky(m outcome.Measurement) outcome.Measurement {
	m.CrossTalk = w.crossTalk
	return w.redder(m)
}

// steady is how much melanin of unchanged skin differs between photos, relative to it: the
// error of repeated RGB capture that package trend has built in.
const steady = 0.05

// mottled adds to a measure of relief what a change of melanin can pass for in it, where pigment
// is not well told from relief. Mottle goes with melanin where what comes or goes is as uneven as
// what is there, and with it the measure by the share that is mottle: how much that is from none
// to most, colour does not tell. Nothing is taken off, so all of it is in doubt.
func (w *work) mottled(m outcome.Measurement, most float64) outcome.Measurement {
	return w.goesWith(m, "melanin", w.ofMelanin.Mean, w.ref.Melanin, most)
}

// goesWith is mottled for what of melanin a measure of relief may go with, as it is now and at
// the baseline.
func (w *work) goesWith(m outcome.Measurement, what string, now, before, most float64) outcome.Measurement {
	if w.ofMottle == 0 || !m.Value.Known() {
		return m
	}
	if !slices.Contains(m.Warnings, outcome.PigmentLikeRelief) {
		m.Warnings = append(slices.Clone(m.Warnings), outcome.PigmentLikeRelief)
	}
	change, chance := min(math.Abs(now-before), now), steady*before // no more goes than there is
	if !(change > chance) {
		return m
	}
	perPoint := most / 2 * float64(m.Value) / now
	se := perPoint / math.Sqrt(3) // what lies evenly between none and twice its mean
	m.CrossTalk = &outcome.CrossTalk{Of: what, PerPoint: outcome.Number(perPoint), SE: outcome.Number(se),
		ValueSE: outcome.Number(math.Hypot(perPoint, se) * math.Sqrt(change*change-chance*chance))}
	return m
}
