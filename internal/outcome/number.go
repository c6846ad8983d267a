package outcome

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"strconv"
)

// Number is a measured value. NaN and ±Inf mean "not measured" and are null in JSON
// and empty in tables. It is written with nine significant digits, more than any
// photo carries and few enough to be the same on every CPU.
type Number float64

// NaN is the value that was not measured.
func NaN() Number { return Number(math.NaN()) }

// Known reports whether the value was measured.
func (n Number) Known() bool { return !math.IsNaN(float64(n)) && !math.IsInf(float64(n), 0) }

// String is the value as it stands in JSON, and "" when not measured.
func (n Number) String() string {
	if !n.Known() {
		return ""
	}
	if n == 0 {
		return "0"
	}
	return strconv.FormatFloat(float64(n), 'g', 9, 64)
}

// MarshalJSON writes null for a value that was not measured.
func (n Number) MarshalJSON() ([]byte, error) {
	if !n.Known() {
		return []byte("null"), nil
	}
	return []byte(n.String()), nil
}

// UnmarshalJSON reads null as a value that was not measured.
func (n *Number) UnmarshalJSON(b []byte) error {
	if bytes.Equal(b, []byte("null")) {
		*n = NaN()
		return nil
	}
	v, err := strconv.ParseFloat(string(b), 64)
	if err != nil {
		return fmt.Errorf("not a number: %s", b)
	}
	*n = Number(v)
	return nil
}

// maxRecordBytes bounds a results.json: the largest real ones are a few megabytes.
const maxRecordBytes = 256 << 20

// Write writes the record as indented JSON. Equal records give equal bytes.
func Write(w io.Writer, r *Record) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", " ")
	return enc.Encode(r)
}

// Read reads a record and refuses one of another schema.
func Read(r io.Reader) (*Record, error) {
	b, err := io.ReadAll(io.LimitReader(r, maxRecordBytes+1))
	if err != nil {
		return nil, err
	}
	if len(b) > maxRecordBytes {
		return nil, fmt.Errorf("the record is larger than %d MiB", maxRecordBytes>>20)
	}
	var rec Record
	if err := json.Unmarshal(b, &rec); err != nil {
		return nil, fmt.Errorf("not a dermtrace record: %w", err)
	}
	if rec.Schema != Schema {
		return nil, fmt.Errorf("the record's schema is %q, this version reads %q", rec.Schema, Schema)
	}
	return &rec, nil
}
