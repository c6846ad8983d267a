package report

import (
	"bytes"
	"math"
	"regexp"
	"strings"
	"testing"

	"dermtrace/internal/outcome"
)

// drawnNumbers finds a coordinate that is none.
var drawnNumbers = regexp.MustCompile(` (?:x|y|x1|x2|y1|y2|cx|cy|r|d|width|height|points|values|viewBox)="[^"]*(?:NaN|Inf)\b[^"]*"`)

// Any file that reads as a record gives a page with one script and no coordinate that
// is not a number.
func FuzzPage(f *testing.F) {
	var whole, small bytes.Buffer
	if err := outcome.Write(&whole, record()); err != nil {
		f.Fatal(err)
	}
	rec := &outcome.Record{Schema: outcome.Schema, Definitions: definitions()}
	if err := outcome.Write(&small, rec); err != nil {
		f.Fatal(err)
	}
	f.Add(whole.Bytes())
	f.Add(small.Bytes())
	f.Add([]byte(`{"schema":"dermtrace.results/1"}`))
	f.Add(bytes.ReplaceAll(whole.Bytes(), []byte(`"mdc95": 0.0033`), []byte(`"mdc95": 1.7e308`)))
	f.Fuzz(func(t *testing.T, data []byte) {
		rec, err := outcome.Read(bytes.NewReader(data))
		if err != nil {
			return
		}
		var page bytes.Buffer
		if err := HTML(&page, rec, nil, Options{}); err != nil {
			t.Fatal(err)
		}
		if n := strings.Count(page.String(), "<script"); n != 1 {
			t.Errorf("%d scripts", n)
		}
		if bad := drawnNumbers.FindString(page.String()); bad != "" {
			t.Errorf("drawn: %s", bad)
		}
	})
}

// The gauge stays within its width for every pair of bounds that float64 holds.
func TestGaugeHoldsTheLargestNumbers(t *testing.T) {
	extremes := []outcome.Number{0, 1e-300, -1e-300, 5e-324, 1, math.MaxFloat64, -math.MaxFloat64}
	for _, change := range extremes {
		for _, bound := range extremes {
			g := newGauge(shown{change: change, low: -bound, high: bound, mdc: bound})
			if g == nil {
				continue
			}
			for _, v := range []float64{g.At, g.NoiseX, g.NoiseX + g.NoiseW, g.IntervalX, g.IntervalX + g.IntervalW} {
				if !(v >= 0 && v <= 100) {
					t.Errorf("change %v, bound %v: %v lies outside the gauge", change, bound, v)
				}
			}
		}
	}
}
