package photo

import (
	"context"
	"errors"
	"io/fs"
	"math"
	"os"
	"strings"
	"testing"
	"testing/fstest"
)

// shared returns the folder of development data, or skips loudly.
func shared(t testing.TB, name string) fs.FS {
	t.Helper()
	dir := "../../../shared/data/" + name
	if _, err := os.Stat(dir); err != nil {
		t.Skip("SKIPPED: ../shared/data/" + name + " is absent; nothing was compared")
	}
	return os.DirFS(dir)
}

func mustOpen(t testing.TB, fsys fs.FS, name string) *Photo {
	t.Helper()
	p, err := Open(context.Background(), fsys, name, Limits{})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestIsPhotoName(t *testing.T) {
	for name, want := range map[string]bool{
		"a.jpg": true, "dir/A.JPEG": true, "b.HEIC": true, "c.tif": true, "d.png": true, "e.webp": true,
		"._a.jpg": false, ".hidden.png": false, "dir/._a.jpg": false, "series.yaml": false, "jpg": false, "a.gif": false,
	} {
		if IsPhotoName(name) != want {
			t.Errorf("IsPhotoName(%q) = %v", name, !want)
		}
	}
}

// The eight files hold the same picture stored in eight ways, coded anew each time.
func TestEightOrientationsAreOnePicture(t *testing.T) {
	dir := shared(t, "exif")
	kinds, codes := []string{"Landscape", "Portrait"}, "2345678"
	if testing.Short() {
		kinds, codes = kinds[:1], "36"
	}
	for _, kind := range kinds {
		want := mustOpen(t, dir, kind+"_1.jpg")
		for _, o := range codes {
			name := kind + "_" + string(o) + ".jpg"
			got := mustOpen(t, dir, name)
			if got.Orientation != int(o-'0') {
				t.Errorf("%s: orientation %d", name, got.Orientation)
			}
			if got.Width != want.Width || got.Height != want.Height {
				t.Errorf("%s: %d×%d, want %d×%d", name, got.Width, got.Height, want.Width, want.Height)
				continue
			}
			// Coding noise is below 0.02; another orientation differs by ten times that.
			if d := meanDifference(want, got); !(d < .02) {
				t.Errorf("%s differs from orientation 1 by %.4f", name, d)
			}
		}
	}
}

func meanDifference(a, b *Photo) float64 {
	var s float64
	for i, p := range a.Pixels.Planes() {
		q := b.Pixels.Planes()[i]
		for j, v := range p.Pix {
			s += math.Abs(float64(v - q.Pix[j]))
		}
	}
	return s / float64(3*len(a.Pixels.R.Pix))
}

func TestErrorsAreTypedAndNameTheFile(t *testing.T) {
	dir := fstest.MapFS{
		"empty.jpg": {}, "text.jpg": {Data: []byte("no picture at all, only words")},
		"short.jpg": {Data: []byte("\xff\xd8\xff\xe0\x00\x10JFIF")}, "a.gif": {Data: []byte("GIF89a\x01\x00\x01\x00")},
		"folder/x.png": {Data: []byte(pngMagic)},
	}
	var (
		f *FormatError
		u *UnsupportedError
	)
	for name, target := range map[string]any{"empty.jpg": &f, "text.jpg": &f, "short.jpg": &f, "folder/x.png": &f, "folder": &f, "a.gif": &u} {
		_, err := Open(context.Background(), dir, name, Limits{})
		if !errors.As(err, target) {
			t.Errorf("%s: error is %T: %v", name, err, err)
			continue
		}
		if !strings.HasPrefix(err.Error(), name+": ") || !strings.Contains(err.Error(), "; ") {
			t.Errorf("error lacks name or mend: %v", err)
		}
	}
	if _, err := Open(context.Background(), dir, "absent.jpg", Limits{}); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("absent file: %v", err)
	}
	stop, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Open(stop, dir, "text.jpg", Limits{}); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}
