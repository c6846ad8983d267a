package series

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"dermtrace/internal/chromo"
	"dermtrace/internal/geom"
	"dermtrace/internal/manifest"
	"dermtrace/internal/outcome"
	"dermtrace/internal/photo"
	"dermtrace/internal/quality"
	"dermtrace/internal/render"
	"dermtrace/internal/roi"
	"dermtrace/internal/skin"
	"dermtrace/internal/skin/texture"
)

// baseline is the visit that others are compared with, and the thresholds that its
// skin sets for the whole series.
type baseline struct {
	visit     manifest.Visit
	file      photo.Meta                // of its first photo that is used
	reference map[string]skin.Reference // by region
	scale     map[string]render.Scale   // by measure, of the maps
	ground    ground                    // what differences are taken from
	wholes    map[string]*whole         // by region: what photos that show part of it are held against
	relief    placed                    // untreated skin, as sharp and deep as others are measured; no sheet: none
	reliefOf  *shot                     // the photo that shows it
	uneven    texture.Unevenness        // of its skin, besides relief
	shot      map[string]*shot          // by file: photos that were shot before their turn
}

// chooseBaseline chooses the baseline visit.
func (a *analysis) chooseBaseline(ctx context.Context) error {
	b := &baseline{reference: map[string]skin.Reference{}, shot: map[string]*shot{}}
	var failure error
	found := false
	visit, warnings, err := a.manifest.PickBaseline(func(v manifest.Visit) bool {
		if failure != nil || found && !a.beforeTreatment(v) {
			return false // an earlier visit serves: do not open this one for the choice
		}
		ok, err := a.tryBaseline(ctx, b, v)
		failure = err
		found = found || ok
		return ok
	})
	if failure != nil {
		return failure
	}
	if err != nil {
		return a.whyNoBaseline(b, err)
	}
	b.visit = visit
	b.file = b.firstUsed()
	if a.workers() < 2 { // one photo at a time: the frame is opened again when it is its turn
		a.ahead.drop()
	}
	a.notices = append(a.notices, notices(warnings)...)
	a.baseline = b
	return nil
}

// whyNoBaseline adds to the error of the choice why the first photo that was tried is refused.
func (a *analysis) whyNoBaseline(b *baseline, err error) error {
	for _, v := range a.manifest.Visits {
		for _, ref := range v.Photos {
			if s := b.shot[ref.File]; s != nil && !s.record.Used() {
				return errors.Join(err, fmt.Errorf("%s: %v", ref.File, s.record.WhyUnused()))
			}
		}
	}
	return err
}

func (a *analysis) beforeTreatment(v manifest.Visit) bool {
	return len(a.manifest.Treatments) > 0 && v.Precedes(a.manifest.Treatments[0])
}

// tryBaseline opens the photos of a visit and reports whether one of them is usable.
func (a *analysis) tryBaseline(ctx context.Context, b *baseline, v manifest.Visit) (bool, error) {
	ok := false
	for _, ref := range v.Photos {
		a.openAhead(ctx, a.after(ref.File))
		s, err := a.shoot(ctx, v, ref)
		if err != nil {
			return false, err
		}
		b.shot[ref.File] = s
		ok = ok || s.record.Used()
	}
	return ok, nil
}

// freeze takes each region's thresholds from the usable photos of the baseline, and
// the colour scales of the maps and what differences are taken from.
func (a *analysis) freeze() error {
	a.settleModel()
	a.freezeUnevenness()
	sheets := map[string][]*skin.Sheet{}
	for _, r := range a.baselineRegions() {
		sheet := a.sheet(r.shot, r.region)
		sheets[r.region.name] = append(sheets[r.region.name], sheet)
		if a.baseline.scale == nil {
			a.baseline.scales(sheet)
		}
		if a.baseline.relief.sheet == nil && r.region.kind == outcome.Control {
			a.baseline.relief = a.reliefSetter(r.shot, r.region)
			a.baseline.reliefOf = r.shot
		}
	}
	for name, list := range sheets {
		a.baseline.reference[name] = skin.Freeze(list...)
	}
	a.keepWholes()
	a.markSpots()
	a.markObjects()
	return a.layGround()
}

// Errors of a photo that is measured by itself.
var (
	errOutside    = errors.New("the region lies outside the photo")
	errColourless = errors.New("the picture is black and white: redness, pigment and relief need the original file in colour")
)

// share rounds to a hundredth of a percent, finer than any mask is true.
func share(v float64) outcome.Number { return outcome.Number(math.Round(v*1e4) / 1e4) }

// partlyLost is the share of a region outside the photo from which its numbers warn.
const partlyLost = 0.1

// measure fills in one region of one photo.
func (a *analysis) measure(s *shot, c *carried) outcome.ROI {
	sheet := a.sheet(s, c)
	out := outcome.ROI{Name: c.name, Kind: c.kind, Pixels: c.mask.Count(), ExcludedFraction: share(1 - (1-c.excluded)*(1-sheet.Masked)), SpotTally: c.tally}
	out.Measures, out.Shown = a.measuresOf(s, c)
	doubts := slices.Concat(c.warnings, s.doubts(c))
	lightErrors, exposed := s.lightErrors(c, a.chromo), exposed()
	for name, m := range out.Measures {
		family := a.definitions[name].Family
		m.Warnings = union(m.Warnings, doubts, s.spoilt(family))
		if family == outcome.Texture {
			m.Warnings = union(m.Warnings, a.unlike(s, m.Value))
		}
		if s.unlevelled() && exposed[name] {
			m.Warnings = append(m.Warnings, outcome.LightGradient)
		}
		if se, ok := lightErrors[name]; ok && m.Value.Known() {
			m.LightSE = &se
		}
		if s.barred(family) {
			m = outcome.Unmeasured(m.Unit, m.Warnings...)
		}
		out.Measures[name] = m
	}
	return out
}

// doubts are the warnings of place and region, for every number.
func (s *shot) doubts(c *carried) []string {
	var list []string
	if s.record.Alignment.Status == outcome.AlignDoubtful {
		list = append(list, outcome.AlignmentDoubtful)
	}
	switch {
	case c.mask.Empty():
		list = append(list, outcome.RegionLost)
	case c.covered > uncut:
		list = append(list, outcome.RegionCovered)
	case c.outside > partlyLost:
		list = append(list, outcome.RegionPartlyLost)
	}
	return list
}

// spoilt are the warnings of light and quality for one family of measures.
func (s *shot) spoilt(family string) []string {
	var list []string
	if family == outcome.Redness || family == outcome.Pigment {
		list = append(list, s.lit...)
	}
	list = append(list, s.fileDoubts(family)...)
	for _, r := range s.record.Quality.Reasons {
		switch {
		case !slices.Contains(r.Spoils, like(family)):
		case r.Overruled != "":
			list = append(list, outcome.Overruled)
		default:
			list = append(list, r.Code)
		}
	}
	return list
}

// like is the family whose doubts a family shares: hair is detail, as texture is.
func like(family string) string {
	if family == outcome.Hair {
		return outcome.Texture
	}
	return family
}

// fileDoubts are the warnings of the file: those of its colour profile concern colour
// alone.
func (s *shot) fileDoubts(family string) []string {
	if like(family) != outcome.Texture {
		return s.meta.Warnings
	}
	return slices.DeleteFunc(slices.Clone(s.meta.Warnings), func(code string) bool {
		return strings.HasPrefix(code, "profile_")
	})
}

// barred reports whether what was on the skin makes the family meaningless.
func (s *shot) barred(family string) bool {
	for _, r := range s.record.Quality.Reasons {
		if r.Code == outcome.SkinState && r.Overruled == "" && slices.Contains(r.Spoils, like(family)) {
			return true
		}
	}
	return false
}

// union joins lists of codes, each once, in order of first appearance.
func union(lists ...[]string) []string {
	out := []string{}
	for _, code := range slices.Concat(lists...) {
		if !slices.Contains(out, code) {
			out = append(out, code)
		}
	}
	return out
}

// MeasureOne measures a photo by itself, in the light it has: the region, or the
// whole photo where it is nil. mmPerPx 0 means that the scale is unknown.
func MeasureOne(p *photo.Photo, region geom.Polygon, mmPerPx float64) (map[string]outcome.Measurement, error) {
	w, h := float64(p.Width), float64(p.Height)
	if region == nil {
		region = geom.Polygon{{X: -0.5, Y: -0.5}, {X: w - 0.5, Y: -0.5}, {X: w - 0.5, Y: h - 0.5}, {X: -0.5, Y: h - 0.5}}
	}
	mask := roi.Fill(region, p.Width, p.Height)
	if mask.Empty() {
		return nil, errOutside
	}
	if quality.Measure(p.Pixels, p.Meta, mask).Colourless > quality.MaxColourless {
		return nil, errColourless
	}
	s := &shot{pixels: p.Pixels, meta: p.Meta}
	c := carried{mask: mask}
	if mmPerPx > 0 {
		c.pxPerMM = 1 / mmPerPx
	}
	sheet := s.sheet(&c, chromo.NewModel(chromo.Options{}))
	measures, definitions := skin.Measure(sheet, skin.Freeze(sheet)), skin.Definitions()
	for name, m := range measures {
		m.Warnings = union(m.Warnings, s.fileDoubts(definitions[name].Family))
		measures[name] = m
	}
	return measures, nil
}
