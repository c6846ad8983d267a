package trend

import (
	"cmp"
	"maps"
	"slices"

	"dermtrace/internal/outcome"
	"dermtrace/internal/stats"
)

// course is a record made ready to ask: which value had this measure at that visit?
type course struct {
	rec      *outcome.Record
	noise    Noise
	photos   [][]*outcome.Photo // used ones, by visit
	listed   []int              // photos of the visit, used or not
	regions  []region           // by name
	measures []string           // defined ones, by name
	baseline int                // index of the visit, −1: none
	band     string             // of skin colour at baseline
	tracks   []track            // one per region, measure and contrast

	quantiles map[float64]float64 // of t at 0.975, by df
}

type region struct{ name, kind string }

// track is one measure of one region in one contrast over all visits.
type track struct {
	region
	measure  string
	def      outcome.Definition
	contrast string
	weight   float64 // of what is taken off; 1 but for amounts of which control skin has more
	trusted  bool    // the contrast that verdicts on this region and measure rest on
	points   []point
	baseline point   // of the region by itself
	witness  []point // the same measure of the control region; nil: none
}

// point is what one visit says.
type point struct {
	value    float64
	known    bool
	photos   []float64 // values of the replicates, in the contrast
	square   float64   // Σ of squared mean values of the regions that enter
	regions  int       // how many means enter: 1, or 2 in a difference
	light    float64   // variance that the estimate of the light adds; 0 in a difference, whose regions share it
	talk     float64   // variance that cross-talk adds
	mm2      float64   // skin of the smaller side of the contrast in the photo that shows least; infinite: unknown
	warnings []string
	barred   bool // something forbids a verdict
}

func newCourse(rec *outcome.Record, noise Noise) *course {
	c := &course{rec: rec, noise: noise, baseline: -1, measures: slices.Sorted(maps.Keys(rec.Definitions)), quantiles: map[float64]float64{}}
	if noise.BuiltIn == nil {
		c.noise.BuiltIn = builtIn()
	}
	c.photos, c.listed = make([][]*outcome.Photo, len(rec.Visits)), make([]int, len(rec.Visits))
	at := map[string]int{}
	for i, v := range rec.Visits {
		at[v.Visit] = i
		if v.Visit == rec.Series.Baseline {
			c.baseline = i
		}
	}
	for i := range rec.Photos {
		p := &rec.Photos[i]
		v, ok := at[p.Visit]
		if !ok {
			continue
		}
		c.listed[v]++
		if p.Used() {
			c.photos[v] = append(c.photos[v], p)
		}
		c.addRegions(p)
	}
	slices.SortFunc(c.regions, func(a, b region) int {
		return cmp.Or(cmp.Compare(a.name, b.name), cmp.Compare(a.kind, b.kind))
	})
	if c.baseline >= 0 {
		c.band = c.skinBand()
		c.addTracks()
	}
	return c
}

func (c *course) addRegions(p *outcome.Photo) {
	for _, r := range p.ROIs {
		g := region{r.Name, r.Kind}
		if !slices.Contains(c.regions, g) {
			c.regions = append(c.regions, g)
		}
	}
}

// addTracks lists what there are rows for: each measure of a treated, comparator or
// scar region that the baseline has, in each contrast that the baseline has.
func (c *course) addTracks() {
	for _, r := range c.regions {
		if r.kind != outcome.Treated && r.kind != outcome.Comparator && r.kind != outcome.Scar {
			continue
		}
		for _, m := range c.measures {
			c.addTrack(r, m)
		}
	}
}

func (c *course) addTrack(r region, measure string) {
	def := c.rec.Definitions[measure]
	q := reading{region: r, measure: measure, family: def.Family}
	t := track{region: r, measure: measure, def: def, contrast: outcome.Raw, points: c.follow(q)}
	t.baseline = t.points[c.baseline]
	if !t.baseline.known {
		return
	}
	controls := c.knownAtBaseline(outcome.Control, measure, def.Family)
	if len(controls) > 0 {
		t.witness = c.follow(reading{region: region{kind: outcome.Control}, measure: measure, family: def.Family, mean: controls})
	}
	against := func(contrast string, others names) bool {
		d, q := t, q
		q.against, q.weight = others, 1
		if contrast == outcome.VsControl && def.Amount {
			q.weight = c.proportion(t, others)
		}
		d.contrast, d.weight, d.points = contrast, q.weight, c.follow(q)
		d.trusted = contrast == outcome.VsControl
		if len(others) == 0 || !d.points[c.baseline].known {
			return false
		}
		c.tracks = append(c.tracks, d)
		return true
	}
	raw := len(c.tracks)
	c.tracks = append(c.tracks, t)
	controlled := against(outcome.VsControl, controls)
	c.tracks[raw].trusted = !controlled
	if r.kind != outcome.Comparator {
		against(outcome.VsComparator, c.knownAtBaseline(outcome.Comparator, measure, def.Family))
	}
}

// proportion is how much a region has at baseline of an amount over how much control skin has
// of it, at most 1. Errors of an amount grow with it, and so does what happens to skin as a
// whole: where control skin has many spots and the region few, the whole of its change would
// drown the region's (half of 20 spots gone, beside 40 whose sum errs by a tenth).
func (c *course) proportion(t track, controls names) float64 {
	q := reading{region: region{kind: outcome.Control}, measure: t.measure, family: t.def.Family, mean: controls}
	if control := c.at(c.baseline, q); control.known && control.value > t.baseline.value {
		return max(0, t.baseline.value) / control.value
	}
	return 1
}

// names are regions that are averaged to one.
type names []string

// knownAtBaseline lists the regions of a kind that the baseline measured.
func (c *course) knownAtBaseline(kind, measure, family string) names {
	var list names
	for _, r := range c.regions {
		if r.kind == kind && c.at(c.baseline, reading{region: r, measure: measure, family: family}).known {
			list = append(list, r.name)
		}
	}
	return list
}

func (c *course) follow(q reading) []point {
	points := make([]point, len(c.rec.Visits))
	for v := range points {
		points[v] = c.at(v, q)
	}
	return points
}

// usedBefore is the latest visit before v with a used photo, −1 if there is none.
func (c *course) usedBefore(v int) int {
	for v--; v >= 0; v-- {
		if len(c.photos[v]) > 0 {
			return v
		}
	}
	return -1
}

// BandOf is the band of the skin of a record, "" where its baseline has no ITA.
func BandOf(rec *outcome.Record) string { return newCourse(rec, Noise{BuiltIn: []Figure{}}).band }

// skinBand is the band of ITA at baseline: of control skin, else of treated skin.
func (c *course) skinBand() string {
	for _, kind := range []string{outcome.Control, outcome.Treated} {
		for _, r := range c.regions {
			if r.kind != kind {
				continue
			}
			if p := c.at(c.baseline, reading{region: r, measure: "ita", family: outcome.Pigment}); p.known {
				return Band(p.value)
			}
		}
	}
	return ""
}

// pooledWithin is the variance between replicates of one visit, over visits up to v.
func pooledWithin(points []point, v int) stats.Pooled {
	var groups [][]float64
	for _, p := range points[:v+1] {
		groups = append(groups, p.photos)
	}
	return stats.PoolWithin(groups)
}
