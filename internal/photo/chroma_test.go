package photo

import (
	"bytes"
	"image"
	"image/jpeg"
	"math"
	"testing"
)

// patched is a JPEG of even patches of 16×16 pixels side by side, whose mean Cb is that much
// above its code's, and the mean Cr that much below. Their luma is even.
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
	const cb, cr, luma = 112, 151, 160 // light skin
	above := []float64{0, 0.125, 0.25, 0.375, 0.5, 0.625, 0.75, 0.875, 1}
	for _, saturated := range []bool{false, true} {
		data := patched(t, luma, cb, cr, above)
		if saturated { // which is told in whole codes, from a second decoding
			m, err := jpeg.Decode(bytes.NewReader(data))
			if err != nil {
				t.Fatal(err)
			}
			p := m.(*image.YCbCr)
			for y := range 8 {
				for x := range 8 {
					p.Cb[y*p.CStride+x], p.Cr[y*p.CStride+x] = 40, 230
				}
			}
			data = encoded(t, p)
			above[0] = math.NaN()
		}
		light := openBytes(t, "a.jpg", data).Pixels
		for i, a := range above {
			if math.IsNaN(a) {
				if v := light.R.At(16*i+8, 8); !(v > 0.9) {
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
			want := luma + 1.772*(cb+a-128)
			// an eighth of a code by the file, a quarter by the half that is told, and the eighths of light
			if bound := 1.772*(1./8+1./4) + 1./16 + 0.02; !saturated && !(math.Abs(blue-want) <= bound) {
				t.Errorf("%.3f above a code of Cb: blue is %.3f, want %.3f", a, blue, want)
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
	far, err := jpeg.Decode(bytes.NewReader(stretched(data)))
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
	later := append(bytes.Clone(data[:scan+20]), append([]byte{0xff, markerDQT, 0, 2}, data[scan+20:]...)...)
	if stretched(later) != nil {
		t.Error("tables after the first scan would stretch a part only")
	}
}
