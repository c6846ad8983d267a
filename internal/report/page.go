package report

import (
	"fmt"
	"html/template"
	"io/fs"
	"slices"
	"strings"

	"dermtrace/internal/outcome"
)

// page is all that the templates may see.
type page struct {
	T      *texts
	Policy string
	Style  template.CSS
	Script template.JS
	Class  string // of the body: the form of the report

	Head     head
	Trust    []clause
	Flags    []flag
	Missing  []gap
	Answers  []answer
	NoGoals  bool
	Gauges   bool     // some answer has a gauge, which needs its key
	Caveats  []string // that several answers share
	Recovery []string
	Viewer   *viewer
	Families []familySection
	Grades   []figure

	Once        saidOnce
	Photos      []photoRow
	LeftOut     []string
	Notices     []string
	Methods     []string
	Limits      []string
	Definitions []definitionRow
	Provenance  []pair

	Patient, OnePage, Sensitive, Coded bool
}

type pair struct{ Key, Value string }

// clause is one piece of the trust line.
type clause struct {
	Text string
	OK   bool
}

type flag struct{ Level, Where, Text string }

// gap is what could not be assessed for one reason.
type gap struct{ What, Why string }

func gaps(rec *outcome.Record) []gap {
	var g grouped
	for _, n := range rec.NotAssessed {
		g.add(n.Why, n.What)
	}
	var list []gap
	for _, why := range g.reasons {
		list = append(list, gap{What: strings.Join(g.members[why], " · "), Why: why})
	}
	return list
}

func newPage(rec *outcome.Record, pictures fs.FS, opt Options) (*page, error) {
	script, err := assets.ReadFile("assets/report.js")
	if err != nil {
		return nil, fmt.Errorf("report: %w", err)
	}
	style, err := assets.ReadFile("assets/report.css")
	if err != nil {
		return nil, fmt.Errorf("report: %w", err)
	}
	hash, err := recordHash(rec)
	if err != nil {
		return nil, err
	}
	opt.Sensitive = opt.Sensitive || rec.Series.Sensitive
	t, x := english(), newIndex(rec)
	if opt.Coded {
		t.RecordHashNote = t.CodedHash
	}
	p := &page{
		T: t, Policy: policy(string(script)), Script: template.JS(script),
		Head: newHead(t, x), Trust: trustLine(t, x), Flags: flags(t, x), Missing: gaps(rec),
		Answers: answers(t, x), NoGoals: len(rec.Series.Goals) == 0, Viewer: newViewer(t, x, pictures),
		Methods: t.methods, Limits: t.limits,
		Patient: opt.Patient, OnePage: opt.OnePage || opt.Patient, Sensitive: opt.Sensitive, Coded: opt.Coded,
	}
	p.Recovery = recoveries(t, x, p.OnePage) // the short form leaves out what nobody saw
	p.Gauges = slices.ContainsFunc(p.Answers, func(a answer) bool { return a.Gauge != nil })
	p.Caveats = shareCaveats(p.Answers)
	p.Style = template.CSS(string(style) + pageMargins(t, p.Head.Running) + paperSize(opt.Paper))
	p.Class = bodyClass(opt)
	if p.OnePage {
		return p, nil
	}
	p.Once = x.saidOnce(t)
	p.Photos, p.LeftOut, p.Notices = photoTable(t, x, p.Once), leftOut(t, x), notices(x)
	p.Definitions, p.Provenance = definitionRows(t, x), provenance(t, x, hash)
	p.Families, err = familySections(t, x)
	if err != nil {
		return nil, err
	}
	p.Grades, err = gradeFigures(t, x)
	return p, err
}

func bodyClass(opt Options) string {
	var c []string
	if opt.OnePage || opt.Patient {
		c = append(c, "one-page")
	}
	if opt.Patient {
		c = append(c, "patient")
	}
	if opt.Sensitive {
		c = append(c, "veiled")
	}
	return strings.Join(c, " ")
}

// pageMargins prints who this is and "page n of m" on every sheet.
func pageMargins(t *texts, running string) string {
	return "\n@page{@bottom-left{content:" + cssString(running) + "}@bottom-right{content:" + t.PageOf + "}}\n"
}

// paperSize asks for one paper; otherwise the printer's own is taken.
func paperSize(paper string) string {
	switch paper {
	case "a4":
		return "@page{size:A4}\n"
	case "letter":
		return "@page{size:letter}\n"
	}
	return ""
}

// cssString quotes text for a style sheet: every rune but plain letters and digits
// becomes an escape (closed by the blank that CSS takes for its end), so that nothing
// can end the string or the sheet.
func cssString(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == ' ':
			b.WriteRune(r)
		case r == 0 || r == '\uFFFD':
			b.WriteString("\\00fffd ")
		default:
			fmt.Fprintf(&b, "\\%06x ", r)
		}
	}
	b.WriteByte('"')
	return b.String()
}
