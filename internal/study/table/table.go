// Package table writes what many series yielded as tables for statistics programs.
//
// It answers: which columns, in which units, under which names? Every table is made of
// records alone; one column list ([Columns] and its likes) makes the header, the cells,
// the dictionary and the names of ADaM. Names are stable. A value that was not measured
// is an empty cell, never 0; no text cell can start a formula of a spreadsheet. Values
// have the units of the record's definitions, times are ISO 8601. Nothing is refused.
package table

import (
	"encoding/csv"
	"io"
	"strconv"

	"dermtrace/internal/outcome"
)

// Column is one column of a table whose rows are of type R.
type Column[R any] struct {
	Name    string
	ADaM    string // its name in an analysis data set, at most 8 letters; "" where it has none
	Type    string // text | integer | number | truth
	Unit    string
	Meaning string
	Cell    func(*R) any // string, int, *int, bool or outcome.Number
}

// Types of a Column.
const (
	Text    = "text"
	Integer = "integer"
	Float   = "number"
	Truth   = "truth"
)

// CSV writes one table, row by row.
type CSV[R any] struct {
	out     *csv.Writer
	columns []Column[R]
	cells   []string
}

// NewCSV writes the header. With adam set, columns carry their names of ADaM and those
// without one are left out.
func NewCSV[R any](w io.Writer, columns []Column[R], adam bool) (*CSV[R], error) {
	t := &CSV[R]{out: csv.NewWriter(w)}
	for _, c := range columns {
		name := c.Name
		if adam {
			name = c.ADaM
		}
		if name != "" {
			t.columns, t.cells = append(t.columns, c), append(t.cells, name)
		}
	}
	return t, t.out.Write(t.cells)
}

// Write adds a row.
func (t *CSV[R]) Write(r *R) error {
	for i, c := range t.columns {
		t.cells[i] = cell(c.Cell(r))
	}
	return t.out.Write(t.cells)
}

// Close writes what is left.
func (t *CSV[R]) Close() error {
	t.out.Flush()
	return t.out.Error()
}

// cell is a value as it stands in a table.
func cell(v any) string {
	switch v := v.(type) {
	case string:
		return outcome.CellText(v)
	case int:
		return strconv.Itoa(v)
	case *int:
		if v == nil {
			return ""
		}
		return strconv.Itoa(*v)
	case bool:
		return outcome.CellBool(v)
	case outcome.Number:
		return v.String()
	}
	panic("table: a cell of an unknown type")
}
