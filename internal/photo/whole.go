package photo

import (
	"bytes"
	"context"
	"encoding/binary"
	"io/fs"
	"slices"
)

// Scan is [Stat] that reads the file to its end, for its SHA256, and refuses one that ends
// before its picture does, as after a copy that broke off. It costs the reading of the file;
// damage within the picture shows when it is decoded alone.
func Scan(ctx context.Context, fsys fs.FS, name string, lim Limits) (Meta, error) {
	w, h, err := open(ctx, fsys, name, lim.withDefaults())
	if err != nil {
		return Meta{}, err
	}
	defer w.close()
	m := h.meta(name, w.size)
	if _, m.SHA256, err = w.whole(); err == nil && !pictureEnds(w, h) {
		err = wrong("is cut short", nil)
	}
	if err != nil {
		return Meta{}, named(err, name, h.format)
	}
	return m, nil
}

// pictureEnds reports that the last byte of the picture is in the file, which was read
// to its end.
func pictureEnds(w *window, h *header) bool {
	switch h.format {
	case "JPEG":
		return jpegEnds(w)
	case "PNG":
		return chunksReach(w, int64(len(pngMagic)), 4, binary.BigEndian, "IEND")
	case "WebP":
		return chunksReach(w, 12, 0, binary.LittleEndian, "VP8 ", "VP8L", "ANMF")
	case "TIFF":
		return stripsLie(h.exifDir, tagStripOffsets, tagStripBytes) && stripsLie(h.exifDir, tagTileOffsets, tagTileBytes)
	}
	return heicLies(w)
}

// jpegEnds follows segments and scans to the end of the image. In a scan 0xff stands before
// 0 where it is data, before a restart marker, and before the marker that ends the scan.
func jpegEnds(w *window) bool {
	for off := int64(2); ; {
		marker, _, next, err := jpegSegment(w, off)
		if err != nil || marker == markerEOI {
			return err == nil
		}
		off = next
		for scan := marker == markerSOS; scan; {
			at := bytes.IndexByte(w.buf[off:], 0xff)
			if at < 0 || off+int64(at)+1 >= w.size {
				return false
			}
			off += int64(at)
			code := w.buf[off+1]
			if scan = code == 0 || code >= markerRST0 && code <= markerRST7; scan {
				off += 2
			}
		}
	}
}

// chunksReach follows chunks from off, each of a name, a length and trailer bytes after its
// body, to the first of the given kinds, and reports that it is all there.
func chunksReach(w *window, off, trailer int64, order binary.ByteOrder, kinds ...string) bool {
	for {
		head, ok := w.slice(off, 8)
		if !ok {
			return false
		}
		name, length := head[:4], head[4:]
		if order == binary.BigEndian { // PNG writes the length first
			name, length = head[4:], head[:4]
		}
		n := int64(order.Uint32(length))
		for _, kind := range kinds {
			if string(name) == kind {
				return off+8+n+trailer <= w.size
			}
		}
		off += 8 + n + trailer
		if trailer == 0 {
			off += n & 1
		}
	}
}

// stripsLie reports that every strip or tile of a TIFF is in the file.
func stripsLie(d *ifd, offsets, lengths uint16) bool {
	at, n := d.numbers(offsets, maxExtents), d.numbers(lengths, maxExtents)
	for i := range min(len(at), len(n)) {
		if !(at[i]+n[i] <= float64(d.w.size)) {
			return false
		}
	}
	return true
}

// heicLies reports that the first picture of a HEIC file, its tiles and what describes it
// are in the file.
func heicLies(w *window) bool {
	body, err := findMeta(w)
	if err != nil {
		return false
	}
	m := parseMeta(body)
	parts := []uint32{m.primary}
	for _, r := range m.refs {
		switch {
		case r.kind == "dimg" && r.from == m.primary:
			parts = append(parts, r.to...)
		case r.kind == "cdsc" && slices.Contains(r.to, m.primary):
			parts = append(parts, r.from)
		}
	}
	return !slices.ContainsFunc(parts, func(id uint32) bool {
		item := m.items[id]
		return item != nil && !item.inIdat && slices.ContainsFunc(item.extents, func(e span64) bool { return e.to > w.size })
	})
}
