package photo

import (
	"encoding/binary"
	"fmt"
	"slices"
)

// readHEIC reads the meta box of a HEIC file. Rotation and mirroring are properties of
// the picture that the decoder applies; the orientation that EXIF repeats is not used.
func readHEIC(w *window, h *header) error {
	h.lossy = true
	body, err := findMeta(w)
	if err != nil {
		return err
	}
	m := parseMeta(body)
	item, ok := m.items[m.primary]
	if !ok || item.kind == "" {
		return wrong("does not say which picture is the first", nil)
	}
	switch item.kind {
	case "hvc1", "grid", "iden":
	case "av01":
		h.format = "AVIF"
		return unsupported("this format is not read", mendExport)
	default:
		return unsupported(fmt.Sprintf("pictures of kind %q are not read", clean(item.kind)), mendExport)
	}
	h.upright = true
	h.frames = m.pictures()
	if len(m.alpha()) > 0 { // which the decoder leaves out
		h.warnings = add(h.warnings, Transparent)
	}
	h.exif = m.exif(w)
	if err := h.heicProperties(item); err != nil {
		return err
	}
	return h.heicCoding(m)
}

// heicProperties reads size, colour and turns in the order in which they apply.
func (h *header) heicProperties(item *isoItem) error {
	for _, p := range item.props {
		c := &cursor{b: p.body}
		switch p.kind {
		case "ispe":
			c.full()
			h.width, h.height = int(c.u(4)), int(c.u(4))
		case "colr":
			h.heicColour(p.body)
		case "pixi":
			c.full()
			if c.u(1) > 0 {
				h.depth = int(c.u(1))
			}
		case "clap":
			h.width, h.height = clapSize(c, h.width), clapSize(c, h.height)
		case "irot": // anticlockwise, in quarters
			h.turned = turn(h.turned, []int{1, 8, 3, 6}[c.u(1)&3])
		case "imir": // 0 exchanges top and bottom, 1 left and right
			h.turned = turn(h.turned, []int{4, 2}[c.u(1)&1])
		}
	}
	if h.width <= 0 || h.height <= 0 {
		return wrong("does not say how big its picture is", nil)
	}
	return nil
}

// clapSize reads one side of a clean aperture (ISO/IEC 14496-12, 12.1.4).
func clapSize(c *cursor, whole int) int {
	n, d := c.u(4), c.u(4)
	if d == 0 || n/d == 0 || n/d > uint64(whole) {
		return whole
	}
	return int(n / d)
}

// turn is the orientation of doing a, then b. Orientations are the symmetries of the
// square: bit 0 of the vector says transposed first, then mirrored in x and in y.
func turn(a, b int) int {
	x, y := symmetry(a), symmetry(b)
	if y[0] {
		x[1], x[2] = x[2], x[1]
	}
	s := [3]bool{x[0] != y[0], x[1] != y[1], x[2] != y[2]}
	for o := 1; o <= 8; o++ {
		if symmetry(o) == s {
			return o
		}
	}
	panic("photo: no such symmetry")
}

// symmetry is how an EXIF orientation turns stored pixels upright: transpose, then
// mirror left-right, then top-bottom.
func symmetry(o int) [3]bool {
	return [...][3]bool{1: {}, 2: {false, true, false}, 3: {false, true, true}, 4: {false, false, true},
		5: {true, false, false}, 6: {true, true, false}, 7: {true, true, true}, 8: {true, false, true}}[o]
}

// heicColour reads a colr box (ISO/IEC 14496-12, 12.1.5); a file may have one of
// each kind.
func (h *header) heicColour(b []byte) {
	if len(b) < 4 {
		return
	}
	switch kind := string(b[:4]); {
	case kind == "prof" || kind == "rICC":
		h.icc = b[4:]
	case kind == "nclx" && len(b) >= 11:
		h.cicp = &cicp{
			primaries: int(binary.BigEndian.Uint16(b[4:])), transfer: int(binary.BigEndian.Uint16(b[6:])),
			matrix: int(binary.BigEndian.Uint16(b[8:])), full: b[10]&0x80 != 0,
		}
	}
}

// heicCoding looks into the bitstream's own header for what the file leaves unsaid:
// depth, code points, range. It refuses streams that the picture cannot come from.
func (h *header) heicCoding(m *isoMeta) error {
	s, tiled, ok := m.firstSPS()
	if !ok {
		return wrong("its coded picture has no header", nil)
	}
	if !tiled && (s.width < h.width && s.width < h.height || s.height < min(h.width, h.height)) {
		return wrong(fmt.Sprintf("its coded picture of %d×%d pixels is smaller than it says", s.width, s.height), nil)
	}
	switch {
	case s.chroma == 0 && tiled:
		return unsupported("grey pictures made of tiles are not read", mendExport)
	case s.chroma == 3 && s.depth > 8 && !tiled:
		return unsupported("more than 8 bits without chroma subsampling are not read", mendExport)
	}
	h.depth = max(h.depth, s.depth)
	if h.depth > 8 {
		h.warnings = add(h.warnings, DepthReduced)
	}
	coding := s.colour
	if h.cicp != nil {
		coding = *h.cicp
	} else {
		h.cicp = &coding
	}
	kr, kb, ok := lumaWeights(coding.matrix)
	if !ok {
		return unsupported(fmt.Sprintf("colour coding %d is not read", coding.matrix), mendExport)
	}
	// libheif puts tiles together in full range, whatever they were coded in.
	h.coding = makeYCC(kr, kb, coding.full || tiled)
	return nil
}

// lumaWeights are those of red and blue (ITU-T H.273, table 4). Unspecified (2) is read
// as BT.601, as JPEG has it; identity (0) needs none.
func lumaWeights(matrix int) (kr, kb float64, ok bool) {
	switch matrix {
	case 0, 2, 5, 6:
		return .299, .114, true
	case 1:
		return .2126, .0722, true
	case 4:
		return .30, .11, true
	case 7:
		return .212, .087, true
	case 9:
		return .2627, .0593, true
	}
	return 0, 0, false
}

// firstSPS is the header of the primary picture's stream, or of the first tile that it
// is made of.
func (m *isoMeta) firstSPS() (s sps, tiled, ok bool) {
	id := m.primary
	for range deepestNest {
		item := m.items[id]
		if hvcC := item.property("hvcC"); hvcC != nil {
			s, ok = hvccSPS(hvcC)
			return s, tiled, ok
		}
		tiled = tiled || item.kind == "grid"
		i := slices.IndexFunc(m.refs, func(r isoRef) bool { return r.kind == "dimg" && r.from == id && len(r.to) > 0 })
		if i < 0 || m.items[m.refs[i].to[0]] == nil {
			break
		}
		id = m.refs[i].to[0]
	}
	return s, tiled, false
}

func (item *isoItem) property(kind string) []byte {
	for _, p := range item.props {
		if p.kind == kind {
			return p.body
		}
	}
	return nil
}

// hvccSPS finds the sequence parameter set in a decoder configuration (ISO/IEC
// 14496-15, 8.3.3.1).
func hvccSPS(b []byte) (sps, bool) {
	c := &cursor{b: b}
	c.take(22)
	for range c.u(1) {
		c.u(1)
		for range c.u(2) {
			nal := c.take(int(c.u(2)))
			if c.short {
				return sps{}, false
			}
			if s, ok := parseSPS(nal); ok {
				return s, true
			}
		}
	}
	return sps{}, false
}

// pictures counts the pictures that stand for themselves: no parts of others, no
// thumbnails, no depth or alpha maps, none hidden.
func (m *isoMeta) pictures() int {
	helper := map[uint32]bool{}
	for _, r := range m.refs {
		switch r.kind {
		case "thmb", "auxl":
			helper[r.from] = true
		case "dimg":
			for _, id := range r.to {
				helper[id] = true
			}
		}
	}
	n := 0
	for _, id := range m.order {
		item := m.items[id]
		picture := slices.Contains([]string{"hvc1", "grid", "iovl", "iden", "jpeg", "av01"}, item.kind)
		if id == m.primary || picture && !item.hidden && !helper[id] {
			n++
		}
	}
	return n
}

// alpha lists the auxiliary pictures that are the primary one's alpha (ISO/IEC
// 23008-12, 6.5.8).
func (m *isoMeta) alpha() []uint32 {
	var list []uint32
	for _, r := range m.refs {
		if r.kind != "auxl" || !slices.Contains(r.to, m.primary) || m.items[r.from] == nil {
			continue
		}
		if p := m.items[r.from].property("auxC"); len(p) > 4 {
			urn := clean(string(p[4:]))
			if urn == "urn:mpeg:hevc:2015:auxid:1" || urn == "urn:mpeg:mpegB:cicp:systems:auxiliary:alpha" {
				list = append(list, r.from)
			}
		}
	}
	return list
}

// exif returns the block of the first item that has one (ISO/IEC
// 23008-12, A.2.1: it begins with the offset to the TIFF header).
func (m *isoMeta) exif(w *window) []byte {
	const maxExif = 4 << 20
	for _, id := range m.order {
		if m.items[id].kind != "Exif" {
			continue
		}
		b := m.data(w, m.items[id], maxExif)
		if len(b) < 4 {
			return nil
		}
		skip := int64(binary.BigEndian.Uint32(b))
		return b[min(4+skip, int64(len(b))):]
	}
	return nil
}
