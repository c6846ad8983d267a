package table

import (
	"io"
	"reflect"
	"strconv"

	"github.com/parquet-go/parquet-go"

	"dermtrace/internal/outcome"
)

// Parquet writes the rows of study.csv as one Parquet file with the same columns in the
// same order; what was not measured is null.
type Parquet struct {
	out     *parquet.GenericWriter[any]
	columns []Column[Row]
	row     parquet.Row
	rows    int
}

// rowGroup is how many rows are gathered before they are written, which bounds memory.
const rowGroup = 20_000

// NewParquet begins a file; adam is that of [NewCSV].
func NewParquet(w io.Writer, adam bool) *Parquet {
	p := &Parquet{}
	group := ordered{Group: parquet.Group{}}
	for _, c := range Columns {
		name := c.Name
		if adam {
			name = c.ADaM
		}
		if name != "" {
			p.columns = append(p.columns, c)
			group.Group[name] = leaf(c)
			group.fields = append(group.fields, field{group.Group[name], name})
		}
	}
	p.out = parquet.NewGenericWriter[any](w, parquet.NewSchema("study", group), parquet.CreatedBy("dermtrace", "1", "0"))
	return p
}

// leaf is the type of a column: texts are required and may be empty, numbers may be null.
func leaf(c Column[Row]) parquet.Node {
	var n parquet.Node
	switch c.Type {
	case Integer:
		n = parquet.Optional(parquet.Int(64))
	case Float:
		n = parquet.Optional(parquet.Leaf(parquet.DoubleType))
	case Truth:
		n = parquet.Leaf(parquet.BooleanType)
	default:
		n = parquet.Encoded(parquet.String(), &parquet.RLEDictionary)
	}
	return parquet.Compressed(n, &parquet.Snappy)
}

// ordered is a group whose fields keep their order.
type ordered struct {
	parquet.Group
	fields []parquet.Field
}

func (o ordered) Fields() []parquet.Field { return o.fields }

type field struct {
	parquet.Node
	name string
}

func (f field) Name() string { return f.name }

// Value is asked for rows of Go structs alone, which are never written.
func (f field) Value(base reflect.Value) reflect.Value { return base.FieldByName(f.name) }

// Write adds a row.
func (p *Parquet) Write(r *Row) error {
	p.row = p.row[:0]
	for i, c := range p.columns {
		p.row = append(p.row, parquetValue(c.Cell(r)).Level(0, level(c, r), i))
	}
	if _, err := p.out.WriteRows([]parquet.Row{p.row}); err != nil {
		return err
	}
	if p.rows++; p.rows%rowGroup == 0 {
		return p.out.Flush()
	}
	return nil
}

// Close writes what is left and the end of the file.
func (p *Parquet) Close() error { return p.out.Close() }

// level is 1 for a value that may be null and is there.
func level(c Column[Row], r *Row) int {
	if (c.Type == Integer || c.Type == Float) && !parquetValue(c.Cell(r)).IsNull() {
		return 1
	}
	return 0
}

func parquetValue(v any) parquet.Value {
	switch v := v.(type) {
	case string:
		return parquet.ByteArrayValue([]byte(v))
	case int:
		return parquet.Int64Value(int64(v))
	case *int:
		if v != nil {
			return parquet.Int64Value(int64(*v))
		}
	case bool:
		return parquet.BooleanValue(v)
	case outcome.Number:
		if v.Known() {
			return parquet.DoubleValue(printed(v))
		}
	}
	return parquet.NullValue()
}

// printed is the number that the digits of the other tables are read back as, so that all
// tables say the same.
func printed(v outcome.Number) float64 {
	f, err := strconv.ParseFloat(v.String(), 64)
	if err != nil {
		panic("table: a number that is printed and not read: " + err.Error())
	}
	return f
}
