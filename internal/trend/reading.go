package trend

import (
	"math"
	"slices"

	"dermtrace/internal/outcome"
	"dermtrace/internal/stats"
)

// reading is a question to a visit: the mean over its photos of a measure in a region,
// or in the mean of several, less a weight times that of the mean of others.
type reading struct {
	region
	measure, family string
	mean            names   // regions averaged to one, instead of region.name
	against         names   // regions whose mean is taken off
	weight          float64 // times which it is taken off
}

// at answers q at visit v. A photo counts when all the regions asked for are known in
// it, so that what all regions of a photo share cancels in a difference.
func (c *course) at(v int, q reading) point {
	p := point{regions: 1, mm2: math.Inf(1)}
	if c.listed[v] > 0 && len(c.photos[v]) == 0 {
		p.warn(outcome.NoUsablePhoto)
	}
	var values, others []float64
	for _, photo := range c.photos[v] {
		if value, other, ok := p.ask(photo, q); ok {
			p.photos = append(p.photos, value-other)
			values, others = append(values, value), append(others, other)
			p.judge(photo, q.family)
		}
	}
	if p.known = len(p.photos) > 0; !p.known {
		if len(p.warnings) == 0 {
			p.warn(outcome.NotMeasured)
		}
		return p
	}
	slices.Sort(p.photos)
	slices.Sort(p.warnings)
	p.take(mean(values), mean(others), q.against != nil)
	return p
}

// ask reads one photo: the mean over the regions, and what is taken off it.
func (p *point) ask(photo *outcome.Photo, q reading) (value, other float64, ok bool) {
	of := q.mean
	if of == nil {
		of = names{q.name}
	}
	value, ok = p.mean(photo, q, of)
	if q.against == nil {
		return value, 0, ok
	}
	other, known := p.mean(photo, q, q.against)
	return value, q.weight * other, ok && known
}

// take sets what the visit says from the means over its photos.
func (p *point) take(value, other float64, difference bool) {
	if p.value = value - other; math.Abs(p.value) < rounding*math.Abs(value) {
		p.value = 0
	}
	p.square = float64(value * value)
	if difference {
		p.regions, p.light = 2, 0
		p.square += float64(other * other)
	}
	n := float64(len(p.photos))
	p.light /= n * n
	p.talk /= n * n
}

// rounding is what may be left, relative to them, of two equal values that were worked out
// in two ways.
const rounding = 1e-12

// mean adds the values in order of size, so that the order of photos changes nothing.
func mean(x []float64) float64 { return stats.Mean(slices.Sorted(slices.Values(x))) }

// mean is the mean of a measure over regions of one photo; all must be known.
func (p *point) mean(photo *outcome.Photo, q reading, of names) (float64, bool) {
	var sum, mm2, light, talk float64
	for _, name := range of {
		i := slices.IndexFunc(photo.ROIs, func(r outcome.ROI) bool { return r.Name == name })
		if i < 0 {
			p.warn(outcome.RegionLost)
			return 0, false
		}
		r := photo.ROIs[i]
		m, ok := r.Measures[q.measure]
		p.warn(m.Warnings...)
		if !ok || !m.Value.Known() {
			return 0, false
		}
		if r.Kind == outcome.Control && circular(photo, q.family) {
			p.warn(outcome.ControlTooSmall)
			return 0, false
		}
		sum += float64(m.Value)
		mm2 += areaOf(photo, r)
		if m.LightSE != nil && m.LightSE.Known() {
			light += float64(*m.LightSE)
		}
		if m.CrossTalk != nil && m.CrossTalk.ValueSE.Known() {
			talk += float64(m.CrossTalk.ValueSE * m.CrossTalk.ValueSE)
		}
	}
	p.mm2 = min(p.mm2, mm2)
	light /= float64(len(of)) // all regions of a photo share its light
	p.light += float64(light * light)
	p.talk += talk / float64(len(of)*len(of))
	return sum / float64(len(of)), true
}

// circular reports whether control skin set the light of this photo and none was kept
// apart to witness it: then it cannot say that colours did not change.
func circular(photo *outcome.Photo, family string) bool {
	k := photo.Calibration
	return colour(family) && k.Method == "control" && k.WitnessTiles == 0
}

// colour reports whether the measures of a family depend on the light's colour.
func colour(family string) bool { return family == outcome.Redness || family == outcome.Pigment }

// judge notes what is wrong with a photo that counts, and whether that forbids a
// verdict: unknown light for colours, a skin state that spoils the family, a file that
// dropped what the baseline's kept, hair that passes for texture, skin that is drawn as
// treated and as untreated, and a region of so few pixels that no noise figure is of its
// like. What else its quality says travels along as a warning; a finding that the user
// overruled forbids nothing.
func (p *point) judge(photo *outcome.Photo, family string) {
	if m := photo.Calibration.Method; colour(family) && (m == "none" || m == "") {
		p.warn(outcome.Uncalibrated)
	}
	if photo.Alignment.Status == outcome.AlignDoubtful {
		p.warn(outcome.AlignmentDoubtful)
	}
	for _, r := range photo.Quality.Reasons {
		switch {
		case !slices.Contains(r.Spoils, family):
		case r.Overruled != "":
			p.warn(outcome.Overruled)
		default:
			p.warn(r.Code)
		}
	}
	p.barred = slices.ContainsFunc(p.warnings, func(code string) bool { return slices.Contains(barring, code) }) ||
		colour(family) && slices.Contains(p.warnings, outcome.Uncalibrated)
}

// unmatched reports whether no untreated skin held the texture of a photo against the baseline's.
func (p *point) unmatched() bool { return slices.Contains(p.warnings, outcome.ReliefUnmatched) }

// barring are the warnings that forbid a verdict, of whatever they are.
var barring = []string{outcome.SkinState, outcome.RegionTiny, outcome.RegionsOverlap, outcome.LossyFile, outcome.HairCovers}

func (p *point) warn(codes ...string) {
	for _, code := range codes {
		if !slices.Contains(p.warnings, code) {
			p.warnings = append(p.warnings, code)
		}
	}
}
