package validate

import (
	"context"
	"image"
	"image/draw"
	"image/jpeg"
	"os"
	"path/filepath"
	"testing"

	"dermtrace/internal/outcome"
	"dermtrace/internal/phantom"
	"dermtrace/internal/series"
	"dermtrace/internal/trend"
)

// Mottle of dark skin looks like relief, and it gets darker as the skin does: that is not called
// rougher, while relief that flattens by itself is still told.
func TestDarkerSkinIsNotCalledRougher(t *testing.T) {
	if testing.Short() {
		t.Skip("photographs two courses")
	}
	rec := darkened(t, tone{"dark", 0.2, trend.BandDark}, 1.5)
	for _, contrast := range []string{outcome.Raw, outcome.VsControl} {
		for measure, def := range rec.Definitions {
			darker, ok := changeOf(rec, measure, contrast, 98)
			if !ok || def.Family != outcome.Texture {
				continue
			}
			t.Logf("%s %s: %+.4f of %.4f, detectable %.4f", measure, contrast, darker.Change, darker.From, darker.MDC95)
			if darker.Status == outcome.Increased || darker.Status == outcome.Decreased {
				t.Errorf("darker skin, %s %s: %s by %v", measure, contrast, darker.Status, darker.Change)
			}
			if def.Primary && contrast == outcome.Raw && !(darker.Change > 0.1*darker.From) {
				t.Errorf("%s moves by %v only: nothing is asked here", measure, darker.Change)
			}
		}
		if flat, _ := changeOf(rec, "roughness", contrast, 56); flat.Status != outcome.Decreased {
			t.Errorf("smoother skin, %s: %s by %v, detectable %v", contrast, flat.Status, flat.Change, flat.MDC95)
		}
		if both, _ := changeOf(rec, "roughness", contrast, 182); both.Status != outcome.NoChange {
			t.Errorf("smoother and darker, %s: %s by %v", contrast, both.Status, both.Change)
		}
	}
}

// darkened is the record of skin whose relief is flatter on day 56, that is so many times as
// dark on day 98, and both on day 182: its treated half is that of darker skin of one pattern.
func darkened(t *testing.T, at tone, times float64) *outcome.Record {
	t.Helper()
	pale, dark := t.TempDir(), t.TempDir()
	for dir, melanin := range map[string]float64{pale: at.melanin, dark: times * at.melanin} {
		s, sh := base(tone{at.name, melanin, at.band}, 77), newShots(77)
		sh.frame()
		smoother := phantom.Change{Region: "treated", Relief: -0.3}
		sh.visit(56, nil, smoother)
		sh.visit(98, nil)
		sh.visit(182, nil, smoother)
		s.Visits = sh.visits
		if err := phantom.Write(context.Background(), dir, s, phantom.Options{Force: true}); err != nil {
			t.Fatal(err)
		}
	}
	for _, n := range []int{98, 182} {
		paste(t, filepath.Join(pale, day(n)+".jpg"), filepath.Join(dark, day(n)+".jpg"), image.Rect(0, 0, 610, height))
	}
	res, err := series.Analyze(context.Background(), os.DirFS(pale), series.Options{NoPictures: true, Workers: 1})
	if err != nil {
		t.Fatal(err)
	}
	return res.Record
}

// paste puts part of another photo into one.
func paste(t *testing.T, file, from string, part image.Rectangle) {
	t.Helper()
	var pictures [2]image.Image
	for i, name := range []string{file, from} {
		f, err := os.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		pictures[i], err = jpeg.Decode(f)
		f.Close()
		if err != nil {
			t.Fatal(err)
		}
	}
	both := image.NewRGBA(pictures[0].Bounds())
	draw.Draw(both, both.Bounds(), pictures[0], image.Point{}, draw.Src)
	draw.Draw(both, part, pictures[1], part.Min, draw.Src)
	f, err := os.Create(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := jpeg.Encode(f, both, &jpeg.Options{Quality: 93}); err != nil {
		t.Fatal(err)
	}
}
