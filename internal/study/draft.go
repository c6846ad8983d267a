package study

import (
	"bytes"
	"cmp"
	"context"
	"encoding/csv"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"dermtrace/internal/align"
	"dermtrace/internal/manifest"
	"dermtrace/internal/outcome"
	"dermtrace/internal/photo"
	"dermtrace/internal/raster"
	"dermtrace/internal/study/source"
)

// Drafted is a photos.csv in the making.
type Drafted struct {
	Text    []byte
	Photos  int
	Guesses int // lines that hold a ?
}

// draftRow is one photo of the draft; a value that was guessed is marked.
type draftRow struct {
	file, subject, site, side, view, visit, at, phase string
	replicate                                         int
	guessed                                           map[string]bool
}

// Draft writes a photos.csv for a flat folder: subject, site, side and phase from the
// words of the file names, times from names or the camera's clock, and photos whose names
// say no subject are put with those that they can be laid over. The visits of a series are
// numbered in the order of their dates. All but dates at the start of a name, and what
// follows from them, are guesses and marked with a ?.
func Draft(ctx context.Context, fsys fs.FS, files []manifest.File, lim photo.Limits) (*Drafted, error) {
	rows := make([]draftRow, len(files))
	for i, f := range files {
		rows[i] = rowOfName(f)
	}
	if err := byLikeness(ctx, fsys, rows, lim); err != nil {
		return nil, err
	}
	countReplicates(rows)
	nameVisits(rows)
	d := &Drafted{Photos: len(rows)}
	var b bytes.Buffer
	out := csv.NewWriter(&b)
	if err := out.Write(source.Columns); err != nil {
		return nil, err
	}
	for _, r := range rows {
		if r.subject == "" {
			r.guess("subject")
		}
		n := ""
		if r.replicate > 0 {
			n = strconv.Itoa(r.replicate)
		}
		cells := []string{r.file, r.mark("subject", r.subject), r.mark("site", r.site), r.mark("side", r.side), r.mark("view", r.view),
			r.mark("visit", r.visit), r.mark("at", r.at), r.mark("phase", r.phase), n}
		for i := range cells {
			cells[i] = outcome.CellText(cells[i])
		}
		if slices.ContainsFunc(cells, func(c string) bool { return strings.HasSuffix(c, source.Guess) }) {
			d.Guesses++
		}
		if err := out.Write(cells); err != nil {
			return nil, err
		}
	}
	out.Flush()
	d.Text = b.Bytes()
	return d, out.Error()
}

func (r *draftRow) guess(column string) {
	if r.guessed == nil {
		r.guessed = map[string]bool{}
	}
	r.guessed[column] = true
}

// mark appends the ? of a guess.
func (r *draftRow) mark(column, value string) string {
	if !r.guessed[column] {
		return value
	}
	return strings.TrimSpace(value + " " + source.Guess)
}

// Words of file names. A subject is letters and digits as studies number people; names
// that cameras give are none.
var (
	subjectWord = regexp.MustCompile(`^(?i:[a-z]{1,4}-?\d{1,5})$`)
	cameraWord  = regexp.MustCompile(`^(?i:img|dsc[nf_]?|pxl|mvi|cimg|vid|gopr|frame)-?\d{3,}$`)
	isoDate     = regexp.MustCompile(`(?:^|[^0-9])(\d{4})-?(\d{2})-?(\d{2})(?:[^0-9]|$)`)
	sites       = []string{"cheek", "forehead", "chin", "nose", "temple", "jaw", "perioral", "periorbital", "scalp", "vertex", "neck",
		"decollete", "chest", "back", "shoulder", "abdomen", "belly", "arm", "forearm", "hand", "buttock", "hip", "thigh", "knee", "leg", "face"}
	views      = []string{"frontal", "front", "oblique", "lateral", "profile", "top", "close", "closeup", "macro"}
	sideWords  = map[string]string{"left": "left", "l": "left", "lt": "left", "right": "right", "r": "right", "rt": "right", "midline": "midline", "middle": "midline"}
	phaseWords = map[string]string{"before": "before", "pre": "before", "after": "after", "post": "after"}
)

// rowOfName reads what a file's name and header say.
func rowOfName(f manifest.File) draftRow {
	r := draftRow{file: f.Name}
	base := strings.TrimSuffix(path.Base(f.Name), path.Ext(f.Name))
	if m := isoDate.FindStringSubmatchIndex(base); m != nil {
		date := base[m[2]:m[3]] + "-" + base[m[4]:m[5]] + "-" + base[m[6]:m[7]]
		if _, err := time.Parse(time.DateOnly, date); err == nil {
			r.at = date
			if m[2] != 0 { // only a leading date is taken as said
				r.guess("at")
			}
			base = base[:m[2]] + " " + base[m[7]:]
		}
	}
	if r.at == "" && !f.Taken.IsZero() {
		r.at = f.Taken.Format("2006-01-02T15:04")
		r.guess("at")
	}
	if r.at == "" {
		r.guess("at")
	}
	for _, word := range strings.FieldsFunc(base, func(c rune) bool { return strings.ContainsRune("_ .,()[]+", c) }) {
		r.read(word)
	}
	return r
}

// read takes one word of a name for what it most likely says.
func (r *draftRow) read(word string) {
	low := strings.ToLower(word)
	set := func(column string, to *string, value string) {
		if *to == "" {
			*to = value
			r.guess(column)
		}
	}
	switch {
	case phaseWords[low] != "":
		set("phase", &r.phase, phaseWords[low])
	case sideWords[low] != "":
		set("side", &r.side, sideWords[low])
	case slices.Contains(sites, low):
		set("site", &r.site, low)
	case slices.Contains(views, low):
		set("view", &r.view, low)
	case subjectWord.MatchString(word) && !cameraWord.MatchString(word):
		set("subject", &r.subject, word)
	case strings.Contains(word, "-"):
		for _, part := range strings.Split(word, "-") {
			r.read(part)
		}
	}
}

// Subjects counts the different subjects that the names of photos seem to say.
func Subjects(files []manifest.File) int {
	seen := map[string]bool{}
	for _, f := range files {
		r := rowOfName(f)
		seen[strings.Join([]string{r.subject, r.site, r.side, r.view}, "\x00")] = r.subject != ""
	}
	n := 0
	for _, named := range seen {
		if named {
			n++
		}
	}
	return n
}

// known is a baseline that later photos are laid over.
type known struct {
	row   draftRow
	frame *align.Frame
}

// likenessPx is the longer side at which likeness is looked for: alignment itself begins
// at such a size (project default).
const likenessPx = 800

// byLikeness gives photos whose names say no subject that of the first photo that they can
// be laid over; a photo that fits none begins a subject of its own.
func byLikeness(ctx context.Context, fsys fs.FS, rows []draftRow, lim photo.Limits) error {
	if !slices.ContainsFunc(rows, func(r draftRow) bool { return r.subject == "" }) {
		return nil
	}
	var baselines []known
	seen := map[string]bool{}
	for i := range rows { // those whose names say it are the known baselines
		r := &rows[i]
		key := r.subject + "\x00" + r.site + "\x00" + r.side + "\x00" + r.view
		if r.subject == "" || seen[key] {
			continue
		}
		seen[key] = true
		if small := r.small(ctx, fsys, lim); small != nil {
			baselines = append(baselines, known{*r, align.NewFrame(small, align.Options{})})
		}
	}
	fresh := 0
	for i := range rows {
		r := &rows[i]
		if r.subject != "" {
			continue
		}
		small := r.small(ctx, fsys, lim)
		if small == nil {
			continue
		}
		if k := slices.IndexFunc(baselines, func(b known) bool { return b.frame.Align(small).Status == align.StatusOK }); k >= 0 {
			r.take(baselines[k].row)
			continue
		}
		fresh++
		r.subject = fmt.Sprintf("S%03d", fresh)
		r.guess("subject")
		r.guess("likeness")
		baselines = append(baselines, known{*r, align.NewFrame(small, align.Options{})})
	}
	return ctx.Err()
}

// small is the photo as likeness is judged by; nil where it cannot be opened, so that a
// person must say whose it is.
func (r *draftRow) small(ctx context.Context, fsys fs.FS, lim photo.Limits) *raster.RGB {
	p, err := photo.Open(ctx, fsys, r.file, lim)
	if err != nil {
		r.guess("subject")
		return nil
	}
	return p.Pixels.Shrink(max(1, (max(p.Width, p.Height)+likenessPx-1)/likenessPx))
}

// take gives a photo the series of the one that it looks like.
func (r *draftRow) take(of draftRow) {
	r.subject, r.site, r.side, r.view = of.subject, of.site, of.side, of.view
	for column, value := range map[string]string{"subject": r.subject, "site": r.site, "side": r.side, "view": r.view} {
		if value != "" {
			r.guess(column)
		}
	}
	r.guess("likeness")
}

// countReplicates numbers photos that nothing else tells apart.
func countReplicates(rows []draftRow) {
	count, next := map[[6]string]int{}, map[[6]string]int{}
	key := func(r draftRow) [6]string {
		return [6]string{r.subject, r.site, r.side, r.view, dateOf(r.at), r.phase}
	}
	for _, r := range rows {
		count[key(r)]++
	}
	for i := range rows {
		if k := key(rows[i]); count[k] > 1 {
			next[k]++
			rows[i].replicate = next[k]
		}
	}
}

// nameVisits calls the dates of each series V1, V2 and so on, those with two phases twice.
// A photo whose date nobody knows is of no visit yet.
func nameVisits(rows []draftRow) {
	type occasion struct{ date, phase string }
	series := func(r draftRow) [4]string { return [4]string{r.subject, r.site, r.side, r.view} }
	of := func(r draftRow) occasion { return occasion{dateOf(r.at), phaseOrder[r.phase]} }
	visits := map[[4]string][]occasion{}
	for _, r := range rows {
		if list := visits[series(r)]; r.at != "" && !slices.Contains(list, of(r)) {
			visits[series(r)] = append(list, of(r))
		}
	}
	for _, list := range visits {
		slices.SortFunc(list, func(a, b occasion) int {
			return cmp.Or(strings.Compare(a.date, b.date), strings.Compare(a.phase, b.phase))
		})
	}
	for i := range rows {
		r := &rows[i]
		if n := slices.Index(visits[series(*r)], of(*r)); n >= 0 {
			r.visit = fmt.Sprintf("V%d", n+1)
			if r.guessed["at"] {
				r.guess("visit")
			}
		}
	}
}

// phaseOrder sorts the phases of a date; photos without one are taken before a treatment.
var phaseOrder = map[string]string{"before": "0", "": "0", "after": "1"}

// dateOf is the date of a time that begins with one.
func dateOf(at string) string { return at[:min(len(at), len(time.DateOnly))] }
