package manifest

import (
	"cmp"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

const draftHead = `# Drafted from the photos in this folder. A value that ends in ? is a guess: put it
# right, then delete the ?. Nothing is measured while a ? remains. A line that begins
# with # says nothing: delete the # to use it.

# subject: P001
# site: cheek
# side: left                    # %s: the patient's
# view: left oblique            # one view per series
# goals: [%s]
`

const draftRegions = `
# The photo that regions are drawn on, and the visit that others are compared with.
frame: %s
# baseline: %s           # default: the last usable visit before the first treatment

# Size of a pixel on the skin of the frame photo, in one of two ways.
# scale: {mm_per_px: 0.03}
# scale: {points: [[100, 200], [400, 200]], mm: 10}
# calibration: auto             # %s
# card: {type: classic, edition: after2014}    # and pitch_mm: as measured on yours, from patch centre to centre

# Regions in pixels of the frame photo. Kinds: %s.
# Without any, the skin is found and measured as a whole. The command regions makes a
# page to draw them on; it saves regions.yaml.
# regions: regions.yaml
# rois:
#   - {name: treated, kind: treated, polygon: [[200, 225], [1120, 225], [1120, 1275], [200, 1275]]}
#   - {name: control, kind: control, polygon: [[1360, 300], [1840, 300], [1840, 1200], [1360, 1200]]}

# Every needling, with or without photos; delete this list if there was none.
treatments:
`

const draftTail = `
# scores:                       # clinicians' grades and events
#   - {at: %s, scale: goodman_baron, value: 2, rater: A, blinded: true}
# overrule:                     # findings of the quality check that are let pass, of one photo or of a visit
#   - {visit: %s, code: glare, reason: only on the nose}
# consent: [care]               # of %s
# notes: ...
`

// draftVisit is a visit as it will be written.
type draftVisit struct {
	at     Moment // zero: nobody knows
	source string
	phase  string // guessed, "" for none
	photos []string
}

// Draft writes the text of a series.yaml for the photos found, with guesses marked by
// a ?. Dates at the start of a file name are taken as said; dates of the camera's
// clock, phases and treatments are guesses. Once every ? is deleted (and dates are
// filled in where there was none) [Load] accepts the text. A folder that has a
// manifest already is refused.
func Draft(fsys fs.FS, files []File) ([]byte, error) {
	for _, name := range []string{FileName, "series.yml"} {
		if _, err := fs.Lstat(fsys, name); err == nil {
			return nil, Problems{{File: name, Text: "this folder has a manifest already", Mend: "edit it, or delete it to have it drafted anew"}}
		}
	}
	r := &reader{fsys: fsys, source: FileName, files: newInventory(files)}
	visits := r.draftVisits()
	if len(visits) == 0 {
		return nil, noPhotos(fsys)
	}
	var b strings.Builder
	fmt.Fprintf(&b, draftHead, oneOf(sides), strings.Join(goals, ", "))
	fmt.Fprintf(&b, draftRegions, quote(visits[0].photos[0]+" ?"), dateOr(visits[0].at, "2026-01-10"), oneOf(calibrations), oneOf(roiKinds))
	for _, date := range draftTreatments(visits) {
		fmt.Fprintf(&b, "  - at: %s\n    # device: dermaroller\n    # needle_mm: 1.5\n", guess(date))
	}
	b.WriteString("\n# Photos of one visit are replicates: their mean counts.\nvisits:\n")
	for _, v := range visits {
		r.writeVisit(&b, v)
	}
	last := visits[len(visits)-1].at
	fmt.Fprintf(&b, draftTail, dateOr(last, "2026-04-04"), dateOr(last, "2026-04-04"), oneOf(consents))
	return []byte(b.String()), nil
}

// Guesses counts the guesses that are marked in the text of a manifest.
func Guesses(text []byte) int {
	r := &reader{source: FileName}
	r.document(text)
	return len(r.problems)
}

// writeVisit writes one entry of visits, with the camera's clock beside each photo.
func (r *reader) writeVisit(b *strings.Builder, v draftVisit) {
	switch v.source {
	case "":
		fmt.Fprintf(b, "  - at: %s               # neither file name nor headers give a date\n", guess(""))
	case FromEXIF:
		fmt.Fprintf(b, "  - at: %s    # by the camera's clock\n", guess(v.at.String()))
	default:
		fmt.Fprintf(b, "  - at: %s\n", v.at)
	}
	if v.phase != "" {
		fmt.Fprintf(b, "    phase: %s\n", guess(v.phase))
	}
	b.WriteString("    photos:\n")
	for _, name := range v.photos {
		fmt.Fprintf(b, "      - %s", quote(name))
		if m, ok := momentOfHeader(r.files.byName[name]); ok {
			fmt.Fprintf(b, "    # taken %s", m)
		}
		b.WriteByte('\n')
	}
}

// draftVisits groups the photos by date and by what their names say of the phase.
// Photos without a date stand alone, last.
func (r *reader) draftVisits() []draftVisit {
	var list []draftVisit
	for _, name := range r.files.names {
		if inside(r.fsys, name) != nil {
			continue
		}
		at, source, _ := r.timeOf(name)
		phase := phaseOfName(name)
		i := slices.IndexFunc(list, func(v draftVisit) bool {
			return source != "" && v.source != "" && v.at.Date() == at.Date() && v.phase == phase
		})
		if i < 0 {
			list = append(list, draftVisit{at: at, source: source, phase: phase})
			i = len(list) - 1
		}
		list[i].photos = append(list[i].photos, name)
		list[i].at = earlier(list[i].at, at)
		if source == FromEXIF {
			list[i].source = source
		}
	}
	slices.SortStableFunc(list, func(a, b draftVisit) int {
		if (a.source == "") != (b.source == "") {
			return cmp.Compare(len(b.source), len(a.source))
		}
		return cmp.Or(a.at.DaysSince(b.at), cmp.Compare(phaseRank(a.phase), phaseRank(b.phase)))
	})
	return list
}

func phaseRank(phase string) int { return slices.Index([]string{"before", "", "after"}, phase) }

var phaseWords = regexp.MustCompile(`(?:^|[^a-z])(before|pre|after|post)(?:[^a-z]|$)`)

// phaseOfName guesses the phase from a word in the file name.
func phaseOfName(name string) string {
	f := phaseWords.FindStringSubmatch(strings.ToLower(path.Base(name)))
	switch {
	case f == nil:
		return ""
	case f[1] == "before" || f[1] == "pre":
		return "before"
	}
	return "after"
}

// draftTreatments guesses the dates of treatments: those of which photos are named
// before or after, else that of the first visit.
func draftTreatments(visits []draftVisit) []string {
	var dates []string
	for _, v := range visits {
		if v.phase != "" && v.source != "" && !slices.Contains(dates, v.at.Date()) {
			dates = append(dates, v.at.Date())
		}
	}
	if len(dates) == 0 {
		dates = []string{dateOr(visits[0].at, "")}
	}
	return dates
}

func dateOr(m Moment, other string) string {
	if m.IsZero() {
		return other
	}
	return m.Date()
}

// guess marks a value. A lone ? is quoted, since YAML has a use of its own for it.
func guess(value string) string {
	if value == "" {
		return `"?"`
	}
	return value + " ?"
}

// quote writes a text so that YAML reads it back as that text.
func quote(s string) string {
	b, err := yaml.Marshal(s)
	if err != nil || strings.Count(string(b), "\n") > 1 {
		return fmt.Sprintf("%q", s)
	}
	return strings.TrimSuffix(string(b), "\n")
}
