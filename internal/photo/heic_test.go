//go:build nodynamic

package photo

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"image"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
)

// What these codes become when a limited-range or BT.709 reading is due, by H.273's
// equations in floating point.
func reread(kr, kb float64, full bool) (codes [6][3]int) {
	for i, c := range swatchCodes {
		r, g, b := float64(c.R), float64(c.G), float64(c.B)
		y := .299*r + .587*g + .114*b
		cb, cr := (b-y)/1.772, (r-y)/1.402
		if !full {
			y, cb, cr = (y-16)*255/219, cb*255/224, cr*255/224
		}
		rr, bb := y+2*(1-kr)*cr, y+2*(1-kb)*cb
		gg := (y - kr*rr - kb*bb) / (1 - kr - kb)
		for k, v := range []float64{rr, gg, bb} {
			codes[i][k] = int(min(max(math.Round(v), 0), 255))
		}
	}
	return codes
}

func TestHEIC(t *testing.T) {
	p3 := space("", p3XY, srgbCurve)
	for _, c := range []struct {
		file, profile string
		depth         int
		space         colourSpace
		codes         [6][3]int
		warnings      []string
	}{
		{"p3.heic", nameP3, 8, p3, swatchInts(), nil},
		{"turned.heic", nameAssumed, 8, sRGB(""), swatchInts(), []string{ProfileAssumed}},
		{"two.heic", nameAssumed, 8, sRGB(""), swatchInts(), []string{FirstOfSeveral, ProfileAssumed}},
		{"limited.heic", nameAssumed, 8, sRGB(""), reread(.299, .114, false), []string{ProfileAssumed}},
		{"limited_one.heic", nameAssumed, 8, sRGB(""), reread(.299, .114, false), []string{ProfileAssumed}},
		{"vui709.heic", nameAssumed, 8, sRGB(""), reread(.2126, .0722, true), []string{ProfileAssumed}},
		{"ten.heic", nameAssumed, 10, sRGB(""), swatchInts(), []string{DepthReduced, ProfileAssumed}},
	} {
		p := openBytes(t, c.file, testdata(t, c.file))
		if p.Format != "HEIC" || p.Profile != c.profile || p.BitDepth != c.depth || !slices.Equal(p.Warnings, c.warnings) {
			t.Errorf("%s: %s, %q, %d bits, %v", c.file, p.Format, p.Profile, p.BitDepth, p.Warnings)
		}
		swatchesMatch(t, c.file, p, c.space, c.codes)
	}
	if p := openBytes(t, "a.heic", testdata(t, "alpha.heic")); !slices.Contains(p.Warnings, Transparent) {
		t.Errorf("alpha: %v", p.Warnings)
	}
}

// EXIF says "turn", but in HEIC only the picture's own properties count: the picture is
// not turned again.
func TestHEICIsTurnedOnce(t *testing.T) {
	p := openBytes(t, "a.heic", testdata(t, "turned.heic"))
	if p.Width != 48 || p.Height != 32 || p.Orientation != 1 {
		t.Errorf("%d×%d, orientation %d", p.Width, p.Height, p.Orientation)
	}
	if got := p.Taken.String(); got != "2026-01-10T16:30:05+02:00" || p.Camera != "Apple Made Phone" || p.ISO != 64 {
		t.Errorf("taken %s by %s, ISO %d", got, p.Camera, p.ISO)
	}
	flat := openBytes(t, "a.heic", testdata(t, "p3.heic"))
	for quarters, orientation := range []int{1, 8, 3, 6} {
		for mirror, then := range []int{1, 4, 2} {
			data := withProperty(testdata(t, "p3.heic"), isoBoxBytes("irot", byte(quarters)))
			if mirror > 0 {
				data = withProperty(data, isoBoxBytes("imir", byte(mirror-1)))
			}
			got := openBytes(t, "a.heic", data)
			o := turn(orientation, then)
			if got.Orientation != o {
				t.Errorf("irot %d, imir %d: orientation %d, want %d", quarters, mirror-1, got.Orientation, o)
			}
			for _, at := range []image.Point{{2, 3}, {45, 3}, {45, 29}, {20, 8}} {
				x, y := naiveUpright(o, flat.Width, flat.Height, at.X, at.Y)
				if a, b := flat.Pixels.G.At(at.X, at.Y), got.Pixels.G.At(x, y); !(math.Abs(float64(a-b)) <= .01) {
					t.Errorf("irot %d, imir %d: (%d, %d) is %v, want %v", quarters, mirror-1, x, y, b, a)
				}
			}
		}
	}
}

// An nclx box says what the stream and the profile leave open.
func TestHEICCodePoints(t *testing.T) {
	nclx := isoBoxBytes("colr", append([]byte("nclx"), 0, 12, 0, 13, 0, 6, 0x80)...)
	p := openBytes(t, "a.heic", withProperty(testdata(t, "turned.heic"), nclx))
	if p.Profile != nameP3 || len(p.Warnings) != 0 {
		t.Errorf("profile %q, warnings %v", p.Profile, p.Warnings)
	}
	pq := isoBoxBytes("colr", append([]byte("nclx"), 0, 9, 0, 16, 0, 9, 0x80)...)
	p = openBytes(t, "a.heic", withProperty(testdata(t, "turned.heic"), pq))
	if !slices.Contains(p.Warnings, HighDynamicRange) || !slices.Contains(p.Warnings, ProfileUnsupported) {
		t.Errorf("PQ: warnings %v", p.Warnings)
	}
}

func isoBoxBytes(kind string, body ...byte) []byte {
	b := binary.BigEndian.AppendUint32(nil, uint32(8+len(body)))
	return append(append(b, kind...), body...)
}

// withProperty gives the primary picture of a file of heif-enc one more property: the
// box is put at the end of ipco, its number at the end of the item's list in ipma, and
// what follows moves.
func withProperty(data, box []byte) []byte {
	out := bytes.Clone(data)
	grow := func(kind string, n int) {
		at := bytes.Index(out, []byte(kind)) - 4
		binary.BigEndian.PutUint32(out[at:], binary.BigEndian.Uint32(out[at:])+uint32(n))
	}
	ipco := bytes.Index(out, []byte("ipco")) - 4
	end := ipco + int(binary.BigEndian.Uint32(out[ipco:]))
	number := byte(len(boxes(out[ipco+8:end])) + 1)
	out = slices.Insert(out, end, box...)
	for _, kind := range []string{"ipco", "iprp", "meta"} {
		grow(kind, len(box))
	}
	m := parseMeta(out[bytes.Index(out, []byte("meta"))+8:])
	at := bytes.Index(out, []byte("ipma")) + 12 // the first item
	for binary.BigEndian.Uint16(out[at:]) != uint16(m.primary) {
		at += 3 + int(out[at+2])
	}
	out[at+2]++
	out = slices.Insert(out, at+2+int(out[at+2]), number)
	for _, kind := range []string{"ipma", "iprp", "meta"} {
		grow(kind, 1)
	}
	moveItems(out, len(out)-len(data))
	return out
}

// moveItems adds to the offsets in iloc, version 1 with 4-byte offsets and lengths and
// one extent each, as heif-enc writes it.
func moveItems(data []byte, by int) {
	at := bytes.Index(data, []byte("iloc")) + 4
	n := int(binary.BigEndian.Uint16(data[at+6:]))
	at += 8
	for range n {
		inFile := binary.BigEndian.Uint16(data[at+2:]) == 0
		base := at + 6
		extent := base + 4 + 2
		if inFile {
			binary.BigEndian.PutUint32(data[extent:], binary.BigEndian.Uint32(data[extent:])+uint32(by))
		}
		at = extent + 8
	}
}

// A picture made by heif-enc now, of another size and with detail, agrees with its PNG.
func TestHEICAgreesWithPNG(t *testing.T) {
	enc, err := exec.LookPath("heif-enc")
	if err != nil {
		t.Skip("SKIPPED: heif-enc is absent; HEIC was compared only with the files in testdata")
	}
	dir := t.TempDir()
	m := image.NewNRGBA(image.Rect(0, 0, 203, 151))
	for y := range 151 {
		for x := range 203 {
			i := m.PixOffset(x, y)
			wave := 20 * math.Sin(float64(y)/15)
			m.Pix[i], m.Pix[i+1], m.Pix[i+2], m.Pix[i+3] = uint8(100+float64(x)/2+wave), uint8(60+y/2), uint8(90+x/4), 255
		}
	}
	data := encodePNG(t, m, iccpChunk(matrixICC(p3XY, srgbPara(), "P3")))
	if err := os.WriteFile(filepath.Join(dir, "a.png"), data, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, chroma := range []string{"420", "422", "444"} {
		name := "a" + chroma + ".heic"
		cmd := exec.Command(enc, "-q", "95", "-p", "chroma="+chroma, "a.png", "-o", name)
		cmd.Dir = dir
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		want, got := mustOpen(t, os.DirFS(dir), "a.png"), mustOpen(t, os.DirFS(dir), name)
		if got.Profile != nameP3 {
			t.Errorf("%s: profile %q", name, got.Profile)
		}
		// One 8-bit step at the brightest code here (220) is .0078 of light.
		if d := meanDifference(want, got); !(d <= .004) {
			t.Errorf("%s: mean difference %.5f", name, d)
		}
	}
}

// Streams that would keep the decoder busy are refused before it sees them.
func TestHEICWorkIsBounded(t *testing.T) {
	data := testdata(t, "p3.heic")
	h, err := headerOf(data)
	if err != nil {
		t.Fatal(err)
	}
	if err := boundWork(data, h); err != nil {
		t.Error(err)
	}
	loop := bytes.Replace(data, []byte("dimg\x00\x02\x00\x01\x00\x01"), []byte("dimg\x00\x02\x00\x01\x00\x02"), 1)
	var f *FormatError
	if err := boundWork(loop, h); !errors.As(err, &f) {
		t.Errorf("a picture made of itself: %v", err)
	}
	nal := []byte{0, 0, 0, 4, 0x26, 0x01, 0x80, 0}
	if n := codedPictures(bytes.Repeat(nal, 7), 4); n != 7 {
		t.Errorf("%d coded pictures, want 7", n)
	}
}

func headerOf(data []byte) (*header, error) { return readHeader(memory(data)) }

// The decoder stays within the memory it is given.
func TestHEICMemoryIsBounded(t *testing.T) {
	data := testdata(t, "p3.heic")
	h, err := headerOf(data)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := decodeHEIC(t.Context(), data, h, Limits{HEICMemory: 128 << 10}); err == nil {
		t.Error("128 KiB were enough")
	}
	if _, err := decodeHEIC(t.Context(), data, h, Limits{}); err != nil {
		t.Error(err)
	}
}

func TestSPS(t *testing.T) {
	for file, want := range map[string]sps{
		"limited.heic": {width: 48, height: 32, depth: 8, chroma: 3, colour: cicp{2, 2, 6, false}},
		"vui709.heic":  {width: 48, height: 32, depth: 8, chroma: 3, colour: cicp{2, 2, 1, true}},
		"ten.heic":     {width: 48, height: 32, depth: 10, chroma: 3, colour: cicp{2, 2, 6, true}},
	} {
		body, err := findMeta(memory(testdata(t, file)))
		if err != nil {
			t.Fatal(err)
		}
		got, _, ok := parseMeta(body).firstSPS()
		got.width, got.height = want.width, want.height // padded to whole blocks by the encoder
		if !ok || got != want {
			t.Errorf("%s: %s", file, fmt.Sprintf("%+v, want %+v", got, want))
		}
	}
}
