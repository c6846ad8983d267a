package validate

import (
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"

	"dermtrace/internal/outcome"
	"dermtrace/internal/report"
	"dermtrace/internal/stats"
	"dermtrace/internal/trend"
)

//go:embed assets/page.html
var pageText string

var pageTemplate = template.Must(template.New("page").Parse(pageText))

// page is what the template may see.
type page struct {
	Style                template.CSS
	Title, Lead, Version string
	Rows                 []Row
	Plots                []drawing
}

type drawing struct {
	Title, Note  string
	Wide, Narrow template.HTML // the same plot, for a page and for a phone
	Key          []string
}

// draw makes both of a drawing's plots.
func (d drawing) draw(s report.Scatter) (drawing, error) {
	var err error
	if d.Wide, err = s.SVG(); err != nil {
		return d, err
	}
	s.Narrow = true
	d.Narrow, err = s.SVG()
	return d, err
}

// Row is one goal as text, with a cell for each band of skin tone.
type Row struct {
	Text, Goal string
	Cells      [3]Cell // light, medium, dark
}

// Cell is one figure; the zero value is a band without samples.
type Cell struct {
	Value, Verdict, N, Band string
}

// Rows are the report's figures for reading, one row a goal.
func (r *Report) Rows() []Row {
	var list []Row
	for _, f := range r.Figures {
		if n := len(list); n == 0 || list[n-1].Text != f.Text {
			list = append(list, Row{Text: f.Text, Goal: f.goal()})
		}
		row := &list[len(list)-1]
		if f.Band == trend.BandDark && f.goal() != row.Goal {
			row.Goal += " (dark " + short(f.Bound) + ")"
		}
		c := Cell{Band: f.Band, Value: f.value(), Verdict: f.Verdict, N: strconv.Itoa(f.N)}
		if f.Refused > 0 {
			c.N += fmt.Sprintf(", %d refused", f.Refused)
		}
		row.Cells[slices.Index(bands, f.Band)] = c
	}
	return list
}

// goal is the bound in words.
func (f Figure) goal() string {
	if f.Verdict == Stated {
		return "stated"
	}
	sign := "≤ "
	if f.AtLeast {
		sign = "≥ "
	}
	return strings.TrimSuffix(sign+short(f.Bound)+" "+f.Unit, " 1") // a pure number has no unit to print
}

// value is the figure to three digits, and to as many more as part it from its bound.
func (f Figure) value() string {
	if 0 < f.Value && f.Value < leastShown {
		return "under " + short(leastShown)
	}
	text := short(f.Value)
	for digits := 4; digits < 8 && f.Value != f.Bound && text == short(f.Bound); digits++ {
		text = strconv.FormatFloat(float64(f.Value), 'g', digits, 64)
	}
	return text
}

// leastShown is the least figure that is printed as such: no goal is that fine.
const leastShown = 0.0005

// Markdown writes the table of goals.
func (r *Report) Markdown(w io.Writer) {
	fmt.Fprintf(w, "| goal | light skin | medium | dark | what |\n|---|---|---|---|---|\n")
	for _, row := range r.Rows() {
		fmt.Fprintf(w, "| %s |", row.Goal)
		for _, c := range row.Cells {
			sign := ""
			if c.Verdict == Missed {
				sign = "✗ "
			}
			fmt.Fprintf(w, " %s%s |", sign, c.Value)
		}
		fmt.Fprintf(w, " %s |\n", row.Text)
	}
}

func short(n outcome.Number) string {
	if !n.Known() {
		return "—"
	}
	return strconv.FormatFloat(float64(n), 'g', 3, 64)
}

// HTML writes the report as one page that opens from disk.
func (r *Report) HTML(w io.Writer) error {
	style, err := report.Style()
	if err != nil {
		return err
	}
	p := page{Style: template.CSS(style), Version: r.Software.Version, Rows: r.Rows(), Title: "Every goal was met"}
	missed := 0
	for _, f := range r.Figures {
		if f.Verdict == Missed {
			missed++
		}
	}
	if missed > 0 {
		p.Title = fmt.Sprintf("%d of %d goals were missed", missed, len(r.Figures))
	}
	p.Lead = fmt.Sprintf("The %s battery compared %d measured numbers with the truth, by band of skin tone.", r.Battery, answers(r.Samples))
	for _, draw := range []func() (drawing, error){r.agreement, r.alignmentByTone, r.roughnessByTone, r.flushByTone, r.characteristic} {
		d, err := draw()
		if err != nil {
			return err
		}
		if d.Wide != "" {
			p.Plots = append(p.Plots, d)
		}
	}
	return pageTemplate.Execute(w, p)
}

// of are the samples of a question with a number, by band.
func (r *Report) of(question, band string) []Sample {
	var list []Sample
	for _, s := range r.Samples {
		if s.Question == question && s.Band == band && s.Measured.Known() {
			list = append(list, s)
		}
	}
	return list
}

// minus is a hyphen's place in print.
var minus = strings.NewReplacer("-", "−")

// agreement is the plot of Bland and Altman (Lancet 1986;327:307) of blood: the lines are
// the mean of all differences and what holds 95 % of them.
func (r *Report) agreement() (drawing, error) {
	d := drawing{Title: "Blood: measured less true, over their mean", Note: "percent points, against control skin"}
	s := report.Scatter{XLabel: "mean of measured and true change, points", YLabel: "measured less true, points"}
	var all []Sample
	low, high := math.Inf(1), math.Inf(-1)
	for _, band := range bands {
		g := report.ScatterGroup{Name: band}
		for _, x := range r.of(blood, band) {
			m := float64(x.Measured)
			at := report.XY{X: (m + x.Truth) / 2, Y: m - x.Truth}
			g.Points = append(g.Points, at)
			low, high = min(low, at.X), max(high, at.X)
		}
		all = append(all, r.of(blood, band)...)
		s.Groups, d.Key = append(s.Groups, g), append(d.Key, band)
	}
	if len(all) == 0 {
		return drawing{}, nil
	}
	truth, measured := columns(all)
	if ba, err := stats.BlandAltman(measured, truth); err == nil {
		for _, y := range []float64{ba.Bias, ba.Limits.Low, ba.Limits.High} {
			s.Lines = append(s.Lines, [2]report.XY{{X: low, Y: y}, {X: high, Y: y}})
		}
		d.Note += minus.Replace(fmt.Sprintf("; mean %.2g, 95 %% of differences from %.2g to %.2g", ba.Bias, ba.Limits.Low, ba.Limits.High))
	}
	return d.draw(s)
}

func (r *Report) alignmentByTone() (drawing, error) {
	return r.byTone("Error of alignment by skin tone", "median over the regions, every photo, stretched skin too", "error, px", alignMedian, stretchMedian, sweptAlign)
}

func (r *Report) roughnessByTone() (drawing, error) {
	return r.byTone("Error of roughness by skin tone", "percent of the true ratio, every photo", "measured less true, %", relief, stillRelief)
}

func (r *Report) flushByTone() (drawing, error) {
	return r.byTone("What a flush reads as in melanin, by skin tone", "percent of the melanin, every photo, other cameras and spoilt photos too", "measured, %", flushMelanin, otherMelanin, knownMelanin, sweptFlush)
}

// byTone is the error of every sample of some questions, by band.
func (r *Report) byTone(title, note, axis string, questions ...string) (drawing, error) {
	s := report.Scatter{XLabel: "skin", YLabel: axis, Names: bands}
	n := 0
	for i, band := range bands {
		g := report.ScatterGroup{Name: band}
		var list []Sample
		for _, q := range questions {
			list = append(list, r.of(q, band)...)
		}
		for k, x := range list {
			spread := 0.5 * (float64(k) + 0.5) / float64(len(list)) // beside each other, not at random
			g.Points = append(g.Points, report.XY{X: float64(i) - 0.25 + spread, Y: float64(x.Measured) - x.Truth})
		}
		n += len(list)
		s.Groups = append(s.Groups, g)
	}
	if n == 0 {
		return drawing{}, nil
	}
	return drawing{Title: title, Note: note}.draw(s)
}

// characteristic is how many photos of the same and of other skin pass as the bound on
// the evidence moves (receiver operating characteristic).
func (r *Report) characteristic() (drawing, error) {
	var same, other []float64
	for _, band := range bands {
		for _, x := range r.of(evidence, band) {
			if x.Truth == 1 {
				same = append(same, float64(x.Measured))
			} else {
				other = append(other, float64(x.Measured))
			}
		}
	}
	if len(same) == 0 || len(other) == 0 {
		return drawing{}, nil
	}
	bounds := slices.Concat(same, other)
	slices.Sort(bounds)
	curve := report.ScatterGroup{Joined: true, Points: []report.XY{{X: 1, Y: 1}}}
	for _, b := range bounds {
		curve.Points = append(curve.Points, report.XY{X: above(other, b), Y: above(same, b)})
	}
	curve.Points = append(curve.Points, report.XY{})
	d := drawing{Title: "Refusal: the same skin against other skin", Note: fmt.Sprintf("%d and %d photos, over every bound on the evidence", len(same), len(other))}
	return d.draw(report.Scatter{XLabel: "share of other skin that passes", YLabel: "share of the same skin that passes",
		Groups: []report.ScatterGroup{curve}, Lines: [][2]report.XY{{{}, {X: 1, Y: 1}}}})
}

// above is the share of values beyond a bound.
func above(list []float64, bound float64) float64 {
	n := 0
	for _, v := range list {
		if v > bound {
			n++
		}
	}
	return float64(n) / float64(len(list))
}
