package align_test

import (
	"encoding/json"
	"image"
	_ "image/jpeg"
	_ "image/png"
	"os"
	"path/filepath"
	"testing"

	"dermtrace/internal/align"
	"dermtrace/internal/geom"
	"dermtrace/internal/raster"
)

// shared returns the path of a file of the photo collection beside the repository.
func shared(t testing.TB, path string) string {
	t.Helper()
	p := filepath.Join("../../../shared/data", path)
	if _, err := os.Stat(p); err != nil {
		t.Skipf("SKIPPED: ../shared/data/%s is absent; nothing was checked on these photos", path)
	}
	return p
}

// open decodes a photo to linear light, taking it for sRGB.
func open(t testing.TB, path string) *raster.RGB {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	img, _, err := image.Decode(f)
	if err != nil {
		t.Fatal(err)
	}
	return linear(img)
}

// linear is a picture's linear light, taking it for sRGB.
func linear(img image.Image) *raster.RGB {
	b := img.Bounds()
	out := raster.NewRGB(b.Dx(), b.Dy())
	for y := range b.Dy() {
		for x := range b.Dx() {
			r, g, bl, _ := img.At(b.Min.X+x, b.Min.Y+y).RGBA()
			out.R.Set(x, y, decode[r>>8])
			out.G.Set(x, y, decode[g>>8])
			out.B.Set(x, y, decode[bl>>8])
		}
	}
	return out
}

// The regions that phantom_medium is measured in, in frame pixels.
var mediumRegions = [][4]float64{{200, 225, 1120, 1275}, {1360, 300, 1840, 1200}}

func TestPhantomMedium(t *testing.T) {
	dir := shared(t, "phantom_medium")
	raw, err := os.ReadFile(filepath.Join(dir, "truth", "medium.json"))
	if err != nil {
		t.Fatal(err)
	}
	var truth struct {
		Photos []struct {
			File string
			H    [3][3]float64
		}
	}
	if err := json.Unmarshal(raw, &truth); err != nil {
		t.Fatal(err)
	}
	f := align.NewFrame(open(t, filepath.Join(dir, truth.Photos[0].File)), align.Options{})
	for _, p := range truth.Photos[1:] {
		photo := open(t, filepath.Join(dir, p.File))
		h := geom.Transform{p.H[0][0], p.H[0][1], p.H[0][2], p.H[1][0], p.H[1][1], p.H[1][2], p.H[2][0], p.H[2][1], p.H[2][2]}
		r := f.Align(photo)
		for _, g := range mediumRegions {
			var e errorsPx
			for i := range 20 {
				for j := range 20 {
					q := geom.Point{X: g[0] + (g[2]-g[0])*float64(i)/19, Y: g[1] + (g[3]-g[1])*float64(j)/19}
					e = append(e, r.Apply(q).Sub(h.Apply(q)).Norm())
				}
			}
			med, p95 := e.quantile(0.5), e.quantile(0.95)
			t.Logf("%s %s %s: median %.4f px, p95 %.4f px, estimated %.4f px", p.File, r.Status, r.Model, med, p95, r.ErrorPx)
			if r.Status != align.StatusOK || !(med <= 0.05 && p95 <= 0.2) {
				t.Errorf("%s: %s, median %.4f px, p95 %.4f px; want ok, 0.05 and 0.2", p.File, r.Status, med, p95)
			}
		}
	}
}
