package study

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"

	"dermtrace/internal/manifest"
	"dermtrace/internal/outcome"
	"dermtrace/internal/photo"
	"dermtrace/internal/study/source"
	"dermtrace/internal/study/table"
	"dermtrace/internal/study/trial"
)

// Forecast says what a batch would do with a study, before hours are spent.
type Forecast struct {
	Series  []SeriesForecast `json:"series"`
	Others  []source.Other   `json:"others"`  // files that belong to no series
	Planned []table.Planned  `json:"planned"` // by plan.yaml: as completeness.csv will have them
}

// SeriesForecast says what a batch would do with a series.
type SeriesForecast struct {
	Series    string         `json:"series"`
	Verdict   string         `json:"verdict"` // ok | doubtful | unusable
	Photos    int            `json:"photos"`
	Visits    int            `json:"visits"`
	Problem   string         `json:"problem"` // why it would be refused
	Mend      string         `json:"mend"`
	Excluded  string         `json:"excluded,omitempty"` // why the plan leaves its subject out
	Refused   []source.Other `json:"refused"`            // photos that cannot be read or that nobody uses
	Ambiguous []source.Other `json:"ambiguous"`          // what was guessed, or looks like a slip
}

// Check reads the manifests and every file of a study to its end; no pixel is decoded, so
// that it tells a file that is cut short, not one whose picture is damaged within.
func Check(ctx context.Context, opt Options) (*Forecast, error) {
	st, err := source.Open(opt.Study, opt.Source)
	if err != nil {
		return nil, err
	}
	defer st.Close()
	f, err := scan(ctx, st, opt)
	if err != nil {
		return nil, err
	}
	_, plan, err := goodPlan(opt.Study, st)
	if err != nil {
		return nil, err
	}
	out := &Forecast{Series: []SeriesForecast{}, Others: append([]source.Other{}, f.Others...), Planned: []table.Planned{}}
	c := checker{opt: opt, study: st, plan: plan, first: map[string]string{}, photographed: photographed{}, drawn: map[string]bool{}}
	for _, s := range f.Series {
		one, err := c.series(ctx, s)
		if err != nil {
			return nil, err
		}
		out.Series = append(out.Series, one)
	}
	out.Others = slices.DeleteFunc(out.Others, func(o source.Other) bool { return c.drawn[o.File] })
	if plan != nil {
		out.Planned = append(append(out.Planned, c.planned...), c.photographed.lacks(plan)...)
	}
	return out, nil
}

// checker holds what series are compared by.
type checker struct {
	opt   Options
	study *source.Study
	plan  *trial.Plan
	first map[string]string // by hash: the first photo that has it

	photographed photographed
	planned      []table.Planned
	drawn        map[string]bool // files that regions are drawn in
}

func (c *checker) series(ctx context.Context, s source.Series) (SeriesForecast, error) {
	f := SeriesForecast{Series: s.ID, Verdict: outcome.OK, Refused: []source.Other{}, Ambiguous: []source.Other{}}
	err := s.Err
	if err == nil {
		err = c.look(ctx, s, &f)
	}
	if err != nil && !errors.Is(err, errAllUnreadable) {
		c.planned = append(c.planned, wholly(s.ID, c.plan, table.VisitRefused, seriesFailed)...)
	}
	switch {
	case ctx.Err() != nil:
		return f, ctx.Err()
	case err != nil:
		f.Verdict = outcome.Unusable
		f.Problem, f.Mend = source.Why(err)
	case len(f.Refused)+len(f.Ambiguous) > 0:
		f.Verdict = outcome.Doubtful
	}
	return f, nil
}

// errAllUnreadable is the verdict on a series none of whose photos can be read.
var errAllUnreadable = errors.New("none of its photos can be read")

// look fills in the forecast of a series whose manifest can be read.
func (c *checker) look(ctx context.Context, s source.Series, f *SeriesForecast) error {
	fsys, closer, err := c.study.OpenSeries(s)
	if err != nil {
		return err
	}
	defer closer.Close()
	_, m, err := load(ctx, fsys, c.opt.Limits)
	if err != nil {
		return err
	}
	f.Visits, f.Excluded = len(m.Visits), c.plan.Excluded(m.Subject)
	for _, name := range m.Drawings() {
		c.drawn[s.Path(name)] = true
	}
	refused := map[string]string{} // by photo: the code
	for _, v := range m.Visits {
		for _, p := range v.Photos {
			f.Photos++
			sum, other := c.refusal(ctx, fsys, p)
			other.File = s.Path(p.File)
			if other.Code != "" {
				refused[p.File] = other.Code
				f.Refused = append(f.Refused, other)
				continue
			}
			c.compare(sum, other.File, f)
		}
	}
	c.doubts(s, m, f)
	c.plans(s, m, refused)
	if len(refused) == f.Photos {
		return errAllUnreadable
	}
	return nil
}

// refusal says why a batch would refuse a photo, nothing where it would not, and the hash
// of one that it would use.
func (c *checker) refusal(ctx context.Context, fsys fs.FS, p manifest.PhotoRef) (sum string, why source.Other) {
	if !p.Use {
		return "", source.Other{Code: notUsed, Text: p.Reason}
	}
	meta, err := photo.Scan(ctx, fsys, p.File, c.opt.Limits)
	if err != nil {
		text, mend := photo.Advice(err)
		return "", source.Other{Code: "unreadable", Text: text, Mend: mend}
	}
	return meta.SHA256, source.Other{}
}

// compare tells of a photo that has the bytes of an earlier one.
func (c *checker) compare(sum, name string, f *SeriesForecast) {
	if other, seen := c.first[sum]; seen {
		f.Ambiguous = append(f.Ambiguous, source.Other{File: name, Code: outcome.SameFileAs, Text: "has the same bytes as " + other, Mend: "put the right photo there"})
		return
	}
	c.first[sum] = name
}

// plans holds the visits of a series against those that are planned.
func (c *checker) plans(s source.Series, m *manifest.Series, refused map[string]string) {
	rec := saidBy(m).record(m.Subject)
	if why := c.plan.Excluded(m.Subject); why != "" {
		c.planned = append(c.planned, excludedRows(s.ID, c.plan, why, rec.Series)...)
		return
	}
	for i := range rec.Photos {
		p := &rec.Photos[i]
		switch code := refused[p.File]; {
		case len(refused) == len(rec.Photos): // a series that fails, as a batch will tell it
		case code == "":
			p.Quality = outcome.Quality{Verdict: outcome.OK}
		default:
			p.Quality.Reasons = []outcome.Reason{{Code: code}}
		}
	}
	c.photographed.note(rec)
	c.planned = append(c.planned, completeness(rec, s.ID, c.plan)...)
}

// doubts lists what the manifest had to guess and what it lacks.
func (c *checker) doubts(s source.Series, m *manifest.Series, f *SeriesForecast) {
	add := func(file, code, text, mend string) {
		f.Ambiguous = append(f.Ambiguous, source.Other{File: file, Code: code, Text: text, Mend: mend})
	}
	for _, w := range m.Warnings {
		if v, ok := m.Find(w.Visit); w.Code == manifest.TimeGuessed && ok && v.Source == manifest.FromName {
			continue // a date at the start of a name was meant
		}
		file := s.ID
		if w.File != "" {
			file = s.Path(w.File)
		}
		text := w.Text
		if w.Visit != "" {
			text = fmt.Sprintf("%s: %s", w.Visit, text)
		}
		add(file, w.Code, text, "")
	}
	if len(m.Visits) < 2 {
		add(s.ID, "one_visit", "There is one visit: nothing can be compared.", "add a follow-up")
	}
	if len(m.ROIs) == 0 {
		add(s.ID, outcome.RegionsGuessed, outcome.WarningText(outcome.RegionsGuessed), "draw the regions with 'dermtrace regions'")
	}
	if m.Scale.MMPerPx == 0 {
		add(s.ID, outcome.ScaleUnknown, outcome.WarningText(outcome.ScaleUnknown), "say scale:, or put a colour card into the photos")
	}
}
