package main

import (
	"bytes"
	"image"
	"image/color"
	"image/jpeg"
	"strings"
	"testing"
	"testing/fstest"

	"dermtrace/internal/outcome"
)

// pictured is a record with one photo: red inside its region, blue (a background that
// could be known again) outside it.
func pictured(t *testing.T) (*outcome.Record, fstest.MapFS) {
	t.Helper()
	img := image.NewRGBA(image.Rect(0, 0, 400, 300))
	for y := range 300 {
		for x := range 400 {
			c := color.RGBA{B: 255, A: 255}
			if x >= 100 && x < 300 && y >= 50 && y < 250 {
				c = color.RGBA{R: 200, A: 255}
			}
			img.SetRGBA(x, y, c)
		}
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, nil); err != nil {
		t.Fatal(err)
	}
	rec := &outcome.Record{Schema: outcome.Schema,
		Series:   outcome.Series{Subject: "Zaphod", Outlines: []outcome.Outline{{Name: "treated", Kind: outcome.Treated, Polygon: [][2]float64{{110, 60}, {290, 60}, {290, 240}, {110, 240}}}}},
		Visits:   []outcome.Visit{{Visit: "2026-01-10", At: "2026-01-10"}},
		Photos:   []outcome.Photo{{File: "zaphod.jpg", Visit: "2026-01-10"}},
		Pictures: []outcome.Picture{{Photo: "zaphod.jpg", Kind: outcome.PictureThumb, File: "pictures/zaphod-thumb.jpg"}, {Photo: "zaphod.jpg", Kind: outcome.PictureAligned, File: "pictures/zaphod.jpg", Width: 400, Height: 300, Window: &[4]float64{0, 0, 400, 300}}},
	}
	return rec, fstest.MapFS{"pictures/zaphod.jpg": {Data: b.Bytes()}, "pictures/zaphod-thumb.jpg": {Data: b.Bytes()}}
}

func TestCodedPicturesShowTheRegionsAlone(t *testing.T) {
	rec, files := pictured(t)
	coded, pictures, err := codedForm(rec, files, []byte("a key of a clinic"))
	if err != nil || len(coded.Pictures) != 2 {
		t.Fatalf("%d pictures, %v", len(coded.Pictures), err)
	}
	for _, p := range coded.Pictures {
		if strings.Contains(p.File+p.Photo, "zaphod") {
			t.Errorf("a name is left: %s of %s", p.File, p.Photo)
		}
		f, err := pictures.Open(p.File)
		if err != nil {
			t.Fatal(err)
		}
		img, err := jpeg.Decode(f)
		if err != nil || img.Bounds().Dx() != p.Width || img.Bounds().Dx() > 190 {
			t.Fatalf("%v, %v", img.Bounds(), err)
		}
		for y := range p.Height {
			for x := range p.Width {
				if r, _, b, _ := img.At(x, y).RGBA(); b>>8 > 120 && r>>8 < 120 {
					t.Fatalf("%s shows the background at %d, %d", p.Kind, x, y)
				}
			}
		}
	}
}

// Skin that was only found is the whole face: then no picture is shown.
func TestCodedPicturesNeedDrawnRegions(t *testing.T) {
	rec, files := pictured(t)
	rec.Warnings = []outcome.Notice{{Code: outcome.RegionsGuessed}}
	if coded, _, err := codedForm(rec, files, []byte("key")); err != nil || len(coded.Pictures) != 0 {
		t.Errorf("%d pictures of guessed regions, %v", len(coded.Pictures), err)
	}
	rec, files = pictured(t)
	rec.Series.Outlines = nil
	if coded, _, err := codedForm(rec, files, []byte("key")); err != nil || len(coded.Pictures) != 0 {
		t.Errorf("%d pictures without outlines, %v", len(coded.Pictures), err)
	}
}
