package series

import (
	"bytes"
	"image/jpeg"
	"image/png"
	"math"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"dermtrace/internal/chromo"
	"dermtrace/internal/geom"
	"dermtrace/internal/outcome"
	"dermtrace/internal/photo"
	"dermtrace/internal/raster"
	"dermtrace/internal/roi"
	"dermtrace/internal/skin"
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

// A file that loses colour is read by other weights: the same pixels read otherwise.
func TestLossyFilesAreReadAsSuch(t *testing.T) {
	rgb := raster.NewRGB(200, 200)
	for i := range rgb.R.Pix {
		relief := 1 + 0.05*math.Sin(float64(i%200)/2) + 0.03*math.Sin(float64(i/200)/1.7)
		tint := 1 + 0.02*math.Cos(float64(i%200+i/200)/2.2)
		rgb.R.Pix[i], rgb.G.Pix[i], rgb.B.Pix[i] = float32(0.48*relief), float32(0.28*relief*tint), float32(0.2*relief/tint)
	}
	roughness := func(meta photo.Meta) float64 {
		s := &shot{pixels: rgb, meta: meta}
		sheet := s.part(roi.Fill(geom.Polygon{{X: 0, Y: 0}, {X: 199, Y: 0}, {X: 199, Y: 199}, {X: 0, Y: 199}}, 200, 200), 20, chromo.NewModel(chromo.Options{}))
		return float64(skin.Measure(sheet, skin.Freeze(sheet))["roughness"].Value)
	}
	plain := roughness(photo.Meta{Format: "PNG"})
	for _, lossy := range []photo.Meta{{Format: "JPEG", Lossy: true, JPEGQuality: 93}, {Format: "HEIC", Lossy: true}} {
		if got := roughness(lossy); !(math.Abs(got/plain-1) > 0.02) {
			t.Errorf("%+v: %v, as a lossless file %v", lossy, got, plain)
		}
	}
	if got := roughness(photo.Meta{Format: "JPEG", Lossy: true, JPEGQuality: 99}); got != plain {
		t.Errorf("quality 99: %v, as a lossless file %v", got, plain)
	}
}

// A lossy photo beside a lossless baseline says so in its texture, and nowhere else.
func TestLossyPhotoBesideALosslessBaselineWarns(t *testing.T) {
	long(t)
	files := photos(t)
	var first string
	for name := range files {
		if strings.HasSuffix(name, ".jpg") && (first == "" || name < first) {
			first = name
		}
	}
	count := func() (lossy, clean, colour int) {
		for _, p := range analyze(t, files).Photos {
			for _, r := range p.ROIs {
				if slices.Contains(r.Measures["melanin"].Warnings, outcome.LossyFile) {
					colour++
				}
				if slices.Contains(r.Measures["roughness"].Warnings, outcome.LossyFile) {
					lossy++
				} else {
					clean++
				}
			}
		}
		return lossy, clean, colour
	}
	if lossy, clean, colour := count(); lossy != 0 || clean == 0 || colour != 0 {
		t.Errorf("JPEG beside JPEG: %d warned of, %d not", lossy, clean)
	}
	img, err := jpeg.Decode(bytes.NewReader(files[first].Data))
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	files[first] = &fstest.MapFile{Data: b.Bytes()}
	if lossy, clean, colour := count(); lossy == 0 || clean == 0 || colour != 0 {
		t.Errorf("JPEG beside PNG: %d warned of, %d not, of colour %d", lossy, clean, colour)
	}
}

// Only a lossless photo beside a lossy baseline is read as the baseline's file would have
// kept it.
func TestAlikeIsForLosslessVisitsOfLossyBaselines(t *testing.T) {
	file := func(format string, quality int) *shot {
		return &shot{pixels: raster.NewRGB(16, 16), meta: photo.Meta{Format: format, Lossy: format == "JPEG" || format == "HEIC", JPEGQuality: quality}}
	}
	for _, c := range []struct {
		baseline, visit *shot
		quality         int // that the visit is read through; 0: as it is
	}{
		{file("JPEG", 93), file("PNG", 0), 93}, {file("JPEG", 93), file("TIFF", 0), 93}, {file("JPEG", 93), file("JPEG", 99), 93},
		{file("JPEG", 93), file("WebP", 0), 93}, {file("HEIC", 0), file("PNG", 0), otherQuality}, {file("HEIC", 0), file("JPEG", 99), otherQuality},
		{file("JPEG", 93), file("JPEG", 70), 0}, {file("JPEG", 93), file("HEIC", 0), 0}, {file("HEIC", 0), file("JPEG", 80), 0},
		{file("JPEG", 99), file("PNG", 0), 0}, {file("PNG", 0), file("PNG", 0), 0}, {file("PNG", 0), file("JPEG", 93), 0},
	} {
		a := &analysis{baseline: &baseline{file: c.baseline.meta}}
		got := a.alike(c.visit)
		if c.quality == 0 && got != c.visit || c.quality != 0 && (got == c.visit || got.meta.JPEGQuality != c.quality || !lossy(got.meta)) {
			t.Errorf("%s %d beside %s %d: %+v", c.visit.meta.Format, c.visit.meta.JPEGQuality, c.baseline.meta.Format, c.baseline.meta.JPEGQuality, got.meta)
		}
	}
}

// Without untreated skin another lamp, focus or camera passes for another texture: every visit
// after the baseline says so, in its texture alone. With it, none does.
func TestTextureWithoutUntreatedSkinSaysSo(t *testing.T) {
	long(t)
	script := spotted()
	script.MMPerPx = 0.04 // texture is measured from 15 pixels per millimetre
	files := rendered(t, script)
	said := func(rec *outcome.Record) (texture, other, unsaid int) {
		for _, c := range rec.Changes {
			warned := slices.Contains(c.Warnings, outcome.ReliefUnmatched)
			switch isTexture := rec.Definitions[c.Measure].Family == outcome.Texture; {
			case warned && isTexture:
				texture++
			case warned:
				other++
			case isTexture && c.From.Known() && c.To.Known():
				unsaid++
			}
		}
		return texture, other, unsaid
	}
	if texture, other, unsaid := said(analyze(t, files)); texture != 0 || other != 0 || unsaid == 0 {
		t.Errorf("with control skin: %d rows of texture and %d others warn, %d do not", texture, other, unsaid)
	}
	edit(t, files, "kind: control", "kind: exclude")
	if texture, other, unsaid := said(analyze(t, files)); texture == 0 || other != 0 || unsaid != 0 {
		t.Errorf("without: %d rows of texture and %d others warn, %d do not", texture, other, unsaid)
	}
}
