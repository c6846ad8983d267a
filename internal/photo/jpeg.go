package photo

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"image"
	"image/jpeg"
)

// JPEG markers (ITU-T T.81, table B.1).
const (
	markerSOF0 = 0xc0
	markerSOF1 = 0xc1
	markerSOF2 = 0xc2
	markerDHT  = 0xc4
	markerJPG  = 0xc8
	markerDAC  = 0xcc
	markerRST0 = 0xd0
	markerRST7 = 0xd7
	markerEOI  = 0xd9
	markerSOS  = 0xda
	markerDQT  = 0xdb
	markerAPP1 = 0xe1
	markerAPP2 = 0xe2
)

// maxScans bounds the passes over a progressive picture, each of which costs time
// for every pixel however few bytes it has. Encoders write about ten.
const maxScans = 200

// jpegHeader gathers what is spread over segments.
type jpegHeader struct {
	*header
	parts  map[int][]byte // of the ICC profile, by number
	total  int
	tables map[byte][64]int
	luma   byte // table of the first component
	cb     int  // table of the second; -1: there is none
}

// readJPEG reads the segments before the first scan. EXIF may stand anywhere among them.
func readJPEG(w *window, h *header) error {
	h.lossy = true
	j := &jpegHeader{header: h, parts: map[int][]byte{}, tables: map[byte][64]int{}, cb: -1}
	off := int64(2)
	for {
		marker, body, next, err := jpegSegment(w, off)
		if err != nil {
			return err
		}
		off = next
		if marker == markerSOS {
			break
		}
		if marker == markerEOI {
			return wrong("ends before its picture", nil)
		}
		if err := j.segment(marker, body); err != nil {
			return err
		}
	}
	if h.width == 0 {
		return wrong("has no frame header before its picture", nil)
	}
	j.joinICC()
	h.quality = jpegQuality(j.tables[j.luma])
	if j.cb >= 0 {
		h.cbStep = float64(j.tables[byte(j.cb)][0]) / 8
	}
	return nil
}

// jpegSegment returns the marker at off, its body, and where the next one starts.
func jpegSegment(w *window, off int64) (marker byte, body []byte, next int64, err error) {
	b, ok := w.slice(off, 2)
	for ok && b[0] == 0xff && b[1] == 0xff { // fill bytes
		off++
		b, ok = w.slice(off, 2)
	}
	if !ok {
		return 0, nil, 0, wrong("is cut short in its header", nil)
	}
	if b[0] != 0xff {
		return jpegSegmentAfterJunk(w, off)
	}
	marker = b[1]
	if marker == 0 || marker == 0x01 || marker >= 0xd0 && marker <= markerEOI { // no body
		return marker, nil, off + 2, nil
	}
	b, ok = w.slice(off+2, 2)
	if !ok {
		return 0, nil, 0, wrong("is cut short in its header", nil)
	}
	n := int64(binary.BigEndian.Uint16(b))
	if n < 2 {
		return 0, nil, 0, wrong("has a segment of impossible length", nil)
	}
	if body, ok = w.slice(off+4, n-2); !ok {
		return 0, nil, 0, wrong("is cut short in its header", nil)
	}
	return marker, body, off + 2 + n, nil
}

// jpegSegmentAfterJunk looks for the next marker, as decoders do, for a while.
func jpegSegmentAfterJunk(w *window, off int64) (byte, []byte, int64, error) {
	b, _ := w.slice(off, min(chunk, w.size-off))
	for i := 0; i+1 < len(b); i++ {
		if b[i] == 0xff && b[i+1] != 0 && b[i+1] != 0xff {
			return jpegSegment(w, off+int64(i))
		}
	}
	return 0, nil, 0, wrong("its segments cannot be followed", nil)
}

func (j *jpegHeader) segment(marker byte, body []byte) error {
	switch {
	case marker == markerDQT:
		return j.quantisation(body)
	case marker == markerAPP1 && bytes.HasPrefix(body, []byte("Exif\x00")) && j.exif == nil:
		j.exif = body[min(6, len(body)):]
	case marker == markerAPP2 && bytes.HasPrefix(body, []byte("ICC_PROFILE\x00")) && len(body) >= 14:
		j.parts[int(body[12])] = body[14:]
		j.total = max(j.total, int(body[13]))
	case marker == markerAPP2 && bytes.HasPrefix(body, []byte("MPF\x00")):
		j.frames = max(j.frames, mpfFrames(body[4:]))
	case marker >= markerSOF0 && marker <= 0xcf && marker != markerDHT && marker != markerJPG && marker != markerDAC:
		return j.frame(marker, body)
	}
	return nil
}

// frame reads a frame header (T.81, B.2.2).
func (j *jpegHeader) frame(marker byte, b []byte) error {
	if j.width != 0 {
		return wrong("has two frame headers", nil)
	}
	if len(b) < 6 || len(b) < 6+3*int(b[5]) || b[5] == 0 {
		return wrong("its frame header is cut short", nil)
	}
	j.depth = int(b[0])
	j.height, j.width = int(binary.BigEndian.Uint16(b[1:])), int(binary.BigEndian.Uint16(b[3:]))
	j.luma = b[8]
	if b[5] == 3 {
		j.cb = int(b[11])
	}
	switch {
	case marker > markerSOF2:
		return unsupported("lossless, hierarchical or arithmetic coding is not read", mendExport)
	case j.depth != 8:
		return unsupported(fmt.Sprintf("%d bits per channel are not read in JPEG", j.depth), mendExport)
	case b[5] == 4:
		return unsupported("is CMYK, ink amounts from which light cannot be known", mendRGB)
	case b[5] != 1 && b[5] != 3:
		return unsupported(fmt.Sprintf("has %d channels", b[5]), mendRGB)
	}
	if j.width == 0 || j.height == 0 {
		return wrong("says that it has no pixels", nil)
	}
	return nil
}

// quantisation reads tables (T.81, B.2.4.1).
func (j *jpegHeader) quantisation(b []byte) error {
	for len(b) > 0 {
		wide, id := int(b[0]>>4), b[0]&15
		size := 64 * (wide + 1)
		if wide > 1 || len(b) < 1+size {
			return wrong("its quantisation tables are broken", nil)
		}
		var t [64]int
		for i := range t {
			if wide == 1 {
				t[i] = int(binary.BigEndian.Uint16(b[1+2*i:]))
			} else {
				t[i] = int(b[1+i])
			}
		}
		j.tables[id] = t
		b = b[1+size:]
	}
	return nil
}

// joinICC puts the parts of the profile together (ICC.1:2022, B.4).
func (j *jpegHeader) joinICC() {
	if len(j.parts) == 0 {
		return
	}
	for i := 1; i <= max(j.total, 1); i++ {
		part, ok := j.parts[i]
		if !ok {
			j.icc, j.iccBad = nil, true
			return
		}
		j.icc = append(j.icc, part...)
	}
}

// mpfFrames counts the pictures of a multi-picture file (CIPA DC-007) that are views
// of their own (panorama, disparity, multi-angle), the first included; previews and
// gain maps are none.
func mpfFrames(b []byte) int {
	const tagEntries, entryBytes, multiFrame = 0xb002, 16, 0x02
	w := memory(b)
	order, off, ok := readTIFFHeader(w)
	if !ok {
		return 1
	}
	d, ok := readIFD(w, order, off)
	if !ok {
		return 1
	}
	n := 0
	for e := d.bytes(tagEntries); len(e) >= entryBytes; e = e[entryBytes:] {
		if order.Uint32(e)>>16&0xff == multiFrame {
			n++
		}
	}
	return max(n, 1)
}

// decodeJPEG decodes the picture; r ends with an error when time is up.
func decodeJPEG(r *timedReader, data []byte) (image.Image, error) {
	if layoutOf(data).scans > maxScans {
		return nil, tooMuch(fmt.Sprintf("more than %d scans", maxScans), "save it anew as a plain JPEG")
	}
	if m, ok := decodeFine(r, data); ok {
		return m, nil
	}
	return jpeg.Decode(r)
}

// jpegLayout is where the parts of a file's picture are. What stands behind its end is none
// of it: another picture, as of stereo and gain maps, or the film of a moving photo.
type jpegLayout struct {
	frame  []byte   // the body of the frame header
	tables [][2]int // segments of tables before the first scan, as ranges
	scans  int
	later  bool // tables stand behind the first scan too
}

// layoutOf follows the segments as a decoder does, as far as that is possible.
func layoutOf(data []byte) (l jpegLayout) {
	w := memory(data)
	for off := int64(2); ; {
		marker, body, next, err := jpegSegment(w, off+toMarker(data[off:]))
		if err != nil || marker == markerEOI {
			return l
		}
		switch {
		case marker == markerSOS:
			l.scans++
		case marker == markerDQT && l.scans > 0:
			l.later = true
		case marker == markerDQT:
			l.tables = append(l.tables, [2]int{int(next) - len(body) - 4, int(next)})
		case marker >= markerSOF0 && marker <= markerSOF2:
			l.frame = body
		}
		off = next
	}
}

// toMarker is how many bytes a decoder passes before it meets a marker: coded data, in which
// none can occur but restarts (T.81, B.1.1.5), fill bytes and what should not be there.
func toMarker(data []byte) int64 {
	for i := 0; ; i++ {
		next := bytes.IndexByte(data[i:], 0xff)
		if i += next; next < 0 || i+1 == len(data) {
			return int64(len(data))
		}
		if m := data[i+1]; m != 0 && m != 0xff && (m < markerRST0 || m > markerRST7) {
			return int64(i)
		}
	}
}

// The luminance table of T.81, table K.1, in zigzag order: the scale of the IJG quality.
var ijgLuminance = [64]int{
	16, 11, 12, 14, 12, 10, 16, 14, 13, 14, 18, 17, 16, 19, 24, 40,
	26, 24, 22, 22, 24, 49, 35, 37, 29, 40, 58, 51, 61, 60, 57, 51,
	56, 55, 64, 72, 92, 78, 64, 68, 87, 69, 55, 56, 80, 109, 81, 87,
	95, 98, 103, 104, 103, 62, 77, 113, 121, 112, 100, 120, 92, 101, 103, 99,
}

// jpegQuality is the IJG quality whose luminance table is nearest to t by the sum of
// absolute differences; for tables of another make it is an equivalent.
func jpegQuality(t [64]int) int {
	if t[0] == 0 {
		return 0
	}
	best, least := 0, -1
	for q := 1; q <= 100; q++ {
		scale := 200 - 2*q
		if q < 50 {
			scale = 5000 / q
		}
		sum := 0
		for i, v := range ijgLuminance {
			d := t[i] - min(max((v*scale+50)/100, 1), 255)
			sum += max(d, -d)
		}
		if least < 0 || sum < least {
			best, least = q, sum
		}
	}
	return best
}
