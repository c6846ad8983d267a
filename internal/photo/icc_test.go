package photo

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"math"
	"strings"
	"testing"
)

// iccTag is a tag of a profile that a test makes.
type iccTag struct {
	sig  string
	body []byte
}

func fixedBytes(v ...float64) []byte {
	var b []byte
	for _, x := range v {
		b = binary.BigEndian.AppendUint32(b, uint32(int32(math.Round(x*65536))))
	}
	return b
}

func xyzTag(v vec3) []byte { return append([]byte("XYZ \x00\x00\x00\x00"), fixedBytes(v[:]...)...) }

func paraTag(kind byte, v ...float64) []byte {
	return append([]byte{'p', 'a', 'r', 'a', 0, 0, 0, 0, 0, kind, 0, 0}, fixedBytes(v...)...)
}

// srgbPara is sRGB's curve as a parametricCurveType of kind 3.
func srgbPara() []byte { return paraTag(3, 2.4, 1/1.055, .055/1.055, 1/12.92, .04045) }

// tableTag samples a curve at n places; n = 1 makes a gamma of g.
func tableTag(n int, c curve) []byte {
	b := binary.BigEndian.AppendUint32([]byte("curv\x00\x00\x00\x00"), uint32(n))
	for i := range n {
		b = binary.BigEndian.AppendUint16(b, uint16(math.Round(c(float64(i)/float64(n-1))*65535)))
	}
	return b
}

func gammaTag(g float64) []byte {
	return binary.BigEndian.AppendUint16([]byte("curv\x00\x00\x00\x00\x00\x00\x00\x01"), uint16(math.Round(g*256)))
}

func descTag(name string) []byte {
	b := binary.BigEndian.AppendUint32([]byte("desc\x00\x00\x00\x00"), uint32(len(name)+1))
	return append(append(b, name...), 0)
}

// makeICC makes a profile of the given colour space with some tags.
func makeICC(space string, tags ...iccTag) []byte {
	b := make([]byte, 128)
	copy(b[8:], []byte{2, 0x40})
	copy(b[12:], "mntr"+space+"XYZ ")
	copy(b[36:], "acsp")
	copy(b[68:], fixedBytes(.9642, 1, .8249))
	b = binary.BigEndian.AppendUint32(b, uint32(len(tags)))
	at := len(b) + 12*len(tags)
	var bodies []byte
	for _, t := range tags {
		b = append(b, t.sig...)
		b = binary.BigEndian.AppendUint32(b, uint32(at+len(bodies)))
		b = binary.BigEndian.AppendUint32(b, uint32(len(t.body)))
		bodies = append(bodies, t.body...)
		for len(bodies)%4 != 0 {
			bodies = append(bodies, 0)
		}
	}
	b = append(b, bodies...)
	binary.BigEndian.PutUint32(b, uint32(len(b)))
	return b
}

// matrixICC makes a display profile: colorants adapted to the D50 of ICC.
func matrixICC(xy chromaXY, trc []byte, name string) []byte {
	m, _ := xy.toXYZ()
	a, _ := adapt(xy.whiteXYZ(), vec3{.9642, 1, .8249})
	m = a.mul(m)
	tags := []iccTag{{"desc", descTag(name)}, {"wtpt", xyzTag(vec3{.9642, 1, .8249})}}
	for i, c := range []string{"r", "g", "b"} {
		tags = append(tags, iccTag{c + "XYZ", xyzTag(vec3{m[i], m[3+i], m[6+i]})}, iccTag{c + "TRC", trc})
	}
	return makeICC("RGB ", tags...)
}

// pngChunk makes a chunk.
func pngChunk(kind string, body []byte) []byte {
	b := binary.BigEndian.AppendUint32(nil, uint32(len(body)))
	b = append(append(b, kind...), body...)
	return binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(b[4:]))
}

// encodePNG encodes an image with chunks behind its IHDR.
func encodePNG(t testing.TB, m image.Image, chunks ...[]byte) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		t.Fatal(err)
	}
	const ihdrEnd = 33
	data := b.Bytes()
	return bytes.Join([][]byte{data[:ihdrEnd], bytes.Join(chunks, nil), data[ihdrEnd:]}, nil)
}

func iccpChunk(profile []byte) []byte {
	var z bytes.Buffer
	z.WriteString("name\x00\x00")
	w := zlib.NewWriter(&z)
	w.Write(profile)
	w.Close()
	return pngChunk("iCCP", z.Bytes())
}

func encodeJPEG(t testing.TB, m image.Image, quality int) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, &jpeg.Options{Quality: quality}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// withICC embeds a profile in a JPEG, in parts, the last part first.
func withICC(data, profile []byte) []byte {
	half := len(profile) / 2
	data = withSegment(data, markerAPP2, "ICC_PROFILE\x00\x01\x02"+string(profile[:half]))
	return withSegment(data, markerAPP2, "ICC_PROFILE\x00\x02\x02"+string(profile[half:]))
}

// flat is a picture of one colour.
func flat(c color.Color, w, h int) *image.NRGBA64 {
	m := image.NewNRGBA64(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			m.Set(x, y, c)
		}
	}
	return m
}

// labD65 is CIELAB of linear sRGB (CIE 15:2018, 8.2.1).
func labD65(rgb vec3) vec3 {
	m, _ := srgbXY.toXYZ()
	xyz, white := m.apply(rgb), srgbXY.whiteXYZ()
	var f vec3
	for i := range f {
		if t := xyz[i] / white[i]; t > 216./24389 {
			f[i] = math.Cbrt(t)
		} else {
			f[i] = t*841/108 + 4./29
		}
	}
	return vec3{116*f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])}
}

func firstPixel(p *Photo) vec3 {
	return vec3{float64(p.Pixels.R.Pix[0]), float64(p.Pixels.G.Pix[0]), float64(p.Pixels.B.Pix[0])}
}

// A patch of skin (201,150,131): a* is 16.6 in sRGB, 21.3 if the codes are Display P3,
// 22.7 if they are Adobe RGB, by another colour engine.
func TestProfileOfSkinPatch(t *testing.T) {
	patch := flat(color.NRGBA{201, 150, 131, 255}, 8, 8)
	for _, c := range []struct {
		icc   []byte
		aStar float64
		name  string
	}{
		{matrixICC(srgbXY, srgbPara(), "some sRGB"), 16.6, nameSRGB},
		{matrixICC(p3XY, srgbPara(), "some P3"), 21.3, nameP3},
		{matrixICC(adobeXY, gammaTag(2.19921875), "some Adobe"), 22.7, nameAdobe},
	} {
		p := openBytes(t, "a.png", encodePNG(t, patch, iccpChunk(c.icc)))
		if p.Profile != c.name || len(p.Warnings) != 0 {
			t.Errorf("profile %q, warnings %v; want %q", p.Profile, p.Warnings, c.name)
		}
		if a := labD65(firstPixel(p))[1]; !(math.Abs(a-c.aStar) <= .05) {
			t.Errorf("%s: a* = %.3f, want %.1f", c.name, a, c.aStar)
		}
	}
}

// The same colours written in several spaces, in PNG of 8 and 16 bits and in JPEG,
// come back as the same light within one step of 8 bits.
func TestSpacesAgree(t *testing.T) {
	srgb := sRGB("")
	spaces := map[string]struct {
		xy    chromaXY
		trc   []byte
		curve curve
	}{
		"P3":            {p3XY, srgbPara(), srgbCurve},
		"P3 table":      {p3XY, tableTag(1024, srgbCurve), srgbCurve},
		"Adobe":         {adobeXY, gammaTag(2.19921875), gammaCurve(adobeGamma)},
		"ProPhoto":      {prophotoXY, gammaTag(1.8), gammaCurve(prophotoGamma)},
		"own, gamma 1":  {bt2020XY, []byte("curv\x00\x00\x00\x00\x00\x00\x00\x00"), linearCurve},
		"own, gamma 22": {bt2020XY, paraTag(0, 2.2), gammaCurve(2.2)},
	}
	for name, s := range spaces {
		own := space("", s.xy, s.curve)
		back, _ := own.matrix.inverse()
		for _, rgb := range []vec3{{.5, .5, .5}, {.55, .3, .22}, {.05, .03, .02}, {.9, .8, .7}, {.2, .6, .1}} {
			light := vec3{srgb.curves[0](rgb[0]), srgb.curves[0](rgb[1]), srgb.curves[0](rgb[2])}
			code := back.apply(light)
			for i := range code {
				code[i] = invert(s.curve, code[i])
			}
			c16 := color.NRGBA64{round16(code[0]), round16(code[1]), round16(code[2]), 0xffff}
			checkLight(t, name+" 16 bit", openBytes(t, "a.png", encodePNG(t, flat(c16, 4, 4), iccpChunk(matrixICC(s.xy, s.trc, name)))), own, light, 1./65535)
			c8 := color.NRGBA{uint8(c16.R >> 8), uint8(c16.G >> 8), uint8(c16.B >> 8), 255}
			img := image.NewNRGBA(image.Rect(0, 0, 16, 16))
			for i := range 256 {
				img.SetNRGBA(i%16, i/16, c8)
			}
			checkLight(t, name+" 8 bit", openBytes(t, "a.png", encodePNG(t, img, iccpChunk(matrixICC(s.xy, s.trc, name)))), own, light, 1./255)
			checkLight(t, name+" JPEG", openBytes(t, "a.jpg", withICC(encodeJPEG(t, img, 100), matrixICC(s.xy, s.trc, name))), own, light, 2.5/255)
		}
	}
}

// checkLight allows the light that one step of the file's codes makes, and the
// rounding of the profile's numbers.
func checkLight(t *testing.T, what string, p *Photo, own colourSpace, want vec3, step float64) {
	t.Helper()
	const profileRounding = 3e-4
	got := firstPixel(p)
	back, _ := own.matrix.inverse()
	code := back.apply(want)
	var slack vec3
	for i := range slack {
		at := invert(own.curves[i], code[i])
		slack[i] = own.curves[i](at+step) - own.curves[i](at-step)
	}
	for i := range got {
		allowed := profileRounding
		for k := range slack {
			allowed += math.Abs(own.matrix[3*i+k]) * slack[k] / 2 * 1.5
		}
		if !(math.Abs(got[i]-want[i]) <= allowed) {
			t.Errorf("%s: channel %d is %.5f, want %.5f ± %.5f (%s)", what, i, got[i], want[i], allowed, p.Profile)
		}
	}
}

func round16(v float64) uint16 { return uint16(math.Round(min(max(v, 0), 1) * 65535)) }

// invert finds the code of a light by halving.
func invert(c curve, light float64) float64 {
	lo, hi := 0., 1.
	for range 60 {
		if mid := (lo + hi) / 2; c(mid) < light {
			lo = mid
		} else {
			hi = mid
		}
	}
	return lo
}

// A saturated P3 green lies outside sRGB and is kept.
func TestWideGamutIsKept(t *testing.T) {
	p := openBytes(t, "a.png", encodePNG(t, flat(color.NRGBA{0, 255, 0, 255}, 2, 2), iccpChunk(matrixICC(p3XY, srgbPara(), "P3"))))
	// P3 to linear sRGB, second column, from the primaries alone (CSS Color 4 has the same).
	want := vec3{-.22494, 1.04206, -.07864}
	for i, v := range firstPixel(p) {
		if !(math.Abs(v-want[i]) <= 5e-5) {
			t.Errorf("channel %d: %.5f, want %.5f", i, v, want[i])
		}
	}
}

// The published Bradford matrix from D65 to D50 (Lindbloom; CSS Color 4), and the
// matrix of IEC 61966-2-1 from its primaries.
func TestMatricesArePublishedOnes(t *testing.T) {
	a, _ := adapt(srgbXY.whiteXYZ(), xyToXYZ(.3457, .3585))
	checkMatrix(t, "Bradford", a, mat3{1.0478112, .0228866, -.0501270, .0295424, .9904844, -.0170491, -.0092345, .0150436, .7521316}, 3e-4)
	m, _ := srgbXY.toXYZ()
	checkMatrix(t, "sRGB", m, mat3{.41239080, .35758434, .18048079, .21263901, .71516868, .07219232, .01933082, .11919478, .95053215}, 5e-9)
	if v := srgbCurve(128. / 255); !(math.Abs(v-.215861) <= 5e-7) {
		t.Errorf("code 128 is %.7f", v)
	}
}

func checkMatrix(t *testing.T, name string, got, want mat3, tolerance float64) {
	t.Helper()
	for i := range got {
		if !(math.Abs(got[i]-want[i]) <= tolerance) {
			t.Errorf("%s[%d] = %.8f, want %.8f", name, i, got[i], want[i])
		}
	}
}

func TestProfilesThatCannotBeUsed(t *testing.T) {
	good := matrixICC(p3XY, srgbPara(), "x")
	lut := makeICC("RGB ", iccTag{"desc", descTag("Scanner LUT")}, iccTag{"A2B0", []byte("mft2 and so on")})
	both := append([]byte(nil), matrixICC(prophotoXY, gammaTag(1.8), "x")...)
	copy(both[bytes.Index(both, []byte("wtpt")):], "A2B0")
	for _, c := range []struct {
		name    string
		icc     []byte
		profile string
		warning string
	}{
		{"cut short", good[:200], "not used", ProfileUnsupported},
		{"no profile", []byte("hello"), "damaged profile", ProfileUnsupported},
		{"tables only", lut, "Scanner LUT (not used, sRGB assumed)", ProfileUnsupported},
		{"tables and matrix", both, nameProPhoto, ProfileApproximate},
		{"CMYK", makeICC("CMYK", iccTag{"desc", descTag("Inks")}), "Inks", ProfileUnsupported},
		{"falling curve", matrixICC(p3XY, tableTag(16, func(x float64) float64 { return 1 - x }), "Down"), "Down", ProfileUnsupported},
		{"zero matrix", matrixICC(chromaXY{.3127, .329, .3, .3, .3, .3, .3, .3}, srgbPara(), "Flat"), "Flat", ProfileUnsupported},
	} {
		p := openBytes(t, "a.png", encodePNG(t, ramp(4, 4), iccpChunk(c.icc)))
		if !strings.Contains(p.Profile, c.profile) || len(p.Warnings) != 1 || p.Warnings[0] != c.warning {
			t.Errorf("%s: profile %q, warnings %v", c.name, p.Profile, p.Warnings)
		}
	}
	jpg := withSegment(encodeJPEG(t, ramp(8, 8), 90), markerAPP2, "ICC_PROFILE\x00\x01\x02"+string(good[:200]))
	if p := openBytes(t, "a.jpg", jpg); len(p.Warnings) != 1 || p.Warnings[0] != ProfileUnsupported {
		t.Errorf("a part is missing: %v", p.Warnings)
	}
}

// Chunks of PNG other than a profile.
func TestPNGColourChunks(t *testing.T) {
	gama := func(g uint32) []byte { return pngChunk("gAMA", binary.BigEndian.AppendUint32(nil, g)) }
	patch := flat(color.NRGBA{128, 128, 128, 255}, 2, 2)
	for _, c := range []struct {
		chunk   []byte
		profile string
		light   float64
	}{
		{pngChunk("sRGB", []byte{0}), nameSRGB, .215861},
		{gama(45455), nameSRGB, .215861},
		{gama(100000), "own primaries and gamma", 128. / 255},
		{pngChunk("cICP", []byte{12, 13, 0, 1}), nameP3, .215861},
		{pngChunk("cICP", []byte{1, 8, 0, 1}), "Rec. 709, linear", 128. / 255},
		{nil, nameAssumed, .215861},
	} {
		p := openBytes(t, "a.png", encodePNG(t, patch, c.chunk))
		if got := firstPixel(p)[1]; p.Profile != c.profile || !(math.Abs(got-c.light) <= 1e-6) {
			t.Errorf("profile %q, light %.6f; want %q, %.6f", p.Profile, got, c.profile, c.light)
		}
	}
	hdr := openBytes(t, "a.png", encodePNG(t, patch, pngChunk("cICP", []byte{9, 16, 0, 1})))
	if len(hdr.Warnings) != 2 {
		t.Errorf("PQ: warnings %v", hdr.Warnings)
	}
}
