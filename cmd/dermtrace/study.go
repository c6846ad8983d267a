package main

import (
	"cmp"
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"dermtrace/internal/study"
	"dermtrace/internal/study/source"
	"dermtrace/internal/study/table"
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
		t.printForecast(dir, f)
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

func (t *terminal) printForecast(dir string, f *study.Forecast) {
	for _, s := range f.Series {
		t.print("%-9s %s: %s, %s", s.Verdict, seriesName(s.Series, dir), counted(s.Photos, "photo"), counted(s.Visits, "visit"))
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
			t.print("          in doubt: %s: %s", seriesName(o.File, dir), sentence(o.Text, o.Mend))
		}
	}
	t.printOthers(f.Others)
	t.printUnkept(dir, f.Planned)
}

// printUnkept prints the planned visits for which a batch would find nothing to use: a line
// for those of one series that have one reason.
func (t *terminal) printUnkept(dir string, list []table.Planned) {
	list = slices.DeleteFunc(slices.Clone(list), func(p table.Planned) bool {
		return p.Status == table.VisitUsed || p.Status == table.VisitExcluded
	})
	for len(list) > 0 {
		first, visits, n := list[0], "", 0
		for n < len(list) && sameReason(list[n], first) {
			visits += ", " + cmp.Or(list[n].Planned, "every visit")
			n++
		}
		list = list[n:]
		of := cmp.Or(seriesName(first.Series, dir), strings.Join(strings.Fields(first.Subject+" "+first.Site+" "+first.Side+" "+first.View), " "))
		t.print("%-9s %s: %s: %s", first.Status, of, visits[2:], strings.ReplaceAll(first.Reason, "_", " "))
	}
}

// sameReason reports that two planned visits of one series or view have no photos for one reason.
func sameReason(a, b table.Planned) bool {
	return a.Series == b.Series && a.Subject == b.Subject && a.Site == b.Site && a.Side == b.Side && a.View == b.View &&
		a.Status == b.Status && a.Reason == b.Reason
}

func (t *terminal) printOthers(others []source.Other) {
	for _, o := range others {
		what := "left out"
		if o.Read() {
			what = "read"
		}
		t.print("%-9s %s: %s", what, o.File, sentence(o.Text, o.Mend))
	}
}

func sentence(text, mend string) string {
	if mend == "" {
		return text
	}
	return strings.TrimSuffix(text, ".") + " (" + mend + ")"
}
