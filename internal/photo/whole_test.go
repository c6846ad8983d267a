package photo

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/jpeg"
	"image/png"
	"io"
	"io/fs"
	"path"
	"testing"

	"golang.org/x/image/tiff"
)

func scan(data []byte) error {
	_, err := Scan(context.Background(), fileOf("a", data), "a", Limits{})
	return err
}

// What Scan calls cut short the decoder refuses too, and where it refuses a file that lost a tenth or
// more of itself, Scan does.
func TestScanTellsFilesThatAreCutShort(t *testing.T) {
	files := map[string][]byte{}
	for _, name := range []string{"alpha_lossy.webp", "p3_lossless.webp", "p3_lossy.webp", "p3.heic", "alpha.heic", "two.heic", "turned.heic"} {
		files[name] = testdata(t, name)
	}
	for name, encode := range map[string]func(io.Writer, image.Image) error{
		"a.jpg":     func(w io.Writer, m image.Image) error { return jpeg.Encode(w, m, nil) },
		"a.png":     png.Encode,
		"plain.tif": func(w io.Writer, m image.Image) error { return tiff.Encode(w, m, nil) },
		"deflate.tif": func(w io.Writer, m image.Image) error {
			return tiff.Encode(w, m, &tiff.Options{Compression: tiff.Deflate})
		},
	} {
		var b bytes.Buffer
		if err := encode(&b, ramp(64, 48)); err != nil {
			t.Fatal(err)
		}
		files[name] = b.Bytes()
	}
	files["trailing.jpg"] = append(bytes.Clone(files["a.jpg"]), "a tail that cameras append"...)
	for name, data := range files {
		if err := scan(data); err != nil {
			t.Errorf("%s whole: %v", name, err)
		}
		if name == "trailing.jpg" {
			data = files["a.jpg"]
		}
		for _, keep := range []int{len(data) * 2 / 3, len(data) * 9 / 10, len(data) - 3, len(data) - 1} {
			_, opened := Open(context.Background(), fileOf("a", data[:keep]), "a", Limits{})
			scanned := scan(data[:keep])
			if scanned != nil && opened == nil {
				t.Errorf("%s, %d of %d bytes: can be opened, but Scan says %v", name, keep, len(data), scanned)
			}
			if format := (*FormatError)(nil); scanned != nil && errors.As(opened, &format) && opened.Error() != scanned.Error() {
				t.Errorf("%s, %d of %d bytes: %v, but Scan says %v", name, keep, len(data), opened, scanned)
			}
			if scanned == nil && opened != nil && keep <= len(data)*9/10 {
				t.Errorf("%s, %d of %d bytes: taken for whole, but %v", name, keep, len(data), opened)
			}
		}
	}
}

// No photo that can be opened is called cut short.
func TestScanTakesRealPhotos(t *testing.T) {
	for _, dir := range []string{"exif", "faces", "bad_inputs", "colorcard"} {
		fsys := shared(t, dir)
		err := fs.WalkDir(fsys, ".", func(name string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || path.Ext(name) == "" {
				return err
			}
			if _, err := Scan(context.Background(), fsys, name, Limits{}); err == nil || !isTyped(err) {
				return nil
			} else if _, opens := Open(context.Background(), fsys, name, Limits{}); opens == nil {
				t.Errorf("%s: %v", name, err)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}
