package align_test

import (
	"os"
	"slices"
	"strings"
	"testing"

	"dermtrace/internal/align"
	"dermtrace/internal/phantom"
)

func TestQuick(t *testing.T) {
	want := strings.Split(os.Getenv("Q"), ",")
	for k, tone := range tones {
		if k == 1 {
			continue
		}
		var cs []course
		for _, c := range courses() {
			if os.Getenv("Q") == "" || slices.Contains(want, c.name) {
				cs = append(cs, c)
			}
		}
		p, err := phantom.New(half(uint32(11+k), tone.melanin, cs))
		if err != nil {
			t.Fatal(err)
		}
		f := align.NewFrame(photograph(t, p, 0).Pixels, align.Options{})
		for i, c := range cs {
			shot := photograph(t, p, i+1)
			r := f.Align(shot.Pixels)
			e := trueErrors(r, 1000, 750, shot.Pixels, shot.Truth.Photo)
			t.Logf("%-7s %-15s %-8s %-10s median %.4f p95 %.4f estimated %.4f excess %.2f z %.1f pigment %.3f ± %.3f light %.3f %s",
				tone.name, c.name, r.Status, r.Model, e.quantile(.5), e.quantile(.95), r.ErrorPx, r.Figures.Excess, r.Figures.Z, r.Figures.PigmentShiftPx, r.Figures.PigmentErrorPx, r.Figures.LightPx, r.Reason)
		}
	}
}
