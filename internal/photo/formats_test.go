package photo

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"image"
	"image/color"
	"io/fs"
	"runtime"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"dermtrace/internal/outcome"

	"golang.org/x/image/tiff"
)

// 16 bits stay 16 bits: neighbouring codes stay apart.
func TestSixteenBitsAreKept(t *testing.T) {
	m := image.NewNRGBA64(image.Rect(0, 0, 256, 256))
	for i := range 1 << 16 {
		m.SetNRGBA64(i%256, i/256, color.NRGBA64{uint16(i), uint16(65535 - i), uint16(i), 0xffff})
	}
	var plain, lzw bytes.Buffer
	if err := errors.Join(tiff.Encode(&plain, m, nil), tiff.Encode(&lzw, m, &tiff.Options{Compression: tiff.Deflate, Predictor: true})); err != nil {
		t.Fatal(err)
	}
	grey := image.NewGray16(m.Rect)
	for i := range 1 << 16 {
		grey.SetGray16(i%256, i/256, color.Gray16{uint16(i)})
	}
	for name, data := range map[string][]byte{"a.png": encodePNG(t, m), "a.tif": plain.Bytes(), "b.tif": lzw.Bytes(), "g.png": encodePNG(t, grey)} {
		p := openBytes(t, name, data)
		if p.BitDepth != 16 {
			t.Errorf("%s: %d bits", name, p.BitDepth)
		}
		for i, v := range p.Pixels.R.Pix {
			if want := float32(srgbCurve(float64(i) / 65535)); v != want {
				t.Fatalf("%s: code %d is %v, want %v", name, i, v, want)
			}
		}
	}
}

func TestWebP(t *testing.T) {
	p3 := space("", p3XY, srgbCurve)
	for _, c := range []struct {
		file     string
		space    colourSpace
		warnings []string
	}{
		{"p3_lossy.webp", p3, nil},
		{"p3_lossless.webp", p3, nil},
		{"animated.webp", sRGB(""), []string{FirstOfSeveral, ProfileAssumed}},
		{"animated_alpha.webp", sRGB(""), []string{FirstOfSeveral, ProfileAssumed, Transparent}},
		{"alpha_lossy.webp", sRGB(""), []string{ProfileAssumed, Transparent}},
	} {
		p := openBytes(t, c.file, testdata(t, c.file))
		if p.Format != "WebP" || p.Lossy != (c.file != "p3_lossless.webp") || !slices.Equal(p.Warnings, c.warnings) {
			t.Errorf("%s: %s, lossy %v, warnings %v", c.file, p.Format, p.Lossy, p.Warnings)
		}
		swatchesMatch(t, c.file, p, c.space, swatchInts())
	}
	swatchesMatch(t, "PNG", openBytes(t, "a.png", encodePNG(t, swatches())), sRGB(""), swatchInts())
}

// Files that drop colour are told from those that keep it.
func TestLossyFilesAreTold(t *testing.T) {
	for name, data := range map[string][]byte{"a.jpg": encodeJPEG(t, swatches(), 90), "p3.heic": testdata(t, "p3.heic")} {
		if !openBytes(t, name, data).Lossy {
			t.Errorf("%s passes for lossless", name)
		}
	}
	if openBytes(t, "a.png", encodePNG(t, swatches())).Lossy {
		t.Error("a PNG passes for lossy")
	}
}

// The standard library scales the same tables, so the estimate is exact for its files.
func TestJPEGQuality(t *testing.T) {
	for _, q := range []int{5, 25, 50, 75, 92, 95, 100} {
		if got := openBytes(t, "a.jpg", encodeJPEG(t, ramp(16, 16), q)).JPEGQuality; got != q {
			t.Errorf("quality %d read as %d", q, got)
		}
	}
}

// The steps of Cb are those of the second component's table, of codes of sRGB alone.
func TestCbStep(t *testing.T) {
	for q, first := range map[int]float64{50: 17, 75: 9, 95: 2} { // T.81, table K.2, scaled
		jpg := encodeJPEG(t, swatches(), q)
		if got := openBytes(t, "a.jpg", jpg).CbStep; got != first/8 {
			t.Errorf("quality %d: %g, want %g", q, got, first/8)
		}
	}
	for name, file := range map[string][]byte{"a.png": encodePNG(t, swatches()), "grey.jpg": encodeJPEG(t, image.NewGray(image.Rect(0, 0, 8, 8)), 90),
		"p3.jpg": withICC(encodeJPEG(t, swatches(), 75), matrixICC(p3XY, srgbPara(), "P3"))} {
		if got := openBytes(t, name, file).CbStep; got != 0 {
			t.Errorf("%s: %g", name, got)
		}
	}
}

func TestUnsupportedIsToldFromWrong(t *testing.T) {
	jpg := encodeJPEG(t, ramp(16, 16), 90)
	sof := bytes.Index(jpg, []byte{0xff, markerSOF0})
	patched := func(at int, v byte) []byte {
		b := bytes.Clone(jpg)
		b[sof+at] = v
		return b
	}
	var plain bytes.Buffer
	if err := tiff.Encode(&plain, ramp(16, 16), nil); err != nil {
		t.Fatal(err)
	}
	unsupportedFiles := map[string][]byte{
		"arithmetic.jpg": patched(1, 0xc9), "lossless.jpg": patched(1, 0xc3), "12bit.jpg": patched(4, 12),
		"planar.tif": withTIFFTagValue(plain.Bytes(), tagPlanar, 2), "cmyk.tif": withTIFFTagValue(plain.Bytes(), tagPhotometric, 5),
		"raw.tif": withTIFFTagValue(plain.Bytes(), tagPhotometric, photometricCFA), "jpeg.tif": withTIFFTagValue(plain.Bytes(), tagCompression, 7),
		"a.bmp": []byte("BM and so on"), "a.avif": []byte("\x00\x00\x00\x1cftypavif\x00\x00\x00\x00"),
		"a.cr3": []byte("\x00\x00\x00\x18ftypcrx \x00\x00\x00\x00"), "a.jxl": []byte("\xff\x0a\x00"),
	}
	cmyk := append(bytes.Clone(jpg[:sof]), 0xff, markerSOF0, 0, 20, 8, 0, 16, 0, 16, 4, 1, 0x11, 0, 2, 0x11, 0, 3, 0x11, 0, 4, 0x11, 0)
	unsupportedFiles["cmyk.jpg"] = append(cmyk, jpg[sof+19:]...)
	for name, data := range unsupportedFiles {
		_, err := Open(t.Context(), fileOf(name, data), name, Limits{})
		var u *UnsupportedError
		if !errors.As(err, &u) || u.Mend == "" || u.File != name || u.Format == "" {
			t.Errorf("%s: %T %v", name, err, err)
		}
	}
	for name, data := range map[string][]byte{
		"cut.jpg": jpg[:len(jpg)/2], "cut.png": encodePNG(t, ramp(99, 99))[:500], "cut.tif": plain.Bytes()[:300],
		"cut.webp": testdata(t, "p3_lossy.webp")[:500], "cut.heic": testdata(t, "p3.heic")[:300], "noscan.jpg": append(jpg[:20:20], 0xff, markerEOI),
	} {
		_, err := Open(t.Context(), fileOf(name, data), name, Limits{})
		var f *FormatError
		if !errors.As(err, &f) || f.Mend == "" || f.File != name {
			t.Errorf("%s: %T %v", name, err, err)
		}
	}
}

// withTIFFTagValue changes a SHORT of a little-endian TIFF, or adds it.
func withTIFFTagValue(data []byte, tag, value uint16) []byte {
	b := bytes.Clone(data)
	at := int(binary.LittleEndian.Uint32(b[4:])) + 2
	for range binary.LittleEndian.Uint16(b[at-2:]) {
		if binary.LittleEndian.Uint16(b[at:]) == tag {
			binary.LittleEndian.PutUint16(b[at+8:], value)
			return b
		}
		at += 12
	}
	return withTIFFTag(data, tag, value)
}

// Files that ask for too much are refused before anything is allocated.
func TestLimits(t *testing.T) {
	jpg := encodeJPEG(t, ramp(16, 16), 90)
	sof := bytes.Index(jpg, []byte{0xff, markerSOF0})
	huge := bytes.Clone(jpg)
	copy(huge[sof+5:], "\xff\xff\xff\xff")
	hugePNG := encodePNG(t, ramp(8, 8))
	copy(hugePNG[16:], "\x00\x01\x00\x00\x00\x01\x00\x00")
	progressive := append(bytes.Clone(jpg[:sof]), 0xff, markerSOF2)
	progressive = append(progressive, jpg[sof+2:len(jpg)-2]...)
	progressive = append(progressive, bytes.Repeat([]byte{0xff, markerSOS, 0, 8, 1, 1, 0, 1, 1, 0}, maxScans+1)...)
	for name, c := range map[string]struct {
		data []byte
		lim  Limits
	}{
		"huge.jpg": {huge, Limits{}}, "huge.png": {hugePNG, Limits{}}, "scans.jpg": {progressive, Limits{}},
		"bytes.jpg": {jpg, Limits{Bytes: 100}}, "pixels.jpg": {jpg, Limits{Megapixels: 255e-6}},
		"frames.webp": {testdata(t, "animated.webp"), Limits{Frames: 1}}, "time.jpg": {jpg, Limits{Time: 1}},
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, err := Open(t.Context(), fileOf(name, c.data), name, c.lim)
		runtime.ReadMemStats(&after)
		var l *LimitError
		if !errors.As(err, &l) || l.Mend == "" || l.File != name {
			t.Errorf("%s: %T %v", name, err, err)
		}
		if n := after.TotalAlloc - before.TotalAlloc; n > 8<<20 {
			t.Errorf("%s: %d bytes were allocated", name, n)
		}
	}
	if _, err := Open(t.Context(), fileOf("a.jpg", jpg), "a.jpg", Limits{Megapixels: 256e-6}); err != nil {
		t.Errorf("256 pixels within 256: %v", err)
	}
}

// What stands behind a picture is none of it: the film of a moving photo, in whose bytes there
// are markers by chance, or the pictures that a phone adds.
func TestBehindAPicture(t *testing.T) {
	data := colourJPEG(t, 48, 32, subsamplings["420"], 90)
	want := openBytes(t, "a.jpg", data)
	for name, more := range map[string][]byte{
		"film":     bytes.Repeat([]byte{0xff, markerSOF2, 0xff, markerSOS, 7}, maxScans+1),
		"pictures": bytes.Repeat(colourJPEG(t, 16, 16, subsamplings["444"], 50), maxScans),
		"tables":   {0xff, markerDQT, 0, 2},
	} {
		got := openBytes(t, "a.jpg", append(bytes.Clone(data), more...))
		for c, p := range got.Pixels.Planes() {
			if !slices.Equal(p.Pix, want.Pixels.Planes()[c].Pix) {
				t.Errorf("%s behind it: another channel %d", name, c)
			}
		}
	}
}

// Stat reads the beginning of a JPEG only.
func TestStatReadsOnlyTheHeader(t *testing.T) {
	data := colourJPEG(t, 1600, 1200, subsamplings["420"], 95)
	f := &countingFS{MapFS: fileOf("a.jpg", data)}
	m, err := Stat(t.Context(), f, "a.jpg", Limits{})
	if err != nil || m.Width != 1600 || m.Height != 1200 {
		t.Fatalf("%+v, %v", m, err)
	}
	if f.read > chunk || len(data) < 2*chunk {
		t.Errorf("%d of %d bytes were read", f.read, len(data))
	}
}

type countingFS struct {
	fstest.MapFS
	read int
}

func (c *countingFS) Open(name string) (fs.File, error) {
	f, err := c.MapFS.Open(name)
	return &countingFile{f, c}, err
}

type countingFile struct {
	fs.File
	c *countingFS
}

func (f *countingFile) Read(p []byte) (int, error) {
	n, err := f.File.Read(p)
	f.c.read += n
	return n, err
}

func TestHashIsOfTheFile(t *testing.T) {
	data := encodePNG(t, ramp(300, 300))
	p := openBytes(t, "a.png", data)
	if want := fmt.Sprintf("%x", sha256.Sum256(data)); p.SHA256 != want || p.Bytes != int64(len(data)) {
		t.Errorf("%s, %d bytes", p.SHA256, p.Bytes)
	}
}

// Multi-picture JPEGs count views, not previews.
func TestMPFCountsViews(t *testing.T) {
	entry := func(kind uint32) string {
		return string(binary.BigEndian.AppendUint32(nil, kind)) + strings.Repeat("\x00", 12)
	}
	block := func(kinds ...uint32) string {
		b := "MPF\x00MM\x00*\x00\x00\x00\x08\x00\x01\xb0\x02\x00\x07"
		b += string(binary.BigEndian.AppendUint32(nil, uint32(16*len(kinds)))) + "\x00\x00\x00\x1a\x00\x00\x00\x00"
		for _, k := range kinds {
			b += entry(k)
		}
		return b
	}
	jpg := encodeJPEG(t, ramp(8, 8), 90)
	for _, c := range []struct {
		kinds []uint32
		want  bool
	}{{[]uint32{0x030000, 0x010001, 0}, false}, {[]uint32{0x20020002, 0x020002}, true}} {
		p := openBytes(t, "a.mpo", withSegment(jpg, markerAPP2, block(c.kinds...)))
		if got := slices.Contains(p.Warnings, FirstOfSeveral); got != c.want {
			t.Errorf("%#x: warned %v, want %v", c.kinds, got, c.want)
		}
	}
}

func TestEveryWarningHasAText(t *testing.T) {
	for _, c := range []string{ProfileAssumed, ProfileUnsupported, ProfileApproximate, FirstOfSeveral, Transparent, HighDynamicRange, DepthReduced, ExifUnreadable} {
		if outcome.WarningText(c) == "" {
			t.Errorf("%s has no text", c)
		}
	}
	if outcome.WarningText("") != "" {
		t.Error("no code has a text")
	}
}

// Every file of two libraries' collections of broken, odd and hostile pictures opens or
// is refused in a typed way, soon and cheaply.
func TestBadInputs(t *testing.T) {
	dir := shared(t, "bad_inputs")
	opened, n := 0, 0
	err := fs.WalkDir(dir, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		if n++; testing.Short() && n%5 != 0 {
			return nil
		}
		if openBad(t, dir, name) {
			opened++
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d of %d files opened", opened, n)
	if !testing.Short() && opened < 185 { // the others are BMP, AVIF, JPEG in TIFF, CMYK, cut short
		t.Errorf("only %d of %d files opened", opened, n)
	}
}

func openBad(t *testing.T, dir fs.FS, name string) bool {
	t.Helper()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	start := time.Now()
	p, err := Open(t.Context(), dir, name, Limits{})
	took := time.Since(start)
	runtime.ReadMemStats(&after)
	if took > 10*time.Second {
		t.Errorf("%s: took %v", name, took)
	}
	if n := after.TotalAlloc - before.TotalAlloc; n > 1<<30 {
		t.Errorf("%s: allocated %d bytes", name, n)
	}
	if err == nil {
		if p.Pixels.W() != p.Width || p.Pixels.H() != p.Height || p.Width*p.Height == 0 {
			t.Errorf("%s: %d×%d pixels, Meta says %d×%d", name, p.Pixels.W(), p.Pixels.H(), p.Width, p.Height)
		}
		return true
	}
	if !isTyped(err) || !strings.HasPrefix(err.Error(), name) {
		t.Errorf("%s: %T %v", name, err, err)
	}
	return false
}

func isTyped(err error) bool {
	var (
		f *FormatError
		u *UnsupportedError
		l *LimitError
	)
	return errors.As(err, &f) || errors.As(err, &u) || errors.As(err, &l)
}

// Files that look broken but are not.
func TestOddButValid(t *testing.T) {
	dir := shared(t, "bad_inputs")
	for name, want := range map[string]string{
		"pillow/junk_jpeg_header.jpg": "1024×768", "pillow/jpeg_ff00_header.jpg": "300×225", "pillow/padded_idat.png": "256×10",
		"pillow/multipage_multiple_frame_loop.tiff": "10×10", "pillow/orientation_rectangle.jpg": "1×2", "pillow/g4_orientation_5.tif": "590×88",
		"pillow/tiff_16bit_RGB.tiff": "100×40", "pillow/sugarshack_no_data.mpo": "640×480", "pillow/p_trns_single.png": "64×64",
		"golang_x_image/testdata/video-001-tile-64x64.tiff": "150×103", "golang_x_image/testdata/tux.lossless.webp": "386×395",
	} {
		p, err := Open(t.Context(), dir, name, Limits{})
		if err != nil {
			t.Error(err)
			continue
		}
		if got := fmt.Sprintf("%d×%d", p.Width, p.Height); got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
}
