package validate

import (
	"fmt"
	"math"
	"slices"

	"dermtrace/internal/align"
	"dermtrace/internal/geom"
	"dermtrace/internal/outcome"
	"dermtrace/internal/phantom"
	"dermtrace/internal/series"
)

// compare holds what the pipeline says against the truth, as the course's kind asks.
func (c course) compare(res *series.Result, truth phantom.Truth) ([]Sample, error) {
	s := sampler{course: c.name, band: c.tone.band}
	pairs, err := pair(res, truth)
	if err != nil {
		return nil, err
	}
	switch c.kind {
	case tracking:
		s.alignment(pairs[1:])
		s.tracking(pairs)
		s.stillness(c.script, pairs)
	case spotted:
		s.fates(res.Record, truth)
		s.sumsOfSpots(pairs, truth.Spots)
	case swept:
		s.swept(pairs)
	case foreign:
		s.alignment(pairs[1:])
		s.lit(c, pairs)
	case reshot:
		s.alignment(pairs[1:])
		for _, p := range pairs[1:] {
			s.add(distance, p.file, 0, percent(p.measure("treated", "roughness")/pairs[0].measure("treated", "roughness")-1))
		}
	case stranger:
		file, _ := photoOf(c.script, 28)
		for _, p := range pairs[1:] {
			s.found(p, p.file != file)
		}
	case turned:
		for _, p := range pairs[1:] {
			s.is(turnedFound, p.file, true, p.placed() && stats50(distances(p)) <= 1)
		}
	case still:
		s.alignment(pairs[1:])
		s.unchangedSpots(res.Record)
	}
	return s.list, nil
}

// pairing is one photo as measured and as it is.
type pairing struct {
	file   string
	record outcome.Photo
	place  align.Result
	truth  phantom.PhotoTruth
}

// placed reports whether the photo was opened and laid on the frame.
func (p pairing) placed() bool {
	return p.record.Alignment.Status != "" && p.record.Alignment.Status != outcome.AlignFailed
}

// pair joins record and truth by file, in the truth's order, the frame first.
func pair(res *series.Result, truth phantom.Truth) ([]pairing, error) {
	var list []pairing
	for _, t := range truth.Photos {
		i := slices.IndexFunc(res.Record.Photos, func(p outcome.Photo) bool { return p.File == t.File })
		if i < 0 {
			return nil, fmt.Errorf("the truth names %s, which is no photo of the series", t.File)
		}
		list = append(list, pairing{t.File, res.Record.Photos[i], res.Places[t.File], t})
	}
	if len(list) < 2 {
		return nil, fmt.Errorf("the truth names %d photos; at least two are needed", len(list))
	}
	return list, nil
}

// measure is a measured value, NaN where there is none.
func (p pairing) measure(region, name string) float64 {
	for _, r := range p.record.ROIs {
		if r.Name == region {
			if m, ok := r.Measures[name]; ok {
				return float64(m.Value)
			}
		}
	}
	return math.NaN()
}

// versus is a measure of treated skin less that of control skin.
func (p pairing) versus(name string) float64 {
	return p.measure("treated", name) - p.measure("control", name)
}

func percent(v float64) outcome.Number { return outcome.Number(100 * v) }

// alignment compares positions on a grid over every region. A photo that was refused has
// an infinite error, which its estimate may know.
func (s *sampler) alignment(photos []pairing) {
	for _, p := range photos {
		s.found(p, true)
		if !p.placed() {
			continue
		}
		d := distances(p)
		median, p95 := stats50(d), stats95(d)
		questions := [2]string{alignMedian, alignP95}
		if len(p.truth.Waves)+len(p.truth.Bumps) > 0 {
			questions = [2]string{stretchMedian, stretchP95}
		}
		s.add(questions[0], p.file, 0, outcome.Number(median))
		s.add(questions[1], p.file, 0, outcome.Number(p95))
		s.add(alignHonest, p.file, median, p.record.Alignment.ErrorPx)
	}
}

// found records whether a photo was placed, and with what evidence.
func (s *sampler) found(p pairing, same bool) {
	question := alignFound
	if !same {
		question = alignRefused
	}
	s.is(question, p.file, same, p.placed())
	if z := p.place.Figures.Z; !math.IsNaN(z) && !math.IsInf(z, 0) {
		s.add(evidence, p.file, number(same), outcome.Number(z))
	}
}

// gridSteps is how many points a region's box is probed at along each side.
const gridSteps = 24

// distances are how far the place is off, in photo pixels, over the middle nine tenths
// of the frame's picture.
func distances(p pairing) []float64 {
	var d []float64
	w, h := float64(p.record.Width), float64(p.record.Height)
	for j := range gridSteps {
		for i := range gridSteps {
			f := geom.Point{X: w * (0.05 + 0.9*float64(i)/(gridSteps-1)), Y: h * (0.05 + 0.9*float64(j)/(gridSteps-1))}
			q := p.truth.Photo(f)
			if q.X < 0 || q.Y < 0 || q.X > w-1 || q.Y > h-1 {
				continue
			}
			d = append(d, p.place.Apply(f).Sub(q).Norm())
		}
	}
	slices.Sort(d)
	return d
}

func stats50(sorted []float64) float64 { return sorted[len(sorted)/2] }
func stats95(sorted []float64) float64 { return sorted[len(sorted)*95/100] }

// Changes of truth below these count as none: far below what any photo shows.
const (
	sameBlood   = 0.0005
	sameMelanin = 0.01 // relative
	sameRelief  = 0.005
)

// tracking compares changes since the first photo with true ones, whatever they are.
func (s *sampler) tracking(photos []pairing) {
	base := photos[0]
	b0 := base.truth.Regions
	for _, p := range photos[1:] {
		if !p.record.Used() {
			continue
		}
		b := p.truth.Regions
		db := b["treated"].Blood - b0["treated"].Blood - (b["control"].Blood - b0["control"].Blood)
		dm := math.Log(b["treated"].Melanin / b0["treated"].Melanin)
		dr := b["treated"].ReliefMM/b0["treated"].ReliefMM - 1
		stillBlood, stillMelanin := math.Abs(db) < sameBlood, math.Abs(dm) < sameMelanin
		if stillMelanin {
			s.add(blood, p.file, 100*db, outcome.Number(p.versus("hemoglobin")-base.versus("hemoglobin")))
		}
		if !stillBlood && stillMelanin {
			s.flush(flushMelanin, base, p)
		}
		if stillBlood {
			s.add(melanin, p.file, dm, outcome.Number(math.Log(p.measure("treated", "melanin")/base.measure("treated", "melanin"))))
		}
		if stillBlood && !stillMelanin {
			s.add(melaninBlood, p.file, 0, outcome.Number(p.versus("hemoglobin")-base.versus("hemoglobin")))
		}
		question := relief
		if math.Abs(dr) < sameRelief {
			question = stillRelief
		}
		if p.measure("control", "roughness") > 0 || base.measure("treated", "roughness") > 0 {
			s.add(question, p.file, 100*dr, percent(p.measure("treated", "roughness")/base.measure("treated", "roughness")-1))
		}
		s.is(witnessMoves, p.file, true, p.measure("control", "hemoglobin") != base.measure("control", "hemoglobin"))
	}
}

// flush is what a change of blood reads as in melanin, in percent of the melanin.
func (s *sampler) flush(question string, base, p pairing) {
	change := p.versus("melanin") - base.versus("melanin")
	s.add(question, p.file, 0, percent(change/base.measure("treated", "melanin")))
}

// lit asks what a flush reads as in melanin, and what the photo of another light says
// of unchanged skin where a card sets the light.
func (s *sampler) lit(c course, photos []pairing) {
	cast, _ := photoOf(c.script, castDay)
	for _, p := range photos[1:] {
		switch {
		case !p.record.Used():
		case p.file != cast:
			s.flush(c.asks, photos[0], p)
		case c.script.Card != nil:
			s.add(cardErythema, p.file, 0, outcome.Number(p.measure("treated", "erythema_index")-photos[0].measure("treated", "erythema_index")))
		}
	}
}

// swept holds spoilt photos of unchanged skin against the first. A roughness that is
// withheld or carries a warning of the photo's quality has said that it may be wrong.
func (s *sampler) swept(photos []pairing) {
	base := photos[0]
	for i, w := range sweeps {
		p := photos[1+i]
		s.found(p, true)
		if !p.record.Used() {
			continue
		}
		if w.all {
			s.add(sweptStretch, p.file, 0, outcome.Number(stats50(distances(p))))
			continue
		}
		s.add(sweptAlign, p.file, 0, outcome.Number(stats50(distances(p))))
		erythema, relief := jpegErythema, jpegRelief
		if w.blurPx > 0 {
			erythema, relief = blurErythema, blurRelief
		}
		if w.blood > 0 {
			s.flush(sweptFlush, base, p)
			continue
		}
		s.add(erythema, p.file, 0, outcome.Number(p.measure("treated", "erythema_index")-base.measure("treated", "erythema_index")))
		if !p.spoilt(outcome.Texture) {
			s.add(relief, p.file, 0, percent(p.measure("treated", "roughness")/base.measure("treated", "roughness")-1))
		}
	}
}

// spoilt reports whether the photo's quality says that it spoils a family.
func (p pairing) spoilt(family string) bool {
	return slices.ContainsFunc(p.record.Quality.Reasons, func(r outcome.Reason) bool { return slices.Contains(r.Spoils, family) })
}

// stillness holds the photo of a cast light against unchanged skin.
func (s *sampler) stillness(script phantom.Script, photos []pairing) {
	base := photos[0]
	file, _ := photoOf(script, castDay)
	for _, p := range photos {
		if p.file == file && p.record.Used() {
			s.add(castErythema, file, 0, outcome.Number(p.measure("treated", "erythema_index")-base.measure("treated", "erythema_index")))
		}
	}
}
