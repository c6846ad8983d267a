package photo

import (
	"bytes"
	"encoding/binary"
)

// readWebP reads the chunks of a WebP file (RFC 9649). Of an animation the first frame
// is taken, at its own size.
func readWebP(w *window, h *header) error {
	h.depth = 8
	off := int64(12)
	for {
		head, ok := w.slice(off, 8)
		if !ok {
			break
		}
		n := int64(binary.LittleEndian.Uint32(head[4:]))
		if err := h.webpChunk(w, string(head[:4]), off+8, n); err != nil {
			return err
		}
		off += 8 + n + n&1
	}
	if h.width == 0 {
		return wrong("has no picture data", nil)
	}
	return nil
}

func (h *header) webpChunk(w *window, kind string, off, n int64) error {
	switch kind {
	case "VP8 ", "VP8L":
		if h.width == 0 {
			return h.webpSize(w, kind, off, n)
		}
	case "ALPH":
		h.alpha = true
	case "ICCP":
		b, ok := w.slice(off, min(n, maxICC))
		h.icc, h.iccBad = b, !ok
	case "EXIF":
		if b, ok := w.slice(off, n); ok {
			h.exif = b
		}
	case "ANMF":
		return h.webpFrame(w, off, n)
	}
	return nil
}

// webpSize reads the size from a bitstream's own header (RFC 6386, 9.1; RFC 9649, 3.4).
func (h *header) webpSize(w *window, kind string, off, n int64) error {
	b, ok := w.slice(off, min(n, 10))
	switch {
	case ok && kind == "VP8 " && len(b) == 10 && b[3] == 0x9d && b[4] == 0x01 && b[5] == 0x2a:
		h.width, h.height = int(binary.LittleEndian.Uint16(b[6:])&0x3fff), int(binary.LittleEndian.Uint16(b[8:])&0x3fff)
		h.coding, h.lossy = bt601Limited, true
	case ok && kind == "VP8L" && len(b) >= 5 && b[0] == 0x2f:
		v := binary.LittleEndian.Uint32(b[1:])
		h.width, h.height = int(v&0x3fff)+1, int(v>>14&0x3fff)+1
		h.alpha = h.alpha || v>>28&1 == 1
	default:
		return wrong("its picture header is broken", nil)
	}
	return nil
}

// webpFrame counts a frame and notes where the first one is.
func (h *header) webpFrame(w *window, off, n int64) error {
	const frameHeader = 16
	if h.inner != nil {
		h.frames++
		return nil
	}
	for at := off + frameHeader; at+8 <= off+n; {
		head, ok := w.slice(at, 8)
		if !ok {
			return wrong("its first frame is cut short", nil)
		}
		size := int64(binary.LittleEndian.Uint32(head[4:]))
		if kind := string(head[:4]); kind == "ALPH" || kind == "VP8 " || kind == "VP8L" {
			if err := h.webpChunk(w, kind, at+8, size); err != nil {
				return err
			}
		}
		at += 8 + size + size&1
	}
	h.inner = &span64{off + frameHeader, off + n}
	return nil
}

// webpStill makes a file of one picture from the chunks of an animation's first frame.
func (h *header) webpStill(data []byte) []byte {
	chunks := data[h.inner.from:min(h.inner.to, int64(len(data)))]
	var b bytes.Buffer
	b.WriteString("RIFF\x00\x00\x00\x00WEBP")
	if bytes.HasPrefix(chunks, []byte("ALPH")) {
		vp8x := make([]byte, 18)
		copy(vp8x, "VP8X\x0a\x00\x00\x00\x10")
		putUint24(vp8x[12:], h.width-1)
		putUint24(vp8x[15:], h.height-1)
		b.Write(vp8x)
	}
	b.Write(chunks)
	out := b.Bytes()
	binary.LittleEndian.PutUint32(out[4:], uint32(len(out)-8))
	return out
}

func putUint24(b []byte, v int) { b[0], b[1], b[2] = byte(v), byte(v>>8), byte(v>>16) }
