package study

import (
	"cmp"
	"embed"
	"html/template"
	"io"
	"maps"
	"slices"
	"strings"

	"dermtrace/internal/outcome"
	"dermtrace/internal/report"
	"dermtrace/internal/skin"
)

//go:embed assets
var assets embed.FS

// page writes index.html, series by series.
type page struct {
	w        io.Writer
	tmpl     *template.Template
	measures []headMeasure
}

// headMeasure is a measure that has a column of its own: the primary one of a family.
type headMeasure struct{ Name, Label, Unit string }

// label is the measure with its unit, where no head of a column says it.
func (m headMeasure) label() string {
	name := strings.ToUpper(m.Label[:1]) + m.Label[1:]
	if m.Unit == "1" {
		return name
	}
	return name + ", " + m.Unit
}

// pageHead is what the template's head sees.
type pageHead struct {
	Policy   string
	Style    template.CSS
	Measures []headMeasure
	Series   int
	Columns  int
}

// pageRow is one series as a row of the table.
type pageRow struct {
	ID, Subject, Where, Link string
	State                    string // done | failed | not run
	Error, Mend              string
	Visits, Used, Photos     int
	First, Last              string
	Refused                  []string
	Flags                    int
	Review                   bool
	Cells                    []pageCell
	Words                    string // that a filter looks in
}

// pageCell is one measure of a series at its last visit.
type pageCell struct {
	Label, Status, Class, Value string
	Sort                        string
	Line                        *sparkline
}

// pageFoot is what the template's foot sees.
type pageFoot struct {
	Counts  Counts
	Plan    string
	Version string
	Script  template.JS
}

func newPage(w io.Writer) (*page, error) {
	p := &page{w: w}
	var err error
	p.tmpl, err = template.New("study").Funcs(template.FuncMap{"words": inWords}).ParseFS(assets, "assets/*.html")
	definitions := skin.Definitions()
	for _, name := range slices.Sorted(maps.Keys(definitions)) {
		if d := definitions[name]; d.Primary {
			p.measures = append(p.measures, headMeasure{name, report.MeasureName(name), d.Unit})
		}
	}
	families := []string{outcome.Redness, outcome.Pigment, outcome.Texture, outcome.Hair}
	slices.SortStableFunc(p.measures, func(a, b headMeasure) int {
		return cmp.Compare(slices.Index(families, definitions[a.Name].Family), slices.Index(families, definitions[b.Name].Family))
	})
	return p, err
}

// inWords is a code as people read it.
func inWords(code string) string { return strings.ReplaceAll(code, "_", " ") }

func (p *page) begin(m *merger) error {
	script, err := assets.ReadFile("assets/study.js")
	if err != nil {
		return err
	}
	style, err := report.Style()
	if err != nil {
		return err
	}
	own, err := assets.ReadFile("assets/study.css")
	if err != nil {
		return err
	}
	return p.tmpl.ExecuteTemplate(p.w, "head.html", pageHead{
		Policy: report.Policy(string(script)), Style: template.CSS(style + string(own)),
		Measures: p.measures, Series: m.study.Counts.Series - m.study.Counts.LeftOut - m.study.Counts.Excluded, Columns: 5 + len(p.measures),
	})
}

func (p *page) end(m *merger) error {
	script, err := assets.ReadFile("assets/study.js")
	if err != nil {
		return err
	}
	f := pageFoot{Counts: m.study.Counts, Version: m.opt.Software.Version, Script: template.JS(script)}
	if m.found.Plan != nil {
		f.Plan = m.found.Plan.SHA256
	}
	return p.tmpl.ExecuteTemplate(p.w, "foot.html", f)
}

// row adds one series; e is nil before it was run, rec where it failed.
func (p *page) row(s foundSeries, e *entry, rec *outcome.Record) error {
	r := pageRow{ID: s.Series, State: "done"}
	switch {
	case e == nil:
		r.State = "not run"
	case rec == nil:
		r.State, r.Error, r.Mend = "failed", e.Error, e.Mend
	default:
		p.fill(&r, s, rec)
	}
	if e != nil {
		for _, f := range e.Files {
			if f.Fate == FateManifest {
				continue
			}
			r.Photos++
			if f.Fate == FateUsed {
				r.Used++
			} else if !slices.Contains(r.Refused, f.Code) {
				r.Refused = append(r.Refused, f.Code)
			}
		}
	}
	for range len(p.measures) - len(r.Cells) {
		r.Cells = append(r.Cells, pageCell{})
	}
	for i := range r.Cells {
		r.Cells[i].Label = p.measures[i].label()
	}
	r.words()
	return p.tmpl.ExecuteTemplate(p.w, "row.html", r)
}

// words gathers what the filter looks in.
func (r *pageRow) words() {
	list := []string{r.ID, r.Subject, r.Where, r.State, r.Error, strings.Join(r.Refused, " "), inWords(strings.Join(r.Refused, " "))}
	for _, c := range r.Cells {
		list = append(list, c.Status)
	}
	if r.Flags > 0 {
		list = append(list, "flag")
	}
	if r.Review {
		list = append(list, "review")
	}
	r.Words = strings.ToLower(strings.Join(list, " "))
}

func (p *page) fill(r *pageRow, s foundSeries, rec *outcome.Record) {
	x := rec.Series
	r.Subject, r.Link = x.Subject, seriesFolder(s.Name)+"/"+reportFile
	var where []string
	for _, w := range []string{x.Site, x.Side, x.View} {
		if w != "" {
			where = append(where, w)
		}
	}
	r.Where, r.Visits, r.Flags = strings.Join(where, ", "), len(rec.Visits), len(rec.Flags)
	r.Review = slices.ContainsFunc(rec.Flags, func(f outcome.Flag) bool { return f.Level == "review" })
	if n := len(rec.Visits); n > 0 {
		r.First, r.Last = rec.Visits[0].Visit, rec.Visits[n-1].Visit
	}
	for _, m := range p.measures {
		r.Cells = append(r.Cells, cellOf(rec, m))
	}
}

// cellOf is what a measure says of a series: its course in the first treated region, in
// the contrast of most trust, and what can be said of the last visit.
func cellOf(rec *outcome.Record, m headMeasure) pageCell {
	var c pageCell
	roi, contrast := shownOf(rec, m)
	line := &sparkline{}
	changes := map[string]outcome.Change{}
	for _, ch := range rec.Changes {
		if ch.Measure == m.Name && ch.Against == outcome.AgainstBaseline && ch.ROI == roi && ch.Contrast == contrast {
			changes[ch.Visit] = ch
		}
	}
	for _, v := range rec.Visits {
		ch, ok := changes[v.Visit]
		switch {
		case ok:
			line.add(v.Day, ch.Change)
			c.Status, c.Class, c.Value, c.Sort = ch.Verdict(), classOf(ch), changeText(ch), ch.Change.String()
			if ch.MDC95.Known() {
				line.noise = float64(ch.MDC95)
			}
		case v.Visit == rec.Series.Baseline && len(changes) > 0:
			line.add(v.Day, 0)
		}
	}
	if len(line.days) > 1 {
		c.Line = line
	}
	return c
}

// shownOf is the region and contrast that a cell is about: what was treated before what it
// is compared with, against control skin where there is some.
func shownOf(rec *outcome.Record, m headMeasure) (roi, contrast string) {
	kinds := rec.Kinds()
	rank := func(roi string) int {
		return slices.Index([]string{outcome.Comparator, outcome.Scar, outcome.Treated}, kinds[roi])
	}
	for _, ch := range rec.Changes {
		if ch.Measure != m.Name || ch.Against != outcome.AgainstBaseline {
			continue
		}
		if roi == "" || rank(ch.ROI) > rank(roi) {
			roi, contrast = ch.ROI, ch.Contrast
		}
		if ch.ROI == roi && ch.Contrast == outcome.VsControl {
			contrast = outcome.VsControl
		}
	}
	return roi, contrast
}

func classOf(c outcome.Change) string {
	switch {
	case c.Moved() && !c.Found():
		return "moved"
	case c.Goal != nil && *c.Goal == outcome.Improved:
		return "better"
	case c.Goal != nil && *c.Goal == outcome.Worsened:
		return "worse"
	case c.Moved():
		return "moved"
	}
	return ""
}

// changeText is the change with its sign, to the digits that its noise entitles to.
func changeText(c outcome.Change) string {
	return strings.Replace(c.Change.Signed(outcome.Places(c.MDC95)), "-", "−", 1)
}
