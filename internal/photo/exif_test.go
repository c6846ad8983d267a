package photo

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"image"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/image/tiff"
)

// exifField is a tag with a value: an int (SHORT or LONG), a string, or [2]uint32 (RATIONAL).
type exifField struct {
	tag, kind uint16
	value     any
}

// exifBlock makes an EXIF block, "Exif\0\0" included. Fields from 0x8000 on stand in the
// EXIF directory, the others in the first.
func exifBlock(fields ...exifField) []byte {
	var first, sub []exifField
	for _, f := range fields {
		if f.tag >= 0x8000 {
			sub = append(sub, f)
		} else {
			first = append(first, f)
		}
	}
	if len(sub) > 0 {
		first = append(first, exifField{tagExifIFD, 4, 0})
	}
	start := 8 + 6 + 12*len(first)
	end := start
	for _, f := range first {
		end += outside(f)
	}
	if len(sub) > 0 {
		first[len(first)-1].value = end
	}
	b := binary.BigEndian.AppendUint32([]byte("Exif\x00\x00MM\x00*"), 8)
	b = appendIFD(b, first, start)
	if len(sub) > 0 {
		b = appendIFD(b, sub, end+6+12*len(sub))
	}
	return b
}

func appendIFD(b []byte, fields []exifField, heap int) []byte {
	b = binary.BigEndian.AppendUint16(b, uint16(len(fields)))
	var far []byte
	for _, f := range fields {
		v := exifValue(f)
		b = binary.BigEndian.AppendUint16(b, f.tag)
		b = binary.BigEndian.AppendUint16(b, f.kind)
		b = binary.BigEndian.AppendUint32(b, uint32(int64(len(v))/ifdSizes[f.kind]))
		if len(v) <= 4 {
			b = append(b, append(v, 0, 0, 0, 0)[:4]...)
			continue
		}
		b = binary.BigEndian.AppendUint32(b, uint32(heap+len(far)))
		far = append(far, v...)
	}
	b = binary.BigEndian.AppendUint32(b, 0)
	return append(b, far...)
}

func exifValue(f exifField) []byte {
	switch v := f.value.(type) {
	case int:
		if f.kind == 3 {
			return binary.BigEndian.AppendUint16(nil, uint16(v))
		}
		return binary.BigEndian.AppendUint32(nil, uint32(v))
	case string:
		return append([]byte(v), 0)
	case [2]uint32:
		return binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, v[0]), v[1])
	}
	panic(fmt.Sprintf("no EXIF value of %T", f.value))
}

func outside(f exifField) int {
	if n := len(exifValue(f)); n > 4 {
		return n
	}
	return 0
}

// captured is a block with everything that is kept, and things that are not.
func captured() []byte {
	return exifBlock(
		exifField{tagMake, 2, "NIKON CORPORATION"}, exifField{tagModel, 2, "NIKON D5100"}, exifField{tagOrientation, 3, 6},
		exifField{0x013b, 2, "Jane Doe"}, // Artist
		exifField{tagExposureTime, 5, [2]uint32{1, 125}}, exifField{tagFNumber, 5, [2]uint32{56, 10}}, exifField{tagISO, 3, 200},
		exifField{tagOriginal, 2, "2026:01:10 16:30:05"}, exifField{tagOffsetOriginal, 2, "-03:30"}, exifField{tagFlash, 3, 9},
		exifField{tagFocalLength, 5, [2]uint32{60, 1}}, exifField{tagSubSecOriginal, 2, "05"},
		exifField{0xa430, 2, "Jane Doe"}, exifField{0xa431, 2, "SN-4711"}, // owner, serial number
		exifField{tagColorSpace, 3, 1}, exifField{tagWhiteBalance, 3, 1}, exifField{tagLensModel, 2, "60mm f/2.8"},
	)
}

// Files of every format with the same EXIF block.
func withCaptured(t *testing.T) map[string][]byte {
	t.Helper()
	jpg := encodeJPEG(t, ramp(24, 16), 90)
	xmp := "http://ns.adobe.com/xap/1.0/\x00<x:xmpmeta/>"
	files := map[string][]byte{
		"first.jpg":     withSegment(jpg, markerAPP1, string(captured())),
		"after-xmp.jpg": withSegment(withSegment(jpg, markerAPP1, string(captured())), markerAPP1, xmp),
		"before.png":    encodePNG(t, ramp(24, 16), pngChunk("eXIf", captured()[6:])),
	}
	png := encodePNG(t, ramp(24, 16))
	files["after.png"] = slices.Insert(png, len(png)-12, pngChunk("eXIf", captured()[6:])...)
	for name, prefix := range map[string]int{"a.webp": 6, "prefixed.webp": 0} {
		files[name] = withWebPChunk(testdata(t, "p3_lossless.webp"), "EXIF", captured()[prefix:])
	}
	return files
}

func withWebPChunk(data []byte, kind string, body []byte) []byte {
	out := append(bytes.Clone(data), kind...)
	out = append(binary.LittleEndian.AppendUint32(out, uint32(len(body))), body...)
	if len(body)%2 == 1 {
		out = append(out, 0)
	}
	binary.LittleEndian.PutUint32(out[4:], uint32(len(out)-8))
	return out
}

func TestExifInEveryFormat(t *testing.T) {
	for name, data := range withCaptured(t) {
		p := openBytes(t, name, data)
		m, err := Stat(t.Context(), fileOf(name, data), name, Limits{})
		if err != nil {
			t.Fatal(err)
		}
		if m.SHA256 = p.SHA256; !reflect.DeepEqual(m, p.Meta) {
			t.Errorf("%s: Stat and Open differ:\n%+v\n%+v", name, m, p.Meta)
		}
		want := Meta{Camera: "NIKON D5100", Lens: "60mm f/2.8", FocalMM: 60, ExposureS: .008, FNumber: 5.6, ISO: 200,
			Flash: "fired", WhiteBalance: "manual", Orientation: 6}
		got := Meta{Camera: m.Camera, Lens: m.Lens, FocalMM: m.FocalMM, ExposureS: m.ExposureS, FNumber: m.FNumber, ISO: m.ISO,
			Flash: m.Flash, WhiteBalance: m.WhiteBalance, Orientation: m.Orientation}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %+v, want %+v", name, got, want)
		}
		if m.Taken.String() != "2026-01-10T16:30:05.05-03:30" || !m.Taken.ZoneKnown {
			t.Errorf("%s: taken %v", name, m.Taken)
		}
		if m.Width >= m.Height {
			t.Errorf("%s: %d×%d does not stand upright", name, m.Width, m.Height)
		}
		if all := fmt.Sprintf("%+v", p.Meta); strings.Contains(all, "Jane") || strings.Contains(all, "4711") {
			t.Errorf("%s: says who: %s", name, all)
		}
	}
}

// A TIFF is its own EXIF block; x/image writes none, so tags are put in front of its own.
func TestExifOfTIFF(t *testing.T) {
	var b bytes.Buffer
	if err := tiff.Encode(&b, ramp(24, 16), nil); err != nil {
		t.Fatal(err)
	}
	p := openBytes(t, "a.tif", withTIFFTag(b.Bytes(), tagOrientation, 8))
	if p.Orientation != 8 || p.Width != 16 || p.Height != 24 {
		t.Errorf("orientation %d, %d×%d", p.Orientation, p.Width, p.Height)
	}
}

// withTIFFTag gives a little-endian TIFF a new directory with one more SHORT.
func withTIFFTag(data []byte, tag, value uint16) []byte {
	order := binary.LittleEndian
	old := int(order.Uint32(data[4:]))
	n := int(order.Uint16(data[old:]))
	entries := bytes.Clone(data[old+2 : old+2+12*n])
	at := 0
	for at < len(entries) && order.Uint16(entries[at:]) < tag {
		at += 12
	}
	entry := order.AppendUint16(order.AppendUint16(nil, tag), 3)
	entry = order.AppendUint32(order.AppendUint32(entry, 1), uint32(value))
	out := bytes.Clone(data)
	order.PutUint32(out[4:], uint32(len(out)))
	out = order.AppendUint16(out, uint16(n+1))
	out = append(out, slices.Insert(entries, at, entry...)...)
	return append(out, 0, 0, 0, 0)
}

func TestTakenTime(t *testing.T) {
	for _, c := range []struct {
		stamp, subsec, offset, want string
		known                       bool
	}{
		{"2026:01:10 16:30:05", "", "", "2026-01-10T16:30:05", false},
		{"2026:01:10 16:30:05", "120", "", "2026-01-10T16:30:05.12", false},
		{"2026:01:10 16:30:05", "007", "+09:00", "2026-01-10T16:30:05.007+09:00", true},
		{"2026:01:10 16:30:05", "x", "Z", "2026-01-10T16:30:05+00:00", true},
		{"2026:01:10 16:30:05", "1", "   :  ", "2026-01-10T16:30:05.1", false},
		{"0000:00:00 00:00:00", "", "+01:00", "", false},
		{"2026:02:30 10:00:00", "", "", "", false},
		{"", "5", "+01:00", "", false},
	} {
		got := takenTime(c.stamp, c.subsec, c.offset)
		if got.String() != c.want || got.ZoneKnown != c.known {
			t.Errorf("%q %q %q: %q, zone %v; want %q, %v", c.stamp, c.subsec, c.offset, got, got.ZoneKnown, c.want, c.known)
		}
	}
	// The zone of the machine plays no part.
	defer func(l *time.Location) { time.Local = l }(time.Local)
	time.Local = time.FixedZone("here", 5*3600)
	got := takenTime("2026:01:10 16:30:05", "", "+05:00")
	if plain := takenTime("2026:01:10 16:30:05", "", ""); plain.Time.Location() != time.UTC || got.Time.UTC().Hour() != 11 {
		t.Errorf("in %v: %v", plain.Time.Location(), got.Time.UTC())
	}
}

func TestDamagedExifGivesWhatItCan(t *testing.T) {
	whole := captured()
	for cut := range len(whole) {
		facts := readExif(whole[:cut])
		if facts.rotation != 1 && facts.rotation != 6 {
			t.Fatalf("cut at %d: orientation %d", cut, facts.rotation)
		}
	}
	short := withSegment(encodeJPEG(t, image.NewGray(image.Rect(0, 0, 8, 8)), 90), markerAPP1, string(whole[:60]))
	if p := openBytes(t, "a.jpg", short); !slices.Contains(p.Warnings, ExifUnreadable) || p.Orientation != 6 {
		t.Errorf("warnings %v, orientation %d", p.Warnings, p.Orientation)
	}
}

func TestCameraName(t *testing.T) {
	for _, c := range [][3]string{
		{"Apple", "iPhone 15", "Apple iPhone 15"}, {"NIKON CORPORATION", "NIKON D5100", "NIKON D5100"},
		{"Canon", "Canon EOS R5", "Canon EOS R5"}, {"", "X", "X"}, {"Y", "", "Y"}, {"samsung", "SM-G991B", "samsung SM-G991B"},
	} {
		if got := cameraName(c[0], c[1]); got != c[2] {
			t.Errorf("%q %q: %q", c[0], c[1], got)
		}
	}
}
