package photo

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"
)

// FormatError says that a file is wrong: damaged, cut short, or no picture at all.
type FormatError struct {
	File    string // the name that was asked for
	Format  string // "JPEG", ...; "" when unknown
	Problem string // what is wrong with it
	Mend    string // what the user can do
	Err     error  // what the decoder said, or nil
}

func (e *FormatError) Error() string { return sentence(e.File, e.Format, e.Problem, e.Mend, e.Err) }
func (e *FormatError) Unwrap() error { return e.Err }

// UnsupportedError says that a file may be right, but cannot be read or must not be
// measured (CMYK, camera raw, AVIF, ...).
type UnsupportedError struct {
	File, Format, Problem, Mend string
	Err                         error
}

func (e *UnsupportedError) Error() string {
	return sentence(e.File, e.Format, e.Problem, e.Mend, e.Err)
}
func (e *UnsupportedError) Unwrap() error { return e.Err }

// LimitError says that a file asks for more than the [Limits] allow.
type LimitError struct {
	File, Format, Problem, Mend string
	Err                         error
}

func (e *LimitError) Error() string { return sentence(e.File, e.Format, e.Problem, e.Mend, e.Err) }
func (e *LimitError) Unwrap() error { return e.Err }

// Advice takes an error of this package apart: what is wrong with the file, without
// its name, and what the user can do; the mend is empty where nobody knows one.
func Advice(err error) (problem, mend string) {
	var format *FormatError
	var unsupported *UnsupportedError
	var limit *LimitError
	var path *fs.PathError
	switch {
	case errors.As(err, &format):
		return sentence("", format.Format, format.Problem, "", nil), format.Mend
	case errors.As(err, &unsupported):
		return sentence("", unsupported.Format, unsupported.Problem, "", nil), unsupported.Mend
	case errors.As(err, &limit):
		return sentence("", limit.Format, limit.Problem, "", nil), limit.Mend
	case errors.Is(err, fs.ErrPermission):
		return "may not be read", "let this account read it"
	case errors.Is(err, fs.ErrNotExist):
		return "is not there, or a link to what is not there", "put the file itself into the folder"
	case errors.As(err, &path):
		return path.Err.Error(), ""
	}
	return err.Error(), ""
}

// Mends that several refusals share.
const (
	mendCopy   = "copy it from the camera again"
	mendExport = "export it as JPEG or TIFF from the camera's software"
	mendRGB    = "export it as an RGB JPEG, PNG or TIFF"
)

func sentence(file, format, problem, mend string, err error) string {
	var b strings.Builder
	if file != "" {
		b.WriteString(file + ": ")
	}
	if format != "" {
		b.WriteString(format + ": ")
	}
	b.WriteString(problem)
	if err != nil {
		fmt.Fprintf(&b, " (%v)", err)
	}
	if mend != "" {
		b.WriteString("; " + mend)
	}
	return b.String()
}

// wrong, unsupported and tooMuch make errors inside the parsers; [named] adds where.
func wrong(problem string, err error) error {
	return &FormatError{Problem: problem, Mend: mendCopy, Err: err}
}

func unsupported(problem, mend string) error {
	return &UnsupportedError{Problem: problem, Mend: mend}
}

func tooMuch(problem, mend string) error { return &LimitError{Problem: problem, Mend: mend} }

// named fills in the file and format of a typed error; any other error is returned as it is.
func named(err error, file, format string) error {
	var (
		f *FormatError
		u *UnsupportedError
		l *LimitError
	)
	switch {
	case errors.As(err, &f):
		f.File, f.Format = file, format
		return f
	case errors.As(err, &u):
		u.File, u.Format = file, format
		return u
	case errors.As(err, &l):
		l.File, l.Format = file, format
		return l
	}
	return err
}
