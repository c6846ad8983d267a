package series_test

import (
	"encoding/json"
	"testing"

	"dermtrace/internal/align"
	"dermtrace/internal/geom"
	"dermtrace/internal/outcome"
	"dermtrace/internal/series"
)

// Estimates are exactly what is read back from their digits: a report that is made at once
// and one that is made from the record round them alike.
func TestEstimatesAreWhatTheirDigitsSay(t *testing.T) {
	for i := range 2000 {
		px := 0.01 + 0.0007*float64(i)
		a := series.AlignmentRecord(align.Result{Status: align.StatusOK, PhotoFromFrame: geom.Identity(), ErrorPx: px}, 0.08)
		b, err := json.Marshal(a)
		if err != nil {
			t.Fatal(err)
		}
		var read outcome.Alignment
		if err := json.Unmarshal(b, &read); err != nil {
			t.Fatal(err)
		}
		if read.ErrorPx != a.ErrorPx || read.ErrorMM != a.ErrorMM {
			t.Fatalf("%v px, %v mm; read back %v, %v", float64(a.ErrorPx), float64(a.ErrorMM), float64(read.ErrorPx), float64(read.ErrorMM))
		}
	}
}
