package manifest

import (
	"fmt"

	"go.yaml.in/yaml/v3"
)

// passed is an overrule as it was said: of a photo, or of all photos of a visit.
type passed struct {
	Overrule
	visit string
	line  int
}

// overrules reads the findings that a user lets pass, each with the reason.
func (r *reader) overrules(n *yaml.Node) {
	for _, c := range r.items(n, "entries of overrule") {
		o := passed{line: c.Line}
		ok := r.mapping(c, "an entry of overrule", []field{
			{"file", func(n *yaml.Node) { o.File = r.file(n, "file") }},
			{"visit", func(n *yaml.Node) { o.visit = r.text(n, "visit") }},
			{"code", func(n *yaml.Node) { o.Code = r.word(n, "finding of the quality check", findings) }},
			{"reason", func(n *yaml.Node) { o.Reason = r.text(n, "reason") }},
		})
		switch {
		case !ok:
		case o.File == "" && o.visit == "":
			r.fail(c, "this overrule has neither file nor visit", "add file: and the name of the photo, or visit: for all photos of one")
		case o.File != "" && o.visit != "":
			r.fail(c, "this overrule has both file and visit", "keep one of them")
		case o.Code == "":
			r.fail(c, "this overrule has no code", "add code: with the finding that is let pass, as the command check names it")
		case o.Reason == "":
			r.fail(c, "this overrule has no reason", "add reason: and say why the photo may be measured all the same")
		default:
			r.passed = append(r.passed, o)
		}
	}
}

// overrule gives each photo what was said of it or of its visit.
func (r *reader) overrule(s *Series) {
	type finding struct{ file, code string }
	lines := map[finding]int{}
	for _, o := range r.passed {
		files := []string{o.File}
		if o.visit != "" {
			id, err := s.findVisit(o.visit)
			if err != nil {
				r.failAt(o.line, fmt.Sprintf("overrule: %q %v", shorten(o.visit), err), "write "+s.someVisits())
				continue
			}
			v, _ := s.Find(id)
			files = make([]string, len(v.Photos))
			for i, p := range v.Photos {
				files[i] = p.File
			}
		}
		for _, file := range files {
			key := finding{file, o.Code}
			if first, twice := lines[key]; twice {
				r.failAt(o.line, fmt.Sprintf("%s of %q is overruled on line %d too", o.Code, file, first), "keep one of them")
				break
			}
			lines[key] = o.line
			s.Overrules = append(s.Overrules, Overrule{file, o.Code, o.Reason})
		}
	}
}
