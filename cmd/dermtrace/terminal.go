package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
	"syscall"
	"unicode"

	"dermtrace/internal/study/trial"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"
)

// Message rules: everything that is no result goes to stderr, begins with
// "dermtrace: ", is one lower-case sentence without a full stop, and where there is
// a mend, a second line "hint: " says it. Control characters never reach a terminal.

// errPartial ends a run that did its work, but not for every photo. What failed has
// been said already.
var errPartial = errors.New("some photos could not be used")

// usageError is wrong use of the command line.
type usageError struct{ what, hint string }

func (e *usageError) Error() string { return e.what }

func usage(what, hint string) error { return &usageError{what, hint} }

// hintedError is a failure with its mend.
type hintedError struct {
	error
	hint string
}

func (e *hintedError) Unwrap() error { return e.error }

func withHint(err error, hint string) error {
	if err == nil {
		return nil
	}
	return &hintedError{err, hint}
}

// terminal is where results and messages go.
type terminal struct {
	out, err io.Writer
}

func (t *terminal) say(format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	for line := range strings.SplitSeq(strings.TrimRight(text, "\n"), "\n") {
		fmt.Fprintln(t.err, "dermtrace: "+printable(line))
	}
}

func (t *terminal) hint(text string) {
	if text != "" {
		fmt.Fprintln(t.err, "hint: "+printable(text))
	}
}

// typed is a path as it is typed in a command.
func typed(path string) string {
	if strings.ContainsFunc(path, unicode.IsSpace) {
		return `"` + path + `"`
	}
	return path
}

// fail says an error and its mend; joined errors take a line each.
func (t *terminal) fail(err error) {
	t.say("%s", plain(err))
	var h *hintedError
	switch {
	case errors.Is(err, fs.ErrPermission):
		t.hint("let this account read the photos and write the results, or name another place")
	case errors.As(err, &h):
		t.hint(h.hint)
	case errors.Is(err, syscall.ENOSPC):
		t.hint("make room there, or name another place")
	case errors.Is(err, syscall.EROFS), errors.Is(err, syscall.ENOTDIR):
		t.hint("name another place")
	case errors.Is(err, fs.ErrNotExist):
		t.hint("check the name; folders on the way to it must exist")
	case errors.Is(err, trial.ErrPlan):
		t.hint("'dermtrace batch --help' shows what a plan holds")
	}
}

// plain is the text of an error without the name of the system call that failed.
func plain(err error) string {
	text := err.Error()
	if p := (*fs.PathError)(nil); errors.As(err, &p) {
		text = strings.ReplaceAll(text, p.Error(), p.Path+": "+p.Err.Error())
	}
	return text
}

// print writes a line of the result.
func (t *terminal) print(format string, args ...any) {
	fmt.Fprintln(t.out, printable(fmt.Sprintf(format, args...)))
}

// json writes the result as one indented JSON value.
func (t *terminal) json(v any) error {
	enc := json.NewEncoder(t.out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", " ")
	return enc.Encode(v)
}

// printable drops control characters, which could rewrite a terminal.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\t' {
			return -1
		}
		return r
	}, s)
}

// progress returns a function that shows n of total on a terminal and does nothing
// elsewhere, and one that clears it.
func (t *terminal) progress(what string) (step func(done, total int), clear func()) {
	f, ok := t.err.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		return func(int, int) {}, func() {}
	}
	var bar *progressbar.ProgressBar
	step = func(done, total int) {
		if bar == nil {
			bar = progressbar.NewOptions(total, progressbar.OptionSetWriter(f), progressbar.OptionSetDescription(what),
				progressbar.OptionShowCount(), progressbar.OptionClearOnFinish(), progressbar.OptionSetWidth(30))
		}
		bar.Set(done) // a progress bar that cannot be drawn is no failure
	}
	return step, func() {
		if bar != nil {
			bar.Clear() // as above
		}
	}
}
