package main

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"text/tabwriter"

	"dermtrace/internal/folder"
	"dermtrace/internal/study"
	"dermtrace/internal/study/trial"
	"dermtrace/internal/trend"

	"github.com/spf13/cobra"
)

// cohortOptions are the flags of cohort.
type cohortOptions struct {
	plan, allocation, dir string
	purpose               string
	day, within           int
	nearest               bool // the visit nearest to day, not the last one
	json                  bool
}

func newCohort(t *terminal) *cobra.Command {
	var opt cohortOptions
	cmd := &cobra.Command{
		Use:   "cohort OUT [--plan plan.yaml] [--allocation allocation.csv]",
		Short: "Compare the arms of a study",
		Long: `cohort reads the results of a study and compares its arms. The unit is one side of
one subject at one visit, replicates averaged. Two arms within subjects are compared
as a split face, two arms of different subjects as parallel groups, one arm against
its own baseline; all visits enter a mixed model. Each result says its method, its
assumptions and its n; with too few subjects it says so instead.

The planned analysis is that of plan.yaml as 'batch' found it in the study before
anything was measured. A plan that was written or changed later, and every other
measure, is exploratory. Without a plan the last visit of each subject is compared,
or the one nearest to --day.

With --purpose, subjects whose consent does not cover it are left out.

Written to OUT/cohort, or where -o says: cohort.json, results.csv, units.csv,
methods.txt, flow.txt and figures.`,
		Args: exactly(1, "one folder of results"),
		RunE: func(cmd *cobra.Command, args []string) error {
			opt.nearest = cmd.Flags().Changed("day")
			if err := checkPurpose(opt.purpose); err != nil {
				return err
			}
			if opt.dir == "" {
				opt.dir = filepath.Join(args[0], "cohort")
			}
			return runCohort(t, args[0], opt)
		},
	}
	f := cmd.Flags()
	f.StringVar(&opt.plan, "plan", "", "`FILE` with the plan of the study (default: the one that 'batch' found)")
	f.StringVar(&opt.allocation, "allocation", "", "`CSV` subject,arm or subject,side,arm")
	f.StringVar(&opt.purpose, "purpose", "", "care, research, publication or marketing: leave out subjects without this consent")
	f.StringVarP(&opt.dir, "output", "o", "", "`DIR` to write to (default OUT/cohort)")
	f.IntVar(&opt.day, "day", 0, "without a plan: `DAY` of the visit, from the first treatment (default: the last visit)")
	f.IntVar(&opt.within, "within", 14, "without a plan: `DAYS` before and after --day that still count")
	f.BoolVar(&opt.json, "json", false, "print all findings instead of the table")
	return cmd
}

// cohortResult is cohort.json.
type cohortResult struct {
	Schema     string           `json:"schema"`
	Plan       string           `json:"plan_sha256"`       // "": none
	Allocation string           `json:"allocation_sha256"` // "": none was joined
	Purpose    string           `json:"purpose,omitempty"`
	Study      *study.Enrolment `json:"study"`    // null: the results are not those of a study
	LeftOut    int              `json:"left_out"` // series whose consent does not cover the purpose
	Excluded   int              `json:"excluded"` // series whose subject the plan leaves out
	Notes      []string         `json:"notes"`
	Findings   []trend.Findings `json:"findings"`
}

func runCohort(t *terminal, out string, opt cohortOptions) error {
	res := cohortResult{Schema: "dermtrace.cohort/1", Purpose: opt.purpose, Notes: []string{}}
	plan, err := res.readPlan(out, opt.plan)
	if err != nil {
		return err
	}
	settings := cohortSettings(plan, opt)
	if err := res.allocate(&settings, opt.allocation); err != nil {
		return err
	}
	if plan != nil && plan.Sides == 1 {
		res.Notes = append(res.Notes, "The plan asks for a one-sided test but cannot name its direction: two-sided p values are given.")
	}
	cohort := trend.NewCohort(settings)
	if err := res.gather(t, cohort, out, plan); err != nil {
		return err
	}
	res.Findings = cohort.Findings()
	if slices.Contains(res.Notes, lateNote) {
		res.Findings[0].Planned, res.Findings[0].Title = false, "Exploratory analysis"
	}
	res.noteExclusions(plan)
	if err := res.write(opt.dir); err != nil {
		return err
	}
	if opt.json {
		return t.json(res)
	}
	return t.printCohort(res, opt.dir)
}

// gather adds the records of a study, but for those that the purpose leaves out.
func (r *cohortResult) gather(t *terminal, cohort *trend.Cohort, out string, plan *trial.Plan) (err error) {
	if r.Study, err = study.Enrolled(out); err != nil {
		return err
	}
	consenting, unread, n := study.Consenting(out, r.Purpose), 0, 0
	for m, err := range study.Records(out) {
		switch {
		case err != nil:
			t.say("%s", plain(err))
			unread++
		case !consenting(m):
			r.LeftOut++
		default:
			cohort.Add(m.Record, m.Folder)
			n++
			if plan.Excluded(m.Record.Series.Subject) != "" {
				r.Excluded++
			}
		}
	}
	if r.LeftOut > 0 {
		r.Notes = append(r.Notes, upperFirst(leftOut(r.LeftOut, r.Purpose))+".")
	}
	if unread > 0 {
		r.Notes = append(r.Notes, fmt.Sprintf("%d results could not be read and are not in these figures.", unread))
	}
	switch {
	case n == 0 && r.LeftOut > 0:
		return withHint(fmt.Errorf("%s: no series may be used for %s", out, r.Purpose), "ask for this consent, write it into series.yaml and run 'dermtrace batch' again")
	case n == 0:
		return withHint(fmt.Errorf("%s holds no results", out), "give a folder that 'dermtrace batch' wrote")
	}
	return nil
}

// noteExclusions says whom the plan excludes though nothing was measured of them.
func (r *cohortResult) noteExclusions(plan *trial.Plan) {
	if plan == nil || len(r.Findings) == 0 {
		return
	}
	n := 0
	for _, e := range plan.Exclusions {
		if !slices.ContainsFunc(r.Findings[0].Flow.Excluded, func(l trend.Left) bool { return l.Subject == e.Subject }) {
			n++
		}
	}
	if n > 0 {
		r.Notes = append(r.Notes, fmt.Sprintf("%d subjects whom the plan excludes have no result here.", n))
	}
}

// lateNote is said of a plan that is not the one that stood in the study.
const lateNote = "The plan is not the one that stood in the study when it was measured: its analysis is exploratory."

// readPlan takes the plan that the study was measured with; another may only explore.
func (r *cohortResult) readPlan(out, file string) (*trial.Plan, error) {
	kept, err := study.KeptPlan(out)
	if err != nil {
		return nil, err
	}
	text := []byte(kept)
	if file != "" {
		if text, err = folder.ReadFile(file, trial.MaxPlan); err != nil {
			return nil, withHint(err, "give the plan.yaml of the study")
		}
		if string(text) != kept {
			r.Notes = append(r.Notes, lateNote)
		}
	}
	if len(text) == 0 {
		return nil, nil
	}
	r.Plan = hash(text)
	return trial.ParsePlan(text)
}

func hash(text []byte) string {
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

func cohortSettings(plan *trial.Plan, opt cohortOptions) trend.CohortOptions {
	s := trend.CohortOptions{Visit: trend.Window{Last: !opt.nearest}}
	if opt.nearest {
		s.Visit = trend.Window{Day: opt.day, Within: opt.within}
	}
	if plan == nil {
		return s
	}
	s.Measure, s.Contrast, s.Alpha = plan.Primary.Measure, plan.Primary.Contrast, plan.Alpha
	s.Visit = trend.Window{Day: plan.Primary.Day, Within: plan.Primary.Within}
	s.Excluded = plan.Excluded
	return s
}

func (r *cohortResult) allocate(s *trend.CohortOptions, file string) error {
	if file == "" {
		return nil
	}
	text, err := folder.ReadFile(file, trial.MaxTable)
	if err != nil {
		return withHint(err, "give a table with the columns subject, arm and, where sides differ, side")
	}
	a, err := trial.ParseAllocation(text)
	if err != nil {
		return withHint(fileError(file, err), "give a table with the columns subject, arm and, where sides differ, side")
	}
	r.Allocation, s.Arm = hash(text), a.Arm
	return nil
}

func (r *cohortResult) write(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	files, err := r.files()
	if err != nil {
		return err
	}
	for _, f := range files {
		if err := folder.WriteFile(filepath.Join(dir, f.name), f.write); err != nil {
			return err
		}
	}
	return nil
}

func (t *terminal) printCohort(r cohortResult, dir string) error {
	for _, note := range r.Notes {
		t.say("%s", note)
	}
	w := tabwriter.NewWriter(t.out, 0, 4, 2, ' ', 0)
	for _, f := range r.Findings {
		printFindings(w, f)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	t.print("written to    %s", dir)
	return nil
}

func printFindings(w io.Writer, f trend.Findings) {
	fmt.Fprintln(w, printable(heading(f)))
	notes := slices.Clone(f.Warnings)
	for _, a := range f.Analyses {
		notes = append(notes, a.Warnings...)
		if a.Refused != "" {
			fmt.Fprintf(w, "  %s\tnot done: %s\n", a.Name, a.Refused)
			continue
		}
		estimate, interval := estimated(a.Estimate, a.CI95)
		fmt.Fprintf(w, "  %s\t%s\t%s\t%s\t%s\tn %d\n", a.Name, printable(a.Effect), estimate, interval, pText(a.P), a.N)
	}
	for _, c := range f.Changed {
		fmt.Fprintf(w, "  beyond measurement error\t%s\t%d of %d\t%d up, %d down, %d not comparable\n", printable(c.Arm), c.Increased+c.Decreased, c.N, c.Increased, c.Decreased, c.NotComparable)
	}
	for _, g := range f.Grades {
		notes = append(notes, g.Warnings...)
		if g.Refused != "" {
			fmt.Fprintf(w, "  %s\tnot done: %s\n", printable(g.Scale), g.Refused)
			continue
		}
		rho, interval := estimated(g.Rho, g.CI95)
		fmt.Fprintf(w, "  %s\t%s, rank correlation\t%s\t%s\t\tn %d\n", printable(g.Scale), g.Of, rho, interval, g.N)
	}
	slices.Sort(notes)
	for _, note := range slices.Compact(notes) {
		fmt.Fprintf(w, "  note: %s\n", note)
	}
}

func heading(f trend.Findings) string {
	unit := unitText(f.Unit)
	if unit != "" {
		unit = " (" + unit + ")"
	}
	return fmt.Sprintf("%s: %s, %s%s, %s, %s", f.Title, f.Measure, f.Contrast, unit, f.Design, visitText(f.Visit))
}

func visitText(w trend.Window) string {
	if w.Last {
		return "last visit of each subject"
	}
	return fmt.Sprintf("day %d ± %d", w.Day, w.Within)
}
