package photo

import (
	"encoding/binary"
	"slices"
)

// isoBrand is the major brand of an ISO base media file (ISO/IEC 14496-12, 4.3).
func isoBrand(b []byte) string {
	if len(b) < 12 || string(b[4:8]) != "ftyp" {
		return ""
	}
	return string(b[8:12])
}

// isoFormat names the kind of file that a brand stands for, beside HEIC.
func isoFormat(brand string) string {
	switch brand {
	case "avif", "avis":
		return "AVIF"
	case "crx ":
		return "camera raw"
	case "qt  ", "mp41", "mp42", "isom", "iso2", "M4V ":
		return "video"
	}
	return "ISO media"
}

// isHEIC goes by the brands of ISO/IEC 23008-12, annex B, and by "mif1" for any picture.
func isHEIC(b []byte) bool {
	return slices.Contains([]string{"heic", "heix", "heim", "heis", "hevc", "hevx", "mif1", "msf1"}, isoBrand(b))
}

// isoItem is an item of a meta box (ISO/IEC 14496-12, 8.11).
type isoItem struct {
	kind    string
	hidden  bool
	extents []span64
	inIdat  bool
	other   bool     // stored in a way that is not read
	props   []isoBox // in the order in which they apply
}

// isoBox is a box with its body, or the header of one with the place of its body.
type isoBox struct {
	kind string
	body []byte
}

// isoMeta is the part of a meta box that says what the file holds.
type isoMeta struct {
	primary uint32
	items   map[uint32]*isoItem
	order   []uint32
	refs    []isoRef
	idat    []byte
}

// isoRef says that an item refers to others in some sense ("thmb", "dimg", ...).
type isoRef struct {
	kind string
	from uint32
	to   []uint32
}

// maxMeta is the size of the largest meta box that is read; a phone's has some 10 kB.
const maxMeta = 16 << 20

// findMeta walks the boxes of a file to its meta box and returns that one's body.
func findMeta(w *window) ([]byte, error) {
	for off := int64(0); off < w.size; {
		head, ok := w.slice(off, min(16, w.size-off))
		if !ok || len(head) < 8 {
			break
		}
		n, skip := int64(binary.BigEndian.Uint32(head)), int64(8)
		switch {
		case n == 1 && len(head) == 16:
			n, skip = int64(binary.BigEndian.Uint64(head[8:])), 16
		case n == 0:
			n = w.size - off
		}
		if n < skip || n > w.size-off {
			break
		}
		if string(head[4:8]) == "meta" {
			if n > maxMeta {
				return nil, tooMuch("its meta box is too big", mendExport)
			}
			if body, ok := w.slice(off+skip, n-skip); ok && len(body) >= 4 {
				return body[4:], nil
			}
			break
		}
		off += n
	}
	return nil, wrong("has no list of its pictures", nil)
}

// boxes splits a body into boxes, as far as they are whole.
func boxes(b []byte) []isoBox {
	var list []isoBox
	for len(b) >= 8 {
		n, skip := uint64(binary.BigEndian.Uint32(b)), uint64(8)
		switch {
		case n == 1 && len(b) >= 16:
			n, skip = binary.BigEndian.Uint64(b[8:]), 16
		case n == 0:
			n = uint64(len(b))
		}
		if n < skip || n > uint64(len(b)) {
			break
		}
		list = append(list, isoBox{string(b[4:8]), b[skip:n]})
		b = b[n:]
	}
	return list
}

func parseMeta(body []byte) *isoMeta {
	m := &isoMeta{items: map[uint32]*isoItem{}}
	var props []isoBox
	var links []isoBox
	for _, x := range boxes(body) {
		c := &cursor{b: x.body}
		switch x.kind {
		case "pitm":
			version, _ := c.full()
			m.primary = c.id(version >= 1)
		case "iinf":
			m.infos(c)
		case "iloc":
			m.locations(c)
		case "iref":
			m.references(c)
		case "idat":
			m.idat = x.body
		case "iprp":
			for _, y := range boxes(x.body) {
				if y.kind == "ipco" {
					props = boxes(y.body)
				}
				if y.kind == "ipma" {
					links = append(links, y)
				}
			}
		}
	}
	for _, l := range links {
		m.associate(&cursor{b: l.body}, props)
	}
	return m
}

func (m *isoMeta) item(id uint32) *isoItem {
	if m.items[id] == nil {
		m.items[id] = &isoItem{}
		m.order = append(m.order, id)
	}
	return m.items[id]
}

// infos reads iinf and its infe boxes, versions 2 and 3 (8.11.6).
func (m *isoMeta) infos(c *cursor) {
	if version, _ := c.full(); version == 0 {
		c.u(2)
	} else {
		c.u(4)
	}
	for _, x := range boxes(c.b) {
		e := &cursor{b: x.body}
		version, flags := e.full()
		if x.kind != "infe" || version < 2 {
			continue
		}
		item := m.item(e.id(version >= 3))
		e.u(2)
		item.kind = string(e.take(4))
		item.hidden = flags&1 == 1
	}
}

// maxExtents bounds the pieces that items are stored in, which can have no bytes in the
// list at all; a picture has one piece per tile, some hundreds.
const maxExtents = 1 << 16

// locations reads iloc (8.11.3).
func (m *isoMeta) locations(c *cursor) {
	version, _ := c.full()
	sizes := c.u(2)
	offSize, lenSize, baseSize, indexSize := int(sizes>>12), int(sizes>>8&15), int(sizes>>4&15), int(sizes&15)
	if version == 0 {
		indexSize = 0
	}
	left := maxExtents
	for range c.id(version >= 2) {
		if c.short {
			return
		}
		item := m.item(c.id(version >= 2))
		method := uint64(0)
		if version >= 1 {
			method = c.u(2) & 15
		}
		item.inIdat = method == 1
		item.other = method > 1 || c.u(2) != 0
		base := c.u(baseSize)
		for range c.u(2) {
			if left--; left < 0 || c.short {
				return
			}
			c.u(indexSize)
			from := int64(base + c.u(offSize))
			item.extents = append(item.extents, span64{from, from + int64(c.u(lenSize))})
		}
	}
}

// references reads iref (8.11.12).
func (m *isoMeta) references(c *cursor) {
	version, _ := c.full()
	for _, x := range boxes(c.b) {
		e := &cursor{b: x.body}
		ref := isoRef{kind: x.kind, from: e.id(version >= 1)}
		for range e.u(2) {
			if e.short {
				break
			}
			ref.to = append(ref.to, e.id(version >= 1))
		}
		m.refs = append(m.refs, ref)
	}
}

// associate reads ipma (ISO/IEC 23008-12, 9.3.1).
func (m *isoMeta) associate(c *cursor, props []isoBox) {
	version, flags := c.full()
	for range c.u(4) {
		if c.short {
			return
		}
		item := m.item(c.id(version >= 1))
		for range c.u(1) {
			var index uint64
			if flags&1 == 1 {
				index = c.u(2) & 0x7fff
			} else {
				index = c.u(1) & 0x7f
			}
			if index >= 1 && index <= uint64(len(props)) {
				item.props = append(item.props, props[index-1])
			}
		}
	}
}

// data returns the bytes of an item, at most limit; nil if they are not to be had.
func (m *isoMeta) data(w *window, item *isoItem, limit int64) []byte {
	if item == nil || item.other {
		return nil
	}
	if item.inIdat {
		w = memory(m.idat)
	}
	var out []byte
	for _, e := range item.extents {
		if e.to <= e.from {
			e.to = w.size
		}
		b, ok := w.slice(e.from, e.to-e.from)
		if !ok || int64(len(out)+len(b)) > limit {
			return nil
		}
		out = append(out, b...)
	}
	return out
}

// cursor reads big-endian numbers; after the end it reads zeros and short is set.
type cursor struct {
	b     []byte
	short bool
}

func (c *cursor) take(n int) []byte {
	if n > len(c.b) {
		c.b, c.short = nil, true
		return make([]byte, n)
	}
	v := c.b[:n]
	c.b = c.b[n:]
	return v
}

// u reads a number of n bytes, at most 8.
func (c *cursor) u(n int) uint64 {
	var v uint64
	for _, x := range c.take(min(n, 8)) {
		v = v<<8 | uint64(x)
	}
	return v
}

// full reads the version and flags of a full box.
func (c *cursor) full() (version int, flags uint64) {
	return int(c.u(1)), c.u(3)
}

// id reads an item number.
func (c *cursor) id(wide bool) uint32 {
	if wide {
		return uint32(c.u(4))
	}
	return uint32(c.u(2))
}
