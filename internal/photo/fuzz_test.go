package photo

import (
	"bytes"
	"context"
	"errors"
	"image"
	"math"
	"path"
	"strings"
	"testing"
	"time"

	"golang.org/x/image/tiff"
)

// fuzzLimits keep every try small and quick: the fuzzing engine takes a try of ten seconds
// for a deadlock and ends its worker without a word, and a busy machine triples times.
var fuzzLimits = Limits{Megapixels: 1, Bytes: 1 << 20, Frames: 50, Time: 3 * time.Second, HEICMemory: 64 << 20}

// seedFiles are small files of every format, by name.
func seedFiles(f testing.TB) map[string][]byte {
	f.Helper()
	jpg := encodeJPEG(f, ramp(24, 16), 80)
	profile := matrixICC(p3XY, srgbPara(), "P3")
	files := map[string][]byte{
		"exif.jpg": withSegment(withICC(jpg, profile), markerAPP1, string(captured())), "grey.jpg": encodeJPEG(f, texture(17, 9, 1), 60),
		"rgba.png":    encodePNG(f, ramp(9, 7), iccpChunk(profile), pngChunk("eXIf", captured()[6:])),
		"sixteen.png": encodePNG(f, image.NewNRGBA64(image.Rect(0, 0, 5, 5)), pngChunk("cICP", []byte{9, 16, 0, 1})),
	}
	for name, sub := range subsamplings {
		files[name+".jpg"] = colourJPEG(f, 33, 17, sub, 70)
	}
	for i, o := range []*tiff.Options{nil, {Compression: tiff.Deflate}, {Compression: tiff.Deflate, Predictor: true}} {
		var b bytes.Buffer
		if err := tiff.Encode(&b, ramp(12, 9), o); err != nil {
			f.Fatal(err)
		}
		files[string(rune('a'+i))+".tif"] = b.Bytes()
	}
	for _, name := range []string{"p3.heic", "turned.heic", "two.heic", "alpha.heic", "ten.heic",
		"p3_lossy.webp", "p3_lossless.webp", "animated.webp", "animated_alpha.webp", "alpha_lossy.webp"} {
		files[name] = testdata(f, name)
	}
	return files
}

// fuzzOpen opens bytes and checks what must hold for any input.
func fuzzOpen(t *testing.T, name string, data []byte) {
	p, err := Open(context.Background(), fileOf(name, data), name, fuzzLimits)
	m, errStat := Stat(context.Background(), fileOf(name, data), name, fuzzLimits)
	if err != nil {
		if !isTyped(err) || !strings.HasPrefix(err.Error(), name) {
			t.Fatalf("%T: %v", err, err)
		}
		return
	}
	if errStat != nil || m.Width != p.Width || m.Height != p.Height || m.Orientation != p.Orientation {
		t.Fatalf("Stat: %+v, %v; Open: %+v", m, errStat, p.Meta)
	}
	for _, plane := range p.Pixels.Planes() {
		if plane.W != p.Width || plane.H != p.Height || len(plane.Pix) != p.Width*p.Height {
			t.Fatalf("plane of %d×%d, %d pixels; Meta says %d×%d", plane.W, plane.H, len(plane.Pix), p.Width, p.Height)
		}
		for i, v := range plane.Pix {
			if math.IsNaN(float64(v)) || math.IsInf(float64(v), 0) {
				t.Fatalf("pixel %d is %v", i, v)
			}
		}
	}
}

func fuzzFormat(f *testing.F, extensions ...string) {
	for name, data := range seedFiles(f) {
		for _, e := range extensions {
			if path.Ext(name) == e {
				f.Add(data)
			}
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) { fuzzOpen(t, "x"+extensions[0], data) })
}

func FuzzJPEG(f *testing.F) { fuzzFormat(f, ".jpg") }
func FuzzPNG(f *testing.F)  { fuzzFormat(f, ".png") }
func FuzzTIFF(f *testing.F) { fuzzFormat(f, ".tif") }
func FuzzWebP(f *testing.F) { fuzzFormat(f, ".webp") }
func FuzzHEIC(f *testing.F) { fuzzFormat(f, ".heic") }

// FuzzHeader reads headers only, of any format, which gets further in a second than
// decoding does.
func FuzzHeader(f *testing.F) {
	for _, data := range seedFiles(f) {
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		m, err := Stat(context.Background(), fileOf("x", data), "x", fuzzLimits)
		if err != nil && !isTyped(err) {
			t.Fatalf("%T: %v", err, err)
		}
		if err == nil && (m.Width < 1 || m.Height < 1 || m.Orientation < 1 || m.Orientation > 8 || m.BitDepth < 1 || m.Profile == "") {
			t.Fatalf("%+v", m)
		}
	})
}

func FuzzEXIF(f *testing.F) {
	f.Add(captured())
	f.Add(captured()[6:])
	f.Add([]byte("II*\x00\x08\x00\x00\x00\x01\x00\x12\x01\x03\x00\x01\x00\x00\x00\x06\x00\x00\x00\x08\x00\x00\x00"))
	f.Fuzz(func(t *testing.T, block []byte) {
		facts := readExif(block)
		if facts.rotation < 1 || facts.rotation > 8 || facts.ISO < 0 || !(facts.FocalMM >= 0) || !(facts.ExposureS >= 0) || !(facts.FNumber >= 0) {
			t.Fatalf("%+v", facts)
		}
		for _, s := range []string{facts.Camera, facts.Lens} {
			if strings.ContainsAny(s, "\n\r\t\x00\x1b") || len([]rune(s)) > 2*maxText+1 {
				t.Fatalf("%q", s)
			}
		}
	})
}

func FuzzICC(f *testing.F) {
	f.Add(matrixICC(p3XY, srgbPara(), "P3"))
	f.Add(matrixICC(adobeXY, gammaTag(2.2), "Adobe"))
	f.Add(matrixICC(prophotoXY, tableTag(17, srgbCurve), "Table"))
	f.Add(makeICC("GRAY", iccTag{"kTRC", gammaTag(2.2)}, iccTag{"desc", descTag("Grey")}))
	f.Fuzz(func(t *testing.T, data []byte) {
		s, codes := iccColour(data)
		if s.name == "" || len(codes) > 1 {
			t.Fatalf("%q %v", s.name, codes)
		}
		for _, c := range s.curves {
			for i := range 1024 {
				if v := c(float64(i) / 1023); math.IsNaN(v) || math.IsInf(v, 0) {
					t.Fatalf("code %d: %v", i, v)
				}
			}
		}
		for _, v := range s.matrix {
			if math.IsNaN(v) || math.Abs(v) > 1e3 {
				t.Fatalf("matrix %v", s.matrix)
			}
		}
	})
}

func FuzzSPS(f *testing.F) {
	for _, name := range []string{"limited.heic", "vui709.heic", "ten.heic"} {
		data := testdata(f, name)
		at := bytes.Index(data, []byte{0x42, 0x01, 0x01}) // NAL unit 33
		f.Add(data[at : at+60])
	}
	f.Fuzz(func(t *testing.T, nal []byte) {
		if s, ok := parseSPS(nal); ok && (s.width < 1 || s.height < 1 || s.depth < 8) {
			t.Fatalf("%+v", s)
		}
	})
}

// The seeds themselves are sound, but for HEIC in a build without its decoder.
func TestSeedsOpen(t *testing.T) {
	for name, data := range seedFiles(t) {
		_, err := Open(t.Context(), fileOf(name, data), name, Limits{})
		var u *UnsupportedError
		if err != nil && !(path.Ext(name) == ".heic" && errors.As(err, &u)) {
			t.Error(err)
		}
	}
}
