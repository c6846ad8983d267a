package folder

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"unicode/utf8"
)

// CSV reads a table as spreadsheets of any country write it: separated by commas, semicolons
// or tabs, whichever the header has most of, with a byte order mark or without. Text that is
// not UTF-8 is refused, for names in it would be others.
func CSV(text []byte) (*csv.Reader, error) {
	line := 0
	for l := range bytes.Lines(text) {
		if line++; !utf8.Valid(l) {
			return nil, fmt.Errorf("line %d is no UTF-8 text: save the table as CSV UTF-8", line)
		}
	}
	text = bytes.TrimPrefix(text, []byte("\xef\xbb\xbf"))
	in := csv.NewReader(bytes.NewReader(text))
	header, _, _ := bytes.Cut(text, []byte("\n"))
	for _, c := range ";\t" {
		if bytes.Count(header, []byte(string(c))) > bytes.Count(header, []byte(string(in.Comma))) {
			in.Comma = c
		}
	}
	return in, nil
}
