package photo

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/color"
	"image/jpeg"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"testing/fstest"
)

// openBytes opens a file that a test made.
func openBytes(t testing.TB, name string, data []byte) *Photo {
	t.Helper()
	return mustOpen(t, fstest.MapFS{name: {Data: data}}, name)
}

// texture is a grey picture that has something in every block: waves and a pattern
// that looks like noise.
func texture(w, h, seed int) *image.Gray { return waves(w, h, seed, 60) }

// waves is a texture whose waves are that high, in codes.
func waves(w, h, seed int, height float64) *image.Gray {
	m := image.NewGray(image.Rect(0, 0, w, h))
	state := uint32(seed)*2654435761 + 1
	for y := range h {
		for x := range w {
			state = state*1664525 + 1013904223
			v := 128 + height*math.Sin(float64(x+seed)/97)*math.Cos(float64(y)/(71+float64(seed))) + float64(state>>29)
			m.Pix[y*m.Stride+x] = uint8(v)
		}
	}
	return m
}

// subsampling is how many pixels share a chroma sample, across and down.
type subsampling struct{ x, y int }

var subsamplings = map[string]subsampling{
	"444": {1, 1}, "422": {2, 1}, "440": {1, 2}, "420": {2, 2}, "411": {4, 1}, "410": {4, 2},
}

// colourJPEG makes a baseline JPEG of three planes in any subsampling, one scan per
// plane. The standard library encodes each plane as a grey JPEG; their tables are the
// same, so the scans can stand in one file.
func colourJPEG(t testing.TB, w, h int, sub subsampling, quality int) []byte {
	return chromaJPEG(t, w, h, sub, quality, 60)
}

// chromaJPEG is a colourJPEG whose chroma lies that far from grey, in codes.
func chromaJPEG(t testing.TB, w, h int, sub subsampling, quality int, height float64) []byte {
	t.Helper()
	var out bytes.Buffer
	cw, ch := (w+sub.x-1)/sub.x, (h+sub.y-1)/sub.y
	for i, p := range []*image.Gray{texture(w, h, 1), waves(cw, ch, 2, height), waves(cw, ch, 3, height)} {
		var grey bytes.Buffer
		if err := jpeg.Encode(&grey, p, &jpeg.Options{Quality: quality}); err != nil {
			t.Fatal(err)
		}
		header, scan := splitJPEG(t, grey.Bytes())
		if i == 0 {
			out.Write(header)
			out.Write(frameHeader(w, h, sub))
		}
		out.Write([]byte{0xff, markerSOS, 0, 8, 1, byte(i + 1), 0, 0, 63, 0})
		out.Write(scan)
	}
	out.Write([]byte{0xff, markerEOI})
	return out.Bytes()
}

func frameHeader(w, h int, sub subsampling) []byte {
	b := []byte{0xff, markerSOF0, 0, 17, 8, 0, 0, 0, 0, 3, 1, byte(sub.x<<4 | sub.y), 0, 2, 0x11, 0, 3, 0x11, 0}
	binary.BigEndian.PutUint16(b[5:], uint16(h))
	binary.BigEndian.PutUint16(b[7:], uint16(w))
	return b
}

// splitJPEG returns the tables of a grey JPEG, with SOI, and its coded data.
func splitJPEG(t testing.TB, data []byte) (tables, scan []byte) {
	t.Helper()
	tables = append(tables, data[:2]...)
	w := memory(data)
	for off := int64(2); ; {
		marker, _, next, err := jpegSegment(w, off)
		if err != nil {
			t.Fatal(err)
		}
		switch marker {
		case markerSOS:
			return tables, data[next : len(data)-2]
		case markerDQT, markerDHT:
			tables = append(tables, data[off:next]...)
		}
		off = next
	}
}

// withSegment puts a marker segment behind the first two bytes of a JPEG.
func withSegment(data []byte, marker byte, body string) []byte {
	seg := []byte{0xff, marker, byte((len(body) + 2) >> 8), byte(len(body) + 2)}
	return bytes.Join([][]byte{data[:2], seg, []byte(body), data[2:]}, nil)
}

// ramp is a colour picture in which every pixel is different in some way.
func ramp(w, h int) *image.NRGBA {
	m := image.NewNRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			m.SetNRGBA(x, y, color.NRGBA{uint8(7*x + y), uint8(13*y + x), uint8(x * y), 255})
		}
	}
	return m
}

// withProcs runs f with n processors.
func withProcs(n int, f func() *Photo) *Photo {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(n))
	return f()
}

// swatches is the picture of the files in testdata: six flat squares of 16 pixels, three
// across and two down, skin among them, so that lossy coding keeps their middles.
func swatches() *image.NRGBA {
	m := image.NewNRGBA(image.Rect(0, 0, 48, 32))
	for y := range 32 {
		for x := range 48 {
			m.SetNRGBA(x, y, swatchCodes[y/16*3+x/16])
		}
	}
	return m
}

var swatchCodes = [6]color.NRGBA{
	{201, 150, 131, 255}, {60, 40, 30, 255}, {128, 128, 128, 255},
	{180, 60, 60, 255}, {70, 150, 80, 255}, {235, 235, 235, 255},
}

func testdata(t testing.TB, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// swatchesMatch compares the middles of the six squares with codes of a colour space,
// within what lossy coding of flat squares costs.
func swatchesMatch(t *testing.T, what string, p *Photo, s colourSpace, codes [6][3]int) {
	t.Helper()
	const coding = 2. / 255
	cell := p.Width / 3
	for i, c := range codes {
		x, y := i%3*cell+cell/2, i/3*cell+cell/2
		var light, slack vec3
		for k := range 3 {
			v := float64(c[k]) / 255
			light[k] = s.curves[k](v)
			slack[k] = s.curves[k](v+coding) - s.curves[k](v-coding)
		}
		want := s.matrix.apply(light)
		for k, plane := range p.Pixels.Planes() {
			allowed := math.Abs(s.matrix[3*k])*slack[0] + math.Abs(s.matrix[3*k+1])*slack[1] + math.Abs(s.matrix[3*k+2])*slack[2]
			if got := float64(plane.At(x, y)); !(math.Abs(got-want[k]) <= allowed) {
				t.Errorf("%s: square %d, channel %d: %.4f, want %.4f ± %.4f", what, i, k, got, want[k], allowed)
			}
		}
	}
}

func swatchInts() (codes [6][3]int) {
	for i, c := range swatchCodes {
		codes[i] = [3]int{int(c.R), int(c.G), int(c.B)}
	}
	return codes
}

func fileOf(name string, data []byte) fstest.MapFS { return fstest.MapFS{name: {Data: data}} }
