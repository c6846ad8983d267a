package report

import (
	"cmp"
	"maps"
	"slices"

	"dermtrace/internal/outcome"
)

// index finds things in a record.
type index struct {
	rec     *outcome.Record
	visits  map[string]int
	photos  map[string][]int // of a visit
	regions []region         // that are measured, treated first, control last
}

type region struct{ name, kind string }

// label is the name, with the kind where that says more.
func (r region) label(t *texts) string {
	if kind := named(t.kinds, r.kind); kind != r.name {
		return r.name + " (" + kind + ")"
	}
	return r.name
}

func newIndex(rec *outcome.Record) *index {
	x := &index{rec: rec, visits: map[string]int{}, photos: map[string][]int{}}
	for i, v := range rec.Visits {
		x.visits[v.Visit] = i
	}
	seen := map[string]bool{}
	for i, p := range rec.Photos {
		x.photos[p.Visit] = append(x.photos[p.Visit], i)
		for _, r := range p.ROIs {
			if !seen[r.Name] && len(r.Measures) > 0 {
				seen[r.Name] = true
				x.regions = append(x.regions, region{r.Name, r.Kind})
			}
		}
	}
	slices.SortStableFunc(x.regions, func(a, b region) int { return cmp.Compare(rank(a.kind), rank(b.kind)) })
	return x
}

// rank puts what was treated first and what it is compared with last.
func rank(kind string) int {
	return position([]string{outcome.Treated, outcome.Scar, outcome.Comparator, outcome.Control}, kind)
}

// position is where a name stands in an order; one that is not in it comes last.
func position(order []string, name string) int {
	if i := slices.Index(order, name); i >= 0 {
		return i
	}
	return len(order)
}

// visit returns a visit by its id; a photo of an unlisted visit gets an empty one.
func (x *index) visit(id string) outcome.Visit {
	if i, ok := x.visits[id]; ok {
		return x.rec.Visits[i]
	}
	return outcome.Visit{Visit: id, At: id}
}

// definitions lists the measures of a family, the primary first, then by name.
func (x *index) definitions(family string) []string {
	var names []string
	for _, name := range slices.Sorted(maps.Keys(x.rec.Definitions)) {
		if x.rec.Definitions[name].Family == family {
			names = append(names, name)
		}
	}
	slices.SortStableFunc(names, func(a, b string) int {
		return cmp.Compare(boolRank(x.rec.Definitions[a].Primary), boolRank(x.rec.Definitions[b].Primary))
	})
	return names
}

func boolRank(first bool) int {
	if first {
		return 0
	}
	return 1
}

// families lists the families of the record's measures in the order of a report.
func (x *index) families() []string {
	var list []string
	for _, d := range x.rec.Definitions {
		if !slices.Contains(list, d.Family) {
			list = append(list, d.Family)
		}
	}
	order := []string{outcome.Redness, outcome.Pigment, outcome.Texture, outcome.Hair}
	slices.SortFunc(list, func(a, b string) int {
		return cmp.Or(cmp.Compare(position(order, a), position(order, b)), cmp.Compare(a, b))
	})
	return list
}

// reading is what one visit says about one measure in one region: the mean over the
// photos of the visit, which are replicates.
type reading struct {
	value    outcome.Number
	sd       outcome.Number // of the first photo
	n        int
	warnings []string
	photos   int // that were used
}

func (x *index) reading(visit, roi, measure string) reading {
	r := reading{value: outcome.NaN(), sd: outcome.NaN()}
	var sum float64
	var known int
	for _, i := range x.photos[visit] {
		p := x.rec.Photos[i]
		if !p.Used() {
			continue
		}
		r.photos++
		for _, g := range p.ROIs {
			m, ok := g.Measures[measure]
			if g.Name != roi || !ok {
				continue
			}
			r.warnings = appendNew(r.warnings, m.Warnings...)
			if m.Value.Known() {
				sum += float64(m.Value)
				known++
				r.n += m.N
			}
			if !r.sd.Known() {
				r.sd = m.SD
			}
		}
	}
	if known > 0 {
		r.value = outcome.Number(sum / float64(known))
	}
	return r
}

func appendNew(list []string, more ...string) []string {
	for _, s := range more {
		if !slices.Contains(list, s) {
			list = append(list, s)
		}
	}
	return list
}

// change returns the row of one visit against baseline in one contrast, or nil.
func (x *index) change(visit, roi, measure, contrast string) *outcome.Change {
	for i := range x.rec.Changes {
		c := &x.rec.Changes[i]
		if c.Visit == visit && c.ROI == roi && c.Measure == measure && c.Contrast == contrast && c.Against == outcome.AgainstBaseline {
			return c
		}
	}
	return nil
}

// contrast is the one that verdicts on a region rest on: against control skin where
// a row of that contrast exists, else raw.
func (x *index) contrast(roi, measure string) string {
	for _, c := range x.rec.Changes {
		if c.ROI == roi && c.Measure == measure && c.Contrast == outcome.VsControl && c.Against == outcome.AgainstBaseline {
			return outcome.VsControl
		}
	}
	return outcome.Raw
}

// places are the decimals that a measure's own detectable change entitles it to,
// else a tenth of its spread, else −1 (three digits).
func (x *index) places(measure string) int {
	u := 0.0
	for _, c := range x.rec.Changes {
		if c.Measure == measure && c.MDC95.Known() && (u == 0 || float64(c.MDC95) < u) {
			u = float64(c.MDC95)
		}
	}
	if u > 0 {
		return outcome.Places(outcome.Number(u))
	}
	for _, p := range x.rec.Photos {
		for _, r := range p.ROIs {
			if sd := r.Measures[measure].SD; sd.Known() && sd > 0 && (u == 0 || float64(sd) < u) {
				u = float64(sd)
			}
		}
	}
	return outcome.Places(outcome.Number(u / 10))
}

// lastEligible is the latest visit that any measure counts at, else the latest with
// a used photo, else the last.
func (x *index) lastEligible() string {
	last, used := "", ""
	for _, v := range x.rec.Visits {
		if v.Visit == x.rec.Series.Baseline || !x.used(v.Visit) {
			continue
		}
		used = v.Visit
		for _, clock := range v.Clock {
			if clock == outcome.Eligible || clock == outcome.Mature {
				last = v.Visit
			}
		}
	}
	return cmp.Or(last, used)
}

func (x *index) used(visit string) bool {
	return slices.ContainsFunc(x.photos[visit], func(i int) bool { return x.rec.Photos[i].Used() })
}
