package series

import (
	"fmt"
	"sync"

	"dermtrace/internal/align"
	"dermtrace/internal/geom"
	"dermtrace/internal/outcome"
	"dermtrace/internal/roi"
	"dermtrace/internal/skin"
)

// Skin is uneven: two thirds of a region may have a fifth less melanin than all of it. Where a
// photo shows a region in part, or glare, crusts or hair cover some of it, it is held against
// the baseline over the same part, and what has changed there is added to what the baseline has
// over the whole ([skin.AsWhole]). So the values of all photos stand for the same skin, whatever
// is made of them. Thresholds stay those of the whole region. The sums of spots are told from
// what both show anyway. Not so yet: hairs, and scars against their surround.

// uncut is the share of a region up to which nothing is made of what a photo does not show of
// it: of the most uneven skin that moves a number by less than its noise (project default).
const uncut = 0.01

// placed is a sheet and where it lies.
type placed struct {
	sheet   *skin.Sheet
	place   align.Result
	corner  geom.Point // of the sheet's RGB in its photo
	outside float64    // share of the region that the photo does not show
}

// placed says where the sheet of a mask lies, which is of a region.
func (s *shot) placed(sheet *skin.Sheet, mask *roi.Mask, c *carried) placed {
	x0, y0 := corner(mask)
	return placed{sheet, s.place, geom.Point{X: float64(x0), Y: float64(y0)}, c.outside}
}

// cut reports whether so little of the region is shown that others are held against it over
// the same part.
func (p placed) cut() bool { return max(p.outside, p.sheet.Masked) > uncut }

// within is the part of a sheet's skin that another shows, and the share of it. Where the
// photo of the first is bent its plane part says what is seen, which concerns the rim alone.
func (p placed) within(o placed) (part *skin.Sheet, share float64) {
	frameFromPhoto, err := p.place.PhotoFromFrame.Inverse()
	if err != nil {
		return p.sheet, 1 // it was never carried
	}
	frameFromRGB := frameFromPhoto.Mul(geom.Translation(p.corner.X, p.corner.Y))
	return p.sheet.Within(func(at geom.Point) bool {
		q := o.place.Apply(frameFromRGB.Apply(at))
		return o.sheet.Shows(geom.Point{X: q.X - o.corner.X, Y: q.Y - o.corner.Y})
	})
}

// common is what two photos both show of a region: each as it is where the other shows all of
// it. The share is of what the first shows.
func common(p, q placed) (first, second *skin.Sheet, share float64) {
	first, second, share = p.sheet, q.sheet, 1
	if q.cut() {
		first, share = p.within(q)
	}
	if p.cut() {
		second, _ = q.within(p)
	}
	return first, second, share
}

// whole is a region as the baseline has it.
type whole struct {
	placed
	of     *shot
	values func() map[string]outcome.Measurement // worked out when first asked for
}

// keepWholes keeps each region of the photo of the baseline that shows most of it.
func (a *analysis) keepWholes() {
	a.baseline.wholes = map[string]*whole{}
	for _, r := range a.baselineRegions() {
		if w := a.baseline.wholes[r.region.name]; w != nil && w.outside <= r.region.outside {
			continue
		}
		sheet, reference := r.shot.sheet(r.region, a.chromo).Kept(), a.baseline.reference[r.region.name]
		a.baseline.wholes[r.region.name] = &whole{placed: r.shot.placed(sheet, r.region.mask, r.region), of: r.shot,
			values: sync.OnceValue(func() map[string]outcome.Measurement { return skin.Measure(sheet.Kept(), reference) })}
	}
}

// beside is what the baseline and a photo have in common of a region, where one of them does not
// show all of it; else no share.
func (w *whole) beside(s *shot, now placed) (first, second *skin.Sheet, share float64) {
	if w == nil || w.of == s || !now.cut() && !w.cut() {
		return nil, nil, 0
	}
	return common(w.placed, now)
}

// measuresOf are all numbers of a region in one photo. Where that or the baseline does not show
// all of it they stand for the whole, and shown is the share that both show; nil: all.
func (a *analysis) measuresOf(s *shot, c *carried) (measures map[string]outcome.Measurement, shown *outcome.Number) {
	reference := a.baseline.reference[c.name]
	w, now := a.baseline.wholes[c.name], s.placed(s.sheet(c, a.chromo), c.mask, c)
	first, second, seen := w.beside(s, now)
	if seen == 0 {
		return skin.Measure(now.sheet, reference), nil
	}
	reference = reference.Over(first, w.sheet)
	measures, before := skin.Measure(now.sheet, reference), w.values()
	after := measures
	if first != w.sheet {
		before = skin.Measure(first, reference)
	}
	if second != now.sheet {
		after = skin.Measure(second, reference)
	}
	for name, all := range w.values() {
		m, p := measures[name], outcome.Part{Measured: after[name].Value, Before: before[name].Value, Whole: all.Value}
		if p.Measured.Known() && p.Before.Known() && p.Whole.Known() {
			m.Value = outcome.Number(skin.AsWhole(a.definitions[name].Scale, float64(p.Measured), float64(p.Before), float64(p.Whole)))
			m.Part = &p
			measures[name] = m
		}
	}
	both := share(seen * (1 - w.outside))
	return measures, &both
}

// noteParts says of which photos a part is compared.
func (a *analysis) noteParts() {
	for _, p := range a.record.Photos {
		for _, r := range p.ROIs {
			if r.Shown != nil {
				a.record.Warnings = append(a.record.Warnings, outcome.Notice{Code: outcome.PartCompared, Photo: p.File, ROI: r.Name,
					Text: fmt.Sprintf("Shown in part: %.0f %%, compared with the same part at baseline.", 100*float64(*r.Shown))})
			}
		}
	}
}
