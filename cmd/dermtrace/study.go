package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"

	"dermtrace/internal/study"
	"dermtrace/internal/study/source"
)

// isStudy reports whether what the user named is a study rather than a photo: a folder,
// or an archive.
func isStudy(path string) bool {
	info, err := os.Stat(path)
	if err != nil {
		return false
	}
	ext := strings.ToLower(filepath.Ext(path))
	return info.IsDir() || ext == ".zip" || ext == ".tar"
}

// checkStudy says what a batch would use, refuse or find ambiguous.
func checkStudy(ctx context.Context, t *terminal, dir string, opt checkOptions) error {
	f, err := study.Check(ctx, study.Options{Study: dir, Limits: limits(opt.maxMegapixels)})
	if err != nil {
		return err
	}
	if opt.json {
		err = t.json(f)
	} else {
		t.printForecast(f)
	}
	if err != nil {
		return err
	}
	if len(f.Series) == 0 {
		return withHint(fileError(dir, study.ErrNoSeries), "give a folder with photos, or with folders of photos")
	}
	good, partial := 0, false
	for _, s := range f.Series {
		if s.Problem == "" {
			good++
		}
		partial = partial || s.Problem != "" || len(s.Refused) > 0
	}
	if good == 0 {
		return errors.New("no series could be measured")
	}
	return worst(good, partial)
}

func (t *terminal) printForecast(f *study.Forecast) {
	for _, s := range f.Series {
		t.print("%-9s %s: %d photos, %d visits", s.Verdict, s.Series, s.Photos, s.Visits)
		if s.Problem != "" {
			t.print("          refused: %s", sentence(s.Problem, s.Mend))
		}
		if s.Excluded != "" {
			t.print("          excluded by the plan: %s", s.Excluded)
		}
		for _, o := range s.Refused {
			t.print("          not used: %s: %s", o.File, sentence(o.Text, o.Mend))
		}
		for _, o := range s.Ambiguous {
			t.print("          in doubt: %s: %s", o.File, sentence(o.Text, o.Mend))
		}
	}
	t.printOthers(f.Others)
}

func (t *terminal) printOthers(others []source.Other) {
	for _, o := range others {
		t.print("left out  %s: %s", o.File, sentence(o.Text, o.Mend))
	}
}

func sentence(text, mend string) string {
	if mend == "" {
		return text
	}
	return strings.TrimSuffix(text, ".") + " (" + mend + ")"
}
