package skin

import (
	"math"

	"dermtrace/internal/chromo"
	"dermtrace/internal/outcome"
	"dermtrace/internal/roi"
	"dermtrace/internal/skin/erythema"
	"dermtrace/internal/skin/pigment"
	"dermtrace/internal/skin/texture"
)

// The surround of a scar is skin between these distances of its outline: near enough to
// be the same skin, far enough not to be the scar's rim (project default).
const surroundFromMM, surroundToMM = 2.0, 6.0

// Surround is the ring of skin that a scar is held against, in a photo of w×h pixels;
// empty without a scale. avoid, if not nil, says which pixels are no plain skin.
func Surround(scar *roi.Mask, pxPerMM float64, w, h int, avoid func(x, y int) bool) *roi.Mask {
	if !(pxPerMM > 0) || scar.Empty() {
		return &roi.Mask{}
	}
	far := int(math.Ceil(surroundToMM * pxPerMM))
	x0, y0, x1, y1 := scar.Bounds()
	x0, y0, x1, y1 = max(0, x0-far), max(0, y0-far), min(w, x1+far), min(h, y1+far)
	ring := &roi.Mask{X0: x0, Y0: y0, W: x1 - x0, H: y1 - y0, In: make([]bool, (x1-x0)*(y1-y0))}
	near, limit := int32(3*surroundFromMM*pxPerMM), int32(3*surroundToMM*pxPerMM)
	for i, d := range distances(scar, ring) {
		x, y := x0+i%ring.W, y0+i/ring.W
		ring.In[i] = d >= near && d <= limit && (avoid == nil || !avoid(x, y))
	}
	return ring
}

// distances are those from a set, in thirds of a pixel, over the box of another: the
// chamfer 3-4 transform (Borgefors 1986, Comput Vis Graph Image Process 34:344), within 8 %
// of the Euclidean.
func distances(from, box *roi.Mask) []int32 {
	const infinite = math.MaxInt32 / 2
	d := make([]int32, box.W*box.H)
	for i := range d {
		if !from.Contains(box.X0+i%box.W, box.Y0+i/box.W) {
			d[i] = infinite
		}
	}
	sweep := func(i, x, y, side int) {
		at := func(dx, dy int, step int32) {
			if u, v := x+dx, y+dy; u >= 0 && v >= 0 && u < box.W && v < box.H {
				d[i] = min(d[i], d[v*box.W+u]+step)
			}
		}
		at(-side, 0, 3)
		at(-side, -side, 4)
		at(0, -side, 3)
		at(side, -side, 4)
	}
	for i := range d {
		sweep(i, i%box.W, i/box.W, 1)
	}
	for i := len(d) - 1; i >= 0; i-- {
		sweep(i, i%box.W, i/box.W, -1)
	}
	return d
}

// Beside makes o the surround that the sheet's region is held against: the same photo's
// skin around a scar.
func (s *Sheet) Beside(o *Sheet) { s.surround = o }

// marked is how uneven melanin is at the scale of coarse relief, in percent; NaN where it cannot
// be told.
func (s *Sheet) marked() float64 {
	return float64(pigment.Evenness(s.melanin, s.mmPerPx, texture.CoarseBand).Value)
}

// asMarked adds to the relief of a scar what the fading of its marks can pass for, where pigment
// is not well told from relief: their rims are as coarse as those of a pit, and hardly move the
// mean that [work.mottled] goes by.
func (w *work) asMarked(m outcome.Measurement) outcome.Measurement {
	return w.goesWith(m, "evenness", w.Sheet.marked(), w.ref.marked, 1)
}

// contrast is how far the region's mean of a map is from the surround's, without sign:
// 0 is skin like its surround.
func contrast(scar, surround chromo.Field, unit string) outcome.Measurement {
	a, b := scar.Summary(), surround.Summary()
	if b.N == 0 {
		return outcome.Unmeasured(unit, outcome.RegionLost)
	}
	a.Mean, a.SD = math.Abs(a.Mean-b.Mean), math.Hypot(a.SD, b.SD)
	return a.Measurement(unit)
}

// scarLeak is how much of the surround's melanin a flush lays on a scar or hides of it, per √% of
// blood: the RMS of simulated scars, on skins of other optics. It is not taken off: a scar is
// mostly too small to tell it, and what its surround tells is not what leaks into the scar.
const scarLeak = 0.15

// melaninContrast is that of melanin, with what blood that is not as at the baseline may make of it.
func (w *work) melaninContrast() outcome.Measurement {
	m := w.redder(contrast(w.Sheet.melanin, w.surround.melanin, pigment.UnitMelanin))
	if gained := math.Abs(w.ofBlood.Mean - w.ref.Blood); gained > 0 && m.Value.Known() {
		roots := chromo.Root(float32(w.ofBlood.Mean)) - chromo.Root(float32(w.ref.Blood))
		se := scarLeak * w.surround.ofMelanin.Mean * math.Abs(float64(roots))
		m.CrossTalk = &outcome.CrossTalk{Of: "hemoglobin", SE: outcome.Number(se / gained), ValueSE: outcome.Number(se)}
	}
	return m
}

// reliefRatio is the coarse relief of the region over that of its surround.
func (w *work) reliefRatio() outcome.Measurement {
	w.surround.readRelief()
	around := w.surround.relief
	if w.relief == nil {
		return outcome.Unmeasured(texture.UnitRelief, w.noRelief)
	}
	if around == nil {
		return outcome.Unmeasured(texture.UnitRelief, w.surround.noRelief)
	}
	m, b := w.coarse, around.Coarse()
	if !(b.Value > 0) {
		return outcome.Unmeasured(texture.UnitRelief, outcome.NothingFound)
	}
	m.Value /= b.Value
	m.SD = outcome.NaN()
	if w.lamp != 0 {
		se := m.Value * outcome.Number(steepShare*math.Abs(w.lamp))
		m.LightSE = &se
	}
	return w.asMarked(m)
}

// steepShare is how much more, relative to what a lower lamp deepens furrows by, it deepens the pits
// of simulated scars. Marks and bumps are deepened as furrows are, so nothing is taken off.
const steepShare = 0.7

// reliefBlood is the [Index.PerRootBlood] of the ratio.
const reliefBlood = 0.2

// reliefContrast is |ln| of the ratio: as far from its surround at half as at twice.
func (w *work) reliefContrast() outcome.Measurement {
	m := w.reddened(w.reliefRatio(), reliefBlood)
	if !(m.Value > 0) {
		return outcome.Unmeasured(texture.UnitRelief, append(m.Warnings, outcome.NothingFound)[0])
	}
	if t := m.CrossTalk; t != nil { // to first order
		m.CrossTalk = &outcome.CrossTalk{Of: t.Of, PerPoint: t.PerPoint / m.Value, SE: t.SE / m.Value, ValueSE: t.ValueSE / m.Value}
	}
	if m.LightSE != nil {
		se := *m.LightSE / m.Value
		m.LightSE = &se
	}
	m.Value = outcome.Number(math.Abs(math.Log(float64(m.Value))))
	return m
}

// UnitArea is the unit of areas on the skin.
const UnitArea = "mm²"

// Skin stands out from its surround beyond 2.5 robust standard deviations of it, or
// beyond 15 % of it where it is very even (the bounds of red_area).
const outSigmas, outShare = 2.5, 0.15

// scarArea is the part of the region whose melanin or blood stands out from the surround; on skin
// that has become redder everything is uneven, and nothing is stated.
func (w *work) scarArea() outcome.Measurement {
	if w.mmPerPx <= 0 {
		return outcome.Unmeasured(UnitArea, outcome.ScaleUnknown)
	}
	s := w.Sheet.melanin.Summary()
	if s.N == 0 || w.surround.melanin.Empty() {
		return outcome.Unmeasured(UnitArea, outcome.RegionLost)
	}
	if w.ofBlood.Mean-w.ref.Blood > redPoints {
		return outcome.Unmeasured(UnitArea, outcome.RedderSkin)
	}
	melanin, blood := beyond(w.surround.melanin), beyond(w.surround.blood)
	area := 0.0
	for i, m := range w.Sheet.melanin.Value.Pix {
		if k := w.Sheet.melanin.WeightAt(i); k > 0 && (melanin(m) || blood(w.blood.Value.Pix[i])) {
			area += float64(k)
		}
	}
	return outcome.Measurement{Value: outcome.Number(area * w.mmPerPx * w.mmPerPx), Unit: UnitArea, SD: outcome.NaN(), N: s.N}
}

func beyond(surround chromo.Field) func(v float32) bool {
	median, sigma := surround.MedianMAD()
	out := max(outSigmas*sigma, outShare*median)
	return func(v float32) bool { return math.Abs(float64(v)-median) > out }
}

// scarIndices hold a scar or stretch mark against the skin around it. How far it is from that has
// no sign and a true zero, so that half as far is half as much: a ratio scale, on which noise grows
// with the value from a constant part on, as that of a magnitude does that noise folds at zero.
func scarIndices() []Index {
	const around = "mean over the region against a ring of skin 2 to 6 mm around it (project default)"
	light := Needs{Light: true, Surround: true, PxPerMM: pigment.LeastPxPerMM}
	relief := Needs{Surround: true, PxPerMM: texture.LeastPxPerMM, Sharpness: true}
	like := func(family, unit, meaning string) outcome.Definition {
		return outcome.Definition{Unit: unit, Family: family, Scale: outcome.Ratio, Clock: family, Version: 2,
			GoalDirection: towards(MatchSurround, down), Reference: around, Meaning: meaning}
	}
	ratio := like(outcome.Texture, texture.UnitRelief, "Coarse relief of a scar over that of the skin around it: 1 is like its surround.")
	ratio.GoalDirection = nil
	area := like(outcome.Pigment, UnitArea, "Area of a scar whose melanin or blood stands out from the skin around it.")
	area.GoalDirection = nil // scar_melanin and scar_hemoglobin tell the same more surely
	area.Reference = "project default: beyond max(2.5 robust standard deviations, 15 %) of the surround"
	return []Index{
		{"scar_melanin", like(outcome.Pigment, pigment.UnitMelanin, "How far the melanin of a scar is from that of the skin around it, darker or paler: 0 is like its surround."),
			light, 0, (*work).melaninContrast},
		{"scar_hemoglobin", like(outcome.Redness, erythema.UnitBlood, "How far the blood of a scar is from that of the skin around it, redder or paler: 0 is like its surround."),
			light, 0, func(w *work) outcome.Measurement { return contrast(w.blood, w.surround.blood, erythema.UnitBlood) }},
		{"scar_relief", like(outcome.Texture, texture.UnitRelief, "How far the coarse relief of a scar is from that of the skin around it, |ln ratio|: 0 is like its surround."),
			relief, 0, (*work).reliefContrast},
		{"relief_ratio", ratio, relief, reliefBlood, (*work).reliefRatio},
		{"scar_area", area, light, 0, (*work).scarArea},
	}
}
