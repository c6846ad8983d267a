package main

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"html"
	"io"
	"strconv"
	"strings"

	"dermtrace/internal/outcome"
	"dermtrace/internal/report"
	"dermtrace/internal/trend"
)

// outputFile is one file that cohort writes.
type outputFile struct {
	name  string
	write func(io.Writer) error
}

func textFile(name, text string) outputFile {
	return outputFile{name, func(w io.Writer) error { _, err := io.WriteString(w, text); return err }}
}

func (r *cohortResult) files() ([]outputFile, error) {
	record, err := json.MarshalIndent(r, "", " ")
	if err != nil {
		return nil, err
	}
	results, err := csvText(r.resultRows())
	if err != nil {
		return nil, err
	}
	units, err := csvText(r.unitRows())
	if err != nil {
		return nil, err
	}
	list := []outputFile{
		textFile("cohort.json", string(record)+"\n"), textFile("results.csv", results), textFile("units.csv", units),
		textFile("methods.txt", r.methods()), textFile("flow.txt", r.flow()),
	}
	for _, f := range r.Findings {
		for _, figure := range []struct {
			name string
			draw report.Scatter
		}{{"course_", coursePlot(f)}, {"change_", changePlot(f)}} {
			svg, err := figure.draw.SVG()
			if err != nil {
				return nil, err
			}
			list = append(list, textFile(figure.name+f.Measure+".svg", standalone(string(svg), f)))
		}
	}
	return list, nil
}

func csvText(rows [][]string) (string, error) {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	for _, row := range rows {
		for i := range row {
			if _, err := strconv.ParseFloat(row[i], 64); err != nil {
				row[i] = outcome.CellText(row[i])
			}
		}
		if err := w.Write(row); err != nil {
			return "", err
		}
	}
	w.Flush()
	return b.String(), w.Error()
}

func (r *cohortResult) resultRows() [][]string {
	rows := [][]string{{"title", "measure", "contrast", "unit", "design", "analysis", "effect", "method", "assumptions", "n", "estimate", "low", "high", "p", "df", "not_done"}}
	for _, f := range r.Findings {
		for _, a := range f.Analyses {
			rows = append(rows, []string{f.Title, f.Measure, f.Contrast, f.Unit, f.Design, a.Name, a.Effect, a.Method, a.Assumptions, strconv.Itoa(a.N),
				a.Estimate.String(), a.CI95[0].String(), a.CI95[1].String(), a.P.String(), a.DF.String(), a.Refused})
		}
	}
	return rows
}

func (r *cohortResult) unitRows() [][]string {
	rows := [][]string{{"measure", "contrast", "unit", "subject", "side", "arm", "visit", "day", "baseline", "value"}}
	for _, f := range r.Findings {
		for _, u := range f.Units {
			rows = append(rows, []string{f.Measure, f.Contrast, f.Unit, u.Subject, u.Side, u.Arm, u.Visit, strconv.Itoa(u.Day), outcome.CellBool(u.Baseline), outcome.Number(u.Value).String()})
		}
	}
	return rows
}

// methods is a paragraph for a paper, from what was done.
func (r *cohortResult) methods() string {
	var b strings.Builder
	v := software()
	fmt.Fprintf(&b, "Photographs were measured with %s %s. ", v.Name, v.Version)
	b.WriteString("The unit of analysis was one side of one subject at one visit; photographs of a visit and regions of a side were averaged first. ")
	b.WriteString("A change of a single subject was counted as beyond measurement error when it was larger than its minimal detectable change (95 %). ")
	if r.Plan != "" {
		fmt.Fprintf(&b, "The plan had the SHA-256 %s. ", r.Plan)
	} else {
		b.WriteString("No analysis was planned before the photographs were measured: all are exploratory. ")
	}
	for _, f := range r.Findings {
		fmt.Fprintf(&b, "\n\n%s.", heading(f))
		if len(f.Arms) == 2 {
			fmt.Fprintf(&b, " Effects are %s less %s.", f.Arms[0], f.Arms[1])
		}
		fmt.Fprintf(&b, " Alpha was %g, two-sided; intervals are 95 %%; exploratory p values are not adjusted for their number.", f.Alpha)
		said := map[string]bool{}
		for _, a := range f.Analyses {
			if a.Refused != "" || said[a.Name] {
				continue
			}
			said[a.Name] = true
			b.WriteString(strings.TrimRight(fmt.Sprintf(" %s (n = %d): %s. %s", upperFirst(a.Name), a.N, a.Method, a.Assumptions), " "))
		}
	}
	for _, note := range r.Notes {
		b.WriteString("\n\n" + note)
	}
	return b.String() + "\n"
}

func upperFirst(s string) string { return strings.ToUpper(s[:1]) + s[1:] }

// flow is how many got how far: series of the study, then subjects by measure and arm.
func (r *cohortResult) flow() string {
	var b strings.Builder
	if s := r.Study; s != nil {
		fmt.Fprintf(&b, "Study: %d series found\n\n  ├─ %d withdrawn\n  ├─ %d not run yet\n  ├─ %d could not be measured\n  ├─ %d left out, %s\n  ├─ %d excluded by the plan\n  └─ %d in the analyses\n\n",
			s.Found, s.Withdrawn, s.Pending, s.Failed, r.LeftOut, r.consentText(), r.Excluded, s.Measured-r.LeftOut-r.Excluded)
	}
	for _, f := range r.Findings {
		fmt.Fprintf(&b, "%s\n\n  %d subjects in %d series\n", heading(f), f.Flow.Subjects, f.Flow.Series)
		fmt.Fprintf(&b, "  ├─ %d excluded by the plan\n", len(f.Flow.Excluded))
		writeLeft(&b, "  │    ", f.Flow.Excluded)
		for i, a := range f.Flow.Arms {
			branch, below := "├─", "│ "
			if i == len(f.Flow.Arms)-1 {
				branch, below = "└─", "  "
			}
			fmt.Fprintf(&b, "  %s %s: %d measured\n", branch, a.Arm, a.Measured)
			fmt.Fprintf(&b, "  %s   ├─ %d left out\n", below, len(a.Left))
			writeLeft(&b, "  "+below+"   │    ", a.Left)
			fmt.Fprintf(&b, "  %s   └─ %d analysed, with baseline and planned visit\n", below, a.Analysed)
		}
		b.WriteString("\n")
	}
	return b.String()
}

// consentText is why series were left out.
func (r *cohortResult) consentText() string {
	if r.Purpose == "" {
		return "minors without a guardian's consent"
	}
	return "without consent to " + r.Purpose
}

func writeLeft(b *strings.Builder, indent string, list []trend.Left) {
	for _, l := range list {
		fmt.Fprintf(b, "%s%s: %s\n", indent, l.Subject, l.Reason)
	}
}

func labelled(measure, unit string) string {
	if unit == "1" {
		return measure
	}
	return measure + ", " + unit
}

// coursePlot shows every unit by day.
func coursePlot(f trend.Findings) report.Scatter {
	s := report.Scatter{XLabel: "days since the first treatment", YLabel: labelled(f.Measure, f.Unit)}
	for _, arm := range f.Arms {
		g := report.ScatterGroup{Name: arm}
		for _, u := range f.Units {
			if u.Arm == arm {
				g.Points = append(g.Points, report.XY{X: float64(u.Day), Y: u.Value})
			}
		}
		s.Groups = append(s.Groups, g)
	}
	return s
}

// changePlot shows each subject's change at the planned visit by arm; sides of one
// subject are joined.
func changePlot(f trend.Findings) report.Scatter {
	s := report.Scatter{YLabel: "change of " + labelled(f.Measure, f.Unit), Names: f.Arms}
	if len(f.Arms) > 0 {
		s.Lines = append(s.Lines, [2]report.XY{{X: -0.5}, {X: float64(len(f.Arms)) - 0.5}})
	}
	last := map[string]report.XY{}
	for i, arm := range f.Arms {
		g := report.ScatterGroup{Name: arm}
		for _, c := range f.Changes(arm) {
			p := report.XY{X: float64(i), Y: c.Value}
			g.Points = append(g.Points, p)
			if before, ok := last[c.Subject]; ok {
				s.Lines = append(s.Lines, [2]report.XY{before, p})
			}
			last[c.Subject] = p
		}
		s.Groups = append(s.Groups, g)
	}
	return s
}

// The colours of the report's style sheet, for a figure that stands by itself.
const figureStyle = `<style>svg{background:#fff;--ink-2:#4d5860;--rule:#dde2e5;--band:#e6ebee;--paper:#fff;--needle:#8a6a3b;--control:#6d7880;` +
	`--line-1:#0a6a70;--line-2:#8c3f93;--line-3:#b4540a;--line-4:#2c5fb3;font-family:sans-serif}</style>`

var figureInk = []string{"#0a6a70", "#8c3f93", "#b4540a", "#2c5fb3"}

// standalone makes a figure of a page a file of its own, with the names of its colours.
func standalone(svg string, f trend.Findings) string {
	head, rest, _ := strings.Cut(svg, ">")
	var b strings.Builder
	head = strings.Replace(head, `viewBox="0 0 560 360"`, `viewBox="0 -24 560 384"`, 1) // room for the names of the arms
	b.WriteString(strings.Replace(head, "<svg", `<svg xmlns="http://www.w3.org/2000/svg" width="840" height="576"`, 1) + ">" + figureStyle)
	fmt.Fprintf(&b, "<title>%s</title>", html.EscapeString(heading(f)))
	b.WriteString(strings.TrimSuffix(strings.TrimSpace(rest), "</svg>"))
	for i, arm := range f.Arms {
		x, ink := 70+160*i, figureInk[i%len(figureInk)]
		fmt.Fprintf(&b, `<circle cx="%d" cy="-10" r="4" fill="%s"/><text x="%d" y="-6" font-size="12" fill="%s">%s</text>`, x, ink, x+10, ink, html.EscapeString(arm))
	}
	b.WriteString("</svg>\n")
	return b.String()
}
