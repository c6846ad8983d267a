package photo

import (
	"fmt"
)

// Tags of TIFF 6.0 and of its raw-file descendants.
const (
	tagWidth         = 256
	tagHeight        = 257
	tagBits          = 258
	tagCompression   = 259
	tagPhotometric   = 262
	tagStripOffsets  = 273
	tagSamples       = 277
	tagStripBytes    = 279
	tagPlanar        = 284
	tagTileOffsets   = 324
	tagTileBytes     = 325
	tagExtraSamples  = 338
	tagSampleFormat  = 339
	tagICC           = 34675
	tagDNGVersion    = 50706
	tagCR2Slices     = 50752
	tagSubIFDs       = 330
	tagNewSubfile    = 254
	photometricCFA   = 32803
	photometricLinFl = 34892
)

func isTIFF(b []byte) bool {
	return len(b) >= 8 && (string(b[:4]) == "II*\x00" || string(b[:4]) == "MM\x00*")
}

// readTIFF reads the first directory of a TIFF, which is also its EXIF block.
func readTIFF(w *window, h *header) error {
	order, off, ok := readTIFFHeader(w)
	if !ok {
		return wrong("its header is broken", nil)
	}
	d, ok := readIFD(w, order, off)
	if !ok || d.short {
		return wrong("its directory is not in the file", nil)
	}
	if isRaw(d) {
		h.format = "camera raw"
		return unsupported("sensor data are not read", mendExport)
	}
	h.width, h.height = int(d.number(tagWidth)), int(d.number(tagHeight))
	h.depth = max(int(d.number(tagBits)), 1)
	h.icc = d.bytes(tagICC)
	h.iccBad = d.has(tagICC) && h.icc == nil
	if len(h.icc) > maxICC {
		h.icc, h.iccBad = nil, true
	}
	h.frames = tiffFrames(d)
	h.exifDir = d
	return tiffKind(d, h)
}

// isRaw reports a raw file that begins like a TIFF: DNG, CR2, NEF, ARW, PEF, ...
func isRaw(d *ifd) bool {
	p := d.number(tagPhotometric)
	if d.has(tagDNGVersion) || d.has(tagCR2Slices) || p == photometricCFA || p == photometricLinFl {
		return true
	}
	for _, off := range d.numbers(tagSubIFDs, 8) {
		if sub, ok := readIFD(d.w, d.order, int64(off)); ok && sub.number(tagPhotometric) == photometricCFA {
			return true
		}
	}
	return false
}

// tiffKind refuses what the decoder cannot read or would read wrongly.
func tiffKind(d *ifd, h *header) error {
	samples := max(int(d.number(tagSamples)), 1)
	h.alpha = samples > 3
	switch p := d.number(tagPhotometric); {
	case p == 5:
		return unsupported("is CMYK, ink amounts from which light cannot be known", mendRGB)
	case p > 3:
		return unsupported(fmt.Sprintf("colour model %g is not read", p), mendRGB)
	case p == 2 && samples < 3:
		return wrong(fmt.Sprintf("says RGB but has %d channels", samples), nil)
	}
	for _, f := range d.numbers(tagSampleFormat, 8) {
		if f != 1 {
			return unsupported("samples that are not unsigned integers are not read", mendRGB)
		}
	}
	if samples > 1 && d.number(tagPlanar) == 2 {
		return unsupported("channels stored one after the other are not read", "save it with interleaved channels")
	}
	switch c := d.number(tagCompression); c {
	case 0, 1, 2, 3, 4, 5, 8, 32773, 32946:
	default:
		return unsupported(fmt.Sprintf("compression %g is not read", c), "save it uncompressed or with LZW or Deflate")
	}
	return nil
}

// tiffFrames counts pages up to a chain that does not end. Of each it reads the first
// tag, which is where NewSubfileType stands if it is there, and the way to the next.
func tiffFrames(d *ifd) int {
	const enough = 1 << 16
	n := 1
	seen := map[int64]bool{}
	for off := d.next; off != 0 && !seen[off] && n < enough; {
		seen[off] = true
		b, ok := d.w.slice(off, 14)
		if !ok {
			break
		}
		thumbnail := d.order.Uint16(b[2:]) == tagNewSubfile && d.order.Uint32(b[10:])&1 == 1
		if !thumbnail {
			n++
		}
		next, ok := d.w.slice(off+2+12*int64(d.order.Uint16(b)), 4)
		if !ok {
			break
		}
		off = int64(d.order.Uint32(next))
	}
	return n
}
