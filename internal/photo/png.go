package photo

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"fmt"
	"io"
	"slices"
)

const pngMagic = "\x89PNG\r\n\x1a\n"

// maxICC is the size of the largest colour profile that is unpacked. Matrix profiles
// have less than 100 kB, table-based ones up to some MB.
const maxICC = 8 << 20

// readPNG reads the chunks of a PNG (W3C PNG, third edition); EXIF may stand after the picture.
func readPNG(w *window, h *header) error {
	off := int64(len(pngMagic))
	seen := false
	for first := true; ; first = false {
		head, ok := w.slice(off, 8)
		if !ok {
			break
		}
		n, kind := int64(binary.BigEndian.Uint32(head)), string(head[4:])
		if first != (kind == "IHDR") {
			return wrong("its chunks are in the wrong order", nil)
		}
		if kind == "IDAT" {
			seen = true
		}
		if kind == "IEND" {
			break
		}
		if err := h.pngChunk(w, kind, off+8, n); err != nil {
			return err
		}
		off += 12 + n
	}
	if !seen {
		return wrong("has no picture data", nil)
	}
	return nil
}

// pngDepths are the bits per sample of each colour type (PNG 3rd edition, table 8).
var pngDepths = map[byte][]byte{0: {1, 2, 4, 8, 16}, 2: {8, 16}, 3: {1, 2, 4, 8}, 4: {8, 16}, 6: {8, 16}}

// pngChunk reads one chunk that matters, of n bytes at off.
func (h *header) pngChunk(w *window, kind string, off, n int64) error {
	switch kind {
	case "IHDR", "iCCP", "cICP", "sRGB", "gAMA", "cHRM", "eXIf", "acTL", "tRNS":
	default:
		return nil
	}
	b, ok := w.slice(off, n)
	if !ok {
		if kind == "IHDR" {
			return wrong("is cut short in its header", nil)
		}
		return nil
	}
	switch {
	case kind == "IHDR" && n >= 13:
		h.width, h.height = int(binary.BigEndian.Uint32(b)), int(binary.BigEndian.Uint32(b[4:]))
		h.depth = int(b[8])
		if !slices.Contains(pngDepths[b[9]], b[8]) {
			return wrong(fmt.Sprintf("claims %d bits of colour type %d, which PNG does not have", b[8], b[9]), nil)
		}
		if b[9] == 3 { // a palette has 8 bits per channel
			h.depth = 8
		}
		h.alpha = b[9]&4 != 0
	case kind == "iCCP" && h.icc == nil && !h.iccBad:
		h.icc, h.iccBad = unpackICC(b)
	case kind == "cICP" && n >= 4:
		h.cicp = &cicp{primaries: int(b[0]), transfer: int(b[1]), matrix: int(b[2]), full: b[3] != 0}
	case kind == "sRGB":
		h.assert = "sRGB"
	case kind == "gAMA" && n >= 4:
		h.chromaticity().gamma = float64(binary.BigEndian.Uint32(b)) / 1e5
	case kind == "cHRM" && n >= 32:
		c := h.chromaticity()
		for i := range c.xy {
			c.xy[i] = float64(binary.BigEndian.Uint32(b[4*i:])) / 1e5
		}
	case kind == "eXIf":
		h.exif = b
	case kind == "acTL" && n >= 4:
		h.frames = int(min(binary.BigEndian.Uint32(b), 1<<30))
	case kind == "tRNS":
		h.alpha = true
	}
	return nil
}

func (h *header) chromaticity() *chromaticity {
	if h.chroma == nil {
		h.chroma = &chromaticity{}
	}
	return h.chroma
}

// unpackICC inflates the body of an iCCP chunk; bad says that it could not be done.
func unpackICC(b []byte) (profile []byte, bad bool) {
	_, rest, ok := bytes.Cut(b, []byte{0})
	if !ok || len(rest) < 1 || rest[0] != 0 {
		return nil, true
	}
	z, err := zlib.NewReader(bytes.NewReader(rest[1:]))
	if err != nil {
		return nil, true
	}
	profile, err = io.ReadAll(io.LimitReader(z, maxICC+1))
	if err != nil || len(profile) > maxICC {
		return nil, true
	}
	return profile, false
}
