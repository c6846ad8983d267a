package manifest

import (
	"fmt"
	"io/fs"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"go.yaml.in/yaml/v3"

	"dermtrace/internal/geom"
)

// Bounds on what a manifest may hold. None is near anything that a person writes or a
// drawing tool saves; each keeps hostile files cheap.
const (
	maxDepth   = 12     // a polygon's coordinate lies at depth 6
	maxPoints  = 4000   // of one polygon: the check for crossings is quadratic
	maxAll     = 40000  // points of all polygons
	maxItems   = 10000  // of one list
	maxText    = 20000  // bytes of one text
	maxReach   = 100000 // pixels from the origin; the largest photo is 150 megapixels
	maxCounted = 100    // problems kept; more of them say nothing new
)

// reader turns YAML nodes into values and gathers what is wrong with them.
type reader struct {
	fsys     fs.FS
	source   string // the file that is read
	files    inventory
	problems Problems
	fatal    bool // nothing more can be said about this file
	points   int  // read so far
	visits   []listedVisit
	listed   bool // the file has a list of visits
	passed   []passed
}

// field is a key of a mapping and what reads its value.
type field struct {
	key  string
	read func(*yaml.Node)
}

func (r *reader) fail(n *yaml.Node, text, mend string) { r.failAt(n.Line, text, mend) }

func (r *reader) failAt(line int, text, mend string) {
	if len(r.problems) < maxCounted {
		r.problems = append(r.problems, Problem{File: r.source, Line: line, Text: text, Mend: mend})
	}
}

// guessMark is how a draft marks what it guessed.
var guessMark = regexp.MustCompile(`(?:^|\s)\?$`)

const (
	guessText = "this is still a guess"
	guessMend = "put it right if it is wrong, then delete the ?"
)

// marks finds the values that a draft marked and nobody confirmed. Free text may end
// in a question mark.
func (r *reader) marks(n *yaml.Node, key string) {
	if n.Kind == yaml.ScalarNode {
		if guessMark.MatchString(n.Value) && key != "notes" && key != "reason" {
			r.fatal = true
			r.fail(n, guessText, guessMend)
		}
		return
	}
	for i, c := range n.Content {
		if n.Kind == yaml.MappingNode {
			if i%2 == 0 {
				continue
			}
			key = n.Content[i-1].Value
		}
		r.marks(c, key)
	}
}

var bareMark = regexp.MustCompile(`(?:[\s:,\[{-]|^)\?\s*(?:[,\]}#]|$)`)

// marksIn finds marks in text that is no YAML because of them: a lone ? starts a
// complex key, and inside brackets it ends the value.
func (r *reader) marksIn(text []byte) {
	for i, line := range strings.Split(string(text), "\n") {
		line, _, _ = strings.Cut(line, " #")
		if !strings.HasPrefix(strings.TrimSpace(line), "#") && bareMark.MatchString(strings.TrimRight(line, "\r")) {
			r.failAt(i+1, guessText, guessMend)
		}
	}
}

var digits = regexp.MustCompile(`^\d+$`)

func isNull(n *yaml.Node) bool { return n.Kind == yaml.ScalarNode && n.Tag == "!!null" }

// mapping reads the keys of n; what names it in messages. A key without a value is
// as good as absent.
func (r *reader) mapping(n *yaml.Node, what string, fields []field) bool {
	if n.Kind != yaml.MappingNode {
		r.fail(n, what+" must have keys", "write "+exampleOf(fields))
		return false
	}
	keys := make([]string, len(fields))
	for i, f := range fields {
		keys[i] = f.key
	}
	before := len(r.problems)
	seen := map[string]int{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		k, v := n.Content[i], n.Content[i+1]
		at := slices.Index(keys, k.Value)
		first, twice := seen[k.Value]
		seen[k.Value] = k.Line
		switch {
		case at < 0 && digits.MatchString(k.Value):
			r.fail(k, fmt.Sprintf("%s has no key %q", what, shorten(k.Value)), "if it belongs to the number before it, write a point, not a comma, as 1.5")
		case at < 0:
			r.fail(k, fmt.Sprintf("%s has no key %q", what, shorten(k.Value)), instead(k.Value, keys))
		case twice:
			r.fail(k, fmt.Sprintf("the key %s stands here for the second time, first on line %d", k.Value, first), "keep one of them")
		case !isNull(v):
			fields[at].read(v)
		}
	}
	return len(r.problems) == before
}

func exampleOf(fields []field) string {
	keys := make([]string, len(fields))
	for i, f := range fields {
		keys[i] = f.key + ": …"
	}
	return "{" + strings.Join(keys, ", ") + "}"
}

// items lists the entries of a list; a single value counts as a list of one.
func (r *reader) items(n *yaml.Node, what string) []*yaml.Node {
	switch {
	case n.Kind != yaml.SequenceNode:
		return []*yaml.Node{n}
	case len(n.Content) > maxItems:
		r.fail(n, fmt.Sprintf("more than %d %s", maxItems, what), "split the series")
		return nil
	}
	return n.Content
}

// text reads one line of text.
func (r *reader) text(n *yaml.Node, key string) string {
	s := r.prose(n, key)
	if i := strings.IndexFunc(s, func(c rune) bool { return !unicode.IsPrint(c) }); i >= 0 {
		r.fail(n, key+" holds a line break or a control character", "write it on one line")
		return ""
	}
	return s
}

// prose reads text that may have several lines.
func (r *reader) prose(n *yaml.Node, key string) string {
	switch {
	case n.Kind != yaml.ScalarNode:
		r.fail(n, key+" must be a text", fmt.Sprintf("write %s: …", key))
		return ""
	case len(n.Value) > maxText:
		r.fail(n, key+" is too long", fmt.Sprintf("keep it to %d characters", maxText))
		return ""
	}
	hidden := func(c rune) bool { return !unicode.IsPrint(c) && c != '\n' && c != '\t' }
	if strings.ContainsFunc(n.Value, hidden) {
		r.fail(n, key+" holds a control character", "delete it")
		return ""
	}
	return strings.TrimSpace(n.Value)
}

// word reads one word of a closed list.
func (r *reader) word(n *yaml.Node, key string, list []string) string {
	s := r.text(n, key)
	if s != "" && !slices.Contains(list, s) {
		r.fail(n, fmt.Sprintf("%q is no %s", shorten(s), key), instead(s, list))
		return ""
	}
	return s
}

// words reads a list of words of a closed list, each once.
func (r *reader) words(n *yaml.Node, key string, list []string) []string {
	var got []string
	for _, c := range r.items(n, key) {
		w := r.word(c, key, list)
		switch {
		case w == "":
		case slices.Contains(got, w):
			r.fail(c, fmt.Sprintf("%s %q stands twice", key, w), "keep one of them")
		default:
			got = append(got, w)
		}
	}
	return got
}

// number reads a finite number in [lo, hi].
func (r *reader) number(n *yaml.Node, key string, lo, hi float64) (float64, bool) {
	v, err := strconv.ParseFloat(n.Value, 64)
	if n.Kind != yaml.ScalarNode || err != nil || math.IsNaN(v) || math.IsInf(v, 0) || strings.ContainsAny(n.Value, "xX_pP") {
		mend := "write digits, as 1.5"
		if strings.Contains(n.Value, ",") {
			mend = "write a point, not a comma, as 1.5"
		}
		r.fail(n, fmt.Sprintf("%s must be a number, not %s", key, describe(n)), mend)
		return 0, false
	}
	if !(v >= lo && v <= hi) {
		r.fail(n, fmt.Sprintf("%s is %s", key, n.Value), fmt.Sprintf("it must lie between %v and %v", lo, hi))
		return 0, false
	}
	return v, true
}

// boolean reads true or false.
func (r *reader) boolean(n *yaml.Node, key string) (value, ok bool) {
	if n.Kind == yaml.ScalarNode && n.Tag == "!!bool" {
		return strings.EqualFold(n.Value, "true"), true
	}
	r.fail(n, fmt.Sprintf("%s must be true or false, not %s", key, describe(n)), "write true or false")
	return false, false
}

// moment reads a date, or a date and time.
func (r *reader) moment(n *yaml.Node, key string) (Moment, bool) {
	m, err := ParseMoment(n.Value)
	if n.Kind == yaml.ScalarNode && err == nil {
		return m, true
	}
	if err == nil {
		err = errDateForm
	}
	r.fail(n, fmt.Sprintf("%s: %s %v", key, describe(n), err), "write the year first, as 2026-01-10 or 2026-01-10T16:30")
	return Moment{}, false
}

// point reads [x, y].
func (r *reader) point(n *yaml.Node) (geom.Point, bool) {
	if n.Kind != yaml.SequenceNode || len(n.Content) != 2 {
		r.fail(n, "a point must be two numbers", "write [x, y] in pixels of the frame photo")
		return geom.Point{}, false
	}
	x, okX := r.number(n.Content[0], "x", -maxReach, maxReach)
	y, okY := r.number(n.Content[1], "y", -maxReach, maxReach)
	return geom.Point{X: x, Y: y}, okX && okY
}

// describe names what stands where something else should.
func describe(n *yaml.Node) string {
	switch n.Kind {
	case yaml.MappingNode:
		return "a group of keys"
	case yaml.SequenceNode:
		return "a list"
	}
	return strconv.Quote(shorten(n.Value))
}

// shorten keeps quoted words of hostile files readable.
func shorten(s string) string {
	if r := []rune(s); len(r) > 60 {
		return string(r[:60]) + "…"
	}
	return s
}
