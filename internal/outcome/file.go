package outcome

import (
	"encoding/json"
	"fmt"
	"io"
)

// maxRecordBytes bounds a results.json: the largest real ones are a few megabytes.
const maxRecordBytes = 256 << 20

// Write writes the record as indented JSON. Equal records give equal bytes.
// Empty lists are written as [], never as null.
func Write(w io.Writer, r *Record) error {
	r.fill()
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

// fill makes every list that is nil an empty one: readers of the record then need no
// special case.
func (r *Record) fill() {
	some(&r.Settings.Defaults)
	some(&r.Series.Goals)
	some(&r.Series.Consent)
	some(&r.Treatments)
	some(&r.Scores)
	some(&r.Visits)
	some(&r.Photos)
	some(&r.Changes)
	some(&r.Recovery)
	some(&r.Flags)
	some(&r.Spots)
	some(&r.NotAssessed)
	some(&r.Pictures)
	some(&r.Warnings)
	for i := range r.Treatments {
		some(&r.Treatments[i].ROIs)
	}
	for i := range r.Visits {
		some(&r.Visits[i].SkinState)
	}
	for i := range r.Changes {
		some(&r.Changes[i].Warnings)
	}
	for i := range r.Photos {
		r.Photos[i].fill()
	}
}

func (p *Photo) fill() {
	some(&p.ROIs)
	some(&p.Quality.Reasons)
	for i := range p.Quality.Reasons {
		some(&p.Quality.Reasons[i].Spoils)
	}
	if p.Quality.Figures == nil {
		p.Quality.Figures = map[string]Number{}
	}
	for _, roi := range p.ROIs {
		for name, m := range roi.Measures {
			some(&m.Warnings)
			roi.Measures[name] = m
		}
	}
}

func some[T any](list *[]T) {
	if *list == nil {
		*list = []T{}
	}
}
