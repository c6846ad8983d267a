package study

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"dermtrace/internal/folder"
	"dermtrace/internal/manifest"
	"dermtrace/internal/photo"
	"dermtrace/internal/series"
	"dermtrace/internal/study/source"
)

// foundSchema names the layout of the files in OUT/run.
const foundSchema = "dermtrace.run/2"

// found is run/found.json: what stands in the study.
type found struct {
	Schema string         `json:"schema"`
	Series []foundSeries  `json:"series"`
	Others []source.Other `json:"others"`
	Plan   *foundPlan     `json:"plan"` // null: the study has none
	Gone   []goneSeries   `json:"withdrawn,omitempty"`
}

// foundSeries is one series as the study has it.
type foundSeries struct {
	Series string `json:"series"`
	Name   string `json:"name"`
}

// foundPlan is the plan of the trial, as it was before anything was measured.
type foundPlan struct {
	SHA256 string `json:"sha256"`
	Text   string `json:"text"`
}

// scan finds the series of an opened study. A folder whose photos all belong to the
// series above it, because that series' manifest names them, is no series of its own.
func scan(ctx context.Context, st *source.Study, opt Options) (*source.Found, error) {
	f, err := st.Find(ctx, opt.Source, opt.skip())
	if err != nil {
		return nil, err
	}
	claimed := map[string]bool{}
	for _, s := range f.Series {
		var names []string
		switch {
		case s.Flat():
			names = s.Files
		case s.Err == nil && s.Listed && hasBelow(f.Series, s):
			names = below(ctx, st, s, opt.Limits)
		}
		for _, name := range names {
			claimed[s.Path(name)] = true
		}
	}
	f.Series = slices.DeleteFunc(f.Series, func(s source.Series) bool {
		if s.Listed || s.Flat() || s.Err != nil {
			return false
		}
		return !slices.ContainsFunc(s.Files, func(name string) bool { return !claimed[s.Path(name)] })
	})
	return f, nil
}

func hasBelow(list []source.Series, s source.Series) bool {
	return slices.ContainsFunc(list, func(o source.Series) bool {
		return o.Dir != s.Dir && (s.Dir == "." || strings.HasPrefix(o.Dir, s.Dir+"/"))
	})
}

// below lists the files that the manifest of a series names; none where it is wrong.
func below(ctx context.Context, st *source.Study, s source.Series, lim photo.Limits) []string {
	fsys, closer, err := st.OpenSeries(s)
	if err != nil {
		return nil
	}
	defer closer.Close()
	_, m, err := load(ctx, fsys, lim)
	if err != nil {
		return nil
	}
	return namedBy(m)
}

// namedBy lists the photos that a manifest names, and the files that regions are drawn in.
func namedBy(m *manifest.Series) []string {
	names := m.Drawings()
	for _, v := range m.Visits {
		for _, p := range v.Photos {
			names = append(names, p.File)
		}
	}
	return names
}

// load lists the photos of a series and reads its manifest, as the pipeline does.
func load(ctx context.Context, fsys fs.FS, lim photo.Limits) ([]manifest.File, *manifest.Series, error) {
	files, err := series.List(ctx, fsys, lim)
	if err != nil {
		return nil, nil, err
	}
	m, err := manifest.Load(fsys, files)
	return files, m, err
}

// skip is OUT as a folder of the study, "" where it lies elsewhere.
func (o Options) skip() string {
	root, err1 := filepath.EvalSymlinks(o.Study)
	out, err2 := filepath.EvalSymlinks(o.Out)
	if err1 != nil || err2 != nil {
		return ""
	}
	root, err1 = filepath.Abs(root)
	out, err2 = filepath.Abs(out)
	rel, err3 := filepath.Rel(root, out)
	if errors.Join(err1, err2, err3) != nil || !filepath.IsLocal(rel) {
		return ""
	}
	return filepath.ToSlash(rel)
}

// writeFound writes run/found.json, unless another shard has written the same already.
func writeFound(out string, f *found) error {
	b, err := json.MarshalIndent(f, "", " ")
	if err != nil {
		return err
	}
	b = append(b, '\n')
	name := filepath.Join(out, filepath.FromSlash(source.ResultMark))
	if old, err := os.ReadFile(name); err == nil && string(old) == string(b) {
		return nil
	}
	return folder.WriteFile(name, write(b))
}

// readFound reads what the study held.
func readFound(out string) (*found, error) {
	b, err := os.ReadFile(filepath.Join(out, filepath.FromSlash(source.ResultMark)))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, ErrNoRun
	}
	if err != nil {
		return nil, err
	}
	var f found
	if err := json.Unmarshal(b, &f); err != nil {
		return nil, err
	}
	if f.Schema != foundSchema {
		return nil, errSchema
	}
	return &f, nil
}

// Errors of result folders.
var (
	ErrNoRun  = errors.New("holds no results of 'dermtrace batch'")
	errSchema = errors.New("was written by another version of 'dermtrace batch'")
)

func foundOf(f *source.Found, plan *foundPlan) *found {
	out := &found{Schema: foundSchema, Series: []foundSeries{}, Others: []source.Other{}, Plan: plan}
	for _, s := range f.Series {
		out.Series = append(out.Series, foundSeries{s.ID, s.Name})
	}
	out.Others = append(out.Others, f.Others...)
	return out
}

// seriesFolder is where the results of a series stand, relative to OUT.
func seriesFolder(name string) string { return path.Join("series", name) }
