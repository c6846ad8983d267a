package manifest

import (
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"dermtrace/internal/outcome"
)

// listedVisit is a visit as the file has it.
type listedVisit struct {
	Visit
	photosSaid bool
	broken     bool // already blamed
}

func (r *reader) exists(name string) bool {
	if _, ok := r.files.byName[name]; ok {
		return true
	}
	info, err := fs.Stat(r.fsys, name)
	return err == nil && !info.IsDir()
}

// visitList reads the entries of visits.
func (r *reader) visitList(n *yaml.Node) {
	r.listed = true
	named := map[string]int{}
	for _, c := range r.items(n, "visits") {
		v := listedVisit{Visit: Visit{line: c.Line}}
		ok := r.mapping(c, "a visit", []field{
			{"at", func(n *yaml.Node) { v.At, _ = r.moment(n, "at") }},
			{"phase", func(n *yaml.Node) { v.Phase = r.word(n, "phase", phases) }},
			{"photos", func(n *yaml.Node) {
				v.photosSaid = true
				v.Photos = r.photoRefs(n, named)
			}},
			{"skin_state", func(n *yaml.Node) { v.SkinState = r.words(n, "skin_state", skinStates) }},
		})
		v.broken = !ok
		if ok && v.photosSaid && len(v.Photos) == 0 {
			r.fail(c, "this visit has no photos", "name them under photos:, or delete the visit")
			v.broken = true
		}
		r.visits = append(r.visits, v)
	}
}

// photoRefs reads the photos of a visit; named holds the lines of those that earlier
// visits named.
func (r *reader) photoRefs(n *yaml.Node, named map[string]int) []PhotoRef {
	var list []PhotoRef
	for _, c := range r.items(n, "photos") {
		p := PhotoRef{Use: true}
		if c.Kind == yaml.MappingNode {
			p = r.photoRef(c)
		} else {
			p.File = r.file(c, "photos")
		}
		if p.File == "" {
			continue
		}
		if line, twice := named[p.File]; twice {
			r.fail(c, fmt.Sprintf("the photo %q is already named on line %d", p.File, line), "a photo belongs to one visit: delete one of the two")
			continue
		}
		named[p.File] = c.Line
		list = append(list, p)
	}
	return list
}

// photoRef reads {file, use, reason}.
func (r *reader) photoRef(n *yaml.Node) PhotoRef {
	p := PhotoRef{Use: true}
	fileSaid := false
	ok := r.mapping(n, "a photo", []field{
		{"file", func(n *yaml.Node) { fileSaid = true; p.File = r.file(n, "file") }},
		{"use", func(n *yaml.Node) { p.Use, _ = r.boolean(n, "use") }},
		{"reason", func(n *yaml.Node) { p.Reason = r.text(n, "reason") }},
	})
	if ok && !fileSaid {
		r.fail(n, "this photo has no file", "add file: and its name")
	}
	if !p.Use && p.Reason == "" {
		p.Reason = "left out in " + FileName
	}
	return p
}

// resolve finds the visits, their times, order and names, and checks what speaks of
// them.
func (r *reader) resolve(s *Series) {
	if r.listed && len(r.visits) > 0 {
		r.claimPhotos(s)
		r.listedTimes(s)
		for _, v := range r.visits {
			if !v.broken {
				s.Visits = append(s.Visits, v.Visit)
			}
		}
	} else {
		s.Visits = r.inferVisits(s)
	}
	if len(s.Visits) == 0 && len(r.problems) == 0 {
		r.problems = noPhotos(r.fsys)
	}
	r.order(s)
	r.name(s)
	days(s)
	warnTimes(s, r.files)
	if len(r.problems) == 0 {
		r.checkFrame(s)
		r.checkBaseline(s)
		r.overrule(s)
	}
}

// noPhotos says that a folder has no photos, and what it has instead.
func noPhotos(fsys fs.FS) Problems {
	mend := "put the photos of one site into it, or name another folder"
	entries, _ := fs.ReadDir(fsys, ".") // a folder that cannot be read has said so before
	entries = slices.DeleteFunc(entries, func(e fs.DirEntry) bool { return strings.HasPrefix(e.Name(), ".") || e.Name() == FileName })
	switch {
	case len(entries) == 0:
	case entries[0].IsDir():
		mend = "name one of the folders in it, or measure all of them with 'dermtrace batch'"
	default:
		mend = fmt.Sprintf("by its name %q is no JPEG, PNG, TIFF, HEIC or WebP, nor is what else is there: export the photos as one of these", entries[0].Name())
	}
	return Problems{{Text: "there are no photos in this folder", Mend: mend}}
}

// inferVisits makes a visit of the photos of each date. Where a treatment's time of
// day is known and falls between photos whose time is known too, those after it are a
// visit of their own. A photo without a date is left out, and told.
func (r *reader) inferVisits(s *Series) []Visit {
	var list []Visit
	var undated []Problem
	for _, name := range r.files.names {
		if err := inside(r.fsys, name); err != nil {
			s.warn(Warning{Code: PhotoUnnamed, File: name, Text: fmt.Sprintf("The file %v and was left out.", err)})
			continue
		}
		at, source, ok := r.timeOf(name)
		if !ok {
			undated = append(undated, noDate(name))
			continue
		}
		v := Visit{At: at, Source: source}
		i := slices.IndexFunc(list, func(w Visit) bool { return w.At.Date() == at.Date() && s.rank(w) == s.rank(v) })
		if i < 0 {
			list = append(list, v)
			i = len(list) - 1
		}
		list[i].Photos = append(list[i].Photos, PhotoRef{File: name, Use: true})
		list[i].At = earlier(list[i].At, at)
	}
	if len(list) == 0 {
		r.problems = append(r.problems, undated[:min(len(undated), maxCounted)]...)
	}
	for _, p := range undated {
		s.warn(Warning{Code: outcome.PhotoUndated, File: p.File, Text: "This photo has " + p.Text + ": it is not used. To use it, " + p.Mend + "."})
	}
	return list
}

func noDate(name string) Problem {
	return Problem{File: name, Text: "no date, neither at the start of the file name nor in the photo", Mend: DateMend(name)}
}

// DateMend says how a photo gets a date.
func DateMend(name string) string {
	return "begin its name with the date, as 2026-01-10_" + lastElement(name) + ", or list it under visits: in " + FileName
}

func lastElement(name string) string { return name[strings.LastIndexByte(name, '/')+1:] }

// timeOf is when a photo was taken: by its name, else by its headers.
func (r *reader) timeOf(name string) (at Moment, source string, ok bool) {
	if m, ok := momentOfName(name); ok {
		return m, FromName, true
	}
	if m, ok := momentOfHeader(r.files.byName[name]); ok {
		return m, FromEXIF, true
	}
	return Moment{}, "", false
}

// earlier is the time of a visit whose photos were taken at a and b of one date: the
// first, and a date alone where only the date of one is known.
func earlier(a, b Moment) Moment {
	switch {
	case !a.HasTime:
		return a
	case !b.HasTime || b.Civil.Before(a.Civil):
		return b
	}
	return a
}

// claimPhotos gives a listed visit that names no photos those of its date that no
// visit names, and warns of the rest.
func (r *reader) claimPhotos(s *Series) {
	named := map[string]bool{}
	for _, v := range r.visits {
		for _, p := range v.Photos {
			named[p.File] = true
		}
	}
	for _, name := range r.files.names {
		if named[name] {
			continue
		}
		if i := r.claimant(name); i >= 0 {
			r.visits[i].Photos = append(r.visits[i].Photos, PhotoRef{File: name, Use: true})
			continue
		}
		s.warn(Warning{Code: PhotoUnnamed, File: name, Text: "No visit names this photo: it is not used."})
	}
	for i, v := range r.visits {
		if len(v.Photos) == 0 && !v.broken {
			r.visits[i].broken = true
			r.failAt(v.line, "no photo of this visit was found", "name its photos under photos:, or delete the visit")
		}
	}
}

// claimant is the one visit of the photo's date that names no photos, -1 for none.
func (r *reader) claimant(name string) int {
	at, _, ok := r.timeOf(name)
	if !ok || inside(r.fsys, name) != nil {
		return -1
	}
	found := -1
	for i, v := range r.visits {
		if v.photosSaid || v.broken || v.At.IsZero() || v.At.Date() != at.Date() {
			continue
		}
		if found >= 0 {
			return -1
		}
		found = i
	}
	return found
}

// listedTimes gives visits without at the time of their photos.
func (r *reader) listedTimes(s *Series) {
	for i := range r.visits {
		v := &r.visits[i]
		v.Source = FromManifest
		if v.broken || !v.At.IsZero() {
			continue
		}
		for _, p := range v.Photos {
			at, source, ok := r.timeOf(p.File)
			switch {
			case !ok:
				r.failAt(v.line, fmt.Sprintf("this visit has no date, and neither the name nor the headers of %q give one", p.File), "add at: 2026-01-10")
				v.broken = true
			case v.At.IsZero():
				v.At, v.Source = at, source
			case v.At.Date() != at.Date():
				r.failAt(v.line, fmt.Sprintf("the photos of this visit were taken on %s and on %s", v.At.Date(), at.Date()), "add at: with the date of the visit, or make two visits of it")
				v.broken = true
			default:
				v.At = earlier(v.At, at)
			}
			if v.broken {
				break
			}
		}
	}
}
