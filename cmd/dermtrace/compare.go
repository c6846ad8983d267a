package main

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"

	"dermtrace/internal/outcome"
	"dermtrace/internal/study"
	"dermtrace/internal/trend"

	"github.com/spf13/cobra"
)

func newCompare(t *terminal) *cobra.Command {
	var from, to, noise, purpose string
	var asJSON, course bool
	cmd := &cobra.Command{
		Use:   "compare RESULTS --from VISIT --to VISIT | compare RESULTS --course | compare OLD NEW",
		Short: "Compare any two visits of a result, or two results",
		Long: `compare RESULTS --from V --to V prints the changes between any two visits of one
result, each with its smallest detectable change. They are exploratory: nobody
named them before the data were seen, so no conclusion should rest on one alone.

compare RESULTS --course follows each measure over the visits late enough to count:
from five on the slope per day (Theil-Sen) with its interval, the first visit beyond
photo noise that the next one confirmed, and the change after each treatment. Visits
of one course follow each other in time, which the interval ignores.

compare OLD NEW lists what differs between two result folders, of one series or of
a study, and why: inputs, settings, software, definitions; then values and verdicts.
Differences are no failure; a value that differs with everything else alike is said.`,
		RunE: func(_ *cobra.Command, args []string) error {
			visits := from != "" || to != ""
			if err := checkPurpose(purpose); err != nil {
				return err
			}
			switch {
			case len(args) == 2 && !visits && !course:
				return compareResults(t, [2]string{args[0], args[1]}, purpose, asJSON)
			case len(args) == 1 && course && !visits:
				return compareCourse(t, args[0], visitPair{noise: noise, purpose: purpose}, asJSON)
			case len(args) == 1 && !course && from != "" && to != "":
				return compareVisits(t, args[0], visitPair{from, to, noise, purpose}, asJSON)
			}
			return usage("compare takes one result and two visits or --course, or two results", "compare RESULTS --from V --to V, compare RESULTS --course, or compare OLD NEW")
		},
	}
	f := cmd.Flags()
	f.StringVar(&from, "from", "", "`VISIT` compared against, as results.json names it")
	f.StringVar(&to, "to", "", "`VISIT` compared")
	f.BoolVar(&course, "course", false, "follow each measure over the whole course")
	f.StringVar(&noise, "noise", "", "this clinic's own photo noise, a `FILE` that 'repeatability' wrote")
	f.StringVar(&purpose, "purpose", "", "care, research, publication or marketing: leave out subjects without this consent")
	f.BoolVar(&asJSON, "json", false, "print all rows instead of the table")
	return cmd
}

type visitPair struct{ from, to, noise, purpose string }

// exploratory is what compare prints of two visits as JSON.
type exploratory struct {
	Title   string           `json:"title"`
	Changes []outcome.Change `json:"changes"`
}

// open reads a result that may be shown, and the noise it is judged by.
func (p visitPair) open(results string) (*outcome.Record, trend.Noise, error) {
	rec, err := readRecord(results)
	if err != nil {
		return nil, trend.Noise{}, err
	}
	if err := mayShow(results, rec, p.purpose); err != nil {
		return nil, trend.Noise{}, err
	}
	noise, err := readNoise(p.noise)
	return rec, noise, err
}

// compareCourse prints how each measure went over the course.
func compareCourse(t *terminal, results string, pair visitPair, asJSON bool) error {
	rec, noise, err := pair.open(results)
	if err != nil {
		return err
	}
	slopes := trend.Slopes(rec, noise)
	if asJSON {
		return t.json(slopes)
	}
	t.print("Course from %s on", rec.Series.Baseline)
	w := tabwriter.NewWriter(t.out, 0, 4, 2, ' ', 0)
	fmt.Fprintln(w, "region\tmeasure\tcontrast\tunit\tvisits\tper day\t95 % interval\tfirst confirmed\tafter treatments (detectable from)")
	for _, s := range slopes {
		perDay, interval := noNumber, noNumber
		if s.PerDay.Known() {
			perDay, interval = signed(s.PerDay), short(s.CI95[0])+" to "+short(s.CI95[1])
		}
		var after []string
		for _, a := range s.After {
			after = append(after, fmt.Sprintf("%d: %s (%s)", a.Treatments, a.Change.Signed(outcome.Places(a.MDC95)+1), short(a.MDC95)))
		}
		fmt.Fprintln(w, printable(strings.Join([]string{strings.ReplaceAll(s.ROI, "\t", " "), s.Measure, s.Contrast, s.Unit, strconv.Itoa(s.N),
			perDay, interval, orNone(s.Confirmed), strings.Join(after, ", ")}, "\t")))
	}
	return w.Flush()
}

func compareVisits(t *terminal, results string, pair visitPair, asJSON bool) error {
	rec, noise, err := pair.open(results)
	if err != nil {
		return err
	}
	rows, err := trend.Compare(rec, noise, pair.from, pair.to)
	if err != nil {
		names := make([]string, len(rec.Visits))
		for i, v := range rec.Visits {
			names[i] = v.Visit
		}
		return withHint(err, "its visits are "+strings.Join(names, ", "))
	}
	title := fmt.Sprintf("Exploratory comparison of %s with %s", pair.to, pair.from)
	if asJSON {
		return t.json(exploratory{title, rows})
	}
	t.print("%s", title)
	w := tabwriter.NewWriter(t.out, 0, 4, 2, ' ', 0)
	fmt.Fprintln(w, "region\tmeasure\tcontrast\tunit\tfrom\tto\tchange\t95 % interval\tdetectable from\tnoise\tstatus")
	for _, c := range rows {
		change, interval, detectable := inDigits(c)
		noise := noNumber
		if c.MDC95.Known() {
			noise = fmt.Sprintf("%s, n %d, df %s", c.MDCSource, c.MDCN, short(c.MDCDF))
		}
		fmt.Fprintln(w, printable(strings.Join([]string{strings.ReplaceAll(c.ROI, "\t", " "), c.Measure, c.Contrast, c.Unit, short(c.From), short(c.To),
			change, interval, detectable, noise, c.Status}, "\t")))
	}
	return w.Flush()
}

// differing is one series of two result folders.
type differing struct {
	Series      string             `json:"series"` // folder below OLD and NEW
	Only        string             `json:"only"`   // old | new | "": which of them has it
	Causes      []string           `json:"causes"`
	Differences []trend.Difference `json:"differences"`
}

func compareResults(t *terminal, dirs [2]string, purpose string, asJSON bool) error {
	before, order, err := recordsOf(dirs[0], nil)
	if err != nil {
		return err
	}
	after, order, err := recordsOf(dirs[1], order)
	if err != nil {
		return err
	}
	if left := barred(dirs, purpose); len(left) > 0 {
		t.say("%s", leftOut(len(left), purpose))
		order = slices.DeleteFunc(order, func(name string) bool { return left[name] })
	}
	list := differences(before, after, order)
	if asJSON {
		return t.json(list)
	}
	t.printDiffering(list, len(order))
	return nil
}

// differences compares two sets of records, place by place; places where nothing differs
// are left out.
func differences(before, after map[string]*outcome.Record, order []string) []differing {
	list := []differing{}
	for _, name := range order {
		a, b := before[name], after[name]
		d := differing{Series: name, Causes: []string{}, Differences: []trend.Difference{}}
		switch {
		case a == nil:
			d.Only = "new"
		case b == nil:
			d.Only = "old"
		default:
			d.Differences = trend.Diff(a, b)
			d.Causes = trend.Causes(d.Differences)
		}
		if d.Only != "" || len(d.Differences) > 0 {
			list = append(list, d)
		}
	}
	return list
}

// barred are the places that a purpose leaves out: what either folder says of a subject's
// consent holds for both.
func barred(dirs [2]string, purpose string) map[string]bool {
	list := map[string]bool{}
	for _, dir := range dirs {
		consenting := study.Consenting(dir, purpose)
		for m, err := range study.Records(dir) {
			if err == nil && !consenting(m) {
				list[m.Folder] = true
			}
		}
	}
	return list
}

// recordsOf reads all records below a folder by their place, and adds the places that
// order has not yet.
func recordsOf(dir string, order []string) (map[string]*outcome.Record, []string, error) {
	records := map[string]*outcome.Record{}
	seen := map[string]bool{}
	for _, name := range order {
		seen[name] = true
	}
	for m, err := range study.Records(dir) {
		if err != nil {
			return nil, nil, err
		}
		records[m.Folder] = m.Record
		if !seen[m.Folder] {
			order = append(order, m.Folder)
		}
	}
	if len(records) == 0 {
		return nil, nil, withHint(errors.New(dir+" holds no results"), "give a folder that 'dermtrace analyze' or 'dermtrace batch' wrote")
	}
	return records, order, nil
}

func (t *terminal) printDiffering(list []differing, all int) {
	t.print("%d of %d series differ", len(list), all)
	for _, d := range list {
		name := seriesName(d.Series, "the series")
		switch {
		case d.Only != "":
			t.print("%s: only in the %s folder", name, d.Only)
			continue
		case len(d.Causes) == 0:
			t.print("%s: inputs, settings and versions are the same, yet values differ", name)
		default:
			t.print("%s: because of %s", name, strings.Join(d.Causes, ", "))
		}
		for _, one := range d.Differences {
			t.print("  %-10s %s: %s → %s", one.Kind, one.What, orNone(one.Old), orNone(one.New))
		}
	}
}

func orNone(s string) string {
	if s == "" {
		return "none"
	}
	return s
}
