package photo

import (
	"bytes"
	"image"
	"image/jpeg"
	"math"
	"testing"
)

// patched is a JPEG of even patches of 16×16 pixels side by side, whose mean Cb is that much
// above its code's, and the mean Cr that much below; NaN is saturated red. Their luma is even.
func patched(t *testing.T, luma, cb, cr uint8, above []float64) []byte {
	t.Helper()
	m := image.NewYCbCr(image.Rect(0, 0, 16*len(above), 16), image.YCbCrSubsampleRatio420)
	for i := range m.Y {
		m.Y[i] = luma
	}
	for i := range m.Cb {
		x, y := i%m.CStride, i/m.CStride
		m.Cb[i], m.Cr[i] = cb, cr
		if rank := (x*5 + y*19) % 64 % 8 * 8; float64(rank) < 64*above[x/8] { // spread, so that its detail is lost
			m.Cb[i], m.Cr[i] = cb+1, cr-1
		}
		if math.IsNaN(above[x/8]) {
			m.Cb[i], m.Cr[i] = 40, 230
		}
	}
	return encoded(t, m)
}

func encoded(t *testing.T, m image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, &jpeg.Options{Quality: 93}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// Between whole codes of chroma light is right to what the file keeps: at this quality steps
// of a quarter of a code. Whole codes are off by up to half of one, 1.77 times that of blue.
func TestChromaBetweenCodes(t *testing.T) {
	above := []float64{math.NaN(), 0, 0.125, 0.25, 0.375, 0.5, 0.625, 0.75, 0.875, 1}
	for name, c := range map[string]struct {
		luma, cb, cr uint8
		saturated    bool
		told         float64 // the steps of a code of Cb
	}{
		"light skin":           {160, 112, 151, false, 1. / 4},
		"warm light":           {160, 86, 151, false, 1. / 2},
		"beside saturated red": {160, 112, 151, true, 1. / 4},
	} {
		above := above
		if !c.saturated { // what is so is told in whole codes, from a second decoding
			above = above[1:]
		}
		light := openBytes(t, "a.jpg", patched(t, c.luma, c.cb, c.cr, above)).Pixels
		for i, a := range above {
			if math.IsNaN(a) {
				if v := light.R.At(8, 8); !(v > 0.9) {
					t.Errorf("saturated red has %v", v)
				}
				continue
			}
			var blue float64
			for y := 2; y < 14; y++ {
				for x := 2; x < 14; x++ {
					blue += encodedCode(light.B.At(16*i+x, y)) / 144
				}
			}
			want := float64(c.luma) + 1.772*(float64(c.cb)+a-128)
			// an eighth of a code by the file, half of what is told, and the eighths of light
			if bound := 1.772*(1./8+c.told/2) + 1./16 + 0.02; !(math.Abs(blue-want) <= bound) {
				t.Errorf("%s, %.3f above a code of Cb: blue is %.3f, want %.3f", name, a, blue, want)
			}
		}
	}
}

// encodedCode is the 8-bit code of light.
func encodedCode(v float32) float64 { return 255 * (1.055*math.Pow(float64(v), 1/2.4) - 0.055) }

// Luma that shares the table of its chroma stays what the standard library reads, and a file
// that cannot be stretched is told.
func TestChromaOfSharedTables(t *testing.T) {
	data := colourJPEG(t, 48, 32, subsamplings["420"], 90)
	sof := bytes.Index(data, []byte{0xff, markerSOF0})
	data[sof+4+11], data[sof+4+14] = data[sof+4+8], data[sof+4+8]
	stretch, _ := stretched(data, most{4, 2})
	far, err := jpeg.Decode(bytes.NewReader(stretch))
	if err != nil {
		t.Fatal(err)
	}
	m, err := jpeg.Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(far.(*image.YCbCr).Y, m.(*image.YCbCr).Y) {
		t.Error("luma is stretched with the chroma whose table it shares")
	}
	got, want := openBytes(t, "a.jpg", data).Pixels, naive(m)
	for c, p := range got.Planes() {
		for i, v := range want[c] {
			if d := encodedCode(p.Pix[i]) - encodedCode(v); !(math.Abs(d) <= 1.5) { // half a code of chroma each, and of green both
				t.Fatalf("channel %d, pixel %d: %v codes off", c, i, d)
			}
		}
	}
	scan := bytes.Index(data, []byte{0xff, markerSOS})
	next := scan + 2 + bytes.Index(data[scan+2:], []byte{0xff, markerSOS})
	for name, between := range map[string]string{
		"tables":                            "\xff\xdb\x00\x02",
		"an end in other words, and tables": "\xff\xef\x00\x04\xff\xd9\xff\xdb\x00\x02",
	} {
		later := bytes.Join([][]byte{data[:next], []byte(between), data[next:]}, nil)
		if far, _ := stretched(later, most{4, 2}); far != nil {
			t.Errorf("%s between scans would stretch a part only", name)
		}
	}
}

// What cannot be stretched is opened as the standard library has it, or refused as broken.
func TestChromaWithoutItsTables(t *testing.T) {
	data := colourJPEG(t, 48, 32, subsamplings["420"], 90)
	unnamed, sof := bytes.Clone(data), bytes.Index(data, []byte{0xff, markerSOF0})
	unnamed[sof+4+14] = 3
	many := bytes.Clone(data[:2])
	for range 200 {
		many = append(many, append([]byte{0}, bytes.Repeat([]byte{8}, 64)...)...)
	}
	segment := append([]byte{0xff, markerDQT, byte(len(many) >> 8), byte(len(many))}, many[2:]...)
	crowded := append(append(bytes.Clone(data[:2]), segment...), data[2:]...)
	for i := range 3 {
		crowded[sof+len(segment)+4+8+3*i] = 0
	}
	steep := bytes.Join([][]byte{data[:2], {0xff, markerDQT, 0, 131, 0x10}, bytes.Repeat([]byte{0x60, 0}, 64), data[2:]}, nil)
	steep = bytes.Replace(steep, []byte{0xff, markerDQT, 0, 67, 0}, []byte{0xff, markerDQT, 0, 67, 1}, 1)
	for name, data := range map[string][]byte{"no table": unnamed, "more tables than a segment holds": crowded, "steps that no word holds": steep} {
		if far, _ := stretched(data, most{4, 2}); far != nil {
			t.Errorf("%s: stretched", name)
		}
		if _, err := Open(t.Context(), fileOf("a.jpg", data), "a.jpg", Limits{}); err != nil && !isTyped(err) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
