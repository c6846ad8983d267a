package trend

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"dermtrace/internal/outcome"
)

// Kinds of a Difference. All but values and verdicts are causes.
const (
	DiffInput      = "input"
	DiffSetting    = "setting"
	DiffSoftware   = "software"
	DiffDefinition = "definition"
	DiffValue      = "value"
	DiffVerdict    = "verdict"
)

// Difference is one thing that two records of a series do not share.
type Difference struct {
	Kind string `json:"kind"`
	What string `json:"what"`
	Old  string `json:"old"` // "": not there, or not measured
	New  string `json:"new"`
}

// Diff lists what differs between two records: causes first, then values of photos,
// then statuses of changes, recoveries and flags, each in the order of their names. What is
// in a photo, region or contrast that only one of them has is not listed one by one.
func Diff(old, new *outcome.Record) []Difference {
	d := &differ{list: []Difference{}}
	d.each(DiffInput, inputs(old), inputs(new))
	d.each(DiffSetting, settings(old), settings(new))
	d.each(DiffSoftware, fields(old.Software), fields(new.Software))
	d.each(DiffDefinition, versions(old), versions(new))
	d.each(DiffValue, values(old, new), values(new, old))
	d.each(DiffVerdict, verdicts(old, new), verdicts(new, old))
	return d.list
}

// Causes are the kinds of a list that can explain differences of value: none of them
// where equal inputs, settings and versions gave other values.
func Causes(list []Difference) []string {
	causes := []string{}
	for _, d := range list {
		if d.Kind != DiffValue && d.Kind != DiffVerdict && !slices.Contains(causes, d.Kind) {
			causes = append(causes, d.Kind)
		}
	}
	return causes
}

type differ struct{ list []Difference }

func (d *differ) each(kind string, old, new map[string]string) {
	all := maps.Clone(old)
	maps.Copy(all, new)
	for _, what := range slices.Sorted(maps.Keys(all)) {
		if old[what] != new[what] {
			d.list = append(d.list, Difference{kind, what, old[what], new[what]})
		}
	}
}

// inputs are the photos by the hash of their bytes, and what the user said.
func inputs(rec *outcome.Record) map[string]string {
	m := fields(rec.Series)
	delete(m, "outlines")
	for _, o := range rec.Series.Outlines {
		m["region "+o.Name] = compact(o)
	}
	for _, p := range rec.Photos {
		m["photo "+p.File] = p.SHA256
		m["visit of "+p.File] = p.Visit
	}
	for i, t := range rec.Treatments {
		m[fmt.Sprintf("treatment %d", i+1)] = compact(t)
	}
	for i, s := range rec.Scores {
		m[fmt.Sprintf("score %d", i+1)] = compact(s)
	}
	for _, v := range rec.Visits {
		m["skin state "+v.Visit] = strings.Join(v.SkinState, ", ")
	}
	return m
}

func settings(rec *outcome.Record) map[string]string { return fields(rec.Settings) }

func versions(rec *outcome.Record) map[string]string {
	m := map[string]string{}
	for name, def := range rec.Definitions {
		m[name] = fmt.Sprintf("version %d, %s", def.Version, def.Unit)
	}
	return m
}

// values are those of the photos and regions that the other record has too; which regions
// a photo has is a value of its own.
func values(rec, other *outcome.Record) map[string]string {
	theirs := regionsByPhoto(other)
	m := map[string]string{}
	for _, p := range rec.Photos {
		regions, shared := theirs[p.File]
		if !shared {
			continue // the inputs say so
		}
		m[p.File+", quality"], m[p.File+", alignment"], m[p.File+", light"] = p.Quality.Verdict, p.Alignment.Status, p.Calibration.Method
		var names []string
		for _, r := range p.ROIs {
			names = append(names, r.Name)
			for name, v := range r.Measures {
				if slices.Contains(regions, r.Name) {
					m[p.File+", "+r.Name+", "+name] = v.Value.String()
				}
			}
		}
		m[p.File+", regions"] = strings.Join(names, ", ")
	}
	return m
}

func regionsByPhoto(rec *outcome.Record) map[string][]string {
	m := map[string][]string{}
	for _, p := range rec.Photos {
		m[p.File] = []string{}
		for _, r := range p.ROIs {
			m[p.File] = append(m[p.File], r.Name)
		}
	}
	return m
}

// verdicts are those at visits and in contrasts that the other record has too; which
// contrasts a region has is one of its own.
func verdicts(rec, other *outcome.Record) map[string]string {
	theirs, ours := contrastsByRegion(other), contrastsByRegion(rec)
	m := map[string]string{}
	for roi, contrasts := range ours {
		m[roi+", contrasts"] = strings.Join(contrasts, ", ")
	}
	for _, c := range rec.Changes {
		visit := func(v outcome.Visit) bool { return v.Visit == c.Visit }
		if !slices.Contains(theirs[c.ROI], c.Contrast) || !slices.ContainsFunc(other.Visits, visit) {
			continue
		}
		what := strings.Join([]string{c.Visit, c.ROI, c.Measure, c.Contrast, "against " + c.Against}, ", ")
		m[what] = c.Status
		if c.MDCSource != "" {
			m[what+", noise"] = c.MDCSource
		}
	}
	for _, f := range rec.Flags {
		m["flag "+f.Code+", "+f.ROI] = f.Level + " at " + f.Visit
	}
	for _, r := range rec.Recovery {
		m["recovery "+r.Measure+", "+r.ROI+" after "+r.Treatment] = r.HalfLifeDays.String()
	}
	return m
}

func contrastsByRegion(rec *outcome.Record) map[string][]string {
	m := map[string][]string{}
	for _, c := range rec.Changes {
		if !slices.Contains(m[c.ROI], c.Contrast) {
			m[c.ROI] = append(m[c.ROI], c.Contrast)
			slices.Sort(m[c.ROI])
		}
	}
	return m
}

// fields are the values of a struct of plain fields, by their names in JSON.
func fields(v any) map[string]string {
	var raw map[string]json.RawMessage
	if err := json.Unmarshal([]byte(compact(v)), &raw); err != nil {
		panic("trend: a record's part is no object: " + err.Error())
	}
	m := map[string]string{}
	for name, value := range raw {
		m[name] = strings.Trim(string(value), `"`)
	}
	return m
}

func compact(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		panic("trend: a record's part cannot be written: " + err.Error())
	}
	return string(b)
}
