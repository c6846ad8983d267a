package photo

import (
	"encoding/binary"
	"math"
	"strings"
	"unicode"
)

// ifd is one directory of tags of a TIFF file or EXIF block (TIFF 6.0, section 2; CIPA
// DC-008). Offsets count from the start of its window.
type ifd struct {
	w     *window
	order binary.ByteOrder
	tags  map[uint16]ifdEntry
	next  int64 // of the next directory; 0 for none
	short bool  // the directory is cut short
}

type ifdEntry struct {
	kind  uint16
	count int64
	at    int64 // where the value starts
}

// Sizes of the TIFF types 1 to 12 (TIFF 6.0, p. 15), 13 is IFD (TIFF technical note 1).
var ifdSizes = [...]int64{0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4}

// readTIFFHeader returns the byte order and the offset of the first directory.
func readTIFFHeader(w *window) (binary.ByteOrder, int64, bool) {
	b, ok := w.slice(0, 8)
	if !ok {
		return nil, 0, false
	}
	var order binary.ByteOrder
	switch string(b[:4]) {
	case "II*\x00":
		order = binary.LittleEndian
	case "MM\x00*":
		order = binary.BigEndian
	default:
		return nil, 0, false
	}
	return order, int64(order.Uint32(b[4:])), true
}

// readIFD reads the directory at off. One that is cut short has the tags before the cut;
// false means that there is none. A tag that stands twice counts the first time.
func readIFD(w *window, order binary.ByteOrder, off int64) (*ifd, bool) {
	head, ok := w.slice(off, 2)
	if !ok {
		return nil, false
	}
	n := int64(order.Uint16(head))
	d := &ifd{w: w, order: order, tags: make(map[uint16]ifdEntry, min(n, 64))}
	for i := range n {
		at := off + 2 + 12*i
		b, ok := w.slice(at, 12)
		if !ok {
			d.short = true
			return d, true
		}
		d.entry(b, at)
	}
	if b, ok := w.slice(off+2+12*n, 4); ok {
		d.next = int64(order.Uint32(b))
	}
	return d, true
}

func (d *ifd) entry(b []byte, at int64) {
	tag, kind, count := d.order.Uint16(b), d.order.Uint16(b[2:]), int64(d.order.Uint32(b[4:]))
	if kind == 0 || int(kind) >= len(ifdSizes) {
		return
	}
	if _, twice := d.tags[tag]; twice {
		return
	}
	e := ifdEntry{kind: kind, count: count, at: at + 8}
	if count*ifdSizes[kind] > 4 {
		e.at = int64(d.order.Uint32(b[8:]))
	}
	d.tags[tag] = e
}

// has reports whether the tag stands in the directory.
func (d *ifd) has(tag uint16) bool {
	_, ok := d.tags[tag]
	return ok
}

// bytes returns the raw value of a tag, nil if it is absent or not in the file.
func (d *ifd) bytes(tag uint16) []byte {
	e, ok := d.tags[tag]
	if !ok {
		return nil
	}
	b, _ := d.w.slice(e.at, e.count*ifdSizes[e.kind])
	return b
}

// numbers returns up to limit values of a tag; values that make no number are NaN.
func (d *ifd) numbers(tag uint16, limit int) []float64 {
	e, ok := d.tags[tag]
	if !ok {
		return nil
	}
	size := ifdSizes[e.kind]
	n := min(e.count, int64(limit))
	b, ok := d.w.slice(e.at, n*size)
	if !ok {
		return nil
	}
	list := make([]float64, n)
	for i := range list {
		list[i] = ifdNumber(d.order, e.kind, b[int64(i)*size:])
	}
	return list
}

func ifdNumber(order binary.ByteOrder, kind uint16, b []byte) float64 {
	switch kind {
	case 1, 7:
		return float64(b[0])
	case 3:
		return float64(order.Uint16(b))
	case 4, 13:
		return float64(order.Uint32(b))
	case 5:
		return ratio(float64(order.Uint32(b)), float64(order.Uint32(b[4:])))
	case 6:
		return float64(int8(b[0]))
	case 8:
		return float64(int16(order.Uint16(b)))
	case 9:
		return float64(int32(order.Uint32(b)))
	case 10:
		return ratio(float64(int32(order.Uint32(b))), float64(int32(order.Uint32(b[4:]))))
	case 11:
		return float64(math.Float32frombits(order.Uint32(b)))
	case 12:
		return math.Float64frombits(order.Uint64(b))
	}
	return math.NaN()
}

func ratio(a, b float64) float64 {
	if b == 0 {
		return math.NaN()
	}
	return a / b
}

// number returns the first value of a tag, 0 if it has none or one that is not finite.
func (d *ifd) number(tag uint16) float64 {
	v := d.numbers(tag, 1)
	if len(v) == 0 || math.IsNaN(v[0]) || math.IsInf(v[0], 0) {
		return 0
	}
	return v[0]
}

// text returns a text of a tag, cleaned by [clean].
func (d *ifd) text(tag uint16) string {
	e, ok := d.tags[tag]
	if !ok || e.kind != 2 && e.kind != 7 && e.kind != 1 {
		return ""
	}
	b, _ := d.w.slice(e.at, min(e.count, 4096))
	s, _, _ := strings.Cut(string(b), "\x00")
	return clean(s)
}

// maxText is the length in runes of the longest text that is kept from a file.
const maxText = 100

// clean makes text from a file fit for one line of print: no control characters, no
// broken UTF-8, single spaces, at most [maxText] runes.
func clean(s string) string {
	s = strings.ToValidUTF8(s, "")
	s = strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return ' '
		}
		if !unicode.IsPrint(r) {
			return -1
		}
		return r
	}, s)
	r := []rune(strings.Join(strings.Fields(s), " "))
	return strings.TrimSpace(string(r[:min(len(r), maxText)]))
}
