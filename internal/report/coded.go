package report

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base32"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"dermtrace/internal/outcome"
)

// Coded is a copy of the record whose names and file names are codes that the key's
// holder can make again (HMAC-SHA-256, 40 bits shown) and whose dates are days since the
// first treatment. It is built from what is known to carry no name: a field that is not
// taken over here is not in it. What a user wrote freely (notes, devices, cameras,
// reasons) is left out. It is not anonymous: skin can be recognised, and so can a course.
func Coded(rec *outcome.Record, key []byte) *outcome.Record {
	c := newCoder(rec, key)
	out := &outcome.Record{Schema: rec.Schema, Software: rec.Software, Settings: rec.Settings, Definitions: rec.Definitions}
	s := rec.Series
	out.Series = outcome.Series{
		Subject: c.code("subject", s.Subject), Site: c.plain("site", s.Site), Side: c.plain("side", s.Side), View: c.plain("view", s.View),
		Goals: c.goals(rec), Frame: c.file(s.Frame), Baseline: c.visit(s.Baseline), MMPerPx: s.MMPerPx, Sensitive: s.Sensitive,
	}
	for _, o := range s.Outlines {
		out.Series.Outlines = append(out.Series.Outlines, outcome.Outline{Name: c.roi(o.Name), Kind: o.Kind, Polygon: o.Polygon})
	}
	c.course(rec, out)
	for _, p := range rec.Photos {
		out.Photos = append(out.Photos, c.photo(p))
	}
	c.findings(rec, out)
	for i, p := range rec.Pictures {
		p.Photo, p.File = c.file(p.Photo), fmt.Sprintf("pictures/%d", i)
		out.Pictures = append(out.Pictures, p)
	}
	return out
}

// coder knows what stands for what.
type coder struct {
	key     []byte
	zero    string // the day that others count from
	rois    map[string]string
	visits  map[string]string
	cameras map[string]string
	secrets []string // what no text may hold
}

func newCoder(rec *outcome.Record, key []byte) *coder {
	c := &coder{key: key, rois: map[string]string{}, visits: map[string]string{}, cameras: map[string]string{}}
	switch {
	case len(rec.Treatments) > 0:
		c.zero = rec.Treatments[0].At
	case len(rec.Visits) > 0:
		c.zero = rec.Visits[0].At
	}
	for i, v := range rec.Visits {
		c.visits[v.Visit] = fmt.Sprintf("visit %d", i+1)
	}
	c.secrets = append(c.secrets, rec.Series.Subject, rec.Series.Frame)
	for _, t := range rec.Treatments {
		c.secrets = append(c.secrets, t.Device, t.Notes)
	}
	kinds := map[string]int{}
	name := func(roi, kind string) {
		if _, seen := c.rois[roi]; seen || roi == "" {
			return
		}
		kinds[kind]++
		c.rois[roi] = named(nil, kind)
		if kinds[kind] > 1 {
			c.rois[roi] += " " + strconv.Itoa(kinds[kind])
		}
	}
	for _, o := range rec.Series.Outlines {
		name(o.Name, o.Kind)
	}
	for _, p := range rec.Photos {
		c.secrets = append(c.secrets, p.File, p.Camera)
		if _, seen := c.cameras[p.Camera]; !seen && p.Camera != "" {
			c.cameras[p.Camera] = "camera " + strconv.Itoa(len(c.cameras)+1)
		}
		for _, r := range p.ROIs {
			name(r.Name, r.Kind)
		}
	}
	c.secrets = slices.DeleteFunc(c.secrets, func(s string) bool { return len(s) < 3 })
	return c
}

// code is the keyed code of a name.
func (c *coder) code(kind, name string) string {
	if name == "" {
		return ""
	}
	h := hmac.New(sha256.New, c.key)
	fmt.Fprintf(h, "%s\x00%s", kind, name)
	return kind + " " + base32.StdEncoding.EncodeToString(h.Sum(nil)[:5])
}

func (c *coder) file(name string) string { return c.code("photo", name) }

func (c *coder) visit(id string) string {
	if v, ok := c.visits[id]; ok || id == "" {
		return v
	}
	return c.code("visit", id)
}

func (c *coder) roi(name string) string {
	if r, ok := c.rois[name]; ok || name == "" {
		return r
	}
	return c.code("region", name)
}

// plainWords are those of which a site, a side or a view may be made and stay.
var plainWords = strings.Fields(`left right midline upper lower front frontal back side lateral oblique profile above below close whole
	face cheek cheeks forehead temple nose chin jaw jawline lip lips eye eyelid periorbital perioral neck chest decolletage shoulder arm forearm hand
	scalp vertex crown hairline abdomen belly flank hip buttock thigh knee leg calf foot axilla breast`)

// plain keeps what is said in plain words of the body, and codes anything else.
func (c *coder) plain(kind, s string) string {
	for _, w := range strings.Fields(strings.ToLower(s)) {
		if !slices.Contains(plainWords, w) {
			return c.code(kind, s)
		}
	}
	return s
}

// goals keeps those that the program knows.
func (c *coder) goals(rec *outcome.Record) []string {
	var list []string
	for _, g := range rec.Series.Goals {
		known := false
		for _, d := range rec.Definitions {
			known = known || d.GoalDirection[g] != ""
		}
		if !known {
			g = c.code("goal", g)
		}
		list = append(list, g)
	}
	return list
}

// day writes a time as a day of the course, which parseTime reads.
func (c *coder) day(at string) string {
	n, ok := daysBetween(c.zero, at)
	if !ok {
		return ""
	}
	s := codedDay + strconv.Itoa(n)
	if t, clock, _ := parseTime(at); clock {
		s += t.Format("T15:04")
	}
	return s
}

// course takes over when what was done.
func (c *coder) course(rec, out *outcome.Record) {
	for _, t := range rec.Treatments {
		one := outcome.Treatment{At: c.day(t.At), NeedleMM: t.NeedleMM}
		for _, r := range t.ROIs {
			one.ROIs = append(one.ROIs, c.roi(r))
		}
		out.Treatments = append(out.Treatments, one)
	}
	for _, s := range rec.Scores {
		scale := s.Scale
		if !scalePattern.MatchString(scale) {
			scale = c.code("scale", scale)
		}
		out.Scores = append(out.Scores, outcome.Score{At: c.day(s.At), Scale: scale, Value: s.Value, Rater: c.code("rater", s.Rater), Blinded: s.Blinded})
	}
	for _, v := range rec.Visits {
		out.Visits = append(out.Visits, outcome.Visit{Visit: c.visit(v.Visit), At: c.day(v.At), Phase: c.known(v.Phase, "before", "after"),
			Day: v.Day, DaysSinceTreatment: v.DaysSinceTreatment, Clock: v.Clock, SkinState: v.SkinState})
	}
}

// scalePattern are the published scales, which carry no name of a person.
var scalePattern = regexp.MustCompile(`^(goodman_baron(_quantitative)?|ecca|m?masi|gais|vss|posas_(observer|patient)|scar|cea|fitzpatrick_wrinkle|pain)$`)

func (c *coder) known(s string, words ...string) string {
	if slices.Contains(words, s) {
		return s
	}
	return ""
}

// userReasons are the codes of reasons whose text a user or a file wrote.
var userReasons = []string{"not_used", "unreadable", "landmarks", outcome.SameFileAs}

// withheld stands for what a user wrote.
const withheldText = "withheld in the coded form"

func (c *coder) photo(p outcome.Photo) outcome.Photo {
	out := outcome.Photo{File: c.file(p.File), Visit: c.visit(p.Visit), Width: p.Width, Height: p.Height,
		Camera: c.cameras[p.Camera], Calibration: p.Calibration, Alignment: p.Alignment, SameFileAs: c.file(p.SameFileAs)}
	out.Calibration.Reason, out.Alignment.Reason = c.text(p.Calibration.Reason), c.text(p.Alignment.Reason)
	out.Quality = outcome.Quality{Verdict: p.Quality.Verdict, Figures: p.Quality.Figures}
	for _, r := range p.Quality.Reasons {
		if slices.Contains(userReasons, r.Code) {
			r.Text, r.Mend = named(nil, r.Code)+" ("+withheldText+")", ""
		}
		if r.Overruled != "" {
			r.Overruled = withheldText
		}
		r.Text, r.Mend = c.text(r.Text), c.text(r.Mend)
		out.Quality.Reasons = append(out.Quality.Reasons, r)
	}
	for _, r := range p.ROIs {
		r.Name = c.roi(r.Name)
		out.ROIs = append(out.ROIs, r)
	}
	return out
}

// findings takes over what was found, with its regions and visits coded.
func (c *coder) findings(rec, out *outcome.Record) {
	for _, r := range rec.Changes {
		r.ROI, r.Visit = c.roi(r.ROI), c.visit(r.Visit)
		out.Changes = append(out.Changes, r)
	}
	for _, r := range rec.Recovery {
		r.ROI, r.Treatment, r.Reason = c.roi(r.ROI), c.day(r.Treatment), c.text(r.Reason)
		out.Recovery = append(out.Recovery, r)
	}
	for _, f := range rec.Flags {
		f.ROI, f.Visit, f.Text = c.roi(f.ROI), c.visit(f.Visit), c.text(f.Text)
		f.Band, f.Effect = c.text(f.Band), c.text(f.Effect)
		out.Flags = append(out.Flags, f)
	}
	for _, s := range rec.Spots {
		s.ROI, s.Visit = c.roi(s.ROI), c.visit(s.Visit)
		out.Spots = append(out.Spots, s)
	}
	for _, n := range rec.NotAssessed {
		out.NotAssessed = append(out.NotAssessed, outcome.NotAssessed{What: c.text(n.What), Why: c.text(n.Why)})
	}
	for _, n := range rec.Warnings {
		out.Warnings = append(out.Warnings, outcome.Notice{Code: n.Code, Photo: c.file(n.Photo), ROI: c.roi(n.ROI), Text: c.text(n.Text)})
	}
}

// isoDate finds dates and times within a sentence.
var isoDate = regexp.MustCompile(`\b\d{4}-?\d{2}-?\d{2}(?:[T ]\d{2}:?\d{2}(?::?\d{2})?)?\b`)

// text is a sentence of the program with its names and dates coded. One in which
// something that a user wrote is left is withheld whole.
func (c *coder) text(s string) string {
	names := make([]string, 0, len(c.rois))
	for roi := range c.rois {
		names = append(names, roi)
	}
	slices.SortFunc(names, func(a, b string) int { // longest first, so that no name hides in another
		if len(a) != len(b) {
			return len(b) - len(a)
		}
		return strings.Compare(a, b)
	})
	for _, roi := range names {
		s = wholeWord(s, roi, c.rois[roi])
	}
	s = isoDate.ReplaceAllStringFunc(s, func(d string) string {
		if n, ok := daysBetween(c.zero, d); ok {
			return fmt.Sprintf(dayFormat, n)
		}
		return "–"
	})
	low := strings.ToLower(s)
	for _, secret := range c.secrets {
		if strings.Contains(low, strings.ToLower(secret)) {
			return withheldText
		}
	}
	return s
}

// wholeWord replaces a name where it stands by itself.
func wholeWord(s, name, by string) string {
	if name == by || name == "" {
		return s
	}
	re := regexp.MustCompile(`(^|[^\pL\pN])` + regexp.QuoteMeta(name) + `($|[^\pL\pN])`)
	return re.ReplaceAllStringFunc(s, func(m string) string { return strings.Replace(m, name, by, 1) })
}

// codedDay begins a time that is a day of the course: D12, D-3T16:30.
const codedDay = "D"

// dayOfCourse reads such a time; ok is false for any other text.
func dayOfCourse(s string) (days int, clock string, ok bool) {
	rest, ok := strings.CutPrefix(s, codedDay)
	number, clock, _ := strings.Cut(rest, "T")
	n, err := strconv.Atoi(number)
	return n, clock, ok && err == nil && math.Abs(float64(n)) < 1e5
}
