package manifest

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// document parses the text into the root mapping, nil for an empty file.
func (r *reader) document(text []byte) *yaml.Node {
	root, second, err := parseYAML(text)
	line, isText := firstOddLine(text)
	switch {
	case !isText:
		r.fatal = true
		r.failAt(line, "this line is no UTF-8 text", "save the file as UTF-8 in the program that you wrote it with")
		return nil
	case err != nil:
		r.fatal = true
		if r.marksIn(text); len(r.problems) == 0 {
			line, what, mend := syntaxError(text, err)
			r.failAt(line, "this is not YAML: "+what, mend)
		}
		return nil
	case second > 0:
		r.fatal = true
		r.failAt(second, "a second document begins here", "keep one, and delete the line of dashes")
		return nil
	case root.Kind == 0 || len(root.Content) == 0 || isNull(root.Content[0]):
		return nil
	}
	r.bounded(root, 0)
	if !r.fatal {
		r.marks(root, "")
	}
	return root.Content[0]
}

// firstOddLine is the first line of a text that is not UTF-8. Text that begins as UTF-16
// does is left to the parser, which knows it.
func firstOddLine(text []byte) (line int, isText bool) {
	if utf8.Valid(text) || bytes.HasPrefix(text, []byte("\xff\xfe")) || bytes.HasPrefix(text, []byte("\xfe\xff")) {
		return 0, true
	}
	for l := range bytes.Lines(text) {
		line++
		if !utf8.Valid(l) {
			break
		}
	}
	return line, false
}

// parseYAML reads one document into nodes, and the line where another begins, 0 for
// none. Nothing is expanded or resolved.
func parseYAML(text []byte) (root *yaml.Node, second int, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("yaml: the parser gave up: %v", p)
		}
	}()
	dec := yaml.NewDecoder(bytes.NewReader(text))
	root = &yaml.Node{}
	if err := dec.Decode(root); err != nil {
		if errors.Is(err, io.EOF) {
			return root, 0, nil
		}
		return nil, 0, err
	}
	var next yaml.Node
	switch err := dec.Decode(&next); {
	case errors.Is(err, io.EOF):
		return root, 0, nil
	case err != nil:
		return nil, 0, err
	}
	return root, max(next.Line, 1), nil
}

var yamlLine = regexp.MustCompile(`^yaml: (?:line (\d+): )?(.*)$`)

// syntaxError finds the line of a parser's message, and what to do about it. The parser
// counts from 0 where it missed what it expected or met a tab, from 1 otherwise, and leaves
// out line 0.
func syntaxError(text []byte, err error) (line int, what, mend string) {
	mend = "check indentation, brackets, colons and quotes on this line and the one before"
	f := yamlLine.FindStringSubmatch(err.Error())
	if f == nil {
		return 0, err.Error(), mend
	}
	line, _ = strconv.Atoi(f[1])
	if f[1] == "" || strings.HasPrefix(f[2], "did not find expected") || strings.HasPrefix(f[2], "found a tab") {
		line++
	}
	lines := strings.Split(string(bytes.TrimRight(text, " \r\n")), "\n")
	line = min(line, len(lines))
	if line > 0 && strings.HasPrefix(strings.TrimLeft(lines[line-1], " "), "\t") {
		return line, "a tab stands at its beginning", "indent with spaces"
	}
	return line, f[2], mend
}

// bounded refuses what a manifest does not use: anchors and aliases (which can make a
// small file huge), tags, depth.
func (r *reader) bounded(n *yaml.Node, depth int) {
	switch {
	case r.fatal:
		return
	case n.Kind == yaml.AliasNode || n.Anchor != "":
		r.fatal = true
		r.fail(n, "anchors (&) and aliases (*) are not used here", "write the value out, or put it in quotes if the sign belongs to it")
		return
	case n.Style&yaml.TaggedStyle != 0:
		r.fatal = true
		r.fail(n, "tags (!) are not used here", "write the bare value, or put it in quotes if the sign belongs to it")
		return
	case depth > maxDepth:
		r.fatal = true
		r.fail(n, "lists and keys are nested too deeply", "see the example in the README")
		return
	case len(n.Content) > 2*max(maxItems, maxPoints):
		r.fatal = true
		r.fail(n, "this list is too long", fmt.Sprintf("keep it to %d entries", maxItems))
		return
	}
	for _, c := range n.Content {
		r.bounded(c, depth+1)
	}
}
