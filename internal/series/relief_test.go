package series

import (
	"math"
	"testing"

	"dermtrace/internal/outcome"
	"dermtrace/internal/photo"
	"dermtrace/internal/raster"
)

// A JPEG in memory keeps light to half a code, and fine colour less well than fine light.
func TestThroughJPEGKeepsLight(t *testing.T) {
	rgb := raster.NewRGB(64, 48)
	for i := range rgb.R.Pix {
		v := float32(0.3 + 0.1*math.Sin(float64(i%64)/7))
		rgb.R.Pix[i], rgb.G.Pix[i], rgb.B.Pix[i] = v, 0.6*v, 0.4*v
	}
	rgb.R.Pix[0] = 2 // outside any file
	kept, err := throughJPEG(rgb, 93)
	if err != nil || kept.W() != 64 || kept.H() != 48 {
		t.Fatal(err)
	}
	for c, p := range kept.Planes() {
		for i := 64 * 8; i < len(p.Pix); i++ {
			if want := rgb.Planes()[c].Pix[i]; !(math.Abs(float64(p.Pix[i]-want)) <= 0.05*float64(want)) {
				t.Fatalf("channel %d, pixel %d: %v, was %v", c, i, p.Pix[i], want)
			}
		}
	}
}

// Only a lossless photo beside a JPEG baseline is read as the baseline's file would have
// kept it.
func TestAlikeIsForLosslessVisitsOfJPEGBaselines(t *testing.T) {
	file := func(format string, quality int) *shot {
		s := &shot{pixels: raster.NewRGB(16, 16), meta: photo.Meta{Format: format, JPEGQuality: quality}}
		s.record = emptyPhoto("a", "v")
		s.record.Quality.Verdict, s.record.Alignment.Status = outcome.OK, outcome.AlignFrame
		return s
	}
	for _, c := range []struct {
		baseline, visit *shot
		quality         int // that the visit is read through; 0: as it is
	}{
		{file("JPEG", 93), file("PNG", 0), 93}, {file("JPEG", 93), file("TIFF", 0), 93},
		{file("JPEG", 93), file("JPEG", 70), 0}, {file("JPEG", 93), file("HEIC", 0), 0},
		{file("JPEG", 99), file("PNG", 0), 0}, {file("PNG", 0), file("PNG", 0), 0}, {file("PNG", 0), file("JPEG", 93), 0},
	} {
		a := &analysis{baseline: &baseline{shot: map[string]*shot{"a": c.baseline}}}
		a.baseline.visit.Photos = append(a.baseline.visit.Photos, c.baseline.ref)
		a.baseline.shot[c.baseline.ref.File] = c.baseline
		got := a.alike(c.visit)
		if c.quality == 0 && got != c.visit || c.quality != 0 && (got == c.visit || got.meta.JPEGQuality != c.quality) {
			t.Errorf("%s %d beside %s %d: %+v", c.visit.meta.Format, c.visit.meta.JPEGQuality, c.baseline.meta.Format, c.baseline.meta.JPEGQuality, got.meta)
		}
	}
}
