package skin

import (
	"dermtrace/internal/chromo"
	"dermtrace/internal/raster"
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

// withoutLeak is the sheet's melanin less what a flush leaks into it. The separation itself
// stays frozen: where blood is as at the baseline nothing is taken off.
func (s *Sheet) withoutLeak(ref Reference) chromo.Field {
	if ref.rest == nil {
		return s.melanin
	}
	l, ok := chromo.LinkOf(s.melanin, s.blood, s.mmPerPx)
	if !ok {
		return s.melanin
	}
	perRoot, _, _ := l.Leak(*ref.rest, ref.Pigment.Level)
	if perRoot == 0 {
		return s.melanin
	}
	k, rest := float32(perRoot), chromo.Root(float32(ref.Blood))
	out := raster.New(s.melanin.Value.W, s.melanin.Value.H)
	raster.Bands(out.H, func(y0, y1 int) {
		for i := y0 * out.W; i < y1*out.W; i++ {
			out.Pix[i] = s.melanin.Value.Pix[i] - float32(k*(chromo.Root(s.blood.Value.Pix[i])-rest))
		}
	})
	return chromo.Field{Value: out, Weight: s.melanin.Weight}
}
